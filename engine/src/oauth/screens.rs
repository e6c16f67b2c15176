//! What each state of a sign-in by OAuth 2.0 waits for, shows and offers, and what is kept of it.

use crate::cx::Wait;
use crate::failure::Failure;
use crate::flow::{Flow, Lasting, Shell};
use crate::intent::{Offer, Offers};
use crate::io::Time;
use crate::saved::Content;
use crate::view::{Screen, Task};

use super::machine::{End, Machine, State};
use super::saved::SavedOAuth;

impl Flow for Shell<Machine> {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        self.state().waits().into_iter().flatten().for_each(each);
    }

    fn screen(&self) -> Screen {
        let server = self.machine().goal.server.clone();
        let busy = |task| Screen::Busy { server: server.clone(), task };
        let problem = |task, failure: &Failure| Screen::Problem {
            server: server.clone(),
            task,
            failure: failure.clone(),
        };
        let asking = |task, limited: Option<(Time, &Failure)>| match limited {
            Some((until, failure)) => {
                Screen::Limited { server: server.clone(), task, until, failure: failure.clone() }
            }
            None => busy(task),
        };
        match self.state() {
            State::Preparing { client, .. } => asking(Task::RegisterClient, client.limited()),
            State::InBrowser(visit) if visit.is_returning() => busy(Task::AwaitCallback),
            State::InBrowser(visit) => Screen::InBrowser {
                url: visit.request().page.0.clone(),
                stage: None,
                progress: None,
                until: visit.until(),
                role: None,
                server,
            },
            State::Exchanging(exchange) => asking(Task::SignIn, exchange.limited()),
            State::ByDeviceCode(device) => match device.code() {
                None => asking(Task::GetUserCode, device.limited()),
                Some(code) => Screen::UserCode {
                    server,
                    user_code: code.user_code.clone(),
                    verification_uri: code.verification_uri.clone(),
                    verification_uri_complete: code.verification_uri_complete.clone(),
                    until: code.until,
                    role: None,
                    keys_until: None,
                },
            },
            State::Identifying(identification) => match identification.failure() {
                None => busy(Task::SignIn),
                Some(failure) => problem(Task::SignIn, failure),
            },
            State::Revoking { revocation, then } => match (revocation.failure(), &**then) {
                (None, _) => busy(Task::SignOut),
                // What made them useless matters more than that they could not be revoked yet.
                (Some(_), End::Failed(reason)) => problem(Task::SignOut, reason),
                (Some(failure), End::Cancelled | End::SignedIn(_)) => problem(Task::SignOut, failure),
            },
            State::Failed { failure } => problem(Task::SignIn, failure),
            State::New | State::Ended(_) => busy(Task::SignIn),
        }
    }

    fn offers(&self) -> Offers {
        let cancel = Offers::of(&[Offer::Cancel]);
        match self.state() {
            State::New | State::Ended(_) => Offers::NONE,
            State::Preparing { .. } | State::Exchanging(_) => cancel,
            State::InBrowser(visit) => cancel.and(visit.offers()),
            State::ByDeviceCode(device) => cancel.and(device.offers()),
            State::Identifying(identification) => {
                cancel.and_if(identification.failure().is_some(), Offer::Retry)
            }
            State::Revoking { revocation, .. } => revocation.offers(),
            State::Failed { .. } => cancel.and(Offers::of(&[Offer::Retry])),
        }
    }
}

impl Lasting for Shell<Machine> {
    /// From the browser on, there is something that cannot be asked again.
    fn save(&self) -> Option<Content> {
        let step = self.state().save()?;
        Some(Content::OAuth(Box::new(SavedOAuth { goal: self.machine().goal.clone(), step })))
    }
}
