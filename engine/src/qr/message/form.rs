//! Which messages are there?

use std::fmt;

use url::Url;

use crate::qr::place::Homeserver;
use crate::secrets::SecretsBundle;

/// The one protocol that is specified.
pub(super) const DEVICE_GRANT: &str = "device_authorization_grant";

/// A message of either device, of either generation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Message {
    /// By what the new device can be signed in, and where (`m.login.protocols`, existing device).
    Protocols {
        /// `device_authorization_grant` is among them; no other is specified.
        device_grant: bool,
        /// Where the account is: `base_url` in 2025, which is an address; `homeserver` in 2024.
        homeserver: Homeserver,
    },
    /// How the new device is to be signed in (`m.login.protocol`, new device).
    Protocol(Protocol),
    /// The user is asked for consent (`m.login.protocol_accepted`, existing device).
    ProtocolAccepted,
    /// The tokens are there (`m.login.success`, new device).
    Success,
    /// The user does not consent (`m.login.declined`, new device).
    Declined,
    /// The end (`m.login.failure`, either device). Never answered.
    Failure(Reason),
    /// The keys that make a device trusted (`m.login.secrets`, existing device).
    /// Whether they are this account's has to be looked at before anybody uses them (qr-2025 §14).
    Secrets(SecretsBundle),
}

/// How the new device is to be signed in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Protocol {
    /// By the device authorization grant (RFC 8628).
    DeviceGrant {
        /// Whose token it will be, if the user consents: 1 to 255 characters, none of them a control character. It may
        /// have `/` in it.
        device_id: String,
        /// The page on which the user consents. It may be plain `http`: whether it is opened has to be decided.
        verification_uri: Url,
        /// The same with the code filled in.
        verification_uri_complete: Option<Url>,
    },
    /// In a way that we do not know: an untrusted name of at most 64 characters.
    Other(String),
}

impl Protocol {
    /// The page to open.
    pub(crate) const fn page(&self) -> Option<&Url> {
        match self {
            Self::DeviceGrant { verification_uri_complete: Some(page), .. }
            | Self::DeviceGrant { verification_uri: page, .. } => Some(page),
            Self::Other(_) => None,
        }
    }
}

/// Why a device gives up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reason {
    /// The user code has expired.
    AuthorizationExpired,
    /// The account has a device of this id already.
    DeviceAlreadyExists,
    /// The new device says that it is signed in, and the account does not show it.
    DeviceNotFound,
    /// What came was not what was due.
    UnexpectedMessageReceived,
    /// No way to sign in that both know.
    UnsupportedProtocol,
    /// The user does not want to. matrix-js-sdk says so too where the user does not consent.
    UserCancelled,
    /// The page for consent cannot be opened (2025).
    UnableToOpenVerificationUri,
    /// Another: an untrusted code of at most 64 characters.
    Other(String),
}

impl Reason {
    pub(super) const KNOWN: [Self; 7] = [
        Self::AuthorizationExpired,
        Self::DeviceAlreadyExists,
        Self::DeviceNotFound,
        Self::UnexpectedMessageReceived,
        Self::UnsupportedProtocol,
        Self::UserCancelled,
        Self::UnableToOpenVerificationUri,
    ];

    /// As it is on the wire.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::AuthorizationExpired => "authorization_expired",
            Self::DeviceAlreadyExists => "device_already_exists",
            Self::DeviceNotFound => "device_not_found",
            Self::UnexpectedMessageReceived => "unexpected_message_received",
            Self::UnsupportedProtocol => "unsupported_protocol",
            Self::UserCancelled => "user_cancelled",
            Self::UnableToOpenVerificationUri => "unable_to_open_verification_uri",
            Self::Other(code) => code,
        }
    }
}

/// Why what was opened is no message that we can use. All of them are answered alike: `unexpected_message_received`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum MessageError {
    /// It is no JSON object with a `type`, or deeper than 32 levels, or longer than a frame holds (3056 bytes).
    Malformed,
    /// A type that we do not know, cut to 64 characters of one line.
    UnknownType(String),
    /// A field that is missing, or that cannot be.
    InvalidField(&'static str),
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
