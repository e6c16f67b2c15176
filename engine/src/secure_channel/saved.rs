//! What outlives the process of a channel between two devices. It is as secret as the channel.

use serde::{Deserialize, Serialize};

use crate::io::Time;
use crate::qr::QrPayload;
use crate::qr::channel::{Established, Scanning, Showing};
use crate::rendezvous::SavedRendezvous;
use crate::secret::{Secret, exposed_option};

/// A channel, or a code that is shown for one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "snake_case")]
pub(crate) enum SavedChannel {
    Shown {
        cell: SavedRendezvous,
        showing: Box<Showing>,
    },
    Greeted {
        cell: SavedRendezvous,
        scanning: Box<Scanning>,
    },
    Open {
        cell: SavedRendezvous,
        established: Box<Established>,
        /// Of the device that showed the code, which compares the check code.
        showed: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unchecked: bool,
        /// A message that was opened, and waits for the check code.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "exposed_option")]
        held: Option<Secret<String>>,
    },
}

impl SavedChannel {
    /// Until when the two can talk, as far as the server said.
    pub(crate) const fn until(&self) -> Time {
        match self {
            Self::Shown { cell, .. } | Self::Greeted { cell, .. } | Self::Open { cell, .. } => cell.until(),
        }
    }

    /// The code that it is about.
    pub(crate) const fn payload(&self) -> &QrPayload {
        match self {
            Self::Shown { showing, .. } => showing.payload(),
            Self::Greeted { scanning, .. } => scanning.payload(),
            Self::Open { established, .. } => established.payload(),
        }
    }

    /// Whether this device shows the code.
    pub(crate) const fn shows(&self) -> bool {
        match self {
            Self::Shown { .. } => true,
            Self::Greeted { .. } => false,
            Self::Open { showed, .. } => *showed,
        }
    }
}
