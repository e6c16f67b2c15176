//! From a code to tokens, and whose they are: what is listed about it in `docs/edge-cases.md`.

use narthex::{Intent, Offer, Screen};
use serde_json::{Value, json};

use crate::answers::{BAD_GATEWAY, LIMITED};
use crate::driver::{Driver, response};
use crate::oauth::{INVALID_GRANT, NOT_ACTIVE, changed, field, tokens, whoami};

fn is_signed_in(driver: &Driver) -> bool {
    matches!(driver.screen(), Screen::SignedIn { .. })
}

fn tokens_but(driver: &Driver, change: impl FnOnce(&mut Value)) -> String {
    changed(&tokens(&driver.device()), change)
}

/// Edge case 54.
#[test]
fn a_code_whose_answer_was_lost_is_sent_once_more_at_once() {
    let mut driver = Driver::exchanging();
    let form = driver.form("/token");
    driver.lose("/token");
    assert_eq!(driver.form("/token"), form);
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device)).is_alice().stored(Ok(()));
    assert!(is_signed_in(&driver));

    let mut driver = Driver::exchanging();
    driver.lose("/token").answer("/token", 400, INVALID_GRANT);
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "authorization_code" }));
    let state = field(&driver.page(), "state");
    driver.opens_browser(Intent::Retry);
    assert_ne!(field(&driver.page(), "state"), state);
    assert_eq!(driver.count("/token"), 2);

    let mut driver = Driver::exchanging();
    driver.lose("/token").wait();
    assert!(driver.is_idle() && driver.count("/token") == 2, "no third time");
}

/// Edge case 55.
#[test]
fn a_server_that_failed_is_asked_once_more() {
    for (status, body) in [(500, r#"{"error":"server_error"}"#), (502, BAD_GATEWAY), (400, BAD_GATEWAY)] {
        let mut driver = Driver::exchanging();
        driver.answer("/token", status, body);
        let device = driver.device();
        driver.answer("/token", 200, &tokens(&device)).is_alice().stored(Ok(()));
        assert!(is_signed_in(&driver), "{status}");
    }
}

/// A code that has to wait is waited with, and still sent twice at most.
#[test]
fn a_rate_limit_does_not_use_the_code_up() {
    let mut driver = Driver::exchanging();
    driver.respond("/token", response(429, &[("retry-after", "3")], LIMITED));
    assert!(matches!(driver.screen(), Screen::Limited { .. }) && driver.engine.save().is_some());
    driver.wait();
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device)).is_alice().stored(Ok(()));
    assert!(is_signed_in(&driver));
}

/// Edge case 56.
#[test]
fn only_bearer_tokens_are_of_use() {
    for (kind, good) in
        [("bearer", true), ("Bearer", true), ("BEARER", true), ("mac", false), ("DPoP", false), ("", false)]
    {
        let mut driver = Driver::exchanging();
        let answer = tokens_but(&driver, |t| t["token_type"] = json!(kind));
        driver.answer("/token", 200, &answer);
        assert_eq!(driver.is_open("/whoami"), good, "{kind}");
        if !good {
            assert_eq!(field(&driver.form("/revoke"), "token"), "mar_first", "nothing is left behind");
            driver.answer("/revoke", 200, "");
            assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], "token_type");
        }
    }
}

