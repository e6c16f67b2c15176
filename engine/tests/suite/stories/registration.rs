//! Stories of new accounts.

use narthex::{Intent, Screen};

use super::story;
use crate::answers::{
    APPROVAL, BAD_GATEWAY, DISABLED, EMAIL, EMAIL_PENDING, IN_USE, LIMITED, LOGIN_PASSWORD, OPEN, PHONE,
    RECAPTCHA, RECAPTCHA_DONE, REGISTERED, SID, SID_CODE, TERMS, TERMS_DONE, TOKEN, TOKEN_DONE, WHOAMI,
    register,
};
use crate::driver::Driver;

fn signed_in(driver: &mut Driver) {
    driver.answer("/register", 200, REGISTERED).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
}

#[test]
fn an_open_server_takes_whoever_comes() {
    let mut driver = Driver::at((401, OPEN), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
    signed_in(&mut driver);
    driver.say(Intent::CheckSession).answer("/whoami", 200, WHOAMI);
    story("open", &driver);
}

#[test]
fn a_bad_token_is_told_before_it_is_used_and_a_good_one_lets_in() {
    let mut driver = Driver::registering(TOKEN);
    driver.say(Intent::UseToken { token: "has spaces".into() });
    driver.say(Intent::UseToken { token: "nope".into() }).answer("/validity", 200, r#"{"valid":false}"#);
    driver.say(Intent::UseToken { token: " rig-one ".into() }).answer("/validity", 200, r#"{"valid":true}"#);
    driver.answer("/register", 401, TOKEN_DONE);
    signed_in(&mut driver);
    story("token", &driver);
}

#[test]
fn terms_are_shown_and_accepted() {
    let mut driver = Driver::registering(TERMS);
    driver.say(Intent::AcceptTerms).answer("/register", 401, TERMS_DONE);
    signed_in(&mut driver);
    story("terms", &driver);
}

#[test]
fn a_mail_is_sent_again_and_then_to_another_address() {
    let mut driver = Driver::registering(EMAIL);
    driver.say(Intent::UseEmail { address: "alice@mial.example".into() });
    driver.answer("email/requestToken", 200, SID).wait().answer("/register", 401, EMAIL_PENDING);
    driver.say(Intent::Resend).answer("email/requestToken", 200, SID);
    driver.say(Intent::UseEmail { address: "alice@mail.example".into() });
    driver.answer("email/requestToken", 200, r#"{"sid":"another"}"#);
    driver.wait().answer("/register", 401, EMAIL_PENDING).say(Intent::CheckNow);
    signed_in(&mut driver);
    story("email", &driver);
}

#[test]
fn a_code_comes_by_phone() {
    let mut driver = Driver::registering(PHONE);
    driver.say(Intent::UsePhone { country: "de".into(), number: "0170 1234567".into() });
    driver.answer("msisdn/requestToken", 200, SID_CODE);
    let wrong = r#"{"errcode":"M_TOKEN_INCORRECT","error":"Incorrect token","success":false}"#;
    driver.say(Intent::EnterCode { code: "000000".into() }).answer("/submit", 400, wrong);
    driver.say(Intent::EnterCode { code: "123456".into() }).answer("/submit", 200, r#"{"success":true}"#);
    signed_in(&mut driver);
    story("phone", &driver);
}

#[test]
fn a_captcha_is_solved_in_the_browser() {
    let mut driver = Driver::registering(RECAPTCHA);
    driver.answer("/fallback/web", 200, "<!DOCTYPE html><html></html>").say(Intent::OpenBrowser);
    driver.wait().answer("/register", 401, &RECAPTCHA.replace("\"params\"", "\"completed\":[],\"params\""));
    driver.say(Intent::CheckNow).answer("/register", 401, RECAPTCHA_DONE);
    signed_in(&mut driver);
    story("recaptcha", &driver);
}

#[test]
fn a_server_that_asks_for_everything_gets_everything() {
    let stages =
        ["m.login.registration_token", "m.login.recaptcha", "m.login.terms", "m.login.email.identity"];
    let done = |n: usize| {
        let challenge = serde_json::json!({
            "session": "aYyyhZXvDQbwLmfPKRJcUbKI",
            "flows": [{ "stages": stages }],
            "params": { "m.login.terms": { "policies": { "privacy_policy": {
                "version": "1.0", "en": { "name": "Rig Privacy Policy", "url": "https://matrix.example.org/terms" } } } } },
            "completed": &stages[..n],
        });
        challenge.to_string()
    };
    let mut driver = Driver::registering(&done(0));
    driver.say(Intent::UseToken { token: "rig-one".into() }).answer("/validity", 200, r#"{"valid":true}"#);
    driver.answer("/register", 401, &done(1)).answer("/fallback/web", 200, "<!DOCTYPE html>");
    driver.say(Intent::CheckNow).answer("/register", 401, &done(2));
    driver.say(Intent::AcceptTerms).answer("/register", 401, &done(3));
    driver.say(Intent::UseEmail { address: "alice@mail.example".into() }).answer(
        "email/requestToken",
        200,
        SID,
    );
    driver.wait();
    signed_in(&mut driver);
    story("everything", &driver);
}

#[test]
fn a_server_that_takes_nobody_says_so_before_anything_is_typed() {
    let driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    story("disabled", &driver);
}

#[test]
fn a_rate_limit_is_waited_out() {
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 429, LIMITED).wait();
    signed_in(&mut driver);
    story("rate-limited", &driver);
}

#[test]
fn a_taken_name_is_told_while_typing_and_when_registering() {
    let mut driver = Driver::known((401, OPEN), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(Intent::CheckUsername { username: "alice".into() });
    driver.wait().answer("/available", 400, IN_USE).say(Intent::CheckUsername { username: "alice2".into() });
    driver.wait().answer("/available", 200, r#"{"available":true}"#).say(register("alice2", "correct horse"));
    driver.answer("/register", 400, IN_USE);
    driver.say(Intent::Register { username: "alice3".into(), password: None, prefer: vec![] });
    driver.answer("/register", 200, &REGISTERED.replace("@alice", "@alice3")).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
    let shown = driver.trace.lines().map(|line| match line.split_once("\"suggestion\":\"alice") {
        Some((before, after)) => format!("{before}\"suggestion\":\"alice…{}\n", &after[3..]),
        None => format!("{line}\n"),
    });
    driver.trace = shown.collect();
    story("taken", &driver);
}

/// Edge case 182.
#[test]
fn an_account_whose_answer_was_lost_is_signed_in_to() {
    let mut driver = Driver::registering(OPEN);
    driver.lose("/register").say(Intent::Retry).answer("/register", 400, IN_USE);
    driver.answer("v3/login", 200, REGISTERED).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
    story("lost-answer", &driver);
}

/// Edge case 181.
#[test]
fn an_account_that_awaits_approval_is_no_refusal_and_survives_a_kill() {
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 403, APPROVAL);
    driver.kill();
    driver.say(Intent::Cancel);
    assert_eq!(driver.engine.save(), None);
    story("approval", &driver);
}

#[test]
fn a_proxy_that_stands_in_the_way_costs_nothing_but_time() {
    let mut driver = Driver::registering(TERMS);
    driver.say(Intent::AcceptTerms).answer("/register", 502, BAD_GATEWAY).say(Intent::Retry);
    driver.answer("/register", 401, TERMS_DONE);
    signed_in(&mut driver);
    story("proxy", &driver);
}
