//! What can go wrong with the encryption, and what is that to the engine?

use std::time::{Duration, SystemTime};
use std::{fmt, io};

use matrix_sdk::encryption::identities::ManualVerifyError;
use matrix_sdk::encryption::recovery::RecoveryError;
use matrix_sdk::encryption::secret_storage::SecretStorageError;
use matrix_sdk::ruma::api::client::uiaa::{AuthType, UiaaInfo};
use matrix_sdk::ruma::api::error::{Error, ErrorBody, ErrorKind, RetryAfter};
use matrix_sdk::{ClientBuildError, HttpError, RefreshTokenError};
use matrix_sdk_crypto::secret_storage::DecodeError;
use matrix_sdk_crypto::store::SecretImportError;
use matrix_sdk_crypto::{CryptoStoreError, OlmError};
use narthex::{EncryptionProblem, Lost, StorageProblem};
use url::Url;

/// Whoever says more does not know.
const MOST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Why something about the encryption failed. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptionError {
    /// Another process has the store, or this one has it open already.
    Held {
        /// Which, if it has said so.
        pid: Option<u32>,
    },
    /// The store is that of another user or device.
    OtherDevice,
    /// The store cannot be used.
    Storage(StorageProblem),
    /// A private cross-signing key is not on this device.
    NoSecrets,
    /// The keys are not those that the account publishes, or not keys at all.
    SecretsDoNotMatch,
    /// The account has an identity, which this device does not have the keys of; or all is set up.
    HasIdentity,
    /// The account has a recovery key already.
    HasRecovery,
    /// The account has a key backup already, which this device does not have the key of.
    HasBackup,
    /// The account has no identity.
    NoIdentity,
    /// The account has no recovery key.
    NoRecovery,
    /// The account has no other device with encryption.
    NoOtherDevice,
    /// This is not the recovery key of the account, or none at all.
    WrongRecoveryKey,
    /// The server wants the user to allow it first.
    NeedsApproval {
        /// Where that is done, if it is done on a page: an address with `http` or `https`.
        page: Option<String>,
    },
    /// The verification is over.
    Cancelled {
        /// By this device, rather than by the other.
        by_us: bool,
        /// Its code, such as `m.mismatched_sas` or `m.timeout`.
        code: String,
    },
    /// The other device cannot compare emoji.
    NoEmoji,
    /// The server could not be reached.
    Lost(Lost),
    /// The server is overloaded, down or broken: it may answer later.
    Unavailable {
        /// The status of its answer: 429, or 500 and above.
        status: u16,
        /// When it is worth another try, if it has said so: at most a day.
        retry_after: Option<Duration>,
    },
    /// The access token is not in force.
    TokenNotInForce,
    /// The server refuses.
    Refused {
        /// The status of its answer.
        status: u16,
        /// Its code, such as `M_FORBIDDEN`.
        errcode: Option<String>,
    },
    /// The server's answer is not what was asked for.
    Misbehaved,
    /// Something else, as matrix-sdk tells it to developers.
    Other(String),
}

