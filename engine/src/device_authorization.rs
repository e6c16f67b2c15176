//! A code that the user enters on another device, and the tokens that this brings.
//!
//! Client-server specification, "Device authorization flow" (MSC4341); RFC 8628.
//!
//! ```text
//!   Asking ──▶ Showing ──▶ tokens        Showing polls: it rests for the interval, asks, and rests again
//! ```

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::address::{self, Purpose};
use crate::client_registration::RegisteredClient;
use crate::cx::{Cx, Event, Wait};
use crate::exchange::{Exchange, answer};
use crate::failure::{Cause, Expiring, Failure, Misbehaviour, Missing, Refusal};
use crate::http::{Answer, Call};
use crate::intent::{Intent, Offer, Offers};
use crate::io::Time;
use crate::metadata::{DEVICE_CODE, Metadata};
use crate::scope::scopes;
use crate::secret::{Secret, exposed};
use crate::text;
use crate::token::{self, MAX_TOKEN, Tokens};

/// Between two polls when the server does not say (RFC 8628 §3.2), and what it adds when it finds us too fast.
const INTERVAL: Duration = Duration::from_secs(5);
/// No server is asked more often than this, or less often, whatever it says.
const INTERVALS: std::ops::RangeInclusive<u64> = 1..=300;
/// How long a code is good, at the least and at the most, whatever the server says.
const LIFETIMES: std::ops::RangeInclusive<u64> = 1..=3600;
/// Between two polls that are not answered, at the most.
const BACKOFF: Duration = Duration::from_secs(60);
/// The longest code that a user can be asked to enter, in characters.
const MAX_USER_CODE: usize = 64;

/// A code to enter, and what is known about it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct DeviceCode {
    pub(crate) client: RegisteredClient,
    #[serde(with = "exposed")]
    device_code: Secret<String>,
    pub(crate) user_code: String,
    pub(crate) verification_uri: Url,
    pub(crate) verification_uri_complete: Option<Url>,
    /// Between two polls, in milliseconds.
    interval: u64,
    pub(crate) until: Time,
}

