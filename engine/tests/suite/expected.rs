//! Whoever says who they are is signed in as nobody else.

use narthex::{Intent, Offer, Saved, Screen};
use serde_json::{Value, json};

use crate::answers::{
    DISABLED, IN_USE, LOGIN_PASSWORD, LOGIN_SSO, OPEN, REGISTERED, WELL_KNOWN, by_password, use_server,
};
use crate::driver::Driver;
use crate::oauth::{CLIENT, METADATA, NOT_ACTIVE, USER_CODE, tokens, whoami};

const ALICE: &str = "@alice:example.org";

/// The choice at the server of a user id that was typed in its place.
fn typed(user_id: &str, login: &str) -> Driver {
    let mut driver = Driver::new();
    driver.say(use_server(user_id)).answer("/client", 200, WELL_KNOWN).told((403, DISABLED), login);
    driver
}

fn as_mallory() -> String {
    REGISTERED.replace("@alice", "@mallory")
}

/// The session was signed out again, nothing of it is stored, and it is said who it was.
fn is_refused(mut driver: Driver, end: &str) {
    driver.answer(end, 200, "{}");
    let wrong = json!({ "expected": ALICE, "found": "@mallory:example.org" });
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": { "wrong_account": wrong } }));
    assert!(driver.engine.session().is_none() && driver.stored.is_empty() && driver.is_idle());
    assert!(driver.engine.save().is_none(), "{}", driver.trace);
}

/// Found A6.
#[test]
fn a_user_id_that_is_typed_as_the_server_is_who_signs_in_by_single_sign_on() {
    let in_browser = || {
        let mut driver = typed(ALICE, LOGIN_SSO);
        driver.say(Intent::SignInWithSso { provider: None });
        let path = driver.listener().expect("it listens").1;
        driver.listening(49_152);
        (driver, format!("http://127.0.0.1:49152{path}?loginToken=t"))
    };
    let (mut driver, link) = in_browser();
    driver.link(&link).answer("v3/login", 200, &as_mallory());
    is_refused(driver, "/logout");
    let (mut driver, link) = in_browser();
    driver.link(&link).answer("v3/login", 200, REGISTERED).stored(Ok(()));
    assert_eq!(driver.engine.session().expect("signed in").user_id, ALICE);
    // The next process knows it as well.
    let (mut driver, link) = in_browser();
    driver.kill();
    driver.say(Intent::Continue).listening(49_152).link(&link).answer("v3/login", 200, &as_mallory());
    is_refused(driver, "/logout");
}

/// Found A6.
#[test]
fn a_user_id_is_who_signs_in_by_a_login_token_and_by_a_password() {
    let mut driver = typed(ALICE, LOGIN_SSO);
    driver.say(Intent::SignInWithToken { token: "t".into() }).answer("v3/login", 200, &as_mallory());
    is_refused(driver, "/logout");
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password(ALICE, "correct horse")).answer("v3/login", 200, &as_mallory());
    is_refused(driver, "/logout");
    for identifier in ["alice", "alice@example.com"] {
        let mut driver = typed(ALICE, LOGIN_PASSWORD);
        driver.say(by_password(identifier, "correct horse")).answer("v3/login", 200, &as_mallory());
        is_refused(driver, "/logout");
    }
}

/// What is said last counts, and capital letters make no other user.
#[test]
fn whoever_names_another_user_after_all_is_signed_in_as_that_user() {
    let mallory = as_mallory();
    for (server, identifier, answer) in [
        (ALICE, "mallory", &*mallory),
        (ALICE, "@mallory:example.org", &mallory),
        ("@Alice:Example.org", "Alice", REGISTERED),
        ("example.org", "@ALICE:example.org", REGISTERED),
    ] {
        let mut driver = typed(server, LOGIN_PASSWORD);
        driver.say(by_password(identifier, "correct horse")).answer("v3/login", 200, answer).stored(Ok(()));
        assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{identifier}: {}", driver.trace);
    }
}

