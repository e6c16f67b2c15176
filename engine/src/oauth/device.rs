//! A code that the person enters on another device.
//!
//! Client-server specification, "Device authorization flow" (MSC4341); RFC 8628.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use statig::Outcome::{self, Handled, Super, Transition};
use url::Url;

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::failure::{Cause, Expiring, Failure, Misbehaviour, Missing, Refusal};
use crate::grant::MAX_TOKEN;
use crate::http::{Answer, Call};
use crate::intent::Intent;
use crate::io::Time;
use crate::metadata::DEVICE_CODE;
use crate::secret::{Secret, exposed};
use crate::text;
use crate::token::{self, Tokens};

use super::client::Registered;
use super::machine::{Ask, Machine, State};
use super::request::scopes;
use super::steps::{answer, ended, failed};
use super::{End, SavedStep};

/// Between two polls when the server does not say (RFC 8628 §3.2), and what it adds when it finds us too fast.
const INTERVAL: Duration = Duration::from_secs(5);
/// No server is asked more often than this, or less often, whatever it says.
const INTERVALS: std::ops::RangeInclusive<u64> = 1..=300;
/// How long a code is good, at the least and at the most, whatever the server says.
const LIFETIMES: std::ops::RangeInclusive<u64> = 1..=3600;
/// Between two polls that are not answered, at the most.
const BACKOFF: Duration = Duration::from_secs(60);
/// The longest address of a page that is taken, in bytes.
const MAX_PAGE: usize = 2048;
/// The longest code that a person can be asked to enter, in characters.
const MAX_USER_CODE: usize = 64;

/// A code to enter, and what is known about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeviceCode {
    client: Registered,
    #[serde(with = "exposed")]
    device_code: Secret<String>,
    pub(super) user_code: String,
    pub(super) verification_uri: Url,
    pub(super) verification_uri_complete: Option<Url>,
    /// Between two polls, in milliseconds.
    interval: u64,
    pub(super) until: Time,
}

/// The person sees it, and we ask again and again whether it was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Showing {
    pub(super) code: DeviceCode,
    poll: Poll,
    /// When it was asked last.
    asked: Time,
    /// How often in a row there was no answer.
    silences: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Poll {
    Resting(Wait),
    Asking(Call),
}

/// What a poll says.
enum Heard {
    Tokens(Tokens),
    Pending,
    TooFast,
    /// There is no answer to speak of.
    Silence(Option<Time>),
    /// Somebody has had the tokens: they were lost on the way to us.
    UsedUp(Failure),
    End(Failure),
}

impl Showing {
    fn new(code: DeviceCode, cx: &mut Cx<'_>) -> Self {
        let mut this = Self { poll: Poll::Resting(cx.pause(INTERVAL)), code, asked: cx.now, silences: 0 };
        this.rest(cx.now + Duration::from_millis(this.code.interval), cx);
        this
    }

    pub(super) const fn wait(&self) -> Wait {
        match &self.poll {
            Poll::Resting(wait) => *wait,
            Poll::Asking(call) => call.wait,
        }
    }

    pub(super) const fn is_resting(&self) -> bool {
        matches!(self.poll, Poll::Resting(_))
    }

    pub(super) fn save(&self) -> SavedStep {
        SavedStep::Device { code: self.code.clone() }
    }

