//! The states of a session, and how one leads to the next.

use std::time::Duration;

use serde_json::json;
use statig::Outcome::{self, Super, Transition};
use statig::blocking::{self, IntoStateMachine};

use crate::cx::{Cx, Event, Wait};
use crate::failure::{Cause, Failure, Missing, Outage};
use crate::http::{self, Call};
use crate::intent::Intent;
use crate::io::{Reply, StorageProblem, Time};
use crate::session::Session;

use super::verdict::{self, Verdict};
use super::{End, Ended};

/// How long before the end a token is renewed, if it lives long enough for that.
const AHEAD: Duration = Duration::from_secs(60);
/// Between two attempts to renew; doubled each time.
const AGAIN: Duration = Duration::from_secs(15);
const AGAIN_AT_MOST: Duration = Duration::from_secs(600);
/// How often a token that is refused is renewed before the session counts as ended.
const MAX_RENEWALS: u8 = 2;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    pub(super) session: Session,
    /// The same session with tokens that are not stored yet, and so must not be used yet.
    pub(super) renewed: Option<Session>,
    /// This very session is stored.
    pub(super) is_stored: bool,
    /// It, or what it was before it was renewed, may be in the store, as far as we know.
    pub(super) may_be_stored: bool,
    pub(super) checked_at: Option<Time>,
    /// How often in a row renewing failed.
    failures: u32,
    /// How often in a row a refused token was renewed.
    renewals: u8,
    /// Of the access token that was refused last, the server said that only the token has ended.
    soft: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    New,
    Storing {
        wait: Wait,
        then: Then,
    },
    StoreFailed {
        then: Then,
        failure: Failure,
    },
    /// Nothing to do until the token has to be renewed.
    Resting {
        renew: Option<Wait>,
        problem: Option<Failure>,
    },
    Checking {
        call: Call,
    },
    Refreshing {
        call: Call,
        then: Then,
    },
    SigningOut {
        call: Call,
        everywhere: bool,
    },
    SignOutFailed {
        everywhere: bool,
        failure: Failure,
    },
    Erasing {
        wait: Wait,
        server_told: bool,
    },
    EraseFailed {
        server_told: bool,
        failure: Failure,
    },
    Ended(Box<End>),
}

/// What a token is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    Rest,
    Check,
    SignOut { everywhere: bool },
}

impl Then {
    pub(super) const fn is_end(self) -> bool {
        matches!(self, Self::SignOut { .. })
    }
}

impl IntoStateMachine for Machine {
    type Event<'e> = Event<'e>;
    type Context<'c> = Cx<'c>;
    type State = State;
    type Superstate<'s> = ();

    fn initial() -> State {
        State::New
    }
}

impl blocking::State<Machine> for State {
    fn call_handler(&mut self, machine: &mut Machine, event: &Event<'_>, cx: &mut Cx<'_>) -> Outcome<Self> {
        match (self, event) {
            (Self::Storing { then, .. }, Event::Reply(_, Reply::Stored(Ok(())))) => {
                Transition(machine.stored(*then, cx))
            }
            (Self::Storing { then, .. }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                Transition(Self::StoreFailed { then: *then, failure: storage_failure(event) })
            }
            (Self::StoreFailed { then, .. }, Event::Intent(Intent::Retry)) => {
                Transition(machine.store(*then, cx))
            }
            // Not stored, the session would be lost, so it is better ended.
            (
                Self::StoreFailed { .. } | Self::Resting { .. },
                Event::Intent(Intent::SignOut { everywhere }),
            ) => {
                machine.use_renewed();
                Transition(machine.sign_out(*everywhere, cx))
            }
            (Self::Resting { .. }, Event::TimedOut(_) | Event::Intent(Intent::Refresh)) => {
                Transition(machine.refresh(Then::Rest, cx))
            }
            (Self::Resting { .. }, Event::Intent(Intent::CheckSession)) => Transition(machine.check(cx)),
            (Self::Checking { call }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                Transition(machine.checked(call, event, cx))
            }
            (Self::Refreshing { call, then }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                Transition(machine.refreshed(call, *then, event, cx))
            }
            (Self::SigningOut { call, everywhere }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                Transition(machine.signed_out(call, *everywhere, event, cx))
            }
            (Self::SignOutFailed { everywhere, .. }, Event::Intent(Intent::Retry)) => {
                Transition(machine.sign_out(*everywhere, cx))
            }
            (Self::SignOutFailed { .. }, Event::Intent(Intent::Forget)) => {
                Transition(machine.erase(false, cx))
            }
            (Self::SignOutFailed { .. }, Event::Intent(Intent::Cancel)) => {
                Transition(match machine.is_stored {
                    true => machine.rest(cx),
                    false => machine.store(Then::Rest, cx),
                })
            }
            (Self::Erasing { server_told, .. }, Event::Reply(_, Reply::Stored(Ok(())))) => {
                Transition(machine.signed_out_here(*server_told))
            }
            (Self::Erasing { server_told, .. }, event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                Transition(Self::EraseFailed { server_told: *server_told, failure: storage_failure(event) })
            }
            (Self::EraseFailed { server_told, .. }, Event::Intent(Intent::Retry)) => {
                Transition(machine.erase(*server_told, cx))
            }
            (Self::New | Self::Storing { .. } | Self::StoreFailed { .. } | Self::Resting { .. }, _)
            | (Self::Checking { .. } | Self::Refreshing { .. } | Self::SigningOut { .. }, _)
            | (
                Self::SignOutFailed { .. } | Self::Erasing { .. } | Self::EraseFailed { .. } | Self::Ended(_),
                _,
            ) => Super,
        }
    }
}

