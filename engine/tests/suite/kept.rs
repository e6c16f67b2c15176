//! What is written down, when, and what is made of it after a kill.

use std::time::Duration;

use narthex::{Intent, LeaseProblem, Offer, Screen, StorageProblem, Task};
use serde_json::{Value, json};

use crate::answers::{
    BAD_GATEWAY, DISABLED, IN_USE, LOGIN_PASSWORD, LOGIN_SSO, OPEN, RECAPTCHA, REGISTERED, SERVER, TERMS,
    TERMS_DONE, UNKNOWN_SESSION, WRONG_PASSWORD, by_password, register,
};
use crate::driver::Driver;

/// A server that opens no session for a registration.
const NO_SESSION: &str = r#"{"flows":[{"stages":["m.login.registration_token","m.login.dummy"]}]}"#;

fn again() -> Intent {
    Intent::Register { username: "alice".into(), password: None, prefer: vec![] }
}

fn is_form(driver: &Driver) -> bool {
    matches!(driver.screen(), Screen::RegisterForm { .. })
}

fn is_taken(driver: &Driver) -> bool {
    is_form(driver) && driver.cause() == json!({ "class": "refused", "refusal": "username_taken" })
}

/// The name turned out to be taken, and the password did not let in.
fn sent_home(driver: &mut Driver) {
    driver.answer("/register", 400, IN_USE).answer("v3/login", 403, WRONG_PASSWORD);
}

/// Whether `/register` is asked what it has seen, with no proof of anything.
fn is_asking_again(driver: &Driver) -> bool {
    driver.is_open("/register") && driver.body("/register")["auth"].get("type").is_none()
}

#[test]
fn what_is_only_typed_is_not_kept() {
    let mut driver = Driver::at((401, OPEN), LOGIN_PASSWORD);
    assert_eq!(driver.engine.save(), None);
    driver.say(Intent::CreateAccount).say(Intent::CheckUsername { username: "alice".into() });
    assert_eq!(driver.engine.save(), None);
    driver.say(register("alice", "correct horse"));
    assert!(driver.engine.save().is_some());
    driver.say(Intent::Cancel);
    assert!(driver.engine.save().is_some(), "the form was submitted, and the answer may come to nobody");
    driver.say(Intent::Cancel);
    assert_eq!(driver.engine.save(), None);
}

/// As long as none was given, none is used.
#[test]
fn a_password_is_asked_for_once() {
    let mut driver = Driver::at((401, OPEN), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount);
    for intent in [again(), register("alice", ""), again()] {
        driver.say(intent);
        assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "password_missing" }));
        assert!(matches!(driver.screen(), Screen::RegisterForm { password_given: false, .. }));
        assert!(driver.is_idle() && driver.engine.save().is_none());
    }
    driver.say(register("Alice", "correct horse"));
    assert!(matches!(driver.screen(), Screen::RegisterForm { password_given: true, .. }));
    driver.say(again());
    assert_eq!(driver.body("/register")["password"], "correct horse");
}

#[test]
fn after_a_kill_in_the_form_the_form_is_shown_again() {
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 400, IN_USE).kill();
    driver.say(Intent::Continue);
    assert!(is_form(&driver) && driver.is_idle(), "{}", driver.trace);
    driver.say(again());
    assert_eq!(driver.body("/register")["password"], "correct horse", "what was typed is kept");
}

/// Edge case 182, killed: the request may have made the account.
#[test]
fn a_name_that_is_taken_after_a_kill_may_be_ours() {
    let mut driver = Driver::registering(OPEN);
    driver.kill();
    driver.say(Intent::Continue).answer("/register", 400, IN_USE);
    assert!(driver.is_open("v3/login"), "{}", driver.trace);
}

/// Edge case 182: as long as nobody could tell, it may still be ours.
#[test]
fn who_has_a_name_is_asked_until_the_server_tells() {
    let mut driver = Driver::registering(OPEN);
    driver.lose("/register").say(Intent::Retry).answer("/register", 400, IN_USE).say(Intent::Cancel);
    assert!(is_form(&driver));
    driver.say(again());
    assert!(is_asking_again(&driver));
    sent_home(&mut driver);
    assert!(is_taken(&driver));
    driver.say(again());
    assert!(!is_asking_again(&driver), "it is somebody else's");
    driver.answer("/register", 400, IN_USE);
    assert!(is_taken(&driver));
}

