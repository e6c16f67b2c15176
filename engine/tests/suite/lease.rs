//! One session, several engines: who may refresh and end it, and how long a token is good.

use std::time::Duration;

use narthex::{Effect, Intent, LeaseProblem, Offer, Saved, Screen, Secret, Session, StorageProblem, Task};
use serde_json::json;

use crate::answers::{BAD_GATEWAY, EXPIRED, OPEN, REFRESH_SPENT, REGISTERED, RENEWED, WHOAMI};
use crate::driver::Driver;

const MINUTE: Duration = Duration::from_secs(60);

/// The session is refreshed by hand; nobody grants the lease but the test.
fn asking() -> Driver {
    let mut driver = Driver::signed_in();
    driver.leases = false;
    driver.say(Intent::Refresh);
    driver
}

/// The session, as another engine has refreshed it meanwhile.
fn newer(driver: &Driver) -> Box<Session> {
    let session = driver.stored[0].clone();
    let (granted_at, expires_at) = (Some(driver.now), Some(driver.now + 5 * MINUTE));
    let refresh_token = Some("syr_other".into());
    Box::new(Session { access_token: "syt_other".into(), refresh_token, granted_at, expires_at, ..session })
}

fn as_stored(driver: &Driver) -> Option<Box<Session>> {
    Some(Box::new(driver.stored[0].clone()))
}

fn token(driver: &Driver) -> String {
    driver.engine.session().map(|session| session.access_token.expose().clone()).unwrap_or_default()
}

fn is_busy(driver: &Driver) -> bool {
    driver.cause() == json!({ "class": "unavailable", "outage": "session_busy" })
}

fn rests(driver: &Driver) -> bool {
    matches!(driver.screen(), Screen::SignedIn { task: None, .. }) && driver.is_idle()
}

#[test]
fn a_session_is_refreshed_from_the_grant_of_its_lease_until_it_is_stored() {
    let mut driver = asking();
    let (_, _, user_id, device_id) = driver.lease().expect("it was asked for");
    assert_eq!((user_id, device_id), ("@alice:example.org".to_owned(), "GSMJVDUDMS".to_owned()));
    assert!(!driver.is_open("v3/refresh"));
    assert!(matches!(driver.screen(), Screen::SignedIn { task: Some(Task::Refresh), .. }));
    driver.grant();
    driver.answer("v3/refresh", 200, RENEWED);
    assert!(driver.lease().is_some(), "it is not stored yet");
    driver.stored(Ok(()));
    assert!(rests(&driver) && driver.lease().is_none(), "{}", driver.trace);
}

/// Found B7.
#[test]
fn tokens_that_another_program_has_refreshed_are_taken_and_nothing_is_spent() {
    let mut driver = asking();
    let newer = newer(&driver);
    driver.leased(Ok(Some(newer.clone())));
    assert!(rests(&driver), "{}", driver.trace);
    assert_eq!(driver.engine.session(), Some(&*newer));
    assert_eq!(driver.now + Duration::from_secs(240), driver.engine.deadline().expect("refreshed in time"));
}

/// A store that answers with somebody else's session is damaged: nothing is sent with what it says.
#[test]
fn the_session_of_another_user_or_device_is_not_taken_for_this_one() {
    for (user_id, device_id) in [("@mallory:example.org", "GSMJVDUDMS"), ("@alice:example.org", "OTHER")] {
        let mut driver = asking();
        let ours = driver.engine.session().cloned();
        let (user_id, device_id) = (user_id.to_owned(), device_id.to_owned());
        let other = Session { user_id, device_id, ..*newer(&driver) };
        driver.leased(Ok(Some(Box::new(other))));
        assert_eq!(driver.engine.session().cloned(), ours);
        assert!(!driver.is_open("v3/refresh") && driver.lease().is_none(), "{}", driver.trace);
        let storage = json!({ "storage": "corrupt" });
        assert_eq!(driver.cause(), json!({ "class": "unavailable", "outage": storage }));
    }
}

#[test]
fn they_are_refreshed_at_once_if_they_are_not_fresh_either() {
    let mut driver = asking();
    let mut other = newer(&driver);
    other.expires_at = Some(driver.now);
    driver.leased(Ok(Some(other)));
    assert_eq!(driver.body("v3/refresh"), json!({ "refresh_token": "syr_other" }));
}

