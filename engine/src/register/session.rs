//! The session of a registration: what the server asks for in it, and what becomes of one that is lost, or another's.

use std::sync::Arc;

use crate::cx::Cx;
use crate::failure::{Cause, Failure, Outage};
use crate::http::Answer;
use crate::uia::Uia;

use super::ask::{Ask, Auth};
use super::machine::{Machine, State};

/// More than any server has stages, times what a user may get wrong.
pub(crate) const MAX_ROUNDS: u32 = 200;
/// What a session that came to nothing counts.
pub(crate) const SESSION_ROUNDS: u32 = MAX_ROUNDS / 4;

impl Machine {
    /// Takes in what the server asks for now.
    pub(crate) fn challenged(&mut self, uia: Option<Uia>, answer: &Answer<'_>) {
        self.told = Some(Box::new(answer.evidence()));
        let Some(mut new) = uia else { return };
        if let Some(old) = self.uia.take() {
            new.fill_in(Arc::unwrap_or_clone(old));
        }
        self.uia = Some(Arc::new(new));
    }

    /// The account exists. Synapse takes a completed session again, and makes another device each time.
    pub(crate) fn spend_session(&mut self) {
        (self.uia, self.flow, self.confirmation) = (None, None, None);
        self.unsure = true;
    }

    /// The server does not know it, or not for this request.
    pub(crate) fn lose_session(&mut self) {
        (self.uia, self.flow, self.confirmation) = (None, None, None);
        self.rounds += SESSION_ROUNDS;
    }

    /// Whether the server is in trouble over a session that it takes for another request's: Palpo binds it to the device
    /// in the body, and answers 500 M_UNKNOWN. A session in which nothing was done yet is no loss.
    pub(crate) fn is_foreign(&self, auth: &Auth, failure: &Failure) -> bool {
        let is_500 = matches!(failure.cause, Cause::Unavailable { outage: Outage::ServerError(500), .. });
        let errcode = failure.evidence.as_ref().and_then(|evidence| evidence.errcode.as_deref());
        let has_session = match auth {
            Auth::Session | Auth::Plain(_) | Auth::Token(..) => self.uia_session().is_some(),
            // A confirmation is worth more than a guess.
            Auth::Absent | Auth::Address(..) => false,
        };
        let is_new = self.uia.as_ref().is_some_and(|uia| uia.completed.is_empty());
        let is_last = self.rounds + SESSION_ROUNDS > MAX_ROUNDS;
        is_500 && errcode == Some("M_UNKNOWN") && has_session && is_new && !is_last
    }

    /// Asks for another session, in which `auth` is sent again if it holds there too.
    pub(crate) fn afresh(&mut self, auth: &Auth, cx: &mut Cx<'_>) -> State {
        let is_repeatable = auth.is_repeatable();
        self.ask(if is_repeatable { Ask::Afresh(auth.clone()) } else { Ask::Submit(Auth::Absent) }, cx)
    }

    /// There is another session for `auth`.
    pub(crate) fn repeat(&mut self, auth: &Auth, cx: &mut Cx<'_>) -> State {
        let next = self.proceed(cx);
        if matches!(next, State::Question { .. }) && self.current_stage().as_ref() == auth.stage() {
            return self.ask(Ask::Submit(auth.clone()), cx);
        }
        next
    }
}
