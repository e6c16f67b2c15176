//! Paths on which a law once did not hold. Each is walked again under all of them.

use narthex::{Offer, Screen, Task};
use narthex_world::{Kind, World, node};

const CHOICE: &str =
    "UseServer loopback > a homeserver > every login > no OAuth > no OAuth > no rendezvous > open";

fn after(path: &str) -> World {
    World::after(&format!("{CHOICE} > {path}"))
}

fn at(world: &World) -> String {
    node(&world.engine.view().screen)
}

/// Synapse takes a completed session again, and makes another device each time.
#[test]
fn a_registration_session_is_used_once() {
    let made = "CreateAccount > proved > Register > stage passed > registered without a session";
    after(&format!("{made} > Cancel > Register"));
    after(&format!("{made} > killed > Continue > proved"));
    after(
        "CreateAccount > proved > Register > registered as nobody > signed out > CreateAccount > proved > Register",
    );
}

#[test]
fn what_may_be_stored_is_erased_when_signed_out() {
    for path in ["stored, late > SignOut > leased > signed out", "killed late > Cancel > leased > signed out"]
    {
        let world = after(&format!("SignInWithPassword > proved > signed in > {path} > stored"));
        assert_eq!(at(&world), "SignedOut");
    }
}

#[test]
fn a_captive_portal_signs_nobody_out() {
    let world = after("SignInWithPassword > proved > signed in > stored > SignOut > leased > captive portal");
    assert_eq!(at(&world), "Problem_SignOut_Unavailable");
}

/// A device that nobody remembers cannot be removed by anybody here.
#[test]
fn a_session_that_is_not_stored_outlives_a_kill_while_it_is_signed_out() {
    let world =
        after("SignInWithPassword > proved > signed in > disk full > leased > disk full > leased > killed");
    assert!(matches!(world.engine.view().screen, Screen::Paused { task: Task::KeepSession, .. }));
}

#[test]
fn a_session_of_the_wrong_account_is_never_rested_in() {
    let ended = "SignInWithPassword > proved > signed in > stored > Refresh > leased > token ended > stored > SignInAgain";
    let found = "a homeserver > every login > no OAuth > no OAuth > no rendezvous > open";
    let wrong = "SignInWithPassword > proved > signed in as another > token ended > renewed > not asked here";
    let world = after(&format!("{ended} > {found} > {wrong}"));
    assert!(!world.engine.offers().contains(Offer::Cancel));
}

#[test]
fn a_single_sign_on_outlives_two_kills() {
    let world = after(
        "SignInWithSso > proved > listening > killed > Continue > proved > killed > Continue > proved > listening > link > signed in",
    );
    assert_eq!(at(&world), "Busy_KeepSession");
}

/// Without a pause, and for ever.
#[test]
fn a_401_without_flows_does_not_go_round() {
    let mut world = World::after(
        "UseServer loopback > a homeserver > every login > no OAuth > no OAuth > no rendezvous > username wanted > CreateAccount > proved > Register",
    );
    for _ in 0..10 {
        let menu = world.menu();
        let Some(step) = menu.iter().find(|step| step.name == "bare 401" && step.kind == Kind::Answer) else {
            break;
        };
        world = world.step(step);
    }
    assert_eq!(at(&world), "Choose_Misbehaved_NoFlows");
}

#[test]
fn a_sign_in_that_is_limited_again_and_again_asks_the_person() {
    let mut world = after("SignInWithPassword > proved > 429");
    let mut limited = 1;
    while at(&world) == "Limited_SignIn" {
        for name in ["deadline", "429"] {
            let step = world.menu().into_iter().find(|step| step.name == name).expect("on the menu");
            world = world.step(&step);
        }
        limited += 1;
        assert!(limited < 100, "for ever");
    }
    assert_eq!((limited, at(&world).as_str()), (21, "Problem_SignIn_Unavailable"));
}

/// It would leave the old one behind, here and on the server.
#[test]
fn signing_in_again_is_on_the_same_device() {
    let ended = "SignInWithPassword > proved > signed in > stored > Refresh > leased > token ended > stored > SignInAgain";
    let found = "a homeserver > every login > no OAuth > no OAuth > no rendezvous > open";
    let world =
        after(&format!("{ended} > {found} > SignInWithPassword > proved > signed in for good > signed out"));
    assert_eq!(at(&world), "Choose_Misbehaved_InvalidField");
}

fn oauth(server: &str, path: &str) -> World {
    let choice = format!(
        "UseServer loopback > a homeserver > every login > {server} > no OAuth > no rendezvous > open"
    );
    World::after(&format!("{choice} > {path}"))
}

/// It ended before it began, and nobody noticed.
#[test]
fn a_sign_in_where_nobody_can_introduce_themselves_is_over_at_once() {
    for way in ["CreateAccount > proved", "SignInWithBrowser > proved", "SignInWithDeviceCode > proved"] {
        let world = oauth("OAuth that knows nobody", way);
        assert_eq!((at(&world).as_str(), world.open.len()), ("Choose_Unsupported_ClientRegistration", 0));
    }
}

/// A rate limit made a lost answer forgotten.
#[test]
fn a_code_is_sent_twice_at_most() {
    let lost = "SignInWithBrowser > proved > listening > link > 500 > 429 > deadline > 500";
    assert_eq!(at(&oauth("OAuth that knows us", lost)), "Problem_SignIn_Unavailable");
}

/// It was given up half a minute after it was there.
#[test]
fn a_listener_outlasts_a_server_that_wants_patience() {
    let mut path = "SignInWithBrowser > proved > listening".to_owned();
    for _ in 0..15 {
        path += " > 429 > deadline";
    }
    let world = oauth("OAuth", &format!("{path} > introduced > link > tokens"));
    assert_eq!(at(&world), "Busy_SignIn");
}

#[test]
fn a_listener_that_broke_while_the_server_wanted_patience_is_asked_for_again() {
    let broke = "SignInWithBrowser > proved > listening > 429 > cannot listen > deadline";
    let world = oauth("OAuth", &format!("{broke} > listening > introduced > link > tokens"));
    assert_eq!(at(&world), "Busy_SignIn");
}

/// They were asked about for ever.
#[test]
fn tokens_that_the_homeserver_does_not_know_are_ended() {
    let unknown =
        "token ended > deadline > token ended > deadline > token ended > deadline > token ended > deadline";
    let path = format!(
        "SignInWithBrowser > proved > introduced > listening > link > tokens > {unknown} > token ended"
    );
    assert_eq!(at(&oauth("OAuth", &format!("{path} > invalid_grant"))), "Choose_Other");
    let again = format!("{path} > renewed > {unknown} > token ended > revoked");
    assert_eq!(at(&oauth("OAuth", &again)), "Choose_Other");
}

/// The token that is stored may be an old one, and ending that ends nothing.
#[test]
fn a_renewal_in_doubt_comes_before_the_end() {
    let session =
        "SignInWithBrowser > proved > introduced > listening > link > tokens > named > it is you > stored";
    let world = oauth(
        "OAuth",
        &format!("{session} > Refresh > leased > lost > SignOut > leased > renewed > revoked > stored"),
    );
    assert_eq!(at(&world), "SignedOut");
    let world =
        oauth("OAuth", &format!("{session} > killed > SignOut > leased > renewed > revoked > stored"));
    assert_eq!(at(&world), "SignedOut");
}
