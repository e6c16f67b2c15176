//! Was every screen, offer, task and failure reached?

use std::collections::BTreeSet;

use narthex::{Availability, Cause, Failure, Finding, Offer, Screen, Task};

use crate::world::World;

/// What was reached so far.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    screens: BTreeSet<&'static str>,
    offers: BTreeSet<Offer>,
    tasks: BTreeSet<Task>,
    causes: BTreeSet<String>,
}

/// What is on offer only where another device takes part: see the simulator's pairs.
const OF_TWO_DEVICES: [Offer; 2] = [Offer::Confirm, Offer::CannotOpen];

const SCREENS: [&str; 21] = [
    "Welcome",
    "Warning",
    "Scanner",
    "Paused",
    "Busy",
    "Limited",
    "Problem",
    "Choose",
    "RegisterForm",
    "Terms",
    "RegistrationToken",
    "Address",
    "Confirmation",
    "InBrowser for a stage",
    "InBrowser for single sign-on",
    "InBrowser for OAuth",
    "UserCode",
    "AwaitingApproval",
    "SignedIn",
    "SessionEnded",
    "SignedOut",
];

const TASKS: [Task; 19] = [
    Task::FindServer,
    Task::AskServer,
    Task::Register,
    Task::CheckToken,
    Task::SendConfirmation,
    Task::CheckConfirmation,
    Task::FindPage,
    Task::AwaitCallback,
    Task::RegisterClient,
    Task::GetUserCode,
    Task::CheckStorage,
    Task::SignIn,
    Task::KeepSession,
    Task::CheckSession,
    Task::ListDevices,
    Task::Refresh,
    Task::SignOut,
    Task::EraseSession,
    Task::ForgetSession,
];

/// The failures that only a person, a server or a clock of a certain kind leads to, as they print.
const CAUSES: &[&str] = &[
    "Broken ReplyOfAnotherKind",
    "Expired AuthorizationCode",
    "Expired Browser",
    "Expired Confirmation",
    "Expired RegistrationSession",
    "Expired UserCode",
    "Misbehaved BodyTooLarge",
    "Misbehaved DelegationBroken",
    "Misbehaved ForeignEndpoint",
    "Misbehaved InsecureAddress",
    "Misbehaved InvalidField",
    "Misbehaved MalformedBody",
    "Misbehaved MalformedCallback",
    "Misbehaved NoFlows",
    "Misbehaved NoProgress",
    "Misbehaved UnexpectedStatus",
    "Misbehaved WrongIssuer",
    "Misbehaved WrongScope",
    "Refused AccessTokenInvalid",
    "Refused AccountElsewhere",
    "Refused AddressDenied",
    "Refused AddressInUse",
    "Refused AddressInvalid",
    "Refused ClientRefused",
    "Refused CodeWrong",
    "Refused ConsentNeeded",
    "Refused Deactivated",
    "Refused Declined",
    "Refused HomeserverUnclear",
    "Refused Locked",
    "Refused LoginTokenInvalid",
    "Refused Other",
    "Refused PasswordMissing",
    "Refused PasswordWeak",
    "Refused RegistrationClosed",
    "Refused ServerFull",
    "Refused ServerInsecure",
    "Refused ServerNotUnderstood",
    "Refused SessionOfAnother",
    "Refused SignedOutElsewhere",
    "Refused StageFailed",
    "Refused TokenInvalid",
    "Refused TokenMalformed",
    "Refused UsernameInvalid",
    "Refused UsernameReserved",
    "Refused UsernameTaken",
    "Refused WrongAccount",
    "Refused WrongCredentials",
    "Refused WrongKindOfCode",
    "Unavailable AuthorizationServer",
    "Unavailable Network",
    "Unavailable NotTheServer",
    "Unavailable RateLimited",
    "Unavailable ServerError",
    "Unavailable SessionBusy",
    "Unavailable Storage",
    "Unavailable TimedOut",
    "Unavailable Unclear",
    "Unsupported AuthorizationCode",
    "Unsupported ClientRegistration",
    "Unsupported DeviceGrant",
    "Unsupported Endpoint",
    "Unsupported Homeserver",
    "Unsupported LegacySignIn",
    "Unsupported Pkce",
    "Unsupported Registration",
    "Unsupported RegistrationFlow",
    "Unsupported Revocation",
    "Unsupported SignIn",
    "Unsupported Version",
];

/// What nothing leads to, and why.
const NEVER: [(&str, &str); 4] = [
    (
        "Misbehaved Redirect",
        "a delegation that redirects badly is not clear, and no other request follows a redirect",
    ),
    ("Unavailable TokensTooShort", "no answer here takes longer than a token lives"),
    ("Unsupported PasswordSignIn", "a sign-in that is not offered is not accepted"),
    ("Unsupported TokenSignIn", "a sign-in that is not offered is not accepted"),
];

