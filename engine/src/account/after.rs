//! What follows when a flow ends.

use url::Url;

use crate::cx::Cx;
use crate::failure::{Cause, Failure, Misbehaviour, Refusal};
use crate::flow::Flow as _;
use crate::keep::{self, Keep};
use crate::legacy::{self, Credentials, Legacy};
use crate::oauth::{self, OAuth};
use crate::register::{self, Register};
use crate::saved::{Content, Saved};
use crate::session::Session;

use super::{Place, State};

pub(super) fn registering(
    end: register::End,
    flow: &Register,
    place: Option<Box<Place>>,
    cx: &mut Cx<'_>,
) -> State {
    // What the server asked for at first may be used up by now.
    let place = place.map(|mut place| {
        place.uia = flow.uia();
        place
    });
    match end {
        register::End::Registered(session) => signed_in(session, place, cx),
        register::End::SignIn { username, password, device_id, .. } => {
            let credentials = Credentials::Password { identifier: username, password };
            let legacy = Legacy::with(flow.server(), flow.base(), credentials, device_id, cx);
            State::SigningIn { flow: Box::new(legacy), place, recover: Some(Box::new(flow.clone())) }
        }
        register::End::AwaitingApproval { username } => awaiting_approval(flow.server(), &username),
        register::End::Cancelled => back(flow.server(), place, None),
        register::End::Failed(failure) => {
            let mut place = place;
            if let Some(place) = &mut place {
                place.learn(&failure);
            }
            back(flow.server(), place, Some(failure))
        }
    }
}

pub(super) fn signing_in(
    end: legacy::End,
    flow: &Legacy,
    place: Option<Box<Place>>,
    recover: Option<Box<Register>>,
    cx: &mut Cx<'_>,
) -> State {
    match (end, recover) {
        (legacy::End::SignedIn(session), _) => signed_in(session, place, cx),
        (legacy::End::AwaitingApproval { username }, _) => awaiting_approval(flow.server(), &username),
        (legacy::End::Cancelled, Some(register)) => {
            State::Registering { flow: Box::new(register.back(None, false, cx)), place }
        }
        (legacy::End::Failed(failure), Some(register)) => {
            let problem = match register.end() {
                Some(register::End::SignIn { taken: Some(taken), .. }) => taken,
                Some(_) | None => failure,
            };
            State::Registering { flow: Box::new(register.back(Some(problem), true, cx)), place }
        }
        (legacy::End::Cancelled, None) => back(flow.server(), place, None),
        (legacy::End::Failed(failure), None) => back(flow.server(), place, Some(failure)),
    }
}

pub(super) fn authorizing(
    end: oauth::End,
    flow: &OAuth,
    place: Option<Box<Place>>,
    cx: &mut Cx<'_>,
) -> State {
    match end {
        oauth::End::SignedIn(session) => signed_in(session, place, cx),
        oauth::End::Cancelled => back(flow.server(), place, None),
        oauth::End::Failed(failure) => back(flow.server(), place, Some(failure)),
    }
}

/// The callback of an unfinished sign-in came, before the person said whether to go on.
pub(super) fn called_back(saved: Saved, link: &Url, cx: &mut Cx<'_>) -> State {
    match saved.0 {
        Content::OAuth(saved) => resumed(OAuth::called_back(*saved, link, cx), cx),
        Content::Register(_)
        | Content::Sso(_)
        | Content::AwaitingApproval { .. }
        | Content::Fresh(_)
        | Content::Renewed(_)
        | Content::Unwanted(_)
        | Content::Stored(_) => State::Paused { saved },
    }
}

fn resumed(flow: OAuth, cx: &mut Cx<'_>) -> State {
    match flow.end() {
        Some(end) => authorizing(end, &flow, None, cx),
        None => State::Authorizing { flow: Box::new(flow), place: None },
    }
}

pub(super) fn discarded(server: &str, place: Option<Box<Place>>, problem: Option<Box<Failure>>) -> State {
    back(server, place, problem.map(|problem| *problem))
}

