//! What is kept of a new device that talks to another one.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::secure_channel::saved::SavedChannel;

/// Where the two were.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SavedQrLogin {
    /// The server that was chosen here, and where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) chosen: Option<(String, Url)>,
    pub(super) step: SavedStep,
    /// Absent where the two devices have lost each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) channel: Option<SavedChannel>,
    /// Without a channel: this device has shown the code.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) shows: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SavedStep {
    Meeting,
    Naming,
    /// The other device has named this server, and it is not confirmed yet.
    Agreeing(String),
    Preparing,
    Offered,
    Consenting,
    Alone,
}

impl SavedQrLogin {
    /// Whether the other device was told how this one is to be signed in.
    pub(crate) const fn has_offered(&self) -> bool {
        matches!(self.step, SavedStep::Offered | SavedStep::Consenting | SavedStep::Alone)
    }

    /// Whether this device shows the code.
    pub(crate) fn shows(&self) -> bool {
        self.channel.as_ref().map_or(self.shows, SavedChannel::shows)
    }

    /// Whether the user of the other device is asked for consent: it may be given however the two can talk.
    pub(crate) const fn is_consenting(&self) -> bool {
        matches!(self.step, SavedStep::Consenting | SavedStep::Alone)
    }

    /// The channel; `None` where the other device is lost.
    pub(crate) const fn channel(&self) -> Option<&SavedChannel> {
        self.channel.as_ref()
    }
}
