//! The states of a sign-in by OAuth 2.0, and what leads from one to the next.

use statig::Outcome::{self, Handled, Super, Transition};
use statig::blocking::{self, IntoStateMachine};
use url::Url;

use crate::cx::{Cx, Event, Wait};
use crate::failure::Failure;
use crate::flow;
use crate::http::Call;
use crate::intent::Intent;
use crate::io::Reply;
use crate::secret::Secret;

use super::browser::Visit;
use super::client::Registered;
use super::device::Showing;
use super::identify::{Asking, Granted};
use super::request::Request;
use super::revoke::Unwanted;
use super::steps::ended;
use super::{End, Goal, SavedStep};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    pub(super) goal: Goal,
    /// How often in a row the server asked for patience.
    pub(super) limited: u32,
    /// The server did not know the application any more, so it introduced itself again.
    pub(super) is_healed: bool,
    /// Tokens were renewed before it was known whose they are.
    pub(super) is_renewed: bool,
    /// They may have been, and what came of it is not known.
    pub(super) in_doubt: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    New,
    /// The application introduces itself, and a listener for the callback is opened, side by side.
    Preparing {
        client: Pending<Call, Registered>,
        listener: Pending<Wait, Listener>,
    },
    /// The person is in the browser.
    InBrowser(Box<Visit>),
    /// The browser came back with a code, which is exchanged for tokens.
    Exchanging {
        request: Box<Request>,
        code: Secret<String>,
        call: Call,
        /// An answer was lost: the code may be used up.
        again: bool,
    },
    /// A code to enter on another device was asked for.
    AskingCode {
        client: Registered,
        call: Call,
    },
    /// The person enters it there.
    Showing(Box<Showing>),
    /// Whose tokens are these?
    Identifying {
        granted: Box<Granted>,
        asking: Asking,
        tries: u32,
    },
    /// It could not be found out.
    Unidentified {
        granted: Box<Granted>,
        failure: Failure,
    },
    /// The person gave up while tokens were on their way. They are ended as soon as they are here.
    GivenUp {
        client_id: String,
        call: Call,
    },
    /// What is to be ended may have been renewed: the last tokens are asked for, for they alone end anything.
    Renewing {
        what: Box<Unwanted>,
        call: Call,
    },
    /// Tokens that are of no use are ended.
    Revoking {
        what: Box<Unwanted>,
        call: Call,
    },
    /// They could not be: somebody has to know that a device may be left.
    Unrevoked {
        what: Box<Unwanted>,
        failure: Failure,
    },
    /// The server asked for patience.
    Limited {
        then: Box<Ask>,
        pause: Wait,
        failure: Failure,
    },
    /// Trying again starts over: a code is good for one attempt.
    Failed {
        failure: Failure,
    },
    Ended(Box<End>),
}

/// What is awaited, or has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pending<W, D> {
    Waiting(W),
    Done(D),
}

/// Where callbacks arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listener {
    At {
        wait: Wait,
        origin: Url,
    },
    /// Nothing listens: they come by the private-use scheme, or are pasted.
    Absent,
}

/// What is asked again once the server has had its rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Register(Listener),
    UserCode(Registered),
    Tokens {
        request: Request,
        code: Secret<String>,
        /// As in [`State::Exchanging`].
        again: bool,
    },
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
            | State::Exchanging { .. }
            | State::AskingCode { .. }
            | State::Showing(_)
            | State::Identifying { .. }
            | State::Unidentified { .. }
            | State::GivenUp { .. }
            | State::Renewing { .. }
            | State::Revoking { .. }
            | State::Unrevoked { .. }
            | State::Limited { .. }
            | State::Failed { .. } => None,
        }
    }
}

