//! Renewing a session at its authorization server: what is listed about it in `docs/edge-cases.md`.

use std::time::Duration;

use narthex::{Intent, Offer, Saved, Screen, StorageProblem};
use serde_json::json;

use crate::answers::{BAD_GATEWAY, LIMITED, LOCKED};
use crate::driver::Driver;
use crate::oauth::{INVALID_CLIENT, INVALID_GRANT, NOT_ACTIVE, RENEWED_TOKENS, field};

fn token(driver: &Driver) -> String {
    driver.engine.session().expect("signed in").access_token.expose().clone()
}

fn is_signed_in(driver: &Driver) -> bool {
    matches!(driver.screen(), Screen::SignedIn { .. })
}

/// Edge cases 26, 69 and 79.
#[test]
fn a_verdict_about_the_token_or_the_client_ends_the_session() {
    let unauthorized = r#"{"error":"unauthorized_client"}"#;
    for (status, body) in
        [(400, INVALID_GRANT), (401, INVALID_CLIENT), (401, unauthorized), (403, INVALID_GRANT)]
    {
        let mut driver = Driver::signed_in_by_oauth();
        driver.say(Intent::Refresh).answer("/token", status, body);
        let Screen::SessionEnded { soft: false, .. } = driver.screen() else { panic!("{status} {body}") };
        assert_eq!(driver.count("/registration"), 1, "no other client can renew it");
        assert!(driver.offers(Offer::SignInAgain) && driver.offers(Offer::Forget));
        let evidence = driver.problem().evidence.expect("evidence");
        assert_eq!((evidence.status, evidence.path.as_str()), (Some(status), "/oauth2/token"));
    }
}

/// Edge case 59.
#[test]
fn a_renewal_without_a_refresh_token_keeps_the_old_one() {
    let mut driver = Driver::signed_in_by_oauth();
    let body = r#"{"access_token":"new","token_type":"bearer"}"#;
    driver.say(Intent::Refresh).answer("/token", 200, body).stored(Ok(()));
    let session = driver.engine.session().expect("signed in");
    assert_eq!(session.refresh_token.as_ref().map(|token| token.expose().as_str()), Some("mar_first"));
    assert_eq!(session.expires_at, None);
}

/// Edge case 72.
#[test]
fn nothing_else_ends_a_session() {
    for (status, body) in [
        (503, BAD_GATEWAY),
        (500, r#"{"error":"server_error"}"#),
        (408, ""),
        (429, LIMITED),
        (429, r#"{"error":"slow_down"}"#),
        (400, ""),
        (400, r#"{"error":"invalid_request"}"#),
        (400, r#"{"error":"temporarily_unavailable"}"#),
        (401, BAD_GATEWAY),
        (403, "<html>blocked by the firewall</html>"),
        (404, ""),
        (401, NOT_ACTIVE),
        (200, "<html>Buy an hour</html>"),
        (200, "{}"),
        (200, r#"{"access_token":"x","token_type":"mac"}"#),
        (200, r#"{"access_token":"","token_type":"bearer"}"#),
        (200, "{\"access_token\":\"a\\nb\",\"token_type\":\"bearer\"}"),
        (307, ""),
    ] {
        let mut driver = Driver::signed_in_by_oauth();
        driver.say(Intent::Refresh).answer("/token", status, body);
        assert!(is_signed_in(&driver), "{status} {body}");
        assert_eq!(token(&driver), "mat_first", "{status} {body}");
        assert!(driver.engine.deadline().is_some(), "{status} {body}: it is tried again");
    }
}

/// Edge case 68.
#[test]
fn after_a_lost_answer_the_same_token_is_sent_again_and_the_new_one_is_used_at_once() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::Refresh).lose("/token").wait();
    let form = driver.form("/token");
    assert_eq!(field(&form, "refresh_token"), "mar_first");
    assert_eq!(field(&form, "grant_type"), "refresh_token");
    driver.answer("/token", 200, RENEWED_TOKENS).stored(Ok(()));
    assert!(driver.is_open("/whoami"), "so that the attempt before it cannot replace it any more");
    driver.is_alice();
    assert!(is_signed_in(&driver) && driver.is_idle());
}

/// Edge cases 70 and 71.
#[test]
fn renewed_tokens_are_not_used_before_they_are_stored() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::ListDevices).answer("v3/devices", 401, NOT_ACTIVE).answer(
        "/token",
        200,
        RENEWED_TOKENS,
    );
    assert_eq!(token(&driver), "mat_first");
    driver.stored(Err(StorageProblem::Locked));
    assert!(driver.engine.save().is_some_and(|saved| saved.to_json().expose().contains("mar_second")));
    driver.kill();
    assert_eq!(driver.engine.save().map(|saved| saved.to_json().expose().contains("mar_second")), Some(true));
    driver.wait().stored(Ok(())).is_alice();
    assert_eq!(token(&driver), "mat_second");
    let oauth =
        driver.engine.session().and_then(|session| session.oauth.clone()).expect("it stays what it is");
    assert_eq!(oauth.token_endpoint.as_str(), "https://account.example.org/oauth2/token");
}

/// Edge case 73.
#[test]
fn an_access_token_that_is_not_active_is_renewed_before_anything_is_concluded() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::CheckSession).answer("/whoami", 401, NOT_ACTIVE);
    assert!(driver.is_open("/token") && is_signed_in(&driver));
    driver.answer("/token", 200, RENEWED_TOKENS).stored(Ok(())).is_alice();
    assert!(is_signed_in(&driver) && driver.is_idle());
}

