//! Whose is the access token that a user brings along, and is it good?
//!
//! Client-server specification, `GET /account/whoami`.

use serde::Deserialize;
use url::Url;

use crate::address;
use crate::cx::Cx;
use crate::failure::{Cause, Failure, Misbehaviour, Refusal};
use crate::http::{Answer, Call};
use crate::identify::somebody_else;
use crate::secret::Secret;
use crate::session::{Session, server_of};

pub(super) fn ask(base: &Url, token: &Secret<String>, cx: &mut Cx<'_>) -> Call {
    Call::get_as(address::endpoint(base, "_matrix/client/v3/account/whoami"), token, cx)
}

/// The session that it belongs to. Nothing is known of its life, and nothing refreshes it.
///
/// One that is somebody else's was there before: it is refused, and not ended.
pub(super) fn session(
    base: &Url,
    token: &Secret<String>,
    expected: Option<&str>,
    answer: &Answer<'_>,
    call: &Call,
) -> Result<Session, Failure> {
    let refused = |refusal| Err(answer.failure(Cause::Refused { refusal }));
    match (answer.status(), answer.errcode()) {
        (200, _) => {}
        (401, "M_UNKNOWN_TOKEN" | "M_MISSING_TOKEN") => return refused(Refusal::AccessTokenInvalid),
        (_, "M_USER_DEACTIVATED") => return refused(Refusal::Deactivated),
        (_, "M_USER_LOCKED") => return refused(Refusal::Locked),
        (400..=499, errcode) if !errcode.is_empty() => return refused(Refusal::Other),
        _ => return Err(answer.unexpected()),
    }
    #[derive(Deserialize)]
    struct Body {
        user_id: String,
        device_id: Option<String>,
    }
    let Body { user_id, device_id } = answer.json()?;
    if server_of(&user_id).is_none() || answer.carries(&user_id) {
        return Err(answer.misbehaved(Misbehaviour::InvalidField("user_id")));
    }
    if let Some(cause) = somebody_else(expected, &user_id) {
        return Err(answer.failure(cause));
    }
    let is_name = |id: &String| (1..=255).contains(&id.len()) && !id.chars().any(char::is_control);
    // The token of an application service has none.
    let device_id = device_id.filter(is_name).filter(|id| !answer.carries(id));
    let device_id = device_id.ok_or_else(|| answer.misbehaved(Misbehaviour::InvalidField("device_id")))?;
    Ok(Session {
        homeserver: base.clone(),
        user_id,
        device_id,
        access_token: token.clone(),
        refresh_token: None,
        granted_at: Some(call.sent),
        expires_at: None,
        ended: None,
        oauth: None,
    })
}
