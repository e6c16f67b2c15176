//! The whole of one account's life: what runs, and what follows what.
//!
//! ```text
//!           a server, a way in, Continue            a session is granted
//!    Idle ─────────────────────────────▶ Running ─────────────────────────▶ Kept
//!     ▲ nothing runs                     │ one flow                         │ a session, and at most
//!     └──────────────────────────────────┴──────────────────────────────────┘ one flow beside it
//!                         cancelled, failed, signed out, ended
//! ```

mod after;
mod begin;
mod kept;
mod proving;
pub(crate) mod saved;
mod state;
mod with_device;

use crate::config::Config;
use crate::cx::{Cx, Event, Wait};
use crate::idle::Idle;
use crate::intent::{Offer, Offers};
use crate::saved::{Content, Saved};
use crate::session::Session;
use crate::view::View;

use self::state::State;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Account(State);

impl Account {
    pub(crate) fn new() -> Self {
        Self(State::welcome("", None))
    }

    /// Where `saved` left off. It asks for nothing before the user does.
    pub(crate) fn resume(saved: Saved, cx: &mut Cx<'_>) -> Self {
        let is_at_rest = matches!(
            saved.0,
            Content::Stored(_) | Content::Renewed { .. } | Content::AwaitingApproval { .. }
        );
        Self(if is_at_rest {
            begin::go_on(saved, cx)
        } else {
            State::Idle(Idle::Paused { saved: Box::new(saved) })
        })
    }

    pub(crate) fn handle(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) {
        let next = match &mut self.0 {
            State::Idle(idle) => begin::from(idle, event, cx),
            State::Proving(proving) => begin::proving(proving, event, cx),
            State::Running(running) => after::running(running, event, cx),
            State::Kept(kept) => kept.handle(event, cx).map(|(end, flow)| after::kept(end, flow)),
        };
        if let Some(next) = next {
            self.0 = next;
        }
    }

    #[cfg(feature = "world")]
    pub(crate) const fn is_authorizing(&self) -> bool {
        self.0.is_authorizing()
    }

    #[cfg(feature = "world")]
    pub(crate) fn signs_in_again(&self) -> Option<(&str, bool)> {
        self.0.signs_in_again()
    }

    pub(crate) fn view(&self, config: &Config) -> View {
        let screen = self.0.part().screen();
        View { next: screen.next(), screen, offers: self.offers(config) }
    }

    /// What is on offer, as far as the host can do it.
    pub(crate) fn offers(&self, config: &Config) -> Offers {
        let cannot = match &self.0 {
            State::Kept(_) if !config.encryption => &[Offer::ShowCode, Offer::ScanCode][..],
            State::Idle(Idle::Welcome { .. }) if config.rendezvous.is_none() => &[Offer::ShowCode],
            State::Idle(_) | State::Proving(_) | State::Running(_) | State::Kept(_) => &[],
        };
        self.0.part().offers().without(cannot)
    }

    pub(crate) fn each_wait(&self, mut each: impl FnMut(Wait)) {
        self.0.part().each_wait(&mut each);
    }

    pub(crate) fn save(&self) -> Option<Saved> {
        self.0.part().save().map(Saved)
    }

    pub(crate) fn session(&self) -> Option<&Session> {
        match &self.0 {
            State::Kept(kept) => kept.session(),
            State::Idle(_) | State::Proving(_) | State::Running(_) => None,
        }
    }
}
