//! What crosses the border of each of two devices, for tests that look at all of it.

use narthex::{Config, Effect, Input, Saved, Seeds, Time, View};

use crate::process::client;

/// An engine's part of a life.
#[derive(Clone, Debug)]
pub struct Side {
    /// How it began: as whom, from what, and when.
    pub config: Config,
    /// Both of its seeds.
    pub seeds: Seeds,
    /// What it went on from.
    pub resumed: Option<Saved>,
    /// When.
    pub began: Time,
    /// What it heard, and what came of that.
    pub crossed: Vec<Crossed>,
}

/// One step of an engine.
#[derive(Clone, Debug)]
pub struct Crossed {
    /// When.
    pub now: Time,
    /// What it heard.
    pub input: Input,
    /// What it wanted.
    pub effects: Vec<Effect>,
    /// What it showed.
    pub view: View,
    /// What was to be kept.
    pub saved: Option<Saved>,
    /// The engine, printed.
    pub printed: String,
}

/// Both sides of a life, and what nobody else may know of it.
#[derive(Clone, Debug)]
pub struct Sides {
    /// The existing device, and the new one.
    pub devices: Vec<Side>,
    /// Everything that was written to a cell.
    pub frames: Vec<String>,
    /// The names of the cells.
    pub cells: Vec<String>,
}

impl Side {
    pub(super) fn new(seeds: Seeds, resumed: Option<Saved>, began: Time) -> Self {
        Self { config: config(), seeds, resumed, began, crossed: Vec::new() }
    }
}

pub(super) fn config() -> Config {
    Config { encryption: true, ..Config::new(client()) }
}
