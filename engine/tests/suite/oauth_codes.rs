//! What each error of an authorization server is called, endpoint by endpoint.

use narthex::{Intent, Offer, Screen};
use serde_json::{Value, json};

use crate::driver::Driver;
use crate::oauth::{CLIENT, INVALID_CLIENT, METADATA, USER_CODE};

const PAGE: &str = "<html>Not for you</html>";

fn refused(refusal: &str) -> Value {
    json!({ "class": "refused", "refusal": refusal })
}

fn unsupported(missing: &str) -> Value {
    json!({ "class": "unsupported", "missing": missing })
}

fn unexpected(status: u16) -> Value {
    json!({ "class": "misbehaved", "misbehaviour": { "unexpected_status": status } })
}

fn stranger() -> Value {
    json!({ "class": "unavailable", "outage": "not_the_server" })
}

fn error(code: &str) -> String {
    json!({ "error": code, "error_description": "No" }).to_string()
}

fn at_device_endpoint() -> Driver {
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithDeviceCode).answer("/registration", 201, CLIENT);
    driver
}

#[test]
fn an_introduction_that_is_refused_says_why() {
    for (status, body, cause) in [
        (404, String::new(), unsupported("client_registration")),
        (405, String::new(), unsupported("client_registration")),
        (404, error("not_here"), refused("client_refused")),
        (400, error("invalid_redirect_uri"), refused("client_refused")),
        (499, error("invalid_client_metadata"), refused("client_refused")),
        (401, String::new(), refused("client_refused")),
        (403, "{}".to_owned(), refused("client_refused")),
        (403, PAGE.to_owned(), stranger()),
        (400, String::new(), unexpected(400)),
        (302, String::new(), unexpected(302)),
        (404, PAGE.to_owned(), unsupported("client_registration")),
    ] {
        let mut driver = Driver::oauth();
        driver.say(Intent::SignInWithBrowser).listening(1).answer("/registration", status, &body);
        assert_eq!(driver.cause(), cause, "{status} {body}");
    }
}

#[test]
fn a_code_that_is_not_given_says_why() {
    for (status, body, cause) in [
        (400, error("unauthorized_client"), unsupported("device_grant")),
        (400, error("invalid_request"), unsupported("device_grant")),
        (400, error("unsupported_grant_type"), unsupported("device_grant")),
        (404, "{}".to_owned(), unsupported("device_grant")),
        (405, String::new(), unsupported("device_grant")),
        (400, error("invalid_scope"), refused("other")),
        (400, "{}".to_owned(), unexpected(400)),
        (302, String::new(), unexpected(302)),
        (403, PAGE.to_owned(), stranger()),
    ] {
        let mut driver = at_device_endpoint();
        driver.answer("/device", status, &body);
        assert_eq!(driver.cause(), cause, "{status} {body}");
    }
}

#[test]
fn a_code_that_is_not_exchanged_says_why() {
    for (status, body, cause) in [
        (400, error("invalid_grant"), json!({ "class": "expired", "what": "authorization_code" })),
        (400, error("invalid_scope"), refused("other")),
        (499, error("unauthorized_client"), refused("other")),
        (400, "{}".to_owned(), unexpected(400)),
        (302, String::new(), unexpected(302)),
    ] {
        let mut driver = Driver::exchanging();
        driver.answer("/token", status, &body);
        assert_eq!(driver.cause(), cause, "{status} {body}");
        let expired = cause["class"] == "expired";
        assert_eq!(driver.offers(Offer::Retry), expired, "{body}: it would be answered the same");
    }
}

#[test]
fn a_code_that_is_not_entered_says_why() {
    for (body, cause) in [
        (error("access_denied"), refused("declined")),
        (error("expired_token"), json!({ "class": "expired", "what": "user_code" })),
        (error("invalid_scope"), refused("other")),
    ] {
        for status in [400, 401, 403] {
            let mut driver = Driver::showing(USER_CODE);
            driver.wait().answer("/token", status, &body);
            assert_eq!(driver.cause(), cause, "{status} {body}");
        }
    }
}

/// Edge case 25: wherever the server says that it does not know the application any more.
#[test]
fn whoever_is_forgotten_introduces_themselves_again_and_once() {
    let mut at_device = at_device_endpoint();
    at_device.answer("/device", 401, INVALID_CLIENT).answer("/registration", 201, CLIENT);
    at_device.answer("/device", 401, INVALID_CLIENT);
    let mut polling = Driver::showing(USER_CODE);
    polling.wait().answer("/token", 401, INVALID_CLIENT).answer("/registration", 201, CLIENT);
    polling.answer("/device", 200, USER_CODE).wait().answer("/token", 401, INVALID_CLIENT);
    let mut exchanging = Driver::exchanging();
    exchanging.answer("/token", 401, INVALID_CLIENT).listening(2).answer("/registration", 201, CLIENT);
    exchanging.comes_back("code=another").answer("/token", 401, INVALID_CLIENT);
    for driver in [at_device, polling, exchanging] {
        assert_eq!(driver.cause(), refused("client_refused"), "{}", driver.trace);
        assert_eq!(driver.count("/registration"), 2);
        assert!(matches!(driver.screen(), Screen::Choose { .. }) && driver.is_idle());
    }
}

/// The evidence of a callback is the page that it is the answer to, without its query.
#[test]
fn a_callback_that_says_no_is_told_with_the_page_that_it_answers() {
    let elsewhere =
        METADATA.replace("account.example.org", "account.example.org:8443").replace("/authorize", "/ask");
    for (metadata, host, path) in
        [(METADATA, "account.example.org", "/authorize"), (&elsewhere, "account.example.org:8443", "/ask")]
    {
        let mut driver = Driver::in_browser_with(metadata);
        driver.comes_back("error=login_required&error_description=Not%20today");
        let evidence = driver.problem().evidence.expect("evidence");
        assert_eq!((evidence.host.as_str(), evidence.path.as_str(), evidence.status), (host, path, None));
        assert_eq!(evidence.errcode.as_deref(), Some("login_required"));
        assert_eq!(evidence.message.as_deref(), Some("Not today"));
        assert_eq!(evidence.at, driver.now);
    }
    for (error, cause) in [
        ("unauthorized_client", refused("client_refused")),
        ("invalid_scope", refused("other")),
        ("server_error", json!({ "class": "unavailable", "outage": "authorization_server" })),
        ("temporarily_unavailable", json!({ "class": "unavailable", "outage": "authorization_server" })),
        ("No, thank you", refused("other")),
    ] {
        let mut driver = Driver::in_browser();
        driver.comes_back(&format!("error={error}"));
        assert_eq!(driver.cause(), cause, "{error}");
        assert_eq!(driver.offers(Offer::Retry), cause["class"] == "unavailable", "{error}");
    }
}
