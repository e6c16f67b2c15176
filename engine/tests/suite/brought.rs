//! A session that was made elsewhere, and is brought along by its access token.

use narthex::{Intent, Offer, Screen};
use serde_json::json;

use crate::answers::{DISABLED, LOGIN_PASSWORD, WELL_KNOWN, use_server};
use crate::driver::Driver;

const WHOAMI: &str = "account/whoami";

fn brought(token: &str) -> Driver {
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(Intent::SignInWithAccessToken { token: token.into(), identifier: None });
    driver
}

#[test]
fn a_token_is_asked_whose_it_is_and_its_session_stored() {
    let mut driver = brought("secret");
    let sent = driver.request(WHOAMI);
    let bearer = sent.headers.iter().find(|(name, _)| *name == "authorization").unwrap();
    assert_eq!(bearer.1.expose(), "Bearer secret");
    driver.answer(WHOAMI, 200, r#"{"user_id":"@alice:example.org","device_id":"THEIRS"}"#).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }));
    let session = driver.engine.session().unwrap();
    assert_eq!((session.user_id.as_str(), session.device_id.as_str()), ("@alice:example.org", "THEIRS"));
    assert_eq!((&session.refresh_token, session.expires_at), (&None, None));
    assert!(!driver.offers(Offer::Refresh) && driver.offers(Offer::SignOut));
}

#[test]
fn a_token_that_is_not_good_is_refused_and_a_silent_server_says_nothing_about_it() {
    let mut driver = brought("old");
    driver.answer(WHOAMI, 401, r#"{"errcode":"M_UNKNOWN_TOKEN","error":"?"}"#);
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "access_token_invalid" }));
    assert!(driver.offers(Offer::SignInWithAccessToken) && driver.is_idle());
    for odd in ["", "with\nline", "\u{e9}"] {
        let sent = driver.sent.len();
        driver.say(Intent::SignInWithAccessToken { token: odd.into(), identifier: None });
        assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "access_token_invalid" }));
        assert_eq!(driver.sent.len(), sent, "nothing was sent");
    }
    let mut driver = brought("good");
    driver.answer(WHOAMI, 502, "");
    assert!(driver.engine.session().is_none() && !driver.trace.contains("access_token_invalid"));
    // The token of an application service is of no device.
    let mut driver = brought("service");
    driver.answer(WHOAMI, 200, r#"{"user_id":"@bot:example.org"}"#);
    assert_eq!(driver.cause()["class"], "misbehaved");
}

/// It was there before, so it is not ours to end.
#[test]
fn a_token_of_somebody_else_is_refused_and_not_ended() {
    let mut driver = Driver::new();
    driver.say(use_server("@alice:example.org")).answer("/client", 200, WELL_KNOWN);
    driver.told((403, DISABLED), LOGIN_PASSWORD);
    driver.say(Intent::SignInWithAccessToken { token: "hers".into(), identifier: None });
    driver.answer(WHOAMI, 200, r#"{"user_id":"@mallory:example.org","device_id":"HERS"}"#);
    assert_eq!(driver.cause()["refusal"]["wrong_account"]["found"], "@mallory:example.org");
    assert!(driver.is_idle() && driver.engine.session().is_none() && driver.stored.is_empty());
    assert!(!driver.sent.iter().any(|request| request.url.path().ends_with("/logout")));
}

/// The same, said by whoever brings it; also where a session of that device is stored already.
#[test]
fn a_token_is_of_whom_it_is_said_to_be_or_nothing_is_stored() {
    for (said, is_refused) in
        [("@alice:example.org", true), ("alice", true), ("@mallory:example.org", false), (" Mallory ", false)]
    {
        let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
        driver.say(Intent::SignInWithAccessToken { token: "hers".into(), identifier: Some(said.to_owned()) });
        driver.answer(WHOAMI, 200, r#"{"user_id":"@mallory:example.org","device_id":"HERS"}"#);
        assert_eq!(driver.trace.contains("wrong_account"), is_refused, "{said}: {}", driver.trace);
        assert!(!is_refused || (driver.is_idle() && driver.stored.is_empty()), "{said}");
    }
}
