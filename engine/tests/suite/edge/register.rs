//! The end of a registration, and every error that it may have.

use std::time::Duration;

use narthex::{Intent, Screen};
use serde_json::{Value, json};

use crate::answers::{EMAIL, IN_USE, LIMITED, OPEN, REGISTERED, WRONG_PASSWORD};
use crate::driver::{Driver, response};

/// Edge case 181: see also the story of it.
#[test]
fn awaiting_approval_is_asked_about_no_more() {
    for errcode in ["ORG.MATRIX.MSC3866_USER_AWAITING_APPROVAL", "M_USER_AWAITING_APPROVAL"] {
        let mut driver = Driver::registering(OPEN);
        driver.answer("/register", 403, &json!({ "errcode": errcode }).to_string());
        assert!(matches!(driver.screen(), Screen::AwaitingApproval { .. }));
        assert!(driver.is_idle() && driver.engine.deadline().is_none());
    }
}

/// Edge case 182.
#[test]
fn a_lost_answer_is_repeated_with_the_same_session_and_then_signed_in_to() {
    let mut driver = Driver::registering(OPEN);
    let first = driver.body("/register");
    driver.lose("/register").say(Intent::Retry);
    assert_eq!(driver.body("/register"), first, "the same session, device and proof");
    driver.answer("/register", 400, IN_USE);
    assert_eq!(driver.body("v3/login")["device_id"], first["device_id"]);
    driver.answer("v3/login", 403, WRONG_PASSWORD);
    let Screen::RegisterForm { username, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!(username, "alice");
    assert_eq!(
        driver.cause(),
        json!({ "class": "refused", "refusal": "username_taken" }),
        "it is somebody else's"
    );
}

/// Edge case 182, killed.
#[test]
fn a_registration_that_was_killed_on_its_way_is_asked_about() {
    let mut driver = Driver::registering(OPEN);
    let first = driver.body("/register");
    driver.kill();
    driver.say(Intent::Continue);
    let again = driver.body("/register");
    assert_eq!(
        (&again["auth"]["session"], &again["device_id"]),
        (&first["auth"]["session"], &first["device_id"])
    );
    driver.answer("/register", 200, REGISTERED).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }));
}

/// An account that exists by now holds the address that the person would be asked for.
#[test]
fn a_form_that_is_submitted_again_first_asks_whether_the_account_is_there() {
    let mut driver = Driver::registering(EMAIL);
    driver.say(Intent::UseEmail { address: "a@b.example".into() }).answer(
        "email/requestToken",
        200,
        crate::answers::SID,
    );
    driver.say(Intent::CheckNow).say(Intent::Cancel);
    driver.say(Intent::Register { username: "alice".into(), password: None, prefer: vec![] });
    assert_eq!(driver.body("/register")["auth"].get("type"), None, "{}", driver.trace);
    driver.answer("/register", 200, REGISTERED).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }));
}

/// Edge case 183.
#[test]
fn patience_is_asked_for_in_many_ways_and_kept_within_bounds() {
    let date = |seconds: u64| {
        let at = std::time::UNIX_EPOCH
            + Duration::from_millis(crate::driver::START.0)
            + Duration::from_secs(seconds);
        httpdate::fmt_http_date(at)
    };
    for (headers, body, least, most) in [
        (vec![("retry-after", "8".to_owned())], "", 8_000, 8_000),
        (vec![("retry-after", "1.5".to_owned())], "", 1_500, 1_500),
        (vec![("retry-after", date(60))], "", 40_000, 60_000),
        (vec![("retry-after", "3600".to_owned())], "", 3_600_000, 3_600_000),
        (vec![("retry-after", "-5".to_owned())], "", 500, 500),
        (vec![("retry-after", "soon".to_owned())], LIMITED, 8_000, 8_000),
        (vec![("retry-after", "3".to_owned())], LIMITED, 3_000, 3_000),
        (vec![], LIMITED, 8_000, 8_000),
        (vec![], r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":3.6e6}"#, 3_600_000, 3_600_000),
        (vec![], "<html>slow down</html>", 10_000, 10_000),
    ] {
        let mut driver = Driver::registering(OPEN);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        driver.respond("/register", response(429, &headers, body));
        let Screen::Limited { until, .. } = driver.screen() else { panic!("{}", driver.trace) };
        let wait = driver.now.until(until).as_millis();
        assert!((least..=most).contains(&wait), "{headers:?} {body}: {wait}");
        driver.wait();
        assert!(driver.is_open("/register"), "it goes on by itself");
    }
}

/// The table of errors, each with its own refusal, and what was typed kept.
#[test]
fn every_error_of_registration_has_its_own_failure() {
    let weak = |problem: &str| json!({ "password_weak": problem });
    let cases: [(u16, &str, Value); 19] = [
        (400, "M_USER_IN_USE", json!("username_taken")),
        (400, "M_INVALID_USERNAME", json!({ "username_invalid": "server_rule" })),
        (400, "M_EXCLUSIVE", json!("username_reserved")),
        (400, "M_WEAK_PASSWORD", weak("unspecified")),
        (400, "M_PASSWORD_TOO_SHORT", weak("too_short")),
        (400, "M_PASSWORD_NO_DIGIT", weak("no_digit")),
        (400, "M_PASSWORD_NO_SYMBOL", weak("no_symbol")),
        (400, "M_PASSWORD_NO_UPPERCASE", weak("no_uppercase")),
        (400, "M_PASSWORD_NO_LOWERCASE", weak("no_lowercase")),
        (400, "M_PASSWORD_IN_DICTIONARY", weak("in_dictionary")),
        (400, "M_THREEPID_IN_USE", json!({ "address_in_use": "email" })),
        (403, "M_THREEPID_DENIED", json!({ "address_denied": "email" })),
        (403, "M_FORBIDDEN", json!("registration_closed")),
        (403, "M_RESOURCE_LIMIT_EXCEEDED", json!({ "server_full": {} })),
        (403, "M_USER_LIMIT_EXCEEDED", json!({ "server_full": {} })),
        (400, "M_MISSING_PARAM", json!("other")),
        (400, "M_BAD_JSON", json!("other")),
        (400, "M_INVALID_PARAM", json!("other")),
        (400, "ORG.EXAMPLE.MOON_IS_FULL", json!("other")),
    ];
    for (status, errcode, refusal) in cases {
        let mut driver = Driver::registering(OPEN);
        driver.answer("/register", status, &json!({ "errcode": errcode, "error": "No" }).to_string());
        assert_eq!(driver.cause()["refusal"], refusal, "{errcode}");
        let evidence = driver.problem().evidence.expect("evidence");
        assert_eq!((evidence.status, evidence.errcode.as_deref()), (Some(status), Some(errcode)));
        if let Screen::RegisterForm { username, password_given, .. } = driver.screen() {
            assert!(username == "alice" && password_given, "{errcode}: what was typed is kept");
        }
    }
}
