//! Does anything that is shown or printed hold what is secret?

use narthex::{Engine, Intent, Saved};
use serde_json::{Value, json};

use crate::answers::LIMITED;
use crate::driver::Driver;
use crate::oauth::{INVALID_GRANT, PENDING, RENEWED_TOKENS, USER_CODE, changed, tokens};

const MARKER: &str = "MARKER";

/// Nothing that was shown or could be printed holds a marker, or what was drawn.
fn nothing_shows(driver: &Driver) {
    let view = driver.engine.view();
    let mut shown = serde_json::to_value(&view).expect("it serialises");
    if let Some(fields) = shown.as_object_mut() {
        // The page has to be shown, with the state in it.
        fields.remove("url");
    }
    let failures = crate::show::problem(&view.screen).map(|problem| format!("{problem:?}"));
    let printed = [
        shown.to_string(),
        format!("{:?}", driver.engine),
        format!("{:?}", driver.engine.save()),
        format!("{:?}", driver.engine.session()),
        format!("{:?} {:?}", driver.heard, driver.asked),
        failures.unwrap_or_default(),
    ];
    let json = driver.engine.save().map(|saved| saved.to_json().expose().clone()).unwrap_or_default();
    let saved: Value = serde_json::from_str(&json).unwrap_or_default();
    let drawn = ["state", "verifier"]
        .map(|name| saved["step"]["request"][name].as_str().unwrap_or(MARKER).to_owned());
    for text in printed {
        for secret in drawn.iter().chain([&MARKER.to_owned()]) {
            assert!(!text.contains(secret.as_str()), "{secret}: {text}");
        }
    }
}

fn marked(device_id: &str) -> String {
    tokens(device_id).replace("mat_", "MARKER-mat_").replace("mar_", "MARKER-mar_")
}

/// RFC 9700 §4.2, §4.10: what is worth something is neither shown nor printed.
#[test]
fn a_sign_in_in_the_browser_shows_none_of_its_secrets() {
    let mut driver = Driver::in_browser();
    nothing_shows(&driver);
    driver.kill();
    nothing_shows(&driver);
    driver.comes_back("code=MARKER-code");
    nothing_shows(&driver);
    driver.answer("/token", 429, LIMITED);
    nothing_shows(&driver);
    driver.wait().lose("/token");
    nothing_shows(&driver);
    let device = driver.device();
    driver.answer("/token", 200, &marked(&device));
    nothing_shows(&driver);
    driver.lose("/whoami");
    nothing_shows(&driver);
    driver.kill();
    nothing_shows(&driver);
    driver.say(Intent::Continue).is_alice();
    nothing_shows(&driver);
    driver.stored(Ok(()));
    nothing_shows(&driver);
    driver.say(Intent::Refresh);
    nothing_shows(&driver);
    driver.answer("/token", 200, &RENEWED_TOKENS.replace("ma", "MARKER-ma"));
    nothing_shows(&driver);
    driver.stored(Err(narthex::StorageProblem::Full));
    nothing_shows(&driver);
    driver.say(Intent::SignOut { everywhere: false });
    nothing_shows(&driver);
    driver.lose("/revoke");
    nothing_shows(&driver);
}

/// The same by a code on another device, and for what is signed out again.
#[test]
fn a_sign_in_by_a_code_shows_none_of_its_secrets() {
    let mut driver = Driver::showing(&changed(USER_CODE, |c| c["device_code"] = json!("MARKER-device-code")));
    nothing_shows(&driver);
    driver.wait();
    nothing_shows(&driver);
    driver.answer("/token", 403, PENDING).kill();
    nothing_shows(&driver);
    driver.say(Intent::Continue).wait();
    let device = driver.device();
    driver.answer("/token", 200, &marked(&device)).say(Intent::Cancel);
    nothing_shows(&driver);
    driver.lose("/revoke").lose("/revoke");
    nothing_shows(&driver);
    let mut driver = Driver::exchanging();
    driver.say(Intent::Cancel).answer("/token", 200, &marked("OTHERDEVICE"));
    nothing_shows(&driver);
}

/// What a server says in an error is told; what it was asked with is not.
#[test]
fn evidence_holds_no_secret() {
    let mut driver = Driver::in_browser();
    driver.comes_back("code=MARKER-code").answer("/token", 400, INVALID_GRANT);
    nothing_shows(&driver);
    let mut driver = Driver::in_browser();
    driver.comes_back("code=MARKER-1&code=MARKER-2");
    nothing_shows(&driver);
    let mut driver = Driver::in_browser();
    driver.comes_back("code=MARKER&iss=MARKER");
    nothing_shows(&driver);
}

/// What is written down holds the secrets, and says so by its type.
#[test]
fn what_is_saved_is_a_secret_as_a_whole() {
    let mut driver = Driver::in_browser();
    driver.comes_back("code=MARKER-code");
    let saved = driver.engine.save().expect("it is under way").to_json();
    assert!(saved.expose().contains("MARKER-code") && !format!("{saved:?}").contains(MARKER));
    let saved = Saved::from_json(saved.expose()).expect("it reads");
    let resumed = Engine::resume(saved, crate::driver::config(), crate::driver::seeds(1), driver.now);
    assert!(!format!("{resumed:?}{:?}", resumed.view()).contains(MARKER));
}