/// Found A6: whoever makes an account says only its name.
#[test]
fn a_registration_that_is_answered_with_somebody_else_is_refused() {
    let is_refused = |mut driver: Driver| {
        driver.answer("/logout", 200, "{}");
        let wrong = json!({ "expected": "alice", "found": "@mallory:example.org" });
        assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": { "wrong_account": wrong } }));
        assert!(driver.engine.session().is_none() && driver.stored.is_empty() && driver.is_idle());
        assert!(driver.engine.save().is_none(), "{}", driver.trace);
    };
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 200, &as_mallory());
    is_refused(driver);
    // An account that may be ours, because an answer was lost.
    let mut driver = Driver::registering(OPEN);
    driver.lose("/register").say(Intent::Retry).answer("/register", 400, IN_USE);
    driver.answer("v3/login", 200, &as_mallory());
    is_refused(driver);
    for same in ["@alice:example.org", "@Alice:example.org", "@alice:elsewhere.example:8448"] {
        let mut driver = Driver::registering(OPEN);
        driver.answer("/register", 200, &REGISTERED.replace(ALICE, same)).stored(Ok(()));
        assert_eq!(driver.engine.session().expect("signed in").user_id, same);
    }
}

/// A session that is there is ended, whatever is wrong with the rest of the answer.
#[test]
fn a_session_in_an_answer_that_is_of_no_use_is_signed_out() {
    for (field, value) in [
        ("user_id", json!("alice")),
        ("user_id", Value::Null),
        ("device_id", json!(7)),
        ("device_id", json!("a\u{1b}b")),
    ] {
        let mut answer: Value = serde_json::from_str(REGISTERED).expect("JSON");
        answer[field] = value;
        let mut registering = Driver::registering(OPEN);
        registering.answer("/register", 200, &answer.to_string());
        let mut signing_in = Driver::at((403, DISABLED), LOGIN_PASSWORD);
        signing_in.say(by_password("alice", "correct horse"));
        signing_in.answer("v3/login", 200, &answer.to_string());
        for mut driver in [registering, signing_in] {
            driver.answer("/logout", 200, "{}");
            assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], field, "{answer}");
            assert!(driver.stored.is_empty() && driver.is_idle(), "{}", driver.trace);
        }
    }
}

/// Found D16: an id is shown, stored and traced as it is.
#[test]
fn an_id_that_tells_the_password_is_of_no_use() {
    for (field, told) in [
        ("device_id", "Correct Horse".to_owned()),
        ("device_id", "xCORRECT HORSEx".to_owned()),
        ("device_id", "correct\u{200b} horse".to_owned()),
        ("user_id", "@correct horse:example.org".to_owned()),
        ("user_id", "@alice:CORRECT HORSE.example".to_owned()),
    ] {
        let mut answer: Value = serde_json::from_str(REGISTERED).expect("JSON");
        answer[field] = told.clone().into();
        let mut registering = Driver::registering(OPEN);
        registering.answer("/register", 200, &answer.to_string());
        let mut signing_in = Driver::at((403, DISABLED), LOGIN_PASSWORD);
        signing_in.say(by_password("alice", "correct horse"));
        signing_in.answer("v3/login", 200, &answer.to_string());
        for mut driver in [registering, signing_in] {
            let saved = driver.engine.save().map(|saved| saved.to_json().expose().to_lowercase());
            assert!(!saved.is_some_and(|saved| saved.contains("horse")), "{told}");
            driver.answer("/logout", 200, "{}");
            assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], field, "{answer}");
            assert!(driver.stored.is_empty() && driver.is_idle(), "{}", driver.trace);
            let view = serde_json::to_string(&driver.engine.view()).expect("it serialises");
            assert!(!view.to_lowercase().contains("horse"), "{view}");
        }
    }
    // Whoever has such a password is still signed in.
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password("alice", "Alice")).answer("v3/login", 200, REGISTERED).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }));
}

