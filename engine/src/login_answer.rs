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
use crate::token::{is_plain, lifetime, secret};

/// What is in the answer to a registration or a login that succeeded.
pub(crate) enum LoginAnswer {
    Session(Session),
    /// There is no session in it.
    Absent,
    /// There is one that says nothing usable of itself: all that is left is to end it.
    Unusable(Session, Failure),
}

/// What is in the answer to a registration or a login for the device `device_id`.
pub(crate) fn session(
    answer: &Answer<'_>,
    call: &Call,
    base: &Url,
    device_id: &str,
) -> Result<LoginAnswer, Failure> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        user_id: Value,
        access_token: Option<Secret<String>>,
        #[serde(default)]
        device_id: Value,
        #[serde(default)]
        refresh_token: Value,
        #[serde(default)]
        expires_in_ms: Value,
    }
    let body: Body = answer.json()?;
    let user_id = body.user_id.as_str();
    // An id is shown and stored, and what it tells of the request would be with it.
    let named = user_id.filter(|id| !answer.carries(id));
    let mut invalid = named.and_then(server_of).is_none().then_some("user_id");
    // Some servers leave it out, or send null or nothing: it is the one that we asked for. To refuse the answer would
    // lose a session that exists.
    let device_id = match body.device_id {
        Value::Null => device_id.to_owned(),
        Value::String(id) if id.is_empty() => device_id.to_owned(),
        Value::String(id) if id.len() <= 255 && !id.chars().any(char::is_control) && !answer.carries(&id) => {
            id
        }
        Value::String(_) | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            invalid = invalid.or(Some("device_id"));
            device_id.to_owned()
        }
    };
    let misbehaved = |field| answer.misbehaved(Misbehaviour::InvalidField(field));
    let Some(access_token) = body.access_token else {
        return match (user_id, invalid) {
            (None, _) => Err(answer.misbehaved(Misbehaviour::MalformedBody)),
            (Some(_), Some("user_id")) => Err(misbehaved("user_id")),
            (Some(_), _) => Ok(LoginAnswer::Absent),
        };
    };
    if !is_plain(&access_token) {
        return Err(misbehaved(invalid.unwrap_or("access_token")));
    }
    let session = Session {
        homeserver: base.clone(),
        // Nobody's, so that it is taken for no one's.
        user_id: match invalid {
            Some("user_id") => format!("@:{}", base.host_str().unwrap_or_default()),
            Some(_) | None => user_id.unwrap_or_default().to_owned(),
        },
        device_id,
        access_token,
        // One that is none costs no session: that lives as long as its access token.
        refresh_token: secret(body.refresh_token).filter(is_plain),
        granted_at: Some(call.sent),
        expires_at: lifetime(&body.expires_in_ms).map(|lifetime| call.sent + lifetime),
        ended: None,
        oauth: None,
    };
    Ok(match invalid {
        Some(field) => LoginAnswer::Unusable(session, misbehaved(field)),
        None => LoginAnswer::Session(session),
    })
}
