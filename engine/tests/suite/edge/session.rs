//! Checking and ending a session: what is listed about it in `docs/edge-cases.md`.

use std::time::Duration;

use narthex::{Intent, Offer, Saved, Screen};
use serde_json::json;

use crate::answers::{BAD_GATEWAY, EXPIRED, LIMITED, RENEWED, UNKNOWN_TOKEN, UNRECOGNIZED, WHOAMI};
use crate::driver::Driver;

fn is_signed_in(driver: &Driver) -> bool {
    matches!(driver.screen(), Screen::SignedIn { .. })
}

/// Edge case 11.
#[test]
fn a_stored_session_goes_on_with_the_api_that_made_it() {
    let driver = Driver::signed_in();
    let session = driver.engine.session().expect("signed in").clone();
    let mut driver = Driver::resumed(Saved::from(session));
    driver.say(Intent::Refresh);
    assert_eq!(
        driver.request("/refresh").url.as_str(),
        "https://matrix.example.org/_matrix/client/v3/refresh"
    );
    driver.answer("/refresh", 200, RENEWED).stored(Ok(())).say(Intent::SignOut { everywhere: false });
    assert_eq!(driver.request("/logout").url.as_str(), "https://matrix.example.org/_matrix/client/v3/logout");
}

/// Edge case 62.
#[test]
fn a_check_that_fails_keeps_the_session() {
    for (status, body) in
        [(502, BAD_GATEWAY), (404, UNRECOGNIZED), (429, LIMITED), (200, "<html></html>"), (403, "")]
    {
        let mut driver = Driver::signed_in();
        driver.say(Intent::CheckSession).answer("/whoami", status, body);
        assert!(is_signed_in(&driver) && driver.engine.session().is_some(), "{status} {body}");
        driver.say(Intent::CheckSession).answer("/whoami", 200, WHOAMI);
        assert!(matches!(driver.screen(), Screen::SignedIn { checked_at: Some(_), problem: None, .. }));
    }
}

/// A token that turns out to be somebody else's is not silently kept for good.
#[test]
fn a_check_that_finds_somebody_else_says_so() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession).answer("/whoami", 200, &WHOAMI.replace("@alice", "@mallory"));
    assert_eq!(driver.cause()["refusal"]["session_of_another"]["found"], "@mallory:example.org");
}

/// Edge case 80: signing out with an expired token would be refused, so it is renewed first.
#[test]
fn an_expired_token_is_renewed_in_order_to_sign_out() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::SignOut { everywhere: false }).answer("/logout", 401, EXPIRED);
    driver.answer("/refresh", 200, RENEWED);
    assert!(driver.is_open("/logout"), "{}", driver.trace);
    driver.answer("/logout", 200, "{}").stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: true, .. }));
}

/// Edge case 81.
#[test]
fn offline_the_person_decides_whether_to_forget() {
    for (status, body) in [(503, BAD_GATEWAY), (404, UNRECOGNIZED), (200, "<html>Buy an hour</html>")] {
        let mut driver = Driver::signed_in();
        driver.say(Intent::SignOut { everywhere: false }).answer("/logout", status, body);
        assert!(driver.offers(Offer::Retry) && driver.offers(Offer::Forget) && driver.offers(Offer::Cancel));
        driver.say(Intent::Forget).stored(Ok(()));
        assert!(matches!(driver.screen(), Screen::SignedOut { server_told: false, .. }));
    }
}

/// Edge case 82: of a token that the server does not know there is nothing left to end.
#[test]
fn a_session_that_is_over_already_is_erased() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::SignOut { everywhere: false }).answer("/logout", 401, UNKNOWN_TOKEN);
    driver.answer("/refresh", 401, UNKNOWN_TOKEN).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { .. }));
    assert_eq!(driver.engine.session(), None);
}

/// Of a token that has ended alone, the device is still there.
#[test]
fn where_only_the_token_has_ended_the_server_was_not_told() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::SignOut { everywhere: false }).answer("/logout", 401, EXPIRED);
    driver.answer("/refresh", 401, UNKNOWN_TOKEN).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: false, .. }), "{}", driver.trace);
    let mut driver = Driver::signed_in();
    driver.say(Intent::SignOut { everywhere: false }).answer("/logout", 401, EXPIRED);
    for _ in 0..2 {
        driver.answer("/refresh", 200, RENEWED).answer("/logout", 401, EXPIRED);
    }
    driver.stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: false, .. }), "{}", driver.trace);
}

/// A server whose answers take longer than its tokens live has not ended the session.
#[test]
fn tokens_that_end_on_the_way_end_no_session() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession);
    for _ in 0..3 {
        driver.answer("/whoami", 401, EXPIRED);
        driver.now = driver.now + Duration::from_secs(3);
        driver.answer("/refresh", 200, &RENEWED.replace("300000", "2000")).stored(Ok(()));
    }
    driver.answer("/whoami", 401, EXPIRED);
    assert_eq!(driver.cause(), json!({ "class": "unavailable", "outage": "tokens_too_short" }));
    assert!(driver.engine.session().is_some_and(|session| session.ended.is_none()), "{}", driver.trace);
}

/// Edge case 83.
#[test]
fn an_empty_answer_to_a_sign_out_is_a_success() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::SignOut { everywhere: false }).answer("/logout", 200, "").stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: true, .. }));
}

/// The token that a person sees end is not theirs to see.
#[test]
fn a_session_that_ended_shows_what_the_server_said() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession).answer("/whoami", 401, UNKNOWN_TOKEN).answer(
        "/refresh",
        401,
        UNKNOWN_TOKEN,
    );
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "other" }));
}