#[test]
fn another_account_is_another_question() {
    for (username, password, may_be_ours) in
        [("alice", "correct horse", true), ("alice2", "correct horse", false), ("alice", "battery", false)]
    {
        let mut driver = Driver::registering(OPEN);
        driver.say(Intent::Cancel).say(register(username, password));
        driver.answer("/register", 400, IN_USE);
        assert_eq!(driver.is_open("v3/login"), may_be_ours, "{username} {password}");
    }
    let mut driver = Driver::registering(OPEN);
    driver.say(Intent::Cancel).say(again()).answer("/register", 400, IN_USE);
    assert!(driver.is_open("v3/login"), "no other password was given");
}

#[test]
fn a_question_that_is_not_answered_makes_no_account() {
    let mut driver = Driver::registering(TERMS);
    driver.say(Intent::Cancel).say(again());
    assert!(matches!(driver.screen(), Screen::Terms { .. }), "{}", driver.trace);
    assert!(driver.is_idle(), "there is nothing to ask about");
}

/// Without a session there is nothing to be told about, but the account.
#[test]
fn a_server_without_sessions_is_gone_on_with() {
    let mut driver = Driver::registering(NO_SESSION);
    driver.kill();
    driver.say(Intent::Continue);
    assert!(matches!(driver.screen(), Screen::RegistrationToken { .. }) && driver.is_idle());
    driver.say(Intent::UseToken { token: "invite".into() }).answer("/validity", 200, r#"{"valid":true}"#);
    driver.kill();
    driver.say(Intent::Continue);
    assert_eq!(driver.body("/register").get("auth"), None, "it may have been enough");
}

#[test]
fn a_session_that_the_server_forgot_is_asked_for_anew_after_a_kill() {
    let mut driver = Driver::registering(TERMS);
    driver.say(Intent::AcceptTerms).answer("/register", 400, UNKNOWN_SESSION).kill();
    driver.say(Intent::Continue);
    assert_eq!(driver.body("/register").get("auth"), None);
}

/// A look that is under way when the time is over may still make the account.
#[test]
fn what_was_asked_before_the_time_was_over_may_have_counted() {
    let waiting = || {
        let mut driver = Driver::registering(RECAPTCHA);
        driver.answer("/fallback/web", 200, "<!DOCTYPE html>");
        let Screen::InBrowser { until, .. } = driver.screen() else { panic!("{}", driver.trace) };
        (driver, until)
    };
    let (mut driver, until) = waiting();
    driver.now = until;
    driver.hear(narthex::Input::Tick);
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "browser" }));
    driver.say(again());
    assert!(driver.is_open("/fallback/web"), "{}", driver.trace);

    let (mut driver, until) = waiting();
    driver.say(Intent::CheckNow).now = until + Duration::from_secs(60);
    driver.hear(narthex::Input::Tick);
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "browser" }));
    driver.say(again());
    assert!(is_asking_again(&driver), "{}", driver.trace);
}

#[test]
fn a_sign_in_is_kept_while_the_person_is_in_the_browser_and_no_longer() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
    driver.say(Intent::SignInWithSso { provider: None });
    assert_eq!(driver.engine.save(), None, "no page was opened");
    driver.listening(49_152);
    driver.kill();
    driver.say(Intent::Continue).deaf().say(Intent::Cancel);
    let Screen::Welcome { server, problem: None } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!((server.as_str(), driver.engine.save()), (SERVER, None));
}

#[test]
fn a_session_is_written_down_until_it_is_stored_and_used_by_nobody_before() {
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 200, REGISTERED);
    assert!(driver.engine.session().is_none() && driver.engine.save().is_some());
    driver.stored(Err(StorageProblem::Locked));
    assert!(driver.engine.session().is_none() && driver.engine.save().is_some());
    driver.stored(Ok(()));
    assert!(driver.engine.session().is_some() && driver.engine.save().is_none());
}

