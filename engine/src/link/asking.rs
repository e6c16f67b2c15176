//! One question to the homeserver, with the session's token: asked again when that has ended, and when no answer comes.

use std::time::Duration;

use serde_json::Value;

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::exchange::answer;
use crate::failure::{Cause, Evidence, Failure};
use crate::http::{Answer, Call};
use crate::metadata::Metadata;
use crate::qr::bundle::{Identity, published_keys};
use crate::session::Session;

/// Before the same is asked again.
const AGAIN: Duration = Duration::from_millis(500);
/// How often in a row there may be no answer to speak of.
const TRIES: u8 = 4;
/// For one answer.
const PATIENCE: Duration = Duration::from_secs(8);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// Does the authorization server have the device authorization grant?
    Grant { unstable: bool },
    /// Does the account have this device?
    Device { device_id: String },
    /// Does the account show this device as signed with the keys that were handed over? Where they are not known any more,
    /// nobody can say so.
    Signed { device_id: String, by: Option<Box<Identity>> },
}

pub(super) enum Found {
    Yes,
    No(Box<Evidence>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asking {
    question: Question,
    tries: u8,
    /// The token was renewed for it, so that another refusal is one.
    is_renewed: bool,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    Asking(Call),
    Later(Wait),
    /// The token was refused.
    Refused(Failure),
}

impl Asking {
    pub(super) fn start(question: Question, session: &Session, cx: &mut Cx<'_>) -> Self {
        let state = State::Asking(send(&question, session, cx));
        Self { question, tries: 0, is_renewed: false, state }
    }

    pub(super) const fn wait(&self) -> Option<Wait> {
        match &self.state {
            State::Asking(call) => Some(call.wait),
            State::Later(wait) => Some(*wait),
            State::Refused(_) => None,
        }
    }

    pub(super) const fn question(&self) -> &Question {
        &self.question
    }

    pub(super) const fn wants_renewal(&self) -> bool {
        matches!(self.state, State::Refused(_))
    }

    /// The same, after a moment.
    pub(super) fn start_later(question: Question, cx: &mut Cx<'_>) -> Self {
        Self { question, tries: 0, is_renewed: false, state: State::Later(cx.pause(AGAIN)) }
    }

    /// What is to be asked again later is asked now.
    pub(super) fn soon(&mut self, cx: &mut Cx<'_>) {
        if let State::Later(wait) = &mut self.state {
            *wait = cx.pause(Duration::ZERO);
        }
    }

    /// The same is asked again, after a moment, or after a longer one.
    pub(super) fn later(&mut self, least: Duration, cx: &mut Cx<'_>) {
        self.tries = 0;
        self.state = State::Later(cx.pause(AGAIN.max(least)));
    }

    /// The session has another token.
    pub(super) fn renewed(&mut self, session: &Session, cx: &mut Cx<'_>) {
        if let State::Refused(_) = self.state {
            self.is_renewed = true;
            self.state = State::Asking(send(&self.question, session, cx));
        }
    }

    pub(super) fn handle(
        &mut self,
        event: &Event<'_>,
        session: &Session,
        cx: &mut Cx<'_>,
    ) -> Option<Result<Found, Failure>> {
        let State::Asking(call) = &self.state else {
            self.state = State::Asking(send(&self.question, session, cx));
            return None;
        };
        let failure = match answer(call, event, cx.now) {
            Ok(answer) if answer.status() == 401 => {
                let failure = answer.unexpected();
                if !self.is_renewed && session.refresh_token.is_some() {
                    self.state = State::Refused(failure);
                    return None;
                }
                return Some(Err(failure));
            }
            Ok(answer) => match (read(&self.question, &answer, session), &mut self.question) {
                (Ok(Found::No(_)), Question::Grant { unstable: unstable @ false })
                    if answer.is_unrecognized() =>
                {
                    *unstable = true;
                    self.state = State::Asking(send(&self.question, session, cx));
                    return None;
                }
                (Ok(found), _) => return Some(Ok(found)),
                (Err(failure), _) => failure,
            },
            Err(failure) => failure,
        };
        self.tries += 1;
        if let Cause::Unavailable { retry_at, .. } = failure.cause
            && self.tries < TRIES
        {
            let at = (cx.now + AGAIN).max(retry_at.unwrap_or_default());
            self.state = State::Later(cx.pause_until(at));
            return None;
        }
        Some(Err(failure))
    }
}

fn send(question: &Question, session: &Session, cx: &mut Cx<'_>) -> Call {
    let at = |path: &str| address::endpoint(&session.homeserver, path);
    let call = match question {
        Question::Grant { unstable: false } => Call::get(at("_matrix/client/v1/auth_metadata"), cx),
        Question::Grant { unstable: true } => {
            Call::get(at("_matrix/client/unstable/org.matrix.msc2965/auth_metadata"), cx)
        }
        Question::Device { device_id } => {
            let mut url = at("_matrix/client/v3/devices");
            if let Ok(mut path) = url.path_segments_mut() {
                path.push(device_id);
            }
            Call::get_as(url, &session.access_token, cx)
        }
        Question::Signed { device_id, .. } => {
            let (url, body) = published_keys(&session.homeserver, &session.user_id, device_id);
            Call::post_as(url, &session.access_token, &body, cx)
        }
    };
    call.about(session).within(PATIENCE, cx)
}

fn read(question: &Question, answer: &Answer<'_>, session: &Session) -> Result<Found, Failure> {
    let found = |yes: bool| if yes { Found::Yes } else { Found::No(Box::new(answer.evidence())) };
    match (question, answer.status()) {
        (Question::Grant { unstable }, 200) => {
            let metadata = Metadata::read(answer, *unstable)?;
            Ok(found(metadata.device_authorization_endpoint.is_some()))
        }
        (Question::Grant { .. }, _) if answer.is_unrecognized() && !answer.is_web_page() => Ok(found(false)),
        (Question::Device { device_id }, 200) => {
            let body: Value = answer.json()?;
            let is_it = body.get("device_id").and_then(Value::as_str) == Some(device_id);
            if is_it {
                Ok(Found::Yes)
            } else {
                Err(answer.misbehaved(crate::failure::Misbehaviour::InvalidField("device_id")))
            }
        }
        // That, and nothing else, says that there is none.
        (Question::Device { .. }, 404) if answer.errcode() == "M_NOT_FOUND" => Ok(found(false)),
        (Question::Signed { device_id, by }, 200) => {
            let has_signed =
                |by: &Identity| by.has_signed(&session.user_id, device_id, answer.response.body.expose());
            Ok(found(by.as_deref().is_some_and(has_signed)))
        }
        _ => Err(answer.unexpected()),
    }
}
