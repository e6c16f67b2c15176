//! Why something did not work, sorted by what can be done about it, with the evidence.

mod display;
mod evidence;
mod misbehaviour;

use std::hash::{Hash, Hasher};

use serde::Serialize;
use url::Url;

use crate::io::{Lost, StorageProblem, Time};
use crate::limits::MAX_PATIENCE;
use crate::qr::WrongCode;
use crate::secrets::EncryptionProblem;
use crate::stage::{Medium, Stage};

pub use self::evidence::Evidence;
pub use self::misbehaviour::{Bug, Misbehaviour};

/// Why something did not work. Its `Display` is one technical line of English; frontends have words of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Failure {
    /// What is wrong, and thereby what can be done.
    #[serde(flatten)]
    pub cause: Cause,
    /// The exchange that showed it; absent when nothing was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Box<Evidence>>,
}

/// Only what makes a difference to what can follow: not the evidence, and not why there was no answer.
impl Hash for Failure {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        if !matches!(self.cause, Cause::Unavailable { .. }) {
            self.cause.hash(hasher);
        }
    }
}

impl Failure {
    /// When the server will answer again, if all that it wants is an hour of patience at most: nobody waits for longer.
    #[must_use]
    pub fn rate_limited_until(&self) -> Option<Time> {
        let said = self.evidence.as_ref().map(|evidence| evidence.at);
        match self.cause {
            Cause::Unavailable { outage: Outage::RateLimited, retry_at } => {
                retry_at.filter(|at| said.is_none_or(|said| *at <= said + MAX_PATIENCE))
            }
            Cause::Unavailable { .. }
            | Cause::Refused { .. }
            | Cause::Expired { .. }
            | Cause::Unsupported { .. }
            | Cause::Misbehaved { .. }
            | Cause::Broken { .. } => None,
        }
    }

    pub(crate) const fn refused(refusal: Refusal) -> Self {
        Self { cause: Cause::Refused { refusal }, evidence: None }
    }

    pub(crate) const fn reply_of_another_kind() -> Self {
        Self { cause: Cause::Broken { bug: Bug::ReplyOfAnotherKind }, evidence: None }
    }

    pub(crate) const fn session_busy() -> Self {
        Self { cause: Cause::Unavailable { outage: Outage::SessionBusy, retry_at: None }, evidence: None }
    }

    pub(crate) const fn unsupported(missing: Missing) -> Self {
        Self { cause: Cause::Unsupported { missing }, evidence: None }
    }

    /// Why the host could not do what was asked of its encryption.
    pub(crate) const fn encryption(problem: EncryptionProblem) -> Self {
        let outage = match problem {
            EncryptionProblem::Absent => return Self::unsupported(Missing::Encryption),
            EncryptionProblem::NoSecrets => return Self::unsupported(Missing::CrossSigningKeys),
            EncryptionProblem::ServerRefused => return Self::refused(Refusal::Other),
            EncryptionProblem::Lost(lost) => Outage::Network(lost),
            EncryptionProblem::Held { pid } => Outage::EncryptionHeld(pid),
            EncryptionProblem::Storage(problem) => Outage::Storage(problem),
        };
        Self { cause: Cause::Unavailable { outage, retry_at: None }, evidence: None }
    }

    pub(crate) const fn storage(problem: StorageProblem) -> Self {
        let outage = Outage::Storage(problem);
        Self { cause: Cause::Unavailable { outage, retry_at: None }, evidence: None }
    }
}

/// The classes of failure, by what can be done.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "class", rename_all = "snake_case")]
pub enum Cause {
    /// Nobody's fault: try again.
    Unavailable {
        /// What is in the way.
        outage: Outage,
        /// When trying again makes sense, if the server said.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_at: Option<Time>,
    },
    /// The user must change something.
    Refused {
        /// What was refused.
        refusal: Refusal,
    },
    /// Too slow: start over.
    Expired {
        /// What ran out.
        what: Expiring,
    },
    /// This server cannot.
    Unsupported {
        /// What it lacks.
        missing: Missing,
    },
    /// The server broke the protocol.
    Misbehaved {
        /// How.
        misbehaviour: Misbehaviour,
    },
    /// A bug in Narthex or in what embeds it.
    Broken {
        /// Which.
        bug: Bug,
    },
}

/// What is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// The exchange failed below HTTP.
    Network(Lost),
    /// No answer in time.
    TimedOut,
    /// The server asks us to slow down.
    RateLimited,
    /// The server answered with this status of its own trouble.
    ServerError(u16),
    /// The authorization server sent the user back because of trouble of its own.
    AuthorizationServer,
    /// A web page came where the server's answer was due: a captive portal, or a proxy's error page.
    NotTheServer,
    /// The session could not be kept.
    Storage(StorageProblem),
    /// Another program is refreshing or ending this session, and does not finish.
    SessionBusy,
    /// The server gives access tokens, and they end before they can be used.
    TokensTooShort,
    /// Another program has the encryption of this device open: this process, if it has said so.
    EncryptionHeld(Option<u32>),
    /// Whether the server offers this could not be found out: its answer cannot be used. See the evidence.
    Unclear,
}

