//! A new account on each family of homeserver, with the answers that its source gives; what is written there is made up.
//!
//! The table of what was tried is `docs/src/servers.md`.

use narthex::{Intent, Offer, RegistrationSupport, Screen};
use serde_json::{Value, json};

use crate::answers::{LOGIN_PASSWORD, WRONG_PASSWORD, by_password, register};
use crate::driver::Driver;

const VALID: &str = r#"{"valid":true}"#;

fn granted(device_id: &Value) -> String {
    // Neither a refresh token, nor how long the access token lives.
    json!({ "user_id": "@alice:example.org", "access_token": "aBcD3fGh", "device_id": device_id }).to_string()
}

/// A server that was found, and said this to the probe.
fn found(status: u16, said: &str) -> Driver {
    Driver::at((status, said), LOGIN_PASSWORD)
}

fn support(driver: &Driver) -> RegistrationSupport {
    let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
    report.registration
}

/// The last `/register` is answered by an account, which is signed in, and then signed in to by its password.
fn is_made(mut driver: Driver) {
    let device_id = driver.body("/register")["device_id"].clone();
    driver.answer("/register", 200, &granted(&device_id)).stored(Ok(()));
    let session = driver.engine.session().unwrap_or_else(|| panic!("{}", driver.trace));
    assert_eq!((session.user_id.as_str(), &json!(session.device_id)), ("@alice:example.org", &device_id));
    assert_eq!((&session.refresh_token, session.expires_at), (&None, None));

    let mut driver = Driver::known((403, "{}"), LOGIN_PASSWORD);
    driver.say(by_password("alice", "wrong")).answer("v3/login", 403, WRONG_PASSWORD);
    assert_eq!(driver.cause()["refusal"], "wrong_credentials");
    driver.say(by_password("alice", "correct horse"));
    let device_id = driver.body("v3/login")["device_id"].clone();
    driver.answer("v3/login", 200, &granted(&device_id)).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
}

fn token_refused(driver: &Driver) {
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "token_invalid" }));
    assert!(matches!(driver.screen(), Screen::RegistrationToken { .. }), "{}", driver.trace);
}

