//! What is kept of two flows that run side by side.

use serde::{Deserialize, Serialize};

use crate::oauth::saved::SavedOAuth;
use crate::qr_login::saved::SavedQrLogin;

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
