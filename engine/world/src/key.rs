//! Which worlds are alike? The abstraction under which there are finitely many.

use std::collections::BTreeSet;

use narthex::{Availability, Cause, Failure, Screen, StageKind};
use serde_json::Value;

use crate::class::Class;
use crate::world::World;

/// The name of a state on the map.
#[must_use]
pub fn node(screen: &Screen) -> String {
    let (name, failure): (String, Option<&Failure>) = match screen {
        Screen::Welcome { problem, .. } => ("Welcome".into(), problem.as_ref()),
        Screen::Paused { task, .. } => (format!("Paused_{task:?}"), None),
        Screen::Busy { task, .. } => (format!("Busy_{task:?}"), None),
        Screen::Limited { task, .. } => (format!("Limited_{task:?}"), None),
        Screen::Problem { task, failure, .. } => (format!("Problem_{task:?}"), Some(failure)),
        Screen::Choose { problem, .. } => ("Choose".into(), problem.as_ref()),
        Screen::RegisterForm { availability, problem, .. } => {
            let failure = match availability {
                Availability::Refused { failure, .. } => Some(failure),
                Availability::Unknown | Availability::Checking | Availability::Free => None,
            };
            ("RegisterForm".into(), problem.as_ref().or(failure))
        }
        Screen::Terms { .. } => ("Terms".into(), None),
        Screen::RegistrationToken { problem, .. } => ("RegistrationToken".into(), problem.as_ref()),
        Screen::Address { medium, problem, .. } => (format!("Address_{medium:?}"), problem.as_ref()),
        Screen::Confirmation { medium, code, problem, .. } => {
            let what = if *code { "Code" } else { "Link" };
            (format!("Confirmation_{medium:?}_{what}"), problem.as_ref())
        }
        Screen::InBrowser { stage, .. } => match stage.as_ref().map(narthex::Stage::kind) {
            None => ("InBrowser_Sso".into(), None),
            Some(StageKind::Recaptcha) => ("InBrowser_Recaptcha".into(), None),
            Some(_) => ("InBrowser_Stage".into(), None),
        },
        Screen::AwaitingApproval { .. } => ("AwaitingApproval".into(), None),
        Screen::SignedIn { task, problem, .. } => {
            let task = task.map(|task| format!("_{task:?}")).unwrap_or_default();
            (format!("SignedIn{task}"), problem.as_ref())
        }
        Screen::SessionEnded { soft, failure, .. } => {
            (if *soft { "SessionEnded_Soft" } else { "SessionEnded" }.into(), Some(failure))
        }
        Screen::SignedOut { server_told, .. } => {
            (if *server_told { "SignedOut" } else { "SignedOut_ServerNotTold" }.into(), None)
        }
    };
    failure.map_or(name.clone(), |failure| format!("{name}_{}", cause(&failure.cause)))
}

/// The class of a failure, and which one it is where that makes a difference to the person.
fn cause(cause: &Cause) -> String {
    let word =
        |text: String| text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
    match cause {
        Cause::Unavailable { .. } => "Unavailable".into(),
        Cause::Refused { refusal } => word(format!("{refusal:?}")),
        Cause::Expired { what } => format!("Expired_{what:?}"),
        Cause::Unsupported { missing } => format!("Unsupported_{}", word(format!("{missing:?}"))),
        Cause::Misbehaved { misbehaviour } => format!("Misbehaved_{}", word(format!("{misbehaviour:?}"))),
        Cause::Broken { .. } => "Broken".into(),
    }
}

/// On which map a state is.
#[must_use]
pub fn area(screen: &Screen) -> &'static str {
    use narthex::Task;
    let task = match screen {
        Screen::Busy { task, .. } | Screen::Limited { task, .. } | Screen::Problem { task, .. } => *task,
        Screen::Welcome { .. } | Screen::Choose { .. } | Screen::Paused { .. } => Task::FindServer,
        Screen::RegisterForm { .. } | Screen::Terms { .. } | Screen::RegistrationToken { .. } => {
            Task::Register
        }
        Screen::Address { .. } | Screen::Confirmation { .. } => Task::Register,
        Screen::InBrowser { stage: Some(_), .. } | Screen::AwaitingApproval { .. } => Task::Register,
        Screen::InBrowser { stage: None, .. } => Task::SignIn,
        Screen::SignedIn { .. } | Screen::SessionEnded { .. } | Screen::SignedOut { .. } => Task::KeepSession,
    };
    match task {
        Task::FindServer | Task::AskServer => "discovery",
        Task::Register | Task::CheckToken | Task::SendConfirmation | Task::CheckCode | Task::FindPage => {
            "registration"
        }
        Task::AwaitCallback | Task::SignIn => "sign-in",
        Task::KeepSession | Task::CheckSession | Task::Refresh | Task::SignOut | Task::EraseSession => {
            "session"
        }
    }
}

/// Parts of the engine's print-out that its screen does not show but that decide what happens next.
const HIDDEN: &[&str] = &[
    "renewed_once: true",
    "is_stored: true",
    "renewed: Some",
    "unsure: true",
    "under_way: true",
    "recover: Some",
    "again: Some",
    "Resting",
    "sending: Some",
    "Settling",
    "problem: Some",
];

impl World {
    /// Names under which this world counts as known. It is new if one of them is.
    ///
    /// Where several things are answered side by side, each of them counts by itself, not their product.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let view = self.engine.view();
        let open: Vec<_> = self.open.iter().map(|open| (open.class, open.told)).collect();
        let printed = format!("{:?}", self.engine);
        let hidden: Vec<_> = HIDDEN.iter().map(|part| u8::from(printed.contains(part))).collect();
        let awaits = self.awaits_callback();
        let place = format!("{} {:?} {open:?} {hidden:?} {awaits}", node(&view.screen), view.offers);
        let discovering = matches!(area(&view.screen), "discovery");
        if discovering && !matches!(view.screen, Screen::Paused { .. }) {
            let mut keys: Vec<_> = [Class::LoginFlows, Class::Probe, Class::AuthMetadata]
                .iter()
                .map(|class| format!("{place} {:?} {:?}", class, self.heard.get(class)))
                .collect();
            keys.push(format!("{place} {}", self.redirects));
            return keys;
        }
        vec![format!("{place} {} {}", self.registration(), self.history())]
    }

    /// What was used up, and what would be lost.
    fn history(&self) -> String {
        let kind = |secret: &str| {
            secret.split(|c: char| c.is_ascii_digit() && c != '4' && c != '3').next().map(str::to_owned)
        };
        let spent: BTreeSet<_> = self.memory.spent.iter().filter_map(|secret| kind(secret)).collect();
        let stored = self.stored.last().map(|session| session.refresh_token.is_some());
        format!("{spent:?} {} {stored:?}", self.memory.issued.is_some())
    }

    /// What a registration under way has come to.
    fn registration(&self) -> String {
        let Some(saved) = self.engine.save() else { return String::new() };
        let saved: Value = serde_json::from_str(saved.to_json().expose()).unwrap_or_default();
        let (uia, confirmation) = (&saved["uia"], &saved["confirmation"]);
        let again = confirmation["attempt"].as_u64().unwrap_or_default().min(2);
        format!(
            "{} {} {} {} {} {} {again} {}",
            saved["flow"],
            uia["flows"],
            uia["completed"],
            uia["session"].is_null(),
            saved["excluded"],
            confirmation["medium"],
            confirmation["submit_url"].is_null(),
        )
    }
}
