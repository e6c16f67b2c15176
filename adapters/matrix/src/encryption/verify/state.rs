//! What do a user and a verification say to each other?

use std::time::{Duration, Instant};

/// How long the first look at the account may take.
const LOOK: Duration = Duration::from_secs(30);

/// One of seven signs that both devices show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emoji {
    /// The sign itself.
    pub symbol: &'static str,
    /// Its name in English, as the specification has it.
    pub name: &'static str,
}

/// Who begins a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerificationRole {
    /// This device asks all others, unless one of them has asked already.
    Asks,
    /// This device waits until another one asks.
    Answers,
}

/// What the user says to a verification. Where it means nothing it changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerificationAnswer {
    /// Compare emoji with the device that asks.
    Accept,
    /// Both devices show the same.
    Matches,
    /// They show different signs: somebody may listen in.
    Differs,
    /// No more of this. The other device is told.
    Cancel,
}

/// How far a verification has come.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum VerificationState {
    /// It is looked up which devices the account has, and whether one of them asks.
    Looking,
    /// Another device is to ask.
    AwaitingRequest {
        /// This device needs no verification: it is there for another one's.
        is_verified: bool,
    },
    /// Another device asks, and the user is to say whether they began that: [`VerificationAnswer::Accept`].
    Requested {
        /// Which.
        device_id: String,
    },
    /// All others are asked, and none has answered yet.
    AwaitingDevice,
    /// The two devices agree on what to show.
    Starting {
        /// The other one.
        device_id: String,
    },
    /// The user is to compare, and to say [`VerificationAnswer::Matches`] or [`VerificationAnswer::Differs`].
    Comparing {
        /// The other device.
        device_id: String,
        /// What it has to show, in this order.
        emoji: [Emoji; 7],
    },
    /// They match as seen here. The other device's user has not said so yet.
    AwaitingAnswer {
        /// The other device.
        device_id: String,
    },
    /// Verified. The keys of the account go from one to the other.
    Sharing {
        /// The other device.
        device_id: String,
    },
}

/// A verification that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How far it is.
    pub state: VerificationState,
    /// When this state is over, at the latest.
    pub until: Instant,
}

impl Verification {
    /// What is shown before anything has happened.
    #[must_use]
    pub fn new() -> Self {
        Self { state: VerificationState::Looking, until: Instant::now() + LOOK }
    }
}

impl Default for Verification {
    fn default() -> Self {
        Self::new()
    }
}
