//! How does an application sign out, and how not?

use serde_json::json;

use super::{error, metadata, world};
use crate::world::{LOGIN, World, text};

fn revoke(world: &mut World, client_id: &str, token: &str, hint: Option<&str>) -> u16 {
    let mut fields = vec![("token", token), ("client_id", client_id)];
    fields.extend(hint.map(|hint| ("token_type_hint", hint)));
    let request = narthex_sandbox::browser::submit(&world.url("auth/oauth2/revoke"), &fields);
    let response = world.send(&request);
    assert_eq!(response.body.expose().is_empty(), response.status == 200);
    response.status
}

#[test]
fn either_token_ends_the_session_and_its_device() {
    for kind in ["access_token", "refresh_token"] {
        for hint in [None, Some(kind)] {
            let mut world = world(|_| {});
            let (client_id, tokens) = world.signed_in();
            assert_eq!(revoke(&mut world, &client_id, &text(&tokens, kind), hint), 200);
            assert!(!world.is_alive(&tokens));
            assert!(world.server.account("alice").unwrap().devices.is_empty());
            let refused = world.refresh_oauth(&client_id, &text(&tokens, "refresh_token"));
            assert_eq!(error(&refused), (400, "invalid_grant"));
            assert_eq!(revoke(&mut world, &client_id, &text(&tokens, kind), hint), 200, "again");
        }
    }
}

#[test]
fn an_expired_access_token_and_a_wrong_hint_revoke_nothing() {
    let mut world = world(|_| {});
    let (client_id, tokens) = world.signed_in();
    assert_eq!(revoke(&mut world, &client_id, &text(&tokens, "refresh_token"), Some("access_token")), 200);
    assert_eq!(revoke(&mut world, &client_id, &text(&tokens, "access_token"), Some("refresh_token")), 200);
    assert_eq!(revoke(&mut world, &client_id, &text(&tokens, "access_token"), Some("password")), 400);
    assert!(world.is_alive(&tokens));
    world.wait(300);
    assert_eq!(revoke(&mut world, &client_id, &text(&tokens, "access_token"), None), 200);
    assert_eq!(world.server.oauth_sessions("alice"), 1);
}

#[test]
fn only_the_sessions_own_client_may_revoke() {
    let mut world = world(|_| {});
    let (_, tokens) = world.signed_in();
    let mut other = metadata();
    other["client_name"] = json!("Another");
    let (_, other) = world.post("auth/oauth2/registration", &other);
    let token = text(&tokens, "refresh_token");
    assert_eq!(revoke(&mut world, &text(&other, "client_id"), &token, None), 401);
    assert_eq!(revoke(&mut world, "unknown", &token, None), 401);
    assert_eq!(error(&world.form("auth/oauth2/revoke", &[("token", &token)])), (400, "invalid_request"));
    assert!(world.is_alive(&tokens));
}

#[test]
fn a_legacy_sign_out_does_not_know_the_token_and_the_session_lives_on() {
    let mut world = world(|_| {});
    let (_, tokens) = world.signed_in();
    for path in ["_matrix/client/v3/logout", "_matrix/client/v3/logout/all"] {
        let bearer = format!("Bearer {}", text(&tokens, "access_token"));
        let request = narthex::Request {
            method: narthex::Method::Post,
            headers: vec![("authorization", bearer.as_str().into())],
            ..narthex_sandbox::browser::open(&world.url(path))
        };
        let expected = json!({ "errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token" });
        assert_eq!(crate::world::read(&world.send(&request)), (401, expected));
    }
    assert!(world.is_alive(&tokens));
}

#[test]
fn the_older_api_is_beside_it_or_absent() {
    let mut world = world(|_| {});
    let (_, body) = world.get(LOGIN, "");
    let flows: Vec<&str> =
        body["flows"].as_array().unwrap().iter().map(|flow| flow["type"].as_str().unwrap()).collect();
    assert_eq!(flows, ["m.login.password", "m.login.sso", "m.login.token"]);
    assert_eq!(body["flows"][1]["oauth_aware_preferred"], true);
    let (status, login) = world.login(&json!({ "type": "m.id.user", "user": "alice" }), "pw");
    assert_eq!(status, 200);
    assert!(world.is_alive(&login));
    world.server.reconfigure(|config| config.login = None);
    assert_eq!(world.get(LOGIN, "").1["errcode"], "M_UNRECOGNIZED");
    assert_eq!(world.post("_matrix/client/v3/logout", &json!({})).0, 404);
}
