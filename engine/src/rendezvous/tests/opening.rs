//! Why there is a cell, or none.

use serde_json::json;

use crate::failure::{Cause, Outage};
use crate::io::Response;
use crate::qr::Generation;
use crate::qr::place::{CellId, CellUrl};

use super::super::{NotOpened, Place};
use super::server::{Manners, Server, http};
use super::side::{At, BOTH, START, Side, met};

/// Edge cases 124 and 125.
#[test]
fn ids_and_versions_that_cannot_be_used_are_refused() {
    let open = |id: &str, token: &str| {
        let mut shower = Side::opening(Generation::V2025);
        let (effect, _) = shower.asked();
        let body = json!({ "id": id, "sequence_token": token, "expires_in_ms": 1000 });
        shower.reply(effect, http(200, &[], &body.to_string()));
        matches!(shower.at, At::Open(_))
    };
    assert!(open("01HX9K00Q1H6KPD47EG4G1T3XG", "a=b="));
    for id in ["", "a/b", "..", ".", "a?b", "ä", "a b", &"x".repeat(256)] {
        assert!(!open(id, "t"), "{id}");
    }
    assert!(!open("a", "") && !open("a", &"t".repeat(256)) && open("a", &"t".repeat(255)));
}

/// Edge cases 126 and 132, and the servers that have none.
#[test]
fn why_there_is_no_cell_is_told_apart() {
    for generation in BOTH {
        let opened = |answer: Response| {
            let mut shower = Side::opening(generation);
            let (id, _) = shower.asked();
            shower.reply(id, answer);
            shower.at
        };
        let code = |code: &str| json!({ "errcode": code }).to_string();
        assert!(matches!(opened(http(404, &[], &code("M_UNRECOGNIZED"))), At::Nowhere(NotOpened::Absent(_))));
        assert!(matches!(
            opened(http(401, &[], &code("M_MISSING_TOKEN"))),
            At::Nowhere(NotOpened::Denied(_))
        ));
        assert!(matches!(opened(http(403, &[], &code("M_FORBIDDEN"))), At::Nowhere(NotOpened::Denied(_))));
        let At::Nowhere(NotOpened::Failed(failure)) = opened(http(404, &[], "<html>")) else { panic!() };
        assert!(matches!(failure.cause, Cause::Unavailable { outage: Outage::NotTheServer, .. }));
        let (server, _, _) = met(generation, Manners::default());
        let place = match generation {
            Generation::V2024 => Place::V2024 { url: CellUrl::parse("https://hs.test/x").unwrap() },
            Generation::V2025 => {
                Place::V2025 { base: "https://hs.test/".parse().unwrap(), id: CellId::new("x").unwrap() }
            }
        };
        let joined = |change: fn(&mut Server)| {
            let mut server = Server { cell: None, ..server_like(&server) };
            let mut first = Side::opening(generation);
            let (id, request) = first.asked();
            let created = server.answer(&request, START);
            first.reply(id, created);
            change(&mut server);
            let mut side = Side::joining(place.clone());
            let (id, request) = side.asked();
            let read = server.answer(&request, START);
            side.reply(id, read);
            side.at
        };
        assert!(matches!(joined(|_| ()), At::Open(_)));
        let written = joined(|server| server.cell.as_mut().unwrap().write("x".to_owned()));
        assert!(matches!(written, At::Nowhere(NotOpened::InUse)));
        assert!(matches!(joined(|server| server.cell = None), At::Nowhere(NotOpened::Gone)));
    }
}

fn server_like(server: &Server) -> Server {
    Server::new(server.generation, server.manners)
}

/// Edge case 133.
#[test]
fn creating_is_sent_elsewhere_once() {
    let moved = |to: &str| http(307, &[("location", to)], "");
    let mut shower = Side::opening(Generation::V2024);
    let (id, first) = shower.asked();
    shower.reply(id, moved("https://other.test/rz"));
    let (id, second) = shower.asked();
    assert_eq!(
        (second.url.as_str(), second.method, &second.body),
        ("https://other.test/rz", first.method, &first.body)
    );
    shower.reply(id, moved("https://third.test/rz"));
    assert!(matches!(shower.at, At::Nowhere(NotOpened::Failed(_))));
    for to in ["http://other.test/rz", "https://127.0.0.1/rz", "file:///etc/passwd", ""] {
        let mut shower = Side::opening(Generation::V2024);
        let (id, _) = shower.asked();
        shower.reply(id, moved(to));
        // An empty one is the address that was asked.
        assert_eq!(matches!(shower.at, At::Opening(_)), to.is_empty(), "{to}");
    }
    let mut shower = Side::opening(Generation::V2024);
    let (id, _) = shower.asked();
    shower.reply(id, http(302, &[("location", "https://other.test/rz")], ""));
    assert!(matches!(shower.at, At::Nowhere(NotOpened::Failed(_))));
}

/// Edge case 134.
#[test]
fn an_entity_tag_that_is_missing_is_told() {
    let mut shower = Side::opening(Generation::V2024);
    let (id, _) = shower.asked();
    shower.reply(id, http(201, &[], r#"{"url":"https://hs.test/rz"}"#));
    let At::Nowhere(NotOpened::Failed(failure)) = &shower.at else { panic!() };
    assert!(format!("{:?}", failure.cause).contains("etag"), "{failure:?}");
}

/// Edge case 138.
#[test]
fn a_cell_on_our_own_network_is_no_business_of_a_server_elsewhere() {
    for url in ["http://hs.test/rz", "https://127.0.0.1/rz", "https://192.168.1.1/rz", "https://u@hs.test/rz"]
    {
        let mut shower = Side::opening(Generation::V2024);
        let (id, _) = shower.asked();
        shower.reply(id, http(201, &[("etag", "\"e\"")], &json!({ "url": url }).to_string()));
        assert!(matches!(shower.at, At::Nowhere(NotOpened::Failed(_))), "{url}");
    }
}