/// Found D17: whatever token is in an answer, it is the only one that can end what was granted.
#[test]
fn what_was_granted_is_ended_whatever_is_odd_about_the_rest() {
    for (odd, value, ends) in [
        ("scope", json!(3), "mar_first"),
        ("scope", json!(["a"]), "mar_first"),
        ("access_token", Value::Null, "mar_first"),
        ("access_token", json!(7), "mar_first"),
        ("access_token", json!("a\nb"), "mar_first"),
        ("token_type", json!(5), "mar_first"),
    ] {
        let mut driver = Driver::exchanging();
        let answer = tokens_but(&driver, |t| t[odd] = value);
        driver.answer("/token", 200, &answer);
        assert_eq!(field(&driver.form("/revoke"), "token"), ends, "{answer}");
        driver.answer("/revoke", 200, "");
        assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], odd, "{answer}");
        assert!(driver.engine.session().is_none() && driver.engine.save().is_none(), "{answer}");
    }
    let mut driver = Driver::exchanging();
    let answer = tokens_but(&driver, |t| (t["scope"], t["refresh_token"]) = (json!(3), json!(4)));
    driver.answer("/token", 200, &answer);
    assert_eq!(field(&driver.form("/revoke"), "token"), "mat_first");
    let mut driver = Driver::exchanging();
    let answer = tokens_but(&driver, |t| (t["access_token"], t["refresh_token"]) = (json!(3), json!(4)));
    driver.answer("/token", 200, &answer);
    assert_eq!(driver.cause()["misbehaviour"], "malformed_body", "there is nothing to end");
}

/// Edge case 57.
#[test]
fn a_lifetime_may_be_any_number_or_none() {
    for (lifetime, known) in [
        ("300", true),
        ("300.5", true),
        ("\"300\"", true),
        ("1e300", true),
        ("18446744073709551616", true),
        ("0", false),
        ("-5", false),
        ("\"soon\"", false),
        ("\"NaN\"", false),
        ("\"inf\"", false),
        ("null", false),
        ("[]", false),
    ] {
        let mut driver = Driver::exchanging();
        let answer = tokens_but(&driver, |_| {}).replace("300", lifetime);
        driver.answer("/token", 200, &answer).is_alice().stored(Ok(()));
        let expires_at = driver.engine.session().expect("signed in").expires_at;
        assert_eq!(expires_at.is_some(), known, "{lifetime}");
    }
}

/// Edge case 58.
#[test]
fn a_session_without_a_refresh_token_is_a_session() {
    for nothing in [Value::Null, json!("")] {
        let mut driver = Driver::exchanging();
        let answer = tokens_but(&driver, |t| t["refresh_token"] = nothing);
        driver.answer("/token", 200, &answer).is_alice().stored(Ok(()));
        assert!(is_signed_in(&driver) && !driver.offers(Offer::Refresh));
        driver.say(Intent::SignOut { everywhere: false });
        let form = driver.form("/revoke");
        assert_eq!(field(&form, "token"), "mat_first");
        assert_eq!(field(&form, "token_type_hint"), "access_token");
    }
}

/// Edge case 60.
#[test]
fn an_error_without_a_body_is_told_by_its_status() {
    for status in [400, 401, 403, 404] {
        let mut driver = Driver::exchanging();
        driver.answer("/token", status, "");
        assert_eq!(driver.cause()["misbehaviour"]["unexpected_status"], status);
        assert!(driver.is_idle() && driver.count("/token") == 1);
    }
    let mut driver = Driver::exchanging();
    driver.answer("/token", 403, "<html>blocked</html>").answer("/token", 403, "<html>blocked</html>");
    assert_eq!(driver.cause(), json!({ "class": "unavailable", "outage": "not_the_server" }));
    assert!(driver.offers(Offer::Retry));
}

/// Edge case 61.
#[test]
fn the_content_type_of_an_answer_does_not_matter() {
    for kind in ["application/json; charset=utf-8", "text/plain", ""] {
        let mut driver = Driver::exchanging();
        let answer = tokens(&driver.device());
        driver.respond("/token", response(200, &[("content-type", kind)], &answer)).is_alice().stored(Ok(()));
        assert!(is_signed_in(&driver), "{kind}");
    }
}

