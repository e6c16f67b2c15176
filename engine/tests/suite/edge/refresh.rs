//! Renewing a session: what is listed about it in `docs/edge-cases.md`.

use std::time::Duration;

use narthex::{Input, Intent, Offer, Screen, StorageProblem, Time};
use serde_json::json;

use crate::answers::{
    BAD_GATEWAY, DISABLED, EXPIRED, LIMITED, LOCKED, LOGIN_PASSWORD, OPEN, REFRESH_SPENT, RENEWED,
    UNKNOWN_TOKEN, WHOAMI, by_password,
};
use crate::driver::Driver;

fn token(driver: &Driver) -> String {
    driver.engine.session().expect("signed in").access_token.expose().clone()
}

fn is_signed_in(driver: &Driver) -> bool {
    matches!(driver.screen(), Screen::SignedIn { .. })
}

fn has_ended(driver: &Driver) -> bool {
    matches!(driver.screen(), Screen::SessionEnded { .. })
}

/// `Found B10`: what RFC 6749 allows in a token is kept, for both APIs.
#[test]
fn a_refresh_token_may_have_any_printable_character() {
    let renewed = RENEWED.replace("syr_second", "syr second~!");
    let mut driver = Driver::signed_in();
    driver.say(Intent::Refresh).answer("/refresh", 200, &renewed).stored(Ok(()));
    let token = driver.engine.session().expect("signed in").refresh_token.clone();
    assert_eq!(token.expect("it is kept").expose(), "syr second~!");
}

/// `Found B11`: a token that no header can carry is refused where it is granted.
#[test]
fn an_access_token_outside_of_ascii_is_refused() {
    let body =
        |token: &str| format!(r#"{{"user_id":"@a:example.org","access_token":"{token}","device_id":"D"}}"#);
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password("a", "x")).answer("v3/login", 200, &body("tökén"));
    let invalid = json!({ "class": "misbehaved", "misbehaviour": { "invalid_field": "access_token" } });
    assert_eq!(driver.cause(), invalid);
    driver.say(by_password("a", "x")).answer("v3/login", 200, &body("token"));
    assert!(driver.engine.save().is_some());
}

/// Edge case 57.
#[test]
fn a_lifetime_may_be_any_number_or_none() {
    for (lifetime, known) in [
        ("300000", true),
        ("300000.5", true),
        ("1e300", true),
        ("0", false),
        ("-5", false),
        ("\"soon\"", false),
        ("null", false),
        ("18446744073709551616", true),
    ] {
        let mut driver = Driver::registering(OPEN);
        let body = format!(
            r#"{{"user_id":"@alice:example.org","access_token":"t","device_id":"D","refresh_token":"r","expires_in_ms":{lifetime}}}"#
        );
        driver.answer("/register", 200, &body).stored(Ok(()));
        let expires_at = driver.engine.session().expect("signed in").expires_at;
        assert_eq!(expires_at.is_some(), known, "{lifetime}");
        assert_eq!(driver.engine.deadline().is_some(), known, "{lifetime}: when it is renewed");
    }
}

/// Edge case 58.
#[test]
fn a_session_without_a_refresh_token_is_a_session() {
    let mut driver = Driver::registering(OPEN);
    let body = r#"{"user_id":"@alice:example.org","access_token":"t","device_id":"D","expires_in_ms":1000}"#;
    driver.answer("/register", 200, body).stored(Ok(()));
    assert!(is_signed_in(&driver) && !driver.offers(Offer::Refresh));
    assert_eq!(driver.engine.deadline(), None, "nothing can be renewed");
}

/// Edge case 59.
#[test]
fn a_renewal_without_a_refresh_token_keeps_the_old_one() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::Refresh).answer("v3/refresh", 200, r#"{"access_token":"new","expires_in_ms":1000}"#);
    driver.stored(Ok(()));
    let session = driver.engine.session().expect("signed in");
    assert_eq!(session.refresh_token.as_ref().map(|token| token.expose().as_str()), Some("syr_first"));
}

/// Edge cases 60 and 72.
#[test]
fn only_a_verdict_about_the_token_ends_a_session() {
    for (status, body) in [
        (503, BAD_GATEWAY),
        (502, ""),
        (408, ""),
        (429, LIMITED),
        (404, UNKNOWN_TOKEN),
        (400, r#"{"errcode":"M_UNKNOWN","error":"?"}"#),
        (401, BAD_GATEWAY),
        (403, "<html>blocked by the firewall</html>"),
        (200, "<html>Buy an hour</html>"),
        (200, "{}"),
    ] {
        let mut driver = Driver::signed_in();
        driver.say(Intent::Refresh).answer("v3/refresh", status, body);
        assert!(is_signed_in(&driver), "{status} {body}");
        assert_eq!(token(&driver), "syt_YWxpY2U_first", "{status} {body}");
        assert!(driver.engine.deadline().is_some(), "{status} {body}: it is tried again");
    }
}

/// Edge case 61.
#[test]
fn the_content_type_of_an_answer_does_not_matter() {
    for kind in ["application/json; charset=utf-8", "text/plain", ""] {
        let mut driver = Driver::signed_in();
        let answer = crate::driver::response(200, &[("content-type", kind)], RENEWED);
        driver.say(Intent::Refresh).respond("v3/refresh", answer).stored(Ok(()));
        assert_eq!(token(&driver), "syt_YWxpY2U_second", "{kind}");
    }
}

/// Edge case 65.
#[test]
fn one_renewal_at_a_time() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::Refresh);
    assert!(!driver.offers(Offer::Refresh));
    assert_eq!(driver.hear(Input::Intent(Intent::Refresh)), []);
    assert_eq!(driver.hear(Input::Intent(Intent::CheckSession)), []);
    assert_eq!(driver.sent.iter().filter(|request| request.url.path().ends_with("/refresh")).count(), 1);
}

