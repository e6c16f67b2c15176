//! Parts of the objects that are printed: an account, where its session lies, its token.

use narthex::{Failure, Session, Time};
use narthex_runtime::Clock;
use narthex_storage::Place;
use serde::Serialize;
use url::Url;

/// Where a session lies.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kept {
    /// In the keyring of the system.
    Keyring,
    /// In a file that a passphrase opens.
    PassphraseFile,
    /// In a file that is encrypted with a key beside it.
    KeyFile,
    /// In memory: it ends with the process.
    Memory,
}

/// An account that is signed in.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Account<'l> {
    /// Who.
    pub(crate) user_id: &'l str,
    /// On which device.
    pub(crate) device_id: &'l str,
    /// Where.
    pub(crate) homeserver: &'l str,
    /// It is meant where nobody is named.
    #[serde(rename = "default", skip_serializing_if = "is_false")]
    pub(crate) is_default: bool,
    /// Whether its device was verified when that was last learnt. Absent where it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verified: Option<bool>,
    /// Nobody has called it theirs yet: another device has signed this one in to it.
    #[serde(rename = "unconfirmed", skip_serializing_if = "is_false")]
    pub(crate) is_unconfirmed: bool,
}

impl<'l> From<&'l narthex_storage::Account> for Account<'l> {
    fn from(account: &'l narthex_storage::Account) -> Self {
        let narthex_storage::Account { user_id, device_id, homeserver } = account;
        Self { user_id, device_id, homeserver, is_default: false, verified: None, is_unconfirmed: false }
    }
}

/// A fresh access token. It is a secret.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Token<'l> {
    /// The token.
    access_token: &'l str,
    /// When it has to be refreshed; null if never.
    expires_at: Option<Time>,
    /// Whose.
    user_id: &'l str,
    /// On which device.
    device_id: &'l str,
    /// Where.
    homeserver: &'l Url,
    /// Why it is no newer one, if one was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'l Failure>,
}

impl Kept {
    /// The same as in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::PassphraseFile => "passphrase_file",
            Self::KeyFile => "key_file",
            Self::Memory => "memory",
        }
    }
}

impl From<&Place> for Kept {
    fn from(place: &Place) -> Self {
        match place {
            Place::Keyring(_) => Self::Keyring,
            Place::PassphraseFile(_) => Self::PassphraseFile,
            Place::KeyFile(_) => Self::KeyFile,
            Place::Memory => Self::Memory,
        }
    }
}

impl<'l> Token<'l> {
    pub(crate) fn of(session: &'l Session, problem: Option<&'l Failure>) -> Self {
        Self {
            access_token: session.access_token.expose(),
            // An end that is over is none that the server meant: what it told was not plausible.
            expires_at: session.expires_at.filter(|end| *end > Clock::start().now()),
            user_id: &session.user_id,
            device_id: &session.device_id,
            homeserver: &session.homeserver,
            problem,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
pub(crate) const fn is_false(truth: &bool) -> bool {
    !*truth
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Where the life that a server told is not plausible, its end is nobody's to claim.
    #[test]
    fn a_token_does_not_say_that_it_has_expired() {
        let now = Clock::start().now();
        let told = |expires_at| {
            let session = Session {
                homeserver: Url::parse("https://example.org/").unwrap(),
                user_id: "@alice:example.org".to_owned(),
                device_id: "DEVICE".to_owned(),
                access_token: "token".into(),
                refresh_token: None,
                granted_at: Some(now),
                expires_at,
                ended: None,
                oauth: None,
            };
            serde_json::to_value(Token::of(&session, None))
                .unwrap()
                .get("expires_at")
                .is_some_and(|at| !at.is_null())
        };
        assert!(!told(Some(now)) && !told(None));
        assert!(told(Some(now + Duration::from_secs(60))));
    }
}
