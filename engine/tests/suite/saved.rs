//! What an earlier version wrote is read by this one, to the byte; what is damaged is told from what is too new.

use narthex::{Callback, Saved, SavedError, Screen, Session};

use crate::driver::Driver;

const SAVED: [(&str, &str); 18] = [
    ("register-form", include_str!("../golden/saved-v1-register-form.json")),
    ("register-question", include_str!("../golden/saved-v1-register-question.json")),
    ("register-confirmation", include_str!("../golden/saved-v1-register-confirmation.json")),
    ("register-browser", include_str!("../golden/saved-v1-register-browser.json")),
    ("sso", include_str!("../golden/saved-v1-sso.json")),
    ("awaiting-approval", include_str!("../golden/saved-v1-awaiting-approval.json")),
    ("fresh", include_str!("../golden/saved-v1-fresh.json")),
    ("stored", include_str!("../golden/saved-v1-stored.json")),
    ("oauth-browser", include_str!("../golden/saved-v1-oauth-browser.json")),
    ("oauth-code", include_str!("../golden/saved-v1-oauth-code.json")),
    ("oauth-device", include_str!("../golden/saved-v1-oauth-device.json")),
    ("oauth-granted", include_str!("../golden/saved-v1-oauth-granted.json")),
    ("oauth-stored", include_str!("../golden/saved-v1-oauth-stored.json")),
    ("renewed", include_str!("../golden/saved-v1-renewed.json")),
    ("unwanted", include_str!("../golden/saved-v1-unwanted.json")),
    ("oauth-in-doubt", include_str!("../golden/saved-v1-oauth-in-doubt.json")),
    ("stored-granted", include_str!("../golden/saved-v1-stored-granted.json")),
    ("renewed-replaces", include_str!("../golden/saved-v1-renewed-replaces.json")),
];
const SESSIONS: [(&str, &str); 3] = [
    ("stored", include_str!("../golden/session-v1.json")),
    ("oauth-stored", include_str!("../golden/session-v1-oauth.json")),
    ("stored-granted", include_str!("../golden/session-v1-granted.json")),
];
/// What was added since the first of these files were written: when a session was granted, and what it replaces.
const ADDED: [&str; 2] = [".granted_at", ".replaces"];

