//! What an authorization server's token endpoint answers.
//!
//! RFC 6749 §5; RFC 8628 §3.5.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::failure::{Failure, Misbehaviour};
use crate::grant::{self, MAX_TOKEN};
use crate::http::{Answer, Call};
use crate::io::Time;
use crate::secret::Secret;

/// Tokens, and what they are good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) access_token: Secret<String>,
    pub(crate) refresh_token: Option<Secret<String>>,
    pub(crate) expires_at: Option<Time>,
    /// What was granted, if that was not all that was asked for.
    pub(crate) scope: Option<String>,
}

impl Tokens {
    /// Those in a successful answer. It is read leniently in all that does not matter.
    pub(crate) fn read(answer: &Answer<'_>, call: &Call) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Body {
            access_token: Secret<String>,
            #[serde(default)]
            token_type: Value,
            #[serde(default)]
            expires_in: Value,
            #[serde(default)]
            refresh_token: Option<Secret<String>>,
            #[serde(default)]
            scope: Option<String>,
        }
        let body: Body = answer.json()?;
        let is_bearer = body.token_type.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        if !is_bearer {
            return Err(answer.misbehaved(Misbehaviour::InvalidField("token_type")));
        }
        if !is_plain(&body.access_token) {
            return Err(answer.misbehaved(Misbehaviour::InvalidField("access_token")));
        }
        let lifetime = seconds(&body.expires_in);
        Ok(Self {
            access_token: body.access_token,
            refresh_token: body.refresh_token.filter(is_plain),
            // Counted from when it was asked for: it cannot be older than that.
            expires_at: lifetime.map(|lifetime| call.sent + lifetime),
            scope: body.scope.filter(|scope| !scope.trim().is_empty()),
        })
    }
}

fn is_plain(token: &Secret<String>) -> bool {
    let token = token.expose();
    !token.is_empty() && token.len() <= MAX_TOKEN && token.bytes().all(|b| b.is_ascii_graphic())
}

/// A number of seconds that may be written in any way; nonsense counts as not said.
pub(crate) fn seconds(value: &Value) -> Option<Duration> {
    let text = || value.as_str().and_then(|text| text.trim().parse::<f64>().ok());
    let seconds = value.as_f64().or_else(text)?;
    grant::lifetime(&Value::from(seconds * 1000.0))
}
