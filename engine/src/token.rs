//! What an authorization server's token endpoint answers, and how tokens are renewed there.
//!
//! RFC 6749 §5 and §6; RFC 8628 §3.5.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use url::Url;

use crate::cx::{Cx, Event};
use crate::exchange::answer;
use crate::failure::{Cause, Failure, Misbehaviour, Refusal};
use crate::http::{Answer, Call};
use crate::io::Time;
use crate::metadata::Metadata;
use crate::secret::Secret;

/// The longest token that is taken, in bytes.
pub(crate) const MAX_TOKEN: usize = 16 * 1024;

/// Tokens, and what they are good for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Tokens {
    pub(crate) access_token: Secret<String>,
    pub(crate) refresh_token: Option<Secret<String>>,
    pub(crate) expires_at: Option<Time>,
    /// What was granted, if that was not all that was asked for.
    pub(crate) scope: Option<String>,
    /// What makes them of no use, if anything does: then all that is left is to end what was granted.
    pub(crate) unusable: Option<Misbehaviour>,
}

impl Tokens {
    /// Those in a successful answer. It is read leniently in all that does not matter.
    pub(crate) fn read(answer: &Answer<'_>, call: &Call) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default)]
            access_token: Value,
            #[serde(default)]
            token_type: Value,
            #[serde(default)]
            expires_in: Value,
            #[serde(default)]
            refresh_token: Value,
            #[serde(default)]
            scope: Value,
        }
        let body: Body = answer.json()?;
        let is_bearer = body.token_type.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        let has_scope = body.scope.is_string() || body.scope.is_null();
        let (access_token, refresh_token) = (secret(body.access_token), secret(body.refresh_token));
        let refresh_token = refresh_token.filter(is_plain);
        if access_token.is_none() && refresh_token.is_none() {
            return Err(answer.misbehaved(Misbehaviour::MalformedBody));
        }
        // Whatever was granted can still be ended.
        let access_token = access_token.unwrap_or_else(|| Secret::from(""));
        let unusable = match (is_bearer, is_plain(&access_token), has_scope) {
            (true, true, true) => None,
            (true, true, false) => Some(Misbehaviour::InvalidField("scope")),
            (true, false, _) => Some(Misbehaviour::InvalidField("access_token")),
            (false, ..) => Some(Misbehaviour::InvalidField("token_type")),
        };
        let lifetime = seconds(&body.expires_in);
        Ok(Self {
            unusable,
            access_token,
            refresh_token,
            // Counted from when it was asked for: it cannot be older than that.
            expires_at: lifetime.map(|lifetime| call.sent + lifetime),
            scope: body.scope.as_str().filter(|scope| !scope.trim().is_empty()).map(str::to_owned),
        })
    }
}

/// Tokens, and as which client they were given to us.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Granted {
    pub(crate) client_id: String,
    pub(crate) tokens: Tokens,
    /// They may have been replaced, in an answer that was lost.
    pub(crate) in_doubt: bool,
}

impl Granted {
    pub(crate) fn is_over(&self, now: Time) -> bool {
        self.tokens.expires_at.is_some_and(|expires_at| expires_at <= now)
    }

    /// Asks for the next ones; `None` without a refresh token.
    pub(crate) fn renew(&mut self, metadata: &Metadata, cx: &mut Cx<'_>) -> Option<Call> {
        let token = self.tokens.refresh_token.as_ref()?;
        let call = renew(&metadata.token_endpoint, &self.client_id, token, cx);
        self.in_doubt = true;
        Some(call)
    }

    /// What came of that.
    pub(crate) fn renewed(&self, call: &Call, event: &Event<'_>, cx: &Cx<'_>) -> Result<Self, NotRenewed> {
        let answer = answer(call, event, cx.now).map_err(NotRenewed::Unclear)?;
        let tokens = renewed(&answer, call, self.tokens.refresh_token.as_ref())?;
        Ok(Self { client_id: self.client_id.clone(), tokens, in_doubt: false })
    }
}

/// Why there are no new tokens.
#[derive(Debug)]
pub(crate) enum NotRenewed {
    /// The refresh token is not good any more.
    Ended(Failure),
    /// It says nothing about the token.
    Unclear(Failure),
}

/// The refresh token grant (RFC 6749 §6). The same token may be sent again when an answer was lost.
pub(crate) fn renew(endpoint: &Url, client_id: &str, token: &Secret<String>, cx: &mut Cx<'_>) -> Call {
    let fields =
        [("grant_type", "refresh_token"), ("refresh_token", token.expose()), ("client_id", client_id)];
    Call::form(endpoint.clone(), &fields, cx)
}

/// Its answer. A refresh token that the answer does not replace stays.
pub(crate) fn renewed(
    answer: &Answer<'_>,
    call: &Call,
    before: Option<&Secret<String>>,
) -> Result<Tokens, NotRenewed> {
    match (answer.status(), answer.oauth_error()) {
        (200..=299, _) => match Tokens::read(answer, call) {
            Ok(Tokens { unusable: Some(why), .. }) => Err(NotRenewed::Unclear(answer.misbehaved(why))),
            Ok(tokens) => {
                Ok(Tokens { refresh_token: tokens.refresh_token.or_else(|| before.cloned()), ..tokens })
            }
            Err(failure) => Err(NotRenewed::Unclear(failure)),
        },
        // Only what is about the token or its owner ends a session.
        (_, "invalid_grant" | "invalid_client" | "unauthorized_client") => {
            Err(NotRenewed::Ended(answer.failure(Cause::Refused { refusal: Refusal::Other })))
        }
        (_, "") => Err(NotRenewed::Unclear(answer.unexpected())),
        (_, _) => Err(NotRenewed::Unclear(answer.failure(Cause::Refused { refusal: Refusal::Other }))),
    }
}

/// The secret that is in a field, if it is text.
pub(crate) fn secret(value: Value) -> Option<Secret<String>> {
    match value {
        Value::String(text) => Some(Secret::new(text)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether this can be a token: printable ASCII (RFC 6749, appendices A.12 and A.17). Nothing else can be sent in a header.
pub(crate) fn is_plain(token: &Secret<String>) -> bool {
    let token = token.expose();
    (1..=MAX_TOKEN).contains(&token.len()) && token.bytes().all(|b| (b' '..=b'~').contains(&b))
}

/// A number of seconds that may be written in any way; nonsense counts as not said.
pub(crate) fn seconds(value: &Value) -> Option<Duration> {
    span(number(value)? * 1000.0)
}

/// How long a token lives, from milliseconds that may be written in any way; nonsense counts as not said.
pub(crate) fn lifetime(ms: &Value) -> Option<Duration> {
    span(number(ms)?)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A time that is none, or lies in the past, is nonsense. A decade is as good as for ever.
fn span(ms: f64) -> Option<Duration> {
    const MOST: f64 = 1000.0 * 3600.0 * 24.0 * 365.0 * 10.0;
    (ms >= 1.0 && ms.is_finite()).then(|| Duration::from_millis(ms.min(MOST) as u64))
}
