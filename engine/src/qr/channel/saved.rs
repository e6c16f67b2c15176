//! What is a channel made of, so that it can be built again?
//!
//! It is as secret as the channel, and of no use once the cell is gone: it belongs where sessions are stored, and is
//! erased with the cell.

use serde::{Deserialize, Serialize};

use crate::qr::dialect::BoundUrl;
use crate::qr::payload::QrPayload;
use crate::secret::Secret;

/// Of a device that shows a code.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Shown {
    #[serde(with = "exposed_bytes")]
    pub(super) key: Secret<[u8; 32]>,
    /// What goes before the answer of 2025.
    #[serde(with = "exposed_bytes")]
    pub(super) nonce: Secret<[u8; 32]>,
    pub(super) payload: QrPayload,
}

/// Of a device that has scanned a code.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Scanned {
    #[serde(with = "exposed_bytes")]
    pub(super) key: Secret<[u8; 32]>,
    pub(super) payload: QrPayload,
    pub(super) bound_url: BoundUrl,
    /// Of the cell, when it was still empty.
    pub(super) version: String,
}

/// A frame that opened, and the version it was bound to.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Opened {
    pub(super) frame: String,
    pub(super) version: String,
}

/// How a channel began.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origin {
    Shown {
        shown: Shown,
        greeting: Opened,
        /// What the answer was bound to.
        version: String,
    },
    Scanned {
        scanned: Scanned,
        answer: Opened,
    },
}

/// Of a channel that both sides have opened.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(super) origin: Origin,
    /// What was opened since, in that order.
    pub(super) opened: Vec<Opened>,
    /// How much was sealed since. What, is not kept: it may be the private keys of the account.
    pub(super) sealed: usize,
    /// The frame that was sealed last.
    pub(super) last: String,
}

/// Key material is written by naming this module on the field.
mod exposed_bytes {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use crate::qr::base64;
    use crate::secret::Secret;

    pub(super) fn serialize<S: Serializer>(secret: &Secret<[u8; 32]>, to: S) -> Result<S::Ok, S::Error> {
        Secret::new(base64::encode(secret.expose())).expose().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret<[u8; 32]>, D::Error> {
        let text = Secret::<String>::deserialize(from)?;
        let bytes = base64::decode(text.expose()).map(Secret::new);
        let bytes = bytes.and_then(|bytes| bytes.expose().as_slice().try_into().ok());
        bytes.map(Secret::new).ok_or_else(|| serde::de::Error::custom("no key"))
    }
}
