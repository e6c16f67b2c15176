//! Which message names a task, a stage, a strength.

use narthex::{Finding, Medium, Probe, StageKind, Step, Task};
use serde::Serialize;

use crate::plain::plain;
use crate::text::Text;

impl Text {
    /// What is being done, for a spinner.
    #[must_use]
    pub fn task(&self, task: Task, server: &str) -> String {
        self.say(&id("task", &task), &[("server", plain(server).into())])
    }

    /// What a stage of a registration asks for.
    #[must_use]
    pub fn stage(&self, kind: StageKind) -> String {
        let id = match kind {
            StageKind::Dummy => "stage-dummy",
            StageKind::Terms => "stage-terms",
            StageKind::RegistrationToken => "stage-registration-token",
            StageKind::Email => "stage-email",
            StageKind::Phone => "stage-phone",
            StageKind::Recaptcha => "stage-recaptcha",
            StageKind::Other => "stage-other",
            _ => "stage-other",
        };
        self.say(id, &[])
    }

    /// A kind of address.
    #[must_use]
    pub fn medium(&self, medium: Medium) -> String {
        let id = match medium {
            Medium::Email => "medium-email",
            Medium::Phone => "medium-phone",
        };
        self.say(id, &[])
    }

    /// What a server is asked about what it offers.
    #[must_use]
    pub fn probe(&self, probe: Probe) -> String {
        let id = match probe {
            Probe::WellKnown => "probe-well-known",
            Probe::Versions => "probe-versions",
            Probe::Login => "probe-login",
            Probe::AuthMetadata => "probe-auth-metadata",
            Probe::AuthMetadataUnstable => "probe-auth-metadata-unstable",
            Probe::IssuerMetadata => "probe-issuer-metadata",
            Probe::Registration => "probe-registration",
            Probe::Rendezvous => "probe-rendezvous",
        };
        self.say(id, &[])
    }

    /// What came of it.
    #[must_use]
    pub fn finding(&self, step: &Step) -> String {
        match &step.finding {
            Finding::Present => self.say("finding-present", &[]),
            Finding::Absent => self.say("finding-absent", &[]),
            Finding::Declined => self.say("finding-declined", &[]),
            Finding::Faulty { cause } => self.headline(cause, Some(&step.evidence)),
        }
    }

    /// What can be done.
    #[must_use]
    pub fn offer(&self, offer: narthex::Offer) -> String {
        self.say(&id("offer", &offer), &[])
    }

    /// What makes a password weak: a `narthex_strength::Warning`.
    #[must_use]
    pub fn warning(&self, warning: &impl Serialize) -> String {
        self.say(&id("warning", warning), &[])
    }

    /// What would make it better: a `narthex_strength::Suggestion`.
    #[must_use]
    pub fn suggestion(&self, suggestion: &impl Serialize) -> String {
        self.say(&id("suggestion", suggestion), &[])
    }
}

/// The id of a message that is named as the value is in JSON.
pub(crate) fn id(prefix: &str, value: &impl Serialize) -> String {
    format!("{prefix}-{}", name(value).replace('_', "-"))
}

/// The name of the value in JSON.
pub(crate) fn name(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(_) | Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use narthex_strength::{Suggestion, Warning};

    use super::*;

    #[test]
    fn every_reason_about_a_password_has_its_words() {
        let text = Text::in_language(&[], &[]);
        for warning in Warning::ALL {
            assert!(text.warning(warning).contains(' '), "{warning:?}");
        }
        for suggestion in Suggestion::ALL {
            assert!(text.suggestion(suggestion).contains(' '), "{suggestion:?}");
        }
    }
}
