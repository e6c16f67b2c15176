//! How is a device linked with a code that a person types?

use std::time::Duration;

use narthex_sandbox::browser::{self, Jar};
use narthex_sandbox::{DeviceGrant, Person};
use serde_json::{Value, json};

use super::{ALICE, SCOPE, error, metadata, world};
use crate::world::{Answer, World, html, text};

const DEVICE: &str = "auth/oauth2/device";

fn ask(world: &mut World, client_id: &str) -> Value {
    let (status, body) = world.form(DEVICE, &[("client_id", client_id), ("scope", SCOPE)]);
    assert_eq!(status, 200, "{body}");
    body
}

fn poll(world: &mut World, client_id: &str, device_code: &str) -> Answer {
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", device_code),
        ("client_id", client_id),
    ];
    world.form("auth/oauth2/token", &fields)
}

#[test]
fn a_device_waits_is_linked_and_gets_its_tokens_once() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let asked = ask(&mut world, &client_id);
    let (device_code, user_code) = (text(&asked, "device_code"), text(&asked, "user_code"));
    let expected = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": "https://example.org/auth/link",
        "expires_in": 1200,
        "interval": 5,
    });
    assert_eq!(asked, expected);
    for _ in 0..2 {
        assert_eq!(error(&poll(&mut world, &client_id, &device_code)), (403, "authorization_pending"));
    }
    let typed = format!(" {} ", user_code.to_lowercase());
    assert!(world.server.link_device(world.now, &typed, ALICE, true));
    let (status, tokens) = poll(&mut world, &client_id, &device_code);
    assert_eq!((status, &tokens["scope"]), (200, &json!(SCOPE)));
    assert!(world.is_alive(&tokens));
    assert_eq!(error(&poll(&mut world, &client_id, &device_code)), (400, "invalid_grant"));
    assert!(!world.server.link_device(world.now, &user_code, ALICE, true), "the code is used");
}

#[test]
fn a_person_may_deny_and_may_register_on_the_way() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let asked = ask(&mut world, &client_id);
    assert!(world.server.link_device(world.now, &text(&asked, "user_code"), ALICE, false));
    let denied = poll(&mut world, &client_id, &text(&asked, "device_code"));
    assert_eq!(error(&denied), (403, "access_denied"));
    let asked = ask(&mut world, &client_id);
    let newcomer = Person::registering("bob", "pw");
    assert!(world.server.link_device(world.now, &text(&asked, "user_code"), newcomer, true));
    assert_eq!(poll(&mut world, &client_id, &text(&asked, "device_code")).0, 200);
    assert_eq!(world.server.oauth_sessions("bob"), 1);
}

#[test]
fn a_code_expires_for_the_device_and_for_the_person() {
    let mut world = world(|oauth| {
        oauth.device_grant =
            Some(DeviceGrant { lifetime: Duration::from_secs(60), ..DeviceGrant::default() });
    });
    let client_id = world.client();
    let asked = ask(&mut world, &client_id);
    assert_eq!(asked["expires_in"], 60);
    world.wait(61);
    let expired = poll(&mut world, &client_id, &text(&asked, "device_code"));
    assert_eq!(error(&expired), (403, "expired_token"));
    assert!(!world.server.link_device(world.now, &text(&asked, "user_code"), ALICE, true));
}

#[test]
fn who_polls_too_soon_may_be_told_to_slow_down() {
    let mut world = world(|oauth| {
        oauth.device_grant = Some(DeviceGrant { slow_down: true, ..DeviceGrant::default() });
    });
    let client_id = world.client();
    let device_code = text(&ask(&mut world, &client_id), "device_code");
    for (wait, expected) in [
        (0, (403, "authorization_pending")),
        (5, (403, "authorization_pending")),
        (4, (400, "slow_down")),
        (9, (400, "slow_down")),
        (15, (403, "authorization_pending")),
    ] {
        world.wait(wait);
        assert_eq!(error(&poll(&mut world, &client_id, &device_code)), expected, "{wait}");
    }
}

