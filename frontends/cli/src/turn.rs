//! Who would have to do something next, and what?

use narthex::{Failure, Medium, Outage, Screen, View};
use narthex_app::Finished;

use crate::exit::{Exit, Question};

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
pub(crate) fn reached(view: &View) -> Option<Result<(), Exit>> {
    Some(match narthex_app::finished(view)? {
        Finished::SignedIn => Ok(()),
        Finished::AwaitingApproval { server, username } => Err(Exit::AwaitingApproval { server, username }),
        Finished::SessionEnded { user_id, failure } => Err(Exit::of_session(user_id, failure)),
    })
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
