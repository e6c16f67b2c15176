//! A code to enter: how it is asked for, and what the answer says.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::address::{self, Purpose};
use crate::client_registration::RegisteredClient;
use crate::cx::Cx;
use crate::failure::{Cause, Expiring, Failure, Misbehaviour, Missing, Refusal};
use crate::http::{Answer, Call};
use crate::io::Time;
use crate::metadata::Metadata;
use crate::scope::scopes;
use crate::secret::{Secret, exposed};
use crate::text;
use crate::token::{self, MAX_TOKEN};

/// Between two polls when the server does not say (RFC 8628 §3.2), and what it adds when it finds us too fast.
pub(super) const INTERVAL: Duration = Duration::from_secs(5);
/// No server is asked more often than this, or less often, whatever it says.
const INTERVALS: std::ops::RangeInclusive<u64> = 1..=300;
/// An interval is this part of a code's life at the most, so that it is asked about while it is good.
const PART: u32 = 3;
/// How long a code is good, at the least and at the most, whatever the server says.
const LIFETIMES: std::ops::RangeInclusive<u64> = 1..=3600;
/// The longest code that a user can be asked to enter, in characters.
const MAX_USER_CODE: usize = 64;

/// A code to enter, and what is known about it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct DeviceCode {
    pub(crate) client: RegisteredClient,
    #[serde(with = "exposed")]
    pub(super) device_code: Secret<String>,
    pub(crate) user_code: String,
    pub(crate) verification_uri: Url,
    pub(crate) verification_uri_complete: Option<Url>,
    /// Between two polls, in milliseconds.
    pub(super) interval: u64,
    pub(crate) until: Time,
}

impl DeviceCode {
    pub(super) const fn interval(&self) -> Duration {
        Duration::from_millis(self.interval)
    }

    /// When to ask next, no later than the code is good.
    pub(super) fn next(&self, at: Time) -> Time {
        at.min(self.until)
    }

    /// Where the user goes, with the code filled in if the server can do that; `None` if it is only to be shown, because
    /// it is not safe to open what this server names.
    pub(super) fn page(&self, metadata: &Metadata) -> Option<&Url> {
        let by = metadata.device_authorization_endpoint.as_ref().unwrap_or(&metadata.token_endpoint);
        let pages = self.verification_uri_complete.iter().chain([&self.verification_uri]);
        pages.into_iter().find(|page| address::may_lead_to(by, page))
    }
}

/// Asks for a code; `None` where there is no such grant.
pub(super) fn send(
    client: &RegisteredClient,
    device_id: &str,
    metadata: &Metadata,
    cx: &mut Cx<'_>,
) -> Option<Call> {
    let endpoint = metadata.device_authorization_endpoint.clone().filter(|_| client.device_grant)?;
    let scope = scopes(metadata, device_id).join(" ");
    Some(Call::form(endpoint, &[("client_id", client.client_id.as_str()), ("scope", &scope)], cx))
}

pub(super) fn read(
    answer: &Answer<'_>,
    client: &RegisteredClient,
    call: &Call,
) -> Result<DeviceCode, Failure> {
    #[derive(Deserialize)]
    struct Body {
        device_code: Secret<String>,
        user_code: String,
        verification_uri: String,
        #[serde(default)]
        verification_uri_complete: Option<String>,
        #[serde(default)]
        expires_in: Value,
        #[serde(default)]
        interval: Value,
    }
    match (answer.status(), answer.oauth_error()) {
        (200..=299, _) => {}
        (_, "invalid_client") => {
            return Err(answer.failure(Cause::Refused { refusal: Refusal::ClientRefused }));
        }
        (_, "unauthorized_client" | "invalid_request" | "unsupported_grant_type") | (404 | 405, _) => {
            return Err(answer.failure(Cause::Unsupported { missing: Missing::DeviceGrant }));
        }
        (400..=499, error) if !error.is_empty() => {
            return Err(answer.failure(Cause::Refused { refusal: Refusal::Other }));
        }
        _ => return Err(answer.unexpected()),
    }
    let body: Body = answer.json()?;
    let invalid = |field| answer.misbehaved(Misbehaviour::InvalidField(field));
    if !(1..=MAX_TOKEN).contains(&body.device_code.expose().len()) {
        return Err(invalid("device_code"));
    }
    let user_code = text::one_line(&body.user_code, MAX_USER_CODE + 1);
    if user_code.is_empty() || user_code.chars().count() > MAX_USER_CODE {
        return Err(invalid("user_code"));
    }
    let verification_uri =
        address::page(&body.verification_uri).ok_or_else(|| invalid("verification_uri"))?;
    // What the user enters there signs us in: others must not read it on the way, nor answer in the place of the server.
    if !address::is_secure(&verification_uri) {
        return Err(answer.misbehaved(Misbehaviour::InsecureAddress("verification_uri")));
    }
    let complete = body.verification_uri_complete.as_deref();
    let complete = complete.and_then(|text| answer.named(text, Purpose::Page).ok());
    if is_over(&body.expires_in) {
        return Err(answer.failure(Cause::Expired { what: Expiring::UserCode }));
    }
    let clamped = |value: &Value, range: std::ops::RangeInclusive<u64>| {
        let seconds = token::seconds(value)?.as_secs();
        Some(Duration::from_secs(seconds.clamp(*range.start(), *range.end())))
    };
    let lifetime = clamped(&body.expires_in, LIFETIMES).unwrap_or(Duration::from_secs(*LIFETIMES.end()));
    let interval = clamped(&body.interval, INTERVALS).unwrap_or(INTERVAL).min(lifetime / PART);
    Ok(DeviceCode {
        client: client.clone(),
        device_code: body.device_code,
        user_code,
        verification_uri,
        verification_uri_complete: complete,
        interval: u64::try_from(interval.as_millis()).unwrap_or(u64::MAX),
        until: call.sent + lifetime,
    })
}

/// Whether a lifetime is one of no time at all. It may be written in any way.
fn is_over(lifetime: &Value) -> bool {
    let text = lifetime.as_str().and_then(|text| text.trim().parse().ok());
    lifetime.as_f64().or(text).is_some_and(|seconds| seconds <= 0.0)
}
