//! Which laws are there, and how is a breach of one told?

use std::fmt;

/// The laws, for the first line of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Law {
    AccountLost,
    AccountTwice,
    DeviceOrphaned,
    NotStored,
    StillStored,
    SessionLost,
    NotEnded,
    NotTold,
    SpentTwice,
    WrongAccount,
    WrongDevice,
    NotOurs,
    NeverStuck,
    Time,
    Bounded,
    Liveness,
    /// The simulation itself is wrong.
    Person,
}

/// A law that does not hold, and how.
#[derive(Debug)]
pub(super) struct Broken {
    law: Law,
    how: String,
}

impl Broken {
    pub(super) fn new(law: Law, how: impl Into<String>) -> Self {
        Self { law, how: how.into() }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.law, self.how)
    }
}

pub(super) fn hold(holds: bool, law: Law, how: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken::new(law, how())) }
}
