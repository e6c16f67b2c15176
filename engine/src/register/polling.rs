//! Waiting for what the person does elsewhere: opening a link in a mail, solving a captcha in the browser.

use std::time::Duration;

use statig::Outcome::{self, Handled, Super, Transition};
use url::Url;

use crate::cx::{Cx, Event};
use crate::failure::{Cause, Expiring, Failure};
use crate::http::Call;
use crate::intent::Intent;
use crate::io::{EffectId, Reply};
use crate::stage::Stage;

use super::ask::{Ask, Auth, Heard};
use super::confirmation::Confirmation;
use super::machine::{Machine, Poll, State};
use super::username::retry_at;

/// Between two looks. Servers limit `/register` strictly: Synapse to one in six seconds.
const POLL: Duration = Duration::from_secs(6);
/// After a look that failed.
const POLL_LATER: Duration = Duration::from_secs(15);
/// How long the person may stay in the browser.
const BROWSER: Duration = Duration::from_secs(30 * 60);
/// As long as no code was entered there is nothing to look for.
const CODE: Duration = Duration::from_secs(24 * 3600);

impl Machine {
    pub(crate) fn in_browser(&self, stage: Stage, url: Url, cx: &mut Cx<'_>) -> State {
        cx.browse(url.clone());
        State::InBrowser { stage, url, poll: Poll::Resting(cx.pause(POLL)), until: cx.now + BROWSER }
    }

    pub(crate) fn confirming(&self, stage: Stage, confirmation: Confirmation, cx: &mut Cx<'_>) -> State {
        let rest = if confirmation.submit_url.is_some() { CODE } else { POLL };
        let poll = Poll::Resting(cx.pause(rest));
        State::Confirming { stage, confirmation, poll, sending: None, problem: None }
    }

    /// The confirmation is on its way to the person.
    pub(crate) fn confirmation_sent(&mut self, confirmation: Confirmation, cx: &mut Cx<'_>) -> State {
        match self.current_stage() {
            Some(stage) => self.confirming(stage, confirmation, cx),
            None => self.proceed(cx),
        }
    }

    pub(crate) fn confirming_again(
        &mut self,
        confirmation: Confirmation,
        failure: Failure,
        cx: &mut Cx<'_>,
    ) -> State {
        let mut state = self.confirmation_sent(confirmation, cx);
        if let State::Confirming { problem, .. } = &mut state {
            *problem = Some(failure);
        }
        state
    }

    /// The server has not seen the confirmation yet, which is no failure.
    pub(crate) fn confirmation_pending(&mut self, confirmation: Confirmation, cx: &mut Cx<'_>) -> State {
        self.confirmation_sent(confirmation, cx)
    }

    /// What is worth keeping when the person goes back to the form.
    pub(crate) fn remember(&mut self, state: &State) {
        if let State::Confirming { confirmation, .. } = state {
            self.confirmation = Some(confirmation.clone());
        }
    }