    pub(super) fn handle(
        &mut self,
        machine: &mut Machine,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> Outcome<State> {
        match (&self.poll, event) {
            // The answer may be the tokens.
            (Poll::Asking(call), Event::Intent(Intent::Cancel)) => {
                Transition(machine.give_up(&self.code.client.client_id, call))
            }
            (Poll::Resting(_), Event::Intent(Intent::Cancel)) => Transition(ended(End::Cancelled)),
            (_, Event::Intent(Intent::OpenBrowser)) => {
                self.code.page().into_iter().for_each(|page| cx.browse(page.clone()));
                Handled
            }
            // As soon as the interval allows.
            (Poll::Resting(planned), Event::Intent(Intent::CheckNow)) => {
                let soonest = self.asked + Duration::from_millis(self.code.interval);
                self.rest(soonest.min(planned.until), cx);
                Handled
            }
            (Poll::Resting(_), Event::TimedOut(_)) if self.code.until <= cx.now => {
                Transition(State::Failed { failure: expired(None) })
            }
            (Poll::Resting(_), Event::TimedOut(_)) => {
                self.asked = cx.now;
                self.poll = Poll::Asking(machine.poll(&self.code, cx));
                Handled
            }
            (Poll::Asking(call), Event::Reply(..) | Event::TimedOut(_)) => {
                let heard = heard(call, event, cx);
                self.polled(machine, heard, cx)
            }
            (_, Event::Start | Event::Intent(_) | Event::Reply(..) | Event::Callback(_)) => Super,
        }
    }

    fn polled(&mut self, machine: &mut Machine, heard: Heard, cx: &mut Cx<'_>) -> Outcome<State> {
        let interval = || Duration::from_millis(self.code.interval);
        let next = match heard {
            Heard::Tokens(tokens) => {
                return Transition(machine.granted(&self.code.client, tokens, cx));
            }
            Heard::Pending => {
                self.silences = 0;
                cx.now + interval()
            }
            Heard::TooFast => {
                let slower = interval() + INTERVAL;
                self.code.interval = u64::try_from(slower.as_millis()).unwrap_or(u64::MAX);
                cx.now + slower
            }
            Heard::Silence(at) => {
                self.silences += 1;
                let backoff =
                    interval().saturating_mul(1 << self.silences.min(6)).min(BACKOFF.max(interval()));
                at.unwrap_or(cx.now).max(cx.now + backoff)
            }
            // The device may be there by now, so the next one gets a name of its own.
            Heard::UsedUp(_) if self.silences > 0 => {
                if !machine.goal.only_them {
                    machine.goal.device_id = cx.random_device_id();
                }
                return Transition(machine.ask_code(self.code.client.clone(), cx));
            }
            Heard::UsedUp(failure) => return Transition(State::Failed { failure }),
            Heard::End(failure) => {
                return Transition(match failure.cause {
                    Cause::Expired { .. } => State::Failed { failure },
                    Cause::Refused { refusal: Refusal::ClientRefused } => machine.heal(failure, cx),
                    Cause::Refused { .. }
                    | Cause::Unavailable { .. }
                    | Cause::Unsupported { .. }
                    | Cause::Misbehaved { .. }
                    | Cause::Broken { .. } => failed(failure),
                });
            }
        };
        self.rest(next, cx);
        Handled
    }

    fn rest(&mut self, until: Time, cx: &mut Cx<'_>) {
        self.poll = Poll::Resting(cx.pause_until(until.min(self.code.until)));
    }
}

impl DeviceCode {
    /// Where the person goes, with the code filled in if the server can do that; `None` if it is not safe to open.
    pub(super) fn page(&self) -> Option<&Url> {
        let plain = Some(&self.verification_uri).filter(|uri| address::is_secure(uri));
        self.verification_uri_complete.as_ref().or(plain)
    }
}

fn expired(failure: Option<Failure>) -> Failure {
    let evidence = failure.and_then(|failure| failure.evidence);
    Failure { cause: Cause::Expired { what: Expiring::UserCode }, evidence }
}

fn heard(call: &Call, event: &Event<'_>, cx: &Cx<'_>) -> Heard {
    let answer = match answer(call, event, cx) {
        Ok(answer) => answer,
        Err(failure) => return Heard::Silence(failure.rate_limited_until()),
    };
    let refused = |refusal| Heard::End(answer.failure(Cause::Refused { refusal }));
    // By the body alone: the same errors come as 400 and as 403.
    match (answer.status(), answer.oauth_error()) {
        (200..=299, _) => match Tokens::read(&answer, call) {
            Ok(tokens) => Heard::Tokens(tokens),
            Err(failure) if matches!(failure.cause, Cause::Unavailable { .. }) => Heard::Silence(None),
            Err(failure) => Heard::End(failure),
        },
        (_, "authorization_pending") => Heard::Pending,
        (_, "slow_down") => Heard::TooFast,
        (_, "access_denied") => refused(Refusal::Declined),
        (_, "expired_token") => {
            Heard::End(expired(Some(answer.failure(Cause::Refused { refusal: Refusal::Other }))))
        }
        (_, "invalid_grant") => Heard::UsedUp(answer.failure(Cause::Expired { what: Expiring::UserCode })),
        (_, "invalid_client") => refused(Refusal::ClientRefused),
        (_, "") => Heard::Silence(None),
        (_, _) => refused(Refusal::Other),
    }
}

impl Machine {
    pub(super) fn ask_code(&self, client: Registered, cx: &mut Cx<'_>) -> State {
        let lacks =
            || Failure { cause: Cause::Unsupported { missing: Missing::DeviceGrant }, evidence: None };
        let endpoint = self.goal.metadata.device_authorization_endpoint.as_ref();
        // Now, and not when it is polled for.
        let Some(endpoint) = endpoint.filter(|_| client.device_grant) else { return failed(lacks()) };
        let scope = scopes(&self.goal.metadata, &self.goal.device_id).join(" ");
        let fields = [("client_id", client.client_id.as_str()), ("scope", &scope)];
        let call = Call::form(endpoint.clone(), &fields, cx);
        State::AskingCode { client, call }
    }

