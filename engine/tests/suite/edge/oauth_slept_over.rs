//! Tokens that ended before it was known whose they are: a laptop slept, or a process was dead, between two requests.

use std::time::Duration;

use narthex::{Intent, Offer, Screen, Task};
use serde_json::Value;

use crate::answers::LIMITED;
use crate::driver::Driver;
use crate::oauth::{
    INVALID_CLIENT, INVALID_GRANT, NOT_ACTIVE, RENEWED_TOKENS, field, metadata, tokens, whoami,
};

const ALICE: &str = "@alice:example.org";

/// The process was dead for this long while it asked.
fn dead_for(time: Duration) -> Driver {
    let mut driver = Driver::identifying();
    driver.kill();
    driver.after(time).say(Intent::Continue);
    driver
}

fn renews(driver: &Driver, token: &str) {
    let form = driver.form("/token");
    assert_eq!(field(&form, "grant_type"), "refresh_token", "{}", driver.trace);
    assert_eq!(field(&form, "refresh_token"), token);
    assert!(!driver.is_open("/whoami"), "{}", driver.trace);
}

fn revokes(driver: &Driver, token: &str) {
    assert_eq!(field(&driver.form("/revoke"), "token"), token, "{}", driver.trace);
}

fn keeps(driver: &Driver, token: &str) -> bool {
    driver.engine.save().is_some_and(|saved| saved.to_json().expose().contains(token))
}

#[test]
fn whoever_was_dead_for_hours_is_signed_in_all_the_same() {
    let mut driver = dead_for(Duration::from_hours(9));
    renews(&driver, "mar_first");
    driver.answer("/token", 200, RENEWED_TOKENS);
    // Before they are used.
    assert!(keeps(&driver, "mar_second") && driver.is_open("/whoami"));
    driver.is_alice().stored(Ok(()));
    let session = driver.engine.session().expect("signed in");
    assert_eq!(session.access_token.expose(), "mat_second");
    assert_eq!(session.refresh_token.as_ref().map(|token| token.expose().as_str()), Some("mar_second"));
}

#[test]
fn tokens_that_are_still_good_are_not_renewed() {
    let driver = dead_for(Duration::from_secs(200));
    assert!(driver.is_open("/whoami") && !driver.is_open("/token"), "{}", driver.trace);
    let driver = dead_for(Duration::from_secs(300));
    renews(&driver, "mar_first");
}

/// A clock that was wrong, or a server that says nothing of an end: an expired token looks like a revoked one.
#[test]
fn tokens_that_are_refused_for_good_are_renewed_before_they_are_given_up() {
    let mut driver = Driver::identifying();
    while !driver.is_open("/token") {
        driver.answer("/whoami", 401, NOT_ACTIVE);
        if !driver.is_open("/token") {
            driver.wait();
        }
        assert!(driver.count("/whoami") < 20, "it goes round");
    }
    renews(&driver, "mar_first");
    driver.answer("/token", 200, RENEWED_TOKENS).is_alice().stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }));
}

#[test]
fn an_answer_while_they_expired_is_told_from_one_about_a_device_that_is_gone() {
    let mut driver = Driver::identifying();
    driver.after(Duration::from_secs(20)).answer("/whoami", 401, NOT_ACTIVE);
    assert!(driver.is_idle(), "the homeserver hears of a new device a little later");
    driver.after(Duration::from_secs(280));
    renews(&driver, "mar_first");
}

#[test]
fn renewed_tokens_that_are_refused_as_well_are_ended() {
    let mut driver = dead_for(Duration::from_hours(9));
    driver.answer("/token", 200, RENEWED_TOKENS);
    while driver.count("/revoke") == 0 {
        driver.answer("/whoami", 401, NOT_ACTIVE);
        if driver.count("/revoke") == 0 {
            driver.wait();
        }
        assert!(driver.count("/whoami") < 20, "it goes round");
    }
    revokes(&driver, "mar_second");
    driver.answer("/revoke", 200, "");
    assert!(matches!(driver.screen(), Screen::Welcome { problem: Some(_), .. }));
}

/// The homeserver may hear of them a little later, even when they end meanwhile.
#[test]
fn renewed_tokens_that_are_refused_once_are_not_given_up() {
    let mut driver = dead_for(Duration::from_hours(9));
    driver.answer("/token", 200, &RENEWED_TOKENS.replace("300", "1")).after(Duration::from_secs(2));
    driver.answer("/whoami", 401, NOT_ACTIVE);
    assert!(driver.is_idle() && keeps(&driver, "mar_second"), "{}", driver.trace);
    driver.wait();
    assert!(driver.is_open("/whoami"), "{}", driver.trace);
}