/// Edge case 67: asleep between the request and its answer, which was there when the machine woke.
#[test]
fn a_renewal_that_was_slept_over_counts_and_is_renewed() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::Refresh).now = driver.now + Duration::from_hours(9);
    driver.answer("v3/refresh", 200, RENEWED).stored(Ok(()));
    assert!(is_signed_in(&driver), "what the server has given out is not thrown away");
    driver.wait();
    assert_eq!(driver.body("v3/refresh"), json!({ "refresh_token": "syr_second" }));
}

/// Edge case 68.
#[test]
fn after_a_lost_answer_the_same_token_is_sent_again_and_the_new_one_is_used_at_once() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::Refresh).lose("v3/refresh").wait();
    assert_eq!(driver.body("v3/refresh"), json!({ "refresh_token": "syr_first" }));
    driver.answer("v3/refresh", 200, RENEWED).stored(Ok(()));
    assert!(driver.is_open("/whoami"), "so that the attempt before it cannot replace it any more");
    driver.answer("/whoami", 200, WHOAMI);
    assert!(is_signed_in(&driver) && driver.is_idle());
}

/// Edge cases 70 and 71.
#[test]
fn a_renewed_token_is_not_used_before_it_is_stored() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession).answer("/whoami", 401, EXPIRED).answer("v3/refresh", 200, RENEWED);
    assert_eq!(token(&driver), "syt_YWxpY2U_first");
    assert!(!driver.is_open("/whoami"));
    driver.stored(Err(StorageProblem::Full));
    let full = json!({ "class": "unavailable", "outage": { "storage": "full" } });
    assert_eq!(driver.cause(), full);
    assert!(driver.engine.save().is_some(), "it would be lost");
    driver.say(Intent::Retry).stored(Ok(()));
    assert_eq!(token(&driver), "syt_YWxpY2U_second");
    assert!(driver.is_open("/whoami"));
}

/// Edge case 73.
#[test]
fn a_refused_access_token_is_renewed_before_anything_is_concluded() {
    for body in [UNKNOWN_TOKEN, EXPIRED] {
        let mut driver = Driver::signed_in();
        driver.say(Intent::CheckSession).answer("/whoami", 401, body);
        assert!(driver.is_open("v3/refresh") && is_signed_in(&driver));
    }
}

/// Edge case 74.
#[test]
fn a_token_that_is_refused_again_and_again_has_ended() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession);
    let mut renewals = 0;
    while !has_ended(&driver) {
        driver.answer("/whoami", 401, UNKNOWN_TOKEN);
        if driver.is_open("v3/refresh") {
            driver.answer("v3/refresh", 200, RENEWED).stored(Ok(()));
            renewals += 1;
        }
        assert!(renewals < 5, "it goes round");
    }
    assert_eq!(renewals, 2);
}

/// Edge case 75.
#[test]
fn a_clock_that_is_set_ends_nothing() {
    let mut driver = Driver::signed_in();
    driver.now = Time(driver.now.0 - 24 * 3_600_000);
    assert_eq!(driver.hear(Input::Tick), [], "time never goes back");
    assert!(is_signed_in(&driver));
    driver.now = driver.now + Duration::from_hours(48);
    driver.hear(Input::Tick);
    assert!(driver.is_open("v3/refresh"), "the token is over by the clock, so it is renewed");
    driver.answer("v3/refresh", 200, RENEWED).stored(Ok(()));
    assert!(is_signed_in(&driver));
}

/// Edge case 76.
#[test]
fn a_locked_account_keeps_its_session_and_is_left_alone() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession).answer("/whoami", 401, LOCKED);
    assert!(is_signed_in(&driver) && driver.is_idle());
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "locked" }));
    driver.say(Intent::Refresh).answer("v3/refresh", 401, LOCKED);
    assert!(is_signed_in(&driver) && driver.is_idle());
}

/// Edge cases 69, 77, 78 and 79.
#[test]
fn a_refused_refresh_token_ends_the_session_and_the_evidence_says_so() {
    let compat = r#"{"errcode":"M_UNKNOWN_TOKEN","error":"Invalid refresh token"}"#;
    for (status, body) in [(403, REFRESH_SPENT), (401, compat), (401, EXPIRED)] {
        let mut driver = Driver::signed_in();
        driver.say(Intent::Refresh).answer("v3/refresh", status, body);
        assert!(has_ended(&driver), "{body}");
        let evidence = driver.problem().evidence.expect("evidence");
        assert_eq!((evidence.status, evidence.path.as_str()), (Some(status), "/_matrix/client/v3/refresh"));
        assert!(driver.offers(Offer::SignInAgain) && driver.offers(Offer::Forget));
    }
}
