//! Which requests reach the person, and what does the application hear?

use narthex_sandbox::{Person, browser};
use serde_json::json;
use url::Url;

use super::{ALICE, metadata, world};
use crate::world::{World, html, text};

/// The callback address without its code.
fn home(world: &mut World, changes: &[(&str, &str)]) -> String {
    let client_id = world.client();
    let request = world.authorization(&client_id, changes);
    let callback = String::from(world.server.consent(world.now, &request, ALICE).unwrap());
    let code = callback.split_once("code=").map_or("", |(_, rest)| rest);
    let code: String = code.chars().take_while(char::is_ascii_alphanumeric).collect();
    if code.is_empty() { callback } else { callback.replace(&code, "CODE") }
}

#[test]
fn the_callback_is_as_recorded_for_every_kind_of_address() {
    let mut world = world(|_| {});
    for (changes, expected) in [
        (&[][..], "http://127.0.0.1:45123/callback?state=st4te&code=CODE#"),
        (&[("response_mode", "query")], "http://127.0.0.1:45123/callback?state=st4te&code=CODE#"),
        (&[("response_mode", "fragment")], "http://127.0.0.1:45123/callback#state=st4te&code=CODE"),
        (
            &[("redirect_uri", "http://127.0.0.1/callback")],
            "http://127.0.0.1/callback?state=st4te&code=CODE#",
        ),
        (
            &[("redirect_uri", "http://[::1]:4000/callback")],
            "http://[::1]:4000/callback?state=st4te&code=CODE#",
        ),
        (&[("redirect_uri", "example.app:/callback")], "example.app:/callback?state=st4te&code=CODE#"),
        (&[("redirect_uri", "https://app.example/cb")], "https://app.example/cb?state=st4te&code=CODE#"),
        (&[("prompt", "login")], "http://127.0.0.1:45123/callback?state=st4te&code=CODE#"),
        (&[("state", "a&b=c#")], "http://127.0.0.1:45123/callback?state=a%26b%3Dc%23&code=CODE#"),
        (
            &[("prompt", "none")],
            "http://127.0.0.1:45123/callback?state=st4te&error=login_required&error_description=\
             The+Authorization+Server+requires+End-User+authentication.#",
        ),
    ] {
        assert_eq!(home(&mut world, changes), expected, "{changes:?}");
    }
}

#[test]
fn who_cancels_comes_home_with_an_error() {
    let mut world = world(|_| {});
    let client_id = world.client();
    for (changes, expected) in [
        (&[][..], "http://127.0.0.1:45123/callback?error=access_denied&state=st4te"),
        (
            &[("redirect_uri", "example.app:/callback")],
            "example.app:/callback?error=access_denied&state=st4te",
        ),
        (&[("response_mode", "fragment")], "http://127.0.0.1:45123/callback#error=access_denied&state=st4te"),
    ] {
        let request = world.authorization(&client_id, changes);
        let callback = world.server.decline(world.now, &request, ALICE).unwrap();
        assert_eq!(callback.as_str(), expected);
    }
}

#[test]
fn the_issuer_is_told_where_that_is_configured() {
    let mut world = world(|oauth| oauth.iss = true);
    let iss = "iss=https%3A%2F%2Fexample.org%2Fauth%2F";
    assert_eq!(
        home(&mut world, &[]),
        format!("http://127.0.0.1:45123/callback?state=st4te&code=CODE&{iss}#")
    );
    assert!(home(&mut world, &[("prompt", "none")]).ends_with(&format!("&{iss}#")));
    let client_id = world.client();
    let request = world.authorization(&client_id, &[]);
    let callback = world.server.decline(world.now, &request, ALICE).unwrap();
    let expected = format!("http://127.0.0.1:45123/callback?error=access_denied&state=st4te&{iss}");
    assert_eq!(callback.as_str(), expected);
}

