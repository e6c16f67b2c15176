//! The session that all of this exists to produce, and the form in which it is kept.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::account_management::AccountManagement;
use crate::io::Time;
use crate::secret::Secret;
use crate::secret::{exposed, exposed_option};

/// A signed-in device of an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// Where the client-server API is; ends with a slash.
    pub homeserver: Url,
    /// Who: `@localpart:server`.
    pub user_id: String,
    /// On which device.
    pub device_id: String,
    /// What authorises requests.
    pub access_token: Secret<String>,
    /// What renews the access token, if the server issues such tokens.
    pub refresh_token: Option<Secret<String>>,
    /// When the access token stops working, as far as the server said.
    pub expires_at: Option<Time>,
    /// Who renews and ends it, if it was made by OAuth 2.0; absent for one of the legacy API.
    ///
    /// A session stays with the API that it was made by, whatever its server offers later.
    pub oauth: Option<Box<OAuth>>,
}

/// Who renews and ends a session that was made by OAuth 2.0.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OAuth {
    /// The authorization server.
    pub issuer: String,
    /// As whom we are known there.
    pub client_id: String,
    /// Where tokens are renewed.
    pub token_endpoint: Url,
    /// Where the session is ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<Url>,
    /// Where the person manages the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_management: Option<AccountManagement>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SessionV1 {
    homeserver: Url,
    user_id: String,
    device_id: String,
    #[serde(with = "exposed")]
    access_token: Secret<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exposed_option")]
    refresh_token: Option<Secret<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    oauth: Option<Box<OAuth>>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "version")]
enum Versioned {
    #[serde(rename = "1")]
    V1(SessionV1),
}

impl Session {
    /// The JSON to keep, tokens included: for a keyring or an encrypted file.
    ///
    /// It has a version, and every later version of Narthex reads it.
    #[must_use]
    pub fn to_json(&self) -> Secret<String> {
        let json = serde_json::to_string(&Versioned::V1(self.clone().into()));
        Secret::new(json.expect("a session has no maps and no floats, so it always serialises"))
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// When it is damaged, or of a version that is not known yet.
    pub fn from_json(json: &str) -> Result<Self, SavedError> {
        match serde_json::from_str(json) {
            Ok(Versioned::V1(session)) => Ok(session.into()),
            Err(_) => Err(SavedError::of(json)),
        }
    }
}

impl From<Session> for SessionV1 {
    fn from(session: Session) -> Self {
        let Session { homeserver, user_id, device_id, access_token, refresh_token, expires_at, oauth } =
            session;
        Self { homeserver, user_id, device_id, access_token, refresh_token, expires_at, oauth }
    }
}

impl From<SessionV1> for Session {
    fn from(session: SessionV1) -> Self {
        let SessionV1 { homeserver, user_id, device_id, access_token, refresh_token, expires_at, oauth } =
            session;
        Self { homeserver, user_id, device_id, access_token, refresh_token, expires_at, oauth }
    }
}

/// What is saved cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SavedError {
    /// It was written by a newer version.
    TooNew,
    /// It is damaged.
    Damaged,
}

impl SavedError {
    pub(crate) fn of(json: &str) -> Self {
        #[derive(Deserialize)]
        struct Version {
            version: String,
        }
        match serde_json::from_str::<Version>(json) {
            Ok(Version { version }) if version != "1" => Self::TooNew,
            Ok(_) | Err(_) => Self::Damaged,
        }
    }
}

impl std::fmt::Display for SavedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooNew => "saved by a newer version",
            Self::Damaged => "damaged",
        })
    }
}

impl std::error::Error for SavedError {}

/// The server name of a user id, if it is one: `@localpart:server`, at most 255 bytes.
///
/// Client-server specification, appendix "User Identifiers"; historical localparts are accepted.
#[must_use]
pub(crate) fn server_of(user_id: &str) -> Option<&str> {
    let (localpart, server) = user_id.strip_prefix('@')?.split_once(':')?;
    let plain = |s: &str| !s.is_empty() && !s.chars().any(|c| c.is_control() || c.is_whitespace());
    (user_id.len() <= 255 && plain(localpart) && plain(server)).then_some(server)
}
