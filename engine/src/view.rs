//! All that a user can see. Holds no secret.

mod parts;
mod task;

use serde::Serialize;
use url::Url;

use crate::account_management::AccountAction;
use crate::failure::Failure;
use crate::intent::Offers;
use crate::io::Time;
use crate::qr::{Generation, QrPayload, Role};
use crate::report::ServerReport;
use crate::secrets::Trust;
use crate::stage::{Medium, Stage};

pub use self::parts::{Availability, Device, Policy};
pub use self::task::Task;

/// What to show, and what may be done about it.
///
/// `Serialize` only. As JSON: `{"screen": "busy", …, "next": "world", "offers": ["cancel"]}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct View {
    /// What to show.
    #[serde(flatten)]
    pub screen: Screen,
    /// Who acts next, so that something changes.
    pub next: Actor,
    /// Every intent that will be accepted now. All others are ignored.
    pub offers: Offers,
}

/// Who acts next, so that something changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The user, here: by one of the offers.
    Person,
    /// A server, a browser, a mailbox, another device, or time. The user may still do what is on offer.
    World,
    /// It is over: signed in, signed out, ended by the server, or as far as one can get. Nothing has to be done; what
    /// is on offer may be.
    Nobody,
}

/// What to show.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "screen", rename_all = "snake_case")]
pub enum Screen {
    /// Which server?
    Welcome {
        /// What was typed before; empty at first.
        server: String,
        /// Why that did not work.
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<Failure>,
    },
    /// An earlier run ended in the middle of this. Go on, or give it up?
    Paused {
        /// With which server.
        server: String,
        /// What was being done.
        task: Task,
        /// Whose: a user id, or the username of a new account.
        #[serde(skip_serializing_if = "Option::is_none")]
        user: Option<String>,
    },
    /// Something is under way.
    Busy {
        /// With which server.
        server: String,
        /// What.
        task: Task,
    },
    /// The server asked for patience. It goes on by itself.
    Limited {
        /// With which server.
        server: String,
        /// What will go on.
        task: Task,
        /// When.
        until: Time,
        /// What the server answered.
        failure: Failure,
    },
    /// A step failed.
    Problem {
        /// With which server.
        server: String,
        /// What failed.
        task: Task,
        /// Why.
        failure: Failure,
    },
    /// What the server offers: which way in?
    Choose {
        /// All about the server.
        report: Box<ServerReport>,
        /// Why the last attempt did not work.
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<Failure>,
        /// The user to sign in again as, or that was typed instead of a server.
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<String>,
    },
    /// A username and a password for the new account.
    RegisterForm {
        /// With which server.
        server: String,
        /// The username typed last; may be empty.
        username: String,
        /// Whether it is free.
        availability: Availability,
        /// Whether a password was given that can be used again.
        password_given: bool,
        /// The flows to choose from; empty while they are not known.
        flows: Vec<Vec<Stage>>,
        /// What has to be changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<Failure>,
    },
    /// Policies to accept.
    Terms {
        /// Where we are.
        #[serde(flatten)]
        progress: Progress,
        /// All of them have to be accepted.
        policies: Vec<Policy>,
        /// Why accepting them did not do.
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<Failure>,
    },
    /// A registration token, please.
    RegistrationToken {
        /// Where we are.
        #[serde(flatten)]
        progress: Progress,
        /// Why the last one did not do.
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<Failure>,
    },
    /// An address to send a confirmation to, please.
    Address {
        /// Where we are.
        #[serde(flatten)]
        progress: Progress,
        /// Which kind of address.
        medium: Medium,
        /// Why the last one did not do.
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<Failure>,
    },
    /// A confirmation was sent.
    Confirmation {
        /// Where we are.
        #[serde(flatten)]
        progress: Progress,
        /// How it was sent.
        medium: Medium,
        /// Where to.
        address: String,
        /// Whether it holds a code to enter; otherwise a link to open, which is noticed by itself.
        code: bool,
        /// How many times it was sent.
        sent: u32,
        /// What did not work about it.
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<Failure>,
    },
    /// The user is in the browser.
    InBrowser {
        /// With which server.
        server: String,
        /// The page, in case that the browser did not open.
        url: Url,
        /// For a registration: which stage this is about.
        #[serde(skip_serializing_if = "Option::is_none")]
        stage: Option<Stage>,
        /// For a registration: where we are.
        #[serde(skip_serializing_if = "Option::is_none")]
        progress: Option<Progress>,
        /// When we stop waiting.
        until: Time,
        /// Where this device helps another one: what this one is.
        #[serde(skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
    },
    /// A code to enter on another device; that it was entered is noticed by itself.
    UserCode {
        /// With which server.
        server: String,
        /// What to enter. Case and separators may be added for reading.
        user_code: String,
        /// Where to enter it. Show its host; it is only safe to open if that is on offer.
        verification_uri: Url,
        /// The same page with the code filled in, for a QR code; most servers have none.
        #[serde(skip_serializing_if = "Option::is_none")]
        verification_uri_complete: Option<Url>,
        /// When the code stops working.
        until: Time,
        /// Where another device brings us to the page: what this one is.
        #[serde(skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
        /// Until when that device can hand the keys of the account over. Absent where it cannot any more.
        #[serde(skip_serializing_if = "Option::is_none")]
        keys_until: Option<Time>,
    },
    /// A warning to be read before two devices are brought together. No frontend can leave it out.
    Warning {
        /// With which server; empty while none is known.
        server: String,
        /// What this device is.
        role: Role,
        /// What the warning is about.
        about: WarningAbout,
        /// This program has no encryption: it can be signed in, and not be verified by it.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        unverified: bool,
    },
    /// Scan the code that the other device shows.
    Scanner {
        /// With which server; empty while none is known.
        server: String,
        /// What this device is.
        role: Role,
        /// Why the last code did not do.
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<Failure>,
    },
    /// A code for the other device to scan.
    QrCode {
        /// With which server.
        server: String,
        /// What this device is.
        role: Role,
        /// Of which generation.
        generation: Generation,
        /// What to draw. With it one can take part: it belongs on the screen, and in no log.
        payload: QrPayload,
        /// Until when it can be scanned. It is renewed by itself a few times.
        until: Time,
        /// This program has no encryption: it can be signed in, and not be verified by it.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        unverified: bool,
    },
    /// Two digits to be typed on the other device.
    CheckCode {
        /// With which server.
        server: String,
        /// What this device is.
        role: Role,
        /// The digits. A zero in front is one of them.
        check_code: String,
        /// When the two devices cannot meet any more.
        until: Time,
    },
    /// The two digits that the other device shows, please. There is one attempt.
    EnterCheckCode {
        /// With which server.
        server: String,
        /// What this device is.
        role: Role,
        /// When the two devices cannot meet any more.
        until: Time,
    },
    /// The other device names another server than was chosen here. Is that right?
    ConfirmServer {
        /// The one that was chosen here.
        server: String,
        /// The one that the other device names.
        found: String,
    },
    /// Another device wants to be signed in: to be allowed on this page.
    Consent {
        /// With which server.
        server: String,
        /// What this device is.
        role: Role,
        /// As whom.
        user_id: String,
        /// The device id that the new one says it has.
        device_id: String,
        /// The page. Show its host.
        verification_uri: Url,
        /// The page is not where this device was signed in, and may only look like one of the server: show a warning.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        elsewhere: bool,
        /// When the two devices cannot meet any more.
        until: Time,
    },
    /// Whose account is this? Before its keys are taken.
    ConfirmAccount {
        /// With which server.
        server: String,
        /// Whose.
        user_id: String,
        /// On which device: this one.
        device_id: String,
        /// Where.
        homeserver: Url,
    },
    /// Another device was signed in with the help of this one.
    Linked {
        /// With which server.
        server: String,
        /// As whom.
        user_id: String,
        /// The new device.
        device_id: String,
        /// Whether the account shows it as cross-signed by now.
        verified: bool,
    },
    /// The account exists, and an admin has to approve it.
    AwaitingApproval {
        /// On which server.
        server: String,
        /// Under which username.
        username: String,
    },
    /// Signed in, and kept.
    SignedIn {
        /// Who.
        user_id: String,
        /// On which device.
        device_id: String,
        /// Where.
        homeserver: Url,
        /// When the access token has to be renewed, if ever.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<Time>,
        /// What is being done about the session.
        #[serde(skip_serializing_if = "Option::is_none")]
        task: Option<Task>,
        /// The last check of the session with the server, in this run.
        #[serde(skip_serializing_if = "Option::is_none")]
        checked_at: Option<Time>,
        /// The account's devices, once they were asked for in this run; at most 1000.
        #[serde(skip_serializing_if = "Option::is_none")]
        devices: Option<Vec<Device>>,
        /// What can be done on the web page that manages the account; empty if there is none, or it does not say.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        account_actions: Vec<AccountAction>,
        /// What did not work about it. The session is still good as far as we know.
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<Failure>,
        /// Beside a problem: the access token that is there works until then all the same, as far as we know, and may be
        /// used. It is renewed when that can be done.
        #[serde(skip_serializing_if = "Option::is_none")]
        good_until: Option<Time>,
        /// Whether others see this device as one of its owner's; once that was found out in this run.
        #[serde(skip_serializing_if = "Option::is_none")]
        trust: Option<Trust>,
    },
    /// The server ended the session.
    SessionEnded {
        /// Whose.
        user_id: String,
        /// On which device.
        device_id: String,
        /// Only the token ended: the device remains, with what it knows.
        soft: bool,
        /// How the server said so.
        failure: Failure,
    },
    /// Signed out: nothing is kept any more.
    SignedOut {
        /// Who it was.
        user_id: String,
        /// The server was told. Otherwise the session is only forgotten here.
        server_told: bool,
    },
}

/// What a warning is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WarningAbout {
    /// A code is to be scanned: it must be one that a device of the same person shows now, and none that was sent.
    Scan,
    /// Another device is to be signed in to this account: it gets all of it, the keys of encrypted messages included.
    Link,
}

/// Where a registration is: the stages of the chosen flow.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Progress {
    /// With which server.
    pub server: String,
    /// Which question to the user this is, from 1.
    pub step: usize,
    /// How many there are.
    pub of: usize,
}
