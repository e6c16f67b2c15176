//! Is the sandbox pure, and does it stand whatever is sent?

use narthex::{Method, Request, Secret};
use narthex_sandbox::{Config, WellKnown, browser};
use serde_json::json;

use crate::world::{REGISTER, World, read};

#[test]
fn the_same_story_twice_gets_the_same_answers() {
    let story = || {
        let mut world = World::new(Config::open);
        let session = world.probe("alice");
        world.register("alice", &json!({ "session": session, "type": "m.login.dummy" }))
    };
    assert_eq!(story(), story());
}

#[test]
fn a_clone_goes_its_own_way() {
    let mut world = World::new(Config::open);
    let mut fork = World { server: world.server.clone(), now: world.now };
    let dummy = json!({ "type": "m.login.dummy" });
    assert_eq!(world.register("alice", &dummy), fork.register("alice", &dummy), "until they differ");
    fork.register("bob", &dummy);
    assert!(world.server.account("bob").is_none());
}

#[test]
fn a_body_that_is_too_large_is_refused_unread() {
    let mut world = World::new(Config::open);
    let fill = |length| Request {
        method: Method::Post,
        body: Secret::new(vec![b' '; length]),
        ..browser::open(&"https://example.org/_matrix/client/v3/register".parse().unwrap())
    };
    let (status, body) = read(&world.send(&fill(64 * 1024 + 1)));
    assert_eq!((status, body["errcode"].as_str()), (413, Some("M_TOO_LARGE")));
    assert_eq!(read(&world.send(&fill(64 * 1024))).1["errcode"], "M_NOT_JSON");
}

#[test]
fn fields_of_the_wrong_type_are_refused_without_harm() {
    let odd = [json!(null), json!(1), json!("x"), json!([]), json!({}), json!({ "session": 1, "type": 2 })];
    let mut world = World::new(Config::everything);
    for value in &odd {
        for field in ["auth", "username", "password", "device_id", "inhibit_login", "refresh_token"] {
            let (status, _) = world.post(REGISTER, &json!({ field: value }));
            assert!(matches!(status, 400 | 401), "{field} {value}: {status}");
        }
        for path in [
            "_matrix/client/v3/login",
            "_matrix/client/v3/refresh",
            "_matrix/client/v3/register/email/requestToken",
            "_matrix/client/v3/register/msisdn/requestToken",
            "_matrix/identity/api/v1/validate/msisdn/submitToken",
        ] {
            for body in [
                value.clone(),
                json!({ "type": value, "identifier": value, "password": value, "token": value }),
                json!({ "type": "m.login.password", "identifier": value, "password": "x" }),
                json!({ "refresh_token": value, "sid": value, "client_secret": value, "email": value,
                        "send_attempt": value, "country": value, "phone_number": value }),
            ] {
                let (status, _) = world.post(path, &body);
                assert!(status >= 400, "{path} {body}: {status}");
            }
        }
    }
    assert_eq!(world.server.accounts().count(), 0);
}

#[test]
fn the_well_known_document_is_what_is_configured() {
    let path = ".well-known/matrix/client";
    for (well_known, expected) in [
        (WellKnown::Absent, (404, json!(null))),
        (WellKnown::Own, (200, json!({ "m.homeserver": { "base_url": "https://example.org/" } }))),
        (
            WellKnown::Elsewhere("nonsense".to_owned()),
            (200, json!({ "m.homeserver": { "base_url": "nonsense" } })),
        ),
        (WellKnown::Raw { status: 500, body: "<html>".to_owned() }, (500, json!(null))),
    ] {
        let mut world = World::new(|url| Config { well_known, ..Config::open(url) });
        assert_eq!(world.get(path, ""), expected);
    }
}

#[test]
fn what_is_typed_into_a_page_does_not_become_markup() {
    let mut world = World::new(Config::sso);
    let mut page = world.url("_matrix/client/v3/login/sso/redirect");
    page.query_pairs_mut().append_pair("redirectUrl", "\"><script>");
    let response = world.send(&browser::open(&page));
    assert!(!crate::world::html(&response).contains("<script>"));
}
