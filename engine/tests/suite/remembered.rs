//! What is learnt about a session is remembered, and what cannot be stored is not left behind.

use std::time::Duration;

use narthex::{
    Cause, Effect, Engine, Failure, Intent, LeaseProblem, Offer, Outage, Saved, Screen, Session,
    StorageProblem, Task,
};

use crate::answers::{
    DISABLED, EXPIRED, LIMITED, LOGIN_PASSWORD, REFRESH_SPENT, REGISTERED, RENEWED, UNKNOWN_TOKEN,
    WELL_KNOWN, WHOAMI, by_password,
};
use crate::driver::{Driver, config, seeds};
use crate::oauth::{changed, tokens};

const FULL: Result<(), StorageProblem> = Err(StorageProblem::Full);

fn is_full(failure: &Failure) -> bool {
    failure.cause == Cause::Unavailable { outage: Outage::Storage(StorageProblem::Full), retry_at: None }
}

/// The server has refused both tokens.
fn ended() -> Driver {
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession).answer("/whoami", 401, EXPIRED).answer("v3/refresh", 403, REFRESH_SPENT);
    driver
}

/// Found B3.
#[test]
fn the_next_process_knows_that_the_session_has_ended_without_asking() {
    let driver = ended();
    let shown = driver.screen();
    assert!(matches!(shown, Screen::SessionEnded { soft: true, .. }), "{}", driver.trace);
    let stored = Session::from_json(driver.stored[0].to_json().expose()).expect("it reads what it wrote");
    assert!(!stored.is_fresh(driver.now), "nobody hands it out");
    let next = Engine::resume(Saved::from(stored), config(), seeds(8), driver.now);
    assert_eq!((next.view().screen, next.session(), next.deadline()), (shown, None, None));
    assert!(next.offers().contains(Offer::SignInAgain));
}

/// Found B3: signing in again makes it good.
#[test]
fn a_session_that_is_made_again_has_not_ended() {
    let mut driver = ended();
    driver.say(Intent::SignInAgain).answer("/.well-known/matrix/client", 200, WELL_KNOWN);
    driver.told((403, DISABLED), LOGIN_PASSWORD).say(by_password("@alice:example.org", "correct horse"));
    driver.answer("v3/login", 200, REGISTERED).stored(Ok(()));
    assert!(driver.stored[0].ended.is_none() && driver.stored.len() == 1);
}

/// Signed in without a refresh token: the first refusal is the end.
fn plain() -> Driver {
    let session = Session { refresh_token: None, ..Driver::signed_in().stored[0].clone() };
    let mut driver = Driver::resumed(Saved::from(session));
    driver.leases = false;
    driver.say(Intent::CheckSession);
    driver
}

/// Found B3: what another program knows better is not overwritten.
#[test]
fn an_end_is_not_stored_over_tokens_that_were_refreshed_elsewhere() {
    let mut driver = plain();
    driver.answer("/whoami", 401, EXPIRED);
    let newer = Session { access_token: "syt_other".into(), ..driver.stored[0].clone() };
    driver.leased(Ok(Some(Box::new(newer.clone()))));
    driver.answer("/whoami", 200, WHOAMI);
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
    assert_eq!(driver.engine.session(), Some(&newer));
}

#[test]
fn an_end_that_cannot_be_stored_is_told_all_the_same() {
    let mut driver = Driver::signed_in();
    driver.marks = Some(FULL);
    driver.say(Intent::CheckSession).answer("/whoami", 401, EXPIRED).answer("v3/refresh", 403, REFRESH_SPENT);
    assert!(matches!(driver.screen(), Screen::SessionEnded { .. }), "{}", driver.trace);
    let mut driver = plain();
    driver.answer("/whoami", 401, EXPIRED).leased(Err(LeaseProblem::Busy));
    assert!(matches!(driver.screen(), Screen::SessionEnded { .. }), "{}", driver.trace);
}

