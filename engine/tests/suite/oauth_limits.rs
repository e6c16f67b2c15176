//! How long anything of an authorization server may be, and how often it may ask for patience.

use std::time::Duration;

use narthex::{AccountAction, Intent, OAuthSupport, Screen};
use serde_json::{Value, json};

use crate::answers::{BAD_GATEWAY, LIMITED, LOGIN_PASSWORD, REFRESH_SPENT, WELL_KNOWN, by_password};
use crate::driver::{Driver, response};
use crate::oauth::{CLIENT, METADATA, USER_CODE, changed, field, metadata, tokens, whoami};

fn filled(start: &str, length: usize) -> String {
    format!("{start}{}", "x".repeat(length - start.len()))
}

fn invalid(field: &str) -> Value {
    json!({ "class": "misbehaved", "misbehaviour": { "invalid_field": field } })
}

fn is_usable(metadata: &str) -> bool {
    let Screen::Choose { report, .. } = Driver::oauth_with(metadata).screen() else { panic!("not found") };
    matches!(report.oauth, OAuthSupport::Offered { .. })
}

fn pause(driver: &Driver) -> u64 {
    driver.now.until(driver.engine.deadline().expect("a deadline")).as_secs()
}

#[test]
fn metadata_has_addresses_of_two_kilobytes_and_an_issuer_of_one() {
    let start = "https://account.example.org/";
    for (name, most) in [("issuer", 1024), ("token_endpoint", 2048), ("revocation_endpoint", 2048)] {
        assert!(is_usable(&metadata(|m| m[name] = json!(filled(start, most)))), "{name}");
        assert!(!is_usable(&metadata(|m| m[name] = json!(filled(start, most + 1)))), "{name}");
    }
    for address in ["https://account.example.org/x#y", "https://a@example.org/", "https://:a@example.org/"] {
        assert!(!is_usable(&metadata(|m| m["token_endpoint"] = json!(address))), "{address}");
    }
    assert!(is_usable(&metadata(|m| m["response_types_supported"] = Value::Null)), "it need not be said");
}

#[test]
fn a_client_id_is_of_two_kilobytes_at_most() {
    for (length, good) in [(2048, true), (2049, false)] {
        let mut driver = Driver::oauth();
        driver.say(Intent::SignInWithBrowser).listening(1);
        driver.answer("/registration", 201, &json!({ "client_id": "x".repeat(length) }).to_string());
        assert_eq!(matches!(driver.screen(), Screen::InBrowser { .. }), good, "{length}");
    }
}

/// `Found B10`, `Found B11`.
#[test]
fn a_token_is_of_sixteen_kilobytes_at_most_and_printable_ascii() {
    let most = "t".repeat(16 * 1024);
    let endless = format!("{most}t");
    for (token, good) in
        [(most.as_str(), true), (&endless, false), ("", false), ("a b~", true), ("a\tb", false), ("ä", false)]
    {
        let mut driver = Driver::exchanging();
        let answer = changed(&tokens(&driver.device()), |t| t["access_token"] = json!(token));
        driver.answer("/token", 200, &answer);
        assert_eq!(driver.is_open("/whoami"), good);
        let mut driver = Driver::exchanging();
        let answer = changed(&tokens(&driver.device()), |t| t["refresh_token"] = json!(token));
        driver.answer("/token", 200, &answer).is_alice().stored(Ok(()));
        let session = driver.engine.session().expect("signed in");
        assert_eq!(session.refresh_token.is_some(), good, "one that cannot be one is none");
    }
}

#[test]
fn a_token_lives_as_long_as_it_says_and_ten_years_at_most() {
    for (lifetime, seconds) in
        [(json!(300), 300.0), (json!("300.5"), 300.5), (json!(1e300), 3650.0 * 24.0 * 3600.0)]
    {
        let mut driver = Driver::exchanging();
        let asked = driver.now;
        let answer = changed(&tokens(&driver.device()), |t| t["expires_in"] = lifetime.clone());
        driver.answer("/token", 200, &answer).is_alice().stored(Ok(()));
        let expires_at = driver.engine.session().expect("signed in").expires_at;
        assert_eq!(expires_at, Some(asked + Duration::from_secs_f64(seconds)), "{lifetime}");
    }
}

