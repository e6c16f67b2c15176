//! How long we wait, for whom, and when we stop.

use std::time::Duration;

use narthex::{Availability, Effect, EffectId, Intent, Offer, Reply, Saved, Screen, Session};
use serde_json::json;

use crate::answers::{
    DISABLED, EMAIL, EMAIL_PENDING, EXPIRED, LIMITED, LOGIN_PASSWORD, LOGIN_SSO, OPEN, PHONE, RECAPTCHA,
    RENEWED, SERVER, SID, SID_CODE, UNKNOWN_TOKEN, UNRECOGNIZED, VERSIONS, WELL_KNOWN, WHOAMI, by_password,
    use_server,
};
use crate::driver::Driver;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_hours(24);

/// How long until the engine does something by itself.
fn pause(driver: &Driver) -> Duration {
    driver.now.until(driver.engine.deadline().expect("a deadline"))
}

fn in_browser(driver: &Driver) -> Duration {
    let Screen::InBrowser { until, .. } = driver.screen() else { panic!("{}", driver.trace) };
    driver.now.until(until)
}

/// How often a server may ask for patience before the person is asked.
fn limited(driver: &mut Driver, path: &str) -> u32 {
    let mut times = 0;
    while matches!(driver.answer(path, 429, LIMITED).screen(), Screen::Limited { .. }) {
        times += 1;
        assert!(times < 50, "it goes on for ever");
        assert_eq!(pause(driver), Duration::from_secs(8));
        driver.wait();
    }
    assert!(matches!(driver.screen(), Screen::Problem { .. }), "{}", driver.trace);
    assert_eq!(driver.engine.deadline(), None);
    times
}

#[test]
fn a_server_may_ask_for_patience_twenty_times_before_the_person_is_asked() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password("alice", "correct horse"));
    assert_eq!(limited(&mut driver, "v3/login"), 20);
    driver.say(Intent::Retry);
    assert_eq!(limited(&mut driver, "v3/login"), 20, "the person has more patience");
    assert_eq!(limited(&mut Driver::registering(OPEN), "/register"), 20);
    let mut driver = Driver::registering(EMAIL);
    driver.say(Intent::UseEmail { address: "a@b.example".into() });
    assert_eq!(limited(&mut driver, "email/requestToken"), 20);
}

#[test]
fn a_username_is_asked_about_twenty_times_and_then_registering_will_tell() {
    let mut driver = Driver::at((401, OPEN), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(Intent::CheckUsername { username: "alice".into() });
    assert_eq!(pause(&driver), Duration::from_millis(400), "while the person types");
    let is = |driver: &Driver| match driver.screen() {
        Screen::RegisterForm { availability, .. } => availability,
        other => panic!("{other:?}"),
    };
    for _ in 0..20 {
        assert_eq!(is(&driver), Availability::Checking);
        driver.wait().answer("/available", 429, LIMITED);
        assert_eq!(pause(&driver), Duration::from_secs(8));
    }
    driver.wait().answer("/available", 429, LIMITED);
    assert_eq!((is(&driver), driver.engine.deadline()), (Availability::Unknown, None));
    driver.say(Intent::CheckUsername { username: "alice".into() }).wait();
    assert_eq!(pause(&driver), Duration::from_secs(30));
    driver.wait();
    assert_eq!((is(&driver), driver.is_idle()), (Availability::Unknown, true), "silence says nothing");
}

#[test]
fn a_renewal_is_tried_again_ever_more_rarely() {
    let mut driver = Driver::signed_in();
    assert!(pause(&driver) <= 4 * MINUTE, "a minute before the end");
    let mut pauses = Vec::new();
    for _ in 0..10 {
        driver.wait().lose("v3/refresh");
        pauses.push(pause(&driver).as_secs());
    }
    assert_eq!(pauses, [15, 30, 60, 120, 240, 480, 600, 600, 600, 600]);
    driver.wait().answer("v3/refresh", 429, LIMITED);
    assert_eq!(pause(&driver), Duration::from_secs(8), "the server knows better");
    driver.wait().answer("v3/refresh", 200, RENEWED).stored(Ok(())).answer("/whoami", 200, WHOAMI);
    let expires_at = driver.engine.session().expect("signed in").expires_at.expect("a lifetime");
    assert_eq!(driver.now + pause(&driver) + MINUTE, expires_at);
    driver.now = expires_at;
    driver.wait().lose("v3/refresh");
    assert_eq!(pause(&driver), Duration::from_secs(15), "it begins anew");
}

#[test]
fn a_sign_out_is_tried_again_ever_more_rarely() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::SignOut { everywhere: false });
    let mut pauses = Vec::new();
    for _ in 0..8 {
        driver.lose("/logout");
        pauses.push(pause(&driver).as_secs());
        driver.wait();
    }
    assert_eq!(pauses, [15, 30, 60, 120, 240, 480, 600, 600]);
}

/// Edge case 80.
#[test]
fn a_token_is_renewed_twice_at_most_in_order_to_sign_out() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::SignOut { everywhere: false });
    for _ in 0..2 {
        driver.answer("/logout", 401, EXPIRED);
        let ending = Screen::Busy { server: SERVER.into(), task: narthex::Task::SignOut };
        assert_eq!(driver.screen(), ending, "to the person this is one thing");
        assert_eq!(driver.engine.session(), None, "nobody may use it any more");
        driver.answer("v3/refresh", 200, RENEWED);
    }
    driver.answer("/logout", 401, EXPIRED).stored(Ok(()));
    // Of each token it says that it alone has ended: the device is still there.
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: false, .. }), "{}", driver.trace);
}

