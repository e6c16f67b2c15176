//! Looking again and again whether the user has done a stage elsewhere.

use statig::Outcome::{self, Handled, Super, Transition};

use crate::cx::{Cx, Event};
use crate::exchange::answer;
use crate::failure::{Cause, Expiring, Failure};
use crate::http::Call;
use crate::intent::Intent;

use super::ask::{Ask, RegisterAnswer};
use super::away::{Away, Later, Place};
use super::confirmation::Confirmation;
use super::machine::{Machine, State, failed};

impl Machine {
    pub(crate) fn away(&mut self, away: &mut Away, event: &Event<'_>, cx: &mut Cx<'_>) -> Outcome<State> {
        match event {
            Event::Intent(intent) => self.asked_for(away, intent, cx),
            Event::Reply(id, _) | Event::TimedOut(id) if away.is_sending(*id) => {
                away.resent(event, cx);
                Handled
            }
            Event::Reply(..) => match away.looking().cloned() {
                Some(call) => self.looked(away, &call, event, cx),
                None => Super,
            },
            Event::TimedOut(_) => self.rested(away, cx),
            Event::Start | Event::Callback(_) => Super,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the offers say which intents come here")]
    fn asked_for(&mut self, away: &mut Away, intent: &Intent, cx: &mut Cx<'_>) -> Outcome<State> {
        let (confirmation, sending, problem) = match (&mut away.place, intent) {
            (_, Intent::CheckNow) => {
                self.look(away, cx);
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
                return Transition(self.ask(Ask::Code(confirmation.clone(), code.clone()), cx));
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
                let call = next.request(&self.base, cx);
                *sending = Some(Box::new((next, call)));
            }
            Err(refusal) => *problem = Some(Box::new(Failure::refused(refusal))),
        }
        Handled
    }

    fn rested(&mut self, away: &mut Away, cx: &mut Cx<'_>) -> Outcome<State> {
        if away.until() <= cx.now {
            let what = match away.place {
                Place::Mailbox { .. } => Expiring::Confirmation,
                Place::Browser { .. } => Expiring::Browser,
            };
            self.unsure |= !away.is_resting();
            return Transition(self.form(Some(Failure { cause: Cause::Expired { what }, evidence: None })));
        }
        if away.is_resting() {
            self.look(away, cx);
        } else {
            // The look took too long.
            self.unsure = true;
            away.rest(Later::Failed, cx);
        }
        Handled
    }

    /// Asks the server whether the stage is done.
    fn look(&self, away: &mut Away, cx: &mut Cx<'_>) {
        if let Some(call) = Ask::Submit(away.proof()).send(&self.account(), cx) {
            away.look(call);
        }
    }

    fn looked(&mut self, away: &mut Away, call: &Call, event: &Event<'_>, cx: &mut Cx<'_>) -> Outcome<State> {
        let heard = answer(call, event, cx.now).and_then(|answer| {
            let heard = RegisterAnswer::read(&answer, call, &self.account(), cx)?;
            Ok((heard, answer))
        });
        let failure = match heard {
            Ok((RegisterAnswer::Challenge(uia, _), answer)) => {
                self.challenged(uia, &answer);
                if self.current_stage().as_ref() != Some(&away.stage) {
                    return Transition(self.proceed(cx));
                }
                away.rest(Later::Soon, cx);
                return Handled;
            }
            Ok((heard, answer)) => return Transition(self.heard(&away.proof(), heard, &answer, cx)),
            Err(failure) => failure,
        };
        match (failure.rate_limited_until(), &failure.cause) {
            (Some(at), _) => away.rest(Later::At(at), cx),
            (None, Cause::Unavailable { .. }) => {
                self.unsure = true;
                away.rest(Later::Failed, cx);
            }
            (None, _) => return Transition(failed(failure)),
        }
        Handled
    }
}
