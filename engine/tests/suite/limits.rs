//! How long anything from outside may be: at its limit it is taken, one more is refused.

use std::time::Duration;

use narthex::{Availability, Intent, Offer, RegistrationSupport, Screen};
use serde_json::{Value, json};

use crate::answers::{
    DISABLED, IN_USE, LOGIN_PASSWORD, LOGIN_SSO, OPEN, SERVER, UNRECOGNIZED, WELL_KNOWN, by_password,
    register, use_server,
};
use crate::driver::{Driver, response};

/// `start`, made as long as this.
fn filled(start: &str, length: usize) -> String {
    format!("{start}{}", "x".repeat(length - start.len()))
}

fn invalid(field: &str) -> Value {
    json!({ "class": "misbehaved", "misbehaviour": { "invalid_field": field } })
}

/// Answered by a server to a password, with this changed.
fn granted(change: impl FnOnce(&mut Value)) -> Driver {
    let mut body = json!({ "user_id": "@alice:example.org", "device_id": "D", "access_token": "t" });
    change(&mut body);
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password("alice", "correct horse")).answer("v3/login", 200, &body.to_string());
    driver
}

fn is_granted(driver: &Driver) -> bool {
    driver.engine.save().is_some()
}

#[test]
fn an_address_is_of_two_kilobytes_at_most() {
    let mut driver = Driver::new();
    driver.say(use_server(&filled("https://example.org/", 2048)));
    assert!(driver.is_open("/versions"));
    let mut driver = Driver::new();
    driver.say(use_server(&filled("https://example.org/", 2049)));
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "server_not_understood" }));
    let delegated = |length| {
        let body = json!({ "m.homeserver": { "base_url": filled("https://example.org/", length) } });
        let mut driver = Driver::new();
        driver.say(use_server(SERVER)).answer("/client", 200, &body.to_string());
        driver
    };
    assert!(delegated(2048).is_open("/versions"));
    let broken = json!({ "class": "misbehaved", "misbehaviour": "delegation_broken" });
    assert_eq!(delegated(2049).cause(), broken);
}

#[test]
fn a_body_is_of_half_a_megabyte_at_most() {
    let most = 512 * 1024;
    let long = |body: &str, length: usize| format!("{body}{}", " ".repeat(length - body.len()));
    let mut driver = Driver::registering(OPEN);
    assert_eq!(driver.request("/register").limit, most, "the driver need not read more");
    driver.answer("/register", 400, &long(IN_USE, most));
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "username_taken" }));
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 400, &long(IN_USE, most + 1));
    assert_eq!(driver.cause(), json!({ "class": "misbehaved", "misbehaviour": "body_too_large" }));
}

#[test]
fn a_redirect_is_followed_five_times() {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER));
    for hop in 0..5 {
        let to = format!("https://example.org/{hop}/client");
        driver.respond("/client", response(302, &[("location", &to)], ""));
        assert_eq!(driver.request("/client").url.as_str(), to);
    }
    driver.answer("/client", 200, WELL_KNOWN);
    assert!(driver.is_open("/versions"));
    let mut driver = Driver::new();
    driver.say(use_server(SERVER));
    for _ in 0..6 {
        driver.respond("/client", response(302, &[("location", "/client")], ""));
    }
    assert!(driver.is_idle());
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "homeserver_unclear" }));
}

#[test]
fn a_callback_is_of_thirty_two_kilobytes_at_most() {
    let called = |rest: &str| {
        let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
        driver.say(Intent::SignInWithSso { provider: None });
        let (_, path) = driver.listener().expect("it listens");
        driver.listening(49_152);
        let link = format!("http://127.0.0.1:49152{path}?loginToken={rest}");
        (driver, link)
    };
    let (mut driver, link) = called(&"t".repeat(16 * 1024));
    driver.link(&link);
    assert_eq!(driver.body("v3/login")["token"].as_str().map(str::len), Some(16 * 1024));
    let (mut driver, link) = called(&"t".repeat(16 * 1024 + 1));
    driver.link(&link);
    assert!(!driver.is_open("v3/login"), "no token is that long");
    let (mut driver, link) = called("t&pad=");
    driver.link(&filled(&link, 32 * 1024 + 1));
    assert!(!driver.is_open("v3/login"), "nobody reads that");
    driver.link(&filled(&link, 32 * 1024));
    assert!(driver.is_open("v3/login"));
}

