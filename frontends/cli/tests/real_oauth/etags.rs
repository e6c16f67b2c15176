//! A real nginx between the devices and the homeserver, which weakens the ETags of the rendezvous of 2024, or removes them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::devices::{first_device, is_linked};
use crate::linking::Cell;
use crate::narthex::{Home, Json};
use crate::seen::Stranger;
use crate::server::request;
use crate::servers::{Servers, servers_of};

const CELLS: [Cell; 2] =
    [Cell { new_shows: false, generation: "2024" }, Cell { new_shows: true, generation: "2024" }];

/// The ETags with which answers about a rendezvous left nginx, by method and status; `weak`, `strong` or `none`.
fn etags(profile: &str) -> BTreeSet<String> {
    let log = std::env::var(format!("NARTHEX_TESTBED_ETAGS_{profile}")).unwrap();
    let log = std::fs::read_to_string(log).unwrap();
    let of_a_cell = log.lines().filter(|line| line.contains("/_synapse/client/rendezvous/"));
    let answers = of_a_cell.map(|line| line.split(' ').collect::<Vec<_>>());
    let kind = |etag: &str| match etag {
        "-" => "none",
        weak if weak.starts_with("W/") => "weak",
        _ => "strong",
    };
    answers.map(|words| format!("{} {} {}", words[0], words[2], kind(words[3]))).collect()
}

fn both_are_linked(servers: &Servers) {
    let stranger = Stranger::new(servers);
    std::thread::scope(|scope| {
        for cell in CELLS {
            let stranger = &stranger;
            scope.spawn(move || is_linked(servers, stranger, cell));
        }
    });
}

#[test]
fn weak_etags_keep_nobody_from_linking() {
    let Some(servers) = servers_of("OAUTH_WEAK") else { return };
    both_are_linked(&servers);
    // The two forms of one version are mixed.
    let seen = etags("OAUTH_WEAK");
    for wanted in ["GET 200 weak", "GET 304 weak", "PUT 202 strong"] {
        assert!(seen.contains(wanted), "{wanted}: {seen:?}");
    }
}

#[test]
fn a_proxy_that_packs_answers_does_not_pack_those_of_a_rendezvous() {
    let Some(servers) = servers_of("OAUTH_PACKED") else { return };
    both_are_linked(&servers);
    let seen = etags("OAUTH_PACKED");
    assert!(!seen.iter().any(|answer| answer.ends_with("weak")), "{seen:?}");

    // Of somebody who takes packed answers it would have.
    let create = format!("{}/_matrix/client/unstable/org.matrix.msc4108/rendezvous", servers.base);
    let (_, _, created) = request("POST", &create, "Content-Type: text/plain\r\n", "some words");
    let created: Value = serde_json::from_str(&created).unwrap();
    let url = created["url"].as_str().unwrap();
    assert!(url.starts_with(&servers.base), "{url}");
    request("GET", url, "Accept-Encoding: gzip\r\n", "");
    assert!(etags("OAUTH_PACKED").contains("GET 200 weak"));
}

/// Nothing can be done, so whoever would show a code says at once what is at fault. The form of 2025 needs none.
#[test]
fn a_proxy_that_removes_etags_is_told() {
    let Some(servers) = servers_of("OAUTH_BARE") else { return };
    let (existing, _) = first_device(&servers);
    let mut link = existing.json(&["link", "--generation", "2024", "--yes", "--no-browser"]);
    is_told(&link.end()["failure"], "POST");
    let mut login = Home::new().json(&["login", &servers.base, "--qr", "--generation", "2024"]);
    is_told(&problem(&mut login), "POST");
    is_linked(&servers, &Stranger::new(&servers), Cell { new_shows: false, generation: "2025" });

    // Where only what follows goes through the proxy: it removes no ETag of an answer without a body, so that they meet.
    // Then the one says what is at fault, and for the other the rendezvous is gone.
    let direct = std::env::var("NARTHEX_TESTBED_DIRECT_OAUTH_BARE").unwrap();
    let mut login = Home::new().json(&["login", &direct, "--qr", "--generation", "2024"]);
    let payload = login.screen("qr_code")["payload"].as_str().unwrap().to_owned();
    let mut link = existing.json(&["link", "--scan", "-", "--yes", "--no-browser"]);
    link.say_text(&payload);
    is_told(&problem(&mut login), "GET");
    assert_eq!(link.end()["failure"]["what"], "rendezvous");
    let seen = etags("OAUTH_BARE");
    assert!(seen.contains("GET 200 none") && seen.contains("PUT 202 strong"), "{seen:?}");
}

/// What a view names as a problem, or the last line as a failure.
fn problem(run: &mut Json) -> Value {
    loop {
        let line = run.next();
        let named = [&line["problem"], &line["failure"]].into_iter().find(|failure| failure.is_object());
        if let Some(failure) = named {
            return failure.clone();
        }
    }
}

fn is_told(failure: &Value, method: &str) {
    assert_eq!(failure["misbehaviour"]["invalid_field"], "etag", "{failure}");
    assert_eq!(failure["evidence"]["method"], method, "{failure}");
}