fn typed_for_oauth() -> Driver {
    let mut driver = Driver::new();
    driver.say(use_server(ALICE)).answer("/client", 200, WELL_KNOWN).told_oauth(METADATA);
    driver
}

/// Found A6.
#[test]
fn a_user_id_is_who_consents_in_the_browser() {
    for killed in [false, true] {
        let mut driver = typed_for_oauth();
        driver.opens_browser(Intent::SignInWithBrowser);
        let callback = driver.callback("code=c");
        if killed {
            driver.kill();
        }
        driver.link(&callback);
        let device = driver.device();
        driver.answer("/token", 200, &tokens(&device));
        driver.answer("/whoami", 200, &whoami("@mallory:example.org", &device));
        is_refused(driver, "/revoke");
    }
}

/// Found A6.
#[test]
fn a_user_id_is_who_enters_the_code_elsewhere() {
    for killed in [false, true] {
        let mut driver = typed_for_oauth();
        driver.say(Intent::SignInWithDeviceCode).answer("/registration", 201, CLIENT);
        driver.answer("/device", 200, USER_CODE);
        let device = driver.device();
        if killed {
            driver.kill();
            driver.say(Intent::Continue);
        }
        driver.wait().answer("/token", 200, &tokens(&device));
        driver.answer("/whoami", 200, &whoami("@mallory:example.org", &device));
        is_refused(driver, "/revoke");
    }
}

/// A server knows its users by other names as well: by their addresses, or as a directory calls them.
#[test]
fn whoever_types_no_user_id_is_who_the_server_says() {
    for identifier in ["alice", "alice@example.com", "ALICE", "Alice Example"] {
        let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
        let answer = REGISTERED.replace("@alice", "@alice.example");
        driver.say(by_password(identifier, "correct horse")).answer("v3/login", 200, &answer).stored(Ok(()));
        let Screen::SignedIn { user_id, .. } = driver.screen() else { panic!("{}", driver.trace) };
        assert_eq!(user_id, "@alice.example:example.org");
    }
}

/// A new account may get another name than was thought of.
#[test]
fn whoever_makes_an_account_in_the_browser_may_choose_another_name() {
    let mut driver = typed_for_oauth();
    driver.opens_browser(Intent::CreateAccount).comes_back("code=c");
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device));
    driver.answer("/whoami", 200, &whoami("@alice2:example.org", &device)).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
    driver.say(Intent::CheckSession).answer("/whoami", 401, NOT_ACTIVE);
}

/// What was saved before somebody was expected is read still, and so is what was saved since.
#[test]
fn who_is_expected_is_written_down() {
    let mut driver = typed(ALICE, LOGIN_SSO);
    driver.say(Intent::SignInWithSso { provider: None }).listening(49_152);
    let json = driver.engine.save().expect("the user is in the browser").to_json();
    let mut saved: Value = serde_json::from_str(json.expose()).expect("JSON");
    assert_eq!(saved["user_id"], ALICE);
    saved.as_object_mut().expect("an object").remove("user_id");
    assert!(Saved::from_json(&saved.to_string()).is_ok());
}

/// Found A7: an address says nothing about the names of the users behind it.
#[test]
fn whoever_types_an_address_is_signed_in_there() {
    let mut driver = Driver::new();
    driver.say(use_server("https://matrix.example.org")).answer("/client", 404, "");
    driver.told((403, DISABLED), LOGIN_PASSWORD).say(by_password(ALICE, "correct horse"));
    assert_eq!(driver.body("v3/login")["identifier"]["user"], ALICE);
    driver.answer("v3/login", 200, REGISTERED).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password("@alice:hs.test", "correct horse"));
    assert_eq!(driver.cause()["refusal"]["account_elsewhere"]["server"], "hs.test", "a name does");
    assert!(driver.offers(Offer::SignInWithPassword) && driver.is_idle());
}
