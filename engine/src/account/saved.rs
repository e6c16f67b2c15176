//! What is kept of two flows that run side by side.

use serde::{Deserialize, Serialize};

use crate::io::Time;
use crate::oauth::saved::SavedOAuth;
use crate::qr_login::saved::SavedQrLogin;
use crate::secure_channel::saved::SavedChannel;

/// What is kept of a new device that talks to the one that helps it: the talk, and what ran beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SavedWithDevice {
    pub(crate) talk: SavedQrLogin,
    /// The server that the other device has named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) found: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) oauth: Option<Box<SavedOAuth>>,
}

impl SavedWithDevice {
    /// When nothing is left of it to go on with; `None` while tokens may come.
    pub(crate) fn until(&self) -> Option<Time> {
        let is_granted = self.oauth.as_ref().is_some_and(|oauth| oauth.is_granted());
        self.talk.channel().filter(|_| !is_granted && !self.talk.is_consenting()).map(SavedChannel::until)
    }
}
