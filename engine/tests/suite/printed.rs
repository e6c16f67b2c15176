//! What is printed of our types: enough to tell what happened, nothing that a log must not hold.

use narthex::{Effect, EffectId, Intent, Offers, SavedError};

use crate::answers::{
    DISABLED, LOGIN_PASSWORD, LOGIN_SSO, RECAPTCHA, REGISTERED, TOKEN, WELL_KNOWN, by_password, use_server,
};
use crate::driver::{Driver, response};

#[test]
fn an_effect_names_what_it_is_about() {
    let mut driver = Driver::registering(TOKEN);
    driver.say(Intent::UseToken { token: "invite".into() });
    let Some(Effect::Http { id, .. }) = driver.asked.last() else { panic!("nothing was asked") };
    let path = "/_matrix/client/v1/register/m.login.registration_token/validity";
    let printed = format!("Http({}, GET https://matrix.example.org{path})", id.0);
    assert_eq!(format!("{:?}", driver.asked.last().expect("asked")), printed, "without the query");
    let effect = Effect::Listen { id: EffectId(7), path: "/sso/secret".into(), port: Some(1) };
    assert_eq!(format!("{effect:?}"), "Listen(7, Some(1))");
    let url = "https://example.org/page?session=secret".parse().expect("an address");
    assert_eq!(format!("{:?}", Effect::Browse { url }), "Browse(https://example.org/page)");
    assert_eq!(format!("{:?}", Effect::Cancel { id: EffectId(8) }), "Cancel(8)");
    let (user_id, device_id) = ("@alice:example.org".to_owned(), "D".to_owned());
    let homeserver = "https://matrix.example.org/".parse().expect("an address");
    let effect = Effect::Erase { id: EffectId(9), homeserver, user_id, device_id };
    assert_eq!(format!("{effect:?}"), "Erase(9, @alice:example.org D)");
    let session = Driver::signed_in().engine.session().expect("signed in").clone();
    let effect = Effect::Store { id: EffectId(10), session };
    assert_eq!(format!("{effect:?}"), "Store(10, @alice:example.org GSMJVDUDMS)");
}

#[test]
fn an_exchange_is_printed_without_what_was_said() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password("alice", "correct horse"));
    let request = driver.request("v3/login");
    assert_eq!(format!("{request:?}"), "POST https://matrix.example.org/_matrix/client/v3/login");
    let answer = response(200, &[("retry-after", "secret")], REGISTERED);
    assert_eq!(format!("{answer:?}"), format!("200 with {} bytes", REGISTERED.len()));
}

#[test]
fn an_engine_names_the_request_it_waits_for_and_the_page_it_opened() {
    let mut driver = Driver::registering(TOKEN);
    driver.say(Intent::UseToken { token: "invite".into() });
    let printed = format!("{:?}", driver.engine);
    assert!(printed.contains(" GET /_matrix/client/v1/register/m.login.registration_token/validity"));
    assert!(!printed.contains("invite"));
    let mut driver = Driver::registering(RECAPTCHA);
    driver.answer("/fallback/web", 200, "<!DOCTYPE html>");
    let printed = format!("{:?}", driver.engine);
    let page = "https://matrix.example.org/_matrix/client/v3/auth/m.login.recaptcha/fallback/web";
    assert!(printed.contains(page) && !printed.contains("?session"), "{printed}");
}

#[test]
fn offers_are_printed_by_name() {
    let mut driver = Driver::new();
    assert_eq!(format!("{:?}", driver.engine.offers()), "[UseServer, ScanCode]");
    assert!(!driver.engine.offers().is_empty());
    assert!(Offers::NONE.is_empty() && Offers::default().is_empty());
    driver.say(use_server("a b"));
    assert_eq!(format!("{:?}", driver.engine.offers()), "[UseServer, ScanCode]");
    driver.say(use_server("example.org")).answer("/client", 200, WELL_KNOWN);
    assert_eq!(format!("{:?}", driver.engine.offers()), "[Cancel]");
}

#[test]
fn what_cannot_be_read_says_why() {
    assert_eq!(SavedError::TooNew.to_string(), "saved by a newer version");
    assert_eq!(SavedError::Damaged.to_string(), "damaged");
}

/// Drawn from the seed: what nobody may guess, and what every server takes.
#[test]
fn a_device_id_is_ten_upper_case_letters() {
    let mut drawn = Vec::new();
    let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
    for _ in 0..20 {
        driver.say(Intent::SignInWithToken { token: "t".into() });
        drawn.push(driver.body("v3/login")["device_id"].as_str().expect("a device").to_owned());
        driver.say(Intent::Cancel).say(Intent::Cancel).finds((403, DISABLED), LOGIN_SSO);
    }
    for id in &drawn {
        assert!(id.len() == 10 && id.bytes().all(|b| b.is_ascii_uppercase()), "{id}");
    }
    let mut letters: Vec<_> = drawn.concat().into_bytes();
    letters.sort_unstable();
    letters.dedup();
    assert_eq!(letters.len(), 26, "any letter may come");
    drawn.sort_unstable();
    drawn.dedup();
    assert_eq!(drawn.len(), 20, "each search for a server ends with another one");
}

#[test]
fn a_request_says_what_it_carries() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password("alice", "correct horse"));
    let headers = |path: &str, driver: &Driver| {
        let headers = driver.request(path).headers;
        headers.into_iter().map(|(name, value)| format!("{name}: {}", value.expose())).collect::<Vec<_>>()
    };
    let (accept, content) = ("accept: application/json", "content-type: application/json");
    assert_eq!(headers("v3/login", &driver), [accept, content]);
    driver.answer("v3/login", 200, REGISTERED).stored(Ok(())).say(Intent::CheckSession);
    let bearer = "authorization: Bearer syt_YWxpY2U_first";
    assert_eq!(headers("/whoami", &driver), [accept, bearer]);
    driver.lose("/whoami").say(Intent::SignOut { everywhere: false });
    assert_eq!(headers("/logout", &driver), [accept, content, bearer]);
}