/// How it ends.
#[derive(Debug)]
pub(crate) enum End {
    Granted(Tokens),
    /// Somebody has had the tokens: they were lost on the way to us, so another code is to be asked for. The device may be
    /// there by now.
    Lost,
    Failed(Failure),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DeviceAuthorization {
    metadata: Arc<Metadata>,
    client: RegisteredClient,
    device_id: String,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    /// A code was asked for.
    Asking { exchange: Exchange },
    /// The user sees it, and we ask again and again whether it was entered.
    Showing { code: Box<DeviceCode>, poll: Poll, asked: Time, silences: u8 },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Poll {
    Resting(Wait),
    Asking(Call),
}

/// What a poll says.
enum Polled {
    Tokens(Tokens),
    Pending,
    TooFast,
    /// There is no answer to speak of.
    Silence(Option<Time>),
    /// Somebody has had the tokens.
    UsedUp(Failure),
    Failed(Failure),
}

impl DeviceAuthorization {
    /// Asks for a code, for a device of this name.
    ///
    /// # Errors
    ///
    /// Where the server, or the client at this server, has no such grant. It is said now, and not when it is polled for.
    pub(crate) fn start(
        client: RegisteredClient,
        device_id: &str,
        metadata: &Arc<Metadata>,
        cx: &mut Cx<'_>,
    ) -> Result<Self, Failure> {
        let call = send(&client, device_id, metadata, cx)
            .ok_or(Failure { cause: Cause::Unsupported { missing: Missing::DeviceGrant }, evidence: None })?;
        let state = State::Asking { exchange: Exchange::new(call) };
        Ok(Self { metadata: metadata.clone(), client, device_id: device_id.to_owned(), state })
    }

    /// Goes on with the code that an earlier run showed.
    ///
    /// # Errors
    ///
    /// When its time is over.
    pub(crate) fn resume(
        code: DeviceCode,
        device_id: &str,
        metadata: &Arc<Metadata>,
        cx: &mut Cx<'_>,
    ) -> Result<Self, Failure> {
        if code.until <= cx.now {
            return Err(expired(None));
        }
        // The user may have been done long ago; no poll is on record, so one is due soon.
        let soon = cx.pause_until((cx.now + Duration::from_secs(1)).min(code.until));
        let (client, device_id) = (code.client.clone(), device_id.to_owned());
        let poll = Poll::Resting(soon);
        let state = State::Showing { code: Box::new(code), poll, asked: cx.now, silences: 0 };
        Ok(Self { metadata: metadata.clone(), client, device_id, state })
    }

    pub(crate) const fn client(&self) -> &RegisteredClient {
        &self.client
    }

    /// The code that is shown.
    pub(crate) const fn code(&self) -> Option<&DeviceCode> {
        match &self.state {
            State::Showing { code, .. } => Some(code),
            State::Asking { .. } => None,
        }
    }

    /// Until when the server wants patience, and how it said so.
    pub(crate) const fn limited(&self) -> Option<(Time, &Failure)> {
        match &self.state {
            State::Asking { exchange } => exchange.limited(),
            State::Showing { .. } => None,
        }
    }

    /// The poll that is on its way. Its answer may be tokens.
    pub(crate) const fn polling(&self) -> Option<&Call> {
        match &self.state {
            State::Showing { poll: Poll::Asking(call), .. } => Some(call),
            State::Showing { poll: Poll::Resting(_), .. } | State::Asking { .. } => None,
        }
    }

    pub(crate) const fn wait(&self) -> Wait {
        match &self.state {
            State::Asking { exchange } => exchange.wait(),
            State::Showing { poll: Poll::Resting(wait), .. } => *wait,
            State::Showing { poll: Poll::Asking(call), .. } => call.wait,
        }
    }

    pub(crate) fn offers(&self) -> Offers {
        match &self.state {
            State::Asking { .. } => Offers::NONE,
            State::Showing { code, poll, .. } => Offers::NONE
                .and_if(code.page(&self.metadata).is_some(), Offer::OpenBrowser)
                .and_if(matches!(poll, Poll::Resting(_)), Offer::CheckNow),
        }
    }

    pub(crate) fn handle(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<End> {
        match (&mut self.state, event) {
            (State::Asking { exchange }, Event::Reply(..) | Event::TimedOut(_)) => {
                let Self { metadata, client, device_id, .. } = self;
                let again =
                    |cx: &mut Cx<'_>| send(client, device_id, metadata, cx).expect("it was sent before");
                match exchange.handle(event, cx, again, |answer, call| read(answer, client, call))? {
                    Ok(code) => {
                        let rest = cx.pause_until(code.next(cx.now + code.interval()));
                        let (code, poll) = (Box::new(code), Poll::Resting(rest));
                        self.state = State::Showing { code, poll, asked: cx.now, silences: 0 };
                        None
                    }
                    Err(failure) => Some(End::Failed(failure)),
                }
            }
            (State::Showing { code, .. }, Event::Intent(Intent::OpenBrowser)) => {
                code.page(&self.metadata).into_iter().for_each(|page| cx.browse(page.clone()));
                None
            }
            // As soon as the interval allows.
            (
                State::Showing { code, poll: Poll::Resting(planned), asked, .. },
                Event::Intent(Intent::CheckNow),
            ) => {
                let soonest = *asked + code.interval();
                *planned = cx.pause_until(code.next(soonest.min(planned.until)));
                None
            }
            (State::Showing { code, poll: Poll::Resting(_), .. }, Event::TimedOut(_))
                if code.until <= cx.now =>
            {
                Some(End::Failed(expired(None)))
            }
            (State::Showing { code, poll: poll @ Poll::Resting(_), asked, .. }, Event::TimedOut(_)) => {
                *asked = cx.now;
                *poll = Poll::Asking(send_poll(code, &self.metadata, cx));
                None
            }
            (State::Showing { poll: Poll::Asking(call), .. }, Event::Reply(..) | Event::TimedOut(_)) => {
                let polled = polled(call, event, cx);
                self.polled(polled, cx)
            }
            (
                State::Asking { .. } | State::Showing { .. },
                Event::Start | Event::Intent(_) | Event::Reply(..) | Event::Callback(_),
            ) => None,
        }
    }

    fn polled(&mut self, polled: Polled, cx: &mut Cx<'_>) -> Option<End> {
        let State::Showing { code, poll, silences, .. } = &mut self.state else { return None };
        let next = match polled {
            Polled::Tokens(tokens) => return Some(End::Granted(tokens)),
            Polled::Pending => {
                *silences = 0;
                cx.now + code.interval()
            }
            Polled::TooFast => {
                // An answer, and none that gives the tokens away.
                *silences = 0;
                let slower = code.interval() + INTERVAL;
                code.interval = u64::try_from(slower.as_millis()).unwrap_or(u64::MAX);
                cx.now + slower
            }
            Polled::Silence(at) => {
                *silences = silences.saturating_add(1);
                let interval = code.interval();
                let backoff = interval.saturating_mul(1 << (*silences).min(6)).min(BACKOFF.max(interval));
                at.unwrap_or(cx.now).max(cx.now + backoff)
            }
            Polled::UsedUp(_) if *silences > 0 => return Some(End::Lost),
            Polled::UsedUp(failure) | Polled::Failed(failure) => return Some(End::Failed(failure)),
        };
        *poll = Poll::Resting(cx.pause_until(code.next(next)));
        None
    }
}

impl DeviceCode {
    const fn interval(&self) -> Duration {
        Duration::from_millis(self.interval)
    }

    /// When to ask next, no later than the code is good.
    fn next(&self, at: Time) -> Time {
        at.min(self.until)
    }

    /// Where the user goes, with the code filled in if the server can do that; `None` if it is only to be shown, because
    /// it is not safe to open what this server names.
    fn page(&self, metadata: &Metadata) -> Option<&Url> {
        let by = metadata.device_authorization_endpoint.as_ref().unwrap_or(&metadata.token_endpoint);
        let pages = self.verification_uri_complete.iter().chain([&self.verification_uri]);
        pages.into_iter().find(|page| address::may_lead_to(by, page))
    }
}

fn expired(failure: Option<Failure>) -> Failure {
    let evidence = failure.and_then(|failure| failure.evidence);
    Failure { cause: Cause::Expired { what: Expiring::UserCode }, evidence }
}

fn polled(call: &Call, event: &Event<'_>, cx: &Cx<'_>) -> Polled {
    let answer = match answer(call, event, cx.now) {
        Ok(answer) => answer,
        Err(failure) => return Polled::Silence(failure.rate_limited_until()),
    };
    let refused = |refusal| Polled::Failed(answer.failure(Cause::Refused { refusal }));
    // By the body alone: the same errors come as 400 and as 403.
    match (answer.status(), answer.oauth_error()) {
        (200..=299, _) => match Tokens::read(&answer, call) {
            Ok(tokens) => Polled::Tokens(tokens),
            Err(failure) if matches!(failure.cause, Cause::Unavailable { .. }) => Polled::Silence(None),
            Err(failure) => Polled::Failed(failure),
        },
        (_, "authorization_pending") => Polled::Pending,
        (_, "slow_down") => Polled::TooFast,
        (_, "access_denied") => refused(Refusal::Declined),
        (_, "expired_token") => {
            Polled::Failed(expired(Some(answer.failure(Cause::Refused { refusal: Refusal::Other }))))
        }
        (_, "invalid_grant") => Polled::UsedUp(answer.failure(Cause::Expired { what: Expiring::UserCode })),
        (_, "invalid_client") => refused(Refusal::ClientRefused),
        (_, "") => Polled::Silence(None),
        (_, _) => refused(Refusal::Other),
    }
}

fn send(client: &RegisteredClient, device_id: &str, metadata: &Metadata, cx: &mut Cx<'_>) -> Option<Call> {
    let endpoint = metadata.device_authorization_endpoint.clone().filter(|_| client.device_grant)?;
    let scope = scopes(metadata, device_id).join(" ");
    Some(Call::form(endpoint, &[("client_id", client.client_id.as_str()), ("scope", &scope)], cx))
}

fn send_poll(code: &DeviceCode, metadata: &Metadata, cx: &mut Cx<'_>) -> Call {
    let fields = [
        ("grant_type", DEVICE_CODE),
        ("device_code", code.device_code.expose()),
        ("client_id", &code.client.client_id),
    ];
    Call::form(metadata.token_endpoint.clone(), &fields, cx)
}

/// Whether a lifetime is one of no time at all. It may be written in any way.
fn is_over(lifetime: &Value) -> bool {
    let text = lifetime.as_str().and_then(|text| text.trim().parse().ok());
    lifetime.as_f64().or(text).is_some_and(|seconds| seconds <= 0.0)
}

fn read(answer: &Answer<'_>, client: &RegisteredClient, call: &Call) -> Result<DeviceCode, Failure> {
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
    let interval = clamped(&body.interval, INTERVALS).unwrap_or(INTERVAL);
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

#[cfg(test)]
mod tests;
