//! A session and a flow beside it, in every reachable state: the laws of any world, and who has the screen.
//!
//! The flow is one that exists for tests alone (`engine/src/rehearsal.rs`).

use std::collections::{BTreeSet, VecDeque};

use narthex::{Effect, Offer, Screen, Session};
use narthex_world::World;

/// Where the session is over: what comes after is explored elsewhere.
fn is_elsewhere(world: &World) -> bool {
    matches!(
        world.engine.view().screen,
        Screen::SignedOut { .. } | Screen::SessionEnded { .. } | Screen::Welcome { .. }
    )
}

/// What the flow waits for.
fn asked_by_the_flow(world: &World, what: &str) -> bool {
    world.open.iter().any(|open| match &open.effect {
        Effect::Http { request, .. } => request.url.path() == format!("/_rehearsal/{what}"),
        Effect::Prove { .. } | Effect::Store { .. } | Effect::Erase { .. } | Effect::Lease { .. } => false,
        Effect::Listen { .. } | Effect::Browse { .. } | Effect::Cancel { .. } => false,
        Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => false,
    })
}

/// The flow has the screen as long as the session is good, and it does not come back from having lost it.
fn holds(world: &World) {
    let (view, session) = (world.engine.view(), world.engine.session());
    let is_shown = matches!(view.screen, Screen::UserCode { .. });
    let is_asking = asked_by_the_flow(world, "open") || asked_by_the_flow(world, "poll");
    assert!(!is_shown || session.is_some(), "shown without a session: {:?}", world.path);
    assert!(!is_asking || session.is_some(), "goes on without a session: {:?}", world.path);
    assert!(!asked_by_the_flow(world, "poll") || is_shown, "goes on unseen: {:?}", world.path);
    assert!(!is_shown || view.offers.contains(Offer::Cancel), "shown for ever: {:?}", world.path);
}

#[test]
#[expect(clippy::print_stdout, reason = "the counts")]
fn every_state_of_a_session_with_a_flow_beside_it_is_sound() {
    let stored =
        include_str!("../../tests/golden/session-v1.json").replace("matrix.example.org", "rehearsal.invalid");
    let session = Session::from_json(stored.trim_end()).expect("it reads");
    let mut queue = VecDeque::from([World::kept(session)]);
    let mut seen: BTreeSet<String> = queue[0].keys().into_iter().collect();
    let (mut states, mut both, mut leaving) = (0, 0, 0);
    while let Some(world) = queue.pop_front() {
        holds(&world);
        states += 1;
        let closing = asked_by_the_flow(&world, "close");
        both += usize::from(world.open.len() > 1);
        leaving += usize::from(closing && world.engine.session().is_none());
        if is_elsewhere(&world) {
            assert!(!closing, "rests before the flow has ended what it had to: {:?}", world.path);
            continue;
        }
        for step in world.menu() {
            if step.kind.is_idle() {
                world.stand(&step);
                continue;
            }
            let next = world.step(&step);
            let known = seen.len();
            seen.extend(next.keys());
            if seen.len() > known {
                queue.push_back(next);
            }
        }
    }
    println!("{states} states, {both} with two effects at once, {leaving} without a session");
    assert!(both > 10 && leaving > 10);
}
