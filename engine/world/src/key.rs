//! Which worlds are alike? The abstraction under which there are finitely many.

use std::collections::BTreeSet;

use narthex::{Availability, Cause, Failure, Screen, StageKind, Task};

use crate::answers;
use crate::class::Class;
use crate::outline;
use crate::world::{UIA_MARK, World};

/// The name of a state on the map.
#[must_use]
pub fn node(screen: &Screen) -> String {
    let (name, failure) = named(screen);
    failure.map_or(name.clone(), |failure| format!("{name}_{}", cause(&failure.cause)))
}

/// The name of a state that something leaves: in a form, the problem that stands there makes no difference to that.
#[must_use]
pub fn left(screen: &Screen) -> String {
    let is_form = matches!(
        screen,
        Screen::RegisterForm { .. }
            | Screen::RegistrationToken { .. }
            | Screen::Address { .. }
            | Screen::Confirmation { .. }
    );
    if is_form { named(screen).0 } else { node(screen) }
}

fn named(screen: &Screen) -> (String, Option<&Failure>) {
    match screen {
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
        Screen::InBrowser { stage, url, .. } => match stage.as_ref().map(narthex::Stage::kind) {
            None if url.query_pairs().any(|(name, _)| name == "state") => ("InBrowser_OAuth".into(), None),
            None => ("InBrowser_Sso".into(), None),
            Some(StageKind::Recaptcha) => ("InBrowser_Recaptcha".into(), None),
            Some(_) => ("InBrowser_Stage".into(), None),
        },
        Screen::UserCode { .. } => ("UserCode".into(), None),
        Screen::Warning { role, about, .. } => (format!("Warning_{role:?}_{about:?}"), None),
        Screen::Scanner { role, problem, .. } => (format!("Scanner_{role:?}"), problem.as_ref()),
        Screen::QrCode { role, .. } => (format!("QrCode_{role:?}"), None),
        Screen::CheckCode { role, .. } => (format!("CheckCode_{role:?}"), None),
        Screen::EnterCheckCode { role, .. } => (format!("EnterCheckCode_{role:?}"), None),
        Screen::ConfirmServer { .. } => ("ConfirmServer".into(), None),
        Screen::Consent { .. } => ("Consent".into(), None),
        Screen::ConfirmAccount { .. } => ("ConfirmAccount".into(), None),
        Screen::Linked { .. } => ("Linked".into(), None),
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
    }
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

/// On which map a world is.
#[must_use]
pub fn area(world: &World) -> &'static str {
    if world.engine.is_authorizing() {
        return "oauth";
    }
    let task = match &world.engine.view().screen {
        Screen::Busy { task, .. } | Screen::Limited { task, .. } | Screen::Problem { task, .. } => *task,
        Screen::Welcome { .. } | Screen::Choose { .. } | Screen::Paused { .. } => Task::FindServer,
        Screen::RegisterForm { .. } | Screen::Terms { .. } | Screen::RegistrationToken { .. } => {
            Task::Register
        }
        Screen::Address { .. } | Screen::Confirmation { .. } => Task::Register,
        Screen::InBrowser { stage: Some(_), .. } | Screen::AwaitingApproval { .. } => Task::Register,
        Screen::InBrowser { stage: None, .. } | Screen::UserCode { .. } => Task::SignIn,
        Screen::SignedIn { .. } | Screen::SessionEnded { .. } | Screen::SignedOut { .. } => Task::KeepSession,
        Screen::Warning { .. } | Screen::Scanner { .. } | Screen::QrCode { .. } => Task::AwaitDevice,
        Screen::CheckCode { .. } | Screen::EnterCheckCode { .. } => Task::AwaitDevice,
        Screen::ConfirmServer { .. } | Screen::Consent { .. } => Task::AwaitDevice,
        Screen::ConfirmAccount { .. } | Screen::Linked { .. } => Task::AwaitDevice,
    };
    match task {
        Task::FindServer | Task::AskServer => "discovery",
        Task::Register
        | Task::CheckToken
        | Task::SendConfirmation
        | Task::CheckConfirmation
        | Task::FindPage => "registration",
        Task::AwaitCallback | Task::RegisterClient | Task::GetUserCode => "sign-in",
        Task::CheckStorage | Task::SignIn => "sign-in",
        Task::KeepSession
        | Task::CheckSession
        | Task::ListDevices
        | Task::Refresh
        | Task::SignOut
        | Task::EraseSession
        | Task::ForgetSession => "session",
        Task::OpenRendezvous
        | Task::JoinRendezvous
        | Task::AwaitDevice
        | Task::TellDevice
        | Task::CheckDevice
        | Task::CheckSecrets
        | Task::ConfirmAccount
        | Task::AdoptSecrets
        | Task::ShareSecrets
        | Task::AwaitVerification => "two-devices",
        _ => "elsewhere",
    }
}