#[test]
fn a_code_for_another_device_is_short_and_its_page_too() {
    let page = "https://account.example.org/";
    for (field, longest, too_long) in [
        ("user_code", "x".repeat(64), "x".repeat(65)),
        ("device_code", "x".repeat(16 * 1024), "x".repeat(16 * 1024 + 1)),
        ("verification_uri", filled(page, 2048), filled(page, 2049)),
    ] {
        let good = Driver::showing(&changed(USER_CODE, |c| c[field] = json!(longest)));
        assert!(matches!(good.screen(), Screen::UserCode { .. }), "{field}");
        let bad = Driver::showing(&changed(USER_CODE, |c| c[field] = json!(too_long)));
        assert_eq!(bad.cause(), invalid(field));
    }
    for address in ["https://a@account.example.org/", "https://:b@account.example.org/"] {
        let driver = Driver::showing(&changed(USER_CODE, |c| c["verification_uri"] = json!(address)));
        assert_eq!(driver.cause(), invalid("verification_uri"), "{address}");
    }
}

/// How often a server may ask for patience before the person is asked.
fn limited(driver: &mut Driver, path: &str) -> u32 {
    let mut times = 0;
    while matches!(driver.answer(path, 429, LIMITED).screen(), Screen::Limited { .. }) {
        times += 1;
        assert!(times < 50, "it goes on for ever");
        assert_eq!(pause(driver), 8);
        driver.wait();
        driver.trace.clear();
    }
    assert!(matches!(driver.screen(), Screen::Problem { .. }), "{}", driver.trace);
    times
}

#[test]
fn an_authorization_server_may_ask_for_patience_twenty_times() {
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithBrowser).listening(1);
    assert_eq!(limited(&mut driver, "/registration"), 20);
    driver.say(Intent::Retry).listening(1);
    assert_eq!(limited(&mut driver, "/registration"), 20, "the person has more patience");
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithDeviceCode).answer("/registration", 201, CLIENT);
    assert_eq!(limited(&mut driver, "/device"), 20);
    assert_eq!(limited(&mut Driver::exchanging(), "/token"), 20);
}

/// Listening is asked for anew each time, which does not make a server less impatient.
#[test]
fn patience_without_a_listener_ends_too() {
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithBrowser).deaf();
    let mut times = 0;
    while matches!(driver.answer("/registration", 429, LIMITED).screen(), Screen::Limited { .. }) {
        times += 1;
        assert!(times < 50, "it goes on for ever");
        driver.wait().deaf();
    }
    assert_eq!(times, 20);
}

#[test]
fn whose_tokens_they_are_is_asked_five_times_ever_more_rarely() {
    let mut driver = Driver::identifying();
    let mut pauses = Vec::new();
    for (status, body) in [(502, BAD_GATEWAY), (200, "{}"), (403, ""), (200, r#"{"user_id":"alice"}"#)] {
        driver.answer("/whoami", status, body);
        pauses.push(pause(&driver));
        driver.wait();
    }
    assert_eq!(pauses, [1, 2, 4, 8]);
    driver.answer("/whoami", 200, r#"{"user_id":"alice"}"#);
    assert_eq!(driver.cause(), invalid("user_id"));
    assert!(driver.engine.deadline().is_none() && driver.engine.save().is_some(), "the person is asked");
    driver.say(Intent::Retry).answer("/whoami", 429, LIMITED);
    assert_eq!(pause(&driver), 8, "the server knows better");
    driver.wait().is_alice().stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }));
}

