//! The states of a registration, and how one leads to the next.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use statig::Outcome::{self, Handled, Super, Transition};
use statig::blocking::{self, IntoStateMachine};
use url::Url;

use crate::cx::{Cx, Event, Wait};
use crate::exchange::RateLimits;
use crate::failure::{Evidence, Failure};
use crate::http::Call;
use crate::intent::Intent;
use crate::secret::Secret;
use crate::session::Session;
use crate::stage::Stage;
use crate::uia::{Aside, Uia};

use super::ask::Ask;
use super::away::Away;
use super::confirmation::Confirmation;
use super::username::Check;

/// How a registration ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    Registered(Session),
    /// The session is not that of the account that was asked for.
    Unwanted(Session, Failure),
    /// The account exists, and it may be ours: an answer of the server was lost, or held no session.
    SignIn {
        username: String,
        password: Secret<String>,
        device_id: String,
        taken: Option<Failure>,
    },
    AwaitingApproval {
        username: String,
    },
    Cancelled,
    Failed(Failure),
}

/// What all states share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    pub(crate) server: String,
    pub(crate) base: Url,
    /// As submitted.
    pub(crate) username: String,
    /// As typed since.
    pub(crate) draft: String,
    pub(crate) password: Option<Secret<String>>,
    pub(crate) prefer: Vec<Stage>,
    /// Stages that turned out to be impossible.
    pub(crate) excluded: Vec<Stage>,
    /// Ours, so that a repeated request makes no second device.
    pub(crate) device_id: String,
    pub(crate) uia: Option<Arc<Uia>>,
    /// The exchange in which it said so.
    pub(crate) told: Option<Box<Evidence>>,
    pub(crate) flow: Option<Vec<Stage>>,
    /// The last confirmation that was sent.
    pub(crate) confirmation: Option<Confirmation>,
    pub(crate) under_way: bool,
    /// Something was submitted whose answer may be lost: the account may exist.
    pub(crate) unsure: bool,
    /// How often the server has asked for more.
    pub(crate) rounds: u32,
    pub(crate) limits: RateLimits,
}

/// What is typed makes no difference to what can follow, and what the server asks for counts by itself.
impl Hash for Machine {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self {
            server: _,
            base: _,
            username: _,
            draft: _,
            password,
            prefer,
            excluded,
            device_id: _,
            uia,
            told: _,
            flow,
            confirmation,
            under_way,
            unsure,
            rounds,
            limits,
        } = self;
        (password, prefer, excluded, Aside(uia), Aside(flow)).hash(hasher);
        (confirmation, under_way, unsure, rounds, limits).hash(hasher);
    }
}

impl Machine {
    pub(crate) fn new(server: &str, base: &Url, uia: Option<Arc<Uia>>, device_id: String) -> Self {
        Self {
            server: server.to_owned(),
            base: base.clone(),
            username: String::new(),
            draft: String::new(),
            password: None,
            prefer: Vec::new(),
            excluded: Vec::new(),
            device_id,
            uia,
            told: None,
            flow: None,
            confirmation: None,
            under_way: false,
            unsure: false,
            rounds: 0,
            limits: RateLimits::default(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum State {
    New,
    /// The form.
    Filling {
        check: Check,
        problem: Option<Failure>,
    },
    /// A request is on its way.
    Asking {
        ask: Ask,
        call: Call,
    },
    /// The server wants patience, then it is asked again.
    Limited {
        ask: Ask,
        pause: Wait,
        failure: Failure,
    },
    /// No answer; the user may ask again.
    Failed {
        ask: Ask,
        failure: Failure,
    },
    /// The user has to answer a stage.
    Question {
        stage: Stage,
        problem: Option<Failure>,
    },
    /// The user does something elsewhere.
    Away(Box<Away>),
    Cancelled,
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

impl blocking::State<Machine> for State {
    fn call_handler(&mut self, machine: &mut Machine, event: &Event<'_>, cx: &mut Cx<'_>) -> Outcome<Self> {
        match (self, event) {
            (Self::New, Event::Start) => Transition(machine.form(None)),
            (Self::Filling { .. }, Event::Intent(Intent::Cancel)) => Transition(Self::Cancelled),
            (Self::Filling { .. }, Event::Intent(Intent::CheckUsername { username })) => {
                machine.draft.clone_from(username);
                Transition(Self::Filling { check: Check::typed(username, cx), problem: None })
            }
            (Self::Filling { .. }, Event::Intent(Intent::Register { username, password, prefer })) => {
                Transition(machine.submit_form(username, password.as_ref(), prefer, cx))
            }
            (Self::Filling { check, .. }, event) => {
                if let Some(next) = check.handle(event, &machine.base, &machine.draft, cx) {
                    *check = next;
                }
                Handled
            }
            (state, Event::Intent(Intent::Cancel)) => {
                machine.unsure |= state.is_submitting();
                machine.remember(state);
                Transition(machine.form(None))
            }
            (Self::Asking { ask, call }, Event::Reply(..) | Event::TimedOut(_)) => {
                Transition(machine.answered(ask, call, event, cx))
            }
            (Self::Limited { ask, .. }, Event::TimedOut(_)) => Transition(machine.ask(ask.clone(), cx)),
            (Self::Failed { ask, .. }, Event::Intent(Intent::Retry)) => {
                Transition(machine.ask(ask.clone(), cx))
            }
            (Self::Question { stage, .. }, Event::Intent(intent)) => {
                match machine.answer_stage(stage, intent, cx) {
                    Some(next) => Transition(next),
                    None => Super,
                }
            }
            (Self::Away(away), event) => machine.away(away, event, cx),
            (Self::New | Self::Asking { .. } | Self::Limited { .. }, _)
            | (Self::Failed { .. } | Self::Question { .. } | Self::Cancelled | Self::Ended(_), _) => Super,
        }
    }
}

impl State {
    /// Whether a `/register` is on its way.
    fn is_submitting(&self) -> bool {
        match self {
            Self::Asking { ask: Ask::Submit(_) | Ask::Afresh(_), .. } => true,
            Self::Away(away) => !away.is_resting(),
            Self::New
            | Self::Filling { .. }
            | Self::Asking { .. }
            | Self::Limited { .. }
            | Self::Failed { .. }
            | Self::Question { .. }
            | Self::Cancelled
            | Self::Ended(_) => false,
        }
    }
}

pub(crate) fn ended(end: End) -> State {
    State::Ended(Box::new(end))
}

pub(crate) fn failed(failure: Failure) -> State {
    ended(End::Failed(failure))
}
