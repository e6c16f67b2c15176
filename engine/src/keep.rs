//! The life of a session: stored, checked, refreshed, ended.
//!
//! Client-server specification, "Using access tokens", "Refreshing access tokens", "Soft logout", "Logout"; RFC 6749 §6
//! and RFC 7009 for a session of OAuth 2.0.
//!
//! ```text
//!  new session ──▶ Storing ─────────────▶ Resting ◀──▶ Checking, Listing
//!  stored session ───────────────────────▶ │  ▲
//!                                    due   ▼  │ stored
//!                      Leasing ──▶ Refreshing ──▶ Storing
//!                      Leasing ──▶ SigningOut ──▶ Erasing ──▶ Ended
//! ```
//!
//! What stands to the right of `Leasing` happens under the session's lease: see `lease`.

mod ended;
mod lease;
mod machine;
mod steps;
mod verdict;

use std::time::Duration;

use crate::account_management::AccountManagement;
use crate::cx::{Cx, Wait};
use crate::failure::Failure;
use crate::flow::{self, Flow, Lasting, Shell};
use crate::intent::{Offer, Offers};
use crate::io::Time;
use crate::saved::Content;
use crate::secret::Secret;
use crate::session::Session;
use crate::view::{Screen, Task};

use self::machine::{Deed, Machine, Origin, State, Then, erasing};

pub(crate) use self::machine::{End, Ended};

pub(crate) type Keep = Shell<Machine>;

impl Keep {
    /// A session that the server has just given us: it has to be stored before anything else. It may take the place of one
    /// that has ended, with this access token.
    pub(crate) fn fresh(session: Session, replaces: Option<Secret<String>>, cx: &mut Cx<'_>) -> Self {
        Self::to_store(
            Machine { replaces, origin: Origin::SignIn, ..Machine::new(session, false, false) },
            cx,
        )
    }

    /// The same after a kill: it may have been stored, and others may have refreshed it since.
    pub(crate) fn resumed_fresh(session: Session, replaces: Option<Secret<String>>, cx: &mut Cx<'_>) -> Self {
        Self::to_store(
            Machine { replaces, origin: Origin::EarlierSignIn, ..Machine::new(session, false, true) },
            cx,
        )
    }

    fn to_store(mut machine: Machine, cx: &mut Cx<'_>) -> Self {
        let state = machine.under_lease(Deed::Store { then: Then::Rest }, cx);
        Self::at(machine, state, cx)
    }

    /// A session that is stored.
    pub(crate) fn stored(session: Session, cx: &mut Cx<'_>) -> Self {
        let machine = Machine::new(session, true, true);
        let state = machine.rest(cx);
        Self::at(machine, state, cx)
    }

    /// A session that is stored, with tokens that may not be: an earlier run was killed while it refreshed them.
    /// The access token that they replace is what is stored, unless somebody else has refreshed it since.
    pub(crate) fn refreshed(session: Session, replaces: Option<Secret<String>>, cx: &mut Cx<'_>) -> Self {
        let machine = Machine { replaces, ..Machine::new(session, false, true) };
        Self::at(machine, State::Unstored { soon: cx.pause(Duration::ZERO) }, cx)
    }

    /// A session that nobody wants, and that was never to be stored: signed out again at once.
    pub(crate) fn unwanted(session: Session, cx: &mut Cx<'_>) -> Self {
        Self::to_sign_out(Machine::new(session, false, false), cx)
    }

    /// One that may be stored, and is erased after that.
    pub(crate) fn given_up(session: Session, replaces: Option<Secret<String>>, cx: &mut Cx<'_>) -> Self {
        Self::to_sign_out(Machine { replaces, ..Machine::new(session, false, true) }, cx)
    }

    /// The same of one that a sign-in made, and nobody may have stored.
    pub(crate) fn given_up_fresh(
        session: Session,
        replaces: Option<Secret<String>>,
        cx: &mut Cx<'_>,
    ) -> Self {
        let origin = Origin::EarlierSignIn;
        Self::to_sign_out(Machine { replaces, origin, ..Machine::new(session, false, true) }, cx)
    }