#[test]
fn a_refused_token_that_was_replaced_elsewhere_says_nothing() {
    let mut driver = Driver::signed_in();
    driver.leases = false;
    driver.say(Intent::CheckSession).answer("/whoami", 401, EXPIRED);
    let newer = newer(&driver);
    driver.leased(Ok(Some(newer)));
    let bearer =
        &driver.request("/whoami").headers.iter().find(|(name, _)| *name == "authorization").cloned();
    assert_eq!(bearer.as_ref().map(|(_, value)| value.expose().as_str()), Some("Bearer syt_other"));
    assert_eq!(driver.lease(), None, "to check needs none");
    driver.answer("/whoami", 200, WHOAMI);
    assert!(rests(&driver));
}

/// A store that says something else each time is no reason to ask for ever.
#[test]
fn tokens_that_are_replaced_elsewhere_and_refused_again_and_again_have_ended() {
    let mut driver = Driver::signed_in();
    driver.leases = false;
    driver.say(Intent::CheckSession);
    let mut times = 0;
    while !matches!(driver.screen(), Screen::SessionEnded { .. }) {
        driver.answer("/whoami", 401, EXPIRED);
        if driver.lease().is_some() {
            let mut other = newer(&driver);
            other.access_token = Secret::new(format!("syt_{times}"));
            driver.leased(Ok(Some(other)));
        }
        times += 1;
        assert!(times < 50, "it goes round");
    }
}

#[test]
fn a_session_that_another_program_has_signed_out_is_over_and_nothing_is_sent() {
    for intent in [Intent::Refresh, Intent::SignOut { everywhere: false }] {
        let mut driver = Driver::signed_in();
        driver.leases = false;
        let sent = driver.sent.len();
        driver.say(intent).leased(Ok(None));
        assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "signed_out_elsewhere" }));
        assert!(matches!(driver.screen(), Screen::SessionEnded { soft: false, .. }));
        assert!(driver.is_idle() && driver.sent.len() == sent && driver.engine.session().is_none());
        driver.say(Intent::Forget);
        assert!(matches!(driver.screen(), Screen::SignedOut { server_told: false, .. }), "{}", driver.trace);
        assert!(driver.is_idle(), "there is nothing to erase");
    }
}

/// Found B6: it is no keyring that is locked.
#[test]
fn a_lease_that_is_busy_is_an_outage_of_its_own_and_tried_again() {
    let busy = |driver: &mut Driver| {
        driver.leased(Err(LeaseProblem::Busy));
    };
    let silent = |driver: &mut Driver| {
        let asked = driver.now;
        driver.wait();
        assert_eq!(asked.until(driver.now), Duration::from_secs(45));
    };
    for refuse in [busy, silent] {
        let mut driver = asking();
        refuse(&mut driver);
        assert!(is_busy(&driver) && driver.is_idle(), "{}", driver.trace);
        assert_eq!(token(&driver), "syt_YWxpY2U_first");
        assert!(driver.offers(Offer::Refresh) && driver.engine.deadline().is_some());
        driver.now = driver.engine.session().and_then(|session| session.expires_at).expect("a lifetime");
        driver.wait();
        refuse(&mut driver);
        let again = driver.now.until(driver.engine.deadline().expect("it is tried again"));
        assert_eq!(again, Duration::from_secs(15));
        driver.wait();
        driver.grant();
        assert!(driver.is_open("v3/refresh"));
    }
}

/// Found B6: the next one has a turn before it gives up waiting.
#[test]
fn whoever_holds_the_lease_does_not_sit_on_it_while_the_server_is_silent() {
    let mut driver = asking();
    driver.grant();
    let sent = driver.now;
    assert_eq!(driver.request("v3/refresh").patience, Duration::from_secs(20));
    driver.wait();
    assert_eq!(sent.until(driver.now), Duration::from_secs(20));
    assert!(rests(&driver), "let go before it is tried again: {}", driver.trace);
    assert_eq!(driver.cause(), json!({ "class": "unavailable", "outage": "timed_out" }));
}

#[test]
fn an_answer_that_comes_after_the_lease_was_lost_is_stored_under_another() {
    let mut driver = asking();
    driver.grant();
    driver.leased(Err(LeaseProblem::Lost));
    assert!(driver.is_open("v3/refresh"), "it was sent, so its answer counts");
    driver.answer("v3/refresh", 200, RENEWED);
    assert!(driver.engine.save().is_some_and(|saved| saved.to_json().expose().contains("syr_second")));
    assert_eq!(token(&driver), "syt_YWxpY2U_first");
    let stored = as_stored(&driver);
    driver.leased(Ok(stored));
    driver.stored(Ok(()));
    assert!(rests(&driver) && token(&driver) == "syt_YWxpY2U_second", "{}", driver.trace);
}

