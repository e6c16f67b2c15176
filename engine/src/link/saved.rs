//! What is kept of a link that is under way.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::qr::bundle::Identity;
use crate::secure_channel::saved::SavedChannel;
use crate::session::SessionV1;

/// Where the two were, and the session that helps.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SavedLink {
    pub(crate) session: SessionV1,
    pub(super) step: SavedStep,
    pub(super) channel: SavedChannel,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SavedStep {
    Meeting,
    Expecting,
    Absent {
        device_id: String,
        page: Url,
    },
    Consent {
        device_id: String,
        page: Url,
    },
    InBrowser {
        device_id: String,
        page: Url,
    },
    /// The new device says that it is signed in.
    Present {
        device_id: String,
        page: Url,
    },
    Handing {
        device_id: String,
        page: Url,
        /// Whose keys they are. Earlier versions did not write it down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<Box<Identity>>,
    },
}

impl SavedLink {
    pub(crate) const fn channel(&self) -> &SavedChannel {
        &self.channel
    }
}
