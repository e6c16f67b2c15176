//! The session in the answer to a registration or a login.
//!
//! Client-server specification, `POST /register` and `POST /login`.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::failure::{Failure, Misbehaviour};
use crate::http::{Answer, Call};
use crate::secret::Secret;
use crate::session::{Session, server_of};
use crate::token::{is_plain, lifetime};

/// The session in the answer to a registration or a login for the device `device_id`; `None` if there is none in it.
pub(crate) fn session(
    answer: &Answer<'_>,
    call: &Call,
    base: &Url,
    device_id: &str,
) -> Result<Option<Session>, Failure> {
    #[derive(Deserialize)]
    struct Body {
        user_id: String,
        access_token: Option<Secret<String>>,
        #[serde(default)]
        device_id: Value,
        #[serde(default)]
        refresh_token: Value,
        #[serde(default)]
        expires_in_ms: Value,
    }
    let body: Body = answer.json()?;
    if server_of(&body.user_id).is_none() {
        return Err(answer.misbehaved(Misbehaviour::InvalidField("user_id")));
    }
    let Some(access_token) = body.access_token else { return Ok(None) };
    // Some servers leave it out, or send null or nothing: it is the one that we asked for. To refuse the answer would
    // lose a session that exists.
    let device_id = match body.device_id {
        Value::Null => device_id.to_owned(),
        Value::String(id) if id.is_empty() => device_id.to_owned(),
        Value::String(id) if id.len() <= 255 && !id.chars().any(char::is_control) => id,
        Value::String(_) | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            return Err(answer.misbehaved(Misbehaviour::InvalidField("device_id")));
        }
    };
    if !is_plain(&access_token) {
        return Err(answer.misbehaved(Misbehaviour::InvalidField("access_token")));
    }
    Ok(Some(Session {
        homeserver: base.clone(),
        user_id: body.user_id,
        device_id,
        access_token,
        refresh_token: refresh_token(body.refresh_token),
        granted_at: Some(call.sent),
        expires_at: lifetime(&body.expires_in_ms).map(|lifetime| call.sent + lifetime),
        ended: None,
        oauth: None,
    }))
}

/// A refresh token that is none costs no session: that lives as long as its access token.
fn refresh_token(value: Value) -> Option<Secret<String>> {
    match value {
        Value::String(token) => Some(Secret::new(token)).filter(is_plain),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
