//! Where an account can be: idle, in a flow, or with a session.

use crate::choice::Choice;
use crate::cx::Wait;
use crate::discovery::Discovery;
use crate::failure::Failure;
use crate::flow::beside::Companion;
use crate::flow::{Flow, Lasting};
use crate::idle::Idle;
use crate::intent::Offers;
use crate::keep::{self, Ended, Keep};
use crate::legacy::Legacy;
use crate::oauth::OAuth;
use crate::register::Register;
use crate::saved::Content;
use crate::view::Screen;

use super::kept::Kept;
use super::proving::Proving;
use super::with_device::WithDevice;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum State {
    /// Nothing runs: the user decides what will.
    Idle(Idle),
    /// Before a way in begins, the store is asked whether it could keep what that leads to.
    Proving(Box<Proving>),
    /// One flow runs, and has the screen.
    Running(Running),
    /// A session, and at most one flow beside it.
    Kept(Box<Kept>),
}

/// A flow, and what it comes back to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Running {
    Discovering {
        flow: Box<Discovery>,
        typed: Box<str>,
        again: Option<Box<Ended>>,
    },
    Registering {
        flow: Box<Register>,
        choice: Option<Box<Choice>>,
    },
    /// With `recover`, into an account that may be the one that this registration was about.
    SigningIn {
        flow: Box<Legacy>,
        choice: Option<Box<Choice>>,
        recover: Option<Box<Register>>,
    },
    Authorizing {
        flow: Box<OAuth>,
        choice: Option<Box<Choice>>,
    },
    /// With the help of another device.
    WithDevice(Box<WithDevice>),
    /// A session of the wrong account is ended again.
    Discarding {
        flow: Box<Keep>,
        choice: Option<Box<Choice>>,
        problem: Option<Box<Failure>>,
    },
    /// The session has ended, and the flow that ran beside it has something to end as well.
    Leaving {
        flow: Companion,
        end: Box<keep::End>,
    },
}

impl State {
    pub(super) fn welcome(typed: &str, problem: Option<Failure>) -> Self {
        Self::Idle(Idle::Welcome { typed: typed.into(), problem: problem.map(Box::new) })
    }

    pub(super) fn kept(keep: Keep) -> Self {
        Self::Kept(Box::new(Kept::new(keep)))
    }

    /// The one match over all states.
    pub(super) fn part(&self) -> &dyn Lasting {
        match self {
            Self::Idle(idle) => idle,
            Self::Proving(proving) => &**proving,
            Self::Running(running) => running,
            Self::Kept(kept) => &**kept,
        }
    }
}

#[cfg(feature = "world")]
impl State {
    pub(super) const fn is_authorizing(&self) -> bool {
        matches!(self, Self::Running(Running::Authorizing { .. }))
    }

    pub(super) fn signs_in_again(&self) -> Option<(&str, bool)> {
        fn again(ended: &Ended) -> (&str, bool) {
            (ended.session.device_id.as_str(), ended.is_gone)
        }
        let choice = match self {
            Self::Idle(Idle::Choosing { choice, .. }) => Some(choice),
            Self::Proving(proving) => match &proving.from {
                Idle::Choosing { choice, .. } => Some(choice),
                Idle::Welcome { .. } | Idle::AwaitingApproval { .. } | Idle::SessionEnded(_) => None,
                Idle::SignedOut { .. } | Idle::Paused { .. } => None,
            },
            Self::Running(Running::Discovering { again: ended, .. }) => return ended.as_deref().map(again),
            Self::Running(
                Running::Registering { choice, .. }
                | Running::SigningIn { choice, .. }
                | Running::Authorizing { choice, .. }
                | Running::Discarding { choice, .. },
            ) => choice.as_ref(),
            Self::Running(Running::WithDevice(flow)) => flow.choice.as_ref(),
            Self::Idle(_) | Self::Running(Running::Leaving { .. }) | Self::Kept(_) => None,
        };
        choice.and_then(|choice| choice.again.as_deref()).map(again)
    }
}

impl Running {
    fn flow(&self) -> &dyn Flow {
        match self {
            Self::Discovering { flow, .. } => &**flow,
            Self::Registering { flow, .. } => &**flow,
            Self::SigningIn { flow, .. } => &**flow,
            Self::Authorizing { flow, .. } => &**flow,
            Self::WithDevice(flow) => &**flow,
            Self::Discarding { flow, .. } => &**flow,
            Self::Leaving { flow, .. } => flow.flow(),
        }
    }
}

impl Flow for Running {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        self.flow().each_wait(each);
    }

    fn offers(&self) -> Offers {
        self.flow().offers()
    }

    fn screen(&self) -> Screen {
        match (self, self.flow().screen()) {
            // That the wrong account is signed in matters more than that it could not be signed out yet.
            (Self::Discarding { problem: Some(problem), .. }, Screen::Problem { server, task, .. }) => {
                Screen::Problem { server, task, failure: (**problem).clone() }
            }
            (_, screen) => screen,
        }
    }
}

impl Lasting for Running {
    fn save(&self) -> Option<Content> {
        match self {
            Self::Registering { flow, .. } | Self::SigningIn { recover: Some(flow), .. } => flow.save(),
            Self::SigningIn { flow, recover: None, .. } => flow.save(),
            Self::Authorizing { flow, .. } => flow.save(),
            Self::Discarding { flow, .. } => flow.save().map(Content::unwanted),
            Self::WithDevice(flow) => flow.save(),
            Self::Discovering { .. } | Self::Leaving { .. } => None,
        }
    }
}
