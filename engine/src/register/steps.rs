//! What follows what in a registration: from the form through the stages to the account.

use serde::Deserialize;

use crate::cx::{Cx, Event};
use crate::exchange::{RateLimits, answer};
use crate::failure::{Cause, Expiring, Failure, Misbehaviour, Missing, PasswordProblem, Refusal};
use crate::http::{Answer, Call};
use crate::intent::Intent;
use crate::secret::Secret;
use crate::stage::{Stage, StageKind};

use super::ask::{Ask, Auth, NewAccount, RegisterAnswer};
use super::away::{Away, Place};
use super::confirmation::Confirmation;
use super::machine::{End, Machine, State, ended, failed};
use super::refused::Verdict;
use super::session::{MAX_ROUNDS, SESSION_ROUNDS};
use super::stages::{is_silent, stage_kind};
use super::username::{Check, problem};

/// The longest password that Synapse takes, in characters.
const MAX_PASSWORD: usize = 512;

impl Machine {
    /// The form, with what was typed before.
    pub(crate) fn form(&mut self, problem: Option<Failure>) -> State {
        self.flow = None;
        self.draft.clone_from(&self.username);
        State::Filling { check: Check::Idle, problem }
    }

    pub(crate) fn account(&self) -> NewAccount<'_> {
        NewAccount {
            base: &self.base,
            username: &self.username,
            password: self.password.as_ref(),
            device_id: &self.device_id,
            uia: self.uia.as_deref(),
        }
    }

    pub(crate) fn uia_session(&self) -> Option<&Secret<String>> {
        self.uia.as_ref()?.session.as_ref()
    }

    pub(crate) fn submit_form(
        &mut self,
        username: &str,
        password: Option<&Secret<String>>,
        prefer: &[Stage],
        cx: &mut Cx<'_>,
    ) -> State {
        if self.username != username || password.is_some_and(|new| self.password.as_ref() != Some(new)) {
            // Another account than the one that may exist by now.
            self.unsure = false;
        }
        username.clone_into(&mut self.username);
        self.prefer = prefer.to_vec();
        if let Some(password) = password {
            self.password = Some(password.clone());
        }
        let length = self.password.as_ref().map_or(0, |p| p.expose().chars().count());
        let refusal = match problem(username) {
            Some(problem) => Some(Refusal::UsernameInvalid(problem)),
            None if length == 0 => Some(Refusal::PasswordMissing),
            None if length > MAX_PASSWORD => Some(Refusal::PasswordWeak(PasswordProblem::TooLong)),
            None => None,
        };
        if let Some(refusal) = refusal {
            if length == 0 {
                self.password = None;
            }
            return self.form(Some(Failure::refused(refusal)));
        }
        (self.under_way, self.rounds, self.flow) = (true, 0, None);
        // The account may be ours by now: whatever the user is asked next, the server may refuse because of that.
        match &self.uia {
            Some(_) if self.unsure => self.catch_up(cx),
            Some(_) => self.proceed(cx),
            None => self.ask(Ask::Submit(Auth::Absent), cx),
        }
    }

    /// After a pause or a kill: asks the server what it has seen.
    pub(crate) fn catch_up(&mut self, cx: &mut Cx<'_>) -> State {
        if !self.under_way {
            return self.form(None);
        }
        match self.uia_session() {
            Some(_) => self.ask(Ask::Submit(Auth::Session), cx),
            None if self.uia.is_some() && !self.unsure => self.proceed(cx),
            None => self.ask(Ask::Submit(Auth::Absent), cx),
        }
    }

    pub(crate) fn ask(&mut self, ask: Ask, cx: &mut Cx<'_>) -> State {
        match ask.send(&self.account(), cx) {
            Some(call) => State::Asking { ask, call },
            None => self.proceed(cx),
        }
    }

    /// The next stage of the chosen flow, or the choice of one.
    pub(crate) fn proceed(&mut self, cx: &mut Cx<'_>) -> State {
        self.rounds += 1;
        if self.rounds > MAX_ROUNDS {
            return failed(self.broken(Misbehaviour::NoProgress));
        }
        let Some(uia) = &self.uia else { return self.ask(Ask::Submit(Auth::Absent), cx) };
        let flow = self.flow.take().filter(|flow| uia.flows.contains(flow));
        let flow = flow.or_else(|| uia.choose(&self.prefer, &self.excluded).map(<[Stage]>::to_vec));
        let Some(flow) = flow else { return failed(self.no_flow()) };
        let next = uia.next(&flow).cloned();
        self.flow = Some(flow);
        match next {
            None => self.ask(Ask::Submit(Auth::Session), cx),
            Some(stage) => self.begin(stage, cx),
        }
    }

    fn begin(&mut self, stage: Stage, cx: &mut Cx<'_>) -> State {
        match stage.kind() {
            StageKind::Dummy => self.ask(Ask::Submit(Auth::Plain(stage)), cx),
            // The server's own page can show what we cannot.
            StageKind::Terms if self.uia.as_ref().is_some_and(|uia| uia.policies.is_none()) => {
                self.ask(Ask::Page(stage), cx)
            }
            StageKind::Terms | StageKind::RegistrationToken => State::Question { stage, problem: None },
            StageKind::Email | StageKind::Phone => match self.confirmation.take() {
                Some(sent) if stage_kind(sent.medium) != stage.kind() => {
                    State::Question { stage, problem: None }
                }
                Some(sent) if sent.was_sent() => State::Away(Box::new(Away::mailbox(stage, sent, None, cx))),
                Some(unsent) => self.ask(Ask::Confirm(unsent), cx),
                None => State::Question { stage, problem: None },
            },
            StageKind::Recaptcha | StageKind::Other => self.ask(Ask::Page(stage), cx),
        }
    }

    /// What the user says to a stage; `None` if that does not answer it.
    pub(crate) fn answer_stage(&mut self, stage: &Stage, intent: &Intent, cx: &mut Cx<'_>) -> Option<State> {
        let again =
            |refusal| State::Question { stage: stage.clone(), problem: Some(Failure::refused(refusal)) };
        let confirmation = match (stage.kind(), intent) {
            (StageKind::Terms, Intent::AcceptTerms) => {
                return Some(self.ask(Ask::Submit(Auth::Plain(stage.clone())), cx));
            }
            (StageKind::RegistrationToken, Intent::UseToken { token }) => {
                let plain = |b: u8| b.is_ascii_alphanumeric() || b"._~-".contains(&b);
                let token = Secret::new(token.expose().trim().to_owned());
                if !(1..=64).contains(&token.expose().len()) || !token.expose().bytes().all(plain) {
                    return Some(again(Refusal::TokenMalformed));
                }
                return Some(self.ask(Ask::Validity(token), cx));
            }
            (StageKind::Email, Intent::UseEmail { .. }) | (StageKind::Phone, Intent::UsePhone { .. }) => {
                Confirmation::asked_for(intent, cx)?
            }
            (_, _) => return None,
        };
        Some(match confirmation {
            Ok(confirmation) => self.ask(Ask::Confirm(confirmation), cx),
            Err(refusal) => again(refusal),
        })
    }

    pub(crate) fn answered(&mut self, ask: &Ask, call: &Call, event: &Event<'_>, cx: &mut Cx<'_>) -> State {
        let answer = match answer(call, event, cx.now) {
            Ok(answer) => answer,
            Err(failure) => return self.unanswered(ask, failure, cx),
        };
        self.limits = RateLimits::default();
        match ask {
            Ask::Submit(auth) => match RegisterAnswer::read(&answer, call, &self.account(), cx) {
                Ok(heard) => self.heard(auth, heard, &answer, cx),
                Err(failure) => self.unanswered(ask, failure, cx),
            },
            Ask::Afresh(auth) => match RegisterAnswer::read(&answer, call, &self.account(), cx) {
                Ok(RegisterAnswer::Challenge(uia, _)) => {
                    self.challenged(uia, &answer);
                    self.repeat(auth, cx)
                }
                Ok(heard) => self.heard(&Auth::Absent, heard, &answer, cx),
                Err(failure) => self.unanswered(ask, failure, cx),
            },
            Ask::Validity(token) => self.token_checked(token, &answer, cx),
            Ask::Confirm(confirmation) => match confirmation.requested(&answer) {
                Ok(confirmation) => self.confirming(confirmation, None, cx),
                Err(failure) => self.question_again(Some(failure), cx),
            },
            Ask::Code(confirmation, _) => match Confirmation::submitted(&answer) {
                Ok(()) => match self.current_stage() {
                    Some(stage) => self.ask(Ask::Submit(Auth::Address(stage, confirmation.clone())), cx),
                    None => self.proceed(cx),
                },
                Err(failure) => self.confirming(confirmation.clone(), Some(failure), cx),
            },
            Ask::Page(stage) if answer.status() == 404 => {
                self.excluded.push(stage.clone());
                self.flow = None;
                self.proceed(cx)
            }
            Ask::Page(stage) => State::Away(Box::new(Away::browser(stage.clone(), call.url().clone(), cx))),
        }
    }

    /// No usable answer: wait as the server asks, do without, or let the user decide.
    pub(crate) fn unanswered(&mut self, ask: &Ask, failure: Failure, cx: &mut Cx<'_>) -> State {
        if let Some(auth) = ask.auth().filter(|auth| self.is_foreign(auth, &failure)) {
            (self.unsure, self.limits) = (true, RateLimits::default());
            self.lose_session();
            return self.afresh(auth, cx);
        }
        let again_at = self.limits.again_at(&failure);
        // The validity of a token is worth no wait: submitting it tells as well.
        if let (Ask::Validity(token), Some(_)) = (ask, failure.rate_limited_until()) {
            return self.submit_token(token, cx);
        }
        if let Some(at) = again_at {
            return State::Limited { ask: ask.clone(), pause: cx.pause_until(at), failure };
        }
        match &failure.cause {
            Cause::Unavailable { .. } => {
                self.unsure |= ask.auth().is_some();
                if let Ask::Confirm(confirmation) | Ask::Code(confirmation, _) = ask {
                    self.confirmation.get_or_insert_with(|| confirmation.clone());
                }
                State::Failed { ask: ask.clone(), failure }
            }
            Cause::Refused { .. }
            | Cause::Expired { .. }
            | Cause::Unsupported { .. }
            | Cause::Misbehaved { .. }
            | Cause::Broken { .. } => failed(failure),
        }
    }

    fn token_checked(&mut self, token: &Secret<String>, answer: &Answer<'_>, cx: &mut Cx<'_>) -> State {
        #[derive(Deserialize)]
        struct Body {
            valid: bool,
        }
        match (answer.status(), answer.json::<Body>()) {
            (200, Ok(Body { valid: false })) => {
                let failure = answer.failure(Cause::Refused { refusal: Refusal::TokenInvalid });
                self.question_again(Some(failure), cx)
            }
            // Anything but a clear no is advice that we do not have.
            (_, Ok(_) | Err(_)) => self.submit_token(token, cx),
        }
    }

    fn submit_token(&mut self, token: &Secret<String>, cx: &mut Cx<'_>) -> State {
        match self.current_stage() {
            Some(stage) => self.ask(Ask::Submit(Auth::Token(stage, token.clone())), cx),
            None => self.proceed(cx),
        }
    }

    /// The confirmation is on its way to the user.
    fn confirming(&mut self, sent: Confirmation, problem: Option<Failure>, cx: &mut Cx<'_>) -> State {
        match self.current_stage() {
            Some(stage) => State::Away(Box::new(Away::mailbox(stage, sent, problem, cx))),
            None => self.proceed(cx),
        }
    }

    /// What is worth keeping when the user goes back to the form.
    pub(crate) fn remember(&mut self, state: &State) {
        if let State::Away(away) = state
            && let Place::Mailbox { confirmation, .. } = &away.place
        {
            self.confirmation = Some(confirmation.clone());
        }
    }

    pub(crate) fn current_stage(&self) -> Option<Stage> {
        self.uia.as_ref()?.next(self.flow.as_deref()?).cloned()
    }

    /// The current stage once more, because the last answer to it did not do.
    pub(crate) fn question_again(&mut self, problem: Option<Failure>, cx: &mut Cx<'_>) -> State {
        match self.current_stage() {
            Some(stage) => State::Question { stage, problem },
            None => self.proceed(cx),
        }
    }

    /// What `/register` said to `auth`.
    pub(crate) fn heard(
        &mut self,
        auth: &Auth,
        heard: RegisterAnswer,
        answer: &Answer<'_>,
        cx: &mut Cx<'_>,
    ) -> State {
        match heard {
            RegisterAnswer::Registered(session) => ended(End::Registered(*session)),
            RegisterAnswer::WithoutSession => {
                self.spend_session();
                self.sign_in(None)
            }
            RegisterAnswer::Unwanted(session, failure) => {
                self.spend_session();
                ended(End::Unwanted(*session, failure))
            }
            RegisterAnswer::Unreadable(failure) => {
                self.spend_session();
                failed(failure)
            }
            RegisterAnswer::Challenge(uia, refused) => {
                self.challenged(uia, answer);
                self.next_after(auth, refused, answer, cx)
            }
            RegisterAnswer::Refused(verdict) => self.refused(verdict, auth, cx),
        }
    }

    fn next_after(&mut self, auth: &Auth, refused: bool, answer: &Answer<'_>, cx: &mut Cx<'_>) -> State {
        let completed = |stage| self.uia.as_ref().is_some_and(|uia| uia.completed.contains(stage));
        let Some(stage) = auth.stage().filter(|stage| !completed(stage)).cloned() else {
            if auth.stage().is_none() && self.current_stage().is_none() {
                // All is done and still there is no account: asking again does not go on for ever.
                self.rounds += SESSION_ROUNDS;
            }
            return self.proceed(cx);
        };
        let refusal = match auth {
            // The server has not seen the confirmation yet, which is no failure.
            Auth::Address(_, confirmation) => return self.confirming(confirmation.clone(), None, cx),
            Auth::Token(..) => Refusal::TokenInvalid,
            Auth::Plain(_) if !refused => return failed(answer.misbehaved(Misbehaviour::NoProgress)),
            Auth::Plain(_) | Auth::Absent | Auth::Session => Refusal::StageFailed(stage.clone()),
        };
        let failure = answer.failure(Cause::Refused { refusal });
        if is_silent(&stage) { failed(failure) } else { State::Question { stage, problem: Some(failure) } }
    }

    fn refused(&mut self, verdict: Verdict, auth: &Auth, cx: &mut Cx<'_>) -> State {
        match verdict {
            Verdict::NameTaken(failure) if self.unsure => self.sign_in(Some(failure)),
            Verdict::NameTaken(failure) => {
                let (name, check) =
                    (self.username.clone(), Check::taken(failure.clone(), &self.username, cx));
                let mut form = self.form(Some(failure));
                if let State::Filling { check: shown, .. } = &mut form {
                    *shown = check;
                }
                self.draft = name;
                form
            }
            Verdict::Form(failure) => self.form(Some(failure)),
            Verdict::Address(failure) => {
                // The stage is completed, with an address that will not do: only a new session can undo that.
                (self.uia, self.confirmation) = (None, None);
                self.form(Some(failure))
            }
            Verdict::SessionLost(failure) => {
                let had_session = self.uia_session().is_some();
                self.lose_session();
                let cause = Cause::Expired { what: Expiring::RegistrationSession };
                let expired = Failure { cause, evidence: failure.evidence.clone() };
                if self.unsure {
                    self.sign_in(Some(expired))
                } else if !had_session {
                    self.form(Some(failure))
                } else {
                    self.afresh(auth, cx)
                }
            }
            Verdict::AwaitingApproval => ended(End::AwaitingApproval { username: self.username.clone() }),
            Verdict::Final(failure) => failed(failure),
        }
    }

    fn sign_in(&mut self, taken: Option<Failure>) -> State {
        let Some(password) = self.password.clone() else { return self.form(taken) };
        let (username, device_id) = (self.username.clone(), self.device_id.clone());
        ended(End::SignIn { username, password, device_id, taken })
    }

    fn no_flow(&self) -> Failure {
        match self.excluded.last() {
            Some(stage) => {
                let missing = Missing::RegistrationFlow { stage: stage.clone() };
                Failure { cause: Cause::Unsupported { missing }, evidence: self.told.clone() }
            }
            None => self.broken(Misbehaviour::NoFlows),
        }
    }

    /// What is wrong with what the server asks for.
    fn broken(&self, misbehaviour: Misbehaviour) -> Failure {
        Failure { cause: Cause::Misbehaved { misbehaviour }, evidence: self.told.clone() }
    }
}