/// Edge case 74.
#[test]
fn a_token_that_is_refused_again_and_again_has_ended() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::ListDevices);
    let mut renewals = 0;
    while is_signed_in(&driver) {
        driver.answer("v3/devices", 401, NOT_ACTIVE);
        if driver.is_open("/token") {
            driver.answer("/token", 200, RENEWED_TOKENS).stored(Ok(()));
            renewals += 1;
        }
        assert!(renewals < 5, "it goes round");
    }
    assert_eq!(renewals, 2);
}

/// A keyring that waits for its password, a laptop that sleeps: each token was over before it could be used.
#[test]
fn tokens_that_ended_before_they_were_stored_say_nothing_about_the_session() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::CheckSession);
    for round in 0..6 {
        driver.answer("/whoami", 401, NOT_ACTIVE);
        if round == 3 {
            // It goes on; but not at once, and not for ever.
            driver.say(Intent::CheckSession).answer("/whoami", 401, NOT_ACTIVE);
        }
        let renewed = RENEWED_TOKENS.replace("second", &driver.now.0.to_string());
        driver.answer("/token", 200, &renewed).stored(Err(StorageProblem::Locked));
        driver.after(Duration::from_hours(1)).stored(Ok(()));
    }
    driver.is_alice();
    assert!(is_signed_in(&driver), "{}", driver.trace);
}

/// However often that was so before: a renewal whose answer was lost may have replaced the token.
#[test]
fn a_token_that_was_replaced_by_a_lost_answer_says_nothing_about_the_session() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::CheckSession);
    for _ in 0..4 {
        driver.answer("/whoami", 401, NOT_ACTIVE);
        driver.lose("/token").say(Intent::CheckSession).answer("/whoami", 401, NOT_ACTIVE);
        let renewed = RENEWED_TOKENS.replace("second", &driver.now.0.to_string());
        driver.answer("/token", 200, &renewed).stored(Ok(())).lose("/whoami");
        driver.wait().lose("/token").say(Intent::CheckSession);
    }
    driver.is_alice();
    assert!(is_signed_in(&driver), "{}", driver.trace);
}

/// The same for ever is no sleep.
#[test]
fn tokens_that_are_over_at_once_are_not_renewed_for_ever() {
    let mut driver = Driver::signed_in_by_oauth();
    let over = RENEWED_TOKENS.replace("300", "0");
    driver.say(Intent::CheckSession);
    while is_signed_in(&driver) {
        driver.answer("/whoami", 401, NOT_ACTIVE);
        if driver.is_open("/token") {
            driver.answer("/token", 200, &over).stored(Ok(()));
        }
        assert!(driver.count("/whoami") < 30, "it goes round");
    }
}

/// Edge case 76.
#[test]
fn a_locked_account_keeps_its_session_and_is_left_alone() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::ListDevices).answer("v3/devices", 401, LOCKED);
    assert!(is_signed_in(&driver) && driver.is_idle());
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "locked" }));
}

/// A stored session knows where it is renewed; nothing is discovered again.
#[test]
fn a_stored_session_is_renewed_where_it_was_made() {
    let session = Driver::signed_in_by_oauth().engine.session().expect("signed in").clone();
    let mut driver = Driver::resumed(Saved::from(session));
    driver.say(Intent::Refresh);
    assert_eq!(field(&driver.form("/token"), "client_id"), "01M7XYH3447WX8A9Q47BWT6S0A");
    assert_eq!(driver.sent.len(), 1);
}