#[test]
fn what_version_1_wrote_is_read_and_written_again_the_same() {
    for (name, json) in SAVED {
        let saved = Saved::from_json(json.trim_end()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(saved.to_json().expose(), json.trim_end(), "{name}");
    }
    for (name, json) in SESSIONS {
        let session = Session::from_json(json.trim_end()).expect("it reads");
        assert_eq!(session.to_json().expose(), json.trim_end(), "{name}");
    }
}

#[test]
fn what_version_1_wrote_is_gone_on_with() {
    for (name, json) in SAVED {
        let driver = Driver::resumed(Saved::from_json(json.trim_end()).expect("it reads"));
        let resumed = match (name, driver.screen()) {
            ("stored" | "oauth-stored" | "stored-granted", Screen::SignedIn { user_id, .. }) => {
                user_id == "@alice:example.org"
            }
            ("renewed" | "renewed-replaces", Screen::Busy { server, .. }) => server == "example.org",
            ("awaiting-approval", Screen::AwaitingApproval { username, .. }) => username == "alice",
            (_, Screen::Paused { server, .. }) => server == "example.org",
            (_, other) => panic!("{name}: {other:?}"),
        };
        assert!(resumed && driver.is_idle(), "{name}: nothing is asked before the person agrees");
        let kept = driver.engine.save().map(|saved| saved.to_json());
        if !matches!(name, "stored" | "oauth-stored" | "stored-granted") {
            assert_eq!(kept.expect("it is still unfinished").expose(), json.trim_end(), "{name}");
        }
    }
}

/// What is dropped when too much is unfinished is nothing that only we know of.
#[test]
fn what_may_exist_at_a_server_through_it_alone_is_indispensable() {
    let indispensable: Vec<&str> = SAVED
        .iter()
        .filter(|(_, json)| !Saved::from_json(json.trim_end()).expect("it reads").is_dispensable())
        .map(|(name, _)| *name)
        .collect();
    let expected = [
        "register-confirmation",
        "register-browser",
        "fresh",
        "oauth-code",
        "oauth-granted",
        "renewed",
        "unwanted",
        "oauth-in-doubt",
        "renewed-replaces",
    ];
    assert_eq!(indispensable, expected);
}

/// `Found D7`.
#[test]
fn what_is_saved_knows_its_callback_as_the_engine_that_resumes_it_does() {
    let ours = "http://127.0.0.1:49152/oauth/930f310f2c69b064?state=a05850b18d1d8e70cf1a9fcf6825032e&code=c";
    for (name, json) in SAVED {
        for (callback, is_ours) in [
            (ours.to_owned(), name == "oauth-browser"),
            (ours.replace("code=c", "error=access_denied"), name == "oauth-browser"),
            (ours.replace("a05850b", "a05850c"), false),
            (ours.replace("49152", "49153"), false),
            ("nonsense".to_owned(), false),
            (String::new(), false),
        ] {
            let saved = Saved::from_json(json.trim_end()).expect("it reads");
            let callback = Callback::from(callback);
            assert_eq!(saved.accepts(&callback), is_ours, "{name}: {}", callback.address().expose());
            let engine = Driver::resumed(saved).engine;
            assert_eq!(engine.accepts(&callback), is_ours, "{name}: {}", callback.address().expose());
        }
    }
}

#[test]
fn a_later_version_is_told_from_damage() {
    for json in SAVED.iter().chain(&SESSIONS).map(|(_, json)| *json) {
        let later = json.replacen(r#""version":"1""#, r#""version":"2""#, 1);
        let elsewhere = r#"{"version":"17","something":{"else":[1,2]}}"#;
        for json in [later.as_str(), elsewhere] {
            assert_eq!(Saved::from_json(json).err(), Some(SavedError::TooNew));
            assert_eq!(Session::from_json(json).err(), Some(SavedError::TooNew));
        }
    }
}

#[test]
fn what_is_cut_off_anywhere_is_damaged() {
    for json in SAVED.iter().chain(&SESSIONS).map(|(_, json)| json.trim_end()) {
        for end in (0..json.len()).filter(|end| json.is_char_boundary(*end)) {
            assert_eq!(Saved::from_json(&json[..end]).err(), Some(SavedError::Damaged), "{end}");
            assert_eq!(Session::from_json(&json[..end]).err(), Some(SavedError::Damaged), "{end}");
        }
    }
    for json in
        ["null", "[]", "{}", r#"{"version":1}"#, r#"{"version":"1"}"#, r#"{"version":"1","flow":"fly"}"#]
    {
        assert_eq!(Saved::from_json(json).err(), Some(SavedError::Damaged), "{json}");
    }
}

/// The current engine writes these very fields: whoever adds one has to say what an old file means without it.
#[test]
fn the_engine_writes_what_the_files_hold() {
    for (name, json) in SAVED {
        let written = at(name).engine.save();
        let written = written.map_or_else(|| stored(&at(name)), |saved| saved.to_json().expose().clone());
        assert_eq!(with_added(&written, json), fields(json), "{name}");
    }
    for (name, json) in SESSIONS {
        assert_eq!(with_added(&session(name), json), fields(json), "{name}");
    }
}

/// The fields of what is written now, as far as a file of then could have them.
fn with_added(written: &str, file: &str) -> std::collections::BTreeSet<String> {
    let mut written = fields(written);
    let file = fields(file);
    written.retain(|field| file.contains(field) || !ADDED.contains(&field.as_str()));
    written
}

fn session(name: &str) -> String {
    at(name).engine.session().expect("signed in").to_json().expose().clone()
}

fn stored(driver: &Driver) -> String {
    let session = driver.engine.session().expect("signed in").clone();
    Saved::from(session).to_json().expose().clone()
}

/// The names of all fields, at any depth.
fn fields(json: &str) -> std::collections::BTreeSet<String> {
    fn collect(path: &str, value: &serde_json::Value, into: &mut std::collections::BTreeSet<String>) {
        if let Some(fields) = value.as_object() {
            for (key, value) in fields {
                into.insert(format!("{path}.{key}"));
                collect(&format!("{path}.{key}"), value, into);
            }
        }
        value.as_array().into_iter().flatten().for_each(|value| collect(path, value, into));
    }
    let mut into = std::collections::BTreeSet::new();
    collect("", &serde_json::from_str(json).expect("JSON"), &mut into);
    into
}

/// A driver whose engine is where the file of this name was written.
pub(crate) fn at(name: &str) -> Driver {
    use crate::answers::{
        APPROVAL, DISABLED, EMAIL, IN_USE, LOGIN_PASSWORD, LOGIN_SSO, OPEN, RECAPTCHA, REGISTERED, RENEWED,
        SID, TERMS, UNKNOWN_TOKEN, WELL_KNOWN, by_password,
    };
    use narthex::Intent;
    match name {
        "register-form" => {
            let mut driver = Driver::registering(OPEN);
            driver.answer("/register", 400, IN_USE);
            driver
        }
        "register-question" => Driver::registering(TERMS),
        "register-confirmation" => {
            let mut driver = Driver::registering(EMAIL);
            driver.say(Intent::UseEmail { address: "alice@mail.example".into() });
            driver.answer("email/requestToken", 200, SID);
            driver
        }
        "register-browser" => {
            let mut driver = Driver::registering(RECAPTCHA);
            driver.answer("/fallback/web", 200, "<!DOCTYPE html>");
            driver
        }
        "sso" => {
            let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
            driver.say(Intent::SignInWithSso { provider: Some("oidc-github".into()) }).listening(49_152);
            driver
        }
        "awaiting-approval" => {
            let mut driver = Driver::registering(OPEN);
            driver.answer("/register", 403, APPROVAL);
            driver
        }
        "fresh" => {
            let mut driver = Driver::registering(OPEN);
            driver.answer("/register", 200, REGISTERED);
            driver
        }
        "oauth-browser" => Driver::in_browser(),
        "oauth-code" => Driver::exchanging(),
        "oauth-device" => Driver::showing(crate::oauth::USER_CODE_COMPLETE),
        "oauth-granted" => Driver::identifying(),
        "oauth-in-doubt" => {
            let mut driver = Driver::identifying();
            driver.kill();
            driver.after(std::time::Duration::from_hours(9)).say(Intent::Continue);
            driver
        }
        "oauth-stored" => Driver::signed_in_by_oauth(),
        "renewed" | "renewed-replaces" => {
            let mut driver = Driver::signed_in();
            driver.say(Intent::Refresh).answer("/refresh", 200, RENEWED);
            driver
        }
        "stored-granted" => Driver::signed_in(),
        "unwanted" => {
            let mut driver = Driver::signed_in();
            driver.say(Intent::Refresh).answer("/refresh", 401, UNKNOWN_TOKEN).say(Intent::SignInAgain);
            driver
                .answer("/.well-known/matrix/client", 200, WELL_KNOWN)
                .told((403, DISABLED), LOGIN_PASSWORD);
            driver.say(by_password("alice", "x"));
            driver.answer("v3/login", 200, &REGISTERED.replace("@alice", "@mallory"));
            driver
        }
        _ => Driver::signed_in(),
    }
}

/// Writes a file that is not there yet. Those that are there are never written again.
#[test]
fn a_new_kind_of_file_is_written_once() {
    for (name, json) in SAVED.iter().filter(|(_, json)| json.trim().is_empty()) {
        assert_eq!(*json, "");
        let driver = at(name);
        let written =
            driver.engine.save().map_or_else(|| stored(&driver), |saved| saved.to_json().expose().clone());
        crate::golden::compare(&format!("golden/saved-v1-{name}.json"), &(written + "\n"));
    }
    for (name, _) in SESSIONS.iter().filter(|(_, json)| json.is_empty()) {
        let end = if *name == "stored" { "" } else { "-oauth" };
        crate::golden::compare(&format!("golden/session-v1{end}.json"), &(session(name) + "\n"));
    }
}
