//! Cells of 2025: sequence tokens, ids, and who may create them.

use std::time::Duration;

use narthex::Method;
use narthex_sandbox::{Config, Limit, Manners, Rendezvous2025, RendezvousConfig};
use serde_json::json;

use super::{API_2025, both, code, world};
use crate::world::{World, read, text};

#[test]
fn a_message_is_there_until_the_next_and_nobody_overwrites_what_they_have_not_seen() {
    for mut world in both() {
        let (path, empty) = world.cell_2025("");
        assert_eq!(world.get_2025(&path).1["sequence_token"], empty);
        let (status, written) = world.put_2025(&path, &empty, "one");
        assert_eq!((status, written.as_object().unwrap().len()), (200, 1));
        assert_ne!(written["sequence_token"], empty);
        let stale = world.put_2025(&path, &empty, "another");
        assert_eq!(code(&stale), (409, "IO_ELEMENT_MSC4388_CONCURRENT_WRITE"));
        let seen = world.get_2025(&path).1;
        assert_eq!((&seen["data"], &seen["sequence_token"]), (&json!("one"), &written["sequence_token"]));
    }
}

/// Edge case 117.
#[test]
fn a_write_whose_answer_was_lost_is_taken_again() {
    for (mut world, an_older_one) in both().into_iter().zip([409, 200]) {
        let (path, empty) = world.cell_2025("");
        let first = text(&world.put_2025(&path, &empty, "one").1, "sequence_token");
        world.wait(1);
        let again = world.put_2025(&path, &empty, "one");
        assert_eq!(again, (200, json!({ "sequence_token": first })));
        world.wait(1);
        let second = text(&world.put_2025(&path, &first, "two").1, "sequence_token");
        assert_eq!(world.put_2025(&path, &first, "two").1["sequence_token"], second);
        assert_eq!(world.put_2025(&path, &empty, "two").0, an_older_one, "of a token that is long past");
        assert_eq!(world.put_2025(&path, &empty, "one").0, 409, "the cell has gone on");
    }
}

