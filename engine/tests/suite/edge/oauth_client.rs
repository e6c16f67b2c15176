//! How the application introduces itself: what is listed about it in `docs/edge-cases.md`.

use std::time::Duration;

use narthex::{Client, Config, Intent, KnownClient, Offer, Screen};
use serde_json::{Value, json};

use crate::answers::{BAD_GATEWAY, LIMITED};
use crate::driver::{Driver, response};
use crate::oauth::{
    CLIENT, CLIENT_OF_THE_BROWSER, INVALID_CLIENT, ISSUER, METADATA, USER_CODE, field, metadata,
};

fn config(client: Client) -> Config {
    Config::new(client)
}

fn with_scheme(scheme: &str) -> Config {
    let uri = "https://example.com/".parse().expect("an address");
    config(Client { uri, scheme: Some(scheme.to_owned()), ..crate::driver::client() })
}

fn known(client_id: &str) -> Config {
    let known = vec![KnownClient { issuer: ISSUER.into(), client_id: client_id.into() }];
    config(Client { known, ..crate::driver::client() })
}

/// Edge case 18.
#[test]
fn a_grant_that_was_dropped_is_told_at_once() {
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithDeviceCode).answer("/registration", 201, CLIENT_OF_THE_BROWSER);
    assert_eq!(driver.cause(), json!({ "class": "unsupported", "missing": "device_grant" }));
    assert!(driver.is_idle() && driver.count("/device") == 0);
    // In the browser it does not matter, and no way out is offered that leads nowhere.
    driver.say(Intent::SignInWithBrowser).listening(1).answer("/registration", 201, CLIENT_OF_THE_BROWSER);
    driver.after(Duration::from_secs(60));
    assert!(matches!(driver.screen(), Screen::InBrowser { .. }), "{}", driver.trace);
    assert!(!driver.offers(Offer::SignInWithDeviceCode));
}

/// Edge case 19: two sign-ins under one client id have nothing else in common.
#[test]
fn the_same_client_id_may_be_anybodys() {
    let (one, mut other) = (Driver::in_browser(), Driver::oauth());
    other.say(Intent::SignInWithBrowser).listening(50_000).answer("/registration", 201, CLIENT);
    for (name, same) in [("client_id", true), ("redirect_uri", false)] {
        assert_eq!(field(&one.page(), name) == field(&other.page(), name), same, "{name}");
    }
    let mut again = Driver::in_browser();
    let first = again.page();
    again.say(Intent::Cancel).opens_browser(Intent::SignInWithBrowser);
    for name in ["state", "code_challenge"] {
        assert_ne!(field(&first, name), field(&again.page(), name), "{name} is drawn for each attempt");
    }
    let introductions: Vec<_> =
        again.sent.iter().filter(|sent| sent.url.path().ends_with("/registration")).collect();
    assert_eq!(introductions[0].body, introductions[1].body, "so that it is the same client");
}

/// Edge case 20.
#[test]
fn a_scheme_that_would_be_refused_is_not_used() {
    for (scheme, used) in
        [("com.example.app", true), ("com.example", true), ("robrix", false), ("com.example.", false)]
    {
        let mut driver = Driver::oauth_as(with_scheme(scheme), METADATA);
        driver.say(Intent::SignInWithBrowser);
        let uris = driver.body("/registration")["redirect_uris"].to_string();
        assert_eq!(uris.contains(&format!("\"{scheme}:/oauth/")), used, "{scheme}: {uris}");
        driver.deaf().answer("/registration", 201, CLIENT);
        let back = field(&driver.page(), "redirect_uri");
        assert_eq!(back.starts_with(&format!("{scheme}:/oauth/")), used, "{scheme}: {back}");
    }
    let refused = r#"{"error":"invalid_redirect_uri","error_description":"missing slash"}"#;
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithBrowser).listening(1).answer("/registration", 400, refused);
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "client_refused" }));
    let evidence = driver.problem().evidence.expect("evidence");
    assert_eq!(evidence.errcode.as_deref(), Some("invalid_redirect_uri"));
    assert_eq!(evidence.message.as_deref(), Some("missing slash"));
}

/// Edge cases 21, 22 and 28.
#[test]
fn loopback_addresses_are_registered_without_a_port_and_used_with_any() {
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithBrowser);
    let body = driver.body("/registration");
    assert_eq!(body["application_type"], "native");
    assert_eq!(body["token_endpoint_auth_method"], "none");
    let uris = body["redirect_uris"].as_array().expect("addresses").clone();
    let path = driver.listener().expect("it listens").1;
    assert_eq!(uris, [json!(format!("http://127.0.0.1{path}")), json!(format!("http://[::1]{path}"))]);
    driver.listening_at("http://[::1]:50123/").answer("/registration", 201, CLIENT);
    assert_eq!(field(&driver.page(), "redirect_uri"), format!("http://[::1]:50123{path}"));
    driver.comes_back("code=the-code");
    assert_eq!(field(&driver.form("/token"), "redirect_uri"), format!("http://[::1]:50123{path}"));
}