    fn to_sign_out(mut machine: Machine, cx: &mut Cx<'_>) -> Self {
        let state = machine.under_lease(Deed::SignOut { everywhere: false }, cx);
        Self::at(machine, state, cx)
    }

    /// A session that the server has ended, to be forgotten here as well.
    pub(crate) fn over(session: Session, cx: &mut Cx<'_>) -> Self {
        let mut machine = Machine::new(session, true, true);
        let state = machine.under_lease(Deed::Erase { server_told: true }, cx);
        Self::at(machine, state, cx)
    }

    pub(crate) fn server(&self) -> &str {
        self.machine().server()
    }

    /// What it is about, whatever its state.
    pub(crate) fn subject(&self) -> &Session {
        &self.machine().session
    }

    /// The session, once it is stored and until it ends.
    pub(crate) fn session(&self) -> Option<&Session> {
        let machine = self.machine();
        match self.state() {
            State::Resting { .. } | State::Checking { .. } | State::Listing { .. } => Some(&machine.session),
            State::Refreshing { then, .. } | State::Storing { then, .. } => {
                Some(&machine.session).filter(|_| machine.is_stored && !then.is_end())
            }
            State::Leasing { deed, .. } => {
                Some(&machine.session).filter(|_| machine.is_stored && !deed.is_end())
            }
            State::New
            | State::Unstored { .. }
            | State::StoreFailed { .. }
            | State::SigningOut { .. }
            | State::SignOutFailed { .. }
            | State::Erasing { .. }
            | State::EraseFailed { .. }
            | State::Ended(_) => None,
        }
    }
}

impl flow::Machine for Machine {
    type End = End;

    fn end(state: &State) -> Option<End> {
        match state {
            State::Ended(end) => Some((**end).clone()),
            State::New
            | State::Leasing { .. }
            | State::Storing { .. }
            | State::StoreFailed { .. }
            | State::Resting { .. }
            | State::Unstored { .. }
            | State::Checking { .. }
            | State::Listing { .. }
            | State::Refreshing { .. }
            | State::SigningOut { .. }
            | State::SignOutFailed { .. }
            | State::Erasing { .. }
            | State::EraseFailed { .. } => None,
        }
    }
}

impl Flow for Keep {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        let wait = match self.state() {
            State::Leasing { wait, .. } | State::Storing { wait, .. } | State::Erasing { wait, .. } => {
                Some(*wait)
            }
            State::Checking { call } | State::Listing { call } => Some(call.wait),
            State::Refreshing { call, .. } | State::SigningOut { call, .. } => Some(call.wait),
            State::Resting { due, .. } => *due,
            State::Unstored { soon } => Some(*soon),
            State::SignOutFailed { again, .. } => *again,
            State::New | State::StoreFailed { .. } | State::EraseFailed { .. } | State::Ended(_) => None,
        };
        wait.into_iter().chain(self.machine().lease).for_each(each);
    }

    fn offers(&self) -> Offers {
        match self.state() {
            State::Resting { .. } => Offers::of(&[Offer::CheckSession, Offer::ListDevices, Offer::SignOut])
                .and_if(self.machine().session.refresh_token.is_some(), Offer::Refresh)
                .and_if(self.machine().management().is_some(), Offer::ManageAccount),
            State::StoreFailed { .. } => Offers::of(&[Offer::Retry, Offer::SignOut]),
            State::SignOutFailed { .. } => {
                Offers::of(&[Offer::Retry, Offer::Forget]).and_if(self.machine().may_be_stored, Offer::Cancel)
            }
            State::EraseFailed { .. } => Offers::of(&[Offer::Retry]),
            State::New
            | State::Leasing { .. }
            | State::Storing { .. }
            | State::Unstored { .. }
            | State::Checking { .. }
            | State::Listing { .. }
            | State::Refreshing { .. }
            | State::SigningOut { .. }
            | State::Erasing { .. }
            | State::Ended(_) => Offers::NONE,
        }
    }

    fn screen(&self) -> Screen {
        let machine = self.machine();
        let ending = |task| Screen::Busy { server: machine.server().to_owned(), task };
        let busy = |task| match machine.is_stored {
            true => machine.signed_in(Some(task), None, None),
            false => ending(task),
        };
        let failed = |task, failure: &Failure| Screen::Problem {
            server: machine.server().to_owned(),
            task,
            failure: failure.clone(),
        };
        match self.state() {
            State::Resting { problem, good_until, .. } => {
                machine.signed_in(None, problem.clone(), *good_until)
            }
            State::Storing { then: Then::End, .. } => ending(Task::CheckSession),
            State::Storing { then, .. } | State::Refreshing { then, .. } if then.is_end() => {
                ending(Task::SignOut)
            }
            State::Leasing { deed, .. } if deed.is_end() => ending(deed.task()),
            State::Leasing { deed, .. } => busy(deed.task()),
            State::New | State::Storing { .. } | State::Unstored { .. } => busy(Task::KeepSession),
            State::Listing { .. } => busy(Task::ListDevices),
            State::Checking { .. } => busy(Task::CheckSession),
            State::Refreshing { .. } => busy(Task::Refresh),
            State::SigningOut { .. } => ending(Task::SignOut),
            State::Erasing { server_told, .. } => ending(erasing(*server_told)),
            State::Ended(_) => ending(Task::EraseSession),
            State::StoreFailed { failure, .. } => failed(Task::KeepSession, failure),
            State::SignOutFailed { failure, .. } => failed(Task::SignOut, failure),
            State::EraseFailed { server_told, failure } => failed(erasing(*server_told), failure),
        }
    }
}

