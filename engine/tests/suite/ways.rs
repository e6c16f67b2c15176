//! From a server that was found to a way in, and back again.

use narthex::{Config, Input, Intent, Offer, RegistrationSupport, Screen};
use serde_json::{Value, json};

use crate::answers::{
    BAD_GATEWAY, DISABLED, EXPIRED, LIMITED, LOGIN_PASSWORD, LOGIN_SSO, OPEN, REFRESH_SPENT, REGISTERED,
    SERVER, UNKNOWN_SESSION, UNRECOGNIZED, VERSIONS, WELL_KNOWN, by_password, register, use_server,
};
use crate::driver::{Driver, config};
use crate::oauth::{METADATA, metadata};

const NO_LOGIN: &str = r#"{"flows":[]}"#;

/// A server that said it all but one or two things.
fn asked(login: (u16, &str), metadata: (u16, &str), registration: (u16, &str)) -> Driver {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/client", 200, WELL_KNOWN).answer("/versions", 200, VERSIONS);
    driver.answer("v3/login", login.0, login.1).answer("v1/auth_metadata", metadata.0, metadata.1);
    driver.answer("msc2965/auth_metadata", 404, UNRECOGNIZED);
    driver.answer("/register", registration.0, registration.1);
    driver
}

fn registration(driver: &Driver) -> RegistrationSupport {
    let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
    report.registration
}

/// A session whose token has ended, to be signed in to again.
fn again() -> Driver {
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession).answer("/whoami", 401, EXPIRED).answer("v3/refresh", 403, REFRESH_SPENT);
    driver.say(Intent::SignInAgain);
    driver
}

#[test]
fn whoever_goes_back_from_a_server_can_name_another() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(Intent::Cancel);
    let Screen::Welcome { server, problem: None } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!(server, SERVER, "what was typed is kept");
    let mut driver = again();
    driver.answer("/client", 200, WELL_KNOWN).told((403, DISABLED), LOGIN_PASSWORD).say(Intent::Cancel);
    assert!(matches!(driver.screen(), Screen::SessionEnded { .. }), "one step back is the session");
}

#[test]
fn a_server_that_is_not_found_again_says_why_and_the_session_stays() {
    let mut driver = again();
    driver.answer("/client", 502, BAD_GATEWAY);
    let Screen::SessionEnded { user_id, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!(user_id, "@alice:example.org");
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "homeserver_unclear" }));
    assert!(driver.offers(Offer::SignInAgain));
}

#[test]
fn whoever_signs_in_again_has_to_be_the_same() {
    let device = json!({ "class": "misbehaved", "misbehaviour": { "invalid_field": "device_id" } });
    let them = json!({ "expected": "@alice:example.org", "found": "@mallory:example.org" });
    let them = json!({ "class": "refused", "refusal": { "wrong_account": them } });
    for (ours, theirs, cause) in [("@alice", "@mallory", them), ("GSMJVDUDMS", "ANOTHER", device)] {
        let mut driver = again();
        driver.answer("/client", 200, WELL_KNOWN).told((403, DISABLED), LOGIN_PASSWORD);
        driver.say(by_password("@alice:example.org", "correct horse"));
        driver.answer("v3/login", 200, &REGISTERED.replace(ours, theirs));
        assert!(driver.is_open("/logout"), "{theirs}: nobody wanted that session");
        driver.answer("/logout", 200, "{}");
        assert_eq!(driver.cause(), cause);
        assert!(driver.offers(Offer::SignInWithPassword));
    }
}