#[test]
fn a_link_that_carries_the_code_leads_to_the_device_only_if_configured() {
    for complete in [true, false] {
        let mut world = world(|oauth| {
            oauth.device_grant = Some(DeviceGrant { complete, ..DeviceGrant::default() });
        });
        let client_id = world.client();
        let asked = ask(&mut world, &client_id);
        let link = format!("https://example.org/auth/link?code={}", text(&asked, "user_code"));
        assert_eq!(asked["verification_uri_complete"].as_str(), complete.then_some(link.as_str()));
        let response = world.send(&browser::open(&link.parse().unwrap()));
        assert_eq!(response.status, if complete { 303 } else { 200 });
    }
}

#[test]
fn the_person_must_confirm_that_the_device_is_theirs() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let asked = ask(&mut world, &client_id);
    let link = world.url("auth/link");
    assert!(html(&world.send(&browser::open(&link))).contains("name=\"code\""));
    assert!(html(&world.send(&browser::submit(&link, &[("code", "NOTONE")]))).contains("not valid"));
    let typed = world.send(&browser::submit(&link, &[("code", &text(&asked, "user_code"))]));
    let device: url::Url = typed.header("location").unwrap().parse().unwrap();
    let login: url::Url = world.send(&browser::open(&device)).header("location").unwrap().parse().unwrap();
    let mut jar = Jar::default();
    let credentials = [("do", "login"), ("username", "alice"), ("password", "pw")];
    let back = world.send(&browser::submit(&login, &credentials));
    jar.keep(&back);
    assert_eq!(back.header("location"), Some(device.as_str()));
    assert!(html(&world.send(&jar.carry(browser::open(&device)))).contains("name=\"confirm_device\""));
    let careless = world.send(&jar.carry(browser::submit(&device, &[("do", "consent")])));
    assert!(html(&careless).contains("role=\"alert\""));
    let device_code = text(&asked, "device_code");
    assert_eq!(error(&poll(&mut world, &client_id, &device_code)), (403, "authorization_pending"));
    let careful = browser::submit(&device, &[("do", "consent"), ("confirm_device", "on")]);
    assert!(html(&world.send(&jar.carry(careful))).contains("Access granted"));
    assert_eq!(world.send(&jar.carry(browser::open(&device))).status, 409);
    assert_eq!(poll(&mut world, &client_id, &device_code).0, 200);
}

#[test]
fn a_scope_that_the_policy_denies_waits_for_ever() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let (_, asked) = world.form(DEVICE, &[("client_id", &client_id), ("scope", "bogus")]);
    assert!(!world.server.link_device(world.now, &text(&asked, "user_code"), ALICE, true));
    let pending = poll(&mut world, &client_id, &text(&asked, "device_code"));
    assert_eq!(error(&pending), (403, "authorization_pending"));
}

#[test]
fn who_may_not_link_devices_is_told_so() {
    let mut world = world(|_| {});
    let client_id = world.client();
    assert_eq!(error(&world.form(DEVICE, &[])), (400, "invalid_request"));
    assert_eq!(error(&world.form(DEVICE, &[("client_id", "unknown")])), (401, "invalid_client"));
    let long = "x".repeat(5000);
    let answer = world.form(DEVICE, &[("client_id", &client_id), ("scope", &long)]);
    assert_eq!(error(&answer), (400, "invalid_request"));
    let mut code_only = metadata();
    code_only["grant_types"] = json!(["authorization_code"]);
    let (_, other) = world.post("auth/oauth2/registration", &code_only);
    let other = text(&other, "client_id");
    assert_eq!(error(&world.form(DEVICE, &[("client_id", &other)])), (401, "unauthorized_client"));
    assert_eq!(error(&poll(&mut world, &client_id, "nope")), (400, "invalid_grant"));
    world.server.reconfigure(|config| config.oauth.as_mut().unwrap().device_grant = None);
    assert_eq!(error(&world.form(DEVICE, &[("client_id", &client_id)])), (400, "invalid_request"));
}

#[test]
fn an_account_that_is_gone_by_then_gets_no_tokens() {
    let mut world = world(|_| {});
    let client_id = world.client();
    let asked = ask(&mut world, &client_id);
    assert!(world.server.link_device(world.now, &text(&asked, "user_code"), ALICE, true));
    world.server.deactivate("alice");
    let refused = poll(&mut world, &client_id, &text(&asked, "device_code"));
    assert_eq!(error(&refused), (400, "invalid_grant"));
    assert_eq!(world.server.oauth_tokens_issued(), 0);
}
