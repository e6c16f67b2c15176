//! What raw bytes are to the engine: a way through the menu, or the answer that a parser reads, in the state in
//! which it is read. After each the laws hold.
//!
//! The answers begin with two digits: the status (an index into [`STATUSES`]) and flags (1 a web page, 2 the body
//! is the `location`, 4 the body is the `retry-after`); where there are several states, one before them
//! chooses.

mod answer;
mod oauth;
mod typed;

use std::collections::BTreeMap;

use crate::step::{Kind, Step};
use crate::world::World;

pub use self::answer::{STATUSES, login, retry_after, session, uia, well_known};
pub use self::oauth::{callback, device_answer, metadata, token_answer};
pub use self::typed::{intent_json, link, lint, saved_json, server_name};

/// What is done with raw bytes.
pub type Target = fn(&[u8]);

/// Every target by name, for the replay of their corpora.
pub const TARGETS: [(&str, Target); 15] = [
    ("walk", walk),
    ("well_known", well_known),
    ("login", login),
    ("metadata", metadata),
    ("uia", uia),
    ("session", session),
    ("token_answer", token_answer),
    ("device_answer", device_answer),
    ("link", link),
    ("callback", callback),
    ("server_name", server_name),
    ("intent_json", intent_json),
    ("saved_json", saved_json),
    ("retry_after", retry_after),
    ("lint", lint),
];

/// The longest walk.
const MOST_STEPS: usize = 200;

/// Two bytes are a step: the first chooses the kind, the second which of that kind.
pub fn walk(data: &[u8]) {
    let mut world = World::default();
    for pair in data.chunks_exact(2).take(MOST_STEPS) {
        world = world.step(&choose(&world, pair[0], pair[1].into()));
    }
}

/// A step off the menu. What is on offer and what is awaited come more often than their number would have it.
///
/// # Panics
///
/// Never: a menu is never empty.
#[must_use]
pub fn choose(world: &World, kind: u8, which: usize) -> Step {
    let mut kinds: BTreeMap<Kind, Vec<Step>> = BTreeMap::new();
    for step in world.menu() {
        kinds.entry(step.kind).or_default().push(step);
    }
    let likely = [Kind::Wish, Kind::Answer, Kind::Wish, Kind::Answer, Kind::Answer];
    let likely = likely.into_iter().filter(|kind| kinds.contains_key(kind));
    let all: Vec<Kind> = likely.chain(kinds.keys().copied()).collect();
    let steps = &kinds[&all[usize::from(kind) % all.len()]];
    steps[which % steps.len()].clone()
}