pub(super) fn keeping(end: keep::End) -> State {
    match end {
        keep::End::SignedOut { user_id, server_told } => {
            State::SignedOut { user_id: user_id.into(), server_told }
        }
        keep::End::Ended(ended) => State::SessionEnded(ended),
    }
}

/// The person wants to go on.
pub(super) fn paused(saved: Saved, cx: &mut Cx<'_>) -> State {
    match saved.0 {
        Content::Register(saved) => {
            let flow = Box::new(Register::resume(*saved, cx));
            match flow.end() {
                Some(end) => registering(end, &flow, None, cx),
                None => State::Registering { flow, place: None },
            }
        }
        Content::Sso(saved) => {
            State::SigningIn { flow: Box::new(Legacy::resume(*saved, cx)), place: None, recover: None }
        }
        Content::OAuth(saved) => resumed(OAuth::resume(*saved, cx), cx),
        Content::AwaitingApproval { server, username } => State::AwaitingApproval { server, username },
        Content::Fresh(session) => State::Keeping { flow: Box::new(Keep::fresh(session, cx)) },
        Content::Unwanted(session) => discard(session, cx),
        Content::Renewed(session) => State::Keeping { flow: Box::new(Keep::renewed(session, cx)) },
        Content::Stored(session) => State::Keeping { flow: Box::new(Keep::stored(session, cx)) },
    }
}

/// The person does not want to go on. A session that nobody knows of is ended, so that no device is left behind.
pub(super) fn given_up(saved: &Saved, cx: &mut Cx<'_>) -> State {
    match &saved.0 {
        Content::Fresh(session) | Content::Renewed(session) | Content::Stored(session) => {
            State::Keeping { flow: Box::new(Keep::unwanted(session.clone(), true, cx)) }
        }
        Content::Unwanted(session) => discard(session.clone(), cx),
        Content::OAuth(unfinished) => resumed(OAuth::give_up((**unfinished).clone(), cx), cx),
        Content::Register(_) | Content::Sso(_) | Content::AwaitingApproval { .. } => {
            State::welcome(saved.what().0.to_owned(), None)
        }
    }
}

fn discard(session: Session, cx: &mut Cx<'_>) -> State {
    State::Discarding { flow: Box::new(Keep::unwanted(session, false, cx)), place: None, problem: None }
}

/// A new session, which has to be that of the user and device that were to sign in again: another device would
/// leave the old one behind, here and on the server.
fn signed_in(session: Session, place: Option<Box<Place>>, cx: &mut Cx<'_>) -> State {
    let again = place.as_ref().and_then(|place| place.again.as_ref());
    let problem = again.and_then(|ended| not_again(&ended.session, &session));
    match (problem, place) {
        (Some(cause), Some(place)) => {
            let problem = Box::new(Failure { cause, evidence: None });
            let flow = Box::new(Keep::unwanted(session, false, cx));
            State::Discarding { flow, place: Some(place), problem: Some(problem) }
        }
        (Some(_) | None, _) => State::Keeping { flow: Box::new(Keep::fresh(session, cx)) },
    }
}

fn not_again(old: &Session, new: &Session) -> Option<Cause> {
    if old.user_id != new.user_id {
        let (expected, found) = (old.user_id.clone(), new.user_id.clone());
        Some(Cause::Refused { refusal: Refusal::WrongAccount { expected, found } })
    } else if old.device_id != new.device_id {
        Some(Cause::Misbehaved { misbehaviour: Misbehaviour::InvalidField("device_id") })
    } else {
        None
    }
}

fn awaiting_approval(server: &str, username: &str) -> State {
    State::AwaitingApproval { server: server.into(), username: username.into() }
}

/// To the choice, or, if we never were there in this run, to the beginning.
fn back(server: &str, place: Option<Box<Place>>, problem: Option<Failure>) -> State {
    match place {
        Some(place) => State::Choosing { place, problem: problem.map(Box::new) },
        None => State::welcome(server.to_owned(), problem),
    }
}
