//! What is a sign-in for, and is it done?

use narthex::{Actor, Failure, Screen, View};

/// What the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A new account.
    Register,
    /// A session of an account that exists.
    SignIn,
}

/// How a sign-in ended: as far as one can get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finished {
    /// Signed in, and stored.
    SignedIn,
    /// The account exists, and an admin has to approve it first.
    AwaitingApproval {
        /// On which server.
        server: String,
        /// Under which username.
        username: String,
    },
    /// The session that was there has ended.
    SessionEnded {
        /// Whose.
        user_id: String,
        /// How the server said so.
        failure: Failure,
    },
}

/// How a sign-in ended, once it has.
#[must_use]
pub fn finished(view: &View) -> Option<Finished> {
    match &view.screen {
        Screen::SignedIn { task: None, .. } => Some(Finished::SignedIn),
        Screen::AwaitingApproval { server, username } => {
            Some(Finished::AwaitingApproval { server: server.clone(), username: username.clone() })
        }
        Screen::SessionEnded { user_id, failure, .. } => {
            Some(Finished::SessionEnded { user_id: user_id.clone(), failure: failure.clone() })
        }
        Screen::SignedIn { task: Some(_), .. }
        | Screen::Welcome { .. }
        | Screen::Paused { .. }
        | Screen::Busy { .. }
        | Screen::Limited { .. }
        | Screen::Problem { .. }
        | Screen::Choose { .. }
        | Screen::RegisterForm { .. }
        | Screen::Terms { .. }
        | Screen::RegistrationToken { .. }
        | Screen::Address { .. }
        | Screen::Confirmation { .. }
        | Screen::InBrowser { .. }
        | Screen::UserCode { .. }
        | Screen::Warning { .. }
        | Screen::Scanner { .. }
        | Screen::QrCode { .. }
        | Screen::CheckCode { .. }
        | Screen::EnterCheckCode { .. }
        | Screen::ConfirmServer { .. }
        | Screen::Consent { .. }
        | Screen::ConfirmAccount { .. }
        | Screen::Linked { .. }
        | Screen::SignedOut { .. } => None,
    }
}

/// Nothing is under way, here or elsewhere.
#[must_use]
pub const fn is_settled(view: &View) -> bool {
    match view.next {
        Actor::World => false,
        Actor::Person | Actor::Nobody => true,
    }
}

/// What did not work, if something did not.
#[must_use]
pub const fn problem(view: &View) -> Option<&Failure> {
    match &view.screen {
        Screen::Welcome { problem, .. }
        | Screen::Choose { problem, .. }
        | Screen::RegisterForm { problem, .. }
        | Screen::Terms { problem, .. }
        | Screen::RegistrationToken { problem, .. }
        | Screen::Address { problem, .. }
        | Screen::Confirmation { problem, .. }
        | Screen::Scanner { problem, .. }
        | Screen::SignedIn { problem, .. } => problem.as_ref(),
        Screen::Problem { failure, .. } | Screen::SessionEnded { failure, .. } => Some(failure),
        Screen::Limited { failure, .. } => Some(failure),
        Screen::Paused { .. }
        | Screen::Busy { .. }
        | Screen::InBrowser { .. }
        | Screen::UserCode { .. }
        | Screen::Warning { .. }
        | Screen::QrCode { .. }
        | Screen::CheckCode { .. }
        | Screen::EnterCheckCode { .. }
        | Screen::ConfirmServer { .. }
        | Screen::Consent { .. }
        | Screen::ConfirmAccount { .. }
        | Screen::Linked { .. }
        | Screen::AwaitingApproval { .. }
        | Screen::SignedOut { .. } => None,
    }
}
