//! What a server's answer says about a session: good, ended, or nothing at all.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::failure::{Cause, Failure, Misbehaviour, Missing, Refusal};
use crate::http::{Answer, Call};
use crate::io::Time;
use crate::secret::Secret;
use crate::session::Session;
use crate::text::one_line;
use crate::token::{self, NotRenewed, Tokens, is_plain, lifetime};
use crate::view::Device;

/// More devices than any person has.
const MAX_DEVICES: usize = 1000;

/// What an answer says about the token that was sent.
#[derive(Debug)]
pub(super) enum Verdict<T> {
    Good(T),
    /// The token is not good any more. Only a Matrix error that is about the token says so: never a rate limit, a
    /// server error, a web page or a silence.
    TokenEnded {
        soft: bool,
        failure: Failure,
    },
    /// It says nothing about the token.
    Unclear(Failure),
}

/// `GET /account/whoami`
pub(super) fn whoami(answer: &Answer<'_>, session: &Session) -> Verdict<()> {
    #[derive(Deserialize)]
    struct Body {
        user_id: String,
        device_id: Option<String>,
    }
    if let Some(ended) = token_ended(answer) {
        return ended;
    }
    if answer.status() != 200 {
        return Verdict::Unclear(refusal(answer));
    }
    match answer.json::<Body>() {
        Ok(body) if answer.carries(&body.user_id) => {
            Verdict::Unclear(answer.misbehaved(Misbehaviour::InvalidField("user_id")))
        }
        Ok(body) if body.user_id != session.user_id => {
            // As it is: what is not seen in it may be all that tells the two apart.
            let (expected, found) = (session.user_id.clone(), body.user_id.chars().take(255).collect());
            let refusal = Refusal::SessionOfAnother { expected, found };
            Verdict::Unclear(answer.failure(Cause::Refused { refusal }))
        }
        Ok(body) if body.device_id.as_ref().is_some_and(|id| *id != session.device_id) => {
            Verdict::Unclear(answer.misbehaved(Misbehaviour::InvalidField("device_id")))
        }
        Ok(_) => Verdict::Good(()),
        Err(failure) => Verdict::Unclear(failure),
    }
}

/// `GET /devices`: the account's devices.
pub(super) fn devices(answer: &Answer<'_>, session: &Session) -> Verdict<Vec<Device>> {
    #[derive(Deserialize)]
    struct Body {
        devices: Vec<Listed>,
    }
    #[derive(Deserialize)]
    struct Listed {
        device_id: String,
        #[serde(default)]
        display_name: Option<String>,
        #[serde(default)]
        last_seen_ts: Value,
    }
    if let Some(ended) = token_ended(answer) {
        return ended;
    }
    if answer.status() != 200 {
        return Verdict::Unclear(refusal(answer));
    }
    match answer.json::<Body>() {
        Ok(body) => Verdict::Good(
            body.devices
                .into_iter()
                .take(MAX_DEVICES)
                .map(|device| Device {
                    is_this: device.device_id == session.device_id,
                    device_id: one_line(&device.device_id, 255),
                    display_name: device.display_name.and_then(|name| answer.shown(&name, 100)),
                    last_seen: device.last_seen_ts.as_u64().map(Time),
                })
                .collect(),
        ),
        Err(failure) => Verdict::Unclear(failure),
    }
}

/// The refreshed session, in the answer of the API that the session belongs to.
pub(super) fn refreshed(answer: &Answer<'_>, call: &Call, session: &Session) -> Verdict<Session> {
    match session.oauth {
        Some(_) => refreshed_by_oauth(answer, call, session),
        None => refreshed_by_legacy(answer, call, session),
    }
}

