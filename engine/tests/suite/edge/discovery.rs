//! Finding a server: what is listed about it in `docs/edge-cases.md`.

use narthex::{Finding, OAuthSupport, Offer, Probe, RegistrationSupport, Screen, ServerReport};
use serde_json::json;

use crate::answers::{
    BAD_GATEWAY, DISABLED, LOGIN_PASSWORD, OPEN, SERVER, UNRECOGNIZED, VERSIONS, WELL_KNOWN, use_server,
};
use crate::driver::{Driver, response};

/// As the OAuth server of a homeserver answers.
const METADATA: &str = r#"{"issuer":"https://auth.elsewhere.example/","authorization_endpoint":"https://auth.elsewhere.example/authorize","token_endpoint":"https://auth.elsewhere.example/oauth2/token","response_types_supported":["code"],"code_challenge_methods_supported":["S256"]}"#;

fn found(login: (u16, &str), stable: (u16, &str), unstable: (u16, &str)) -> Driver {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/.well-known/matrix/client", 404, "");
    driver.answer("/versions", 200, VERSIONS).answer("v3/login", login.0, login.1);
    driver.answer("v1/auth_metadata", stable.0, stable.1).answer(
        "msc2965/auth_metadata",
        unstable.0,
        unstable.1,
    );
    driver.answer("/register", 401, OPEN);
    driver
}

fn report(driver: &Driver) -> ServerReport {
    match driver.screen() {
        Screen::Choose { report, .. } => *report,
        other => panic!("{other:?}\n{}", driver.trace),
    }
}

fn finding(driver: &Driver, question: Probe) -> Finding {
    let steps = report(driver).steps;
    steps.into_iter().find(|step| step.probe == question).expect("it was asked").finding
}