/// What the user must change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refusal {
    /// This is no server name, user id or URL.
    ServerNotUnderstood,
    /// Plain `http:` is for loopback hosts only.
    ServerInsecure,
    /// The new device says that it is signed in, and the account does not show it: it was allowed for another account.
    NewDeviceAbsent,
    /// The name does not lead to a homeserver by itself: give the homeserver's own address.
    HomeserverUnclear,
    /// The username is taken.
    UsernameTaken,
    /// The username is not well formed.
    UsernameInvalid(UsernameProblem),
    /// The username is reserved for a service on this server.
    UsernameReserved,
    /// No password was given.
    PasswordMissing,
    /// The server's policy wants a better password.
    PasswordWeak(PasswordProblem),
    /// The registration token is unknown, used up or expired.
    TokenInvalid,
    /// A registration token is 1 to 64 letters, digits or `. _ ~ -`.
    TokenMalformed,
    /// This is not an address of that kind.
    AddressInvalid(Medium),
    /// The address belongs to another account.
    AddressInUse(Medium),
    /// The server does not accept this address.
    AddressDenied(Medium),
    /// The code is wrong.
    CodeWrong,
    /// The stage was not passed.
    StageFailed(Stage),
    /// The server takes no registrations.
    RegistrationClosed,
    /// User and password do not match, or the server does not say which is wrong.
    WrongCredentials,
    /// The account was deactivated.
    Deactivated,
    /// The account is locked.
    Locked,
    /// Another program has signed this session out, and nothing is stored of it any more.
    SignedOutElsewhere,
    /// The login token is used up, expired or unknown.
    LoginTokenInvalid,
    /// The access token is unknown, has expired, or its session has ended.
    AccessTokenInvalid,
    /// The user, or the page they were on, declined.
    Declined,
    /// The check code is not the one that the other device shows. There is one attempt.
    CheckCodeWrong,
    /// The other device says that it was cancelled there.
    CancelledThere,
    /// What was scanned is no code for this.
    WrongKindOfCode(WrongCode),
    /// The other device gave up, for this reason: a code of MSC4108, or an untrusted one of at most 64 characters.
    OtherDevice(String),
    /// The authorization server does not accept this application.
    ClientRefused,
    /// The server wants its terms accepted first.
    ConsentNeeded {
        /// On which page, if the server says.
        #[serde(skip_serializing_if = "Option::is_none")]
        uri: Option<Url>,
    },
    /// This account lives on another server.
    AccountElsewhere {
        /// Its server name.
        server: String,
    },
    /// Signed in as somebody else than was asked for.
    WrongAccount {
        /// Who was expected.
        expected: String,
        /// Who it was.
        found: String,
    },
    /// The server says that the session is another account's than that it was made for. Nobody has signed in.
    SessionOfAnother {
        /// Whose it was.
        expected: String,
        /// Whose it is said to be.
        found: String,
    },
    /// The server has reached a limit.
    ServerFull {
        /// Whom to ask, if the server says: an address of its admin.
        #[serde(skip_serializing_if = "Option::is_none")]
        contact: Option<String>,
    },
    /// The server refuses for a reason of its own; see the evidence.
    Other,
}

/// What is wrong with a username.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UsernameProblem {
    /// There is none.
    Empty,
    /// A character is none of `a-z 0-9 . _ = - / +`.
    Character(char),
    /// The whole user id is longer than 255 bytes.
    TooLong,
    /// The server has a rule of its own; see the evidence.
    ServerRule,
}

/// What the server's policy finds lacking in a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PasswordProblem {
    /// Too short.
    TooShort,
    /// No digit.
    NoDigit,
    /// No symbol.
    NoSymbol,
    /// No upper-case letter.
    NoUppercase,
    /// No lower-case letter.
    NoLowercase,
    /// Found in a dictionary.
    InDictionary,
    /// Longer than 512 characters.
    TooLong,
    /// Not said.
    Unspecified,
}

/// What ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Expiring {
    /// The server's memory of this registration.
    RegistrationSession,
    /// The stay in the browser.
    Browser,
    /// What the browser brought back, before it could be used.
    AuthorizationCode,
    /// The code to enter on another device.
    UserCode,
    /// The confirmation that was sent.
    Confirmation,
    /// The QR code, or the place where the two devices met.
    Rendezvous,
    /// The other device fell silent.
    OtherDevice,
}

/// What a server lacks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// There is no Matrix homeserver at this address.
    Homeserver,
    /// It has no password sign-in.
    PasswordSignIn,
    /// It does not know the request of this way to sign in.
    LegacySignIn,
    /// It takes no login tokens.
    TokenSignIn,
    /// It has no way to sign in that is known here.
    SignIn {
        /// The types that it lists, at most 16.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kinds: Vec<String>,
    },
    /// It knows no version of the specification that is new enough.
    Version {
        /// The newest that it announces.
        newest: String,
    },
    /// Its authorization server does not know PKCE with S256, without which a code could be stolen.
    Pkce,
    /// Its authorization server does not sign in through a browser.
    AuthorizationCode,
    /// Its authorization server does not take new applications, and does not know this one.
    ClientRegistration,
    /// Its authorization server does not sign in by a code that is entered on another device.
    DeviceGrant,
    /// The session is of another kind than those that can let another device in: it was not made by OAuth 2.0.
    OauthSession,
    /// Two devices cannot meet there: it has no rendezvous, of no generation of QR codes.
    Rendezvous,
    /// Two devices can meet there only if the one that shows the code is signed in already.
    OpenRendezvous,
    /// Its authorization server cannot end one session, or all sessions, for an application: the user can.
    Revocation,
    /// It has no registration that can be done here.
    Registration,
    /// None of its registration flows can be completed.
    RegistrationFlow {
        /// A stage that is in the way.
        stage: Stage,
    },
    /// It has no way to renew or end a session.
    Endpoint,
    /// This device has not the private keys of the account that another one needs.
    CrossSigningKeys,
    /// This program has no encryption.
    Encryption,
}
