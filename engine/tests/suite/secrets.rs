//! No secret shows: markers go in wherever a secret may, and are looked for wherever a person or a log looks.

use narthex::{Effect, Engine, Input, Intent, Saved};
use serde_json::Value;

use crate::answers::{
    DISABLED, EMAIL, EMAIL_PENDING, LOGIN_PASSWORD, LOGIN_SSO, OPEN, PHONE, RECAPTCHA, REGISTERED, RENEWED,
    SID_CODE, TOKEN, TOKEN_INVALID, WRONG_PASSWORD, by_password, register,
};
use crate::driver::Driver;

const MARKER: &str = "MARKER";

/// Nothing that was shown or could be printed holds a marker.
fn nothing_shows(driver: &Driver) {
    let view = driver.engine.view();
    for shown in [
        format!("{:?}", driver.engine),
        format!("{view:?}"),
        serde_json::to_string(&view).expect("it serialises"),
        format!("{:?}", driver.engine.save()),
        format!("{:?}", driver.engine.session()),
        format!("{:?}", driver.heard),
        format!("{:?}", driver.asked),
    ] {
        assert!(!shown.contains(MARKER), "{shown}");
    }
}

/// What is marked in an answer of the server: whatever lets somebody act for the person.
fn marked(body: &str) -> String {
    let mut value: Value = serde_json::from_str(body).expect("JSON");
    for field in ["session", "access_token", "refresh_token"] {
        if let Some(Value::String(text)) = value.get_mut(field) {
            *text = format!("{MARKER}-{text}");
        }
    }
    value.to_string()
}

#[test]
fn a_registration_shows_none_of_its_secrets() {
    let mut driver = Driver::at((401, &marked(TOKEN)), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(register("alice", "MARKER-password"));
    nothing_shows(&driver);
    driver.say(Intent::UseToken { token: "MARKER-invite".into() });
    nothing_shows(&driver);
    driver.answer("/validity", 200, r#"{"valid":true}"#);
    nothing_shows(&driver);
    driver.answer("/register", 401, &marked(TOKEN_INVALID));
    nothing_shows(&driver);
    driver.kill();
    nothing_shows(&driver);
    driver.say(Intent::Continue).answer("/register", 200, &marked(REGISTERED));
    nothing_shows(&driver);
    driver.stored(Ok(()));
    nothing_shows(&driver);
}

#[test]
fn a_confirmation_shows_none_of_its_secrets() {
    let mut driver = Driver::at((401, &marked(EMAIL)), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(register("alice", "MARKER-password"));
    driver.say(Intent::UseEmail { address: "a@b.example".into() });
    driver.answer("email/requestToken", 200, crate::answers::SID).wait();
    driver.answer("/register", 401, &marked(EMAIL_PENDING));
    nothing_shows(&driver);
    let mut driver = Driver::at((401, &marked(PHONE)), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(register("alice", "MARKER-password"));
    driver.say(Intent::UsePhone { country: "DE".into(), number: "0170 1234567".into() });
    driver.answer("msisdn/requestToken", 200, SID_CODE).say(Intent::EnterCode { code: "MARKER".into() });
    nothing_shows(&driver);
    driver.answer("/submit", 400, r#"{"errcode":"M_TOKEN_INCORRECT","error":"No"}"#);
    nothing_shows(&driver);
}

/// The address of a stage's page holds the session: the person needs it, a log does not.
#[test]
fn a_page_is_shown_and_not_printed() {
    let mut driver = Driver::at((401, &marked(RECAPTCHA)), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(register("alice", "x")).answer(
        "/fallback/web",
        200,
        "<!DOCTYPE html>",
    );
    assert!(driver.browsed[0].contains(MARKER), "{:?}", driver.browsed);
    let printed = format!("{:?} {:?} {:?}", driver.engine, driver.asked, driver.heard);
    assert!(!printed.contains(MARKER), "{printed}");
}

#[test]
fn a_sign_in_shows_none_of_its_secrets() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
    driver.say(by_password("alice", "MARKER-wrong"));
    nothing_shows(&driver);
    driver
        .answer("v3/login", 403, WRONG_PASSWORD)
        .say(Intent::SignInWithToken { token: "MARKER-token".into() });
    nothing_shows(&driver);
    driver.lose("v3/login").say(Intent::Cancel).say(Intent::SignInWithSso { provider: None });
    let (_, path) = driver.listener().expect("it listens");
    driver.listening(1);
    driver.link(&format!("http://127.0.0.1:1{path}?loginToken=MARKER-login"));
    nothing_shows(&driver);
    driver.answer("v3/login", 200, &marked(REGISTERED)).stored(Ok(()));
    nothing_shows(&driver);
    driver.say(Intent::Refresh).answer("v3/refresh", 200, &marked(RENEWED));
    nothing_shows(&driver);
    driver.stored(Ok(())).say(Intent::SignOut { everywhere: false }).lose("/logout");
    nothing_shows(&driver);
}

/// What is written down holds the secrets, and says so by its type; what is printed of it does not.
#[test]
fn what_is_saved_is_a_secret_as_a_whole() {
    let mut driver = Driver::at((401, OPEN), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(register("alice", "MARKER-password"));
    let saved = driver.engine.save().expect("it is under way").to_json();
    assert!(saved.expose().contains("MARKER-password") && !format!("{saved:?}").contains(MARKER));
    let resumed = Engine::resume(
        Saved::from_json(saved.expose()).expect("it reads"),
        crate::driver::config(),
        crate::driver::seeds(1),
        driver.now,
    );
    assert!(!format!("{resumed:?}{:?}", resumed.view()).contains(MARKER));
}

/// Evidence is a method, a host, a path and a status: never a query, which may hold a token.
#[test]
fn evidence_holds_no_query() {
    let mut driver = Driver::at((401, TOKEN), LOGIN_PASSWORD);
    driver
        .say(Intent::CreateAccount)
        .say(register("alice", "x"))
        .say(Intent::UseToken { token: "MARKER".into() });
    assert!(driver.request("/validity").url.query().is_some_and(|query| query.contains(MARKER)));
    driver.answer("/validity", 200, r#"{"valid":false}"#);
    nothing_shows(&driver);
    let printed =
        Effect::Http { id: narthex::EffectId(1), request: driver.sent.last().expect("sent").clone() };
    assert!(!format!("{printed:?}").contains(MARKER));
    assert!(!format!("{:?}", Input::Callback("http://127.0.0.1/?loginToken=MARKER".into())).contains(MARKER));
}