impl blocking::State<Machine> for State {
    fn call_handler(&mut self, machine: &mut Machine, event: &Event<'_>, cx: &mut Cx<'_>) -> Outcome<Self> {
        match (self, event) {
            (Self::New, Event::Start) | (Self::Failed { .. }, Event::Intent(Intent::Retry)) => {
                Transition(machine.begin(cx))
            }
            (Self::InBrowser(visit), event) => visit.handle(machine, event, cx),
            (Self::Showing(showing), event) => showing.handle(machine, event, cx),
            (
                Self::Identifying { granted, .. } | Self::Unidentified { granted, .. },
                Event::Intent(Intent::Cancel),
            ) => Transition(machine.revoke((**granted).clone(), End::Cancelled, cx)),
            (Self::Exchanging { request, call, .. }, Event::Intent(Intent::Cancel)) => {
                Transition(machine.give_up(&request.client.client_id, call))
            }
            (Self::Unrevoked { what, .. }, Event::Intent(Intent::Retry)) => {
                Transition(machine.end_last((**what).clone(), cx))
            }
            (Self::Unrevoked { what, .. }, Event::Intent(Intent::Forget)) => {
                Transition(ended(what.then.clone()))
            }
            (_, Event::Intent(Intent::Cancel)) => Transition(ended(End::Cancelled)),
            (Self::Preparing { client, listener }, event) => machine.prepared(client, listener, event, cx),
            (Self::Exchanging { request, code, call, again }, Event::Reply(..) | Event::TimedOut(_)) => {
                Transition(machine.exchanged(request, code, call, *again, event, cx))
            }
            (Self::AskingCode { client, call }, Event::Reply(..) | Event::TimedOut(_)) => {
                Transition(machine.heard_code(client, call, event, cx))
            }
            (Self::Identifying { granted, asking, tries }, Event::Reply(..) | Event::TimedOut(_)) => {
                Transition(machine.identified(granted, asking, *tries, event, cx))
            }
            (Self::Unidentified { granted, .. }, Event::Intent(Intent::Retry)) => {
                machine.is_renewed = false;
                Transition(machine.identify((**granted).clone(), 0, cx))
            }
            (Self::GivenUp { client_id, call }, Event::Reply(..) | Event::TimedOut(_)) => {
                Transition(machine.brought(client_id, call, event, cx))
            }
            (Self::Renewing { what, call }, Event::Reply(..) | Event::TimedOut(_)) => {
                Transition(machine.renewed_last(what, call, event, cx))
            }
            (Self::Revoking { what, call }, Event::Reply(..) | Event::TimedOut(_)) => {
                Transition(machine.revoked(what, call, event, cx))
            }
            (Self::Limited { then, pause, .. }, Event::TimedOut(id)) if *id == pause.id => {
                Transition(machine.ask((**then).clone(), cx))
            }
            (Self::Limited { .. }, Event::Reply(_, Reply::Listening(Ok(_)))) => Handled,
            // The listener broke meanwhile: another one is asked for with the next attempt.
            (Self::Limited { then, .. }, Event::Reply(..) | Event::TimedOut(_)) => {
                **then = Ask::Register(Listener::Absent);
                Handled
            }
            (Self::New | Self::Exchanging { .. } | Self::AskingCode { .. } | Self::Identifying { .. }, _)
            | (Self::Unidentified { .. } | Self::GivenUp { .. } | Self::Limited { .. }, _)
            | (Self::Renewing { .. } | Self::Revoking { .. } | Self::Unrevoked { .. }, _)
            | (Self::Failed { .. } | Self::Ended(_), _) => Super,
        }
    }
}

impl State {
    pub(super) fn waits(&self) -> [Option<Wait>; 2] {
        match self {
            Self::Preparing { client, listener } => {
                let client = match client {
                    Pending::Waiting(call) => Some(call.wait),
                    Pending::Done(_) => None,
                };
                let listener = match listener {
                    Pending::Waiting(wait) => Some(*wait),
                    Pending::Done(listener) => listener.wait(),
                };
                [client, listener]
            }
            Self::InBrowser(visit) => visit.waits(),
            Self::Showing(showing) => [Some(showing.wait()), None],
            Self::Exchanging { call, .. } | Self::AskingCode { call, .. } => [Some(call.wait), None],
            Self::GivenUp { call, .. } | Self::Renewing { call, .. } | Self::Revoking { call, .. } => {
                [Some(call.wait), None]
            }
            Self::Identifying { asking, .. } => [Some(asking.wait()), None],
            Self::Limited { pause, then, .. } => [Some(*pause), then.listener().and_then(Listener::wait)],
            Self::New | Self::Unidentified { .. } | Self::Unrevoked { .. } => [None, None],
            Self::Failed { .. } | Self::Ended(_) => [None, None],
        }
    }

    pub(super) fn save(&self, in_doubt: bool) -> Option<SavedStep> {
        match self {
            Self::InBrowser(visit) => Some(visit.save()),
            Self::Exchanging { request, code, .. } => {
                Some(SavedStep::Code { request: (**request).clone(), code: code.clone() })
            }
            Self::Limited { then, .. } => match &**then {
                Ask::Tokens { request, code, .. } => {
                    Some(SavedStep::Code { request: request.clone(), code: code.clone() })
                }
                Ask::Register(_) | Ask::UserCode(_) => None,
            },
            Self::Showing(showing) => Some(showing.save()),
            Self::Identifying { granted, .. } | Self::Unidentified { granted, .. } => {
                Some(SavedStep::granted(granted, in_doubt))
            }
            Self::Renewing { what, .. } | Self::Revoking { what, .. } | Self::Unrevoked { what, .. } => {
                Some(SavedStep::granted(&what.granted, in_doubt))
            }
            Self::New
            | Self::GivenUp { .. }
            | Self::Preparing { .. }
            | Self::AskingCode { .. }
            | Self::Failed { .. }
            | Self::Ended(_) => None,
        }
    }
}

impl Listener {
    pub(super) const fn wait(&self) -> Option<Wait> {
        match self {
            Self::At { wait, .. } => Some(*wait),
            Self::Absent => None,
        }
    }
}

impl Ask {
    const fn listener(&self) -> Option<&Listener> {
        match self {
            Self::Register(listener) => Some(listener),
            Self::UserCode(_) | Self::Tokens { .. } => None,
        }
    }
}
