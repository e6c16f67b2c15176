//! A code that is entered on another device: what is listed about it in `docs/edge-cases.md`.

use std::time::Duration;

use narthex::{Input, Intent, Lost, Offer, Reply, Screen, Time};
use serde_json::{Value, json};

use crate::answers::{BAD_GATEWAY, LIMITED};
use crate::driver::{Driver, response};
use crate::oauth::{
    CLIENT, DENIED, EXPIRED_CODE, INVALID_CLIENT, INVALID_GRANT, PENDING, SLOW_DOWN, USER_CODE,
    USER_CODE_COMPLETE, changed, field, tokens,
};

fn code(change: impl FnOnce(&mut Value)) -> String {
    changed(USER_CODE, change)
}

fn is_showing(driver: &Driver) -> bool {
    matches!(driver.screen(), Screen::UserCode { .. })
}

/// How long until the next poll, in seconds.
fn pause(driver: &Driver) -> u64 {
    driver.now.until(driver.engine.deadline().expect("a deadline")).as_secs()
}

fn granted(driver: &mut Driver) {
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device)).is_alice().stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
}

/// Edge case 89.
#[test]
fn errors_are_told_apart_by_their_name_and_not_by_the_status() {
    for status in [400, 401, 403, 418] {
        let mut driver = Driver::showing(USER_CODE);
        driver.wait().answer("/token", status, PENDING);
        assert!(is_showing(&driver), "{status}");
        driver.wait().answer("/token", status, DENIED);
        assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "declined" }), "{status}");
    }
}

/// Edge case 90.
#[test]
fn whoever_is_too_fast_slows_down_for_good() {
    let mut driver = Driver::showing(USER_CODE);
    for expected in [10, 15, 20] {
        driver.wait().answer("/token", 400, SLOW_DOWN);
        assert_eq!(pause(&driver), expected);
    }
    driver.wait().answer("/token", 403, PENDING);
    assert_eq!(pause(&driver), 20);
    driver.kill();
    driver.say(Intent::Continue).wait().answer("/token", 403, PENDING);
    assert_eq!(pause(&driver), 20, "a kill does not make it faster");
}

/// Edge case 91.
#[test]
fn an_interval_may_be_any_number_or_none() {
    for (interval, seconds) in [
        (Value::Null, 5),
        (json!(0), 5),
        (json!(-3), 5),
        (json!("soon"), 5),
        (json!("7"), 7),
        (json!(0.2), 1),
        (json!(7), 7),
        (json!(1e300), 300),
    ] {
        let driver = Driver::showing(&code(|c| c["interval"] = interval.clone()));
        assert_eq!(pause(&driver), seconds, "{interval}");
    }
    let driver = Driver::showing(&code(|c| (c["interval"], c["expires_in"]) = (json!(300), json!(60))));
    assert!(pause(&driver) < 60, "within its life");
}

/// A code may be good for any time, or for a time that is not said.
#[test]
fn a_lifetime_may_be_any_number_or_none() {
    for (lifetime, seconds) in [
        (json!(1200), 1200),
        (json!("60"), 60),
        (json!(1e300), 3600),
        (Value::Null, 3600),
        (json!("soon"), 3600),
    ] {
        let driver = Driver::showing(&code(|c| c["expires_in"] = lifetime.clone()));
        let Screen::UserCode { until, .. } = driver.screen() else { panic!("{lifetime}") };
        assert_eq!((until.0 - driver.now.0).div_ceil(1000), seconds, "{lifetime}");
    }
}

/// Edge case 92.
#[test]
fn silence_is_answered_by_patience() {
    let mut driver = Driver::showing(USER_CODE);
    let mut pauses = Vec::new();
    for (status, body) in [(502, BAD_GATEWAY), (500, ""), (200, "<html>"), (404, ""), (307, ""), (400, "{}")]
    {
        driver.wait().answer("/token", status, body);
        assert!(is_showing(&driver), "{status} {body}");
        pauses.push(pause(&driver));
    }
    assert_eq!(pauses, [10, 20, 40, 60, 60, 60]);
    driver.wait().respond("/token", response(429, &[("retry-after", "90")], LIMITED));
    assert_eq!(pause(&driver), 90);
    driver.say(Intent::CheckNow);
    assert!(pause(&driver) <= 90, "whoever is in a hurry does not wait for longer");
    driver.wait().answer("/token", 403, PENDING);
    assert_eq!(pause(&driver), 5, "an answer ends it");
    granted(driver.wait());
}

