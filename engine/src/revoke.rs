//! Tokens that nobody wants are revoked, so that no device is left behind.
//!
//! Client-server specification, "Token revocation" (MSC4254); RFC 7009.
//!
//! ```text
//!   Coming ──▶ Refreshing ──▶ Revoking ──▶ over        straight to Revoking where the tokens are known to be the last
//!                   └──▶ Unrevoked ◀─┘
//! ```

use std::sync::Arc;

use crate::cx::{Cx, Event, Wait};
use crate::exchange::answer;
use crate::failure::{Cause, Failure, Outage};
use crate::http::Call;
use crate::intent::{Intent, Offer, Offers};
use crate::metadata::Metadata;
use crate::token::{Granted, NotRenewed, Tokens};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Revocation {
    metadata: Arc<Metadata>,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    /// The user gave up while tokens were on their way. They are revoked as soon as they are here.
    Coming {
        client_id: String,
        call: Call,
    },
    /// They may have been replaced: the last ones are asked for, for they alone end anything.
    Refreshing {
        granted: Granted,
        call: Call,
    },
    /// With `again`, an answer was lost.
    Revoking {
        granted: Granted,
        call: Call,
        again: bool,
    },
    /// It could not be done: somebody has to know that a device may be left.
    Unrevoked {
        granted: Granted,
        failure: Failure,
    },
    Over,
}

impl Revocation {
    pub(crate) fn of(granted: Granted, metadata: &Arc<Metadata>, cx: &mut Cx<'_>) -> Self {
        let mut this = Self { metadata: metadata.clone(), state: State::Over };
        this.begin(granted, cx);
        this
    }

    /// Of the tokens that `call` may bring. Where nothing can be revoked, nothing is waited for.
    pub(crate) fn of_coming(client_id: &str, call: &Call, metadata: &Arc<Metadata>) -> Self {
        let state = match metadata.revocation_endpoint {
            Some(_) => State::Coming { client_id: client_id.to_owned(), call: call.clone() },
            None => State::Over,
        };
        Self { metadata: metadata.clone(), state }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Over
    }

    pub(crate) const fn wait(&self) -> Option<Wait> {
        match &self.state {
            State::Coming { call, .. } | State::Refreshing { call, .. } | State::Revoking { call, .. } => {
                Some(call.wait)
            }
            State::Unrevoked { .. } | State::Over => None,
        }
    }

    pub(crate) const fn offers(&self) -> Offers {
        match &self.state {
            State::Coming { .. } => Offers::of(&[Offer::Cancel]),
            State::Unrevoked { .. } => Offers::of(&[Offer::Retry, Offer::Forget]),
            State::Refreshing { .. } | State::Revoking { .. } | State::Over => Offers::NONE,
        }
    }

    /// Why it could not be done.
    pub(crate) const fn failure(&self) -> Option<&Failure> {
        match &self.state {
            State::Unrevoked { failure, .. } => Some(failure),
            State::Coming { .. } | State::Refreshing { .. } | State::Revoking { .. } | State::Over => None,
        }
    }

    /// What is still to be revoked.
    pub(crate) const fn granted(&self) -> Option<&Granted> {
        match &self.state {
            State::Refreshing { granted, .. }
            | State::Revoking { granted, .. }
            | State::Unrevoked { granted, .. } => Some(granted),
            State::Coming { .. } | State::Over => None,
        }
    }

    pub(crate) fn handle(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) {
        match (std::mem::replace(&mut self.state, State::Over), event) {
            (State::Coming { .. }, Event::Intent(Intent::Cancel)) => {}
            (State::Unrevoked { .. }, Event::Intent(Intent::Forget)) => {}
            (State::Unrevoked { granted, .. }, Event::Intent(Intent::Retry)) => self.begin(granted, cx),
            (State::Coming { client_id, call }, Event::Reply(..) | Event::TimedOut(_)) => {
                let tokens = answer(&call, event, cx.now).and_then(|answer| Tokens::read(&answer, &call));
                if let Ok(tokens) = tokens {
                    self.begin(Granted { client_id, tokens, in_doubt: false }, cx);
                }
            }
            (State::Refreshing { granted, call }, Event::Reply(..) | Event::TimedOut(_)) => {
                match granted.renewed(&call, event, cx) {
                    Ok(granted) => self.revoke(granted, false, cx),
                    // There is nothing left that could be revoked.
                    Err(NotRenewed::Ended(_)) => {}
                    Err(NotRenewed::Unclear(failure)) => self.state = State::Unrevoked { granted, failure },
                }
            }
            (State::Revoking { granted, call, again }, Event::Reply(..) | Event::TimedOut(_)) => {
                self.revoked(granted, &call, again, event, cx);
            }
            (state, _) => self.state = state,
        }
    }

    /// A token that was replaced ends nothing, and is answered as if it did.
    fn begin(&mut self, mut granted: Granted, cx: &mut Cx<'_>) {
        let may_be_old = granted.in_doubt && self.metadata.revocation_endpoint.is_some();
        match if may_be_old { granted.renew(&self.metadata, cx) } else { None } {
            Some(call) => self.state = State::Refreshing { granted, call },
            None => self.revoke(granted, false, cx),
        }
    }

    fn revoke(&mut self, granted: Granted, again: bool, cx: &mut Cx<'_>) {
        let Some(endpoint) = &self.metadata.revocation_endpoint else { return };
        let Granted { client_id, tokens, .. } = &granted;
        let (token, hint) = match &tokens.refresh_token {
            Some(token) => (token, "refresh_token"),
            None => (&tokens.access_token, "access_token"),
        };
        let fields =
            [("token", token.expose().as_str()), ("token_type_hint", hint), ("client_id", client_id)];
        let call = Call::form(endpoint.clone(), &fields, cx);
        self.state = State::Revoking { granted, call, again };
    }

    /// What a server refuses to end cannot be ended by us, and is forgotten. Without an answer it may still be good.
    fn revoked(&mut self, granted: Granted, call: &Call, again: bool, event: &Event<'_>, cx: &mut Cx<'_>) {
        let failure = match answer(call, event, cx.now) {
            Ok(answer) if answer.is_web_page() => answer.unexpected(),
            Ok(_) => return,
            Err(failure) => failure,
        };
        match failure.cause {
            Cause::Unavailable { outage, .. } if !again && outage != Outage::RateLimited => {
                self.revoke(granted, true, cx);
            }
            Cause::Unavailable { .. } => self.state = State::Unrevoked { granted, failure },
            Cause::Refused { .. }
            | Cause::Expired { .. }
            | Cause::Unsupported { .. }
            | Cause::Misbehaved { .. }
            | Cause::Broken { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests;
