//! Paths on which a law once did not hold. Each is walked again under all of them.

use narthex::{Offer, Screen, Task};
use narthex_world::{Kind, World, node};

const CHOICE: &str = "UseServer loopback > a homeserver > every login > no OAuth > no OAuth > open";

fn after(path: &str) -> World {
    World::after(&format!("{CHOICE} > {path}"))
}

fn at(world: &World) -> String {
    node(&world.engine.view().screen)
}

/// Synapse takes a completed session again, and makes another device each time.
#[test]
fn a_registration_session_is_used_once() {
    let made = "CreateAccount > Register > stage passed > registered without a session";
    after(&format!("{made} > Cancel > Register"));
    after(&format!("{made} > killed > Continue"));
    after("CreateAccount > Register > registered without a device > CreateAccount > Register");
}

#[test]
fn what_may_be_stored_is_erased_when_signed_out() {
    for path in ["stored, too late > SignOut > signed out", "killed late > Cancel > signed out"] {
        let world = after(&format!("SignInWithPassword > signed in > {path} > stored"));
        assert_eq!(at(&world), "SignedOut");
    }
}

#[test]
fn a_captive_portal_signs_nobody_out() {
    let world = after("SignInWithPassword > signed in > stored > SignOut > captive portal");
    assert_eq!(at(&world), "Problem_SignOut_Unavailable");
}

/// A device that nobody remembers cannot be removed by anybody here.
#[test]
fn a_session_that_is_not_stored_outlives_a_kill_while_it_is_signed_out() {
    let world = after("SignInWithPassword > signed in > disk full > SignOut > killed");
    assert!(matches!(world.engine.view().screen, Screen::Paused { task: Task::KeepSession, .. }));
}

#[test]
fn a_session_of_the_wrong_account_is_never_rested_in() {
    let ended = "SignInWithPassword > signed in > stored > Refresh > token ended > SignInAgain";
    let found = "a homeserver > every login > no OAuth > no OAuth > open";
    let wrong = "SignInWithPassword > signed in as another > token ended > renewed > not asked here";
    let world = after(&format!("{ended} > {found} > {wrong}"));
    assert!(!world.engine.offers().contains(Offer::Cancel));
}

#[test]
fn a_single_sign_on_outlives_two_kills() {
    let world = after(
        "SignInWithSso > listening > killed > Continue > killed > Continue > listening > link > signed in",
    );
    assert_eq!(at(&world), "Busy_KeepSession");
}

/// Without a pause, and for ever.
#[test]
fn a_401_without_flows_does_not_go_round() {
    let mut world = World::after(
        "UseServer loopback > a homeserver > every login > no OAuth > no OAuth > username wanted > CreateAccount > Register",
    );
    for _ in 0..10 {
        let menu = world.menu();
        let Some(step) = menu.iter().find(|step| step.name == "bare 401" && step.kind == Kind::Answer) else {
            break;
        };
        world = world.step(step);
    }
    assert_eq!(at(&world), "Choose_Misbehaved_NoProgress");
}

#[test]
fn a_sign_in_that_is_limited_again_and_again_asks_the_person() {
    let mut world = after("SignInWithPassword > 429");
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
    let ended = "SignInWithPassword > signed in > stored > Refresh > token ended > SignInAgain";
    let found = "a homeserver > every login > no OAuth > no OAuth > open";
    let world = after(&format!("{ended} > {found} > SignInWithPassword > signed in for good > signed out"));
    assert_eq!(at(&world), "Choose_Misbehaved_InvalidField");
}