impl EncryptionError {
    /// What the engine is told.
    #[must_use]
    pub const fn problem(&self) -> EncryptionProblem {
        match self {
            Self::Held { pid } => EncryptionProblem::Held { pid: *pid },
            Self::Storage(problem) => EncryptionProblem::Storage(*problem),
            Self::Lost(lost) => EncryptionProblem::Lost(*lost),
            Self::NoSecrets | Self::NoIdentity | Self::NoRecovery | Self::WrongRecoveryKey => {
                EncryptionProblem::NoSecrets
            }
            Self::SecretsDoNotMatch
            | Self::HasIdentity
            | Self::HasRecovery
            | Self::HasBackup
            | Self::NeedsApproval { .. }
            | Self::Cancelled { .. }
            | Self::NoEmoji
            | Self::NoOtherDevice
            | Self::TokenNotInForce
            | Self::Unavailable { .. }
            | Self::Refused { .. }
            | Self::Misbehaved => EncryptionProblem::ServerRefused,
            Self::OtherDevice | Self::Other(_) => EncryptionProblem::Storage(StorageProblem::Other),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the system's kinds grow")]
    pub(super) fn io(error: &io::Error) -> Self {
        Self::Storage(match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                StorageProblem::Full
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StorageProblem::Denied,
            io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory | io::ErrorKind::AlreadyExists => {
                StorageProblem::NotAFile
            }
            _ => StorageProblem::Other,
        })
    }

    fn of_refusal(refusal: &Error) -> Self {
        let (kind, status) = (refusal.error_kind(), refusal.status_code.as_u16());
        // Without a text for people it is no error to matrix-sdk, but it is one.
        let bare = match &refusal.body {
            ErrorBody::Json(body) => Some(body),
            ErrorBody::Standard(_) | ErrorBody::NotJson { .. } => None,
        };
        let bare_code = bare.and_then(|body| body.get("errcode")?.as_str());
        let errcode = kind.map(|kind| kind.errcode().to_string()).or_else(|| bare_code.map(str::to_owned));
        match errcode.as_deref() {
            Some("M_UNKNOWN_TOKEN" | "M_MISSING_TOKEN") => Self::TokenNotInForce,
            Some("M_LIMIT_EXCEEDED") => {
                let bare = bare.and_then(|body| body.get("retry_after_ms")?.as_u64());
                let said = match kind {
                    Some(ErrorKind::LimitExceeded(limit)) => limit.retry_after.as_ref().map(wait),
                    Some(_) | None => bare.map(Duration::from_millis),
                };
                Self::Unavailable { status: 429, retry_after: said.map(|wait| wait.min(MOST_WAIT)) }
            }
            Some(_) | None if matches!(status, 429 | 500..) => {
                Self::Unavailable { status, retry_after: None }
            }
            Some(_) | None => Self::Refused { status, errcode },
        }
    }

    fn of_approval(asked: &UiaaInfo) -> Self {
        let is_page = |kind: &AuthType| matches!(kind, AuthType::OAuth);
        let page = asked.flows.iter().flat_map(|flow| &flow.stages).find(|kind| is_page(kind));
        let page = page.and_then(|kind| {
            let params: serde_json::Value = asked.params::<serde_json::Value>(kind).ok()??;
            let url: Url = params.get("url")?.as_str()?.parse().ok()?;
            matches!(url.scheme(), "http" | "https").then(|| url.into())
        });
        Self::NeedsApproval { page }
    }
}

impl fmt::Display for EncryptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held { pid: Some(pid) } => write!(f, "process {pid} has the encryption open"),
            Self::Held { pid: None } => f.write_str("another process has the encryption open"),
            Self::OtherDevice => f.write_str("the encryption is that of another device"),
            Self::Storage(problem) => write!(f, "the encryption cannot be used: {problem:?}"),
            Self::NoSecrets => f.write_str("the private cross-signing keys are not on this device"),
            Self::SecretsDoNotMatch => f.write_str("these are not the keys that the account publishes"),
            Self::HasIdentity => f.write_str("the account has an identity already"),
            Self::HasRecovery => f.write_str("the account has a recovery key already"),
            Self::HasBackup => f.write_str("the account has a key backup already"),
            Self::NoIdentity => f.write_str("the account has no identity"),
            Self::NoRecovery => f.write_str("the account has no recovery key"),
            Self::NoOtherDevice => f.write_str("the account has no other device with encryption"),
            Self::WrongRecoveryKey => f.write_str("this is not the recovery key of the account"),
            Self::NeedsApproval { .. } => f.write_str("the server wants the user to allow it first"),
            Self::Cancelled { by_us: true, code } => write!(f, "this device has cancelled: {code}"),
            Self::Cancelled { by_us: false, code } => write!(f, "the other device has cancelled: {code}"),
            Self::NoEmoji => f.write_str("the other device cannot compare emoji"),
            Self::Lost(lost) => write!(f, "the server could not be reached: {lost:?}"),
            Self::Unavailable { status, .. } => write!(f, "the server is not available: {status}"),
            Self::TokenNotInForce => f.write_str("the access token is not in force"),
            Self::Refused { status, errcode } => {
                write!(f, "the server refuses: {status} {}", errcode.as_deref().unwrap_or_default())
            }
            Self::Misbehaved => f.write_str("the server's answer is not what was asked for"),
            Self::Other(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for EncryptionError {}

impl From<HttpError> for EncryptionError {
    fn from(error: HttpError) -> Self {
        Self::from(&error)
    }
}

impl From<&HttpError> for EncryptionError {
    fn from(error: &HttpError) -> Self {
        if let Some(asked) = error.as_uiaa_response() {
            return Self::of_approval(asked);
        }
        if let Some(refusal) = error.as_client_api_error() {
            return Self::of_refusal(refusal);
        }
        match error {
            HttpError::Reqwest(error) if error.is_redirect() => Self::Misbehaved,
            HttpError::Reqwest(error) if error.is_timeout() => Self::Lost(Lost::Timeout),
            HttpError::Reqwest(error) if error.is_connect() => Self::Lost(Lost::Connect),
            HttpError::Reqwest(_) => Self::Lost(Lost::Broken),
            HttpError::Api(_) => Self::Misbehaved,
            HttpError::IntoHttp(error) => Self::Other(error.to_string()),
            HttpError::RefreshToken(error) => Self::from(error),
            HttpError::Cached(error) => Self::from(&**error),
        }
    }
}

fn wait(retry_after: &RetryAfter) -> Duration {
    match retry_after {
        RetryAfter::Delay(wait) => *wait,
        RetryAfter::DateTime(at) => at.duration_since(SystemTime::now()).unwrap_or_default(),
    }
}

impl From<&RefreshTokenError> for EncryptionError {
    fn from(error: &RefreshTokenError) -> Self {
        match error {
            RefreshTokenError::RefreshTokenRequired => Self::TokenNotInForce,
            RefreshTokenError::MatrixAuth(error) => Self::from(&**error),
            RefreshTokenError::OAuth(error) => Self::Other(error.to_string()),
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "of matrix-sdk's many kinds, most cannot be here")]
impl From<matrix_sdk::Error> for EncryptionError {
    fn from(error: matrix_sdk::Error) -> Self {
        match error {
            matrix_sdk::Error::Http(error) => Self::from(&*error),
            matrix_sdk::Error::CryptoStoreError(error) => Self::from(*error),
            matrix_sdk::Error::OlmError(error) => match *error {
                OlmError::Store(error) => Self::from(error),
                other => Self::Other(other.to_string()),
            },
            matrix_sdk::Error::Io(error) => Self::io(&error),
            other => Self::Other(other.to_string()),
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "of the store's kinds, most are a defect")]
impl From<CryptoStoreError> for EncryptionError {
    fn from(error: CryptoStoreError) -> Self {
        match error {
            CryptoStoreError::MismatchedAccount { .. } => Self::OtherDevice,
            CryptoStoreError::Io(error) => Self::io(&error),
            CryptoStoreError::UnsupportedDatabaseVersion(..) => Self::Storage(StorageProblem::TooNew),
            CryptoStoreError::UnpicklingError
            | CryptoStoreError::Pickle(_)
            | CryptoStoreError::Serialization(_) => Self::Storage(StorageProblem::Corrupt),
            other => Self::Other(other.to_string()),
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "of the builder's kinds, most cannot be here")]
impl From<ClientBuildError> for EncryptionError {
    fn from(error: ClientBuildError) -> Self {
        match error {
            ClientBuildError::Http(error) => Self::from(error),
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<ManualVerifyError> for EncryptionError {
    fn from(error: ManualVerifyError) -> Self {
        match error {
            ManualVerifyError::Http(error) => Self::from(error),
            ManualVerifyError::Signature(error) => Self::Other(error.to_string()),
        }
    }
}

impl From<SecretImportError> for EncryptionError {
    fn from(error: SecretImportError) -> Self {
        match error {
            SecretImportError::Store(error) => Self::from(error),
            SecretImportError::Key { .. } | SecretImportError::MismatchedPublicKeys { .. } => {
                Self::SecretsDoNotMatch
            }
        }
    }
}

impl From<RecoveryError> for EncryptionError {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::BackupExistsOnServer => Self::HasBackup,
            RecoveryError::Sdk(error) => Self::from(error),
            RecoveryError::SecretStorage(error) => Self::from(error),
        }
    }
}

impl From<SecretStorageError> for EncryptionError {
    fn from(error: SecretStorageError) -> Self {
        match error {
            SecretStorageError::Sdk(error) => Self::from(error),
            SecretStorageError::Storage(error) => Self::from(error),
            SecretStorageError::Verification(error) => Self::from(error),
            SecretStorageError::MissingKeyInfo { .. } => Self::NoRecovery,
            SecretStorageError::SecretStorageKey(error) => match error {
                DecodeError::Prefix(..)
                | DecodeError::Parity(..)
                | DecodeError::Base58(_)
                | DecodeError::Base64(_)
                | DecodeError::KeyLength(..)
                | DecodeError::Mac(_) => Self::WrongRecoveryKey,
                // What the account keeps of its recovery key cannot be used.
                DecodeError::MacLength(..)
                | DecodeError::IvLength(..)
                | DecodeError::UnsupportedAlgorithm(_)
                | DecodeError::KdfIterationCount(..) => Self::Misbehaved,
            },
            SecretStorageError::Json(_) => Self::Misbehaved,
            SecretStorageError::ImportError { .. }
            | SecretStorageError::Decryption(_)
            | SecretStorageError::InconsistentBackupDecryptionKey
            | SecretStorageError::MissingOrInvalidBackupDecryptionKey => Self::SecretsDoNotMatch,
        }
    }
}
