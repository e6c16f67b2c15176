//! No server is asked for a session that nobody could store.

use narthex::{Cause, Failure, Intent, Offer, Outage, Screen, StorageProblem, Task};

use crate::answers::{DISABLED, LOGIN_SSO, OPEN, by_password};
use crate::driver::Driver;

const FULL: Result<(), StorageProblem> = Err(StorageProblem::Full);

fn is_full(failure: &Option<Failure>) -> bool {
    let outage = Outage::Storage(StorageProblem::Full);
    failure.as_ref().is_some_and(|failure| failure.cause == Cause::Unavailable { outage, retry_at: None })
}

/// Found B8: a password, a login token and a registration stay here where nothing can be stored.
#[test]
fn whoever_cannot_store_a_session_is_told_at_the_choice_and_nothing_was_sent() {
    let ways = [
        by_password("alice", "correct horse"),
        Intent::SignInWithToken { token: "syl_abc".into() },
        Intent::SignInWithSso { provider: None },
        Intent::CreateAccount,
    ];
    let login = r#"{"flows":[{"type":"m.login.password"},{"type":"m.login.sso"},{"type":"m.login.token"}]}"#;
    for way in ways {
        let mut driver = Driver::at((401, OPEN), login);
        driver.proof = Some(FULL);
        let sent = driver.sent.len();
        driver.say(way);
        assert!(
            matches!(driver.screen(), Screen::Choose { problem, .. } if is_full(&problem)),
            "{}",
            driver.trace
        );
        assert_eq!((driver.sent.len(), driver.is_idle()), (sent, true), "{}", driver.trace);
    }
}

/// Found B8.
#[test]
fn the_browser_opens_only_where_a_session_could_be_stored() {
    for way in [Intent::SignInWithBrowser, Intent::SignInWithDeviceCode, Intent::CreateAccount] {
        let mut driver = Driver::oauth();
        driver.proof = Some(FULL);
        let sent = driver.sent.len();
        driver.say(way);
        assert!(matches!(driver.screen(), Screen::Choose { problem, .. } if is_full(&problem)));
        assert_eq!((driver.sent.len(), driver.browsed.len()), (sent, 0), "{}", driver.trace);
    }
}

/// Found B8: nobody types a password twice because a keyring is asked for its own.
#[test]
fn the_way_in_goes_on_by_itself_once_the_store_was_proved() {
    let mut driver = Driver::at((401, OPEN), LOGIN_SSO);
    driver.proof = None;
    driver.say(Intent::SignInWithSso { provider: None });
    assert!(matches!(driver.screen(), Screen::Busy { task: Task::CheckStorage, .. }));
    assert!(driver.offers(Offer::Cancel) && driver.listener().is_none());
    driver.prove(Ok(()));
    assert!(driver.listener().is_some());
}

/// Found B8: what an earlier run left unfinished is proved anew, and nothing of it is lost by a store that is full now.
#[test]
fn what_was_left_unfinished_waits_until_a_session_could_be_stored() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
    driver.say(Intent::SignInWithSso { provider: None }).listening(49_152).kill();
    let saved = driver.engine.save();
    driver.proof = Some(FULL);
    driver.say(Intent::Continue);
    let Screen::Problem { task: Task::CheckStorage, failure, .. } = driver.screen() else {
        panic!("{}", driver.trace)
    };
    assert!(is_full(&Some(failure)) && driver.engine.save() == saved);
    driver.say(Intent::Cancel);
    assert!(matches!(driver.screen(), Screen::Paused { .. }) && driver.engine.save() == saved);
    driver.say(Intent::Continue);
    driver.proof = Some(Ok(()));
    driver.say(Intent::Retry).listening(49_152);
    assert!(matches!(driver.screen(), Screen::InBrowser { .. }), "{}", driver.trace);
}

/// Found B8: a code that comes back to a new process is written down at once, and spent once its session could be stored.
#[test]
fn a_code_for_a_new_process_outlives_a_full_store_and_another_kill() {
    let mut driver = Driver::in_browser();
    driver.kill();
    driver.proof = Some(FULL);
    driver.comes_back("code=the-code");
    assert_eq!(driver.count("/token"), 0, "{}", driver.trace);
    driver.kill();
    driver.proof = Some(Ok(()));
    driver.say(Intent::Continue);
    assert_eq!(driver.count("/token"), 1, "{}", driver.trace);
}

/// Found B8: nor is one missed that comes while the store is asked.
#[test]
fn a_code_that_comes_while_the_store_is_asked_is_taken() {
    let mut driver = Driver::in_browser();
    driver.kill();
    driver.proof = None;
    driver.say(Intent::Continue).comes_back("code=the-code");
    driver.prove(Ok(()));
    assert_eq!(driver.count("/token"), 1, "{}", driver.trace);
}
