//! A flow beside a session, driven by hand. The flow is one that exists for tests alone (`engine/src/rehearsal.rs`).

use std::time::Duration;

use narthex::{Effect, Input, Intent, Lost, Offer, Reply, Saved, Screen, StorageProblem};

use crate::answers::{REFRESH_SPENT, RENEWED, UNKNOWN_TOKEN, WHOAMI};
use crate::driver::{Driver, response};

/// What names the session, whatever is shown.
const OF_THE_SESSION: [Offer; 4] = [Offer::CheckSession, Offer::Refresh, Offer::ListDevices, Offer::SignOut];

fn kept() -> Driver {
    let stored = include_str!("../golden/saved-v1-stored.json");
    let here = stored.replace("matrix.example.org", "rehearsal.invalid");
    Driver::resumed(Saved::from_json(here.trim_end()).expect("it reads"))
}

fn opening() -> Driver {
    let mut driver = kept();
    driver.say(Intent::SignInWithDeviceCode);
    driver
}

fn open() -> Driver {
    let mut driver = opening();
    driver.answer("/open", 200, "{}");
    driver
}

/// The flow is polling, and the session is being refreshed.
fn both_asking() -> Driver {
    let mut driver = open();
    driver.say(Intent::Refresh).after(Duration::from_secs(5));
    assert!(driver.is_open("/poll") && driver.is_open("/refresh"), "{}", driver.trace);
    driver
}

fn is_the_flows(driver: &Driver) -> bool {
    matches!(driver.screen(), Screen::UserCode { .. })
}

fn is_signed_in(driver: &Driver) -> bool {
    matches!(driver.screen(), Screen::SignedIn { task: None, .. })
}

fn token_of(driver: &Driver, path: &str) -> String {
    let request = driver.request(path);
    let header = request.headers.iter().find(|(name, _)| *name == "authorization");
    header.expect("it is authorized").1.expose().clone()
}

#[test]
fn it_begins_where_it_is_possible_and_nowhere_else() {
    assert!(kept().offers(Offer::SignInWithDeviceCode));
    assert!(!Driver::signed_in().offers(Offer::SignInWithDeviceCode));
    assert!(!opening().offers(Offer::SignInWithDeviceCode), "one at a time");
}

#[test]
fn it_has_the_screen_until_it_is_over_and_the_session_keeps_what_names_it() {
    let mut driver = open();
    assert!(is_the_flows(&driver));
    assert!(OF_THE_SESSION.iter().all(|offer| driver.offers(*offer)) && driver.offers(Offer::Cancel));
    driver.after(Duration::from_secs(5)).answer("/poll", 200, "{}");
    assert!(is_signed_in(&driver) && !driver.offers(Offer::Cancel), "{}", driver.trace);
    assert!(driver.offers(Offer::SignInWithDeviceCode), "and again");
}

