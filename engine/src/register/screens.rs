//! What the states of a registration show.

use crate::failure::Failure;
use crate::stage::{Medium, Stage, StageKind};
use crate::view::{Progress, Screen};

use super::away::{Away, Place};
use super::machine::{Machine, State};
use super::stages::is_silent;
use super::username::Check;

impl Machine {
    pub(crate) fn form_screen(&self, state: &State) -> Screen {
        let (availability, problem) = match state {
            State::Filling { check, problem } => (check.availability(), problem.clone()),
            State::New
            | State::Cancelled
            | State::Asking { .. }
            | State::Limited { .. }
            | State::Failed { .. }
            | State::Question { .. }
            | State::Away(_)
            | State::Ended(_) => (Check::Idle.availability(), None),
        };
        Screen::RegisterForm {
            server: self.server.clone(),
            username: self.draft.clone(),
            availability,
            password_given: self.password.is_some(),
            flows: self.uia.as_ref().map(|uia| uia.flows.clone()).unwrap_or_default(),
            problem,
        }
    }

    pub(crate) fn question_screen(&self, stage: &Stage, problem: Option<Failure>) -> Screen {
        let progress = self.progress();
        match stage.kind() {
            StageKind::Terms => {
                let policies = self.uia.as_ref().and_then(|uia| uia.policies.clone()).unwrap_or_default();
                Screen::Terms { progress, policies, problem }
            }
            StageKind::Email => Screen::Address { progress, medium: Medium::Email, problem },
            StageKind::Phone => Screen::Address { progress, medium: Medium::Phone, problem },
            StageKind::RegistrationToken | StageKind::Dummy | StageKind::Recaptcha | StageKind::Other => {
                Screen::RegistrationToken { progress, problem }
            }
        }
    }

    pub(crate) fn away_screen(&self, away: &Away) -> Screen {
        match &away.place {
            Place::Mailbox { confirmation, problem, .. } => Screen::Confirmation {
                progress: self.progress(),
                medium: confirmation.medium,
                address: confirmation.address.clone(),
                code: confirmation.submit_url.is_some(),
                sent: confirmation.attempt,
                problem: problem.as_deref().cloned(),
            },
            Place::Browser { page } => Screen::InBrowser {
                server: self.server.clone(),
                url: page.0.clone(),
                stage: Some(away.stage.clone()),
                progress: Some(self.progress()),
                until: away.until(),
                role: None,
            },
        }
    }

    /// Which of the questions to the user we are at.
    fn progress(&self) -> Progress {
        let flow = self.flow.as_deref().unwrap_or_default();
        let questions = || flow.iter().filter(|stage| !is_silent(stage));
        let completed = self.uia.as_ref().map_or(&[][..], |uia| &uia.completed);
        let done = questions().filter(|stage| completed.contains(stage)).count();
        let of = questions().count();
        Progress { server: self.server.clone(), step: (done + 1).min(of.max(1)), of: of.max(1) }
    }
}
