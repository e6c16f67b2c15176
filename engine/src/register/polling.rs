//! Waiting for what the person does elsewhere: opening a link in a mail, solving a captcha in the browser.

use std::time::Duration;

use statig::Outcome::{self, Handled, Super, Transition};
use url::Url;

use crate::cx::{Cx, Event, Wait};
use crate::failure::{Cause, Expiring, Failure};
use crate::http::{Call, Page};
use crate::intent::{Intent, Offer, Offers};
use crate::io::{EffectId, Reply, Time};
use crate::limits::BROWSER;
use crate::stage::Stage;

use super::ask::{Ask, Auth, Heard};
use super::confirmation::Confirmation;
use super::machine::{Machine, State, answers_to, failed, stage_kind};

/// Between two looks at first. Servers limit `/register` strictly: Synapse to one in six seconds.
const POLL: Duration = Duration::from_secs(6);
/// Between two looks after a long while.
const POLL_AT_MOST: Duration = Duration::from_secs(60);
/// After a look that failed.
const POLL_LATER: Duration = Duration::from_secs(15);
/// How long a confirmation may take. Servers forget sooner than that, and say so.
const MAILBOX: Duration = Duration::from_secs(24 * 3600);

/// The person does something elsewhere for a stage, and we look again and again whether it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Away {
    pub(crate) stage: Stage,
    since: Time,
    until: Time,
    poll: Poll,
    pub(crate) place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Poll {
    Resting(Wait),
    Asking(Call),
}