/// Edge case 126.
#[test]
fn who_may_create_cells_depends_on_the_mode_and_how_others_are_told_on_the_server() {
    let modes = [Rendezvous2025::Off, Rendezvous2025::Authenticated, Rendezvous2025::Open];
    for (rendezvous, stranger) in [
        (RendezvousConfig::synapse(), (401, "M_MISSING_TOKEN")),
        (RendezvousConfig::tuwunel(), (403, "M_FORBIDDEN")),
    ] {
        for of_2025 in modes {
            let rendezvous = RendezvousConfig { of_2025, ..rendezvous.clone() };
            let mut world = World::new(|url| Config { rendezvous: Some(rendezvous), ..Config::oauth(url) });
            world.server.add_account("alice", "pw");
            let login = world.login(&json!({ "type": "m.id.user", "user": "alice" }), "pw").1;
            let bearer = format!("Bearer {}", text(&login, "access_token"));
            let known = ("authorization", bearer.as_str());
            let bad = ("authorization", "Bearer bad");
            for (method, data) in [(Method::Get, ""), (Method::Post, "{\"data\":\"\"}")] {
                let mut ask =
                    |headers: &[(&'static str, &str)]| read(&world.ask(method, API_2025, headers, data));
                let (without, with, mistaken) = (ask(&[]), ask(&[known]), ask(&[bad]));
                match of_2025 {
                    Rendezvous2025::Off => {
                        assert_eq!(code(&without), (404, "M_UNRECOGNIZED"));
                        assert_eq!(code(&with), (404, "M_UNRECOGNIZED"));
                    }
                    Rendezvous2025::Authenticated => {
                        assert_eq!(code(&without), stranger);
                        assert_eq!(code(&mistaken), (401, "M_UNKNOWN_TOKEN"));
                        assert_eq!(with.0, 200);
                    }
                    Rendezvous2025::Open => assert_eq!((without.0, with.0), (200, 200)),
                }
            }
        }
    }
}

#[test]
fn where_only_users_may_create_cells_everybody_who_knows_one_may_use_it() {
    let mut world =
        world(RendezvousConfig { of_2025: Rendezvous2025::Authenticated, ..RendezvousConfig::synapse() });
    world.server.add_account("alice", "pw");
    let login = world.login(&json!({ "type": "m.id.user", "user": "alice" }), "pw").1;
    let bearer = format!("Bearer {}", text(&login, "access_token"));
    let created = world.ask(Method::Post, API_2025, &[("authorization", &bearer)], "{\"data\":\"\"}");
    let created = read(&created).1;
    let path = format!("{API_2025}/{}", text(&created, "id"));
    assert_eq!(world.get_2025(&path).0, 200);
    assert_eq!(world.put_2025(&path, &text(&created, "sequence_token"), "x").0, 200);
    assert_eq!(world.ask(Method::Delete, &path, &[], "").status, 200);
}

#[test]
fn what_a_browser_would_show_is_refused_and_what_a_script_fetches_is_not() {
    for mut world in both() {
        let (path, _) = world.cell_2025("secret");
        for shown in [
            ("sec-fetch-dest", "document"),
            ("sec-fetch-dest", "image"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-user", "?1"),
            ("sec-fetch-site", "none"),
        ] {
            let answer = read(&world.ask(Method::Get, &path, &[shown], ""));
            assert_eq!(code(&answer), (403, "M_FORBIDDEN"), "{shown:?}");
        }
        let script = [
            ("sec-fetch-dest", "empty"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-user", "?0"),
            ("sec-fetch-site", "cross-site"),
        ];
        assert_eq!(world.ask(Method::Get, &path, &script, "").status, 200);
    }
}

#[test]
fn no_cell_holds_more_than_it_may_whatever_is_configured() {
    for (configured, most) in [(100, 100), (4096, 4096), (1_000_000, 4096)] {
        let mut world = world(RendezvousConfig { largest: configured, ..RendezvousConfig::synapse() });
        // In bytes, not in characters.
        let (fits, too_large) = ("é".repeat(most / 2), "é".repeat(most / 2 + 1));
        let (path, token) = world.cell_2025(&fits);
        assert_eq!(world.get_2025(&path).1["data"], fits);
        assert_eq!(code(&world.put_2025(&path, &token, &too_large)), (413, "M_TOO_LARGE"));
        assert_eq!(code(&world.post(API_2025, &json!({ "data": too_large }))), (413, "M_TOO_LARGE"));
    }
}

#[test]
fn a_cell_that_is_deleted_is_gone_for_everybody() {
    for (mut world, said) in both().into_iter().zip([json!([]), json!({})]) {
        let (path, token) = world.cell_2025("");
        assert_eq!(read(&world.ask(Method::Delete, &path, &[], "")), (200, said));
        assert_eq!(code(&world.get_2025(&path)), (404, "M_NOT_FOUND"));
        assert_eq!(code(&world.put_2025(&path, &token, "x")), (404, "M_NOT_FOUND"));
        assert_eq!(code(&read(&world.ask(Method::Delete, &path, &[], ""))), (404, "M_NOT_FOUND"));
    }
}

/// Edge case 127.
#[test]
fn who_asks_too_often_waits_and_the_time_of_the_cell_goes_on() {
    for (mut world, manners) in both().into_iter().zip([Manners::Synapse, Manners::Tuwunel]) {
        let limit = Limit { burst: 20, every: Duration::from_millis(100) };
        world.server.reconfigure(|config| config.limits.rendezvous = Some(limit));
        let (path, _) = world.cell_2025("");
        let before = world.get_2025(&path).1["expires_in_ms"].as_u64().unwrap();
        for _ in 2..20 {
            assert_eq!(world.get_2025(&path).0, 200);
        }
        let refused = world.ask(Method::Get, &path, &[], "");
        assert_eq!(code(&read(&refused)), (429, "M_LIMIT_EXCEEDED"));
        let says_when = manners == Manners::Synapse;
        assert_eq!(refused.header("retry-after").is_some(), says_when);
        assert_eq!(read(&refused).1["retry_after_ms"].is_u64(), says_when);
        world.wait(3);
        assert_eq!(world.get_2025(&path).1["expires_in_ms"], before - 3000);
    }
}
