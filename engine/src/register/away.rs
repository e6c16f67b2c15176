//! What the user does elsewhere for a stage: opens a link in a mail, solves a captcha in the browser.

use std::time::Duration;

use url::Url;

use crate::cx::{Cx, Event, Wait};
use crate::exchange::answer;
use crate::failure::Failure;
use crate::http::{Call, Page};
use crate::intent::{Offer, Offers};
use crate::io::{EffectId, Time};
use crate::limits::BROWSER;
use crate::stage::Stage;

use super::ask::Auth;
use super::confirmation::Confirmation;
use super::stages::{answers_to, stage_kind};

/// Between two looks at first. Servers limit `/register` strictly: Synapse to one in six seconds.
const POLL: Duration = Duration::from_secs(6);
/// Between two looks after a long while.
const POLL_AT_MOST: Duration = Duration::from_secs(60);
/// After a look that failed.
const POLL_LATER: Duration = Duration::from_secs(15);
/// How long a confirmation may take. Servers forget sooner than that, and say so.
const MAILBOX: Duration = Duration::from_secs(24 * 3600);

/// The user does something elsewhere for a stage, and we look again and again whether it is done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Away {
    pub(crate) stage: Stage,
    since: Time,
    until: Time,
    poll: Poll,
    pub(crate) place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Poll {
    Resting(Wait),
    Asking(Call),
}

/// When to look again.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Later {
    Soon,
    /// A look failed.
    Failed,
    /// The server said so.
    At(Time),
}

/// Where the user is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A confirmation was sent; `sending` is one more of them, perhaps to another address.
    Mailbox {
        confirmation: Confirmation,
        sending: Option<Box<(Confirmation, Call)>>,
        problem: Option<Box<Failure>>,
    },
    /// On the server's own page.
    Browser { page: Page },
}

impl Away {
    pub(crate) fn browser(stage: Stage, url: Url, cx: &mut Cx<'_>) -> Self {
        cx.browse(url.clone());
        Self::at(stage, Place::Browser { page: Page(url) }, cx.now + BROWSER, cx)
    }

    pub(crate) fn mailbox(
        stage: Stage,
        confirmation: Confirmation,
        problem: Option<Failure>,
        cx: &mut Cx<'_>,
    ) -> Self {
        Self::at(
            stage,
            Place::Mailbox { confirmation, sending: None, problem: problem.map(Box::new) },
            cx.now + MAILBOX,
            cx,
        )
    }

    fn at(stage: Stage, place: Place, until: Time, cx: &mut Cx<'_>) -> Self {
        let poll = Poll::Resting(cx.pause(POLL));
        let mut this = Self { stage, since: cx.now, until, poll, place };
        this.rest(Later::Soon, cx);
        this
    }

    /// Looks again later, and ever more rarely if this has gone on for long, or never if only a code can help.
    pub(crate) fn rest(&mut self, later: Later, cx: &mut Cx<'_>) {
        let patient = (self.since.until(cx.now) / 20).min(POLL_AT_MOST);
        let next = match later {
            Later::At(at) => at,
            Later::Soon | Later::Failed if self.needs_code() => self.until,
            Later::Soon => cx.now + POLL.max(patient),
            Later::Failed => cx.now + POLL_LATER.max(patient),
        };
        let next = if matches!(later, Later::At(_)) { next } else { next.min(self.until) };
        self.poll = Poll::Resting(cx.pause_until(next));
    }

    /// A look is on its way.
    pub(crate) fn look(&mut self, call: Call) {
        self.poll = Poll::Asking(call);
    }

    pub(crate) const fn looking(&self) -> Option<&Call> {
        match &self.poll {
            Poll::Asking(call) => Some(call),
            Poll::Resting(_) => None,
        }
    }

    fn needs_code(&self) -> bool {
        match &self.place {
            Place::Mailbox { confirmation, .. } => confirmation.submit_url.is_some(),
            Place::Browser { .. } => false,
        }
    }

    pub(crate) const fn until(&self) -> Time {
        self.until
    }

    pub(crate) const fn is_resting(&self) -> bool {
        matches!(self.poll, Poll::Resting(_))
    }

    pub(crate) fn waits(&self) -> [Option<Wait>; 2] {
        let poll = match &self.poll {
            Poll::Resting(pause) => *pause,
            Poll::Asking(call) => call.wait,
        };
        let sending = match &self.place {
            Place::Mailbox { sending, .. } => sending.as_ref().map(|sending| sending.1.wait),
            Place::Browser { .. } => None,
        };
        [Some(poll), sending]
    }

    pub(crate) fn offers(&self) -> Offers {
        match &self.place {
            Place::Browser { .. } => {
                Offers::of(&[Offer::OpenBrowser]).and_if(self.is_resting(), Offer::CheckNow)
            }
            Place::Mailbox { confirmation, sending, .. } => {
                let (idle, code) = (sending.is_none(), confirmation.submit_url.is_some());
                let other = if idle { answers_to(stage_kind(confirmation.medium)) } else { Offers::NONE };
                other
                    .and_if(idle, Offer::Resend)
                    .and_if(idle && code, Offer::EnterCode)
                    .and_if(!code && self.is_resting(), Offer::CheckNow)
            }
        }
    }

    pub(crate) fn is_sending(&self, id: EffectId) -> bool {
        match &self.place {
            Place::Mailbox { sending, .. } => sending.as_ref().is_some_and(|sending| sending.1.wait.id == id),
            Place::Browser { .. } => false,
        }
    }

    /// What became of one more confirmation.
    pub(crate) fn resent(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) {
        let Place::Mailbox { confirmation, sending, problem } = &mut self.place else { return };
        let Some((new, call)) = sending.take().map(|sending| *sending) else { return };
        match answer(&call, event, cx.now).and_then(|answer| new.requested(&answer)) {
            Ok(sent) => {
                *confirmation = sent;
                // A look that is under way still asks for the old address, which does no harm.
                if self.is_resting() {
                    self.rest(Later::Soon, cx);
                }
            }
            Err(failure) => *problem = Some(Box::new(failure)),
        }
    }

    /// What would show that the stage is done.
    pub(crate) fn proof(&self) -> Auth {
        match &self.place {
            Place::Mailbox { confirmation, .. } => Auth::Address(self.stage.clone(), confirmation.clone()),
            Place::Browser { .. } => Auth::Session,
        }
    }
}
