//! Something that can happen: its name, its time, and what the laws say about it.

use narthex::{Input, Time};

/// Something that can happen, by name.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: String,
    pub now: Time,
    pub deed: Deed,
    pub kind: Kind,
}

/// What happens.
#[derive(Clone, Debug)]
pub enum Deed {
    /// The engine is told of it.
    Input(Input),
    /// The process ends, and a new one goes on from what was saved; what was being stored may have been.
    Kill { stored: bool },
}

/// What the laws say about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An intent that is on offer.
    Wish,
    /// An intent that is not.
    Unwished,
    /// An awaited answer.
    Answer,
    /// An awaited answer of any bytes. The world learns nothing from it that the engine may read otherwise.
    Raw,
    /// An awaited answer that is read together with the deadline.
    Late,
    /// What is not for us.
    Noise,
    /// Time passes, but no deadline.
    Early,
    /// The deadline.
    Due,
    /// All deadlines, by far.
    Overdue,
    Kill,
}

impl Kind {
    /// Nothing may come of it, which is a law.
    #[must_use]
    pub const fn is_idle(self) -> bool {
        matches!(self, Self::Unwished | Self::Noise | Self::Early)
    }
}
