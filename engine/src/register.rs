//! Make an account through user-interactive authentication.
//!
//! Client-server specification, "Account registration"; MSC3231 for registration tokens.
//!
//! ```text
//!   Filling ──▶ Asking ──▶ registered          Limited, Failed: asked again by itself, by the user
//!      ▲        │  ▲  └──▶ Question, Away      a stage for the user, here or elsewhere; their answer is asked about
//!      └────────┘  └────────────┘              refused: back to the form
//! ```

mod ask;
mod away;
mod confirmation;
mod machine;
mod polling;
mod refused;
pub(crate) mod saved;
mod screens;
mod session;
mod stages;
mod steps;
mod username;

use std::sync::Arc;

use url::Url;

use crate::cx::{Cx, Wait};
use crate::exchange::RateLimits;
use crate::failure::Failure;
use crate::flow::{self, Flow, Lasting, Shell};
use crate::intent::{Offer, Offers};
use crate::saved::Content;
use crate::uia::Uia;
use crate::view::Screen;

use self::machine::State;
use self::saved::SavedRegister;

pub(crate) use self::machine::{End, Machine};

pub(crate) type Register = Shell<Machine>;

impl Register {
    pub(crate) fn start(server: &str, base: &Url, uia: Option<Arc<Uia>>, cx: &mut Cx<'_>) -> Self {
        let device_id = cx.random_device_id();
        Self::new(Machine::new(server, base, uia, device_id), cx)
    }

    /// Goes on where an earlier run was: by asking the server what it has seen of it.
    pub(crate) fn resume(saved: SavedRegister, cx: &mut Cx<'_>) -> Self {
        let mut machine = Machine::from(saved);
        let state = machine.catch_up(cx);
        Self::at(machine, state, cx)
    }

    /// The form again, after an attempt to sign in to the account that might have been ours. It is `settled` if
    /// the server told whose it is.
    pub(crate) fn back(self, problem: Option<Failure>, settled: bool, cx: &mut Cx<'_>) -> Self {
        let mut machine = self.machine().clone();
        machine.unsure &= !settled;
        let state = machine.form(problem);
        Self::at(machine, state, cx)
    }

    pub(crate) fn server(&self) -> &str {
        &self.machine().server
    }

    pub(crate) fn base(&self) -> &Url {
        &self.machine().base
    }

    /// What the server asks for, as it said last.
    pub(crate) fn uia(&self) -> Option<Arc<Uia>> {
        self.machine().uia.clone()
    }
}

impl flow::Machine for Machine {
    type End = End;

    fn end(state: &State) -> Option<End> {
        match state {
            State::Ended(end) => Some((**end).clone()),
            State::Cancelled => Some(End::Cancelled),
            State::New
            | State::Filling { .. }
            | State::Asking { .. }
            | State::Limited { .. }
            | State::Failed { .. }
            | State::Question { .. }
            | State::Away(_) => None,
        }
    }
}

impl Flow for Register {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        let waits = match self.state() {
            State::Filling { check, .. } => [check.wait(), None],
            State::Asking { call, .. } => [Some(call.wait), None],
            State::Limited { pause, .. } => [Some(*pause), None],
            State::Away(away) => away.waits(),
            State::New
            | State::Failed { .. }
            | State::Question { .. }
            | State::Cancelled
            | State::Ended(_) => [None, None],
        };
        waits.into_iter().flatten().for_each(each);
    }

    fn offers(&self) -> Offers {
        let cancel = Offers::of(&[Offer::Cancel]);
        match self.state() {
            State::New | State::Cancelled | State::Ended(_) => Offers::NONE,
            State::Filling { .. } => cancel.and(Offers::of(&[Offer::CheckUsername, Offer::Register])),
            State::Asking { .. } | State::Limited { .. } => cancel,
            State::Failed { .. } => cancel.and(Offers::of(&[Offer::Retry])),
            State::Question { stage, .. } => cancel.and(stages::answers_to(stage.kind())),
            State::Away(away) => cancel.and(away.offers()),
        }
    }

    fn screen(&self) -> Screen {
        let machine = self.machine();
        let server = machine.server.clone();
        match self.state() {
            State::New | State::Filling { .. } | State::Cancelled | State::Ended(_) => {
                machine.form_screen(self.state())
            }
            State::Asking { ask, .. } => Screen::Busy { server, task: ask.task() },
            State::Limited { ask, pause, failure } => {
                Screen::Limited { server, task: ask.task(), until: pause.until, failure: failure.clone() }
            }
            State::Failed { ask, failure } => {
                Screen::Problem { server, task: ask.task(), failure: failure.clone() }
            }
            State::Question { stage, problem } => machine.question_screen(stage, problem.clone()),
            State::Away(away) => machine.away_screen(away),
        }
    }
}

impl Lasting for Register {
    /// `None` in the form before anything was submitted: what is only typed is not kept.
    fn save(&self) -> Option<Content> {
        let machine = self.machine();
        let under_way = match self.state() {
            State::New | State::Filling { .. } => false,
            State::Cancelled
            | State::Ended(_)
            | State::Asking { .. }
            | State::Limited { .. }
            | State::Failed { .. }
            | State::Question { .. }
            | State::Away(_) => true,
        };
        if !under_way && machine.password.is_none() {
            return None;
        }
        let mut machine = machine.clone();
        machine.remember(self.state());
        machine.unsure |= matches!(self.state(), State::Asking { .. } | State::Away(_));
        Some(Content::Register(Box::new(SavedRegister { under_way, ..machine.into() })))
    }
}

impl From<Machine> for SavedRegister {
    fn from(machine: Machine) -> Self {
        let Machine {
            server, base, username, password, prefer, excluded, device_id, uia, confirmation, ..
        } = machine;
        let (under_way, unsure) = (machine.under_way, machine.unsure);
        Self {
            server,
            base,
            username,
            password,
            prefer,
            excluded,
            device_id,
            uia: uia.map(Arc::unwrap_or_clone),
            confirmation,
            under_way,
            unsure,
        }
    }
}

impl From<SavedRegister> for Machine {
    fn from(saved: SavedRegister) -> Self {
        let SavedRegister { server, base, username, password, prefer, excluded, device_id, uia, .. } = saved;
        let (confirmation, under_way, unsure) = (saved.confirmation, saved.under_way, saved.unsure);
        let draft = username.clone();
        Self {
            server,
            base,
            username,
            draft,
            password,
            prefer,
            excluded,
            device_id,
            uia: uia.map(Arc::new),
            confirmation,
            under_way,
            unsure,
            told: None,
            flow: None,
            rounds: 0,
            limits: RateLimits::default(),
        }
    }
}