#[test]
fn the_session_can_be_checked_while_it_runs() {
    let mut driver = open();
    driver.say(Intent::CheckSession).answer("/whoami", 200, WHOAMI);
    assert!(is_the_flows(&driver));
    driver.say(Intent::Cancel).answer("/close", 200, "{}");
    let Screen::SignedIn { checked_at, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert!(checked_at.is_some(), "what it learned unseen is shown");
}

/// Nothing is lost, and the flow goes on with the tokens that are good now.
#[test]
fn the_session_is_renewed_meanwhile() {
    let mut driver = both_asking();
    assert_eq!(token_of(&driver, "/poll"), "Bearer syt_YWxpY2U_first");
    driver.answer("/refresh", 200, RENEWED);
    let saved = driver.engine.save().expect("new tokens are saved before they are stored");
    assert!(saved.to_json().expose().contains("syr_second"));
    driver.stored(Ok(())).lose("/poll").after(Duration::from_secs(5));
    assert_eq!(token_of(&driver, "/poll"), "Bearer syt_YWxpY2U_second");
    assert!(is_the_flows(&driver) && driver.engine.save().is_none());
    driver.answer("/poll", 200, "{}");
    assert_eq!(driver.engine.session().expect("signed in").access_token.expose(), "syt_YWxpY2U_second");
}

#[test]
fn a_cancel_is_the_flows() {
    for mut driver in [opening(), open(), both_asking()] {
        driver.say(Intent::Cancel);
        assert!(driver.is_open("/close") && !driver.is_open("/poll"), "{}", driver.trace);
        assert!(!driver.offers(Offer::Cancel) && driver.engine.session().is_some());
        driver.answer("/close", 200, "{}");
        assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
    }
}

#[test]
fn a_retry_is_the_flows() {
    let mut driver = opening();
    driver.lose("/open");
    assert!(matches!(driver.screen(), Screen::Problem { .. }) && driver.offers(Offer::CheckSession));
    driver.say(Intent::Retry);
    assert!(driver.is_open("/open"));
}

/// Each reply reaches the one that waits for it, whatever it says.
#[test]
fn swapped_replies_lose_nothing() {
    let mut driver = both_asking();
    driver.answer("/refresh", 200, "{}").answer("/poll", 403, REFRESH_SPENT);
    assert!(driver.engine.session().is_some(), "a poll says nothing about the session: {}", driver.trace);
    assert!(matches!(driver.screen(), Screen::Problem { .. }), "and no refresh about the flow");
    driver.say(Intent::Cancel);
    assert!(matches!(driver.screen(), Screen::SignedIn { problem: Some(_), .. }));
}

#[test]
fn late_and_doubled_replies_move_nothing() {
    let mut driver = both_asking();
    let ids: Vec<_> = driver.asked.iter().filter_map(Effect::id).collect();
    driver.answer("/refresh", 200, RENEWED).stored(Ok(())).answer("/poll", 500, "");
    let before = (driver.engine.view(), driver.engine.save());
    for id in ids {
        for reply in [
            Reply::Http(Ok(response(200, &[], RENEWED))),
            Reply::Http(Ok(response(401, &[], UNKNOWN_TOKEN))),
            Reply::Http(Err(Lost::Broken)),
            Reply::Stored(Err(StorageProblem::Locked)),
        ] {
            assert!(driver.hear(Input::Reply { id, reply }).is_empty());
        }
    }
    assert_eq!((driver.engine.view(), driver.engine.save()), before);
}

/// It ends what it has to end; and the account does not rest before that.
#[test]
fn signing_out_gives_the_flow_up() {
    let mut driver = open();
    driver.say(Intent::SignOut { everywhere: false });
    assert!(driver.is_open("/close") && driver.is_open("/logout"), "{}", driver.trace);
    assert!(!is_the_flows(&driver) && !driver.offers(Offer::Cancel));
    driver.answer("/logout", 200, "{}").stored(Ok(()));
    assert!(driver.is_open("/close") && matches!(driver.screen(), Screen::Busy { .. }));
    driver.answer("/close", 200, "{}");
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: true, .. }));
    assert!(driver.is_idle() && driver.engine.deadline().is_none());
}

#[test]
fn a_flow_that_was_given_up_may_be_over_first() {
    let mut driver = open();
    driver.say(Intent::SignOut { everywhere: false }).answer("/close", 500, "");
    assert!(matches!(driver.screen(), Screen::Busy { .. }) && driver.is_open("/logout"));
    driver.answer("/logout", 200, "{}").stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { .. }) && driver.is_idle());
}

#[test]
fn a_session_that_the_server_ends_gives_the_flow_up() {
    let mut driver = both_asking();
    driver.answer("/refresh", 403, REFRESH_SPENT);
    assert!(driver.is_open("/close") && !driver.is_open("/poll"), "{}", driver.trace);
    driver.after(Duration::from_secs(30));
    assert!(matches!(driver.screen(), Screen::SessionEnded { .. }), "nobody is waited for for ever");
}

/// What concerns the session has the screen then, and its `Retry` is the session's.
#[test]
fn new_tokens_that_cannot_be_stored_give_the_flow_up() {
    let mut driver = both_asking();
    driver.answer("/refresh", 200, RENEWED).stored(Err(StorageProblem::Full));
    assert!(matches!(driver.screen(), Screen::Problem { .. }) && driver.is_open("/close"));
    driver.say(Intent::Retry);
    assert!(driver.is_open("/close"), "the session is stored again: {}", driver.trace);
    driver.stored(Ok(()));
    assert!(is_signed_in(&driver) && !driver.offers(Offer::SignInWithDeviceCode), "the first is not over");
    driver.answer("/close", 200, "{}");
    assert!(is_signed_in(&driver) && driver.offers(Offer::SignInWithDeviceCode), "{}", driver.trace);
}

/// What is saved is the session's, and the flow ends by itself.
#[test]
fn a_kill_leaves_the_session() {
    assert_eq!(open().engine.save(), None, "it is stored");
    let mut driver = both_asking();
    driver.answer("/refresh", 200, RENEWED).kill();
    assert!(!is_the_flows(&driver) && driver.engine.deadline().is_some());
    driver.wait().stored(Ok(())).answer("/whoami", 200, WHOAMI);
    assert!(is_signed_in(&driver), "{}", driver.trace);
}
