//! How long does a session live, and what becomes of its tokens?

use std::time::Duration;

use narthex_sandbox::Rotation;
use serde_json::json;

use super::{error, metadata, world};
use crate::world::{WHOAMI, text};

#[test]
fn an_access_token_expires_and_a_refresh_gives_another() {
    let mut world = world(|oauth| oauth.access_lifetime = Duration::from_secs(60));
    let (client_id, old) = world.signed_in();
    assert_eq!(old["expires_in"], 60);
    world.wait(59);
    assert!(world.is_alive(&old));
    world.wait(1);
    assert!(!world.is_alive(&old));
    let (status, new) = world.refresh_oauth(&client_id, &text(&old, "refresh_token"));
    assert_eq!((status, &new["scope"]), (200, &old["scope"]));
    assert!(world.is_alive(&new));
}

#[test]
fn a_refresh_ends_the_access_token_before() {
    let mut world = world(|_| {});
    let (client_id, old) = world.signed_in();
    let (_, new) = world.refresh_oauth(&client_id, &text(&old, "refresh_token"));
    assert!(!world.is_alive(&old) && world.is_alive(&new));
}

#[test]
fn a_lost_answer_can_be_asked_for_again() {
    let mut world = world(|_| {});
    let (client_id, old) = world.signed_in();
    let (_, lost) = world.refresh_oauth(&client_id, &text(&old, "refresh_token"));
    let (status, new) = world.refresh_oauth(&client_id, &text(&old, "refresh_token"));
    assert_eq!(status, 200);
    assert!(!world.is_alive(&lost) && world.is_alive(&new));
    let again = world.refresh_oauth(&client_id, &text(&lost, "refresh_token"));
    assert_eq!(error(&again), (400, "invalid_grant"));
    assert!(world.is_alive(&new));
}

#[test]
fn a_token_whose_successors_were_used_is_refused_and_the_session_lives_on() {
    for by_access in [true, false] {
        let mut world = world(|_| {});
        let (client_id, old) = world.signed_in();
        let (_, mut new) = world.refresh_oauth(&client_id, &text(&old, "refresh_token"));
        if by_access {
            assert!(world.is_alive(&new));
        } else {
            new = world.refresh_oauth(&client_id, &text(&new, "refresh_token")).1;
        }
        let again = world.refresh_oauth(&client_id, &text(&old, "refresh_token"));
        assert_eq!(error(&again), (400, "invalid_grant"));
        assert!(world.is_alive(&new));
        assert_eq!(world.refresh_oauth(&client_id, &text(&new, "refresh_token")).0, 200);
    }
}

#[test]
fn a_strict_server_ends_the_session_at_the_first_retry() {
    let mut world = world(|oauth| oauth.rotation = Rotation::Strict);
    let (client_id, old) = world.signed_in();
    let (_, new) = world.refresh_oauth(&client_id, &text(&old, "refresh_token"));
    let again = world.refresh_oauth(&client_id, &text(&old, "refresh_token"));
    assert_eq!(error(&again), (400, "invalid_grant"));
    assert!(!world.is_alive(&new));
    assert_eq!(world.server.oauth_sessions("alice"), 0);
}

#[test]
fn what_is_not_this_clients_token_renews_nothing() {
    let mut world = world(|_| {});
    let (client_id, tokens) = world.signed_in();
    let mut other = metadata();
    other["grant_types"] = json!(["authorization_code"]);
    let (_, other) = world.post("auth/oauth2/registration", &other);
    let refresh_token = text(&tokens, "refresh_token");
    let refused = world.refresh_oauth(&text(&other, "client_id"), &refresh_token);
    assert_eq!(error(&refused), (401, "unauthorized_client"));
    let mut other = metadata();
    other["client_name"] = json!("Another");
    let (_, other) = world.post("auth/oauth2/registration", &other);
    let refused = world.refresh_oauth(&text(&other, "client_id"), &refresh_token);
    assert_eq!(error(&refused), (400, "invalid_grant"));
    for wrong in ["", "mar_bogus", &text(&tokens, "access_token")] {
        assert_eq!(error(&world.refresh_oauth(&client_id, wrong)), (400, "invalid_grant"));
    }
    let fields = [("grant_type", "password"), ("client_id", &client_id)];
    assert_eq!(error(&world.form("auth/oauth2/token", &fields)), (400, "unsupported_grant_type"));
}

#[test]
fn an_administrator_ends_sessions_and_expires_tokens() {
    let mut world = world(|_| {});
    let (client_id, tokens) = world.signed_in();
    world.server.expire_access_tokens();
    assert!(!world.is_alive(&tokens));
    let (_, tokens) = world.refresh_oauth(&client_id, &text(&tokens, "refresh_token"));
    world.server.lock("alice", true);
    let (status, body) = world.get(WHOAMI, &text(&tokens, "access_token"));
    assert_eq!((status, &body["errcode"]), (401, &json!("M_USER_LOCKED")));
    world.server.lock("alice", false);
    assert!(world.is_alive(&tokens));
    world.server.end_sessions("alice");
    assert!(!world.is_alive(&tokens));
    let refused = world.refresh_oauth(&client_id, &text(&tokens, "refresh_token"));
    assert_eq!(error(&refused), (400, "invalid_grant"));
}

#[test]
fn a_killed_device_and_a_deactivated_account_have_no_session() {
    for kill in [true, false] {
        let mut world = world(|_| {});
        let (_, tokens) = world.signed_in();
        if kill {
            world.server.kill_device("alice", "ABCDEFGHIJ");
        } else {
            world.server.deactivate("alice");
        }
        assert!(!world.is_alive(&tokens));
        assert_eq!(world.server.oauth_sessions("alice"), 0);
    }
}
