//! Bad moments of a sign-in by OAuth 2.0: whoever gives up, is offline or dies leaves no device behind without need, and
//! loses no session.

use narthex::{Intent, Offer, Saved, Screen, Task};
use serde_json::{Value, json};

use crate::answers::{LIMITED, UNKNOWN_TOKEN, WELL_KNOWN};
use crate::driver::{Driver, response};
use crate::oauth::{CLIENT, INVALID_GRANT, METADATA, PENDING, USER_CODE, field, metadata, tokens, whoami};

/// Back at the choice, without a word and with nothing under way.
fn is_back(driver: &Driver) -> bool {
    let quiet = driver.is_idle() && driver.engine.save().is_none() && driver.engine.deadline().is_none();
    matches!(driver.screen(), Screen::Choose { problem: None, .. }) && quiet
}

fn ends_the_session(driver: &mut Driver) {
    assert_eq!(field(&driver.form("/revoke"), "token"), "mar_first", "{}", driver.trace);
    driver.answer("/revoke", 200, "");
}

#[test]
fn whoever_gives_up_while_tokens_are_on_their_way_leaves_no_device_behind() {
    for by_code in [false, true] {
        let asking = || match by_code {
            false => Driver::exchanging(),
            true => {
                let mut driver = Driver::showing(USER_CODE);
                driver.wait();
                driver
            }
        };
        let mut driver = asking();
        let device = driver.device();
        driver.say(Intent::Cancel);
        assert!(matches!(driver.screen(), Screen::Busy { task: Task::SignOut, .. }), "{}", driver.trace);
        driver.answer("/token", 200, &tokens(&device));
        ends_the_session(&mut driver);
        assert!(is_back(&driver), "{}", driver.trace);
        assert_eq!(driver.count("/whoami"), 0);

        for (status, body) in [(400, INVALID_GRANT), (403, PENDING), (503, ""), (200, "{}"), (200, "<html>")]
        {
            let mut driver = asking();
            driver.say(Intent::Cancel).answer("/token", status, body);
            assert!(is_back(&driver), "{status} {body}: {}", driver.trace);
        }
        let mut driver = asking();
        driver.say(Intent::Cancel).lose("/token");
        assert!(is_back(&driver));
        let mut driver = asking();
        driver.say(Intent::Cancel).wait();
        assert!(is_back(&driver), "nobody waits for ever");
        let mut driver = asking();
        driver.say(Intent::Cancel).say(Intent::Cancel);
        assert!(is_back(&driver), "whoever does not want to wait need not");
    }
}

/// Where a server ends no session, there is nothing to wait for.
#[test]
fn whoever_gives_up_where_nothing_can_be_ended_is_back_at_once() {
    let mut driver = Driver::in_browser_with(&metadata(|m| m["revocation_endpoint"] = Value::Null));
    driver.comes_back("code=the-code").say(Intent::Cancel);
    assert!(is_back(&driver), "{}", driver.trace);
}

#[test]
fn whoever_gives_up_at_any_other_time_is_back_at_once() {
    let mut preparing = Driver::oauth();
    preparing.say(Intent::SignInWithBrowser);
    let mut limited = Driver::oauth();
    limited.say(Intent::SignInWithBrowser).listening(1).answer("/registration", 429, LIMITED);
    let mut limited_code = Driver::exchanging();
    limited_code.answer("/token", 429, LIMITED);
    let mut asking_code = Driver::oauth();
    asking_code.say(Intent::SignInWithDeviceCode).answer("/registration", 201, CLIENT);
    let mut failed = Driver::oauth();
    failed.say(Intent::SignInWithBrowser).listening(1).lose("/registration");
    let drivers = [preparing, limited, limited_code, asking_code, failed];
    for mut driver in drivers.into_iter().chain([Driver::in_browser(), Driver::showing(USER_CODE)]) {
        driver.say(Intent::Cancel);
        assert!(is_back(&driver), "{}", driver.trace);
    }
    for mut driver in [Driver::identifying(), {
        let mut driver = Driver::identifying();
        driver.lose("/whoami");
        driver
    }] {
        driver.say(Intent::Cancel);
        ends_the_session(&mut driver);
        assert!(is_back(&driver), "{}", driver.trace);
    }
}

