//! A server that gives the same answer for ever, and a person who only waits: nothing goes round in circles, and
//! nobody is asked more often than is decent.

use std::collections::{BTreeSet, VecDeque};
use std::thread;

use narthex::Time;
use narthex_world::{Class, Kind, Step, World};

/// One hour.
const HOUR: u64 = 3_600_000;
/// Answers and pauses in an hour of polling, with the shortest pause that is ours.
const MOST_IN_AN_HOUR: usize = 1_300;
/// The same when the server itself asks for pauses of two seconds: each is kept, and an answer follows.
const MOST_IF_LIMITED: usize = 3_650;
/// All stages of a registration one after the other, and what follows.
const MOST_AT_ONCE: usize = 220;

/// Worlds in which something is on its way, one for each set of open requests and screen.
fn starts() -> Vec<World> {
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([World::default()]);
    let mut starts = Vec::new();
    while let Some(world) = queue.pop_front() {
        if !world.open.is_empty() {
            starts.push(world.clone());
        }
        for step in world.menu().into_iter().filter(|step| !step.kind.is_idle() && step.kind != Kind::Late) {
            let next = world.step(&step);
            let classes: Vec<_> = next.open.iter().map(|open| open.class).collect();
            let screen = narthex_world::left(&next.engine.view().screen);
            // What else was said while the rendezvous is awaited leads to the same as without it.
            let name = if classes.contains(&Class::Rendezvous) { "" } else { step.name.as_str() };
            if seen.insert(format!("{screen} {classes:?} {name}")) && next.path.len() < 13 {
                queue.push_back(next);
            }
        }
    }
    starts
}

/// The answer called `name` to the first open effect that has one, else the deadline.
fn again(world: &World, name: &str) -> Option<Step> {
    let menu = world.menu();
    let find = |wanted: &dyn Fn(&Step) -> bool| menu.iter().find(|step| wanted(step)).cloned();
    find(&|step| step.kind == Kind::Answer && step.name == name)
        .or_else(|| find(&|step| step.kind == Kind::Due))
}

/// How many steps the most are that follow one answer for ever.
fn longest(start: &World) -> usize {
    let names: BTreeSet<String> =
        start.menu().into_iter().filter(|step| step.kind == Kind::Answer).map(|step| step.name).collect();
    let mut most_steps = 0;
    for name in names {
        let (mut world, begin) = (start.clone(), start.now);
        let (mut steps, mut at_once, mut last) = (0, 0, begin);
        while world.now < Time(begin.0 + HOUR) {
            let Some(step) = again(&world, &name) else { break };
            world = world.step(&step);
            steps += 1;
            at_once = if world.now == last { at_once + 1 } else { 0 };
            last = world.now;
            assert!(at_once < MOST_AT_ONCE, "goes round: {:?} and then {name} for ever", start.path);
            let most =
                if name.contains("limited") || name == "429" { MOST_IF_LIMITED } else { MOST_IN_AN_HOUR };
            assert!(steps < most, "asks too often: {:?} and then {name} for ever", start.path);
        }
        most_steps = most_steps.max(steps);
    }
    most_steps
}

#[test]
fn the_same_answer_for_ever_is_not_asked_for_for_ever() {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    // Worlds stay where they were made, so each thread makes all of them and looks at its own.
    let part = |n| move || starts().iter().skip(n).step_by(threads).map(longest).max();
    let parts: Vec<_> = (0..threads).map(|n| thread::spawn(part(n))).collect();
    let most_steps = parts.into_iter().filter_map(|part| part.join().unwrap()).max();
    assert!(most_steps > Some(100), "something is polled");
}
