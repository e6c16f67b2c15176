//! Who would have to do something next, and what?

use narthex::{Actor, Failure, Medium, Screen, Trust, View};
use narthex_app::Finished;

use crate::exit::Exit;
use crate::question::Question;

/// Who has to do something next.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Nobody here: a server, a browser, a mailbox, or time.
    World,
    /// The user.
    User(Question),
    /// The user, about something that did not work.
    Mend(Failure),
}

/// What did not work about the session, if something did not.
pub(crate) fn settled(view: &View) -> Result<(), Exit> {
    match (&view.screen, narthex_app::problem(view)) {
        (_, None) => Ok(()),
        (Screen::SessionEnded { user_id, .. }, Some(failure)) => {
            Err(Exit::of_session(user_id.clone(), failure.clone()))
        }
        (_, Some(failure)) => Err(Exit::Failed(failure.clone())),
    }
}

/// Whether a device that is signed in is as verified as it can be, where that was found out.
pub(crate) const fn verified(view: &View) -> Result<(), Exit> {
    if let Screen::SignedIn {
        trust: Some(Trust::NeedsVerification { .. } | Trust::CannotVerify { .. }),
        ..
    } = &view.screen
    {
        Err(Exit::Unverified)
    } else {
        Ok(())
    }
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
    match (view.next, narthex_app::problem(view)) {
        (Actor::World | Actor::Nobody, _) => return Turn::World,
        (Actor::Person, Some(failure)) => return Turn::Mend(failure.clone()),
        (Actor::Person, None) => {}
    }
    match &view.screen {
        Screen::Welcome { .. } => Turn::User(Question::Server),
        Screen::Paused { .. } => Turn::User(Question::Continue),
        Screen::Choose { .. } => Turn::User(Question::WayIn),
        Screen::RegisterForm { .. } => Turn::User(Question::Username),
        Screen::Terms { .. } => Turn::User(Question::Terms),
        Screen::RegistrationToken { .. } => Turn::User(Question::RegistrationToken),
        Screen::Address { medium, .. } => Turn::User(address(*medium)),
        Screen::Confirmation { .. } => Turn::User(Question::Code),
        Screen::Warning { .. } => Turn::User(Question::Warning),
        Screen::Scanner { .. } => Turn::User(Question::Scan),
        Screen::EnterCheckCode { .. } => Turn::User(Question::CheckCode),
        Screen::ConfirmServer { .. } | Screen::ConfirmAccount { .. } => Turn::User(Question::Confirm),
        Screen::Consent { .. } => Turn::User(Question::Consent),
        Screen::Problem { .. }
        | Screen::Busy { .. }
        | Screen::Limited { .. }
        | Screen::InBrowser { .. }
        | Screen::UserCode { .. }
        | Screen::QrCode { .. }
        | Screen::CheckCode { .. }
        | Screen::Linked { .. }
        | Screen::AwaitingApproval { .. }
        | Screen::SignedIn { .. }
        | Screen::SessionEnded { .. }
        | Screen::SignedOut { .. } => Turn::World,
    }
}

pub(crate) const fn address(medium: Medium) -> Question {
    match medium {
        Medium::Email => Question::Email,
        Medium::Phone => Question::Phone,
    }
}