impl Machine {
    pub(super) const fn new(session: Session, is_stored: bool, may_be_stored: bool) -> Self {
        let (renewed, checked_at) = (None, None);
        Self { session, renewed, is_stored, may_be_stored, checked_at, failures: 0, renewals: 0, soft: false }
    }

    pub(super) fn store(&mut self, then: Then, cx: &mut Cx<'_>) -> State {
        // It may get there although we never hear of it.
        self.may_be_stored = true;
        let session = self.renewed.as_ref().unwrap_or(&self.session);
        State::Storing { wait: cx.store(session.clone()), then }
    }

    fn stored(&mut self, then: Then, cx: &mut Cx<'_>) -> State {
        self.use_renewed();
        self.is_stored = true;
        match then {
            Then::Rest => self.rest(cx),
            Then::Check => self.check(cx),
            Then::SignOut { everywhere } => self.sign_out(everywhere, cx),
        }
    }

    fn use_renewed(&mut self) {
        if let Some(renewed) = self.renewed.take() {
            self.session = renewed;
            self.is_stored = false;
        }
    }

    pub(super) fn rest(&self, cx: &mut Cx<'_>) -> State {
        let renewable = self.session.expires_at.filter(|_| self.session.refresh_token.is_some());
        let renew = renewable.map(|expires_at| {
            let left = cx.now.until(expires_at);
            // A short-lived token is renewed when most of its life is over, so that renewing never runs in circles.
            cx.pause(left.saturating_sub(AHEAD).max(left / 5 * 4))
        });
        State::Resting { renew, problem: None }
    }

    /// Nothing is known to be wrong with the session, so it goes on; a renewal is tried again, ever more rarely.
    fn rest_with(&mut self, problem: Failure, cx: &mut Cx<'_>) -> State {
        let State::Resting { renew, .. } = self.rest(cx) else { return self.rest(cx) };
        let later = problem.rate_limited_until().unwrap_or_else(|| cx.now + self.patience());
        let renew = renew.map(|wait| Wait { until: wait.until.max(later), ..wait });
        State::Resting { renew, problem: Some(problem) }
    }

    fn patience(&self) -> Duration {
        AGAIN.saturating_mul(1 << self.failures.min(8)).min(AGAIN_AT_MOST)
    }

    fn check(&self, cx: &mut Cx<'_>) -> State {
        let url = http::endpoint(&self.session.homeserver, "_matrix/client/v3/account/whoami");
        State::Checking { call: Call::get_as(url, &self.session.access_token, cx) }
    }

    fn checked(&mut self, call: &Call, event: &Event<'_>, cx: &mut Cx<'_>) -> State {
        let verdict = match answered(call, event, cx.now) {
            Ok(reply) => match call.answer(reply, cx.now) {
                Ok(answer) => verdict::whoami(&answer, &self.session),
                Err(failure) => Verdict::Unclear(failure),
            },
            Err(failure) => Verdict::Unclear(failure),
        };
        match verdict {
            Verdict::Good(()) => {
                self.checked_at = Some(cx.now);
                self.renewals = 0;
                self.rest(cx)
            }
            Verdict::TokenEnded { soft, failure } => self.renew_or_end(Then::Check, soft, failure, cx),
            Verdict::Unclear(failure) => self.rest_with(failure, cx),
        }
    }

    /// An access token that has expired looks like one that was revoked: only a renewal tells them apart.
    fn renew_or_end(&mut self, then: Then, soft: bool, failure: Failure, cx: &mut Cx<'_>) -> State {
        self.soft = soft;
        if self.is_renewable() { self.refresh(then, cx) } else { self.ended(soft, failure) }
    }

    /// A fresh token that is refused was perhaps slept over; a second one was not.
    const fn is_renewable(&self) -> bool {
        self.session.refresh_token.is_some() && self.renewals < MAX_RENEWALS
    }

    fn ended(&self, soft: bool, failure: Failure) -> State {
        let session = self.session.clone();
        State::Ended(Box::new(End::Ended(Box::new(Ended { session, soft, failure }))))
    }

