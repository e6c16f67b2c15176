//! Signing in: what is listed about it in `docs/edge-cases.md`.

use narthex::{Intent, Offer, Screen};
use serde_json::json;

use crate::answers::{DISABLED, LOGIN_PASSWORD, LOGIN_SSO, OPEN, REGISTERED, WRONG_LOGIN_TOKEN, by_password};
use crate::driver::Driver;

/// Edge case 184: we never ask for it, so an answer without a session is signed in to.
#[test]
fn an_account_without_a_session_is_signed_in_to() {
    let mut driver = Driver::registering(OPEN);
    assert_eq!(driver.body("/register")["inhibit_login"], false);
    driver.answer("/register", 200, r#"{"user_id":"@alice:example.org"}"#);
    assert_eq!(driver.body("v3/login")["identifier"]["user"], "alice");
    driver.answer("v3/login", 200, REGISTERED).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }));
}

/// Edge cases 179 and 185: there is one way back from a browser, and nobody can guess it.
#[test]
fn a_callback_that_is_not_ours_moves_nothing() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
    driver.say(Intent::SignInWithSso { provider: None });
    let (_, path) = driver.listener().expect("it listens");
    driver.listening(49_152);
    let before = driver.engine.clone();
    for link in [
        "authDone",
        "http://127.0.0.1:49152/?loginToken=t",
        "http://127.0.0.1:49152/sso/?loginToken=t",
        "http://127.0.0.1:49152/sso/00000000000000000000000000000000?loginToken=t",
        &format!("https://evil.example{path}?loginToken=t"),
        &format!("http://127.0.0.1:49152{path}"),
        &format!("http://127.0.0.1:49152{path}?loginToken="),
        &format!("http://127.0.0.1:49152{path}/more?loginToken=t"),
        &"x".repeat(100_000),
    ] {
        driver.link(link);
        assert_eq!(driver.engine, before, "{link:.60}");
    }
    driver.link(&format!("http://127.0.0.1:49152{path}?loginToken=old&x=y&loginToken=new"));
    assert_eq!(driver.body("v3/login")["token"], "new", "some servers append theirs");
    let after = driver.engine.clone();
    driver.link(&format!("http://127.0.0.1:49152{path}?loginToken=again"));
    assert_eq!(driver.engine, after, "it comes once");
}

/// Edge case 186.
#[test]
fn a_spent_login_token_starts_over() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
    driver.say(Intent::SignInWithSso { provider: None });
    let (_, path) = driver.listener().expect("it listens");
    driver.listening(49_152).link(&format!("http://127.0.0.1:49152{path}?loginToken=spent"));
    driver.answer("v3/login", 403, WRONG_LOGIN_TOKEN);
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "login_token_invalid" }));
    assert!(driver.offers(Offer::SignInWithSso) && driver.is_idle());
}

/// Edge case 187.
#[test]
fn an_answer_does_not_move_us_to_another_server() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    let moved =
        REGISTERED.replace('}', r#","well_known":{"m.homeserver":{"base_url":"https://evil.example"}}}"#);
    driver.say(by_password("alice", "correct horse")).answer("v3/login", 200, &moved).stored(Ok(()));
    let session = driver.engine.session().expect("signed in");
    assert_eq!(session.homeserver.as_str(), "https://matrix.example.org/");
}

/// Edge case 188.
#[test]
fn a_password_does_not_go_to_a_server_that_it_is_not_for() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    let sent = driver.sent.len();
    driver.say(by_password("@alice:other.example", "correct horse"));
    assert_eq!(driver.sent.len(), sent, "nothing was sent");
    assert_eq!(driver.cause()["refusal"]["account_elsewhere"]["server"], "other.example");
    driver.say(by_password("@alice:EXAMPLE.org", "correct horse"));
    assert!(driver.is_open("v3/login"));
}

/// Edge case 189. Found C4, F1: whoever asks for the password is obeyed, because the server lists it.
#[test]
fn a_server_that_wants_the_browser_is_not_registered_with_here() {
    let aware = LOGIN_SSO
        .replace(r#""type":"m.login.sso","#, r#""type":"m.login.sso","oauth_aware_preferred":true,"#);
    let driver = Driver::at((401, OPEN), &aware);
    assert!(!driver.offers(Offer::CreateAccount));
    assert!(driver.offers(Offer::SignInWithSso) && driver.offers(Offer::SignInWithPassword));
}

/// Edge case 44.
#[test]
fn a_browser_that_was_closed_is_not_waited_for_for_ever() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
    driver.say(Intent::SignInWithSso { provider: None });
    let (_, path) = driver.listener().expect("it listens");
    driver.listening(49_152).wait();
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "browser" }));
    assert!(driver.is_idle() && driver.engine.save().is_none());
    let after = driver.engine.clone();
    driver.link(&format!("http://127.0.0.1:49152{path}?loginToken=late"));
    assert_eq!(driver.engine, after);
}
