//! The private keys that make a new device of an account a trusted one, and what came of them.
//!
//! MSC4108, `m.login.secrets`; client-server specification, "Cross-signing" and "Server-side key backups".

use serde::{Deserialize, Serialize};

use crate::lost::{Lost, StorageProblem};
use crate::secret::Secret;

/// The private keys of an account, as one device hands them to another.
///
/// As JSON, as matrix-rust-sdk reads and writes it: the fields of `m.login.secrets` (MSC4108).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretsBundle {
    /// The seed (Ed25519) of the master key.
    pub master_key: Secret<[u8; 32]>,
    /// The seed of the self-signing key.
    pub self_signing_key: Secret<[u8; 32]>,
    /// The seed of the user-signing key.
    pub user_signing_key: Secret<[u8; 32]>,
    /// The key of the account's backup, if it has one.
    pub backup: Option<BackupKey>,
}

/// The key of an account's backup.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BackupKey {
    /// Such as `m.megolm_backup.v1.curve25519-aes-sha2`; at most 255 bytes.
    pub algorithm: String,
    /// What opens it, as its algorithm writes it; at most 255 bytes.
    pub key: Secret<String>,
    /// Which of the account's backups; at most 255 bytes.
    pub version: String,
}

/// Whether others see this device as one of the account's owner's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Trust {
    /// It is cross-signed.
    Verified {
        /// The account's backup of message keys is in use here.
        backup: bool,
    },
    /// The account has an identity, and this device is not signed with it yet.
    NeedsVerification {
        /// How that can be done.
        ways: Vec<VerificationWay>,
    },
    /// The account has no identity yet: nothing to sign with.
    NoIdentity,
    /// It cannot be signed now.
    CannotVerify {
        /// Why.
        why: CannotVerify,
    },
}

/// How a device becomes a verified one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VerificationWay {
    /// With another device that is verified: by a code, or by comparing emoji.
    AnotherDevice,
    /// With the account's recovery key.
    RecoveryKey,
}

/// Why a device cannot be verified now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CannotVerify {
    /// This program has no encryption.
    NoEncryption,
    /// The other device fell silent, or the link was over, before the keys came.
    NoSecrets,
    /// What came are not the keys that the account publishes. Nothing of them was used.
    SecretsDoNotMatch,
    /// The server could not be asked, or did not take the device's keys.
    Server,
    /// The keys could not be stored here.
    Storage,
}

/// Why the host cannot do what is asked of its encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EncryptionProblem {
    /// There is no encryption here.
    Absent,
    /// The private cross-signing keys of this account are not on this device.
    NoSecrets,
    /// The server could not be reached.
    Lost(Lost),
    /// The server answered, and did not take the device's keys.
    ServerRefused,
    /// Another program has the encryption of this device open, and does not finish.
    Held {
        /// Its process, if it has said so.
        pid: Option<u32>,
    },
    /// The store of the encryption cannot be used.
    Storage(StorageProblem),
}
