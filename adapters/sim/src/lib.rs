//! Whole lives against an honest server that remembers: one person, one account, and bad luck.
//!
//! A life is: register or sign in, check the session, keep it through some virtual days, sign out. The server is the
//! sandbox in one of its setups. The person looks at the view and does what it offers, with slips of the finger,
//! impatience and changes of mind. Luck loses, delays, repeats and falsifies requests and answers, kills the process at
//! any effect, suspends it, sets its clock, fills its disk, and takes a disk or a server back in time. Then luck turns, and
//! whoever may get in has to get in.
//!
//! Everything follows from the seed. What has to hold is said in `laws`; where it does not, [`life`] panics with the
//! seed and the story of that life.

mod chance;
mod errands;
mod faults;
mod law;
mod laws;
mod luck;
mod network;
mod oauth;
mod pair;
mod person;
mod plan;
mod process;
mod questions;
mod run;
mod session;
mod shared;
mod story;

pub use luck::Luck;
pub use pair::{
    Crossed, Lie, Linked, PairBroken, PairLaw, PairLuck, Side, Sides, Stranger, pair, pair_sides, pair_story,
    try_pair,
};
pub use plan::{Goal, Setup};
pub use run::{Ending, Summary};
pub use shared::{Leases, Shared, shared};

/// Lives the life of `seed` under `luck`.
///
/// # Panics
///
/// When a law is broken, with the seed and the story.
#[must_use]
pub fn life(seed: u64, luck: Luck) -> Summary {
    match run::Life::new(seed, luck).live() {
        Ok(summary) => summary,
        Err(broken) => panic!("seed {seed}, {luck:?}: {broken}\n{}", story(seed, luck)),
    }
}

/// The same life, told step by step, whatever its end.
#[must_use]
pub fn story(seed: u64, luck: Luck) -> String {
    run::Life::new(seed, luck).told().1
}