    fn refresh(&mut self, then: Then, cx: &mut Cx<'_>) -> State {
        let Some(token) = &self.session.refresh_token else { return self.rest(cx) };
        let url = http::endpoint(&self.session.homeserver, "_matrix/client/v3/refresh");
        State::Refreshing { call: Call::post(url, &json!({ "refresh_token": token.expose() }), cx), then }
    }

    fn refreshed(&mut self, call: &Call, then: Then, event: &Event<'_>, cx: &mut Cx<'_>) -> State {
        let verdict = match answered(call, event, cx.now) {
            Ok(reply) => match call.answer(reply, cx.now) {
                Ok(answer) => verdict::refreshed(&answer, call, &self.session),
                Err(failure) => Verdict::Unclear(failure),
            },
            Err(failure) => Verdict::Unclear(failure),
        };
        match (verdict, then) {
            // What is to end is not stored; until then it is in what is saved.
            (Verdict::Good(session), Then::SignOut { everywhere }) => {
                (self.session, self.is_stored) = (session, false);
                self.renewals += 1;
                self.sign_out(everywhere, cx)
            }
            (Verdict::Good(session), then @ (Then::Rest | Then::Check)) => {
                self.renewals = if matches!(then, Then::Rest) { 0 } else { self.renewals + 1 };
                // Until the new token is used, an earlier request that was given up may still arrive and replace it.
                let then = if self.failures > 0 { Then::Check } else { then };
                (self.failures, self.soft) = (0, false);
                self.renewed = Some(session);
                self.store(then, cx)
            }
            // Whoever wants to sign out has got what they wanted.
            (Verdict::TokenEnded { .. }, Then::SignOut { .. }) => self.erase(true, cx),
            // A refused refresh token says less about the device than the refused access token did before.
            (Verdict::TokenEnded { soft, failure }, Then::Rest | Then::Check) => {
                self.ended(soft || self.soft, failure)
            }
            (Verdict::Unclear(failure), Then::SignOut { everywhere }) => {
                State::SignOutFailed { everywhere, failure }
            }
            (Verdict::Unclear(failure), Then::Rest | Then::Check) => {
                let problem = self.rest_with(failure, cx);
                self.failures += 1;
                problem
            }
        }
    }

    pub(super) fn sign_out(&self, everywhere: bool, cx: &mut Cx<'_>) -> State {
        let path = if everywhere { "_matrix/client/v3/logout/all" } else { "_matrix/client/v3/logout" };
        let url = http::endpoint(&self.session.homeserver, path);
        State::SigningOut { call: Call::post_as(url, &self.session.access_token, &json!({}), cx), everywhere }
    }

    fn signed_out(&mut self, call: &Call, everywhere: bool, event: &Event<'_>, cx: &mut Cx<'_>) -> State {
        let verdict = match answered(call, event, cx.now) {
            Ok(reply) => match call.answer(reply, cx.now) {
                Ok(answer) if answer.is_unrecognized() => {
                    let cause = Cause::Unsupported { missing: Missing::Endpoint };
                    Verdict::Unclear(answer.failure(cause))
                }
                Ok(answer) => verdict::signed_out(&answer),
                Err(failure) => Verdict::Unclear(failure),
            },
            Err(failure) => Verdict::Unclear(failure),
        };
        match verdict {
            Verdict::Good(()) => self.erase(true, cx),
            // Perhaps only the token has expired, and the device is still there.
            Verdict::TokenEnded { .. } if self.is_renewable() => {
                self.refresh(Then::SignOut { everywhere }, cx)
            }
            Verdict::TokenEnded { .. } => self.erase(true, cx),
            Verdict::Unclear(failure) => State::SignOutFailed { everywhere, failure },
        }
    }

    pub(super) fn erase(&self, server_told: bool, cx: &mut Cx<'_>) -> State {
        if self.may_be_stored {
            State::Erasing { wait: cx.erase(&self.session), server_told }
        } else {
            self.signed_out_here(server_told)
        }
    }

    fn signed_out_here(&self, server_told: bool) -> State {
        State::Ended(Box::new(End::SignedOut { user_id: self.session.user_id.clone(), server_told }))
    }
}

/// The reply in `event`, or that none came.
fn answered<'e>(call: &Call, event: &Event<'e>, now: Time) -> Result<&'e Reply, Failure> {
    match event {
        Event::Reply(_, reply) => Ok(reply),
        Event::Start | Event::Intent(_) | Event::TimedOut(_) | Event::Link(_) => Err(call.timed_out(now)),
    }
}

fn storage_failure(event: &Event<'_>) -> Failure {
    match event {
        Event::Reply(_, Reply::Stored(Err(problem))) => Failure::storage(*problem),
        Event::TimedOut(_) => {
            Failure { cause: Cause::Unavailable { outage: Outage::TimedOut, retry_at: None }, evidence: None }
        }
        Event::Reply(..) | Event::Start | Event::Intent(_) | Event::Link(_) => {
            Failure::storage(StorageProblem::Other)
        }
    }
}
