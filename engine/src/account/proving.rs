//! Could a session be stored? That is found out before a server is asked for one.

use crate::cx::{Cx, Event, Wait};
use crate::exchange::not_stored;
use crate::failure::Failure;
use crate::flow::{Flow, Lasting};
use crate::idle::Idle;
use crate::intent::{Intent, Offer, Offers};
use crate::io::Reply;
use crate::saved::Content;
use crate::view::{Screen, Task};

/// A way in, or an unfinished one, that begins once the store was proved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Proving {
    /// Where the user said so, and comes back to.
    pub(super) from: Idle,
    intent: Intent,
    proof: Proof,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Proof {
    Asked(Wait),
    /// There is none. What an earlier run left is worth another attempt.
    Failed(Failure),
}

/// What has become of it.
pub(super) enum End {
    /// Now it begins.
    Proved { from: Idle, intent: Intent },
    /// The browser is back at what an earlier run left.
    CalledBack { from: Idle },
    /// Nothing begins.
    Back(Idle),
}

impl Proving {
    /// Whether what `intent` begins may lead to a session that is to be stored.
    pub(super) fn comes_first(from: &Idle, intent: &Intent) -> bool {
        match (from, intent) {
            (Idle::Choosing { choice, .. }, Intent::SignInWithPassword { identifier, .. }) => {
                !choice.is_elsewhere(identifier)
            }
            (
                Idle::Choosing { .. },
                Intent::SignInWithSso { .. }
                | Intent::SignInWithToken { .. }
                | Intent::SignInWithAccessToken { .. }
                | Intent::SignInWithBrowser
                | Intent::SignInWithDeviceCode
                | Intent::ShowCode { .. }
                | Intent::ScanCode
                | Intent::CreateAccount,
            )
            | (Idle::Welcome { .. }, Intent::ShowCode { .. } | Intent::ScanCode) => true,
            (Idle::Paused { saved }, Intent::Continue) => match &saved.0 {
                Content::Register(_) | Content::Sso(_) | Content::OAuth(_) | Content::WithDevice(_) => true,
                // There is a session, or there is none to come.
                Content::AwaitingApproval { .. }
                | Content::Fresh { .. }
                | Content::Renewed { .. }
                | Content::Unwanted(_)
                | Content::Link(_)
                | Content::Adopting(_)
                | Content::Stored(_) => false,
            },
            _ => false,
        }
    }

    pub(super) fn start(from: Idle, intent: Intent, cx: &mut Cx<'_>) -> Self {
        let proof = Proof::Asked(cx.prove());
        Self { from, intent, proof }
    }

    pub(super) fn handle(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<End> {
        match (&self.proof, event) {
            (Proof::Asked(_), Event::Reply(_, Reply::Stored(Ok(())))) => {
                Some(End::Proved { from: self.from.clone(), intent: self.intent.clone() })
            }
            (Proof::Asked(_), Event::Reply(..) | Event::TimedOut(_)) => self.failed(not_stored(event)),
            // What an earlier run waits for comes meanwhile.
            (_, Event::Callback(_)) => Some(End::CalledBack { from: self.from.clone() }),
            (_, Event::Intent(Intent::Cancel)) => Some(End::Back(self.from.clone())),
            (Proof::Failed(_), Event::Intent(Intent::Retry)) => {
                self.proof = Proof::Asked(cx.prove());
                None
            }
            (Proof::Asked(_) | Proof::Failed(_), _) => None,
        }
    }

    fn failed(&mut self, failure: Failure) -> Option<End> {
        match &self.from {
            Idle::Choosing { choice, .. } => {
                let (choice, problem) = (choice.clone(), Some(Box::new(failure)));
                Some(End::Back(Idle::Choosing { choice, problem }))
            }
            Idle::Welcome { .. }
            | Idle::AwaitingApproval { .. }
            | Idle::SessionEnded(_)
            | Idle::SignedOut { .. }
            | Idle::Paused { .. } => {
                self.proof = Proof::Failed(failure);
                None
            }
        }
    }

    fn server(&self) -> String {
        let server = match &self.from {
            Idle::Choosing { choice, .. } => choice.server(),
            Idle::Paused { saved } => saved.what().server,
            Idle::Welcome { .. }
            | Idle::AwaitingApproval { .. }
            | Idle::SessionEnded(_)
            | Idle::SignedOut { .. } => "",
        };
        server.to_owned()
    }
}

impl Flow for Proving {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        match self.proof {
            Proof::Asked(wait) => each(wait),
            Proof::Failed(_) => {}
        }
    }

    fn offers(&self) -> Offers {
        match self.proof {
            Proof::Asked(_) => Offers::of(&[Offer::Cancel]),
            Proof::Failed(_) => Offers::of(&[Offer::Retry, Offer::Cancel]),
        }
    }

    fn screen(&self) -> Screen {
        let (server, task) = (self.server(), Task::CheckStorage);
        match &self.proof {
            Proof::Asked(_) => Screen::Busy { server, task },
            Proof::Failed(failure) => Screen::Problem { server, task, failure: failure.clone() },
        }
    }
}

impl Lasting for Proving {
    fn save(&self) -> Option<Content> {
        self.from.save()
    }
}
