//! Tokens that nobody wants are ended, so that no device is left behind.
//!
//! Client-server specification, "Token revocation" (MSC4254); RFC 7009.

use crate::cx::{Cx, Event};
use crate::failure::{Cause, Outage};
use crate::http::Call;
use crate::token::{self, NotRenewed, Tokens};

use super::End;
use super::identify::{self, Granted};
use super::machine::{Machine, State};
use super::steps::{answer, ended};

/// What is to be ended, and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unwanted {
    pub(super) granted: Granted,
    pub(super) then: End,
    /// An answer was lost.
    again: bool,
}

impl Machine {
    pub(super) fn revoke(&self, granted: Granted, then: End, cx: &mut Cx<'_>) -> State {
        self.end_last(Unwanted { granted, then, again: false }, cx)
    }

    /// A token that was replaced ends nothing, and is answered as if it did.
    pub(super) fn end_last(&self, what: Unwanted, cx: &mut Cx<'_>) -> State {
        let metadata = &self.goal.metadata;
        let may_be_old = self.in_doubt && metadata.revocation_endpoint.is_some();
        match what.granted.tokens.refresh_token.as_ref().filter(|_| may_be_old) {
            Some(token) => {
                let call = token::renew(&metadata.token_endpoint, &what.granted.client_id, token, cx);
                State::Renewing { what: Box::new(what), call }
            }
            None => self.end_it(what, cx),
        }
    }

    pub(super) fn renewed_last(
        &mut self,
        what: &Unwanted,
        call: &Call,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> State {
        match identify::renewed(&what.granted, call, event, cx) {
            Ok(granted) => {
                self.in_doubt = false;
                self.end_it(Unwanted { granted, ..what.clone() }, cx)
            }
            Err(NotRenewed::Ended(_)) => ended(what.then.clone()),
            Err(NotRenewed::Unclear(failure)) => State::Unrevoked { what: Box::new(what.clone()), failure },
        }
    }

    fn end_it(&self, what: Unwanted, cx: &mut Cx<'_>) -> State {
        let Some(endpoint) = &self.goal.metadata.revocation_endpoint else { return ended(what.then) };
        let Granted { client_id, tokens } = &what.granted;
        let (token, hint) = match &tokens.refresh_token {
            Some(token) => (token, "refresh_token"),
            None => (&tokens.access_token, "access_token"),
        };
        let fields =
            [("token", token.expose().as_str()), ("token_type_hint", hint), ("client_id", client_id)];
        let call = Call::form(endpoint.clone(), &fields, cx);
        State::Revoking { what: Box::new(what), call }
    }

    /// What a server refuses to end cannot be ended by us, and is forgotten. Without an answer it may still be good.
    pub(super) fn revoked(&self, what: &Unwanted, call: &Call, event: &Event<'_>, cx: &mut Cx<'_>) -> State {
        let failure = match answer(call, event, cx) {
            Ok(answer) if answer.is_web_page() => answer.unexpected(),
            Ok(_) => return ended(what.then.clone()),
            Err(failure) => failure,
        };
        match failure.cause {
            Cause::Unavailable { outage, .. } if !what.again && outage != Outage::RateLimited => {
                self.end_it(Unwanted { again: true, ..what.clone() }, cx)
            }
            Cause::Unavailable { .. } => {
                let what = Unwanted { again: false, ..what.clone() };
                State::Unrevoked { what: Box::new(what), failure }
            }
            Cause::Refused { .. }
            | Cause::Expired { .. }
            | Cause::Unsupported { .. }
            | Cause::Misbehaved { .. }
            | Cause::Broken { .. } => ended(what.then.clone()),
        }
    }

    /// The person gives up while `call` may bring tokens. Where nothing can be ended, nothing is waited for.
    pub(super) fn give_up(&self, client_id: &str, call: &Call) -> State {
        match self.goal.metadata.revocation_endpoint {
            Some(_) => State::GivenUp { client_id: client_id.to_owned(), call: call.clone() },
            None => ended(End::Cancelled),
        }
    }

    /// The answer to a question for tokens, after the person has given up.
    pub(super) fn brought(&self, client_id: &str, call: &Call, event: &Event<'_>, cx: &mut Cx<'_>) -> State {
        match answer(call, event, cx).and_then(|answer| Tokens::read(&answer, call)) {
            Ok(tokens) => {
                self.revoke(Granted { client_id: client_id.to_owned(), tokens }, End::Cancelled, cx)
            }
            Err(_) => ended(End::Cancelled),
        }
    }
}