impl Reached {
    /// Takes note of where `world` is.
    pub fn see(&mut self, world: &World) {
        let view = world.engine.view();
        self.offers.extend(view.offers.iter());
        let screen = match &view.screen {
            Screen::Welcome { problem, .. } => self.at("Welcome", None, problem.as_ref()),
            Screen::Paused { task, .. } => self.at("Paused", Some(*task), None),
            Screen::Busy { task, .. } => self.at("Busy", Some(*task), None),
            Screen::Limited { task, failure, .. } => self.at("Limited", Some(*task), Some(failure)),
            Screen::Problem { task, failure, .. } => self.at("Problem", Some(*task), Some(failure)),
            Screen::Choose { problem, report, .. } => {
                self.causes.extend(report.steps.iter().filter_map(|step| match &step.finding {
                    Finding::Faulty { cause } => Some(named(cause)),
                    Finding::Present | Finding::Absent | Finding::Declined => None,
                }));
                self.at("Choose", None, problem.as_ref())
            }
            Screen::RegisterForm { problem, availability, .. } => {
                if let Availability::Refused { failure, .. } = availability {
                    self.at("RegisterForm", None, Some(failure));
                }
                self.at("RegisterForm", None, problem.as_ref())
            }
            Screen::Terms { .. } => self.at("Terms", None, None),
            Screen::RegistrationToken { problem, .. } => self.at("RegistrationToken", None, problem.as_ref()),
            Screen::Address { problem, .. } => self.at("Address", None, problem.as_ref()),
            Screen::Confirmation { problem, .. } => self.at("Confirmation", None, problem.as_ref()),
            Screen::InBrowser { stage: Some(_), .. } => self.at("InBrowser for a stage", None, None),
            Screen::UserCode { .. } => self.at("UserCode", None, None),
            Screen::Warning { .. } => self.at("Warning", None, None),
            Screen::Scanner { problem, .. } => self.at("Scanner", None, problem.as_ref()),
            Screen::QrCode { .. } => self.at("QrCode", None, None),
            Screen::CheckCode { .. } => self.at("CheckCode", None, None),
            Screen::EnterCheckCode { .. } => self.at("EnterCheckCode", None, None),
            Screen::ConfirmServer { .. } => self.at("ConfirmServer", None, None),
            Screen::Consent { .. } => self.at("Consent", None, None),
            Screen::ConfirmAccount { .. } => self.at("ConfirmAccount", None, None),
            Screen::Linked { .. } => self.at("Linked", None, None),
            Screen::InBrowser { stage: None, url, .. } if url.path().contains("/login/sso/") => {
                self.at("InBrowser for single sign-on", None, None)
            }
            Screen::InBrowser { stage: None, .. } => self.at("InBrowser for OAuth", None, None),
            Screen::AwaitingApproval { .. } => self.at("AwaitingApproval", None, None),
            Screen::SignedIn { task, problem, .. } => self.at("SignedIn", *task, problem.as_ref()),
            Screen::SessionEnded { failure, .. } => self.at("SessionEnded", None, Some(failure)),
            Screen::SignedOut { .. } => self.at("SignedOut", None, None),
        };
        self.screens.insert(screen);
    }

    fn at(&mut self, screen: &'static str, task: Option<Task>, failure: Option<&Failure>) -> &'static str {
        self.tasks.extend(task);
        self.causes.extend(failure.map(|failure| named(&failure.cause)));
        screen
    }

    /// That nothing is missing.
    ///
    /// # Panics
    ///
    /// When something is, with all that is.
    pub fn check(&self) {
        let mut missing: Vec<String> = Vec::new();
        missing.extend(SCREENS.iter().filter(|s| !self.screens.contains(*s)).map(|s| format!("screen {s}")));
        let unreached = |offer: &&Offer| !self.offers.contains(*offer) && !OF_TWO_DEVICES.contains(*offer);
        missing.extend(Offer::ALL.iter().filter(unreached).map(|o| format!("offer {o:?}")));
        missing.extend(TASKS.iter().filter(|t| !self.tasks.contains(*t)).map(|t| format!("task {t:?}")));
        missing.extend(CAUSES.iter().filter(|c| !self.causes.contains(**c)).map(|c| format!("failure {c}")));
        let unlisted = self.causes.iter().filter(|cause| !CAUSES.contains(&cause.as_str()));
        missing.extend(unlisted.map(|cause| format!("the listing of failure {cause}")));
        let never = NEVER.iter().filter(|(cause, _)| self.causes.contains(*cause));
        missing.extend(never.map(|(cause, why)| format!("{cause} not, although {why}")));
        assert!(missing.is_empty(), "never reached: {missing:#?}");
    }
}

fn named(cause: &Cause) -> String {
    let (class, which) = match cause {
        Cause::Unavailable { outage, .. } => ("Unavailable", format!("{outage:?}")),
        Cause::Refused { refusal } => ("Refused", format!("{refusal:?}")),
        Cause::Expired { what } => ("Expired", format!("{what:?}")),
        Cause::Unsupported { missing } => ("Unsupported", format!("{missing:?}")),
        Cause::Misbehaved { misbehaviour } => ("Misbehaved", format!("{misbehaviour:?}")),
        Cause::Broken { bug } => ("Broken", format!("{bug:?}")),
    };
    let which = which.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    format!("{class} {which}")
}