fn granted() -> Driver {
    let mut driver = Driver::known((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password("alice", "correct horse")).answer("v3/login", 200, REGISTERED);
    driver
}

/// Found B8: tried twice, then ended at the server, and told.
#[test]
fn a_new_session_that_cannot_be_stored_is_ended_at_the_server() {
    let mut driver = granted();
    driver.stored(FULL).stored(FULL);
    assert!(driver.is_open("/logout"), "{}", driver.trace);
    assert!(driver.engine.save().is_some(), "until the server knows, somebody has to");
    driver.answer("/logout", 200, "{}").stored(Ok(()));
    assert!(
        matches!(driver.screen(), Screen::Welcome { server, problem: Some(problem) }
            if is_full(&problem) && server == "@alice:example.org"),
        "{}",
        driver.trace
    );
    assert!(driver.engine.save().is_none() && driver.is_idle());
}

/// Found B8: also where not even that can be stored, that nothing is.
#[test]
fn what_is_over_at_the_server_and_was_never_stored_need_not_be_erased() {
    let mut driver = granted();
    driver.stored(FULL).stored(FULL).answer("/logout", 200, "{}").stored(FULL);
    assert!(matches!(driver.screen(), Screen::Welcome { problem: Some(_), .. }), "{}", driver.trace);
}

/// Found B8: where the server cannot be told either, the session is half kept, and said to be.
#[test]
fn a_session_that_can_neither_be_stored_nor_ended_is_told() {
    let mut driver = granted();
    driver.stored(FULL).stored(FULL).lose("/logout");
    let Screen::Problem { task: Task::KeepSession, failure, .. } = driver.screen() else {
        panic!("{}", driver.trace)
    };
    assert!(is_full(&failure) && driver.engine.save().is_some());
    assert!(driver.offers(Offer::Retry) && driver.offers(Offer::SignOut));
    driver.say(Intent::Retry).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
}

#[test]
fn a_store_that_fails_once_loses_nothing() {
    let mut driver = granted();
    driver.stored(FULL).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
    assert!(!driver.is_open("/logout"));
}

/// Signs in again after the end of a session; the store fails, and the clock was set back since the old one was made.
fn made_again() -> Driver {
    let mut driver = ended();
    driver.say(Intent::SignInAgain).answer("/.well-known/matrix/client", 200, WELL_KNOWN);
    driver.told((403, DISABLED), LOGIN_PASSWORD).say(by_password("@alice:example.org", "correct horse"));
    let ahead = driver.now + Duration::from_secs(86_400);
    driver.stored[0].granted_at = Some(ahead);
    let again = REGISTERED.replace("first", "again");
    driver.answer("v3/login", 200, &again).stored(FULL);
    driver
}

/// The device is that of the old session: ended, it would be lost with all it knows.
#[test]
fn a_session_that_was_made_again_is_not_ended_because_it_cannot_be_stored() {
    let driver = made_again();
    assert!(!driver.is_open("/logout"));
    assert!(matches!(driver.screen(), Screen::Problem { task: Task::KeepSession, .. }), "{}", driver.trace);
}

/// Eighteen simulated lives of a million went back to the old session, and left the new one behind.
#[test]
fn a_session_that_was_made_again_replaces_the_old_one_whatever_the_clock_says() {
    let mut driver = made_again();
    driver.say(Intent::Retry).stored(Ok(()));
    let token = |session: &Session| session.access_token.expose().clone();
    assert_eq!(driver.engine.session().map(token).as_deref(), Some("syt_YWxpY2U_again"), "{}", driver.trace);
    // Also after a kill, and where somebody has removed the old one meanwhile.
    for is_gone in [false, true] {
        let mut driver = made_again();
        driver.kill();
        if is_gone {
            driver.stored.clear();
        }
        driver.say(Intent::Continue).stored(Ok(()));
        assert_eq!(
            driver.engine.session().map(token).as_deref(),
            Some("syt_YWxpY2U_again"),
            "{}",
            driver.trace
        );
        let mut driver = made_again();
        driver.kill();
        if is_gone {
            driver.stored.clear();
        }
        driver.say(Intent::Cancel).answer("/logout", 200, "{}").stored(Ok(()));
        assert!(matches!(driver.screen(), Screen::SignedOut { server_told: true, .. }), "{}", driver.trace);
    }
}

/// A simulated life of two hundred thousand: the kill had cut the sign-in off from the session that it was to replace.
#[test]
fn a_session_that_has_ended_is_never_taken_for_a_newer_one() {
    let fresh = Driver::signed_in().stored[0].clone();
    let saved = r#"{"version":"1","flow":"fresh","#.to_owned()
        + fresh
            .to_json()
            .expose()
            .split_once(r#""version":"1","#)
            .map(|(_, rest)| rest)
            .expect("a session has a version");
    let mut driver = Driver::resumed(Saved::from_json(&saved).expect("a session that may not be stored"));
    let mut old = ended().stored[0].clone();
    old.granted_at = Some(driver.now + Duration::from_secs(86_400));
    old.access_token = "syt_old".into();
    driver.stored = vec![old];
    driver.say(Intent::Continue).stored(Ok(()));
    assert_eq!(driver.engine.session(), Some(&fresh), "{}", driver.trace);
}

/// Found B1: a life that the server does not tell is not known; one that it tells in any way is.
#[test]
fn a_life_is_read_however_it_is_written_and_nonsense_is_no_life() {
    for (written, minutes) in [
        (r#""expires_in_ms":300000"#, Some(5)),
        (r#""expires_in_ms":"300000""#, Some(5)),
        (r#""expires_in_ms":300000.7"#, Some(5)),
        (r#""expires_in_ms":1e300"#, Some(10 * 365 * 24 * 60)),
        (r#""expires_in_ms":0"#, None),
        (r#""expires_in_ms":-300000"#, None),
        (r#""expires_in_ms":"soon""#, None),
        (r#""expires_in_ms":"NaN""#, None),
        (r#""expires_in_ms":null"#, None),
        (r#""expires_in_ms":[]"#, None),
        (r#""other":1"#, None),
    ] {
        let mut driver = Driver::known((403, DISABLED), LOGIN_PASSWORD);
        driver.say(by_password("alice", "correct horse"));
        let sent = driver.now;
        let answer = REGISTERED.replace(r#""expires_in_ms":300000"#, written);
        assert!(answer.contains(written));
        driver.answer("v3/login", 200, &answer).stored(Ok(()));
        let expires_at = driver.engine.session().and_then(|session| session.expires_at);
        let expected = minutes.map(|minutes| sent + Duration::from_secs(minutes * 60));
        assert_eq!(expires_at, expected, "{written}");
    }
}

/// Found B5: once, and then not before the server's time, or ever more rarely.
#[test]
fn a_refresh_that_the_server_puts_off_is_sent_once() {
    for (status, answer, seconds) in [(429, LIMITED, 8), (500, r#"{"errcode":"M_UNKNOWN"}"#, 15)] {
        let mut driver = Driver::signed_in();
        driver.say(Intent::Refresh).answer("v3/refresh", status, answer);
        assert!(matches!(driver.screen(), Screen::SignedIn { task: None, problem: Some(_), .. }));
        assert_eq!((driver.count("v3/refresh"), driver.is_idle()), (1, true), "{}", driver.trace);
        let due = driver.engine.deadline().expect("it is tried again");
        assert!(due >= driver.now + Duration::from_secs(seconds), "{status}");
    }
}

/// Found B10: every character that RFC 6749 A.17 has.
#[test]
fn a_refresh_token_of_any_printable_character_is_kept() {
    let all: String = (b' '..=b'~').map(char::from).collect();
    let renewed = changed(RENEWED, |answer| answer["refresh_token"] = all.as_str().into());
    let mut driver = Driver::signed_in();
    driver.say(Intent::Refresh).answer("v3/refresh", 200, &renewed).stored(Ok(()));
    driver.say(Intent::Refresh);
    assert_eq!(driver.body("v3/refresh")["refresh_token"], all.as_str());
    let mut driver = Driver::exchanging();
    let granted = changed(&tokens(&driver.device()), |answer| answer["refresh_token"] = all.as_str().into());
    driver.answer("/token", 200, &granted).is_alice().stored(Ok(()));
    assert_eq!(driver.stored[0].refresh_token.as_ref().map(|token| token.expose().as_str()), Some(&*all));
}

/// Found B11: it cannot be sent, so it is refused when it is granted; and ended, where that takes no header.
#[test]
fn an_access_token_that_no_header_can_carry_is_refused_and_revoked() {
    for token in ["tökén", "a\nb", "\u{7f}", ""] {
        let mut driver = Driver::exchanging();
        let granted = changed(&tokens(&driver.device()), |answer| answer["access_token"] = token.into());
        driver.answer("/token", 200, &granted);
        assert!(driver.is_open("/revoke"), "{}", driver.trace);
        // Also after a kill.
        let mut killed = Driver::resumed(driver.engine.save().expect("somebody has to know"));
        killed.say(Intent::Continue);
        assert!(killed.is_open("/revoke"), "{}", killed.trace);
        driver.answer("/revoke", 200, "");
        assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], "access_token");
        let mut driver = Driver::known((403, DISABLED), LOGIN_PASSWORD);
        driver.say(by_password("alice", "correct horse"));
        let answer = changed(REGISTERED, |answer| answer["access_token"] = token.into());
        driver.answer("v3/login", 200, &answer);
        assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], "access_token");
        assert!(!driver.asked.iter().any(|effect| matches!(effect, Effect::Store { .. })));
    }
}

/// A refusal says nothing about another token than the one that was sent.
#[test]
fn an_end_is_stored_under_the_lease() {
    let mut driver = plain();
    driver.answer("/whoami", 401, UNKNOWN_TOKEN);
    assert!(driver.lease().is_some() && driver.engine.session().is_none(), "{}", driver.trace);
    driver.marks = None;
    driver.grant();
    assert!(matches!(driver.screen(), Screen::Busy { task: Task::CheckSession, .. }));
    assert_eq!(driver.engine.save(), None, "what has ended is not lost");
}