#[test]
fn an_answer_that_somebody_else_has_overtaken_is_dropped() {
    let mut driver = asking();
    driver.grant();
    driver.leased(Err(LeaseProblem::Lost));
    driver.answer("v3/refresh", 200, RENEWED);
    let newer = newer(&driver);
    driver.leased(Ok(Some(newer)));
    assert!(rests(&driver) && token(&driver) == "syt_other" && driver.engine.save().is_none());
}

/// What replaced the stored refresh token must not be spent by somebody who reads the old one.
#[test]
fn tokens_that_cannot_be_stored_keep_the_lease_and_are_tried_again_every_ten_minutes() {
    let mut driver = asking();
    driver.grant();
    driver.answer("v3/refresh", 200, RENEWED).stored(Err(StorageProblem::Full));
    let (held, lease) = (driver.now, driver.lease());
    assert!(lease.is_some());
    driver.say(Intent::Retry).stored(Err(StorageProblem::Full));
    for _ in 0..5 {
        driver.wait().stored(Err(StorageProblem::Full));
        assert_eq!(driver.lease(), lease, "whoever got it would spend what was spent");
        assert!(driver.offers(Offer::Retry) && driver.engine.save().is_some());
    }
    assert_eq!(held.until(driver.now).as_secs() / 60, 50);
    driver.wait().stored(Ok(()));
    assert!(rests(&driver) && token(&driver) == "syt_YWxpY2U_second");
}

#[test]
fn a_lease_that_is_granted_twice_is_held_once() {
    let mut driver = asking();
    driver.grant();
    let before = driver.engine.clone();
    assert_eq!(driver.grant(), []);
    assert_eq!(driver.engine, before);
}

#[test]
fn what_is_signed_out_is_what_is_stored() {
    let mut driver = Driver::signed_in();
    driver.leases = false;
    driver.say(Intent::SignOut { everywhere: false });
    let newer = newer(&driver);
    driver.leased(Ok(Some(newer)));
    assert_eq!(bearer(&driver, "/logout"), "Bearer syt_other");
    driver.answer("/logout", 200, "{}");
    assert!(driver.lease().is_some(), "it is not erased yet");
    driver.stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: true, .. }) && driver.is_idle());
}

fn bearer(driver: &Driver, path: &str) -> String {
    let headers = driver.request(path).headers;
    headers.iter().find(|(name, _)| *name == "authorization").expect("a bearer").1.expose().clone()
}

/// A disk that is full keeps nobody signed in.
#[test]
fn a_store_that_gives_no_lease_does_not_stand_in_the_way_of_a_sign_out() {
    let mut driver = Driver::signed_in();
    driver.leases = false;
    driver.say(Intent::SignOut { everywhere: false });
    driver.leased(Err(LeaseProblem::Storage(StorageProblem::Full)));
    driver.answer("/logout", 200, "{}");
    // Where nothing can be stored, something may be removed.
    driver.leased(Err(LeaseProblem::Storage(StorageProblem::Full)));
    driver.stored(Err(StorageProblem::Denied));
    let Screen::Problem { task: Task::EraseSession, .. } = driver.screen() else {
        panic!("{}", driver.trace)
    };
    driver.say(Intent::Retry);
    let stored = as_stored(&driver);
    driver.leased(Ok(stored));
    driver.stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: true, .. }));
}

#[test]
fn nothing_is_refreshed_that_could_not_be_stored() {
    let mut driver = asking();
    driver.leased(Err(LeaseProblem::Storage(StorageProblem::Locked)));
    assert!(driver.is_idle() && !driver.is_open("v3/refresh"));
    assert_eq!(driver.cause(), json!({ "class": "unavailable", "outage": { "storage": "locked" } }));
}

#[test]
fn a_busy_session_is_not_signed_out_behind_its_holder() {
    let mut driver = Driver::signed_in();
    driver.leases = false;
    driver.say(Intent::SignOut { everywhere: false });
    driver.leased(Err(LeaseProblem::Busy));
    assert!(is_busy(&driver) && driver.is_idle() && driver.offers(Offer::Cancel));
    driver.wait();
    assert!(driver.lease().is_some(), "it is tried again by itself");
}

/// Nobody else can know it, and nobody else can refresh it.
#[test]
fn a_session_that_was_never_stored_needs_no_lease() {
    let mut driver = Driver::registering(OPEN);
    driver.leases = false;
    driver.answer("/register", 200, REGISTERED);
    assert_eq!(driver.lease(), None);
    driver.stored(Ok(()));
    assert!(rests(&driver));
}

