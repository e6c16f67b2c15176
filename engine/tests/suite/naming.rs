//! A device that signs in by OAuth 2.0 has the name that the user chose.

use std::time::Duration;

use narthex::{Method, Screen};
use serde_json::json;

use crate::driver::Driver;
use crate::oauth::{tokens, whoami};

/// Somebody is being asked whose the tokens are, and nothing answers by itself.
fn identifying() -> (Driver, String, String) {
    let mut driver = Driver::exchanging();
    driver.names = false;
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device));
    let path = format!("/devices/{device}");
    (driver, device, path)
}

/// Found F3.
#[test]
fn a_device_is_given_its_name_beside_the_question_whose_it_is() {
    let (mut driver, device, path) = identifying();
    let request = driver.request(&path);
    assert_eq!((request.method, request.url.host_str()), (Method::Put, Some("matrix.example.org")));
    assert_eq!(driver.body(&path), json!({ "display_name": "Narthex" }));
    let bearer = request.headers.iter().find(|(name, _)| *name == "authorization");
    assert_eq!(bearer.expect("it is ours").1.expose(), "Bearer mat_first");
    driver
        .answer(&path, 200, "{}")
        .answer("/whoami", 200, &whoami("@alice:example.org", &device))
        .stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
    assert_eq!(driver.count(&path), 1);
}

/// Found F3: what comes of it does not matter, and it is not waited for for long.
#[test]
fn a_name_that_cannot_be_given_keeps_nobody_out() {
    for (status, body) in [(404, "{}"), (500, ""), (401, r#"{"errcode":"M_UNKNOWN_TOKEN"}"#), (429, "{}")] {
        let (mut driver, device, path) = identifying();
        driver.answer("/whoami", 200, &whoami("@alice:example.org", &device)).answer(&path, status, body);
        driver.stored(Ok(()));
        assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{status}: {}", driver.trace);
    }
    let (mut driver, device, path) = identifying();
    driver.answer("/whoami", 200, &whoami("@alice:example.org", &device));
    assert!(driver.is_open(&path) && driver.engine.save().is_some());
    driver.after(Duration::from_secs(3)).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }) && driver.is_idle(), "{}", driver.trace);
}

#[test]
fn a_name_is_given_once_however_often_it_is_asked_whose_the_tokens_are() {
    let (mut driver, device, path) = identifying();
    driver.answer(&path, 200, "{}").answer("/whoami", 502, "").wait();
    driver.answer("/whoami", 502, "").wait();
    driver.answer("/whoami", 200, &whoami("@alice:example.org", &device)).stored(Ok(()));
    assert_eq!(driver.count(&path), 1);
}

/// Somebody else's session is ended, and the name that it was to have is not waited for.
#[test]
fn nobody_waits_for_the_name_of_a_device_that_nobody_wants() {
    let (mut driver, device, path) = identifying();
    driver.answer("/whoami", 200, &whoami("@alice:example.org", "ANOTHER"));
    assert!(driver.is_open("/revoke") && !driver.is_open(&path), "{device}: {}", driver.trace);
}