/// The token endpoint, asked for the refresh token grant (RFC 6749 §6).
fn refreshed_by_oauth(answer: &Answer<'_>, call: &Call, session: &Session) -> Verdict<Session> {
    match token::renewed(answer, call, session.refresh_token.as_ref()) {
        Ok(Tokens { access_token, refresh_token, expires_at, .. }) => {
            let granted_at = Some(call.sent);
            Verdict::Good(Session { access_token, refresh_token, granted_at, expires_at, ..session.clone() })
        }
        Err(NotRenewed::Ended(failure)) => Verdict::TokenEnded { soft: false, failure },
        Err(NotRenewed::Unclear(failure)) => Verdict::Unclear(failure),
    }
}

/// The revocation endpoint (RFC 7009 §2.2): whatever the token was, it is not good any more.
pub(super) fn revoked(answer: &Answer<'_>) -> Verdict<()> {
    match answer.status() {
        // A captive portal has signed nobody out.
        200..=299 if !answer.is_web_page() => Verdict::Good(()),
        _ if answer.oauth_error().is_empty() => Verdict::Unclear(answer.unexpected()),
        _ => Verdict::Unclear(answer.failure(Cause::Refused { refusal: Refusal::Other })),
    }
}

/// `POST /refresh`. A refresh token that the answer does not replace stays.
fn refreshed_by_legacy(answer: &Answer<'_>, call: &Call, session: &Session) -> Verdict<Session> {
    #[derive(Deserialize)]
    struct Body {
        access_token: Secret<String>,
        refresh_token: Option<Secret<String>>,
        #[serde(default)]
        expires_in_ms: Value,
    }
    if let Some(ended) = token_ended(answer) {
        return ended;
    }
    // Synapse's word for a refresh token that was used, has expired, or whose session is gone.
    if answer.status() == 403 && answer.errcode() == "M_FORBIDDEN" {
        return Verdict::TokenEnded { soft: answer.error.soft_logout, failure: refusal(answer) };
    }
    if answer.status() != 200 {
        return Verdict::Unclear(refusal(answer));
    }
    match answer.json::<Body>() {
        Ok(body) if !is_plain(&body.access_token) => {
            Verdict::Unclear(answer.misbehaved(Misbehaviour::InvalidField("access_token")))
        }
        Ok(body) => Verdict::Good(Session {
            access_token: body.access_token,
            refresh_token: body.refresh_token.filter(is_plain).or_else(|| session.refresh_token.clone()),
            granted_at: Some(call.sent),
            expires_at: lifetime(&body.expires_in_ms).map(|lifetime| call.sent + lifetime),
            ..session.clone()
        }),
        Err(failure) => Verdict::Unclear(failure),
    }
}

/// `POST /logout` and `POST /logout/all`
pub(super) fn signed_out(answer: &Answer<'_>) -> Verdict<()> {
    match token_ended(answer) {
        Some(ended) => ended,
        None if answer.status() == 200 && answer.response.body.expose().trim_ascii().is_empty() => {
            Verdict::Good(())
        }
        // A captive portal has signed nobody out.
        None if answer.status() == 200 => match answer.json::<Map<String, Value>>() {
            Ok(_) => Verdict::Good(()),
            Err(failure) => Verdict::Unclear(failure),
        },
        None => Verdict::Unclear(refusal(answer)),
    }
}

fn token_ended<T>(answer: &Answer<'_>) -> Option<Verdict<T>> {
    let about_the_token = matches!(answer.errcode(), "M_UNKNOWN_TOKEN" | "M_MISSING_TOKEN");
    let soft = answer.error.soft_logout;
    (answer.status() == 401 && about_the_token)
        .then(|| Verdict::TokenEnded { soft, failure: refusal(answer) })
}

fn refusal(answer: &Answer<'_>) -> Failure {
    if answer.errcode() == "M_UNRECOGNIZED" {
        return answer.failure(Cause::Unsupported { missing: Missing::Endpoint });
    }
    let refusal = match answer.errcode() {
        "M_USER_LOCKED" => Refusal::Locked,
        "M_USER_DEACTIVATED" => Refusal::Deactivated,
        "" => return answer.unexpected(),
        _ => Refusal::Other,
    };
    answer.failure(Cause::Refused { refusal })
}
