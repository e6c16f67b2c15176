//! A code that the user enters on another device, and the tokens that this brings.
//!
//! Client-server specification, "Device authorization flow" (MSC4341); RFC 8628.
//!
//! ```text
//!   Asking ──▶ Showing ──▶ tokens        Showing polls: it rests for the interval, asks, and rests again
//! ```

mod code;

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use crate::client_registration::RegisteredClient;
use crate::cx::{Cx, Event, Wait};
use crate::exchange::{Exchange, answer};
use crate::failure::{Cause, Expiring, Failure, Missing, Refusal};
use crate::http::Call;
use crate::intent::{Intent, Offer, Offers};
use crate::io::Time;
use crate::metadata::{DEVICE_CODE, Metadata};
use crate::token::Tokens;

use self::code::{INTERVAL, read, send};

pub(crate) use self::code::DeviceCode;

/// Between two polls that are not answered, at the most.
const BACKOFF: Duration = Duration::from_secs(60);
/// How often in a row a server says that there are no tokens to be had there before that is the end. It may be
/// restarting.
const NOWHERE: u8 = 3;

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
    Showing { code: Box<DeviceCode>, poll: Poll, asked: Time, silence: Option<Silence> },
}

/// Polls in a row without an answer to speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Silence {
    polls: u8,
    /// How many of them, the last ones, say that there are no tokens to be had there.
    nowhere: u8,
    /// What came of the last one.
    failure: Failure,
}

/// How often makes no difference but to when the next one is.
impl Hash for Silence {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let may_pass = matches!(self.failure.cause, Cause::Unavailable { .. });
        (self.nowhere, may_pass).hash(hasher);
    }
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
    Silence(Failure),
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
        let state = State::Showing { code: Box::new(code), poll, asked: cx.now, silence: None };
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
                        self.state = State::Showing { code, poll, asked: cx.now, silence: None };
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
            (State::Showing { code, poll: Poll::Resting(_), silence, .. }, Event::TimedOut(_))
                if code.until <= cx.now =>
            {
                // Where the server does not answer, nobody knows whether the user was too slow.
                let silence = silence.take().map(|silence| silence.failure);
                Some(End::Failed(silence.unwrap_or_else(|| expired(None))))
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
        let State::Showing { code, poll, silence, .. } = &mut self.state else { return None };
        let next = match polled {
            Polled::Tokens(tokens) => return Some(End::Granted(tokens)),
            Polled::Pending => {
                *silence = None;
                cx.now + code.interval()
            }
            Polled::TooFast => {
                // An answer, and none that gives the tokens away.
                *silence = None;
                let slower = code.interval() + INTERVAL;
                code.interval = u64::try_from(slower.as_millis()).unwrap_or(u64::MAX);
                cx.now + slower
            }
            Polled::Silence(failure) => {
                let limited = failure.rate_limited_until();
                let silence = silence.insert(Silence::after(silence.as_ref(), failure));
                if silence.nowhere >= NOWHERE {
                    return Some(End::Failed(silence.failure.clone()));
                }
                let interval = code.interval();
                let backoff = interval.saturating_mul(1 << silence.polls.min(6)).min(BACKOFF.max(interval));
                limited.unwrap_or(cx.now).max(cx.now + backoff)
            }
            Polled::UsedUp(_) if silence.is_some() => return Some(End::Lost),
            Polled::UsedUp(failure) | Polled::Failed(failure) => return Some(End::Failed(failure)),
        };
        *poll = Poll::Resting(cx.pause_until(code.next(next)));
        None
    }
}

impl Silence {
    /// One more, after those `before`.
    fn after(before: Option<&Self>, failure: Failure) -> Self {
        let (polls, nowhere) = before.map_or((0, 0), |before| (before.polls, before.nowhere));
        let nowhere = if is_nowhere(&failure) { nowhere + 1 } else { 0 };
        Self { polls: polls.saturating_add(1), nowhere, failure }
    }
}

/// Whether the answer says that there is nothing at this address, or not for us.
fn is_nowhere(failure: &Failure) -> bool {
    let status = failure.evidence.as_ref().and_then(|evidence| evidence.status);
    matches!(status, Some(404 | 405 | 410 | 501))
}

fn expired(failure: Option<Failure>) -> Failure {
    let evidence = failure.and_then(|failure| failure.evidence);
    Failure { cause: Cause::Expired { what: Expiring::UserCode }, evidence }
}

fn polled(call: &Call, event: &Event<'_>, cx: &Cx<'_>) -> Polled {
    let answer = match answer(call, event, cx.now) {
        Ok(answer) => answer,
        Err(failure) => return Polled::Silence(failure),
    };
    let refused = |refusal| Polled::Failed(answer.failure(Cause::Refused { refusal }));
    // By the body alone: the same errors come as 400 and as 403.
    match (answer.status(), answer.oauth_error()) {
        (200..=299, _) => match Tokens::read(&answer, call) {
            Ok(tokens) => Polled::Tokens(tokens),
            Err(failure) if matches!(failure.cause, Cause::Unavailable { .. }) => Polled::Silence(failure),
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
        (_, "") => Polled::Silence(answer.unexpected()),
        (_, _) => refused(Refusal::Other),
    }
}

fn send_poll(code: &DeviceCode, metadata: &Metadata, cx: &mut Cx<'_>) -> Call {
    let fields = [
        ("grant_type", DEVICE_CODE),
        ("device_code", code.device_code.expose()),
        ("client_id", &code.client.client_id),
    ];
    Call::form(metadata.token_endpoint.clone(), &fields, cx)
}

#[cfg(test)]
mod tests;
