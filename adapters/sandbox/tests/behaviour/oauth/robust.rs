//! Does the authorization server stand whatever is sent to it?

use narthex::{Method, Request, Secret};
use narthex_sandbox::browser;

use super::{ALICE, metadata, world};
use crate::world::{World, text};

const PATHS: [&str; 16] = [
    ".well-known/openid-configuration",
    "authorize",
    "login",
    "register",
    "consent/",
    "device/",
    "link",
    "account/",
    "oauth2/token",
    "oauth2/revoke",
    "oauth2/device",
    "oauth2/registration",
    "oauth2/keys.json",
    "",
    "consent/%00%ff",
    "device/..%2f",
];

const NAMES: [&str; 26] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "prompt",
    "login_hint",
    "grant_type",
    "code",
    "code_verifier",
    "refresh_token",
    "device_code",
    "token",
    "token_type_hint",
    "do",
    "username",
    "password",
    "confirm_device",
    "kind",
    "id",
    "action",
    "\u{0}",
    "",
];

const VALUES: [&str; 24] = [
    "code",
    "http://127.0.0.1:45123/callback",
    "example.app:/callback",
    super::SCOPE,
    "st4te",
    super::CHALLENGE,
    super::VERIFIER,
    "S256",
    "fragment",
    "none",
    "create",
    "mxid:@alice:example.org",
    "authorization_code",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "login",
    "consent",
    "cancel",
    "logout",
    "alice",
    "pw",
    "continue_authorization_grant",
    "\u{ffff}\u{0}\"<>&#",
    "",
];

/// The next number of a fixed sequence, below `below`.
fn draw(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap() % below
}

#[test]
fn whatever_is_sent_is_answered() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let asked = world.form("auth/oauth2/device", &[("client_id", &client_id)]).1;
    let code = world.code(&client_id, &[]);
    let pending = world.authorization(&client_id, &[]);
    let login = world.send(&browser::open(&pending));
    let login = login.header("location").unwrap();
    let id = login.rsplit('=').next().unwrap().to_owned();
    let kept = [client_id, text(&asked, "device_code"), text(&asked, "user_code"), code, id];
    let mut state = 1;
    let mut seen = [0_u32; 6];
    for _ in 0..30_000 {
        let mut value = |names: &[&str], extra: &[String]| {
            let index = draw(&mut state, names.len() + extra.len());
            names.get(index).map_or_else(|| extra[index - names.len()].clone(), |name| (*name).to_owned())
        };
        let pairs: Vec<(String, String)> =
            (0..6).map(|_| (value(&NAMES, &[]), value(&VALUES, &kept))).collect();
        let path = value(&PATHS, &[format!("consent/{}", kept[4])]);
        let is_query = value(&["query", "form"], &[]) == "query";
        let pairs: Vec<(&str, &str)> =
            pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut url = world.url(&format!("auth/{path}"));
        let request = if is_query {
            url.query_pairs_mut().extend_pairs(&pairs);
            Request { headers: vec![("cookie", "session; =; session=x".into())], ..browser::open(&url) }
        } else {
            browser::submit(&url, &pairs)
        };
        let response = world.send(&request);
        seen[usize::from(response.status / 100)] += 1;
        assert!(matches!(response.status, 200..=499), "{request:?} {pairs:?}");
    }
    assert!(seen[2] > 0 && seen[3] > 0 && seen[4] > 0, "{seen:?}");
}

#[test]
fn odd_metadata_registers_nothing() {
    let mut world = world(|_| {});
    let good = metadata();
    for name in good.as_object().unwrap().keys() {
        for odd in
            [serde_json::json!(1), serde_json::json!({}), serde_json::json!([[]]), serde_json::json!("\u{0}")]
        {
            let mut body = good.clone();
            body[name] = odd.clone();
            let (status, _) = world.post("auth/oauth2/registration", &body);
            let is_free_text =
                odd.is_string() && matches!(name.as_str(), "client_name" | "token_endpoint_auth_method");
            assert_eq!(status, if is_free_text { 201 } else { 400 }, "{name} {odd}");
        }
    }
}

#[test]
fn what_is_kept_has_an_end() {
    let mut world = world(|_| {});
    let first = world.client();
    let request = world.authorization(&first, &[]);
    let page = world.send(&browser::open(&request)).header("location").unwrap().to_owned();
    for number in 0..1000 {
        world.wait(1);
        world.send(&browser::open(&request));
        world.form("auth/oauth2/device", &[("client_id", &first)]);
        let mut other = metadata();
        other["client_name"] = number.to_string().into();
        world.post("auth/oauth2/registration", &other);
    }
    assert_eq!(world.server.oauth_clients(), 1000);
    assert_eq!(world.send(&browser::open(&request)).status, 400, "the first client is forgotten");
    let id = page.rsplit('=').next().unwrap();
    let consent = world.url(&format!("auth/consent/{id}"));
    assert_eq!(world.send(&browser::open(&consent)).status, 404, "and so is the first request");
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let mut world = world(|_| {});
    let large = Request {
        method: Method::Post,
        body: Secret::new(vec![b'x'; 64 * 1024 + 1]),
        ..browser::open(&world.url("auth/oauth2/token"))
    };
    assert_eq!(world.send(&large).status, 413);
}

#[test]
fn the_same_story_twice_gets_the_same_tokens() {
    let story = || {
        let mut world: World = world(|_| {});
        let client_id = world.client();
        let request = world.authorization(&client_id, &[]);
        let home = world.server.consent(world.now, &request, ALICE);
        (home, world.signed_in())
    };
    assert_eq!(story(), story());
}
