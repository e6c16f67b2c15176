//! All that a user can see. Holds no secret.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::account_management::AccountAction;
use crate::failure::Failure;
use crate::intent::Offers;
use crate::io::Time;
use crate::report::ServerReport;
use crate::stage::{Medium, Stage};

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

/// What is being done, for a spinner with words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Task {
    /// Asking where the homeserver is.
    FindServer,
    /// Asking what it offers.
    AskServer,
    /// Registering.
    Register,
    /// Asking whether a registration token is good.
    CheckToken,
    /// Asking the server to send a confirmation.
    SendConfirmation,
    /// Passing on a code.
    CheckConfirmation,
    /// Looking for the page of a stage.
    FindPage,
    /// Getting ready for the browser's callback.
    AwaitCallback,
    /// Registering the client with the authorization server.
    RegisterClient,
    /// Asking for a code to enter on another device.
    GetUserCode,
    /// Finding out whether a session could be stored.
    CheckStorage,
    /// Signing in.
    SignIn,
    /// Making the session durable.
    KeepSession,
    /// Asking whether the session is good.
    CheckSession,
    /// Asking which devices the account has.
    ListDevices,
    /// Getting a fresh access token.
    Refresh,
    /// Signing out.
    SignOut,
    /// Removing what is stored of a session that is over at the server.
    EraseSession,
    /// Removing what is stored of a session that the server may still list.
    ForgetSession,
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

/// One of the account's devices.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Device {
    /// Its id.
    pub device_id: String,
    /// What it is called, if it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// When the server last heard of it, if it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Time>,
    /// Whether it is this one.
    pub is_this: bool,
}

/// A policy to accept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Policy {
    /// The server's name for it.
    pub id: String,
    /// Which version.
    pub version: String,
    /// What to call it, in `language`.
    pub name: String,
    /// The language chosen from those there are.
    pub language: String,
    /// Where to read it.
    pub url: Url,
}

/// Whether a username is free.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Availability {
    /// Not asked.
    Unknown,
    /// Being asked, or about to be.
    Checking,
    /// It was when the server answered.
    Free,
    /// It cannot be had.
    Refused {
        /// Why.
        failure: Failure,
        /// Another one to try, if it is taken. Not checked.
        #[serde(skip_serializing_if = "Option::is_none")]
        suggestion: Option<String>,
    },
}