#[test]
fn what_could_not_be_ended_is_tried_again_and_told() {
    let mut driver = Driver::identifying();
    driver.say(Intent::Cancel).lose("/revoke");
    ends_the_session(&mut driver);
    assert!(is_back(&driver), "once more by itself");

    let mut driver = Driver::identifying();
    driver.say(Intent::Cancel).lose("/revoke").lose("/revoke");
    let Screen::Problem { task: Task::SignOut, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert!(driver.is_idle() && driver.engine.save().is_some());
    driver.say(Intent::Retry);
    ends_the_session(&mut driver);
    assert!(is_back(&driver));

    let mut driver = Driver::identifying();
    driver.say(Intent::Cancel).respond("/revoke", response(429, &[("retry-after", "60")], LIMITED));
    assert!(driver.is_idle(), "a server that asks for patience is not asked again at once");
    driver.say(Intent::Forget);
    assert!(is_back(&driver));

    for (status, body) in [(401, r#"{"error":"unauthorized_client"}"#), (400, "{}"), (404, "")] {
        let mut driver = Driver::identifying();
        driver.say(Intent::Cancel).answer("/revoke", status, body);
        assert!(is_back(&driver), "{status}: trying again would change nothing");
    }
}

#[test]
fn why_somebody_is_signed_out_again_matters_more_than_that_it_did_not_work_yet() {
    let mut driver = Driver::exchanging();
    driver.answer("/token", 200, &tokens("SOMEBODYELSE")).lose("/revoke").lose("/revoke");
    assert_eq!(driver.cause()["misbehaviour"], "wrong_scope");
    assert!(driver.offers(Offer::Retry) && driver.offers(Offer::Forget));
    driver.say(Intent::Retry).answer("/revoke", 200, "");
    assert_eq!(driver.cause()["misbehaviour"], "wrong_scope");
    assert!(matches!(driver.screen(), Screen::Choose { .. }) && driver.is_idle());
}

/// Who dies while a session is being ended is asked again what to do with it.
#[test]
fn an_end_outlives_the_process() {
    for offline in [false, true] {
        let mut driver = Driver::identifying();
        driver.say(Intent::Cancel);
        if offline {
            driver.lose("/revoke").lose("/revoke");
        }
        driver.kill();
        driver.say(Intent::Cancel);
        ends_the_session(&mut driver);
        assert!(matches!(driver.screen(), Screen::Welcome { problem: None, .. }) && driver.is_idle());
    }
}

/// The wrong account, killed before it could be signed out: going on signs out as well.
#[test]
fn a_kill_does_not_let_the_wrong_account_in() {
    let mut driver = Driver::signed_in_by_oauth();
    let device = driver.device();
    driver.say(Intent::Refresh).answer("/token", 400, INVALID_GRANT).say(Intent::SignInAgain);
    driver.answer("/.well-known/matrix/client", 200, WELL_KNOWN).told_oauth(METADATA);
    driver.opens_browser(Intent::SignInWithBrowser).comes_back("code=the-code");
    driver.answer("/token", 200, &tokens(&device)).kill();
    driver.say(Intent::Continue).answer("/whoami", 200, &whoami("@mallory:example.org", &device));
    ends_the_session(&mut driver);
    assert_eq!(driver.cause()["refusal"]["wrong_account"]["found"], "@mallory:example.org");
    assert!(driver.engine.session().is_none());
}

/// A code that a dead process may have sent is sent again; if it was, the server ends what nobody can have.
#[test]
fn a_code_outlives_the_process() {
    let mut driver = Driver::exchanging();
    let form = driver.form("/token");
    driver.kill();
    driver.say(Intent::Continue);
    assert_eq!(driver.form("/token"), form);
    driver.answer("/token", 400, INVALID_GRANT);
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "authorization_code" }));
    driver.opens_browser(Intent::Retry);
    let mut driver = Driver::exchanging();
    driver.kill();
    driver.say(Intent::Cancel);
    assert!(driver.is_idle() && driver.engine.save().is_none());
}

/// Where nothing can listen, the browser's address can be pasted.
#[test]
fn without_a_listener_the_address_is_pasted() {
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithBrowser).deaf().answer("/registration", 201, CLIENT);
    let uri = field(&driver.page(), "redirect_uri");
    assert!(uri.starts_with("http://127.0.0.1/oauth/"), "{uri}");
    driver.comes_back("code=the-code");
    assert!(driver.is_open("/token"));

    let mut driver = Driver::in_browser();
    driver.deaf();
    assert!(matches!(driver.screen(), Screen::InBrowser { .. }));
    driver.comes_back("code=the-code");
    assert!(driver.is_open("/token"), "also when it breaks later");

    let mut driver = Driver::in_browser();
    driver.kill();
    driver.say(Intent::Continue).deaf().comes_back("code=the-code");
    assert!(driver.is_open("/token") && driver.browsed.len() == 1, "also when it is not to be had again");
}

/// A listener that is not on this machine is none.
#[test]
fn a_listener_elsewhere_is_not_given_to_the_browser() {
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithBrowser).listening_at("http://evil.example:80/");
    driver.answer("/registration", 201, CLIENT);
    assert!(field(&driver.page(), "redirect_uri").starts_with("http://127.0.0.1/oauth/"));
}

/// The device of a session that the server ended, to be signed in to again.
fn again(device_id: &str) -> Driver {
    let mut session = Driver::signed_in().engine.session().expect("signed in").clone();
    device_id.clone_into(&mut session.device_id);
    let mut driver = Driver::resumed(Saved::from(session));
    driver.say(Intent::Refresh).answer("v3/refresh", 401, UNKNOWN_TOKEN).say(Intent::SignInAgain);
    driver.answer("/.well-known/matrix/client", 200, WELL_KNOWN).told_oauth(METADATA);
    driver
}

/// Edge case 51.
#[test]
fn a_device_whose_name_would_ask_for_more_is_not_asked_for() {
    let long = "D".repeat(256);
    for name in ["ABCDEFGHIJ urn:synapse:admin:*", "SHORT", "ABCDEFGHI\"", "ABCDEFGHI\\", "ÄBCDEFGHIJ", &long]
    {
        for intent in [Intent::SignInWithBrowser, Intent::SignInWithDeviceCode] {
            let mut driver = again(name);
            let sent = driver.sent.len();
            driver.say(intent);
            assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], "device_id", "{name}");
            assert!(driver.sent.len() == sent && driver.is_idle() && driver.browsed.is_empty());
        }
    }
    let mut driver = again("a+b/c=d&e#f");
    driver.opens_browser(Intent::SignInWithBrowser);
    assert_eq!(driver.device(), "a+b/c=d&e#f", "what is only unusual is escaped");
}