/// Edge case 23.
#[test]
fn any_success_with_a_client_id_is_one() {
    for (status, body, good) in [
        (200, CLIENT, true),
        (201, r#"{"client_id":"x"}"#, true),
        (202, r#"{"client_id":"with space"}"#, true),
        (201, r#"{}"#, false),
        (201, r#"{"client_id":""}"#, false),
        (201, r#"{"client_id":7}"#, false),
        (201, "{\"client_id\":\"a\\nb\"}", false),
        (201, "", false),
        (204, "", false),
        (302, CLIENT, false),
    ] {
        let mut driver = Driver::oauth();
        driver.say(Intent::SignInWithBrowser).listening(1).answer("/registration", status, body);
        assert_eq!(matches!(driver.screen(), Screen::InBrowser { .. }), good, "{status} {body}");
        assert!(good || (driver.browsed.is_empty() && driver.is_idle()), "{status} {body}");
    }
    let long = json!({ "client_id": "x".repeat(10_000) }).to_string();
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithBrowser).listening(1).answer("/registration", 201, &long);
    assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], "client_id");
}

/// Edge case 24.
#[test]
fn patience_is_granted_and_a_refusal_is_one() {
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithBrowser).listening(49_152);
    driver.respond("/registration", response(429, &[("retry-after", "7")], LIMITED));
    let Screen::Limited { until, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!(driver.now.until(until).as_secs(), 7);
    driver.wait().answer("/registration", 201, CLIENT);
    assert!(field(&driver.page(), "redirect_uri").starts_with("http://127.0.0.1:49152/"), "it still listens");

    for (status, body) in [(503, BAD_GATEWAY), (500, ""), (403, BAD_GATEWAY), (408, "")] {
        let mut driver = Driver::oauth();
        driver.say(Intent::SignInWithBrowser).listening(1).answer("/registration", status, body);
        assert_eq!(driver.cause()["class"], "unavailable", "{status}");
        driver.say(Intent::Retry).listening(49_152).answer("/registration", 201, CLIENT);
        assert!(matches!(driver.screen(), Screen::InBrowser { .. }), "{status}");
    }
    for (status, body) in [(403, ""), (403, r#"{"error":"access_denied"}"#), (401, INVALID_CLIENT)] {
        let mut driver = Driver::oauth();
        driver.say(Intent::SignInWithBrowser).listening(1).answer("/registration", status, body);
        assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "client_refused" }), "{status}");
        assert!(driver.is_idle());
    }
}

/// A listener that breaks while the server asks for patience is asked for again.
#[test]
fn a_listener_that_breaks_meanwhile_is_replaced() {
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithBrowser).listening(1).answer("/registration", 429, LIMITED);
    driver.deaf().wait().listening(2).answer("/registration", 201, CLIENT);
    assert!(field(&driver.page(), "redirect_uri").starts_with("http://127.0.0.1:2/"));
}

/// Edge case 25.
#[test]
fn a_client_that_was_forgotten_introduces_itself_again_and_only_once() {
    let mut driver = Driver::oauth_as(known("01FORGOTTEN"), METADATA);
    driver.say(Intent::SignInWithBrowser).listening(49_152);
    assert_eq!(driver.count("/registration"), 0, "it is known");
    driver.comes_back("code=the-code").answer("/token", 401, INVALID_CLIENT);
    driver.listening(49_153).answer("/registration", 201, CLIENT).comes_back("code=another");
    assert_eq!(field(&driver.form("/token"), "code"), "another");
    driver.answer("/token", 401, INVALID_CLIENT);
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "client_refused" }));
    assert_eq!((driver.browsed.len(), driver.count("/registration")), (2, 1));

    let mut driver = Driver::oauth_as(known("01FORGOTTEN"), METADATA);
    driver.say(Intent::SignInWithDeviceCode).answer("/device", 401, INVALID_CLIENT);
    driver.answer("/registration", 201, CLIENT).answer("/device", 200, USER_CODE).wait();
    driver.answer("/token", 401, INVALID_CLIENT);
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "client_refused" }));
}

/// Edge case 27.
#[test]
fn where_nobody_can_introduce_themselves_one_has_to_be_known() {
    let closed = metadata(|m| m["registration_endpoint"] = Value::Null);
    let missing = json!({ "class": "unsupported", "missing": "client_registration" });
    for intent in [Intent::SignInWithBrowser, Intent::SignInWithDeviceCode, Intent::CreateAccount] {
        let mut driver = Driver::oauth_with(&closed);
        driver.say(intent);
        assert_eq!(driver.cause(), missing);
        assert!(driver.is_idle(), "nothing is asked, not even a listener");
    }
    let mut driver = Driver::oauth_as(known("01STATIC"), &closed);
    driver.say(Intent::SignInWithBrowser).listening(49_152);
    assert_eq!(field(&driver.page(), "client_id"), "01STATIC");
    driver.comes_back("code=the-code").answer("/token", 401, INVALID_CLIENT);
    assert_eq!(driver.cause(), missing, "there is no other");
    assert!(driver.is_idle());

    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithBrowser).listening(1).answer("/registration", 404, "");
    assert_eq!(driver.cause(), missing);
}

/// A client id is good for the one server that gave it.
#[test]
fn another_servers_client_id_is_not_used() {
    let almost =
        vec![KnownClient { issuer: ISSUER.trim_end_matches('/').into(), client_id: "01OTHER".into() }];
    let mut driver = Driver::oauth_as(config(Client { known: almost, ..crate::driver::client() }), METADATA);
    driver.say(Intent::SignInWithBrowser);
    assert!(driver.is_open("/registration"));
}
