//! What a server may answer to a registration under way.

use narthex::{Intent, Offer, Screen};
use serde_json::json;

use crate::answers::{
    EMAIL, EMAIL_PENDING, IN_USE, LOGIN_PASSWORD, NO_PAGE, OPEN, REGISTERED, SID, TERMS, TERMS_DONE, TOKEN,
    TOKEN_INVALID, UNKNOWN_SESSION, UNKNOWN_TOKEN, register,
};
use crate::driver::Driver;

/// Edge case 171.
#[test]
fn a_server_that_asks_for_nothing_is_taken_at_its_word() {
    let mut driver = Driver::at((200, r#"{"user_id":"@1:example.org"}"#), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
    assert_eq!(driver.body("/register").get("auth"), None);
    driver.answer("/register", 200, REGISTERED).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }));
}

/// Edge case 172.
#[test]
fn a_401_without_flows_is_no_challenge() {
    let driver = Driver::at((401, UNKNOWN_TOKEN), LOGIN_PASSWORD);
    let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert!(matches!(report.registration, narthex::RegistrationSupport::Unclear { .. }));
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 401, UNKNOWN_TOKEN);
    assert_eq!(driver.cause()["class"], "misbehaved");
}

/// A server that leaves the flows out after the first time.
#[test]
fn the_flows_that_were_known_stand_when_a_server_forgets_to_repeat_them() {
    let mut driver = Driver::registering(TERMS);
    driver.say(Intent::AcceptTerms);
    driver.answer(
        "/register",
        401,
        r#"{"completed":["m.login.terms"],"session":"KhadPbMvRsgwVvLiztufCzLM"}"#,
    );
    assert!(!matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
}

/// Edge case 173.
#[test]
fn a_stage_that_nobody_knows_is_named() {
    let challenge = r#"{"session":"s","flows":[{"stages":["org.example.riddle"]}]}"#;
    let mut driver = Driver::registering(challenge);
    driver.answer("/fallback/web", 404, NO_PAGE);
    let missing = json!({ "registration_flow": { "stage": "org.example.riddle" } });
    assert_eq!(driver.cause(), json!({ "class": "unsupported", "missing": missing }));

    let challenge = r#"{"session":"s","flows":[{"stages":["org.example.riddle"]},{"stages":["m.login.terms","m.login.registration_token"]}]}"#;
    let mut driver = Driver::registering(challenge);
    driver.answer("/fallback/web", 404, NO_PAGE);
    assert!(matches!(driver.screen(), Screen::Terms { .. }), "another flow will do");
}

/// Edge case 174.
#[test]
fn a_mail_that_nobody_opened_yet_is_no_failure() {
    let mut driver = Driver::registering(EMAIL);
    driver.say(Intent::UseEmail { address: "a@b.example".into() }).answer("email/requestToken", 200, SID);
    for _ in 0..20 {
        driver.wait();
        if driver.is_open("/register") {
            driver.answer("/register", 401, EMAIL_PENDING);
        }
        assert!(matches!(driver.screen(), Screen::Confirmation { problem: None, .. }));
    }
}

/// Edge case 175.
#[test]
fn a_mail_that_is_opened_while_nobody_runs_counts() {
    let mut driver = Driver::registering(EMAIL);
    driver
        .say(Intent::UseEmail { address: "a@b.example".into() })
        .answer("email/requestToken", 200, SID)
        .wait();
    let before = driver.body("/register")["auth"].clone();
    driver.kill();
    driver.say(Intent::Continue).answer("/register", 401, EMAIL).wait();
    assert_eq!(driver.body("/register")["auth"], before, "the same session, sid and secret");
    driver.answer("/register", 200, REGISTERED).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }));
}

/// Edge case 176.
#[test]
fn a_name_that_is_taken_in_the_meantime_is_asked_for_again() {
    let mut driver = Driver::registering(TERMS);
    driver.say(Intent::AcceptTerms).answer("/register", 401, TERMS_DONE).answer("/register", 400, IN_USE);
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "username_taken" }));
    let Screen::RegisterForm { username, password_given: true, .. } = driver.screen() else { panic!() };
    assert_eq!(username, "alice", "what was typed is kept");
    driver.say(Intent::Register { username: "alice2".into(), password: None, prefer: vec![] });
    assert_eq!(driver.body("/register")["password"], "correct horse");
    driver.answer("/register", 400, UNKNOWN_SESSION);
    assert_eq!(driver.body("/register").get("auth"), None, "a new session may be needed");
}

