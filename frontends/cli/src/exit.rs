//! How can a command end without having done what it should, and with which exit code?

use std::io;
use std::time::Duration;

use narthex::{Cause, Failure, Lost, Misbehaviour, Missing, Outage, StorageProblem, View};
use narthex_runtime::ReplayError;
use narthex_scan::ScanProblem;
use narthex_storage::{Place, Problem};

use crate::input::Unusable;
use crate::question::Unanswered;

/// The exit code of a command line that is none.
pub(crate) const USAGE: u8 = 2;

/// A delay that is shorter makes no sentence about the time untrue.
const NOTICED: Duration = Duration::from_millis(500);

/// Why a command did not do what it should.
#[derive(Debug)]
pub(crate) enum Exit {
    /// It did not work.
    Failed(Failure),
    /// The way in that was asked for is none here. The flags for those that there are.
    NoSuchWay { failure: Failure, flags: Vec<&'static str> },
    /// The server has ended the session, which can be signed in to again.
    SessionOver { user_id: String, failure: Failure },
    /// The server could not be told of the end of a session, which is therefore still saved.
    NotSignedOut { failure: Failure, everywhere: bool },
    /// The session could not be removed from where it is saved. Is it over at the server?
    NotRemoved { failure: Failure, is_over: bool, place: Box<Place> },
    /// The same of a session that a sign-in left unfinished.
    NotGivenUp(Failure),
    /// A question is open, and nobody is there to answer it.
    Unanswered(Unanswered),
    /// An admin has to approve the account first.
    AwaitingApproval { server: String, username: String },
    /// The encryption of this device could not do it.
    #[cfg(feature = "encryption")]
    Encryption { error: narthex_matrix::EncryptionError, server: url::Url },
    /// Another device has signed this one in to an account that nobody has called theirs yet.
    Unconfirmed { user_id: String, homeserver: String },
    /// Signed in as was asked, and not verified although the account has an identity.
    Unverified,
    /// The user cancelled.
    Cancelled,
    /// The user cancelled elsewhere: on the page in the browser.
    CancelledInBrowser,
    /// Nothing can be saved, or what is saved cannot be read.
    Storage(Problem),
    /// No account is signed in.
    NotSignedIn,
    /// No account of this name is signed in.
    NoSuchAccount(String),
    /// Several are.
    SeveralAccounts(Vec<String>),
    /// The trace does not replay.
    Replay(ReplayError),
    /// A file that was named cannot be used.
    File { path: String, error: io::Error },
    /// A file that was named has no code to scan; `None` for standard input.
    NoCode { path: Option<String>, why: NoCode },
    /// The doctor found no way for anyone to sign in.
    NobodyCanSignIn,
    /// What was to be delivered is no address.
    NotAnAddress,
    /// No sign-in waits for the address.
    NobodyWaits,
    /// The same, but not every process has said so.
    NobodyAnswers,
    /// The account has no page that the server told us of.
    NoAccountPage,
    /// The command that was run failed, with this exit code.
    #[cfg_attr(unix, expect(dead_code, reason = "there it takes our place"))]
    Exec(i32),
    /// The command could not be run.
    NotRun { program: String, error: io::Error },
    /// What was given on standard input or in a file is no such text.
    BadLine { what: Asked, why: Unusable },
    /// What is in this environment variable is none.
    BadVariable { variable: &'static str, what: &'static str, why: Unusable },
    /// It took longer than `--timeout` allows. What was awaited, if something was; it `settled` for a while after that.
    TimedOut { seconds: u64, awaited: Option<Box<View>>, settled: bool },
    /// The system does not say where programs keep their data.
    NoDataDir,
    /// The environment brings a token, and no server that it is of.
    NoHomeserver,
    /// The session has no refresh token.
    NotRenewable,
    /// What was printed did not arrive.
    Output(&'static io::Error),
    /// This system lacks something basic.
    System(String),
}

/// What is read from a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Password,
    LoginToken,
    AccessToken,
    Passphrase,
    Address,
    Code,
    #[cfg_attr(not(feature = "encryption"), expect(dead_code, reason = "nobody asks for it"))]
    RecoveryKey,
}

impl Asked {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 7] = [
        Self::Password,
        Self::LoginToken,
        Self::AccessToken,
        Self::Passphrase,
        Self::Address,
        Self::Code,
        Self::RecoveryKey,
    ];

    /// The stable name in JSON and of the message.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::LoginToken => "login_token",
            Self::AccessToken => "access_token",
            Self::Passphrase => "passphrase",
            Self::Address => "address",
            Self::Code => "code",
            Self::RecoveryKey => "recovery_key",
        }
    }
}

/// Why a file has no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoCode {
    Empty,
    Picture(ScanProblem),
}

impl NoCode {
    /// As the message says it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Picture(problem) => match problem {
                ScanProblem::NotAPicture => "not_a_picture",
                ScanProblem::TooLarge => "too_large",
                ScanProblem::NoCode => "no_code",
                ScanProblem::Unreadable => "unreadable",
                ScanProblem::Several => "several",
                ScanProblem::TooBusy => "too_busy",
            },
        }
    }
}