impl World {
    /// Names under which this world counts as known. It is new if one of them is.
    ///
    /// Where several things are answered side by side, each of them counts by itself, not their product.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let view = self.engine.view();
        let open: Vec<_> = self.open.iter().map(|open| (open.class, open.told)).collect();
        let awaits = self.awaits_callback();
        // To sign in again is to look for a server and to choose as well, but as somebody.
        let again = self.engine.signs_in_again();
        // Not every way in leads to a device whose name the server has made up.
        let of_old = again.map(|(device_id, _)| device_id == "OLD");
        let place = format!("{} {:?} {open:?} {awaits} {of_old:?}", node(&view.screen), view.offers);
        // Where nothing is stored of the old session it all goes the same way, until it is given up.
        if again.is_some_and(|(_, is_gone)| is_gone) {
            return vec![format!("of a session that is gone: {place}")];
        }
        let (rest, asked) = outline::of(&self.engine);
        // What is chosen is chosen of what was found; but what an earlier run left goes its own way.
        let chosen = matches!(view.screen, Screen::Busy { task: Task::CheckStorage, .. })
            && self.engine.save().is_none();
        let discovering = matches!(area(self), "discovery") && !matches!(view.screen, Screen::Paused { .. });
        if discovering || chosen {
            let place = if chosen { format!("{place} {rest:?}") } else { place };
            // What is typed is an expectation of what follows.
            let place = format!("{place} {:?}", self.memory.expects.is_some());
            // What is said of the rendezvous leads nowhere else: in which order it comes counts, and not with what, or all
            // of this would be there twice.
            if self.open.iter().any(|open| open.class == Class::Rendezvous) {
                return vec![format!("{place} {}", self.redirects)];
            }
            let mut keys: Vec<_> =
                [Class::LoginFlows, Class::IssuerMetadata, Class::Probe, Class::AuthMetadata]
                    .iter()
                    .map(|class| {
                        format!("{place} {class:?} {:?}", self.heard.get(class).map(|name| gist(name)))
                    })
                    .collect();
            keys.push(format!("{place} {}", self.redirects));
            return keys;
        }
        vec![format!("{place} {asked:?}"), format!("{place} {rest:?} {:?}", self.history())]
    }

    /// What was used up, what would be lost, and how often a code was sent.
    fn history(&self) -> (bool, bool, usize, usize) {
        let used = self.memory.spent.iter().any(|secret| secret.starts_with(UIA_MARK));
        let devices: BTreeSet<_> = self.stored.iter().map(|session| &session.device_id).collect();
        (used, self.memory.issued.is_some(), devices.len(), self.memory.sent.len().min(3))
    }
}

/// What comes instead of any answer leads to the same wherever it comes.
fn gist(name: &str) -> &str {
    let fault = answers::anywhere("").iter().any(|(fault, _)| *fault == name);
    if fault && !matches!(name, "429" | "400 limited") { "fault" } else { name }
}