/// Edge case 93.
#[test]
fn a_clock_that_is_set_does_not_make_a_code_live_longer() {
    let mut driver = Driver::showing(USER_CODE);
    let Screen::UserCode { until, .. } = driver.screen() else { panic!() };
    driver.now = Time(driver.now.0 - 24 * 3_600_000);
    assert_eq!(driver.hear(Input::Tick), [], "time never goes back");
    driver.now = until + Duration::from_hours(24);
    driver.hear(Input::Tick);
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "user_code" }));
}

/// Edge cases 94 and 98: a policy page in the browser, which nobody is told of.
#[test]
fn a_code_that_the_server_never_calls_expired_expires() {
    let mut driver = Driver::showing(USER_CODE);
    let Screen::UserCode { until, .. } = driver.screen() else { panic!() };
    let mut polls = 0;
    while is_showing(&driver) {
        assert!(driver.offers(Offer::Cancel));
        driver.wait();
        if driver.is_open("/token") {
            driver.answer("/token", 403, PENDING);
            polls += 1;
        }
        assert!(polls < 300, "it goes on for ever");
    }
    assert!(driver.now >= until && driver.now.until(until + Duration::from_secs(1)).as_secs() <= 1);
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "user_code" }));
    assert!(driver.offers(Offer::Retry) && driver.is_idle());
}

/// Edge case 95.
#[test]
fn tokens_that_were_lost_on_the_way_are_asked_for_anew_as_another_device() {
    let mut driver = Driver::showing(USER_CODE);
    let lost = driver.device();
    driver.wait().lose("/token").wait().answer("/token", 400, INVALID_GRANT);
    assert!(driver.is_open("/device"), "{}", driver.trace);
    assert_ne!(driver.device(), lost);
    driver.answer("/device", 200, USER_CODE_COMPLETE).wait();
    granted(&mut driver);

    let mut driver = Driver::showing(USER_CODE);
    driver.wait().answer("/token", 400, INVALID_GRANT);
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "user_code" }));
    assert!(driver.is_idle(), "without a silence before it, nobody has had the tokens but a stranger");
}

/// Edge case 96.
#[test]
fn a_code_is_shown_with_its_page() {
    for body in [USER_CODE, USER_CODE_COMPLETE] {
        let driver = Driver::showing(body);
        let Screen::UserCode { user_code, verification_uri, verification_uri_complete, .. } = driver.screen()
        else {
            panic!("{}", driver.trace)
        };
        assert_eq!((user_code.len(), verification_uri.as_str()), (6, "https://account.example.org/link"));
        assert_eq!(verification_uri_complete.is_some(), body == USER_CODE_COMPLETE);
        assert!(driver.browsed.is_empty(), "nobody asked for a browser");
    }
    for nothing in [Value::Null, json!(""), json!("x"), json!("http://account.example.org/link?code=VP3ZPY")]
    {
        let driver = Driver::showing(&code(|c| c["verification_uri_complete"] = nothing.clone()));
        let Screen::UserCode { verification_uri_complete: None, .. } = driver.screen() else {
            panic!("{nothing}")
        };
    }
}

/// Edge case 97.
#[test]
fn a_refusal_is_not_asked_about_again() {
    let mut driver = Driver::showing(USER_CODE);
    driver.wait().answer("/token", 403, DENIED);
    assert!(driver.is_idle() && driver.engine.deadline().is_none() && driver.engine.save().is_none());
}

/// Edge case 99.
#[test]
fn a_page_without_tls_is_neither_shown_nor_opened() {
    let driver = Driver::showing(&code(|c| c["verification_uri"] = json!("http://account.example.org/link")));
    assert_eq!(driver.cause()["misbehaviour"]["insecure_address"], "verification_uri");
    assert_eq!(driver.problem().evidence.expect("evidence").path, "/oauth2/device");
    assert!(driver.browsed.is_empty() && driver.is_idle());
    let mut driver = Driver::showing(USER_CODE_COMPLETE);
    driver.say(Intent::OpenBrowser);
    assert_eq!(driver.browsed, ["https://account.example.org/link?code=JHS1EX"]);
}

/// What is no page at all is not shown as one.
#[test]
fn an_address_that_is_no_page_is_refused() {
    let long = format!("https://account.example.org/{}", "x".repeat(3_000));
    for uri in ["javascript:alert(1)", "data:text/html,x", "file:///etc", "mailto:a@b", "link", "", &long] {
        let driver = Driver::showing(&code(|c| c["verification_uri"] = json!(uri)));
        assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], "verification_uri", "{uri:.60}");
    }
    for uri in ["https://account.example.org@evil.example/link", "https://a:b@evil.example/"] {
        let driver = Driver::showing(&code(|c| c["verification_uri"] = json!(uri)));
        assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], "verification_uri", "{uri}");
    }
}