impl Lasting for Keep {
    /// A session that is not stored yet, and would be lost.
    fn save(&self) -> Option<Content> {
        let machine = self.machine();
        let fresh = || Content::Fresh { session: machine.session.clone(), replaces: machine.replaces() };
        match self.state() {
            State::Storing { then: Then::End, .. } => None,
            State::Storing { .. }
            | State::StoreFailed { .. }
            | State::Leasing { deed: Deed::Store { .. }, .. } => Some(match &machine.refreshed {
                Some(refreshed) => {
                    Content::Renewed { session: refreshed.clone(), replaces: machine.replaces() }
                }
                None => fresh(),
            }),
            State::Unstored { .. } => {
                Some(Content::Renewed { session: machine.session.clone(), replaces: machine.replaces() })
            }
            // Until the server knows, the device is there, and somebody has to be able to remove it.
            State::SigningOut { .. }
            | State::SignOutFailed { .. }
            | State::Refreshing { .. }
            | State::Leasing {
                deed: Deed::SignOut { .. } | Deed::Revoke { .. } | Deed::Refresh { .. },
                ..
            } if !machine.is_stored => Some(fresh()),
            State::New
            | State::Leasing { .. }
            | State::Resting { .. }
            | State::Checking { .. }
            | State::Listing { .. }
            | State::Refreshing { .. }
            | State::SigningOut { .. }
            | State::SignOutFailed { .. }
            | State::Erasing { .. }
            | State::EraseFailed { .. }
            | State::Ended(_) => None,
        }
    }
}

impl Machine {
    fn server(&self) -> &str {
        self.session.server()
    }

    fn management(&self) -> Option<&AccountManagement> {
        self.session.oauth.as_ref()?.account_management.as_ref()
    }

    fn signed_in(&self, task: Option<Task>, problem: Option<Failure>, good_until: Option<Time>) -> Screen {
        let checked_at: Option<Time> = self.checked_at;
        Screen::SignedIn {
            user_id: self.session.user_id.clone(),
            device_id: self.session.device_id.clone(),
            homeserver: self.session.homeserver.clone(),
            expires_at: self.session.expires_at,
            task,
            checked_at,
            devices: self.devices.clone(),
            account_actions: self.management().into_iter().flat_map(AccountManagement::known).collect(),
            problem,
            good_until,
            trust: None,
        }
    }
}