#[test]
fn a_token_is_of_sixteen_kilobytes_at_most_and_plain() {
    let most = "t".repeat(16 * 1024);
    assert!(is_granted(&granted(|body| body["access_token"] = json!(most))));
    for token in [String::new(), format!("{most}t"), "a\nb".to_owned()] {
        let driver = granted(|body| body["access_token"] = json!(token));
        assert_eq!(driver.cause(), invalid("access_token"));
        assert!(!is_granted(&driver));
    }
}

#[test]
fn a_refresh_token_that_cannot_be_one_is_none() {
    let most = "t".repeat(16 * 1024);
    for (token, taken) in [(most.clone(), true), (format!("{most}t"), false), ("a\tb".to_owned(), false)] {
        let mut driver = granted(|body| body["refresh_token"] = json!(token));
        driver.stored(Ok(()));
        assert_eq!(driver.offers(Offer::Refresh), taken);
    }
}

#[test]
fn a_device_id_is_of_255_bytes_at_most_and_plain() {
    assert!(is_granted(&granted(|body| body["device_id"] = json!("D".repeat(255)))));
    for device_id in ["D".repeat(256), "a\u{1b}b".to_owned()] {
        let mut driver = granted(|body| body["device_id"] = json!(device_id));
        assert_eq!(driver.answer("/logout", 200, "{}").cause(), invalid("device_id"));
    }
}

#[test]
fn a_user_id_is_of_255_bytes_at_most_and_plain() {
    let long = |length: usize| format!("@{}:example.org", "a".repeat(length - "@:example.org".len()));
    assert!(is_granted(&granted(|body| body["user_id"] = json!(long(255)))));
    for user_id in [&long(256), "@al\u{1}ice:example.org", "@:example.org", "alice"] {
        let mut driver = granted(|body| body["user_id"] = json!(user_id));
        assert_eq!(driver.answer("/logout", 200, "{}").cause(), invalid("user_id"), "{user_id}");
    }
}

#[test]
fn a_token_lives_ten_years_at_most() {
    const DAY: u64 = 24 * 3600;
    for (lifetime, seconds) in [(json!(300_000), 300), (json!(1e300), 3650 * DAY)] {
        let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
        let body = json!({ "user_id": "@alice:example.org", "device_id": "D", "access_token": "t",
            "expires_in_ms": lifetime });
        driver.say(by_password("alice", "correct horse"));
        let asked = driver.now;
        driver.answer("v3/login", 200, &body.to_string()).stored(Ok(()));
        let expires_at = driver.engine.session().expect("signed in").expires_at;
        assert_eq!(expires_at, Some(asked + Duration::from_secs(seconds)), "from when it was asked for");
    }
}

#[test]
fn what_a_server_lists_is_cut() {
    let listed = |login: &Value| {
        let driver = Driver::at((403, DISABLED), &login.to_string());
        let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
        report.login
    };
    let flows: Vec<_> = (0..17).map(|n| json!({ "type": format!("org.example.{n}") })).collect();
    let other = listed(&json!({ "flows": flows })).other;
    assert_eq!((other.len(), other[15].as_str()), (16, "org.example.15"));
    let provider = |id: &str| json!({ "id": id });
    let providers: Vec<_> = (0..33).map(|n| provider(&n.to_string())).collect();
    let sso = json!({ "flows": [{ "type": "m.login.sso", "identity_providers": providers }] });
    assert_eq!(listed(&sso).sso.map(|sso| sso.providers.len()), Some(32));
    let (long, longer) = ("x".repeat(255), "x".repeat(256));
    let providers = ["", &longer, "a/b", "a b", "ä", &long, "A-z_0.9~"].map(provider);
    let sso = json!({ "flows": [{ "type": "m.login.sso", "identity_providers": providers }] });
    let ids: Vec<_> = listed(&sso).sso.expect("listed").providers.into_iter().map(|p| p.id).collect();
    assert_eq!(ids, [&long, "A-z_0.9~"], "what is no opaque identifier could lead anywhere");
}

#[test]
fn a_session_of_a_registration_is_of_512_bytes_at_most() {
    let challenged = |length: usize| {
        let session = "s".repeat(length);
        let body = json!({ "session": session, "flows": [{ "stages": ["m.login.dummy"] }] });
        let driver = Driver::at((401, &body.to_string()), LOGIN_PASSWORD);
        let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
        report.registration
    };
    assert!(matches!(challenged(512), RegistrationSupport::Open { .. }));
    assert!(matches!(challenged(513), RegistrationSupport::Unclear { .. }));
}

