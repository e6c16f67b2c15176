//! What is shown of a verification by emoji, and what a program may say to it.

use narthex::{Actor, Time};
use serde::{Deserialize, Serialize};

/// What is printed of it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct VerificationLine<'l> {
    /// What there is to see, and to do.
    #[serde(flatten)]
    pub(crate) screen: VerificationScreen<'l>,
    /// Whose.
    pub(crate) user_id: &'l str,
    /// This device.
    pub(crate) device_id: &'l str,
    /// When it is over, at the latest.
    pub(crate) until: Time,
    /// Who acts next.
    pub(crate) next: Actor,
    /// What is accepted now.
    pub(crate) offers: &'static [VerificationOffer],
}

/// What was said to it, and is not accepted now.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct VerificationNotOffered {
    /// Which.
    pub(crate) intent: VerificationOffer,
    /// What is on offer.
    pub(crate) offers: &'static [VerificationOffer],
}

/// What it has come to.
#[derive(Serialize)]
#[cfg_attr(not(feature = "encryption"), expect(dead_code, reason = "nobody verifies"))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "screen", rename_all = "snake_case")]
pub(crate) enum VerificationScreen<'l> {
    /// It is looked up whether another device asks.
    FindRequest,
    /// Another device is to ask.
    AwaitRequest {
        /// This device needs no verification: it waits for another one that does.
        verified: bool,
    },
    /// Another device asks.
    ConfirmRequest {
        /// Which.
        other_device: &'l str,
    },
    /// The others are asked.
    AskDevices,
    /// The two agree on what to show.
    AgreeOnEmoji {
        /// The other device.
        other_device: &'l str,
    },
    /// The user compares.
    CompareEmoji {
        /// The other device.
        other_device: &'l str,
        /// What it has to show, in this order.
        emoji: Vec<Sign>,
    },
    /// The other device's user has not answered yet.
    AwaitAnswer {
        /// The other device.
        other_device: &'l str,
    },
    /// The keys of the account go from one to the other.
    ShareKeys {
        /// The other device.
        other_device: &'l str,
    },
}

/// One of seven.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Sign {
    /// The sign itself.
    pub(crate) symbol: &'static str,
    /// Its name in English, as the specification has it.
    pub(crate) name: &'static str,
}

/// What may be said to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum VerificationOffer {
    /// It is as asked: this user's other device, or the same emoji.
    Confirm,
    /// The emoji are others.
    Mismatch,
    /// No more of this.
    Cancel,
}