#[test]
fn what_is_wrong_with_the_client_is_told_to_the_person_alone() {
    let mut world = world(|_| {});
    let client_id = world.client();
    for changes in [
        ("client_id", ""),
        ("client_id", "01M7XYH2ZNPBZ9Y2DDWSPW4X99"),
        ("redirect_uri", ""),
        ("redirect_uri", "nonsense"),
        ("redirect_uri", "http://localhost:4000/callback"),
        ("redirect_uri", "http://127.0.0.1:4000/other"),
        ("redirect_uri", "https://app.example:8443/cb"),
        ("response_type", ""),
        ("response_type", "token"),
        ("response_mode", "bogus"),
        ("scope", ""),
        ("code_challenge", "short"),
        ("code_challenge_method", "bogus"),
        ("state", &"x".repeat(20_000)),
    ] {
        let request = world.authorization(&client_id, &[changes]);
        let response = world.send(&browser::open(&request));
        assert_eq!((response.status, response.header("location")), (400, None), "{changes:?}");
        html(&response);
    }
    let mut twice = world.authorization(&client_id, &[]);
    twice.query_pairs_mut().append_pair("state", "another");
    assert_eq!(world.send(&browser::open(&twice)).status, 400);
}

#[test]
fn a_request_that_the_pages_fail_on_never_comes_home() {
    let mut world = world(|_| {});
    let client_id = world.client();
    for changes in [
        ("state", ""),
        ("scope", "urn:matrix:client:api:* urn:matrix:client:device:short"),
        ("scope", "urn:matrix:client:api:* bogus"),
    ] {
        let request = world.authorization(&client_id, &[changes]);
        assert_eq!(world.server.consent(world.now, &request, ALICE), None, "{changes:?}");
    }
}

#[test]
fn other_refusals_go_home() {
    let mut world = world(|_| {});
    for (changes, expected) in [
        (("response_type", "id_token"), "unsupported_response_type"),
        (("request", "x"), "request_not_supported"),
        (("request_uri", "x"), "request_uri_not_supported"),
        (("registration", "x"), "registration_not_supported"),
    ] {
        let callback = home(&mut world, &[changes]);
        assert!(callback.contains(&format!("?state=st4te&error={expected}&")), "{callback}");
    }
}

#[test]
fn a_client_without_the_code_grant_is_sent_home() {
    let mut world = world(|_| {});
    let mut device_only = metadata();
    device_only["grant_types"] = json!(["urn:ietf:params:oauth:grant-type:device_code"]);
    let (_, client) = world.post("auth/oauth2/registration", &device_only);
    let request = world.authorization(&text(&client, "client_id"), &[]);
    let callback = world.server.consent(world.now, &request, ALICE).unwrap();
    assert!(callback.as_str().contains("error=unauthorized_client"), "{callback}");
}

#[test]
fn pkce_can_be_demanded() {
    for (changes, allowed) in [
        (&[][..], true),
        (&[("code_challenge_method", "plain")], false),
        (&[("code_challenge", ""), ("code_challenge_method", "")], false),
    ] {
        for pkce_required in [true, false] {
            let mut world = world(|oauth| oauth.pkce_required = pkce_required);
            let callback = home(&mut world, changes);
            let expected = if allowed || !pkce_required { "code=CODE" } else { "error=invalid_request" };
            assert!(callback.contains(expected), "{changes:?} {callback}");
        }
    }
}

#[test]
fn only_one_address_need_not_be_said() {
    let mut world = world(|_| {});
    let mut only = metadata();
    only["redirect_uris"] = json!(["https://app.example/cb?kept=1"]);
    let (_, client) = world.post("auth/oauth2/registration", &only);
    let request = world.authorization(&text(&client, "client_id"), &[("redirect_uri", "")]);
    let callback = world.server.consent(world.now, &request, ALICE).unwrap();
    assert!(callback.as_str().starts_with("https://app.example/cb?kept=1&state=st4te&code="), "{callback}");
}

#[test]
fn a_person_who_cannot_get_in_gets_nowhere() {
    let mut world = world(|oauth| oauth.registration = false);
    let client_id = world.client();
    let request: Url = world.authorization(&client_id, &[]);
    for person in [
        Person::signing_in("alice", "wrong"),
        Person::signing_in("nobody", "pw"),
        Person::registering("bob", "pw"),
    ] {
        assert_eq!(world.server.consent(world.now, &request, person), None, "{person:?}");
    }
    world.server.lock("alice", true);
    assert_eq!(world.server.consent(world.now, &request, ALICE), None);
    assert_eq!(world.server.accounts().count(), 1);
}