    /// An event while the person is elsewhere.
    pub(crate) fn waiting(
        &mut self,
        state: &mut State,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> Outcome<State> {
        match event {
            Event::Intent(intent) => self.asked_for(state, intent, cx),
            Event::Reply(id, reply) => self.replied(state, *id, reply, cx),
            Event::TimedOut(id) => self.rested(state, *id, cx),
            Event::Start | Event::Link(_) => Super,
        }
    }

    fn asked_for(&mut self, state: &mut State, intent: &Intent, cx: &mut Cx<'_>) -> Outcome<State> {
        match (state, intent) {
            (State::InBrowser { url, .. }, Intent::OpenBrowser) => {
                cx.browse(url.clone());
                Handled
            }
            (state @ (State::InBrowser { .. } | State::Confirming { .. }), Intent::CheckNow) => {
                self.look(state, cx);
                Handled
            }
            (State::Confirming { confirmation, sending, problem, .. }, Intent::Resend) => {
                let again = confirmation.again();
                let call = again.request(&self.base, cx);
                (*sending, *problem) = (Some((again, call)), None);
                Handled
            }
            (State::Confirming { confirmation, .. }, Intent::EnterCode { code }) => {
                let ask = Ask::Code(confirmation.clone(), code.clone());
                Transition(self.ask(ask, cx))
            }
            (State::Confirming { stage, sending, problem, .. }, intent) => {
                let other = match (stage.kind(), intent) {
                    (_, Intent::UseEmail { address }) => Confirmation::email(address, cx),
                    (_, Intent::UsePhone { country, number }) => Confirmation::phone(country, number, cx),
                    (_, _) => return Super,
                };
                match other {
                    Ok(other) => {
                        let call = other.request(&self.base, cx);
                        (*sending, *problem) = (Some((other, call)), None);
                    }
                    Err(refusal) => *problem = Some(Failure::refused(refusal)),
                }
                Handled
            }
            (_, _) => Super,
        }
    }

    fn rested(&mut self, state: &mut State, id: EffectId, cx: &mut Cx<'_>) -> Outcome<State> {
        match state {
            State::Confirming { sending, problem, .. }
                if sending.as_ref().is_some_and(|(_, call)| call.wait.id == id) =>
            {
                *problem = sending.take().map(|(_, call)| call.timed_out(cx.now));
                return Handled;
            }
            State::InBrowser { until, .. } if *until <= cx.now => {
                let cause = Cause::Expired { what: Expiring::Browser };
                return Transition(self.form(Some(Failure { cause, evidence: None })));
            }
            _ => {}
        }
        let rest = match state {
            State::Confirming { poll, .. } | State::InBrowser { poll, .. } => match poll {
                // The look took too long.
                Poll::Asking(_) => {
                    self.unsure = true;
                    Some(Poll::Resting(cx.pause(POLL_LATER)))
                }
                Poll::Resting(_) => None,
            },
            _ => return Super,
        };
        match rest {
            Some(rest) => set_poll(state, rest),
            None => self.look(state, cx),
        }
        Handled
    }

    /// Asks the server whether the stage is done.
    fn look(&self, state: &mut State, cx: &mut Cx<'_>) {
        let auth = match state {
            State::Confirming { confirmation, .. } if confirmation.submit_url.is_some() => {
                return set_poll(state, Poll::Resting(cx.pause(CODE)));
            }
            State::Confirming { stage, confirmation, .. } => {
                Auth::Address(stage.clone(), confirmation.clone())
            }
            _ => Auth::Session,
        };
        if let Some(call) = Ask::Submit(auth).send(self, cx) {
            set_poll(state, Poll::Asking(call));
        }
    }

    fn replied(&mut self, state: &mut State, id: EffectId, reply: &Reply, cx: &mut Cx<'_>) -> Outcome<State> {
        match state {
            State::Confirming { sending: Some((_, call)), .. } if call.wait.id == id => {
                self.resent(state, reply, cx);
                Handled
            }
            State::Confirming { poll: Poll::Asking(call), .. }
            | State::InBrowser { poll: Poll::Asking(call), .. } => {
                let call = call.clone();
                self.looked(state, &call, reply, cx)
            }
            _ => Super,
        }
    }

    fn resent(&mut self, state: &mut State, reply: &Reply, cx: &mut Cx<'_>) {
        let State::Confirming { confirmation, sending, problem, poll, .. } = state else { return };
        let Some((new, call)) = sending.take() else { return };
        match call.answer(reply, cx.now).and_then(|answer| new.requested(&answer)) {
            Ok(sent) => {
                // The old address no longer counts; a look that is under way still asks for it.
                if sent.submit_url.is_some() != confirmation.submit_url.is_some() && poll.is_resting() {
                    *poll = Poll::Resting(cx.pause(if sent.submit_url.is_some() { CODE } else { POLL }));
                }
                *confirmation = sent;
            }
            Err(failure) => *problem = Some(failure),
        }
    }

    fn looked(&mut self, state: &mut State, call: &Call, reply: &Reply, cx: &mut Cx<'_>) -> Outcome<State> {
        let (stage, auth) = match state {
            State::Confirming { stage, confirmation, .. } => {
                (stage.clone(), Auth::Address(stage.clone(), confirmation.clone()))
            }
            State::InBrowser { stage, .. } => (stage.clone(), Auth::Session),
            _ => return Super,
        };
        let heard = call.answer(reply, cx.now).and_then(|answer| {
            let heard = Heard::read(&answer, call, &self.base, cx)?;
            Ok((heard, answer))
        });
        match heard {
            Ok((Heard::Challenge(uia, _), _)) => {
                self.challenged(uia);
                if self.current_stage().as_ref() != Some(&stage) {
                    return Transition(self.proceed(cx));
                }
                set_poll(state, Poll::Resting(cx.pause(POLL)));
                Handled
            }
            Ok((heard, answer)) => Transition(self.heard(&auth, heard, &answer, cx)),
            Err(failure) => match (retry_at(&failure), &failure.cause) {
                (Some(at), _) => {
                    set_poll(state, Poll::Resting(cx.pause_until(at)));
                    Handled
                }
                (None, Cause::Unavailable { .. }) => {
                    self.unsure = true;
                    set_poll(state, Poll::Resting(cx.pause(POLL_LATER)));
                    Handled
                }
                (None, _) => Transition(super::machine::failed(failure)),
            },
        }
    }
}

fn set_poll(state: &mut State, new: Poll) {
    if let State::Confirming { poll, .. } | State::InBrowser { poll, .. } = state {
        *poll = new;
    }
}
