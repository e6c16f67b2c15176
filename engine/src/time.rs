//! What time is it, for the engine?

use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, by the driver's clock. The engine only compares.
///
/// Best is a clock that is set by the wall clock once, is steady from then on, and counts the time in which the machine
/// was suspended. With any other nothing is lost, but:
///
/// - set back, it stands still for the engine until it is where it was: what waits, waits so much longer;
/// - set ahead, it ends what waits at once, as timed out, and refreshes a token too early;
/// - one that stands still while the machine is suspended ends what waits too late: a token that has expired meanwhile
///   is refreshed when a server refuses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Time(pub u64);

impl Time {
    /// How long from `self` until `later`; zero if that is past.
    #[must_use]
    pub const fn until(self, later: Self) -> Duration {
        Duration::from_millis(later.0.saturating_sub(self.0))
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl Sub<Duration> for Time {
    type Output = Self;

    fn sub(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }
}