#[test]
fn of_what_is_done_256_stages_are_read() {
    let done = |before: usize| {
        let mut completed: Vec<_> = (0..before).map(|n| format!("org.example.{n}")).collect();
        completed.push("m.login.terms".to_owned());
        let flows = json!([{ "stages": ["m.login.terms", "m.login.registration_token"] }]);
        let mut driver = Driver::registering(&json!({ "session": "s", "flows": flows }).to_string());
        assert!(matches!(driver.screen(), Screen::Terms { .. }), "{}", driver.trace);
        let body = json!({ "session": "s", "flows": flows, "completed": completed });
        driver.say(Intent::AcceptTerms).answer("/register", 401, &body.to_string());
        driver
    };
    assert!(matches!(done(255).screen(), Screen::RegistrationToken { .. }));
    assert_eq!(done(256).cause(), json!({ "class": "misbehaved", "misbehaviour": "no_progress" }));
}

#[test]
fn sixteen_policies_are_shown_and_no_more() {
    let with = |count: usize| {
        let text = json!({ "version": "1", "en": { "name": "Rules", "url": "https://example.org/rules" } });
        let policies: serde_json::Map<_, _> = (0..count).map(|n| (n.to_string(), text.clone())).collect();
        let params = json!({ "m.login.terms": { "policies": policies } });
        json!({ "session": "s", "flows": [{ "stages": ["m.login.terms"] }], "params": params }).to_string()
    };
    let Screen::Terms { policies, .. } = Driver::registering(&with(16)).screen() else { panic!("no terms") };
    assert_eq!(policies.len(), 16);
    let driver = Driver::registering(&with(17));
    assert!(driver.is_open("/m.login.terms/fallback/web"), "nobody accepts unseen: {}", driver.trace);
}

#[test]
fn a_username_is_of_252_characters_at_most() {
    let too_long = json!({ "username_invalid": "too_long" });
    let mut driver = Driver::at((401, OPEN), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(Intent::CheckUsername { username: "a".repeat(253) });
    let Screen::RegisterForm { availability, .. } = driver.screen() else { panic!("{}", driver.trace) };
    let Availability::Refused { failure, suggestion: None } = availability else {
        panic!("{availability:?}")
    };
    assert_eq!(serde_json::to_value(failure.cause).expect("it serialises")["refusal"], too_long);
    driver.say(register(&"a".repeat(253), "correct horse"));
    assert_eq!(driver.cause()["refusal"], too_long);
    assert!(driver.is_idle());
    driver.say(register(&"a".repeat(252), "correct horse"));
    assert!(driver.is_open("/register"));
}

#[test]
fn a_password_is_of_512_characters_at_most() {
    let mut driver = Driver::at((401, OPEN), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(register("alice", &"ü".repeat(513)));
    assert_eq!(driver.cause()["refusal"], json!({ "password_weak": "too_long" }));
    let Screen::RegisterForm { password_given: true, .. } = driver.screen() else {
        panic!("{}", driver.trace)
    };
    driver.say(register("alice", &"ü".repeat(512)));
    assert!(driver.is_open("/register"), "characters are counted, not bytes");
}

/// More than any server has stages, times what a person may get wrong.
#[test]
fn two_hundred_rounds_are_enough() {
    let flows = json!([{ "stages": ["m.login.terms", "m.login.registration_token"] }]);
    let left = |done: &str| json!({ "session": "s", "flows": flows, "completed": [done] }).to_string();
    let mut driver = Driver::registering(&json!({ "session": "s", "flows": flows }).to_string());
    let mut rounds = 1;
    while rounds < 300 {
        if driver.offers(Offer::AcceptTerms) {
            driver.say(Intent::AcceptTerms).answer("/register", 401, &left("m.login.terms"));
        } else if driver.offers(Offer::UseToken) {
            driver.say(Intent::UseToken { token: "invite".into() }).answer("/validity", 404, UNRECOGNIZED);
            driver.answer("/register", 401, &left("m.login.registration_token"));
        } else {
            break;
        }
        rounds += 1;
        driver.trace.clear();
    }
    assert_eq!(rounds, 201, "the question after the two hundredth is not asked");
    assert_eq!(driver.cause(), json!({ "class": "misbehaved", "misbehaviour": "no_progress" }));
}

#[test]
fn versions_are_cut() {
    let versions: Vec<_> = (0..65).map(|n| format!("v1.{n}")).collect();
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/client", 200, WELL_KNOWN);
    driver.answer("/versions", 200, &json!({ "versions": versions }).to_string());
    driver.answer("v3/login", 200, LOGIN_PASSWORD).answer("v1/auth_metadata", 404, UNRECOGNIZED);
    driver.answer("msc2965/auth_metadata", 404, UNRECOGNIZED).answer("/register", 403, DISABLED);
    let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!(report.versions.len(), 64);
}
