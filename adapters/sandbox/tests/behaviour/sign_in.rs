//! Who is signed in, and for how long?

use std::time::Duration;

use narthex_sandbox::{Config, Refresh, RefreshRefusal, browser};
use serde_json::json;
use url::Url;

use crate::world::{LOGIN, WHOAMI, World, html, text};

/// Goes through single sign-on, and returns with the login token.
fn login_token(world: &mut World, username: &str) -> String {
    let home = "http://127.0.0.1:9/back?state=1&loginToken=old";
    let mut start = world.url("_matrix/client/v3/login/sso/redirect/oidc-github");
    start.query_pairs_mut().append_pair("redirectUrl", home);
    let page = html(&world.send(&browser::open(&start)));
    assert!(page.contains("GitHub") && page.contains("state=1&amp;loginToken=old"), "{page}");
    let action = page.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = browser::submit(&action.parse().unwrap(), &[("redirectUrl", home), ("username", username)]);
    let response = world.send(&form);
    assert_eq!(response.status, 302);
    let back: Url = response.header("location").unwrap().parse().unwrap();
    let pairs: Vec<(String, String)> = back.query_pairs().into_owned().collect();
    assert_eq!((pairs.len(), pairs[0].clone()), (2, ("state".to_owned(), "1".to_owned())));
    pairs[1].1.clone()
}

#[test]
fn single_sign_on_makes_an_account_and_signs_in_once() {
    let mut world = World::new(Config::sso);
    let token = login_token(&mut world, "Alice");
    let login = json!({ "type": "m.login.token", "token": token });
    let (status, body) = world.post(LOGIN, &login);
    assert_eq!((status, body["user_id"].as_str()), (200, Some("@alice:example.org")));
    assert_eq!(world.post(LOGIN, &login).0, 403);
}

#[test]
fn a_login_token_does_not_last() {
    let mut world = World::new(Config::sso);
    let token = login_token(&mut world, "alice");
    world.wait(120);
    assert_eq!(world.post(LOGIN, &json!({ "type": "m.login.token", "token": token })).0, 403);
}

#[test]
fn a_deactivated_account_is_told_so_after_single_sign_on() {
    let mut world = World::new(Config::sso);
    world.server.add_account("alice", "pw");
    let token = login_token(&mut world, "alice");
    world.server.deactivate("alice");
    let (status, body) = world.post(LOGIN, &json!({ "type": "m.login.token", "token": token }));
    assert_eq!((status, body["errcode"].as_str()), (403, Some("M_USER_DEACTIVATED")));
}

#[test]
fn a_killed_device_is_signed_out_and_the_others_are_not() {
    let mut world = World::new(Config::open);
    world.server.add_account("alice", "pw");
    let user = json!({ "type": "m.id.user", "user": "alice" });
    let (_, phone) = world.login(&user, "pw");
    let (_, laptop) = world.login(&user, "pw");
    world.server.kill_device("alice", &text(&phone, "device_id"));
    let (status, body) = world.get(WHOAMI, &text(&phone, "access_token"));
    assert_eq!((status, &body["soft_logout"]), (401, &json!(false)));
    let (status, body) = world.get("_matrix/client/v3/devices", &text(&laptop, "access_token"));
    assert_eq!((status, body["devices"].as_array().unwrap().len()), (200, 1));
    assert_eq!(world.server.account("alice").unwrap().devices.len(), 1);
}

#[test]
fn an_expired_access_token_asks_for_a_refresh_and_is_nobodys() {
    let mut world = World::new(Config::open);
    let dummy = json!({ "type": "m.login.dummy" });
    let body = json!({ "username": "alice", "password": "pw", "refresh_token": true, "auth": dummy });
    let (_, login) = world.post("_matrix/client/v3/register", &body);
    let access = text(&login, "access_token");
    assert_eq!(world.server.holder(world.now, &access).unwrap().0, "alice");
    world.server.expire_access_tokens();
    assert_eq!(world.server.holder(world.now, &access), None);
    assert_eq!(world.get(WHOAMI, &access).1["soft_logout"], true);
    let refresh = json!({ "refresh_token": text(&login, "refresh_token") });
    let (status, renewed) = world.post("_matrix/client/v3/refresh", &refresh);
    assert_eq!(status, 200);
    assert_eq!(world.get(WHOAMI, &text(&renewed, "access_token")).0, 200);
}

#[test]
fn a_used_refresh_token_may_be_refused_as_the_specification_says() {
    let refresh = Refresh {
        refusal: RefreshRefusal::Specification,
        refresh_lifetime: Some(Duration::from_secs(600)),
        ..Refresh::default()
    };
    let mut world = World::new(|url| Config { refresh: Some(refresh), ..Config::open(url) });
    let dummy = json!({ "type": "m.login.dummy" });
    let body = json!({ "username": "alice", "password": "pw", "refresh_token": true, "auth": dummy });
    let (_, login) = world.post("_matrix/client/v3/register", &body);
    let old = json!({ "refresh_token": text(&login, "refresh_token") });
    let (_, renewed) = world.post("_matrix/client/v3/refresh", &old);
    world.get(WHOAMI, &text(&renewed, "access_token"));
    let (status, body) = world.post("_matrix/client/v3/refresh", &old);
    assert_eq!((status, body["errcode"].as_str()), (401, Some("M_UNKNOWN_TOKEN")));
    world.wait(601);
    let last = json!({ "refresh_token": text(&renewed, "refresh_token") });
    assert_eq!(world.post("_matrix/client/v3/refresh", &last).1["soft_logout"], true);
}