#[test]
fn tokens_that_cannot_be_renewed_start_over() {
    for refused in [INVALID_GRANT, INVALID_CLIENT] {
        let mut driver = dead_for(Duration::from_hours(9));
        driver.answer("/token", 400, refused);
        assert!(driver.is_idle(), "there is nothing left to end");
        assert!(matches!(driver.screen(), Screen::Welcome { problem: Some(_), .. }));
    }
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_token() {
    for (status, body) in [(500, ""), (200, "<html>"), (429, LIMITED)] {
        let mut driver = dead_for(Duration::from_hours(9));
        driver.answer("/token", status, body).wait();
        renews(&driver, "mar_first");
    }
    let mut driver = dead_for(Duration::from_hours(9));
    for asked in 1..=5 {
        assert_eq!(driver.count("/whoami"), 1);
        renews(&driver, "mar_first");
        driver.lose("/token");
        if asked < 5 {
            driver.wait();
        }
    }
    let Screen::Problem { task: Task::SignIn, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert!(driver.offers(Offer::Retry) && keeps(&driver, "mar_first"));
    driver.say(Intent::Retry);
    renews(&driver, "mar_first");
    driver.kill();
    driver.say(Intent::Continue);
    renews(&driver, "mar_first");
}

/// A server that could not be asked for long enough is asked with tokens that are good.
#[test]
fn they_are_renewed_again_when_the_person_tries_again_much_later() {
    let mut driver = dead_for(Duration::from_hours(9));
    driver.answer("/token", 200, RENEWED_TOKENS);
    while driver.is_open("/whoami") {
        driver.lose("/whoami");
        if driver.engine.deadline().is_some() {
            driver.wait();
        }
    }
    driver.after(Duration::from_hours(1)).say(Intent::Retry);
    renews(&driver, "mar_second");
}

/// A token that was replaced ends nothing, and is answered as if it did: it is renewed once more, and then ended.
#[test]
fn whoever_gives_up_meanwhile_leaves_no_device_behind() {
    let gives_up = [
        |driver: &mut Driver| {
            driver.say(Intent::Cancel);
        },
        |driver: &mut Driver| {
            driver.kill();
            driver.say(Intent::Cancel);
        },
        |driver: &mut Driver| {
            driver.lose("/token").say(Intent::Cancel);
        },
        |driver: &mut Driver| {
            driver.lose("/token").kill();
            driver.say(Intent::Cancel);
        },
    ];
    for gives_up in gives_up {
        let mut driver = dead_for(Duration::from_hours(9));
        gives_up(&mut driver);
        renews(&driver, "mar_first");
        assert!(matches!(driver.screen(), Screen::Busy { task: Task::SignOut, .. }));
        assert!(keeps(&driver, "mar_first") && !driver.offers(Offer::Cancel));
        driver.lose("/token");
        let Screen::Problem { task: Task::SignOut, .. } = driver.screen() else { panic!("{}", driver.trace) };
        driver.kill();
        driver.say(Intent::Cancel).lose("/token").say(Intent::Retry);
        renews(&driver, "mar_first");
        driver.answer("/token", 200, RENEWED_TOKENS);
        revokes(&driver, "mar_second");
        assert!(keeps(&driver, "mar_second"));
        driver.lose("/revoke").lose("/revoke").kill();
        driver.say(Intent::Cancel);
        revokes(&driver, "mar_second");
        driver.answer("/revoke", 200, "");
        assert!(driver.is_idle() && driver.engine.save().is_none());
    }
    let mut driver = dead_for(Duration::from_hours(9));
    driver.say(Intent::Cancel).answer("/token", 400, INVALID_GRANT);
    assert!(driver.is_idle() && driver.engine.save().is_none(), "somebody else has ended it");
    // An answer that replaces no refresh token leaves the one that there is.
    let mut driver = dead_for(Duration::from_hours(9));
    let renewed = r#"{"access_token":"mat_second","token_type":"Bearer","expires_in":300}"#;
    driver.say(Intent::Cancel).answer("/token", 200, renewed);
    revokes(&driver, "mar_first");
}

#[test]
fn where_nothing_can_be_ended_nothing_is_renewed_for_it() {
    let mut driver = Driver::in_browser_with(&metadata(|m| m["revocation_endpoint"] = Value::Null));
    let device = driver.device();
    driver.comes_back("code=the-code").answer("/token", 200, &tokens(&device)).kill();
    driver.after(Duration::from_hours(9)).say(Intent::Continue).lose("/token").say(Intent::Cancel);
    assert!(driver.is_idle() && driver.engine.save().is_none(), "{}", driver.trace);
}

/// The same in a process that goes on: what it has may be old.
#[test]
fn whoever_was_killed_while_renewing_renews_first() {
    let mut driver = Driver::identifying();
    while !driver.is_open("/token") {
        driver.answer("/whoami", 401, NOT_ACTIVE);
        if !driver.is_open("/token") {
            driver.wait();
        }
    }
    driver.kill();
    driver.say(Intent::Continue);
    renews(&driver, "mar_first");
}

/// It is still found out whose they are.
#[test]
fn a_renewal_lets_no_other_device_in() {
    let mut driver = dead_for(Duration::from_hours(9));
    driver.answer("/token", 200, RENEWED_TOKENS).answer("/whoami", 200, &whoami(ALICE, "ANOTHERONE"));
    revokes(&driver, "mar_second");
    driver.answer("/revoke", 200, "");
    assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], "device_id");
}
