//! What shows and what is offered where nothing runs, and the user decides what will.

use crate::choice::Choice;
use crate::cx::Wait;
use crate::failure::{Cause, Failure, Misbehaviour};
use crate::flow::{Flow, Lasting};
use crate::intent::{Offer, Offers};
use crate::keep::Ended;
use crate::saved::{Content, Saved};
use crate::view::Screen;
use crate::what::What;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Idle {
    Welcome { typed: Box<str>, problem: Option<Box<Failure>> },
    Choosing { choice: Box<Choice>, problem: Option<Box<Failure>> },
    AwaitingApproval { server: Box<str>, username: Box<str> },
    SessionEnded(Box<Ended>),
    SignedOut { user_id: Box<str>, server_told: bool },
    Paused { saved: Box<Saved> },
}

impl Flow for Idle {
    fn each_wait(&self, _: &mut dyn FnMut(Wait)) {}

    fn screen(&self) -> Screen {
        match self {
            Self::Welcome { typed, problem } => {
                Screen::Welcome { server: typed.to_string(), problem: problem.as_deref().cloned() }
            }
            Self::Choosing { choice, problem } => choice.screen(problem.as_deref().cloned()),
            Self::AwaitingApproval { server, username } => {
                Screen::AwaitingApproval { server: server.to_string(), username: username.to_string() }
            }
            Self::SessionEnded(ended) => Screen::SessionEnded {
                user_id: ended.session.user_id.clone(),
                device_id: ended.session.device_id.clone(),
                soft: ended.soft,
                failure: ended.failure.clone(),
            },
            Self::SignedOut { user_id, server_told } => {
                Screen::SignedOut { user_id: user_id.to_string(), server_told: *server_told }
            }
            Self::Paused { saved } => {
                let What { server, task, user, .. } = saved.what();
                Screen::Paused { server: server.to_owned(), task, user: user.map(str::to_owned) }
            }
        }
    }

    fn offers(&self) -> Offers {
        match self {
            Self::Welcome { problem, .. } => {
                Offers::of(&[Offer::UseServer, Offer::ShowCode, Offer::ScanCode])
                    .and_if(problem.as_deref().is_some_and(may_pass), Offer::Retry)
            }
            Self::Choosing { choice, .. } => choice.offers(),
            Self::AwaitingApproval { .. } => Offers::of(&[Offer::Cancel]),
            Self::SessionEnded(_) => Offers::of(&[Offer::SignInAgain, Offer::Forget]),
            Self::SignedOut { .. } => Offers::of(&[Offer::UseServer]),
            Self::Paused { .. } => Offers::of(&[Offer::Continue, Offer::Cancel]),
        }
    }
}

impl Lasting for Idle {
    fn save(&self) -> Option<Content> {
        match self {
            Self::AwaitingApproval { server, username } => {
                Some(Content::AwaitingApproval { server: server.clone(), username: username.clone() })
            }
            Self::Paused { saved } => Some(saved.0.clone()),
            Self::Welcome { .. } | Self::Choosing { .. } | Self::SessionEnded(_) | Self::SignedOut { .. } => {
                None
            }
        }
    }
}

/// Whether the same may work later.
const fn may_pass(failure: &Failure) -> bool {
    match failure.cause {
        Cause::Unavailable { .. } => true,
        // A server whose configuration is mended meanwhile, or a stranger's answer.
        Cause::Misbehaved { misbehaviour } => !matches!(misbehaviour, Misbehaviour::BodyTooLarge),
        Cause::Unsupported { .. } | Cause::Refused { .. } | Cause::Expired { .. } | Cause::Broken { .. } => {
            false
        }
    }
}
