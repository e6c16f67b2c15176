//! A session, and at most one flow beside it: who has the screen, and whose is what happens.
//!
//! The rules are here alone ([ADR 16](../../../docs/adr/0016-two-flows-at-once.md)):
//!
//! - A flow beside a session has the screen until it is over. What names the session itself stays on offer; `Cancel`,
//!   `Retry` and the like are about what is shown.
//! - A reply and a timeout go to the one that holds the id, an intent to the one that offers it, a callback to the flow.
//! - It has the screen as long as the session is good. After that it is given up: it ends what it has to end, unseen.

use crate::adoption::saved::SavedAdoption;
use crate::cx::{Cx, Event, Wait};
use crate::failure::Failure;
use crate::flow::beside::{Companion, Entry, Over};
use crate::flow::{Flow, Lasting};
use crate::intent::{Intent, Offer, Offers};
use crate::keep::{self, Keep};
use crate::saved::Content;
use crate::secret::Secret;
use crate::secrets::Trust;
use crate::session::Session;
use crate::view::Screen;

/// Every flow that may run beside a session. No two begin by the same intent, and none by one of the session.
const BESIDE: &[Entry] = &[
    crate::link::SHOWING,
    crate::link::SCANNING,
    #[cfg(feature = "world")]
    crate::rehearsal::ENTRY,
];

/// What names the session, whatever is on the screen.
const OF_THE_SESSION: [Offer; 5] =
    [Offer::CheckSession, Offer::Refresh, Offer::ListDevices, Offer::ManageAccount, Offer::SignOut];

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Kept {
    keep: Keep,
    beside: Option<Companion>,
    /// Whether this device is trusted, once a flow has found that out.
    trust: Option<Trust>,
    /// What a flow left as a problem, until the session has something to say.
    problem: Option<Failure>,
    /// The user does not want the session, a flow has found out: it is ended as soon as it has nothing else to do. Whoever
    /// comes after a kill is asked again.
    is_unwanted: bool,
}

impl Kept {
    pub(super) const fn new(keep: Keep) -> Self {
        Self { keep, beside: None, trust: None, problem: None, is_unwanted: false }
    }

    /// A new session, and what goes on beside it.
    pub(super) const fn with(keep: Keep, beside: Companion) -> Self {
        Self { keep, beside: Some(beside), trust: None, problem: None, is_unwanted: false }
    }

    /// The session, once it is stored and until it ends.
    pub(super) fn session(&self) -> Option<&Session> {
        self.keep.session()
    }

