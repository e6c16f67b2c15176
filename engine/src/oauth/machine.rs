//! The order in which the parts of a sign-in by OAuth 2.0 run.

use statig::Outcome::{self, Handled, Transition};
use statig::blocking::{self, IntoStateMachine};

use crate::client_registration::{ClientRegistration, RegisteredClient, redirect_path};
use crate::cx::{Cx, Event, Wait};
use crate::device_authorization::{self, DeviceAuthorization};
use crate::failure::{Cause, Expiring, Failure, Misbehaviour, Refusal};
use crate::flow;
use crate::identify::{self, Identification};
use crate::intent::Intent;
use crate::revoke::Revocation;
use crate::scope::{is_enough, is_fit};
use crate::session::Session;
use crate::token::{Granted, Tokens};

use super::browser::{self, Visit};
use super::code::CodeExchange;
use super::goal::{Goal, Way};
use super::listener::Listener;
use super::saved::SavedStep;

/// How a sign-in ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    SignedIn(Session),
    Cancelled,
    Failed(Failure),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Machine {
    pub(super) goal: Goal,
    /// The server did not know the client any more, so it was registered again.
    is_healed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum State {
    New,
    /// The client is registered, and a listener for the callback is opened, side by side.
    Preparing {
        client: ClientRegistration,
        listener: Listener,
    },
    InBrowser(Box<Visit>),
    /// The browser came back with a code, which is exchanged for tokens.
    Exchanging(Box<CodeExchange>),
    /// A code is entered on another device.
    ByDeviceCode(Box<DeviceAuthorization>),
    /// Whose tokens are these?
    Identifying(Box<Identification>),
    /// Tokens that are of no use are ended.
    Revoking {
        revocation: Box<Revocation>,
        then: Box<End>,
    },
    /// Trying again starts over: a code is good for one attempt.
    Failed {
        failure: Failure,
    },
    Ended(Box<End>),
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

impl flow::Machine for Machine {
    type End = End;

    fn end(state: &State) -> Option<End> {
        match state {
            State::Ended(end) => Some((**end).clone()),
            State::New
            | State::Preparing { .. }
            | State::InBrowser(_)
            | State::Exchanging(_)
            | State::ByDeviceCode(_)
            | State::Identifying(_)
            | State::Revoking { .. }
            | State::Failed { .. } => None,
        }
    }
}

impl blocking::State<Machine> for State {
    fn call_handler(&mut self, machine: &mut Machine, event: &Event<'_>, cx: &mut Cx<'_>) -> Outcome<Self> {
        let next = match (self, event) {
            (Self::New, Event::Start) | (Self::Failed { .. }, Event::Intent(Intent::Retry)) => {
                Some(machine.begin(cx))
            }
            (Self::Preparing { client, listener }, Event::Reply(..) | Event::TimedOut(_)) => {
                machine.prepare(client, listener, event, cx)
            }
            (Self::Revoking { revocation, then }, event) => {
                revocation.handle(event, cx);
                revocation.is_over().then(|| Self::Ended(then.clone()))
            }
            (state, Event::Intent(Intent::Cancel)) => Some(machine.cancel(state, cx)),
            (Self::InBrowser(visit), event) => machine.in_browser(visit, event, cx),
            (Self::Exchanging(exchange), event @ (Event::Reply(..) | Event::TimedOut(_))) => {
                let tokens = exchange.handle(event, &machine.goal.metadata, cx);
                tokens.map(|tokens| machine.granted(&exchange.request().client, tokens, cx))
            }
            (Self::ByDeviceCode(device), event) => {
                device.handle(event, cx).map(|end| machine.by_device_code(end, device.client(), cx))
            }
            (Self::Identifying(identification), event) => {
                identification.handle(event, cx).map(|end| machine.identified(end, cx))
            }
            (Self::New | Self::Preparing { .. } | Self::Exchanging(_), _)
            | (Self::Failed { .. } | Self::Ended(_), _) => None,
        };
        next.map_or(Handled, Transition)
    }
}

pub(super) fn ended(end: End) -> State {
    State::Ended(Box::new(end))
}

pub(super) fn failed(failure: Failure) -> State {
    ended(End::Failed(failure))
}

/// What may pass is tried again by the user; the rest is the end.
fn problem(failure: Failure) -> State {
    match failure.cause {
        Cause::Unavailable { .. } | Cause::Expired { .. } => State::Failed { failure },
        Cause::Refused { .. }
        | Cause::Unsupported { .. }
        | Cause::Misbehaved { .. }
        | Cause::Broken { .. } => failed(failure),
    }
}

impl Machine {
    pub(super) const fn new(goal: Goal) -> Self {
        Self { goal, is_healed: false }
    }

    fn begin(&self, cx: &mut Cx<'_>) -> State {
        let metadata = &self.goal.metadata;
        if !is_fit(&self.goal.device_id) {
            let cause = Cause::Misbehaved { misbehaviour: Misbehaviour::InvalidField("device_id") };
            return failed(Failure { cause, evidence: None });
        }
        if let Err(failure) = ClientRegistration::check(metadata, self.is_healed, cx) {
            return failed(failure);
        }
        let listener = self.listener(cx);
        match ClientRegistration::start(metadata, self.is_healed, cx) {
            Ok(client) => self.go(&client, &listener, cx).unwrap_or(State::Preparing { client, listener }),
            Err(failure) => failed(failure),
        }
    }

    fn listener(&self, cx: &mut Cx<'_>) -> Listener {
        match self.goal.way {
            Way::SignIn | Way::CreateAccount => Listener::open(redirect_path(&self.goal.metadata.issuer), cx),
            Way::DeviceCode => Listener::Absent,
        }
    }

    /// On, as soon as both are there.
    fn go(&self, client: &ClientRegistration, listener: &Listener, cx: &mut Cx<'_>) -> Option<State> {
        let client = client.client()?.clone();
        match (listener, self.goal.way) {
            (Listener::Opening { .. }, _) => None,
            (Listener::At { .. } | Listener::Absent, Way::SignIn | Way::CreateAccount) => {
                Some(State::InBrowser(Box::new(Visit::start(&self.goal, client, listener, cx))))
            }
            (Listener::At { .. } | Listener::Absent, Way::DeviceCode) => Some(self.ask_code(client, cx)),
        }
    }

    fn prepare(
        &self,
        client: &mut ClientRegistration,
        listener: &mut Listener,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> Option<State> {
        let (Event::Reply(id, _) | Event::TimedOut(id)) = event else { return None };
        if listener.holds(*id) {
            listener.handle(event, cx);
            return self.go(client, listener, cx);
        }
        // A listener that could not be had, or that broke while the server wanted patience, is asked for again.
        if client.limited().is_some() && *listener == Listener::Absent {
            *listener = self.listener(cx);
        }
        if let Err(failure) = client.handle(event, &self.goal.metadata, cx) {
            return Some(problem(failure));
        }
        self.go(client, listener, cx)
    }

    fn ask_code(&self, client: RegisteredClient, cx: &mut Cx<'_>) -> State {
        match DeviceAuthorization::start(client, &self.goal.device_id, &self.goal.metadata, cx) {
            Ok(device) => State::ByDeviceCode(Box::new(device)),
            Err(failure) => failed(failure),
        }
    }

    fn in_browser(&mut self, visit: &mut Visit, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<State> {
        Some(match visit.handle(event, &self.goal.metadata, cx)? {
            browser::End::Code(code) => {
                let request = visit.request().clone();
                State::Exchanging(Box::new(CodeExchange::start(request, code, &self.goal.metadata, cx)))
            }
            browser::End::Cancelled => ended(End::Cancelled),
            browser::End::ByDeviceCode => {
                self.goal.way = Way::DeviceCode;
                self.ask_code(visit.request().client.clone(), cx)
            }
            browser::End::Elsewhere(listener) => {
                let client = visit.request().client.clone();
                State::InBrowser(Box::new(Visit::start(&self.goal, client, &listener, cx)))
            }
            browser::End::Expired => failed(browser_expired()),
            browser::End::Failed(failure) => problem(failure),
        })
    }

    fn by_device_code(
        &mut self,
        end: device_authorization::End,
        client: &RegisteredClient,
        cx: &mut Cx<'_>,
    ) -> State {
        match end {
            device_authorization::End::Granted(tokens) => self.granted(client, Ok(tokens), cx),
            device_authorization::End::Failed(failure) => self.granted(client, Err(failure), cx),
            device_authorization::End::Lost => {
                // The device may be there by now, so the next one gets a name of its own.
                if !self.goal.comes_back {
                    self.goal.device_id = cx.random_device_id();
                }
                self.ask_code(client.clone(), cx)
            }
        }
    }

    /// Tokens that are for less than was asked for, or that cannot be sent, are of no use.
    fn granted(
        &mut self,
        client: &RegisteredClient,
        tokens: Result<Tokens, Failure>,
        cx: &mut Cx<'_>,
    ) -> State {
        let mut tokens = match tokens {
            Ok(tokens) => tokens,
            // The server has forgotten the client. Once, it is registered again.
            Err(Failure { cause: Cause::Refused { refusal: Refusal::ClientRefused }, .. })
                if !self.is_healed =>
            {
                self.is_healed = true;
                return self.begin(cx);
            }
            Err(failure) => return problem(failure),
        };
        let enough = tokens.scope.as_ref().is_none_or(|scope| is_enough(scope, &self.goal.device_id));
        if !enough {
            tokens.unusable.get_or_insert(Misbehaviour::WrongScope);
        }
        let misbehaviour = tokens.unusable;
        let granted = Granted { client_id: client.client_id.clone(), tokens, in_doubt: false };
        let Some(misbehaviour) = misbehaviour else { return self.identify(granted, cx) };
        let cause = Cause::Misbehaved { misbehaviour };
        let evidence = Some(Box::new(crate::http::evidence(
            crate::io::Method::Post,
            &self.goal.metadata.token_endpoint,
            cx.now,
        )));
        self.revoke(granted, End::Failed(Failure { cause, evidence }), cx)
    }

    pub(super) fn identify(&self, granted: Granted, cx: &mut Cx<'_>) -> State {
        State::Identifying(Box::new(Identification::start(granted, self.goal.expected(), cx)))
    }

    fn identified(&self, end: identify::End, cx: &mut Cx<'_>) -> State {
        match end {
            identify::End::Known(session) => ended(End::SignedIn(session)),
            identify::End::Unwanted(granted, failure) => self.revoke(granted, End::Failed(failure), cx),
            identify::End::Over(failure) => failed(failure),
        }
    }

    /// Tokens that there are, or that may be on their way, are ended.
    fn cancel(&self, state: &State, cx: &mut Cx<'_>) -> State {
        let coming = match state {
            State::Identifying(identification) => {
                return self.revoke(identification.granted().clone(), End::Cancelled, cx);
            }
            State::Exchanging(exchange) => exchange.asking().map(|call| (&exchange.request().client, call)),
            State::ByDeviceCode(device) => device.polling().map(|call| (device.client(), call)),
            State::New
            | State::Preparing { .. }
            | State::InBrowser(_)
            | State::Revoking { .. }
            | State::Failed { .. }
            | State::Ended(_) => None,
        };
        let revocation =
            coming.map(|(client, call)| Revocation::of_coming(&client.client_id, call, &self.goal.metadata));
        revoking(revocation, End::Cancelled)
    }

    pub(super) fn revoke(&self, granted: Granted, then: End, cx: &mut Cx<'_>) -> State {
        revoking(Some(Revocation::of(granted, &self.goal.metadata, cx)), then)
    }
}

fn revoking(revocation: Option<Revocation>, then: End) -> State {
    match revocation.filter(|revocation| !revocation.is_over()) {
        Some(revocation) => State::Revoking { revocation: Box::new(revocation), then: Box::new(then) },
        None => ended(then),
    }
}

/// The user stayed in the browser for too long.
pub(super) fn browser_expired() -> Failure {
    Failure { cause: Cause::Expired { what: Expiring::Browser }, evidence: None }
}

impl State {
    pub(super) fn waits(&self) -> [Option<Wait>; 2] {
        match self {
            Self::Preparing { client, listener } => [client.wait(), listener.wait()],
            Self::InBrowser(visit) => visit.waits(),
            Self::Exchanging(exchange) => [Some(exchange.wait()), None],
            Self::ByDeviceCode(device) => [Some(device.wait()), None],
            Self::Identifying(identification) => identification.waits(),
            Self::Revoking { revocation, .. } => [revocation.wait(), None],
            Self::New | Self::Failed { .. } | Self::Ended(_) => [None, None],
        }
    }

    pub(super) fn save(&self) -> Option<SavedStep> {
        match self {
            Self::InBrowser(visit) => Some(SavedStep::Browser {
                request: visit.request().clone(),
                port: visit.port(),
                until: visit.until(),
            }),
            Self::Exchanging(exchange) => {
                Some(SavedStep::Code { request: exchange.request().clone(), code: exchange.code().clone() })
            }
            Self::ByDeviceCode(device) => Some(SavedStep::Device { code: device.code()?.clone() }),
            Self::Identifying(identification) => {
                Some(SavedStep::Granted(identification.granted().clone().into()))
            }
            Self::Revoking { revocation, .. } => {
                Some(SavedStep::Granted(revocation.granted()?.clone().into()))
            }
            Self::New | Self::Preparing { .. } | Self::Failed { .. } | Self::Ended(_) => None,
        }
    }
}
