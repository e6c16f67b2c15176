//! How a sign-in by OAuth 2.0 begins, and what is done when something did not work.

use statig::Outcome::{self, Handled, Super, Transition};

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::failure::{Cause, Failure, Misbehaviour, Missing};
use crate::http::{Answer, Call};
use crate::io::Reply;

use super::browser::BROWSER;
use super::client::{self, Registered};
use super::machine::{Ask, Listener, Machine, Pending, State};
use super::request::is_fit;
use super::{End, Goal, Way};

/// How often a server may ask for patience in a row before the person is asked.
const MAX_LIMITED: u32 = 20;

pub(super) fn ended(end: End) -> State {
    State::Ended(Box::new(end))
}

pub(super) fn failed(failure: Failure) -> State {
    ended(End::Failed(failure))
}

/// What came of a call that `event` answers.
pub(super) fn answer<'r>(call: &Call, event: &Event<'r>, cx: &Cx<'_>) -> Result<Answer<'r>, Failure> {
    match event {
        Event::Reply(_, reply) => call.answer(reply, cx.now),
        Event::Start | Event::Intent(_) | Event::TimedOut(_) | Event::Callback(_) => {
            Err(call.timed_out(cx.now))
        }
    }
}

impl Machine {
    pub(super) const fn new(goal: Goal) -> Self {
        Self { goal, limited: 0, is_healed: false, is_renewed: false, in_doubt: false }
    }

    pub(super) fn begin(&mut self, cx: &mut Cx<'_>) -> State {
        (self.limited, self.is_renewed, self.in_doubt) = (0, false, false);
        if !is_fit(&self.goal.device_id) {
            let cause = Cause::Misbehaved { misbehaviour: Misbehaviour::InvalidField("device_id") };
            return failed(Failure { cause, evidence: None });
        }
        if self.known(cx).is_none() && self.goal.metadata.registration_endpoint.is_none() {
            let cause = Cause::Unsupported { missing: Missing::ClientRegistration };
            return failed(Failure { cause, evidence: None });
        }
        let listener = match self.goal.way {
            Way::SignIn | Way::CreateAccount => {
                // Known to nobody but this server and us; what guards the sign-in is the state.
                Pending::Waiting(cx.listen(client::path(&self.goal.metadata.issuer), None))
            }
            Way::DeviceCode => Pending::Done(Listener::Absent),
        };
        self.introduce(listener, cx)
    }

    /// As whom? As whom we are known, if we are; otherwise we introduce ourselves.
    fn introduce(&self, listener: Pending<Wait, Listener>, cx: &mut Cx<'_>) -> State {
        let metadata = &self.goal.metadata;
        let client = match (self.known(cx), &metadata.registration_endpoint) {
            (Some(client), _) => Pending::Done(client),
            (None, Some(endpoint)) => {
                let body = client::registration(&cx.config.client, metadata);
                Pending::Waiting(Call::post(endpoint.clone(), &body, cx))
            }
            (None, None) => {
                let cause = Cause::Unsupported { missing: Missing::ClientRegistration };
                return failed(Failure { cause, evidence: None });
            }
        };
        self.go(client, listener, cx)
    }

    fn known(&self, cx: &Cx<'_>) -> Option<Registered> {
        let metadata = &self.goal.metadata;
        let known = cx.config.client.known.iter().find(|known| known.issuer == metadata.issuer);
        known.filter(|_| !self.is_healed).map(|known| Registered {
            client_id: known.client_id.clone(),
            device_grant: metadata.device_authorization_endpoint.is_some(),
        })
    }

    /// On, as soon as both are there.
    fn go(
        &self,
        client: Pending<Call, Registered>,
        listener: Pending<Wait, Listener>,
        cx: &mut Cx<'_>,
    ) -> State {
        match (client, listener) {
            (Pending::Done(client), Pending::Done(listener)) => match self.goal.way {
                Way::SignIn | Way::CreateAccount => self.open_browser(client, listener, cx),
                Way::DeviceCode => self.ask_code(client, cx),
            },
            (client, listener) => State::Preparing { client, listener },
        }
    }

    pub(super) fn prepared(
        &mut self,
        client: &Pending<Call, Registered>,
        listener: &Pending<Wait, Listener>,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> Outcome<State> {
        let (Event::Reply(id, _) | Event::TimedOut(id)) = event else { return Super };
        match (client, listener) {
            (Pending::Waiting(call), _) if call.wait.id == *id => {
                let registered = answer(call, event, cx)
                    .and_then(|answer| client::registered(&answer, &self.goal.metadata));
                match (registered, listener) {
                    (Ok(registered), listener) => {
                        Transition(self.go(Pending::Done(registered), listener.clone(), cx))
                    }
                    (Err(failure), Pending::Done(listener)) => {
                        Transition(self.not_yet(Ask::Register(listener.clone()), failure, cx))
                    }
                    // Listening is asked for again with the next attempt.
                    (Err(failure), Pending::Waiting(_)) => {
                        Transition(self.not_yet(Ask::Register(Listener::Absent), failure, cx))
                    }
                }
            }
            (client, Pending::Waiting(wait)) => {
                Transition(self.go(client.clone(), Pending::Done(listening(*wait, event, cx)), cx))
            }
            (_, Pending::Done(_)) if matches!(event, Event::Reply(_, Reply::Listening(Ok(_)))) => Handled,
            // The listener broke before anybody was sent anywhere.
            (client, Pending::Done(_)) => {
                Transition(self.go(client.clone(), Pending::Done(Listener::Absent), cx))
            }
        }
    }

    /// Patience is granted by itself; what may pass is tried again by the person; the rest is the end.
    pub(super) fn not_yet(&mut self, then: Ask, failure: Failure, cx: &mut Cx<'_>) -> State {
        match (failure.rate_limited_until(), &failure.cause) {
            (Some(at), _) if self.limited < MAX_LIMITED => {
                self.limited += 1;
                State::Limited { then: Box::new(then), pause: cx.pause_until(at), failure }
            }
            (_, Cause::Unavailable { .. } | Cause::Expired { .. }) => State::Failed { failure },
            (_, _) => failed(failure),
        }
    }

    pub(super) fn ask(&mut self, ask: Ask, cx: &mut Cx<'_>) -> State {
        match ask {
            Ask::Register(Listener::Absent) => self.again(cx),
            Ask::Register(listener) => self.introduce(Pending::Done(listener), cx),
            Ask::UserCode(client) => self.ask_code(client, cx),
            Ask::Tokens { request, code, again } => self.exchange(request, code, again, cx),
        }
    }

    /// From the beginning, without forgetting how patient we have been.
    fn again(&mut self, cx: &mut Cx<'_>) -> State {
        let limited = self.limited;
        let state = self.begin(cx);
        self.limited = limited;
        state
    }

    /// The server has forgotten the application. Once, we introduce ourselves again.
    pub(super) fn heal(&mut self, failure: Failure, cx: &mut Cx<'_>) -> State {
        if self.is_healed {
            return failed(failure);
        }
        self.is_healed = true;
        self.begin(cx)
    }
}

fn listening(wait: Wait, event: &Event<'_>, cx: &Cx<'_>) -> Listener {
    match event {
        Event::Reply(_, Reply::Listening(Ok(origin))) if address::is_loopback(origin) => {
            // However long the rest of the preparations takes.
            Listener::At { wait: Wait { until: cx.now + BROWSER, ..wait }, origin: origin.clone() }
        }
        Event::Reply(..) | Event::TimedOut(_) | Event::Start | Event::Intent(_) | Event::Callback(_) => {
            Listener::Absent
        }
    }
}