/// Edge case 1. Edge case 8: the issuer is on another host. Edge case 13: version 1.15 is not announced.
#[test]
fn the_unstable_path_of_the_metadata_will_do() {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/.well-known/matrix/client", 404, "");
    driver.answer("/versions", 200, r#"{"versions":["v1.1"]}"#).answer("v3/login", 404, UNRECOGNIZED);
    driver.answer("v1/auth_metadata", 404, UNRECOGNIZED).answer("msc2965/auth_metadata", 200, METADATA);
    driver.answer("/register", 403, DISABLED);
    let offered = OAuthSupport::Offered {
        issuer: "https://auth.elsewhere.example/".into(),
        registration: None,
        device_grant: false,
        client_registration: false,
        account_management: None,
    };
    assert_eq!(report(&driver).oauth, offered);
}

/// Edge case 2.
#[test]
fn no_metadata_at_either_path_means_no_oauth_whatever_the_page_says() {
    let page = "<html>nginx: not found</html>";
    let driver = found((200, LOGIN_PASSWORD), (404, page), (404, page));
    assert_eq!(report(&driver).oauth, OAuthSupport::Absent);
    assert!(driver.offers(Offer::SignInWithPassword));
}

/// Edge case 3.
#[test]
fn an_outage_of_the_metadata_does_not_conclude_that_there_is_none() {
    let mut driver = found((200, LOGIN_PASSWORD), (502, BAD_GATEWAY), (404, UNRECOGNIZED));
    assert_eq!(report(&driver).oauth, OAuthSupport::Unclear);
    assert!(driver.offers(Offer::Retry), "it can be asked again");
    driver.say(narthex::Intent::Retry).answer("/.well-known/matrix/client", 404, "");
    driver.answer("/versions", 200, VERSIONS).answer("v3/login", 200, LOGIN_PASSWORD);
    while driver.is_open("auth_metadata") || driver.is_open("/register") {
        driver.wait();
    }
    assert_eq!(report(&driver).oauth, OAuthSupport::Unclear);
}

/// Edge case 4.
#[test]
fn a_captive_portal_is_not_metadata() {
    let driver = found((200, LOGIN_PASSWORD), (200, "<html>Buy an hour</html>"), (404, UNRECOGNIZED));
    assert_eq!(report(&driver).oauth, OAuthSupport::Unclear);
    assert!(matches!(finding(&driver, Probe::AuthMetadata), Finding::Faulty { .. }));
}

/// Edge case 10.
#[test]
fn a_server_with_both_ways_in_is_reported_with_both() {
    let driver = found((200, LOGIN_PASSWORD), (200, METADATA), (200, METADATA));
    let report = report(&driver);
    assert!(matches!(report.oauth, OAuthSupport::Offered { .. }) && report.login.password);
}

/// Edge case 14.
#[test]
fn without_a_delegation_the_server_name_is_the_address() {
    let driver = found((200, LOGIN_PASSWORD), (404, ""), (404, ""));
    assert_eq!(report(&driver).base_url.as_str(), "https://example.org/");
    assert_eq!(finding(&driver, Probe::WellKnown), Finding::Absent);
}

/// Edge case 14.
#[test]
fn a_delegation_that_fails_is_not_guessed_around() {
    for (status, body) in
        [(500, BAD_GATEWAY), (403, ""), (200, ""), (200, "[]"), (200, "{}"), (200, "<html></html>")]
    {
        let mut driver = Driver::new();
        driver.say(use_server(SERVER)).answer("/.well-known/matrix/client", status, body);
        assert!(driver.is_idle(), "{status} {body}: {}", driver.trace);
        assert_eq!(
            driver.cause(),
            json!({ "class": "refused", "refusal": "homeserver_unclear" }),
            "{status} {body}"
        );
    }
    let broken = json!({ "class": "misbehaved", "misbehaviour": "delegation_broken" });
    for body in [
        r#"{"m.homeserver":{"base_url":"no address"}}"#,
        r#"{"m.homeserver":{"base_url":"http://example.org"}}"#,
    ] {
        let mut driver = Driver::new();
        driver.say(use_server(SERVER)).answer("/.well-known/matrix/client", 200, body);
        assert_eq!(driver.cause(), broken, "{body}");
    }
    for (status, body) in [(404, UNRECOGNIZED), (200, "{}"), (200, "<html></html>")] {
        let mut driver = Driver::new();
        driver.say(use_server(SERVER)).answer("/.well-known/matrix/client", 200, WELL_KNOWN);
        driver.answer("/versions", status, body);
        assert_eq!(driver.cause(), broken, "{body}");
        assert!(driver.is_idle(), "the other questions are moot");
    }
}

/// Edge case 15.
#[test]
fn redirects_of_the_delegation_are_followed_and_counted() {
    let to = |location: &str| response(302, &[("location", location)], "");
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).respond("/client", to("/moved/client"));
    assert_eq!(driver.request("/client").url.as_str(), "https://example.org/moved/client");
    driver.answer("/moved/client", 200, WELL_KNOWN);
    assert!(driver.is_open("/versions"));

    let unclear = json!({ "class": "refused", "refusal": "homeserver_unclear" });
    let mut driver = Driver::new();
    driver.say(use_server(SERVER));
    let mut hops = 0;
    while driver.is_open("/client") {
        driver.respond("/client", to("/client"));
        hops += 1;
        assert!(hops < 10, "it goes round");
    }
    assert_eq!(driver.cause(), unclear);

    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).respond("/client", to("http://example.org/client"));
    assert!(driver.is_idle());
    assert_eq!(driver.cause(), unclear);
}

/// Edge case 16.
#[test]
fn a_path_in_the_address_is_kept_and_joined_with_one_slash() {
    for base in ["https://example.org/matrix", "https://example.org/matrix/", "https://example.org/matrix//"]
    {
        let mut driver = Driver::new();
        let body = json!({ "m.homeserver": { "base_url": base } }).to_string();
        driver.say(use_server(SERVER)).answer("/client", 200, &body);
        let url = driver.request("/versions").url;
        assert_eq!(url.as_str(), "https://example.org/matrix/_matrix/client/versions", "{base}");
    }
}

/// Edge case 17.
#[test]
fn ports_and_addresses_are_no_part_of_the_delegations_host() {
    let mut driver = Driver::new();
    driver.say(use_server("example.org:8448"));
    assert_eq!(driver.request("/client").url.as_str(), "https://example.org/.well-known/matrix/client");
    let mut driver = Driver::new();
    driver.say(use_server("[2001:db8::1]:8448"));
    assert_eq!(
        driver.request("/versions").url.as_str(),
        "https://[2001:db8::1]:8448/_matrix/client/versions"
    );
}

/// A rate limit on the probe says that there is registration, and when.
#[test]
fn a_limited_probe_leaves_registration_open_to_trying() {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/client", 404, "");
    driver.told((429, crate::answers::LIMITED), LOGIN_PASSWORD);
    assert!(matches!(report(&driver).registration, RegistrationSupport::Unclear { retry_at: Some(_) }));
    assert!(driver.offers(Offer::CreateAccount));
}