/// `crates/server/src/routing/client/register.rs`, `crates/server/src/uiaa.rs`, `crates/server/src/error.rs`.
#[test]
fn palpo() {
    let mut driver = found(400, r#"{"errcode":"M_INVALID_USERNAME","error":"username is invalid"}"#);
    assert_eq!(support(&driver), RegistrationSupport::Open { flows: vec![] });
    driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
    let flows = r#""flows":[{"stages":["m.login.registration_token"]}],"params":null,"session":"q8ydKaT1""#;
    driver.answer("/register", 401, &format!("{{{flows}}}"));
    driver.say(Intent::UseToken { token: "wrong".into() }).answer("/validity", 200, VALID);
    let refused = r#""errcode":"M_FORBIDDEN","error":"Invalid registration token.""#;
    driver.answer("/register", 403, &format!("{{{flows},{refused}}}"));
    token_refused(&driver);
    driver.say(Intent::UseToken { token: "right".into() }).answer("/validity", 200, VALID);
    is_made(driver);

    let disabled = r#"{"errcode":"M_FORBIDDEN","error":"registration has been disabled"}"#;
    assert_eq!(support(&found(403, disabled)), RegistrationSupport::Closed);
}

/// `src/api/client/account/register.rs`, `src/service/uiaa/mod.rs`.
#[test]
fn continuwuity() {
    let mut driver = found(400, r#"{"errcode":"M_INVALID_PARAM","error":"Invalid session"}"#);
    let terms = json!({ "policies": {
        "version": "latest",
        "privacy": { "en": { "name": "Privacy", "url": "https://example.org/privacy" } },
    } });
    let challenge = |session: &str, completed: &[&str]| {
        let stages = ["m.login.terms", "m.login.registration_token"];
        let params = json!({ "m.login.terms": terms });
        json!({ "flows": [{ "stages": stages }], "completed": completed, "params": params, "session": session })
    };
    driver.answer("/register", 401, &challenge("one", &[]).to_string());
    assert!(matches!(support(&driver), RegistrationSupport::Open { flows } if flows[0].len() == 2));
    driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
    let Screen::Terms { policies, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!(
        (policies.len(), policies[0].version.as_str()),
        (1, ""),
        "a version beside the policies is none"
    );
    driver.say(Intent::AcceptTerms);
    driver.answer("/register", 401, &challenge("one", &["m.login.terms"]).to_string());
    driver.say(Intent::UseToken { token: "wrong".into() }).answer("/validity", 200, VALID);
    let mut refused = challenge("one", &["m.login.terms"]);
    refused["errcode"] = json!("M_FORBIDDEN");
    refused["error"] = json!("Invalid registration token");
    driver.answer("/register", 401, &refused.to_string());
    token_refused(&driver);
    // It was started again in the meantime, and keeps its sessions in memory.
    driver.say(Intent::UseToken { token: "right".into() }).answer("/validity", 200, VALID);
    driver.answer("/register", 400, r#"{"errcode":"M_INVALID_PARAM","error":"Invalid session"}"#);
    assert_eq!(driver.body("/register").get("auth"), None, "{}", driver.trace);
    driver.answer("/register", 401, &challenge("two", &[]).to_string()).say(Intent::AcceptTerms);
    driver.answer("/register", 401, &challenge("two", &["m.login.terms"]).to_string());
    driver.say(Intent::UseToken { token: "right".into() }).answer("/validity", 200, VALID);
    assert_eq!(driver.body("/register")["auth"]["session"], "two");
    is_made(driver);

    let disabled =
        r#"{"errcode":"M_FORBIDDEN","error":"This server is not accepting registrations at this time."}"#;
    assert_eq!(support(&found(403, disabled)), RegistrationSupport::Closed);
}

/// `src/api/client/register/register.rs`, `src/service/uiaa/mod.rs`.
#[test]
fn tuwunel() {
    let named = r#"{"errcode":"M_INVALID_USERNAME","error":"Username : is not valid: localpart contains invalid characters"}"#;
    let mut driver = found(400, named);
    assert_eq!(support(&driver), RegistrationSupport::Open { flows: vec![] });
    driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
    let challenge = |session: &str| {
        format!(r#"{{"flows":[{{"stages":["m.login.registration_token"]}}],"session":"{session}"}}"#)
    };
    driver.answer("/register", 401, &challenge("one"));
    driver.say(Intent::UseToken { token: "right".into() });
    driver.answer(
        "/validity",
        403,
        r#"{"errcode":"M_FORBIDDEN","error":"Server does not allow token registration"}"#,
    );
    driver.answer("/register", 403, r#"{"errcode":"M_FORBIDDEN","error":"UIAA session does not exist."}"#);
    driver.answer("/register", 401, &challenge("two"));
    let auth = driver.body("/register")["auth"].clone();
    assert_eq!((&auth["session"], &auth["token"]), (&json!("two"), &json!("right")), "nobody is asked twice");
    is_made(driver);

    let disabled = r#"{"errcode":"M_FORBIDDEN","error":"Registration has been disabled."}"#;
    assert_eq!(support(&found(403, disabled)), RegistrationSupport::Closed);
}

/// `clientapi/routing/register.go`.
#[test]
fn dendrite() {
    let named = r#"{"errcode":"M_INVALID_USERNAME","error":"username can only contain characters a-z, 0-9, or '_+-./='"}"#;
    let mut driver = found(400, named);
    driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
    let challenge = r#"{"flows":[{"stages":["m.login.dummy"]}],"completed":null,"params":{},"session":"Bd3TqhY1uMLBCzRNAP3H0ouF"}"#;
    driver.answer("/register", 401, challenge);
    is_made(driver);

    // It looks at the name before it looks whether it registers anybody.
    let mut driver = found(400, named);
    driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
    let disabled = r#"{"errcode":"M_FORBIDDEN","error":"Registration is disabled on \"example.org\""}"#;
    driver.answer("/register", 403, disabled);
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "registration_closed" }));
    assert!(!driver.offers(Offer::CreateAccount));
}

/// `modules/client/register.cc`, `matrix/user_register.cc`. It has no sessions, and says only at the end that it is closed.
#[test]
fn construct() {
    let flows =
        r#"{"flows":[{"stages":["m.login.dummy"]},{"stages":["m.login.dummy","m.login.email.identity"]}]}"#;
    let mut driver = found(401, flows);
    driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
    assert_eq!(driver.body("/register")["auth"], json!({ "type": "m.login.dummy" }));
    driver.answer(
        "/register",
        409,
        r#"{"errcode":"M_USER_IN_USE","error":"The desired user ID is already in use."}"#,
    );
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "username_taken" }));
    driver.say(register("alice", "correct horse"));
    is_made(driver);

    let mut driver = found(401, flows);
    driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
    let disabled =
        r#"{"errcode":"M_REGISTRATION_DISABLED","error":"Registration for this server is disabled."}"#;
    driver.answer("/register", 403, disabled);
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "registration_closed" }));
    assert!(!driver.offers(Offer::CreateAccount));
}
