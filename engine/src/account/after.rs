//! What follows when a flow ends.

use crate::adoption::Adoption;
use crate::choice::Choice;
use crate::cx::{Cx, Event};
use crate::discovery;
use crate::failure::{Cause, Failure, Refusal};
use crate::flow::beside::Companion;
use crate::idle::Idle;
use crate::keep::{self, Ended, Keep};
use crate::legacy::{self, Credentials, Legacy};
use crate::oauth::{self, OAuth};
use crate::register::{self, Register};
use crate::session::Session;

use super::kept::Kept;
use super::state::{Running, State};
use super::with_device::{self, WithDevice};

type Back = Option<Box<Choice>>;

/// Lets the flow that runs have `event`. Gives what follows, if that was its end.
pub(super) fn running(running: &mut Running, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<State> {
    Some(match running {
        Running::Discovering { flow, typed, again } => {
            discovering(flow.handle(event, cx)?, typed, again.take(), cx)
        }
        Running::Registering { flow, choice } => {
            registering(flow.handle(event, cx)?, flow, choice.take(), cx)
        }
        Running::SigningIn { flow, choice, recover } => {
            signing_in(flow.handle(event, cx)?, flow, choice.take(), recover.take(), cx)
        }
        Running::Authorizing { flow, choice } => {
            authorizing(flow.handle(event, cx)?, flow, choice.take(), cx)
        }
        Running::WithDevice(flow) => {
            let end = flow.handle(event, cx)?;
            with_device(end, flow, cx)
        }
        Running::Discarding { flow, choice, problem } => {
            let _ = flow.handle(event, cx)?;
            back(flow.server(), choice.take(), problem.take().map(|problem| *problem))
        }
        Running::Leaving { flow, end } => {
            let _ = flow.handle(event, None, cx)?;
            kept((**end).clone(), None)
        }
    })
}

/// The session has ended; the flow that ran beside it may have something to end as well.
pub(super) fn kept(end: keep::End, beside: Option<Companion>) -> State {
    match (beside, end) {
        (Some(flow), end) => State::Running(Running::Leaving { flow, end: Box::new(end) }),
        (None, keep::End::SignedOut { user_id, server_told }) => {
            State::Idle(Idle::SignedOut { user_id: user_id.into(), server_told })
        }
        // The account is there, and may be new: whoever tries again signs in to it.
        (None, keep::End::NotKept { user_id, failure }) => State::welcome(&user_id, Some(failure)),
        (None, keep::End::Ended(ended)) => State::Idle(Idle::SessionEnded(ended)),
    }
}

fn discovering(end: discovery::End, typed: &str, again: Option<Box<Ended>>, cx: &mut Cx<'_>) -> State {
    match end {
        discovery::End::Found(found) => {
            let known = again.as_ref().map(|ended| ended.session.device_id.clone());
            let device_id = known.unwrap_or_else(|| cx.random_device_id());
            let choice = Box::new(Choice { found, again, device_id });
            State::Idle(Idle::Choosing { choice, problem: None })
        }
        discovery::End::Cancelled => left(typed, again),
        discovery::End::Failed(failure) => not_found(typed, failure, again),
    }
}

/// No server was found: back to where the search began, with the reason.
pub(super) fn not_found(typed: &str, failure: Failure, again: Option<Box<Ended>>) -> State {
    match again {
        Some(ended) => State::Idle(Idle::SessionEnded(Box::new(Ended { failure, ..*ended }))),
        None => State::welcome(&typed.chars().take(300).collect::<String>(), Some(failure)),
    }
}

/// Back to where the search for a server began.
pub(super) fn left(typed: &str, again: Option<Box<Ended>>) -> State {
    match again {
        Some(ended) => State::Idle(Idle::SessionEnded(ended)),
        None => State::welcome(typed, None),
    }
}

pub(super) fn registering(end: register::End, flow: &Register, choice: Back, cx: &mut Cx<'_>) -> State {
    let learned = |failure| {
        choice.map(|mut choice| {
            // What the server asked for at first may be used up by now.
            choice.learn(flow.uia(), failure);
            choice
        })
    };
    match end {
        register::End::Registered(session) => signed_in(session, learned(None), cx),
        register::End::Unwanted(session, failure) => discard(session, learned(None), Some(failure), cx),
        register::End::SignIn { username, password, device_id, .. } => {
            let expected = Some(username.clone());
            let credentials = Credentials::Password { identifier: username, password };
            let legacy = Legacy::start(flow.server(), flow.base(), credentials, device_id, expected, cx);
            let recover = Some(Box::new(flow.clone()));
            State::Running(Running::SigningIn { flow: Box::new(legacy), choice: learned(None), recover })
        }
        register::End::AwaitingApproval { username } => awaiting_approval(flow.server(), &username),
        register::End::Cancelled => back(flow.server(), learned(None), None),
        register::End::Failed(failure) => back(flow.server(), learned(Some(&failure)), Some(failure)),
    }
}

fn signing_in(
    end: legacy::End,
    flow: &Legacy,
    choice: Back,
    recover: Option<Box<Register>>,
    cx: &mut Cx<'_>,
) -> State {
    let form = |flow, choice| State::Running(Running::Registering { flow: Box::new(flow), choice });
    match (end, recover) {
        (legacy::End::SignedIn(session), _) => signed_in(session, choice, cx),
        (legacy::End::Unwanted(session, failure), _) => discard(session, choice, Some(failure), cx),
        (legacy::End::AwaitingApproval { username }, _) => awaiting_approval(flow.server(), &username),
        (legacy::End::Cancelled, Some(register)) => form(register.back(None, false, cx), choice),
        (legacy::End::Failed(failure), Some(register)) if is_somebody_elses(&failure) => {
            let problem = match register.end() {
                Some(register::End::SignIn { taken: Some(taken), .. }) => taken,
                Some(_) | None => failure,
            };
            form(register.back(Some(problem), true, cx), choice)
        }
        // It may be ours still.
        (legacy::End::Failed(failure), Some(register)) => {
            form(register.back(Some(failure), false, cx), choice)
        }
        (legacy::End::Cancelled, None) => back(flow.server(), choice, None),
        (legacy::End::Failed(failure), None) => back(flow.server(), choice, Some(failure)),
    }
}

pub(super) fn authorizing(end: oauth::End, flow: &OAuth, choice: Back, cx: &mut Cx<'_>) -> State {
    match end {
        oauth::End::SignedIn(session) => signed_in(session, choice, cx),
        oauth::End::Cancelled => back(flow.server(), choice, None),
        oauth::End::Failed(failure) => back(flow.server(), choice, Some(failure)),
    }
}

fn with_device(end: with_device::End, flow: &mut WithDevice, cx: &mut Cx<'_>) -> State {
    let (choice, server) = (flow.choice.take(), flow.server().to_owned());
    match end {
        with_device::End::SignedIn(session, channel) => {
            let beside = Companion::new(Adoption::start(&session, channel.map(|channel| *channel), cx));
            State::Kept(Box::new(Kept::with(Keep::fresh(*session, None, cx), beside)))
        }
        with_device::End::Cancelled => back(&server, choice, None),
        with_device::End::Failed(failure) => back(&server, choice, Some(failure)),
    }
}

/// A new session, which is either the one that was wanted, or nobody's.
fn signed_in(session: Session, choice: Back, cx: &mut Cx<'_>) -> State {
    match choice.as_ref().and_then(|choice| choice.objection(&session)) {
        Some(cause) => discard(session, choice, Some(Failure { cause, evidence: None }), cx),
        None => {
            let replaces = choice.as_ref().and_then(|choice| choice.again.as_deref());
            let replaces = replaces.map(|ended| ended.session.access_token.clone());
            State::kept(Keep::fresh(session, replaces, cx))
        }
    }
}

/// A session that nobody wants is ended.
pub(super) fn discard(session: Session, choice: Back, problem: Option<Failure>, cx: &mut Cx<'_>) -> State {
    let flow = Box::new(Keep::unwanted(session, cx));
    State::Running(Running::Discarding { flow, choice, problem: problem.map(Box::new) })
}

/// Whether the server has said that the account is not the one that was to be made. Nothing else settles that: not an
/// outage, and no error that is not about the user.
const fn is_somebody_elses(failure: &Failure) -> bool {
    let Cause::Refused { refusal } = &failure.cause else { return false };
    matches!(refusal, Refusal::WrongCredentials | Refusal::Deactivated)
}

fn awaiting_approval(server: &str, username: &str) -> State {
    State::Idle(Idle::AwaitingApproval { server: server.into(), username: username.into() })
}

/// To the choice, or, if we never were there in this run, to the beginning.
pub(super) fn back(server: &str, choice: Back, problem: Option<Failure>) -> State {
    match choice {
        Some(choice) => State::Idle(Idle::Choosing { choice, problem: problem.map(Box::new) }),
        None => State::welcome(server, problem),
    }
}