/// A kill between the storing of a new session and the note of it; another program has refreshed the session since.
#[test]
fn a_new_session_that_was_stored_and_refreshed_before_a_kill_was_noticed_is_not_put_back() {
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 200, REGISTERED);
    let fresh = driver.engine.save().expect("it would be lost");
    driver.stored(Ok(()));
    let newer = newer(&driver);
    let mut driver = Driver::resumed(fresh);
    driver.leases = false;
    driver.say(Intent::Continue).leased(Ok(Some(newer)));
    assert!(rests(&driver) && token(&driver) == "syt_other", "{}", driver.trace);
}

/// The same, with a clock that was a day ahead when it was granted: what it is refreshed to is not what is stored.
#[test]
fn what_is_found_stored_is_known_to_be_older_than_what_it_is_refreshed_to() {
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 200, REGISTERED);
    let fresh = driver.engine.save().expect("it would be lost");
    let json = fresh.to_json();
    driver.stored(Ok(()));
    let mut stored = driver.stored[0].clone();
    let ahead = stored.granted_at.expect("now") + 24 * 60 * MINUTE;
    let granted = |at: narthex::Time| format!("\"granted_at\":{}", at.0);
    let json = json.expose().replace(&granted(stored.granted_at.expect("now")), &granted(ahead));
    stored.granted_at = Some(ahead);
    let mut driver = Driver::resumed(Saved::from_json(&json).expect("it is one"));
    driver.leases = false;
    driver.say(Intent::Continue).leased(Err(LeaseProblem::Storage(StorageProblem::Locked)));
    driver.say(Intent::SignOut { everywhere: false }).leased(Ok(Some(Box::new(stored.clone()))));
    driver.answer("/logout", 401, EXPIRED).answer("v3/refresh", 200, RENEWED);
    driver.answer("/logout", 429, "{}");
    driver.say(Intent::Retry).leased(Ok(Some(Box::new(stored))));
    let renewed: serde_json::Value = serde_json::from_str(RENEWED).expect("JSON");
    let bearer = bearer(&driver, "/logout");
    assert_eq!(bearer.strip_prefix("Bearer "), renewed["access_token"].as_str(), "{}", driver.trace);
}

#[test]
fn a_session_that_was_signed_in_again_elsewhere_is_not_forgotten_with_the_old_one() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::Refresh).answer("v3/refresh", 403, REFRESH_SPENT);
    driver.leases = false;
    let newer = newer(&driver);
    driver.say(Intent::Forget).leased(Ok(Some(newer)));
    assert!(rests(&driver) && token(&driver) == "syt_other", "{}", driver.trace);
}

/// The law of the whole file, over everything that a life asks for.
#[test]
fn whatever_changes_a_stored_session_is_between_a_lease_and_its_end() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.asked.clear();
    driver.wait().answer("/token", 200, crate::oauth::RENEWED_TOKENS).stored(Ok(()));
    driver.say(Intent::Refresh).answer("/token", 502, BAD_GATEWAY);
    driver.say(Intent::SignOut { everywhere: false }).answer("/token", 200, crate::oauth::RENEWED_TOKENS);
    driver.answer("/revoke", 200, "").stored(Ok(()));
    let mut held = None;
    for effect in &driver.asked {
        match effect {
            Effect::Lease { id, .. } => held = Some(*id),
            Effect::Cancel { id } if Some(*id) == held => held = None,
            Effect::Http { .. } | Effect::Store { .. } | Effect::Erase { .. } => {
                assert!(held.is_some(), "{effect:?}: {}", driver.trace);
            }
            Effect::Prove { .. } | Effect::Cancel { .. } | Effect::Listen { .. } | Effect::Browse { .. } => {}
            Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => {}
        }
    }
    assert_eq!(held, None);
}

/// Refreshed, and the disk was full; the process is killed when it tries again.
#[test]
fn tokens_that_an_earlier_run_could_not_store_are_stored_by_the_next() {
    let mut driver = asking();
    driver.grant();
    driver.answer("v3/refresh", 200, RENEWED).stored(Err(StorageProblem::Full)).after(MINUTE);
    driver.say(Intent::Retry).kill();
    driver.wait();
    let stored = as_stored(&driver);
    driver.leased(Ok(stored));
    driver.stored(Ok(()));
    assert_eq!(token(&driver), "syt_YWxpY2U_second", "{}", driver.trace);
}