#[test]
fn what_cannot_be_renewed_is_not_renewed_in_order_to_sign_out() {
    let session = Driver::signed_in().engine.session().expect("signed in").clone();
    let mut driver = Driver::resumed(Saved::from(Session { refresh_token: None, ..session }));
    driver.say(Intent::SignOut { everywhere: false }).answer("/logout", 401, UNKNOWN_TOKEN);
    driver.stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { .. }), "{}", driver.trace);
}

#[test]
fn new_tokens_replace_the_old_ones_with_their_lifetime() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::Refresh);
    let asked = driver.now;
    driver.answer("v3/refresh", 200, RENEWED).stored(Ok(()));
    let session = driver.engine.session().expect("signed in");
    assert_eq!(session.expires_at, Some(asked + 5 * MINUTE));
    driver.say(Intent::Refresh);
    assert_eq!(driver.body("v3/refresh"), json!({ "refresh_token": "syr_second" }));
}

#[test]
fn half_an_hour_is_enough_for_a_browser() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
    driver.say(Intent::SignInWithSso { provider: None });
    driver.listening(49_152);
    assert_eq!((in_browser(&driver), pause(&driver)), (30 * MINUTE, 30 * MINUTE));
    let mut driver = Driver::registering(RECAPTCHA);
    driver.answer("/fallback/web", 200, "<!DOCTYPE html>");
    assert_eq!(in_browser(&driver), 30 * MINUTE);
    assert_eq!(pause(&driver), Duration::from_secs(6), "and we look what the server has seen");
}

#[test]
fn a_mail_is_looked_after_for_a_day_ever_more_rarely() {
    let mut driver = Driver::registering(EMAIL);
    driver.say(Intent::UseEmail { address: "a@b.example".into() }).answer("email/requestToken", 200, SID);
    let sent = driver.now;
    let mut pauses = Vec::new();
    while matches!(driver.screen(), Screen::Confirmation { .. }) {
        pauses.push(pause(&driver).as_secs());
        driver.wait();
        if driver.is_open("/register") {
            driver.answer("/register", 401, EMAIL_PENDING);
        }
        driver.trace.clear();
    }
    assert_eq!(driver.now, sent + DAY);
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "confirmation" }));
    assert_eq!((pauses[0], pauses[1], pauses[pauses.len() - 2]), (6, 6, 60));
    assert!(pauses[..pauses.len() - 1].is_sorted());
}

#[test]
fn a_code_is_not_looked_for_because_only_the_person_can_bring_it() {
    let mut driver = Driver::registering(PHONE);
    driver.say(Intent::UsePhone { country: "DE".into(), number: "0170 1234567".into() });
    driver.answer("msisdn/requestToken", 200, SID_CODE);
    assert_eq!(pause(&driver), DAY);
    driver.wait();
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "confirmation" }));
}

#[test]
fn a_mail_that_is_not_sent_again_in_time_is_told_and_waited_for_all_the_same() {
    let mut driver = Driver::registering(EMAIL);
    driver.say(Intent::UseEmail { address: "a@b.example".into() }).answer("email/requestToken", 200, SID);
    driver.say(Intent::Resend);
    let sent = driver.now;
    while driver.is_open("email/requestToken") {
        assert!(!driver.offers(Offer::Resend) && sent.until(driver.now) < MINUTE, "it is never over");
        driver.wait();
        if driver.is_open("/register") {
            driver.answer("/register", 401, EMAIL_PENDING);
        }
    }
    let Screen::Confirmation { sent: 1, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!(driver.cause(), json!({ "class": "unavailable", "outage": "timed_out" }));
    assert!(driver.offers(Offer::Resend));
}

/// So that the order in which a driver polls cannot matter.
#[test]
fn what_has_waited_longest_ends_first() {
    let mut driver = Driver::registering(EMAIL);
    driver.say(Intent::UseEmail { address: "a@b.example".into() }).answer("email/requestToken", 200, SID);
    let mut later = Driver::registering(EMAIL);
    later.say(Intent::UseEmail { address: "a@b.example".into() }).answer("email/requestToken", 200, SID);
    driver.say(Intent::CheckNow).say(Intent::Resend);
    later.say(Intent::Resend).say(Intent::CheckNow);
    for mut driver in [driver, later] {
        let asked = driver.asked.iter().rev().take(2).rev().map(|effect| effect.id().expect("an id"));
        let ends: Vec<_> = asked.map(|id| Effect::Cancel { id }).collect();
        driver.now = driver.now + MINUTE;
        assert_eq!(driver.hear(narthex::Input::Tick), ends);
    }
}

#[test]
fn what_is_over_at_the_same_time_ends_in_the_order_in_which_it_was_asked() {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/client", 200, WELL_KNOWN).answer("/versions", 200, VERSIONS);
    driver.answer("v1/auth_metadata", 404, UNRECOGNIZED).answer("msc2965/auth_metadata", 404, UNRECOGNIZED);
    driver.wait();
    let evidence = driver.problem().evidence.expect("evidence");
    assert_eq!(evidence.path, "/_matrix/client/v3/login", "the first that was not answered is shown");
}

/// A reply that is late, or was never asked for, is nobody's.
#[test]
fn a_reply_that_nothing_waits_for_changes_nothing() {
    let granted = |id| {
        let answer = crate::driver::response(200, &[], crate::answers::REGISTERED);
        narthex::Input::Reply { id: EffectId(id), reply: Reply::Http(Ok(answer)) }
    };
    let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password("alice", "correct horse"));
    let before = driver.engine.clone();
    for id in [0, 1, 99] {
        assert_eq!(driver.hear(granted(id)), []);
        assert_eq!(driver.engine, before);
    }
}