/// Edge cases 62 and 63.
#[test]
fn new_tokens_are_kept_until_it_is_known_whose_they_are() {
    for (status, body) in [(401, NOT_ACTIVE), (502, BAD_GATEWAY), (404, ""), (429, LIMITED), (200, "{}")] {
        let mut driver = Driver::identifying();
        driver.answer("/whoami", status, body);
        assert!(driver.engine.save().is_some() && driver.is_idle(), "{status}");
        driver.wait().is_alice().stored(Ok(()));
        assert!(is_signed_in(&driver), "{status} {body}");
        assert_eq!(driver.count("/token"), 1);
    }
    let mut driver = Driver::identifying();
    let mut asked = 1;
    loop {
        driver.lose("/whoami");
        if driver.offers(Offer::Retry) {
            break;
        }
        driver.wait();
        asked += 1;
        assert!(asked < 20, "it goes round");
    }
    assert_eq!(asked, 5);
    let saved = driver.engine.save().expect("nothing is lost").to_json();
    assert!(saved.expose().contains("mat_first") && saved.expose().contains("mar_first"));
    driver.say(Intent::Retry).is_alice().stored(Ok(()));
    assert!(is_signed_in(&driver));
}

/// Edge case 62: the same after a kill.
#[test]
fn new_tokens_outlive_the_process() {
    let mut driver = Driver::identifying();
    driver.kill();
    assert!(matches!(driver.screen(), Screen::Paused { .. }));
    driver.say(Intent::Continue).is_alice().stored(Ok(()));
    assert!(is_signed_in(&driver));
    let session = driver.engine.session().expect("signed in");
    assert_eq!(session.refresh_token.as_ref().map(|token| token.expose().as_str()), Some("mar_first"));

    let mut driver = Driver::identifying();
    driver.kill();
    driver.say(Intent::Cancel);
    assert_eq!(field(&driver.form("/revoke"), "token"), "mar_first", "no device is left behind");
    driver.answer("/revoke", 200, "");
    assert!(matches!(driver.screen(), Screen::Welcome { .. }) && driver.engine.save().is_none());
}

/// Somebody who is not a user cannot be signed in, and is asked about again.
#[test]
fn an_answer_that_names_nobody_is_not_believed() {
    for nobody in ["", "alice", "@alice", "alice:example.org", "@:example.org", "@a\nb:example.org"] {
        let mut driver = Driver::identifying();
        let device = driver.device();
        driver.answer("/whoami", 200, &whoami(nobody, &device));
        assert!(driver.is_idle() && !is_signed_in(&driver), "{nobody}");
        driver.wait().is_alice();
    }
}

/// The server has not answered the question; somebody before it has.
#[test]
fn a_refusal_to_say_whose_they_are_is_told_from_an_answer_of_something_else() {
    for (status, body, class) in [(403, r#"{"errcode":"M_FORBIDDEN"}"#, "refused"), (404, "", "misbehaved")] {
        let mut driver = Driver::identifying();
        while driver.is_open("/whoami") {
            driver.answer("/whoami", status, body);
            if driver.engine.deadline().is_some() {
                driver.wait();
            }
        }
        assert_eq!(driver.cause()["class"], class, "{status}");
        assert!(driver.offers(Offer::Retry) && driver.engine.save().is_some());
    }
}

/// Edge case 64.
#[test]
fn a_redirect_is_not_followed_with_secrets() {
    for status in [301, 302, 303, 307, 308] {
        let evil = |body| response(status, &[("location", "https://evil.example/steal")], body);
        let mut driver = Driver::exchanging();
        driver.respond("/token", evil(""));
        assert!(driver.is_idle(), "{status}");
        assert_eq!(driver.cause()["misbehaviour"]["unexpected_status"], status);
        let mut driver = Driver::oauth();
        driver.say(Intent::SignInWithBrowser).listening(1).respond("/registration", evil(""));
        assert!(driver.is_idle() && driver.browsed.is_empty(), "{status}");
        let mut driver = Driver::signed_in_by_oauth();
        driver.say(Intent::Refresh).respond("/token", evil(""));
        assert!(is_signed_in(&driver), "{status}");
        let mut driver = Driver::signed_in_by_oauth();
        driver.say(Intent::SignOut { everywhere: false }).respond("/revoke", evil(""));
        assert!(driver.offers(Offer::Retry), "{status}");
        assert!(driver.sent.iter().all(|sent| sent.url.host_str() != Some("evil.example")));
    }
}
