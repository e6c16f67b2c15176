//! What is a cell? What two devices take turns to write; what is asked of it, its versions, and how long it lives.

use std::collections::VecDeque;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use narthex::Time;
use sha2::{Digest as _, Sha256};

use super::settings::Manners;

/// The most cells of one generation, whatever is configured.
const MOST_CELLS: usize = 10_000;
/// The longest life, whatever is configured.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// How often Synapse forgets what is too old or too much, in milliseconds.
const SWEEP: u64 = 60_000;

/// Which of the two APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    Of2024,
    Of2025,
}

/// What is asked of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action<'a> {
    /// Whether a cell may be created (2025 alone).
    Discover,
    Create,
    Read(&'a str),
    Write(&'a str),
    Delete(&'a str),
}

/// By which rules the cells of one generation are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) manners: Manners,
    pub(super) generation: Generation,
    pub(super) lifetime: Duration,
    pub(super) capacity: usize,
}

impl Rules {
    fn end(self, now: Time) -> Time {
        now + self.lifetime.min(LONGEST_LIFE)
    }

    fn version(self, id: &str, data: &[u8], at: Time) -> String {
        let at = at.0.to_be_bytes();
        let parts: &[&[u8]] = match (self.manners, self.generation) {
            (Manners::Synapse, Generation::Of2024) => &[data],
            (Manners::Synapse, Generation::Of2025) => &[data, &at],
            (Manners::Tuwunel, _) => &[id.as_bytes(), data, &at],
        };
        let digest = parts.iter().fold(Sha256::new(), |digest, part| digest.chain_update(part));
        BASE64_URL_SAFE_NO_PAD.encode(digest.finalize())
    }
}

/// What is written in turns.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) id: String,
    pub(super) data: Vec<u8>,
    pub(super) version: String,
    /// The version that the present one replaced.
    previous: Option<String>,
    pub(super) modified: Time,
    pub(super) expires: Time,
}

impl Cell {
    pub(super) fn is_alive(&self, now: Time) -> bool {
        now < self.expires
    }

    /// Writes, if the version there is `is_known`, or if all of it is written already. False if somebody else has.
    pub(super) fn write(
        &mut self,
        rules: Rules,
        now: Time,
        is_known: impl Fn(&str) -> bool,
        data: &[u8],
    ) -> bool {
        if is_known(&self.version) {
            // tuwunel's versions differ even where two writes come at once.
            let at = match rules.manners {
                Manners::Synapse => now,
                Manners::Tuwunel => now.max(self.modified + Duration::from_millis(1)),
            };
            let version = rules.version(&self.id, data, at);
            self.previous = Some(std::mem::replace(&mut self.version, version));
            self.data = data.to_vec();
            self.modified = at;
        } else if data != self.data || !self.may_repeat(rules, is_known) {
            return false;
        }
        match rules.manners {
            Manners::Synapse => {}
            Manners::Tuwunel => self.expires = rules.end(now),
        }
        true
    }

    fn may_repeat(&self, rules: Rules, is_known: impl Fn(&str) -> bool) -> bool {
        match (rules.manners, rules.generation) {
            (Manners::Synapse, Generation::Of2024) => false,
            (Manners::Synapse, Generation::Of2025) => self.previous.as_deref().is_some_and(is_known),
            (Manners::Tuwunel, _) => true,
        }
    }
}

/// The cells of one generation, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    cells: VecDeque<Cell>,
    /// When they were last looked at.
    seen: Time,
}

impl Cells {
    /// To be called whenever anything is asked: what would have been forgotten meanwhile is.
    pub(super) fn sweep(&mut self, rules: Rules, now: Time) {
        let is_due = rules.manners == Manners::Synapse && now.0 / SWEEP != self.seen.0 / SWEEP;
        self.seen = now;
        if is_due {
            self.forget(now, rules.capacity);
        }
    }

    pub(super) fn create(&mut self, rules: Rules, now: Time, id: String, data: Vec<u8>) -> &Cell {
        let capacity = rules.capacity.clamp(1, MOST_CELLS);
        match rules.manners {
            Manners::Synapse if self.cells.len() >= capacity * 2 => self.forget(now, capacity),
            Manners::Synapse => {}
            Manners::Tuwunel => self.forget(now, capacity - 1),
        }
        let version = rules.version(&id, &data, now);
        let cell = Cell { id, data, version, previous: None, modified: now, expires: rules.end(now) };
        self.cells.push_back(cell);
        &self.cells[self.cells.len() - 1]
    }

    /// The cell, if it is alive.
    pub(super) fn find(&mut self, now: Time, id: &str) -> Option<&mut Cell> {
        self.cells.iter_mut().find(|cell| cell.id == id && cell.is_alive(now))
    }

    /// Takes the cell away, alive or not.
    pub(super) fn remove(&mut self, id: &str) -> Option<Cell> {
        let index = self.cells.iter().position(|cell| cell.id == id)?;
        self.cells.remove(index)
    }

    pub(super) fn alive(&self, now: Time) -> usize {
        self.cells.iter().filter(|cell| cell.is_alive(now)).count()
    }

    /// Forgets what is over, and the oldest until there are `most`.
    fn forget(&mut self, now: Time, most: usize) {
        self.cells.retain(|cell| cell.is_alive(now));
        let excess = self.cells.len().saturating_sub(most);
        self.cells.drain(..excess);
    }
}
