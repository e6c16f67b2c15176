//! When is a sign-in done, and who would have to do something when it is not?

use narthex::{Failure, Medium, Outage, Screen, View};

use crate::ended::{Ended, Question};

/// What the command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    Register,
    SignIn,
}

/// Who has to do something next.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Nobody here: a server, a browser, a mailbox, or time.
    World,
    /// A person.
    Person(Question),
    /// A person, about something that did not work.
    Mend(Failure),
}

/// Whether the view is the end: signed in, or as far as one can get.
pub(crate) fn reached(view: &View) -> Option<Result<(), Ended>> {
    match &view.screen {
        Screen::SignedIn { task: None, .. } => Some(Ok(())),
        Screen::AwaitingApproval { server, username } => {
            Some(Err(Ended::AwaitingApproval { server: server.clone(), username: username.clone() }))
        }
        Screen::SessionEnded { user_id, failure, .. } => Some(Err(Ended::of_session(user_id, failure))),
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
        | Screen::SignedOut { .. } => None,
    }
}

/// Who has to do something about the view.
pub(crate) fn turn(view: &View) -> Turn {
    let person = |question, problem: &Option<Failure>| match problem {
        Some(failure) => Turn::Mend(failure.clone()),
        None => Turn::Person(question),
    };
    match &view.screen {
        Screen::Welcome { problem, .. } => person(Question::Server, problem),
        Screen::Paused { .. } => Turn::Person(Question::Continue),
        Screen::Problem { failure, .. } => Turn::Mend(failure.clone()),
        Screen::Choose { problem, .. } => person(Question::WayIn, problem),
        Screen::RegisterForm { problem, .. } => person(Question::Username, problem),
        Screen::Terms { problem, .. } => person(Question::Terms, problem),
        Screen::RegistrationToken { problem, .. } => person(Question::RegistrationToken, problem),
        Screen::Address { medium, problem, .. } => person(address(*medium), problem),
        Screen::Confirmation { problem: Some(failure), .. } if !passes(failure) => {
            Turn::Mend(failure.clone())
        }
        Screen::Confirmation { code: true, problem, .. } => person(Question::Code, problem),
        Screen::Confirmation { code: false, .. }
        | Screen::Busy { .. }
        | Screen::Limited { .. }
        | Screen::InBrowser { .. }
        | Screen::UserCode { .. }
        | Screen::AwaitingApproval { .. }
        | Screen::SignedIn { .. }
        | Screen::SessionEnded { .. }
        | Screen::SignedOut { .. } => Turn::World,
    }
}

/// Whether it may pass by itself while one waits.
fn passes(failure: &Failure) -> bool {
    match failure.cause {
        narthex::Cause::Unavailable { outage: Outage::Storage(_), .. } => false,
        narthex::Cause::Unavailable { .. } => true,
        narthex::Cause::Refused { .. }
        | narthex::Cause::Expired { .. }
        | narthex::Cause::Unsupported { .. }
        | narthex::Cause::Misbehaved { .. }
        | narthex::Cause::Broken { .. } => false,
    }
}

pub(crate) const fn address(medium: Medium) -> Question {
    match medium {
        Medium::Email => Question::Email,
        Medium::Phone => Question::Phone,
    }
}

impl Goal {
    /// Whether what an earlier run left unfinished is of this kind.
    pub(crate) const fn is_of(self, task: narthex::Task) -> bool {
        match task {
            narthex::Task::Register => matches!(self, Self::Register),
            narthex::Task::SignIn => matches!(self, Self::SignIn),
            // A session that only has to be kept is what both want; one that nobody wanted has to end before.
            narthex::Task::KeepSession | narthex::Task::SignOut => true,
            narthex::Task::FindServer
            | narthex::Task::AskServer
            | narthex::Task::CheckToken
            | narthex::Task::SendConfirmation
            | narthex::Task::CheckConfirmation
            | narthex::Task::FindPage
            | narthex::Task::AwaitCallback
            | narthex::Task::RegisterClient
            | narthex::Task::GetUserCode
            | narthex::Task::ListDevices
            | narthex::Task::CheckSession
            | narthex::Task::Refresh
            | narthex::Task::EraseSession => false,
        }
    }
}