/// Where the person is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A confirmation was sent; `sending` is one more of them, perhaps to another address.
    Mailbox {
        confirmation: Confirmation,
        sending: Option<Box<(Confirmation, Call)>>,
        problem: Option<Failure>,
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
        Self::at(stage, Place::Mailbox { confirmation, sending: None, problem }, cx.now + MAILBOX, cx)
    }

    fn at(stage: Stage, place: Place, until: Time, cx: &mut Cx<'_>) -> Self {
        let poll = Poll::Resting(cx.pause(POLL));
        let mut this = Self { stage, since: cx.now, until, poll, place };
        this.rest(POLL, cx);
        this
    }

    /// Looks again after `pause`, or later if this has gone on for long, or never if only a code can help.
    fn rest(&mut self, pause: Duration, cx: &mut Cx<'_>) {
        let patient = (self.since.until(cx.now) / 20).min(POLL_AT_MOST);
        let next = if self.needs_code() { self.until } else { cx.now + pause.max(patient) };
        self.poll = Poll::Resting(cx.pause_until(next.min(self.until)));
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

    pub(crate) fn handle(
        &mut self,
        machine: &mut Machine,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> Outcome<State> {
        match event {
            Event::Intent(intent) => self.asked_for(machine, intent, cx),
            Event::Reply(id, reply) if self.is_sending(*id) => {
                self.resent(Some(reply), cx);
                Handled
            }
            Event::TimedOut(id) if self.is_sending(*id) => {
                self.resent(None, cx);
                Handled
            }
            Event::Reply(_, reply) => self.looked(machine, reply, cx),
            Event::TimedOut(_) => self.rested(machine, cx),
            Event::Start | Event::Callback(_) => Super,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the offers say which intents come here")]
    fn asked_for(&mut self, machine: &mut Machine, intent: &Intent, cx: &mut Cx<'_>) -> Outcome<State> {
        let (confirmation, sending, problem) = match (&mut self.place, intent) {
            (_, Intent::CheckNow) => {
                self.look(machine, cx);
                return Handled;
            }
            (Place::Browser { page }, Intent::OpenBrowser) => {
                cx.browse(page.0.clone());
                return Handled;
            }
            (Place::Browser { .. }, _) => return Super,
            (Place::Mailbox { confirmation, sending, problem }, _) => (confirmation, sending, problem),
        };
        let next = match intent {
            Intent::EnterCode { code } => {
                return Transition(machine.ask(Ask::Code(confirmation.clone(), code.clone()), cx));
            }
            Intent::Resend => Ok(confirmation.again()),
            intent => match Confirmation::asked_for(intent, cx) {
                Some(next) => next,
                None => return Super,
            },
        };
        *problem = None;
        match next {
            Ok(next) => {
                let call = next.request(&machine.base, cx);
                *sending = Some(Box::new((next, call)));
            }
            Err(refusal) => *problem = Some(Failure::refused(refusal)),
        }
        Handled
    }

    fn is_sending(&self, id: EffectId) -> bool {
        match &self.place {
            Place::Mailbox { sending, .. } => sending.as_ref().is_some_and(|sending| sending.1.wait.id == id),
            Place::Browser { .. } => false,
        }
    }

    /// What became of one more confirmation.
    fn resent(&mut self, reply: Option<&Reply>, cx: &mut Cx<'_>) {
        let Place::Mailbox { confirmation, sending, problem } = &mut self.place else { return };
        let Some((new, call)) = sending.take().map(|sending| *sending) else { return };
        let sent = match reply {
            Some(reply) => call.answer(reply, cx.now).and_then(|answer| new.requested(&answer)),
            None => Err(call.timed_out(cx.now)),
        };
        match sent {
            Ok(sent) => {
                *confirmation = sent;
                // A look that is under way still asks for the old address, which does no harm.
                if self.is_resting() {
                    self.rest(POLL, cx);
                }
            }
            Err(failure) => *problem = Some(failure),
        }
    }

    fn rested(&mut self, machine: &mut Machine, cx: &mut Cx<'_>) -> Outcome<State> {
        if self.until <= cx.now {
            let what = match self.place {
                Place::Mailbox { .. } => Expiring::Confirmation,
                Place::Browser { .. } => Expiring::Browser,
            };
            machine.unsure |= !self.is_resting();
            return Transition(
                machine.form(Some(Failure { cause: Cause::Expired { what }, evidence: None })),
            );
        }
        match &self.poll {
            Poll::Resting(_) => self.look(machine, cx),
            // The look took too long.
            Poll::Asking(_) => {
                machine.unsure = true;
                self.rest(POLL_LATER, cx);
            }
        }
        Handled
    }

    /// What would show that the stage is done.
    fn proof(&self) -> Auth {
        match &self.place {
            Place::Mailbox { confirmation, .. } => Auth::Address(self.stage.clone(), confirmation.clone()),
            Place::Browser { .. } => Auth::Session,
        }
    }

    /// Asks the server whether the stage is done.
    fn look(&mut self, machine: &Machine, cx: &mut Cx<'_>) {
        if let Some(call) = Ask::Submit(self.proof()).send(machine, cx) {
            self.poll = Poll::Asking(call);
        }
    }

    fn looked(&mut self, machine: &mut Machine, reply: &Reply, cx: &mut Cx<'_>) -> Outcome<State> {
        let Poll::Asking(call) = &self.poll else { return Super };
        let call = call.clone();
        let heard = call.answer(reply, cx.now).and_then(|answer| {
            let heard = Heard::read(&answer, &call, &machine.base, cx)?;
            Ok((heard, answer))
        });
        let failure = match heard {
            Ok((Heard::Challenge(uia, _), _)) => {
                machine.challenged(uia);
                if machine.current_stage().as_ref() != Some(&self.stage) {
                    return Transition(machine.proceed(cx));
                }
                self.rest(POLL, cx);
                return Handled;
            }
            Ok((heard, answer)) => return Transition(machine.heard(&self.proof(), heard, &answer, cx)),
            Err(failure) => failure,
        };
        match (failure.rate_limited_until(), &failure.cause) {
            (Some(at), _) => self.poll = Poll::Resting(cx.pause_until(at)),
            (None, Cause::Unavailable { .. }) => {
                machine.unsure = true;
                self.rest(POLL_LATER, cx);
            }
            (None, _) => return Transition(failed(failure)),
        }
        Handled
    }
}
