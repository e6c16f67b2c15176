//! The session that all of this exists to produce, and the form in which it is kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::account_management::AccountManagement;
use crate::secret::Secret;
use crate::secret::{exposed, exposed_option};
use crate::time::Time;

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
    /// When the tokens were asked for, by the clock of then; absent where an earlier version did not write it down.
    pub granted_at: Option<Time>,
    /// When the access token stops working, as far as the server said.
    pub expires_at: Option<Time>,
    /// How the server ended it, once that is known: nobody has to ask again.
    pub ended: Option<Box<SessionEnd>>,
    /// Who renews and ends it, if it was made by OAuth 2.0; absent for one of the legacy API.
    ///
    /// A session stays with the API that it was made by, whatever its server offers later.
    pub oauth: Option<Box<OAuth>>,
}

/// How a server ended a session.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SessionEnd {
    /// Only the token ended: the device remains, with what it knows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub soft: bool,
    /// The exchange that showed it: the method, the host and the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<(String, String, String)>,
    /// The status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error code in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errcode: Option<String>,
    /// What the server said about it; untrusted, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When the answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
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
    /// Where the user manages the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_management: Option<AccountManagement>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SessionV1 {
    pub(crate) homeserver: Url,
    pub(crate) user_id: String,
    pub(crate) device_id: String,
    #[serde(with = "exposed")]
    access_token: Secret<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exposed_option")]
    refresh_token: Option<Secret<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    granted_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<Box<SessionEnd>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    oauth: Option<Box<OAuth>>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "version")]
enum Versioned {
    #[serde(rename = "1")]
    V1(SessionV1),
}

/// How long before its end a token counts as no longer fresh, if it lives long enough for that.
const MARGIN: Duration = Duration::from_secs(60);
/// A shorter life is fresh for all but this part of it.
const PART: u32 = 5;
/// Where it cannot be refreshed, a token is still handed out in the first half of that margin, and later as long as there
/// is time enough for a request.
const LAST: u32 = 2;
/// How long a request may take.
const ENOUGH: Duration = Duration::from_secs(5);
/// What is less is no time for anything.
const LEAST: Duration = Duration::from_secs(1);
/// How much life is believed of a token of which only the end is known.
const BELIEVED: Duration = Duration::from_secs(24 * 3600);

impl Session {
    /// Whether it is the session of this homeserver, user and device: what tells sessions apart. Any server may give out
    /// the users and devices of another.
    #[must_use]
    pub fn is_of(&self, homeserver: &Url, user_id: &str, device_id: &str) -> bool {
        self.homeserver == *homeserver && self.user_id == user_id && self.device_id == device_id
    }

    /// Whether both are of the same homeserver, user and device, whatever their tokens are.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.is_of(&other.homeserver, &other.user_id, &other.device_id)
    }

    /// The name in the user id; the host of the homeserver where nobody can tell whose session it is.
    pub(crate) fn server(&self) -> &str {
        server_of(&self.user_id).or_else(|| self.homeserver.host_str()).unwrap_or_default()
    }

    /// Whether the access token may be handed out, or has to be refreshed before: it has a while to live. That of a session
    /// that has [ended](Self::ended) never is. Of one whose end the server did not tell, nobody knows but the server: it
    /// counts as fresh, and whoever hands it out asks before.
    #[must_use]
    pub fn is_fresh(&self, now: Time) -> bool {
        self.ended.is_none() && self.fresh_until(now).is_none_or(|until| now < until)
    }

    /// Until when the access token may be handed out: its end, less a minute, or less a fifth of its life if that is
    /// shorter. `None` where the server told no end.
    ///
    /// A stored end is believed as far as it is plausible. It is not if the token was granted in the future, by a clock
    /// that was set since then; nor if it is more than a day ahead and nobody knows when the token was granted. Then
    /// it is over now.
    #[must_use]
    pub fn fresh_until(&self, now: Time) -> Option<Time> {
        let (expires_at, margin, is_plausible) = self.life(now)?;
        Some(if is_plausible { expires_at - margin } else { now })
    }

    /// The end of an access token that works for a while yet, although it may be time to refresh it. `None` where that is
    /// not known.
    #[must_use]
    pub fn good_until(&self, now: Time) -> Option<Time> {
        let (expires_at, margin, is_plausible) = self.life(now)?;
        let is_good =
            self.ended.is_none() && is_plausible && now < expires_at - (margin / LAST).clamp(LEAST, ENOUGH);
        is_good.then_some(expires_at)
    }

    /// The end of the access token, how long before that it is refreshed, and whether that end is plausible.
    fn life(&self, now: Time) -> Option<(Time, Duration, bool)> {
        let expires_at = self.expires_at?;
        Some(match self.granted_at {
            Some(granted_at) => {
                let margin = MARGIN.min(granted_at.until(expires_at) / PART);
                (expires_at, margin, granted_at <= now + margin)
            }
            None => (expires_at, MARGIN, expires_at <= now + BELIEVED),
        })
    }

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
        let Session { homeserver, user_id, device_id, access_token, .. } = session;
        let Session { refresh_token, granted_at, expires_at, ended, oauth, .. } = session;
        Self {
            homeserver,
            user_id,
            device_id,
            access_token,
            refresh_token,
            granted_at,
            expires_at,
            ended,
            oauth,
        }
    }
}

impl From<SessionV1> for Session {
    fn from(session: SessionV1) -> Self {
        let SessionV1 { homeserver, user_id, device_id, access_token, .. } = session;
        let SessionV1 { refresh_token, granted_at, expires_at, ended, oauth, .. } = session;
        Self {
            homeserver,
            user_id,
            device_id,
            access_token,
            refresh_token,
            granted_at,
            expires_at,
            ended,
            oauth,
        }
    }
}

/// What is saved cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
/// Client-server specification, appendix "User Identifiers". Of the historical ones, all but those with control
/// characters are taken: with upper case, spaces, or in other scripts.
#[must_use]
pub(crate) fn server_of(user_id: &str) -> Option<&str> {
    let (localpart, server) = user_id.strip_prefix('@')?.split_once(':')?;
    let printed = |s: &str| !s.chars().any(char::is_control);
    let is_server = !server.is_empty() && printed(server) && !server.chars().any(char::is_whitespace);
    (user_id.len() <= 255 && !localpart.is_empty() && printed(localpart) && is_server).then_some(server)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found B12.
    #[test]
    fn user_ids_of_old_name_their_server() {
        for (user_id, server) in [
            ("@alice:a.b", "a.b"),
            ("@Alice:a.b:8448", "a.b:8448"),
            ("@al ice:[::1]", "[::1]"),
            ("@älice/\u{1f600}:a.b", "a.b"),
        ] {
            assert_eq!(server_of(user_id), Some(server), "{user_id}");
        }
        let long = format!("@{}:a.b", "a".repeat(255));
        for no in
            ["alice:a.b", "@:a.b", "@alice", "@alice:", "@alice:a b", "@al\nice:a.b", "@a:b\u{7f}", &long]
        {
            assert_eq!(server_of(no), None, "{no}");
        }
    }
}