#[test]
fn a_homeserver_that_does_not_name_the_device_is_believed() {
    let mut driver = Driver::identifying();
    driver.answer("/whoami", 200, r#"{"user_id":"@alice:example.org"}"#).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }));
    let mut driver = Driver::identifying();
    driver.answer("/whoami", 200, &whoami("@alice:example.org", "SOMEOTHERONE")).answer("/revoke", 200, "");
    assert_eq!(driver.cause(), invalid("device_id"));
}

/// An earlier session may have been given any name, and a space in it would ask for more.
#[test]
fn a_device_that_can_be_asked_for_has_ten_to_255_plain_characters() {
    for (device_id, good) in [
        ("D".repeat(10), true),
        ("D".repeat(255), true),
        ("D".repeat(9), false),
        ("DEVICE OF ALICE".to_owned(), false),
        ("DEVICE\"ALICE".to_owned(), false),
        ("DEVICE\\ALICE".to_owned(), false),
    ] {
        let mut driver = Driver::at((403, crate::answers::DISABLED), LOGIN_PASSWORD);
        let session = json!({ "user_id": "@alice:example.org", "device_id": device_id, "access_token": "t",
            "refresh_token": "r" });
        driver.say(by_password("alice", "x")).answer("v3/login", 200, &session.to_string()).stored(Ok(()));
        driver.say(Intent::Refresh).answer("v3/refresh", 403, REFRESH_SPENT).say(Intent::SignInAgain);
        driver.answer("/client", 200, WELL_KNOWN).told_oauth(METADATA).say(Intent::SignInWithBrowser);
        assert_eq!(driver.is_open("/registration"), good, "{device_id}");
    }
}

#[test]
fn a_device_is_told_only_where_the_page_is_about_one() {
    for (action, told) in [
        (AccountAction::Profile, false),
        (AccountAction::DevicesList, false),
        (AccountAction::CrossSigningReset, false),
        (AccountAction::DeviceView, true),
        (AccountAction::DeviceDelete, true),
    ] {
        let mut driver = Driver::signed_in_by_oauth();
        driver.say(Intent::ManageAccount { action: Some(action), device_id: Some("OTHER".into()) });
        let page = driver.browsed.last().expect("a page");
        assert!(page.contains("action=org.matrix."), "{page}");
        assert_eq!(page.ends_with("&device_id=OTHER"), told, "{page}");
    }
}

/// The listener is there before the page is, and has to be there as long.
#[test]
fn half_an_hour_is_counted_from_when_the_page_was_opened() {
    let until = |driver: &Driver| match driver.screen() {
        Screen::InBrowser { until, .. } => until,
        other => panic!("{other:?}"),
    };
    let half_an_hour = Duration::from_secs(30 * 60);
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithBrowser).listening(49_152);
    driver.respond("/registration", response(429, &[("retry-after", "60")], LIMITED));
    driver.wait().answer("/registration", 201, CLIENT);
    assert!(field(&driver.page(), "redirect_uri").starts_with("http://127.0.0.1:49152/"), "it still listens");
    let opened = until(&driver);
    assert_eq!(driver.now.until(opened), half_an_hour);
    driver.kill();
    driver.say(Intent::Continue).listening(49_152);
    assert_eq!(until(&driver), opened, "no sign-in becomes longer by a kill, or shorter");
    driver.after(Duration::from_secs(60)).comes_back("code=the-code");
    assert!(driver.is_open("/token"));
}

#[test]
fn an_end_whose_answer_is_lost_is_asked_for_twice_each_time() {
    let mut driver = Driver::identifying();
    driver.say(Intent::Cancel);
    for _ in 0..3 {
        driver.lose("/revoke").lose("/revoke");
        assert!(driver.is_idle(), "the person is asked");
        driver.say(Intent::Retry);
    }
    driver.answer("/revoke", 200, "");
    assert!(matches!(driver.screen(), Screen::Choose { .. }));
}
