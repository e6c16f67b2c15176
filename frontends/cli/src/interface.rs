//! Who is on the other side: a program that speaks JSON, a user at a terminal, or nobody who can answer.

use narthex::{Intent, View};
use narthex_runtime::Notice;
use narthex_storage::Place;

use crate::args::SignIn;
use crate::exit::Asked;
use crate::input::Lines;
use crate::interactive::Interactive;
use crate::json::Json;
use crate::json::out::{self, Printed};
use crate::next::Next;
use crate::plain::{self, Plain};
use crate::setup::Setup;
use crate::terminal::Terminal;
use narthex_app::Handle;
use narthex_app::{Browser, Goal};

/// Who is on the other side.
pub(crate) enum Interface<'s> {
    Json(Box<Json>),
    Interactive(Box<Interactive<'s>>),
    Plain(Plain<'s>),
}

impl<'s> Interface<'s> {
    /// JSON if asked for; interactive if there is a terminal to read from and to write to.
    pub(crate) fn of(setup: &'s Setup, goal: Goal, stdin: Option<Lines>, flags: &SignIn) -> Self {
        match stdin {
            Some(lines) if setup.global.json => Self::Json(Box::new(Json::reading(lines))),
            Some(lines) => Self::Plain(Plain::new(setup, Some(lines))),
            None => match Terminal::open() {
                Some(terminal) => Self::Interactive(Box::new(Interactive::new(setup, goal, terminal, flags))),
                None => Self::Plain(Plain::new(setup, None)),
            },
        }
    }

    /// Whether somebody sits there who can be asked.
    pub(crate) const fn is_interactive(&self) -> bool {
        matches!(self, Self::Interactive(_))
    }

    /// Whether somebody can answer what no flag does.
    pub(crate) const fn is_asked(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Interactive(_))
    }

    /// Who opens the pages that the engine wants to be opened: at a terminal the user is asked first.
    pub(crate) fn browser(&self, may_open: bool) -> Browser {
        match self {
            Self::Interactive(interactive) => Browser::Frontend(interactive.pages()),
            Self::Json(_) | Self::Plain(_) if may_open => Browser::System,
            Self::Json(_) | Self::Plain(_) => Browser::Nobody,
        }
    }

    /// Shows the view; a program is told when a flag is about to answer it.
    pub(crate) fn show(&mut self, view: &View, answered_by_flag: bool) {
        match self {
            Self::Json(json) => json.show(view, answered_by_flag),
            Self::Interactive(interactive) => interactive.show(view),
            Self::Plain(plain) => plain.show(view),
        }
    }

    /// A flag has answered the view.
    pub(crate) fn answered(&mut self, view: &View, intent: &Intent) {
        match self {
            Self::Json(_) => {}
            Self::Interactive(interactive) => interactive.answered(view, intent),
            Self::Plain(plain) => plain.answered(view, intent),
        }
    }

    /// Flags that are of no use for what begins now.
    pub(crate) fn not_used(&self, flags: &[&'static str], by_token: bool, token: Option<&str>) {
        match self {
            Self::Json(_) if flags.is_empty() => {}
            Self::Json(_) => out::print(&Printed::NotUsed { flags }),
            Self::Interactive(interactive) => plain::not_used(interactive.text(), flags, by_token, token),
            Self::Plain(plain) => plain::not_used(plain.text(), flags, by_token, token),
        }
    }

    pub(crate) fn notice(&mut self, notice: Notice, view: &View) {
        match self {
            Self::Json(json) => json.notice(notice, view),
            Self::Interactive(interactive) => interactive.notice(notice),
            Self::Plain(plain) => plain.notice(notice),
        }
    }

    /// Waits for an answer, or for the view to change.
    pub(crate) async fn next(&mut self, view: &View, handle: &mut Handle) -> Next {
        match self {
            Self::Json(json) => json.next(handle).await,
            Self::Interactive(interactive) => interactive.next(view, handle).await,
            Self::Plain(plain) => plain.next(view, handle).await,
        }
    }

    /// Leaves the terminal as it was.
    pub(crate) fn rest(&mut self) {
        match self {
            Self::Json(_) | Self::Plain(_) => {}
            Self::Interactive(interactive) => interactive.rest(),
        }
    }

    /// The session that was to be signed in to again is good, and what was given for it was not used.
    pub(crate) fn still_valid(&mut self, view: &View, place: &Place, unused: Option<(Asked, &'static str)>) {
        let text = match self {
            Self::Json(json) => {
                unused.iter().for_each(|(_, flag)| out::print(&Printed::NotUsed { flags: &[flag] }));
                return json.signed_in(view, place);
            }
            Self::Interactive(interactive) => interactive.text(),
            Self::Plain(plain) => plain.text(),
        };
        plain::still_valid(text, &view.screen, unused.map(|(what, _)| what));
    }

    /// The happy end.
    pub(crate) fn signed_in(&mut self, view: &View, place: &Place) {
        match self {
            Self::Json(json) => json.signed_in(view, place),
            Self::Interactive(interactive) => interactive.signed_in(view, place),
            Self::Plain(plain) => plain.signed_in(view, place),
        }
    }
}
