//! What each state of a sign-in by OAuth 2.0 waits for, shows and offers, and what is kept of it.

use crate::cx::Wait;
use crate::flow::{Flow, Lasting};
use crate::intent::{Offer, Offers};
use crate::saved::Content;
use crate::view::{Screen, Task};

use super::browser::Fallback;
use super::machine::{Ask, State};
use super::{End, OAuth, SavedOAuth};

impl Flow for OAuth {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        self.state().waits().into_iter().flatten().for_each(each);
    }

    fn screen(&self) -> Screen {
        let server = self.server().to_owned();
        match self.state() {
            State::Preparing { .. } => Screen::Busy { server, task: Task::RegisterClient },
            State::InBrowser(visit) if visit.is_returning() => {
                Screen::Busy { server, task: Task::AwaitCallback }
            }
            State::InBrowser(visit) => {
                Screen::InBrowser { server, url: visit.page().clone(), stage: None, until: visit.until() }
            }
            State::AskingCode { .. } => Screen::Busy { server, task: Task::GetUserCode },
            State::Showing(showing) => Screen::UserCode {
                server,
                user_code: showing.code.user_code.clone(),
                verification_uri: showing.code.verification_uri.clone(),
                verification_uri_complete: showing.code.verification_uri_complete.clone(),
                until: showing.code.until,
            },
            State::New | State::Exchanging { .. } | State::Identifying { .. } | State::Ended(_) => {
                Screen::Busy { server, task: Task::SignIn }
            }
            State::GivenUp { .. } | State::Renewing { .. } | State::Revoking { .. } => {
                Screen::Busy { server, task: Task::SignOut }
            }
            State::Unrevoked { what, failure } => {
                // What made them useless matters more than that they could not be ended yet.
                let failure = match &what.then {
                    End::Failed(reason) => reason.clone(),
                    End::Cancelled | End::SignedIn(_) => failure.clone(),
                };
                Screen::Problem { server, task: Task::SignOut, failure }
            }
            State::Limited { then, pause, failure } => {
                let task = match **then {
                    Ask::Register(_) => Task::RegisterClient,
                    Ask::UserCode(_) => Task::GetUserCode,
                    Ask::Tokens { .. } => Task::SignIn,
                };
                Screen::Limited { server, task, until: pause.until, failure: failure.clone() }
            }
            State::Failed { failure } | State::Unidentified { failure, .. } => {
                Screen::Problem { server, task: Task::SignIn, failure: failure.clone() }
            }
        }
    }

    fn offers(&self) -> Offers {
        let cancel = Offers::of(&[Offer::Cancel]);
        match self.state() {
            State::New | State::Ended(_) | State::Renewing { .. } | State::Revoking { .. } => Offers::NONE,
            State::Preparing { .. }
            | State::Exchanging { .. }
            | State::AskingCode { .. }
            | State::Identifying { .. }
            | State::GivenUp { .. }
            | State::Limited { .. } => cancel,
            State::Unrevoked { .. } => Offers::of(&[Offer::Retry, Offer::Forget]),
            State::InBrowser(visit) => cancel
                .and(Offers::of(&[Offer::OpenBrowser]))
                .and_if(visit.fallback == Fallback::Offered, Offer::SignInWithDeviceCode),
            State::Showing(showing) => cancel
                .and_if(showing.code.page().is_some(), Offer::OpenBrowser)
                .and_if(showing.is_resting(), Offer::CheckNow),
            State::Failed { .. } | State::Unidentified { .. } => cancel.and(Offers::of(&[Offer::Retry])),
        }
    }
}

impl Lasting for OAuth {
    /// From the browser on, there is something that cannot be asked again.
    fn save(&self) -> Option<Content> {
        let machine = self.machine();
        let step = self.state().save(machine.in_doubt)?;
        Some(Content::OAuth(Box::new(SavedOAuth { goal: machine.goal.clone(), step })))
    }
}