impl Exit {
    /// The end of a session. Where the way back to it did not work, that is what counts.
    pub(crate) fn of_session(user_id: String, failure: Failure) -> Self {
        match failure.cause {
            Cause::Refused { .. } => Self::SessionOver { user_id, failure },
            Cause::Unavailable { .. }
            | Cause::Expired { .. }
            | Cause::Unsupported { .. }
            | Cause::Misbehaved { .. }
            | Cause::Broken { .. } => Self::Failed(failure),
        }
    }

    /// The same after what was under way has settled for so long.
    pub(crate) fn after(mut self, time: Duration) -> Self {
        if let Self::TimedOut { settled, .. } = &mut self {
            *settled = time >= NOTICED;
        }
        self
    }

    /// Whether it is the proxy that does not let us through.
    pub(crate) fn is_of_proxy(&self) -> bool {
        let (Self::Failed(failure) | Self::NotSignedOut { failure, .. } | Self::NotGivenUp(failure)) = self
        else {
            return false;
        };
        let proxy = [Lost::ProxyUnreachable, Lost::ProxyRefused].map(Outage::Network);
        matches!(failure.cause, Cause::Unavailable { outage, .. } if proxy.contains(&outage))
    }

    /// The exit code, by class of failure.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Failed(failure)
            | Self::NoSuchWay { failure, .. }
            | Self::NotSignedOut { failure, .. }
            | Self::NotRemoved { failure, .. }
            | Self::NotGivenUp(failure)
            | Self::SessionOver { failure, .. } => code_of(&failure.cause),
            Self::Unanswered(_) | Self::Unconfirmed { .. } => 17,
            // A file that was named has to have it.
            Self::BadLine { what, why: Unusable::NoInput | Unusable::Empty }
                if *what != Asked::Passphrase =>
            {
                17
            }
            Self::AwaitingApproval { .. } => 18,
            #[cfg(feature = "encryption")]
            Self::Encryption { error, .. } => crate::encryption::words::code(error),
            Self::Unverified => 19,
            Self::Cancelled | Self::CancelledInBrowser => 130,
            Self::Storage(_) => 16,
            Self::TimedOut { .. } => 10,
            Self::NobodyCanSignIn | Self::NoAccountPage | Self::NotRenewable => 13,
            Self::Exec(code) => u8::try_from(*code).unwrap_or(1),
            // As shells say it.
            Self::NotRun { error, .. } if error.kind() == io::ErrorKind::NotFound => 127,
            Self::NotRun { .. } => 126,
            // As of a program that SIGPIPE ends.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 141,
            Self::NotSignedIn
            | Self::NoSuchAccount(_)
            | Self::SeveralAccounts(_)
            | Self::NotAnAddress
            | Self::NobodyWaits
            | Self::NobodyAnswers
            | Self::Replay(_)
            | Self::File { .. }
            | Self::NoCode { .. }
            | Self::BadLine { .. }
            | Self::BadVariable { .. }
            | Self::NoDataDir
            | Self::NoHomeserver
            | Self::Output(_)
            | Self::System(_) => 1,
        }
    }

    /// Whether somebody else may have to look at it.
    pub(crate) fn is_for_a_report(&self) -> bool {
        match self {
            Self::Failed(failure) if is_of_people(&failure.cause) => false,
            #[cfg(feature = "encryption")]
            Self::Encryption { .. } if self.code() == 13 => false,
            _ => matches!(self.code(), 13..=16),
        }
    }

    /// The class in JSON.
    pub(crate) fn class(&self) -> &'static str {
        if let Self::Exec(_) = self {
            return "other";
        }
        match self.code() {
            10 => "unavailable",
            11 => "refused",
            12 => "expired",
            13 => "unsupported",
            14 => "misbehaved",
            15 => "broken",
            16 => "storage",
            17 => "unanswered",
            18 => "awaiting_approval",
            19 => "unverified",
            130 => "cancelled",
            _ => "other",
        }
    }
}

/// Whether it is only about what people have done, or have to do first.
const fn is_of_people(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::Unsupported {
            missing: Missing::CrossSigningKeys | Missing::OauthSession | Missing::Encryption
        } | Cause::Misbehaved { misbehaviour: Misbehaviour::InsecureChannel }
            | Cause::Unavailable {
                outage: Outage::Storage(StorageProblem::Busy | StorageProblem::Locked),
                ..
            }
    )
}

fn code_of(cause: &Cause) -> u8 {
    match cause {
        Cause::Unavailable { outage: Outage::Storage(_), .. } => 16,
        Cause::Unavailable { .. } => 10,
        Cause::Refused { .. } => 11,
        Cause::Expired { .. } => 12,
        Cause::Unsupported { .. } => 13,
        Cause::Misbehaved { .. } => 14,
        Cause::Broken { .. } => 15,
    }
}

impl From<Failure> for Exit {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<narthex_app::Error> for Exit {
    fn from(error: narthex_app::Error) -> Self {
        use narthex_app::Error;
        match error {
            Error::Storage(problem) => Self::Storage(problem),
            Error::NotSignedIn => Self::NotSignedIn,
            Error::NoSuchAccount(account) => Self::NoSuchAccount(account),
            Error::SeveralAccounts(accounts) => Self::SeveralAccounts(accounts),
            Error::File { path, error } => Self::File { path: path.display().to_string(), error },
            Error::Scheme(problem) => Self::System(problem.to_string()),
            Error::NotAnAddress => Self::NotAnAddress,
            Error::System(what) => Self::System(what),
        }
    }
}
