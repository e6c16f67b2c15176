//! How long is a token good to be handed out?

use std::time::Duration;

use narthex::{Intent, LeaseProblem, Saved, Screen, Session, StorageProblem, Time};

use crate::answers::{LIMITED, RENEWED, UNKNOWN_TOKEN};
use crate::driver::Driver;

fn session(granted_at: Option<u64>, expires_at: u64) -> Session {
    let session = Driver::signed_in().stored[0].clone();
    Session { granted_at: granted_at.map(Time), expires_at: Some(Time(expires_at)), ..session }
}

/// Found B4, F6.
#[test]
fn how_long_before_its_end_a_token_is_fresh_depends_on_how_long_it_lives() {
    let start = 1_700_000_000_000;
    for (lives, fresh) in [(10, 8), (20, 16), (50, 40), (60, 48), (300, 240), (3600, 3540), (86_400, 86_340)]
    {
        let session = session(Some(start), start + lives * 1000);
        assert_eq!(session.fresh_until(Time(start)), Some(Time(start + fresh * 1000)), "{lives}");
        assert!(session.is_fresh(Time(start + fresh * 1000 - 1)), "{lives}");
        assert!(!session.is_fresh(Time(start + fresh * 1000)), "{lives}");
    }
    let old = session(None, start);
    assert!(old.is_fresh(Time(start - 60_001)) && !old.is_fresh(Time(start - 60_000)));
    let endless = Session { expires_at: None, ..old };
    assert!(endless.is_fresh(Time(start)) && endless.fresh_until(Time(start)).is_none());
}

/// Found B2: signed in while the clock was years ahead; or it was set back by a day since.
#[test]
fn an_end_that_is_stored_is_believed_as_far_as_it_is_plausible() {
    const DAY: u64 = 86_400_000;
    let now = 1_700_000_000_000;
    for ahead in [DAY, 4 * 365 * DAY] {
        let session = session(Some(now + ahead), now + ahead + 300_000);
        assert_eq!(session.fresh_until(Time(now)), Some(Time(now)));
        let mut driver = Driver::resumed(Saved::from(Session { ..session }));
        driver.wait();
        assert!(driver.is_open("v3/refresh"), "it is refreshed on first use: {}", driver.trace);
    }
    assert!(!session(None, now + 2 * DAY).is_fresh(Time(now)), "nobody knows how long it lives");
    assert!(session(None, now + DAY / 2).is_fresh(Time(now)));
    // A clock that is corrected by seconds is no reason to doubt.
    assert!(session(Some(now + 10_000), now + 310_000).is_fresh(Time(now)));
}

fn good_until(driver: &Driver) -> Option<Time> {
    match driver.screen() {
        Screen::SignedIn { problem: Some(_), good_until, .. } => good_until,
        screen => panic!("{screen:?}: {}", driver.trace),
    }
}

/// A stored session that has so many seconds of five minutes left.
fn with_left(seconds: u64) -> (Driver, Time) {
    let session = Driver::signed_in().stored[0].clone();
    let expires_at = Driver::resumed(Saved::from(session.clone())).now + Duration::from_secs(seconds);
    let granted_at = Some(Time(expires_at.0 - 300_000));
    let driver =
        Driver::resumed(Saved::from(Session { granted_at, expires_at: Some(expires_at), ..session }));
    (driver, expires_at)
}

/// A refresh is early so that it may fail: whatever puts it off takes no token away that works.
#[test]
fn a_token_that_cannot_be_refreshed_yet_is_good_to_its_end() {
    for seconds in [40, 6] {
        for (status, answer) in [(429, LIMITED), (500, "{}"), (502, "<html>"), (404, ""), (200, "<html>")] {
            let (mut driver, expires_at) = with_left(seconds);
            driver.wait().answer("v3/refresh", status, answer);
            assert_eq!(good_until(&driver), Some(expires_at), "{status}: {}", driver.trace);
        }
        let (mut driver, expires_at) = with_left(seconds);
        driver.wait().lose("v3/refresh");
        assert_eq!(good_until(&driver), Some(expires_at), "{}", driver.trace);
        for problem in [LeaseProblem::Busy, LeaseProblem::Storage(StorageProblem::Full)] {
            let (mut driver, expires_at) = with_left(seconds);
            driver.leases = false;
            driver.wait();
            driver.leased(Err(problem));
            assert_eq!(good_until(&driver), Some(expires_at), "{}", driver.trace);
        }
    }
}

#[test]
fn a_token_is_not_said_to_be_good_without_a_reason() {
    for seconds in [4, 0] {
        let (mut driver, _) = with_left(seconds);
        driver.wait().answer("v3/refresh", 500, "{}");
        assert_eq!(good_until(&driver), None, "it ends before it can be used");
    }
    // The server has refused it, whatever its time is.
    let (mut driver, expires_at) = with_left(200);
    driver.say(Intent::CheckSession).answer("/whoami", 401, UNKNOWN_TOKEN).answer("v3/refresh", 500, "{}");
    assert_eq!(good_until(&driver), None, "{}", driver.trace);
    driver.say(Intent::Refresh).answer("v3/refresh", 500, "{}");
    assert_eq!(good_until(&driver), None, "{}", driver.trace);
    driver.say(Intent::CheckSession).answer("/whoami", 200, r#"{"user_id":"@alice:example.org"}"#);
    driver.say(Intent::Refresh).answer("v3/refresh", 500, "{}");
    assert_eq!(good_until(&driver), Some(expires_at), "{}", driver.trace);
    // Nobody knows how long it lives.
    for (granted_at, expires_at) in [(None, None), (Some(Time(u64::MAX)), Some(expires_at))] {
        let session = Session { granted_at, expires_at, ..Driver::signed_in().stored[0].clone() };
        let mut driver = Driver::resumed(Saved::from(session));
        if expires_at.is_some() {
            driver.wait();
        } else {
            driver.say(Intent::Refresh);
        }
        driver.answer("v3/refresh", 500, "{}");
        assert_eq!(good_until(&driver), None, "{}", driver.trace);
    }
}

/// What lives for seconds is handed out in its last ones, but not in the very last.
#[test]
fn a_token_of_seconds_is_good_while_there_is_time_for_a_request() {
    let session = Driver::signed_in().stored[0].clone();
    for (life, least) in [(300_000, 5000), (50_000, 5000), (12_000, 1200), (3000, 1000)] {
        let session =
            Session { granted_at: Some(Time(1000)), expires_at: Some(Time(1000 + life)), ..session.clone() };
        let last = Time(1000 + life - least);
        assert_eq!(session.good_until(Time(last.0 - 1)), session.expires_at, "{life}");
        assert_eq!(session.good_until(last), None, "{life}");
    }
}

/// A server whose tokens live for nothing is not asked all the time.
#[test]
fn a_token_of_a_very_short_life_is_refreshed_every_five_seconds() {
    let mut driver = Driver::signed_in();
    let short = RENEWED.replace("300000", "1");
    driver.say(Intent::Refresh).answer("v3/refresh", 200, &short).stored(Ok(()));
    let granted = driver.engine.session().and_then(|session| session.granted_at).expect("it is known");
    assert_eq!(driver.engine.deadline(), Some(granted + Duration::from_secs(5)));
}
