//! What is a code good for, and for how long?

use narthex_sandbox::Person;
use serde_json::json;

use super::{VERIFIER, error, world};
use crate::world::{WHOAMI, text};

#[test]
fn a_code_becomes_a_session_on_the_device_asked_for() {
    let mut world = world(|_| {});
    let (_, tokens) = world.signed_in();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(300)));
    assert_eq!(tokens["scope"], super::SCOPE);
    let access_token = text(&tokens, "access_token");
    let whoami = json!({ "user_id": "@alice:example.org", "device_id": "ABCDEFGHIJ", "is_guest": false });
    assert_eq!(world.get(WHOAMI, &access_token), (200, whoami));
    assert_eq!(world.server.holder(world.now, &access_token), Some(("alice", "ABCDEFGHIJ")));
    let device = &world.server.account("alice").unwrap().devices["ABCDEFGHIJ"];
    assert_eq!(device.display_name.as_deref(), Some("An <app>"));
    assert_eq!((world.server.oauth_sessions("alice"), world.server.oauth_tokens_issued()), (1, 1));
}

#[test]
fn a_new_person_registers_on_the_way() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let request = world.authorization(&client_id, &[("prompt", "create")]);
    let callback = world.server.consent(world.now, &request, Person::registering("bob", "pw")).unwrap();
    assert!(callback.as_str().starts_with("http://127.0.0.1:45123/callback?state=st4te&code="));
    assert!(callback.as_str().ends_with('#'), "{callback}");
    assert!(world.server.account("bob").is_some());
}

#[test]
fn a_wrong_verifier_is_refused_and_costs_nothing() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let code = world.code(&client_id, &[]);
    let fields = [("grant_type", "authorization_code"), ("code", &code), ("client_id", &client_id)];
    let verifier = "x".repeat(43);
    let wrong = [&fields[..], &[("code_verifier", &verifier)]].concat();
    assert_eq!(error(&world.form("auth/oauth2/token", &wrong)), (400, "invalid_grant"));
    assert_eq!(error(&world.form("auth/oauth2/token", &fields)), (400, "invalid_request"));
    let twice = [&fields[..], &[("code_verifier", VERIFIER), ("code_verifier", VERIFIER)]].concat();
    assert_eq!(error(&world.form("auth/oauth2/token", &twice)), (400, "invalid_request"));
    assert_eq!(world.exchange(&client_id, &code).0, 200);
}

#[test]
fn without_a_challenge_there_is_nothing_to_verify() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let code = world.code(&client_id, &[("code_challenge", ""), ("code_challenge_method", "")]);
    assert_eq!(error(&world.exchange(&client_id, &code)), (400, "invalid_request"));
    let fields = [("grant_type", "authorization_code"), ("code", &code), ("client_id", &client_id)];
    assert_eq!(world.form("auth/oauth2/token", &fields).0, 200);
}

#[test]
fn a_code_lives_ten_minutes() {
    let mut world = world(|_| {});
    let client_id = world.client();
    for (wait, status) in [(600, 200), (601, 400)] {
        let code = world.code(&client_id, &[]);
        world.wait(wait);
        assert_eq!(world.exchange(&client_id, &code).0, status, "{wait}");
    }
}

#[test]
fn a_code_used_again_at_once_is_only_refused_and_later_ends_the_session() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let code = world.code(&client_id, &[]);
    let (_, tokens) = world.exchange(&client_id, &code);
    world.wait(20);
    assert_eq!(error(&world.exchange(&client_id, &code)), (400, "invalid_grant"));
    assert!(world.is_alive(&tokens));
    world.wait(1);
    assert_eq!(error(&world.exchange(&client_id, &code)), (400, "invalid_grant"));
    assert!(!world.is_alive(&tokens));
    assert!(world.server.account("alice").unwrap().devices.is_empty());
    assert_eq!(world.server.oauth_sessions("alice"), 0);
}

#[test]
fn a_code_is_for_the_client_that_asked() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let code = world.code(&client_id, &[]);
    let mut other = super::metadata();
    other["client_name"] = json!("Another");
    let (_, other) = world.post("auth/oauth2/registration", &other);
    assert_eq!(error(&world.exchange(&text(&other, "client_id"), &code)), (401, "unauthorized_client"));
    assert_eq!(error(&world.exchange("unknown", &code)), (401, "invalid_client"));
    assert_eq!(world.exchange(&client_id, &code).0, 200);
}

#[test]
fn a_client_that_was_forgotten_is_invalid_and_registers_anew() {
    let mut world = world(|_| {});
    let (client_id, tokens) = world.signed_in();
    world.server.forget_clients();
    let refused = world.refresh_oauth(&client_id, &text(&tokens, "refresh_token"));
    assert_eq!(error(&refused), (401, "invalid_client"));
    assert!(world.is_alive(&tokens));
    assert_ne!(world.client(), client_id);
}

#[test]
fn the_same_device_again_ends_the_session_before() {
    let mut world = world(|_| {});
    let (_, first) = world.signed_in();
    let (_, second) = world.signed_in();
    assert!(!world.is_alive(&first) && world.is_alive(&second));
    assert_eq!(
        (world.server.oauth_sessions("alice"), world.server.account("alice").unwrap().devices.len()),
        (1, 1)
    );
}

#[test]
fn a_session_needs_no_device_but_the_api() {
    let mut world = world(|_| {});
    let client_id = world.client();
    for (scope, status, device_id) in
        [("urn:matrix:client:api:*", 200, json!(null)), ("openid", 401, json!(null))]
    {
        let code = world.code(&client_id, &[("scope", scope)]);
        let (_, tokens) = world.exchange(&client_id, &code);
        let (answered, body) = world.get(WHOAMI, &text(&tokens, "access_token"));
        assert_eq!((answered, &body["device_id"]), (status, &device_id));
    }
}