    pub(super) fn heard_code(
        &mut self,
        client: &Registered,
        call: &Call,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> State {
        let code = answer(call, event, cx).and_then(|answer| read(&answer, client, call));
        match code {
            Ok(code) => State::Showing(Box::new(Showing::new(code, cx))),
            Err(failure) if failure.cause == (Cause::Refused { refusal: Refusal::ClientRefused }) => {
                self.heal(failure, cx)
            }
            Err(failure) => self.not_yet(Ask::UserCode(client.clone()), failure, cx),
        }
    }

    /// The code that an earlier run showed.
    pub(super) fn show_again(&self, code: DeviceCode, cx: &mut Cx<'_>) -> State {
        if code.until <= cx.now {
            return State::Failed { failure: expired(None) };
        }
        let mut showing = Showing::new(code, cx);
        // The person may have been done long ago; no poll is on record, so one is due soon.
        showing.rest(cx.now + Duration::from_secs(1), cx);
        State::Showing(Box::new(showing))
    }

    fn poll(&self, code: &DeviceCode, cx: &mut Cx<'_>) -> Call {
        let fields = [
            ("grant_type", DEVICE_CODE),
            ("device_code", code.device_code.expose()),
            ("client_id", &code.client.client_id),
        ];
        Call::form(self.goal.metadata.token_endpoint.clone(), &fields, cx)
    }
}

/// A web page whose host can be shown for what it is.
fn page(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= MAX_PAGE)?;
    let plain = url.username().is_empty() && url.password().is_none();
    (plain && matches!(url.scheme(), "https" | "http")).then_some(url)
}

fn read(answer: &Answer<'_>, client: &Registered, call: &Call) -> Result<DeviceCode, Failure> {
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
    let device_code = body.device_code;
    if !(1..=MAX_TOKEN).contains(&device_code.expose().len()) {
        return Err(invalid("device_code"));
    }
    let user_code = text::one_line(&body.user_code, MAX_USER_CODE + 1);
    if user_code.is_empty() || user_code.chars().count() > MAX_USER_CODE {
        return Err(invalid("user_code"));
    }
    let verification_uri = page(&body.verification_uri).ok_or_else(|| invalid("verification_uri"))?;
    let complete = body.verification_uri_complete.as_deref().and_then(page);
    let clamped = |value: &Value, range: std::ops::RangeInclusive<u64>| {
        let seconds = token::seconds(value)?.as_secs();
        Some(Duration::from_secs(seconds.clamp(*range.start(), *range.end())))
    };
    let lifetime = clamped(&body.expires_in, LIFETIMES).unwrap_or(Duration::from_secs(*LIFETIMES.end()));
    let interval = clamped(&body.interval, INTERVALS).unwrap_or(INTERVAL);
    Ok(DeviceCode {
        client: client.clone(),
        device_code,
        user_code,
        verification_uri,
        verification_uri_complete: complete.filter(address::is_secure),
        interval: u64::try_from(interval.as_millis()).unwrap_or(u64::MAX),
        until: call.sent + lifetime,
    })
}
