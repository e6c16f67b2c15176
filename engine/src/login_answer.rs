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

/// The session in the answer to a registration or a login; `None` if there is none in it.
pub(crate) fn session(answer: &Answer<'_>, call: &Call, base: &Url) -> Result<Option<Session>, Failure> {
    #[derive(Deserialize)]
    struct Body {
        user_id: String,
        access_token: Option<Secret<String>>,
        device_id: Option<String>,
        refresh_token: Option<Secret<String>>,
        #[serde(default)]
        expires_in_ms: Value,
    }
    let body: Body = answer.json()?;
    if server_of(&body.user_id).is_none() {
        return Err(answer.misbehaved(Misbehaviour::InvalidField("user_id")));
    }
    let Some(access_token) = body.access_token else { return Ok(None) };
    let is_name = |id: &String| (1..=255).contains(&id.len()) && !id.chars().any(char::is_control);
    let device_id = body.device_id.filter(is_name);
    let device_id = device_id.ok_or_else(|| answer.misbehaved(Misbehaviour::InvalidField("device_id")))?;
    if !is_plain(&access_token) {
        return Err(answer.misbehaved(Misbehaviour::InvalidField("access_token")));
    }
    Ok(Some(Session {
        homeserver: base.clone(),
        user_id: body.user_id,
        device_id,
        access_token,
        refresh_token: body.refresh_token.filter(is_plain),
        granted_at: Some(call.sent),
        expires_at: lifetime(&body.expires_in_ms).map(|lifetime| call.sent + lifetime),
        ended: None,
        oauth: None,
    }))
}