/// Edge case 177.
#[test]
fn a_session_that_the_server_forgot_starts_over_with_what_was_typed() {
    let mut driver = Driver::registering(TERMS);
    driver.say(Intent::AcceptTerms).answer("/register", 400, UNKNOWN_SESSION);
    let body = driver.body("/register");
    assert_eq!((&body["username"], body.get("auth")), (&json!("alice"), None));
    driver.answer("/register", 401, &TERMS.replace("KhadPbMvRsgwVvLiztufCzLM", "fresh"));
    driver.say(Intent::AcceptTerms);
    assert_eq!(driver.body("/register")["auth"]["session"], "fresh");
}

/// A server that forgets again and again.
#[test]
fn a_server_that_forgets_every_session_is_not_asked_for_ever() {
    let mut driver = Driver::registering(OPEN);
    let mut asked = 0;
    while driver.is_open("/register") {
        let forgets = driver.body("/register").get("auth").is_some();
        driver.answer(
            "/register",
            if forgets { 400 } else { 401 },
            if forgets { UNKNOWN_SESSION } else { OPEN },
        );
        asked += 1;
        assert!(asked < 30, "it goes round");
    }
    assert_eq!(driver.cause(), json!({ "class": "misbehaved", "misbehaviour": "no_progress" }));
}

/// Edge case 178.
#[test]
fn a_token_that_was_used_up_in_the_meantime_is_asked_for_again() {
    let mut driver = Driver::registering(TOKEN);
    driver.say(Intent::UseToken { token: "rig-one".into() }).answer("/validity", 200, r#"{"valid":true}"#);
    driver.answer("/register", 401, TOKEN_INVALID);
    assert!(matches!(driver.screen(), Screen::RegistrationToken { .. }));
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "token_invalid" }));
}

/// Edge case 180.
#[test]
fn terms_that_cannot_be_shown_are_not_accepted() {
    let with = |text: serde_json::Value| {
        let params = json!({ "m.login.terms": { "policies": { "privacy": text } } });
        json!({ "session": "s", "flows": [{ "stages": ["m.login.terms"] }], "params": params }).to_string()
    };
    let script = json!({ "version": "1", "en": { "name": "Privacy", "url": "javascript:alert(1)" } });
    let mut driver = Driver::registering(&with(script.clone()));
    assert!(!driver.offers(Offer::AcceptTerms));
    driver.answer("/m.login.terms/fallback/web", 404, NO_PAGE);
    let missing = json!({ "registration_flow": { "stage": "m.login.terms" } });
    assert_eq!(driver.cause(), json!({ "class": "unsupported", "missing": missing }));
    // Found C11: the server's own page can show them.
    let relative = json!({ "version": "1", "en": { "name": "Privacy", "url": "/privacy" } });
    for odd in [script, relative] {
        let mut driver = Driver::registering(&with(odd));
        driver.answer("/m.login.terms/fallback/web", 200, "<html>");
        assert!(matches!(driver.screen(), Screen::InBrowser { .. }), "{}", driver.trace);
        driver.say(Intent::CheckNow).answer("/register", 200, REGISTERED).stored(Ok(()));
        assert!(matches!(driver.screen(), Screen::SignedIn { .. }));
    }
    let elsewhere =
        json!({ "version": "1", "fr": { "name": "Vie privée", "url": "https://example.org/fr" } });
    let driver = Driver::registering(&with(elsewhere));
    let Screen::Terms { policies, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!(policies[0].language, "fr", "any language is better than none");
}

/// Edge case 190.
#[test]
fn a_flow_without_progress_ends() {
    let done = r#"{"session":"s","flows":[{"stages":["m.login.dummy"]}],"completed":["m.login.dummy"]}"#;
    let mut driver = Driver::registering(OPEN);
    let mut asked = 0;
    while driver.is_open("/register") {
        driver.answer("/register", 401, done);
        asked += 1;
        assert!(asked < 300, "it goes round");
    }
    assert_eq!(driver.cause(), json!({ "class": "misbehaved", "misbehaviour": "no_progress" }));

    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 401, OPEN);
    assert_eq!(driver.cause(), json!({ "class": "misbehaved", "misbehaviour": "no_progress" }));
}