    /// Lets `event` have its consequences. Gives the end of the session, if this was it, with the flow that it leaves.
    pub(super) fn handle(
        &mut self,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> Option<(keep::End, Option<Companion>)> {
        // Where the server could not be told, the user may want to keep it after all.
        self.is_unwanted &= !matches!(event, Event::Intent(Intent::Cancel));
        let end = self.hear(event, cx);
        if self.is_unwanted && end.is_none() && self.keep.offers().contains(Offer::SignOut) {
            let sign_out = Intent::SignOut { everywhere: false };
            let end = self.keep.handle(&Event::Intent(&sign_out), cx);
            return end.map(|end| (end, self.beside.take()));
        }
        end
    }

    fn hear(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<(keep::End, Option<Companion>)> {
        match (&mut self.beside, self.keep.session()) {
            (Some(flow), session) if flow.takes(event) => {
                let over = flow.handle(event, session, cx);
                return self.after_beside(over, cx);
            }
            (None, Some(session)) => {
                self.beside = begun(event, session, cx);
                if self.beside.is_some() {
                    return None;
                }
            }
            (Some(_) | None, _) => {}
        }
        let token = self.token();
        let end = self.keep.handle(event, cx);
        if let Event::Intent(_) = event {
            self.problem = None;
        }
        let renewed = match (self.keep.session(), &mut self.beside) {
            (Some(session), Some(flow)) if token.as_ref() != Some(&session.access_token) => {
                flow.renewed(session, cx)
            }
            (Some(_) | None, _) => None,
        };
        if renewed.is_some() {
            return self.after_beside(renewed, cx);
        }
        let was_good = token.is_some();
        if was_good
            && self.keep.session().is_none()
            && self.beside.as_mut().is_some_and(|flow| flow.is_shown() && flow.give_up(cx))
        {
            self.beside = None;
        }
        end.map(|end| (end, self.beside.take()))
    }

    fn token(&self) -> Option<Secret<String>> {
        self.keep.session().map(|session| session.access_token.clone())
    }

    /// What follows what the flow beside the session did: `over`, if that was its end.
    fn after_beside(
        &mut self,
        over: Option<Over>,
        cx: &mut Cx<'_>,
    ) -> Option<(keep::End, Option<Companion>)> {
        let asks = match over {
            Some(Over { trust, problem, sign_out }) => {
                self.beside = None;
                (self.trust, self.problem) = (trust.or_else(|| self.trust.take()), problem);
                self.is_unwanted |= sign_out;
                None
            }
            None => {
                let wants = self.beside.as_ref().is_some_and(Companion::wants_renewal);
                let can = self.keep.offers().contains(Offer::Refresh);
                (wants && can).then_some(Intent::Refresh)
            }
        };
        let end = asks.and_then(|intent| self.keep.handle(&Event::Intent(&intent), cx));
        end.map(|end| (end, self.beside.take()))
    }

    fn shown(&self) -> Option<&dyn Flow> {
        self.beside.as_ref().filter(|flow| flow.is_shown()).map(Companion::flow)
    }
}

/// The flow that `event` begins.
fn begun(event: &Event<'_>, session: &Session, cx: &mut Cx<'_>) -> Option<Companion> {
    let Event::Intent(intent) = event else { return None };
    let (_, _, begin) = possible(session).find(|(_, by, _)| *by == intent.offer())?;
    Some(begin(intent, session, cx))
}

fn possible(session: &Session) -> impl Iterator<Item = &'static Entry> {
    BESIDE.iter().filter(move |(may, _, _)| may(session))
}

impl Flow for Kept {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        self.keep.each_wait(each);
        if let Some(flow) = &self.beside {
            flow.flow().each_wait(each);
        }
    }

    fn offers(&self) -> Offers {
        let session = self.keep.offers();
        match (self.shown(), self.keep.session()) {
            (Some(flow), _) => OF_THE_SESSION
                .into_iter()
                .fold(flow.offers(), |all, offer| all.and_if(session.contains(offer), offer)),
            (None, Some(kept)) if self.beside.is_none() => {
                possible(kept).fold(session, |all, (_, by, _)| all.and_if(true, *by))
            }
            (None, _) => session,
        }
    }

    fn screen(&self) -> Screen {
        let Some(flow) = self.shown() else {
            let mut screen = self.keep.screen();
            if let Screen::SignedIn { trust, problem, .. } = &mut screen {
                trust.clone_from(&self.trust);
                if problem.is_none() {
                    problem.clone_from(&self.problem);
                }
            }
            return screen;
        };
        flow.screen()
    }
}

impl Lasting for Kept {
    /// A session that would be lost is worth more than the flow beside it, unless that is kept with it.
    fn save(&self) -> Option<Content> {
        let beside = || self.beside.as_ref().and_then(Companion::save);
        let unconfirmed = |session: &Session, is_stored| {
            Some(Content::Adopting(Box::new(SavedAdoption::unconfirmed(session, is_stored))))
        };
        match self.keep.save() {
            // With the tokens that it has by now.
            Some(Content::Fresh { session, .. } | Content::Renewed { session, .. }) if self.is_unwanted => {
                unconfirmed(&session, false)
            }
            None if self.is_unwanted => unconfirmed(self.keep.subject(), true),
            Some(fresh @ Content::Fresh { .. }) => match beside() {
                Some(adopting @ Content::Adopting(_)) => Some(adopting),
                Some(_) | None => Some(fresh),
            },
            Some(unstored) => Some(unstored),
            None => beside(),
        }
    }
}