#[test]
fn what_is_not_stored_is_written_down_until_the_server_knows_its_end() {
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 200, REGISTERED).stored(Err(StorageProblem::Full));
    driver.stored(Err(StorageProblem::Full));
    assert!(driver.engine.save().is_some());
    driver.lose("/logout");
    assert!(driver.engine.save().is_some());
    driver.say(Intent::SignOut { everywhere: false }).answer("/logout", 200, "{}");
    assert_eq!(driver.engine.save(), None);
    let mut driver = Driver::signed_in();
    driver.say(Intent::SignOut { everywhere: false });
    assert_eq!(driver.engine.save(), None, "it is stored");
    driver.lose("/logout");
    assert_eq!(driver.engine.save(), None);
    driver.say(Intent::Cancel);
    assert!(driver.engine.session().is_some() && driver.is_idle());
}

/// Synapse makes another device each time that it is shown a session that is done.
#[test]
fn a_session_that_made_an_account_is_not_used_again() {
    let mut driver = Driver::registering(TERMS);
    driver.say(Intent::AcceptTerms).answer("/register", 401, TERMS_DONE);
    driver.answer("/register", 200, r#"{"user_id":"@alice:example.org"}"#);
    driver.answer("v3/login", 403, WRONG_PASSWORD);
    assert!(matches!(driver.screen(), Screen::RegisterForm { flows, .. } if flows.is_empty()));
    driver.say(again());
    assert_eq!(driver.body("/register").get("auth"), None);
}

#[test]
fn a_registration_that_is_left_is_gone_on_with_in_its_session() {
    let mut driver = Driver::registering(TERMS);
    driver.say(Intent::AcceptTerms).answer("/register", 401, TERMS_DONE).answer("/register", 400, IN_USE);
    driver.say(Intent::Cancel).say(Intent::CreateAccount);
    assert!(matches!(driver.screen(), Screen::RegisterForm { flows, .. } if flows.len() == 1));
    driver.say(register("alice2", "correct horse"));
    let auth: &Value = &driver.body("/register")["auth"];
    assert_eq!(auth, &json!({ "session": "KhadPbMvRsgwVvLiztufCzLM", "type": "m.login.dummy" }));
}

/// A proxy in the way decides nothing, however often.
#[test]
fn an_outage_while_signing_in_is_not_kept() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password("alice", "correct horse")).answer("v3/login", 502, BAD_GATEWAY);
    assert_eq!(driver.engine.save(), None, "a password is soon typed again");
    assert!(driver.offers(Offer::Retry));
}

/// A session of somebody else was to be ended; whoever goes on is at the server that it was of.
#[test]
fn after_a_session_that_nobody_wants_its_server_is_named() {
    let mut driver = crate::saved::at("unwanted");
    driver.kill();
    driver.say(Intent::Continue).answer("/logout", 200, "{}");
    let Screen::Welcome { server, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!(server, "example.org");
}

/// Ended at the server, it would be stored on, and its dead token be given to whoever asks.
#[test]
fn what_cannot_be_removed_here_is_not_ended_there() {
    for problem in [StorageProblem::Denied, StorageProblem::Busy, StorageProblem::NotAFile] {
        let mut driver = Driver::signed_in();
        driver.leases = false;
        driver.say(Intent::SignOut { everywhere: false });
        driver.leased(Err(LeaseProblem::Storage(problem)));
        assert!(!driver.is_open("/logout"), "{problem:?}");
        let Screen::Problem { task: Task::SignOut, .. } = driver.screen() else { panic!("{}", driver.trace) };
        driver.say(Intent::Cancel);
        assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "it goes on");
    }
}

/// What a server does not know at all is one thing, whatever it was asked.
#[test]
fn an_endpoint_that_a_server_does_not_know_is_missing_and_refuses_nobody() {
    let unknown = r#"{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}"#;
    for (intent, path) in [
        (Intent::CheckSession, "account/whoami"),
        (Intent::ListDevices, "v3/devices"),
        (Intent::SignOut { everywhere: false }, "v3/logout"),
    ] {
        let mut driver = Driver::signed_in();
        driver.say(intent).answer(path, 404, unknown);
        let cause = json!({ "class": "unsupported", "missing": "endpoint" });
        assert_eq!(driver.cause(), cause, "{path}: {}", driver.trace);
    }
}