#[test]
fn what_a_registration_learns_is_offered_no_more() {
    let unclear = || {
        let mut driver = asked((200, LOGIN_PASSWORD), (404, ""), (400, r#"{"errcode":"M_MISSING_PARAM"}"#));
        assert_eq!(registration(&driver), RegistrationSupport::Unclear { retry_at: None });
        driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
        driver
    };
    for (status, body, learnt) in [
        (403, DISABLED, RegistrationSupport::Closed),
        (404, UNRECOGNIZED, RegistrationSupport::Absent),
        (200, "{}", RegistrationSupport::Unclear { retry_at: None }),
    ] {
        let mut driver = unclear();
        driver.answer("/register", status, body);
        assert_eq!(registration(&driver), learnt, "{status}");
        let is_unclear = matches!(learnt, RegistrationSupport::Unclear { .. });
        assert_eq!(driver.offers(Offer::CreateAccount), is_unclear, "{status}");
    }
}

#[test]
fn a_provider_that_is_not_listed_is_not_asked_for() {
    let provider = |id: &str| {
        let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
        driver.say(Intent::SignInWithSso { provider: Some(id.to_owned()) }).listening(1);
        driver.browsed[0].split('?').next().expect("a page").to_owned()
    };
    let page = "https://matrix.example.org/_matrix/client/v3/login/sso/redirect";
    assert_eq!(provider("oidc-uni"), format!("{page}/oidc-uni"));
    assert_eq!(provider("../../evil"), page);
    assert_eq!(provider("oidc"), page);
}

#[test]
fn trying_again_is_offered_where_it_may_help() {
    let welcome = |input: &str| {
        let mut driver = Driver::new();
        driver.say(use_server(input));
        driver
    };
    assert!(!welcome("a b").offers(Offer::Retry));
    let mut driver = welcome(SERVER);
    driver.lose("/client");
    assert!(driver.offers(Offer::Retry));
    driver.say(Intent::Retry).answer("/client", 200, r#"{"m.homeserver":{"base_url":"no"}}"#);
    assert!(driver.offers(Offer::Retry), "somebody may mend it");
    driver.say(Intent::Retry).answer("/client", 200, &" ".repeat(600 * 1024));
    assert_eq!(driver.cause(), json!({ "class": "misbehaved", "misbehaviour": "body_too_large" }));
    assert!(!driver.offers(Offer::Retry));
}

#[test]
fn an_account_is_made_in_the_browser_unless_the_server_says_that_it_cannot() {
    for (prompts, offered) in [
        (json!(["create"]), true),
        (json!(["login", "create"]), true),
        (Value::Null, true),
        (json!(["login"]), false),
        (json!([]), false),
    ] {
        let says = metadata(|m| m["prompt_values_supported"] = prompts.clone());
        assert_eq!(Driver::oauth_with(&says).offers(Offer::CreateAccount), offered, "{prompts}");
    }
}

#[test]
fn a_server_without_a_way_in_says_so() {
    let driver = asked((200, NO_LOGIN), (404, ""), (403, DISABLED));
    assert_eq!(driver.cause(), json!({ "class": "unsupported", "missing": { "sign_in": {} } }));
    let ways = [
        asked((200, NO_LOGIN), (404, ""), (401, OPEN)),
        asked((200, LOGIN_PASSWORD), (404, ""), (403, DISABLED)),
        asked((200, r#"{"flows":[{"type":"m.login.sso"}]}"#), (404, ""), (403, DISABLED)),
        asked((200, r#"{"flows":[{"type":"m.login.token"}]}"#), (404, ""), (403, DISABLED)),
        asked((200, NO_LOGIN), (200, METADATA), (403, DISABLED)),
    ];
    for driver in ways {
        assert!(matches!(driver.screen(), Screen::Choose { problem: None, .. }), "{}", driver.trace);
    }
}

#[test]
fn an_outage_hides_what_it_hides_and_no_more() {
    let outage = (502, BAD_GATEWAY);
    let driver = asked(outage, (404, ""), outage);
    assert!(matches!(driver.screen(), Screen::Welcome { .. }), "nothing at all is known");
    assert_eq!(driver.cause(), json!({ "class": "unavailable", "outage": { "server_error": 502 } }));
    let seen = [
        (asked((200, LOGIN_PASSWORD), (404, ""), outage), Offer::SignInWithPassword),
        (asked((200, r#"{"flows":[{"type":"m.login.sso"}]}"#), (404, ""), outage), Offer::SignInWithSso),
        (asked((200, r#"{"flows":[{"type":"m.login.token"}]}"#), (404, ""), outage), Offer::SignInWithToken),
        (asked(outage, (404, ""), (401, OPEN)), Offer::CreateAccount),
        (asked(outage, (404, ""), (200, "{}")), Offer::CreateAccount),
        (asked(outage, (404, ""), (429, LIMITED)), Offer::CreateAccount),
        (asked(outage, (200, METADATA), (403, DISABLED)), Offer::SignInWithBrowser),
    ];
    for (driver, offer) in seen {
        assert!(driver.offers(offer) && driver.offers(Offer::Retry), "{offer:?}: {}", driver.trace);
    }
}

#[test]
fn what_is_not_on_offer_changes_nothing() {
    let mut driver = Driver::at((403, DISABLED), r#"{"flows":[{"type":"m.login.token"}]}"#);
    let before = driver.engine.clone();
    for intent in [by_password("alice", "x"), Intent::CreateAccount, Intent::SignInWithSso { provider: None }]
    {
        assert_eq!(driver.hear(Input::Intent(intent)), []);
        assert_eq!(driver.engine, before);
    }
}

#[test]
fn a_link_to_a_room_leads_to_its_server() {
    for link in ["matrix:roomid/abc:example.org", "matrix:r/room:example.org", "matrix:u/alice:example.org"] {
        let mut driver = Driver::new();
        driver.say(use_server(link));
        let url = driver.request("/client").url;
        assert_eq!(url.as_str(), "https://example.org/.well-known/matrix/client", "{link}");
    }
    for link in ["matrix:event/abc:example.org", "matrix:roomid", "@:example.org", "@a\u{1}b:example.org"] {
        let mut driver = Driver::new();
        driver.say(use_server(link));
        assert_eq!(
            driver.cause(),
            json!({ "class": "refused", "refusal": "server_not_understood" }),
            "{link}"
        );
    }
}

#[test]
fn what_only_the_servers_own_page_knows_is_avoided() {
    let flows =
        r#"{"session":"s","flows":[{"stages":["org.example.riddle"]},{"stages":["m.login.msisdn"]}]}"#;
    let driver = Driver::registering(flows);
    assert!(driver.offers(Offer::UsePhone), "{}", driver.trace);
}

/// A session is asked for twice more before that counts as going round.
#[test]
fn a_server_that_forgets_a_session_is_asked_for_another_twice() {
    let mut driver = Driver::registering(OPEN);
    let mut asked = Vec::new();
    while driver.is_open("/register") {
        let proves = driver.body("/register").get("auth").is_some();
        asked.push(proves);
        driver.answer(
            "/register",
            if proves { 400 } else { 401 },
            if proves { UNKNOWN_SESSION } else { OPEN },
        );
    }
    assert_eq!(asked, [true, false, true, false]);
}

#[test]
fn a_server_that_forgets_what_is_done_is_told_again() {
    let done =
        json!({ "session": "s", "flows": [{ "stages": ["m.login.dummy"] }], "completed": ["m.login.dummy"] });
    let mut driver = Driver::registering(OPEN);
    for _ in 0..5 {
        assert_eq!(driver.body("/register")["auth"]["type"], "m.login.dummy");
        driver.answer("/register", 401, &done.to_string());
        assert_eq!(driver.body("/register")["auth"].get("type"), None);
        driver.answer("/register", 401, OPEN);
    }
    driver.answer("/register", 200, REGISTERED).stored(Ok(()));
    assert!(driver.engine.session().is_some());
}

/// Whoever cannot be verified hears it before both users have done their part.
#[test]
fn a_program_without_encryption_says_so_before_a_code_is_scanned() {
    for encryption in [false, true] {
        let mut driver = Driver::with(Config { encryption, ..config() });
        driver.say(Intent::ScanCode);
        let screen = driver.engine.view().screen;
        assert!(
            matches!(screen, Screen::Warning { unverified, .. } if unverified != encryption),
            "{screen:?}"
        );
    }
}
