//! Two devices and their cells: who may write, how long, how many, and what each server makes of it.

mod kept;
mod of_2024;
mod of_2025;

use narthex::{Method, Request, Response, Secret};
use narthex_sandbox::{Config, RendezvousConfig, browser};
use serde_json::{Value, json};

use crate::world::{Answer, World, read, text};

pub(crate) const API_2024: &str = "_matrix/client/unstable/org.matrix.msc4108/rendezvous";
pub(crate) const API_2025: &str = "_matrix/client/unstable/io.element.msc4388/rendezvous";

pub(crate) const TEXT: (&str, &str) = ("content-type", "text/plain");

pub(crate) fn world(config: RendezvousConfig) -> World {
    World::new(|url| Config { rendezvous: Some(config), ..Config::oauth(url) })
}

pub(crate) fn both() -> [World; 2] {
    [RendezvousConfig::synapse(), RendezvousConfig::tuwunel()].map(world)
}

impl World {
    /// `at` is a path or an address.
    pub(crate) fn ask(
        &mut self,
        method: Method,
        at: &str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> Response {
        let headers = headers.iter().map(|(name, value)| (*name, Secret::from(*value))).collect();
        let body = Secret::new(body.as_bytes().to_vec());
        let request = Request { method, headers, body, ..browser::open(&self.url(at)) };
        self.send(&request)
    }

    /// A new cell of 2024: its address and its entity tag.
    pub(crate) fn cell_2024(&mut self, data: &str) -> (String, String) {
        let answer = self.ask(Method::Post, API_2024, &[TEXT], data);
        assert_eq!(answer.status, 201);
        (text(&read(&answer).1, "url"), etag(&answer))
    }

    /// A new cell of 2025: its path and its sequence token.
    pub(crate) fn cell_2025(&mut self, data: &str) -> (String, String) {
        let (status, body) = self.post(API_2025, &json!({ "data": data }));
        assert_eq!(status, 200, "{body}");
        (format!("{API_2025}/{}", text(&body, "id")), text(&body, "sequence_token"))
    }

    pub(crate) fn get_2024(&mut self, url: &str, known: &str) -> Response {
        self.ask(Method::Get, url, &[("if-none-match", known)], "")
    }

    pub(crate) fn put_2024(&mut self, url: &str, known: &str, data: &str) -> Response {
        self.ask(Method::Put, url, &[TEXT, ("if-match", known)], data)
    }

    pub(crate) fn get_2025(&mut self, path: &str) -> Answer {
        read(&self.ask(Method::Get, path, &[], ""))
    }

    pub(crate) fn put_2025(&mut self, path: &str, known: &str, data: &str) -> Answer {
        let body = json!({ "sequence_token": known, "data": data }).to_string();
        read(&self.ask(Method::Put, path, &[], &body))
    }
}

pub(crate) fn etag(answer: &Response) -> String {
    answer.header("etag").unwrap().to_owned()
}

pub(crate) fn body(answer: &Response) -> &str {
    std::str::from_utf8(answer.body.expose()).unwrap()
}

/// The status and the code of a refusal.
pub(crate) fn code(answer: &Answer) -> (u16, &str) {
    (answer.0, answer.1["errcode"].as_str().unwrap_or_else(|| panic!("no errcode in {}", answer.1)))
}

/// Synapse refuses to start like this, and the endpoints are not there.
#[test]
fn a_server_without_an_authorization_server_has_no_cells_whatever_is_configured() {
    for rendezvous in [None, Some(RendezvousConfig::synapse())] {
        let mut world = World::new(|url| Config { rendezvous, ..Config::open(url) });
        for (method, path) in [
            (Method::Get, API_2025.to_owned()),
            (Method::Post, API_2025.to_owned()),
            (Method::Get, format!("{API_2025}/x")),
            (Method::Post, API_2024.to_owned()),
            (Method::Get, "_synapse/client/rendezvous/x".to_owned()),
        ] {
            let answer = read(&world.ask(method, &path, &[TEXT], ""));
            assert_eq!(code(&answer), (404, "M_UNRECOGNIZED"), "{method:?} {path}");
        }
        let versions = world.get("_matrix/client/versions", "").1;
        assert_eq!(versions["unstable_features"]["org.matrix.msc4108"], false);
    }
}

#[test]
fn oauth_comes_with_both_generations_open_to_everybody() {
    let mut world = World::new(Config::oauth);
    assert_eq!(world.get(API_2025, ""), (200, json!({ "create_available": true })));
    world.cell_2025("");
    world.cell_2024("");
    assert_eq!(world.server.rendezvous_cells(world.now), 2);
}

#[test]
fn other_methods_are_no_others_business() {
    let mut world = World::new(Config::oauth);
    for (method, path) in [
        (Method::Delete, API_2025),
        (Method::Put, API_2024),
        (Method::Get, API_2024),
        (Method::Put, API_2025),
    ] {
        let answer = read(&world.ask(method, path, &[TEXT], ""));
        assert_eq!(code(&answer), (405, "M_UNRECOGNIZED"), "{method:?} {path}");
    }
}

#[test]
fn whatever_is_sent_is_answered_and_what_is_kept_has_an_end() {
    let odd = [
        "",
        "null",
        "[]",
        "{}",
        "{\"data\":1}",
        "{\"data\":null}",
        "{\"sequence_token\":\"x\",\"data\":[]}",
        "\u{0}",
        "{\"data\":\"\\ud800\"}",
    ];
    let ids = ["", "/", "/x", "/..", "/x/y", "/%00%ff", "/%2f"];
    for mut world in both() {
        for number in 0..3000_usize {
            let method =
                [Method::Get, Method::Post, Method::Put, Method::Delete, Method::Options][number % 5];
            let api = [API_2024, API_2025, "_synapse/client/rendezvous"][number % 3];
            let path = format!("{api}{}", ids[number % 7]);
            let headers = [TEXT, ("if-match", odd[number % 9]), ("if-none-match", "W/,\",*,")];
            let headers = &headers[..number % 4];
            let answer = world.ask(method, &path, headers, odd[number % 9]);
            assert!(matches!(answer.status, 200..=499), "{method:?} {path}: {}", answer.status);
            world.ask(Method::Post, API_2024, &[TEXT], "x");
            world.post(API_2025, &json!({ "data": "x" }));
        }
        assert!((200..=400).contains(&world.server.rendezvous_cells(world.now)));
    }
}

/// What the rest of a link asks the homeserver.
#[test]
fn a_device_is_there_or_it_is_not() {
    let mut world = crate::oauth::world(|_| {});
    let client_id = world.client();
    let odd = "AbC+dEf/GhIjKlMnOpQ";
    let scope = format!("urn:matrix:client:api:* urn:matrix:client:device:{odd}");
    let code = world.code(&client_id, &[("scope", &scope)]);
    let (_, tokens) = world.exchange(&client_id, &code);
    let token = text(&tokens, "access_token");
    let path = |id: &str| format!("_matrix/client/v3/devices/{id}");
    let (status, device): (u16, Value) = world.get(&path("AbC%2BdEf%2FGhIjKlMnOpQ"), &token);
    assert_eq!((status, &device["device_id"]), (200, &json!(odd)));
    assert_eq!(device, world.get("_matrix/client/v3/devices", &token).1["devices"][0]);
    for id in ["ABCDEFGHIJ", "AbC+dEf", "%00"] {
        let answer = world.get(&path(id), &token);
        assert_eq!(self::code(&answer), (404, "M_NOT_FOUND"), "{id}");
    }
    let answer = world.get(&path("AbC%2BdEf%2FGhIjKlMnOpQ"), "bad");
    assert_eq!(self::code(&answer), (401, "M_UNKNOWN_TOKEN"));
}
