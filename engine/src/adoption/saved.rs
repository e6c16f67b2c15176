//! What is kept of a new session whose device waits for the account's keys.

use serde::{Deserialize, Serialize};

use crate::io::Time;
use crate::secure_channel::saved::SavedChannel;
use crate::session::{Session, SessionV1};

/// What is kept of it, with the session.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SavedAdoption {
    pub(crate) session: SessionV1,
    /// Otherwise the session is still to be stored, and the other device does not know of it.
    pub(crate) is_stored: bool,
    /// The user has said that the account is theirs.
    pub(crate) is_theirs: bool,
    /// The other device had not said yet that it lets this one in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_untold: bool,
    /// Absent where the two devices have lost each other: the user has still to say whose account it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) channel: Option<SavedChannel>,
}

impl SavedAdoption {
    /// Of a session whose account the user has still to say is theirs, and with no device to get keys from.
    pub(crate) fn unconfirmed(session: &Session, is_stored: bool) -> Self {
        Self { session: session.clone().into(), is_stored, is_theirs: false, is_untold: false, channel: None }
    }

    /// Until when the keys may come, as far as that is known.
    pub(crate) fn until(&self) -> Option<Time> {
        self.channel.as_ref().map(SavedChannel::until)
    }
}