/// Edge case 100: there is no way to say both.
#[test]
fn an_account_is_made_in_the_browser_only() {
    let mut driver = Driver::oauth();
    driver.opens_browser(Intent::CreateAccount).after(Duration::from_secs(60));
    assert!(matches!(driver.screen(), Screen::InBrowser { .. }), "{}", driver.trace);
    assert!(!driver.offers(Offer::SignInWithDeviceCode), "a code elsewhere would make no account");
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithDeviceCode).answer("/registration", 201, CLIENT);
    let names: Vec<_> = driver.form("/device").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["client_id", "scope"]);
}

/// The answers to the question for a code, by what can be done.
#[test]
fn a_code_that_is_not_given_is_told_why() {
    for (status, body, class) in [
        (400, r#"{"error":"invalid_request"}"#, "unsupported"),
        (401, r#"{"error":"unauthorized_client"}"#, "unsupported"),
        (404, "", "unsupported"),
        (400, r#"{"error":"invalid_scope"}"#, "refused"),
        (503, "", "unavailable"),
        (200, "<html>", "unavailable"),
        (200, "{}", "misbehaved"),
        (307, "", "misbehaved"),
    ] {
        let driver = {
            let mut driver = Driver::oauth();
            driver.say(Intent::SignInWithDeviceCode).answer("/registration", 201, CLIENT);
            driver.answer("/device", status, body);
            driver
        };
        assert_eq!(driver.cause()["class"], class, "{status} {body}");
        assert_eq!(driver.offers(Offer::Retry), class == "unavailable", "{status} {body}");
        assert!(driver.is_idle());
    }
    for (field, value) in [
        ("user_code", json!("")),
        ("user_code", json!("\n")),
        ("user_code", json!("x".repeat(65))),
        ("device_code", json!("")),
        ("device_code", json!("x".repeat(20_000))),
    ] {
        let driver = Driver::showing(&code(|c| c[field] = value.clone()));
        assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], field);
    }
}

/// A kill while the person is on the other device costs nothing.
#[test]
fn a_code_outlives_the_process_but_not_its_time() {
    let mut driver = Driver::showing(USER_CODE);
    driver.kill();
    driver.say(Intent::Continue);
    let Screen::UserCode { user_code, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!(user_code, "VP3ZPY");
    assert_eq!(pause(&driver), 1, "they may be done long ago");
    let check = Input::Intent(Intent::CheckNow);
    assert_eq!(driver.hear(check), []);
    assert!(pause(&driver) <= 1, "whoever is in a hurry does not wait for longer");
    driver.wait();
    assert_eq!(field(&driver.form("/token"), "device_code"), "AaUgyu8j5ePFcpGNBEM8P2WMvgzE79xa");
    granted(&mut driver);

    let mut driver = Driver::showing(USER_CODE);
    driver.kill();
    driver.now = driver.now + Duration::from_secs(1200);
    driver.say(Intent::Continue);
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "user_code" }));
    assert!(driver.is_idle() && driver.offers(Offer::Retry));
}

/// Every other end of a poll.
#[test]
fn a_poll_that_ends_the_wait_says_why() {
    for (status, body, class) in [
        (401, INVALID_CLIENT, "unavailable"),
        (403, EXPIRED_CODE, "expired"),
        (400, r#"{"error":"unsupported_grant_type"}"#, "refused"),
        (200, r#"{"access_token":"x","token_type":"mac"}"#, "misbehaved"),
    ] {
        let mut driver = Driver::showing(USER_CODE);
        driver.wait().answer("/token", status, body);
        if driver.is_open("/registration") {
            driver.lose("/registration");
        }
        if driver.is_open("/revoke") {
            driver.answer("/revoke", 200, "");
        }
        assert_eq!(driver.cause()["class"], class, "{status} {body}");
        assert!(driver.is_idle(), "{status} {body}");
    }
    let mut driver = Driver::showing(USER_CODE);
    driver.wait();
    let deadline = driver.engine.deadline().expect("a deadline");
    driver.now = deadline;
    driver.hear(Input::Tick);
    assert!(is_showing(&driver), "a poll without an answer is not the end");
    let lost = Reply::Http(Err(Lost::Timeout));
    driver.hear(Input::Reply { id: narthex::EffectId(1), reply: lost });
    assert!(is_showing(&driver));
}
