//! The objects that are printed, one a line.

use narthex::{
    Device, Failure, IdentityProvider, Offer, Offers, ServerReport, StorageProblem, Time, Trust, View,
};
use narthex_strength::Strength;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::exit::{Exit, USAGE};
use crate::json::parts::{Account, Kept, Token};
use crate::json::status::{Profile, Unfinished};
use crate::json::verification::{VerificationLine, VerificationNotOffered};
pub(crate) use crate::json::view::ViewLine;
use crate::question::Question;
use crate::stdout;

/// One line.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(
    not(feature = "encryption"),
    expect(dead_code, reason = "the schema of the lines is the same without encryption")
)]
pub(crate) enum Printed<'l> {
    /// Whenever the view changes.
    View(ViewLine<'l>),
    /// The last line of `register` and `login`.
    SignedIn {
        /// Who.
        user_id: &'l str,
        /// On which device.
        device_id: &'l str,
        /// Where.
        homeserver: &'l Url,
        /// Where the session lies.
        kept: Kept,
        /// When the access token has to be refreshed, if ever.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<Time>,
        /// Whether others see this device as one of its owner's, where that was found out.
        #[serde(skip_serializing_if = "Option::is_none")]
        trust: Option<&'l Trust>,
    },
    /// The last line of `link`.
    Linked {
        /// Whose.
        user_id: &'l str,
        /// The new device.
        device_id: &'l str,
        /// Whether the account shows it as cross-signed by now.
        verified: bool,
    },
    /// The last line of `encryption`.
    Encryption {
        /// Whose.
        user_id: &'l str,
        /// Which device.
        device_id: &'l str,
        /// Whether others see it as one of its owner's.
        trust: &'l Trust,
    },
    /// Of `encryption verify`, whenever that has come further.
    Verification(VerificationLine<'l>),
    /// As `not_offered`, of a verification.
    #[serde(rename = "not_offered")]
    VerificationNotOffered(VerificationNotOffered),
    /// Before it, of `encryption set-up`. A secret: whoever has it reads everything.
    RecoveryKey {
        /// The recovery key.
        recovery_key: &'l str,
    },
    /// The last line of any command that did not do what it should.
    Failed {
        /// The class of the exit code.
        class: &'static str,
        /// The exit code.
        exit_code: u8,
        /// Host and port of the proxy, where that is what does not let us through.
        #[serde(skip_serializing_if = "Option::is_none")]
        proxy: Option<String>,
        /// More, by class.
        #[serde(flatten)]
        why: Why<'l>,
    },
    /// A line of input is none.
    InvalidIntent {
        /// Why; it quotes nothing of the line.
        reason: &'l str,
    },
    /// An intent is not on offer now. It changed nothing.
    NotOffered {
        /// Which.
        intent: Offer,
        /// What is on offer.
        offers: Offers,
    },
    /// What is done so far would be lost with the process. The flow goes on.
    NotSaved {
        /// Why.
        problem: StorageProblem,
    },
    /// The answer to `assess_password`.
    PasswordStrength {
        /// The estimate.
        #[serde(flatten)]
        #[cfg_attr(test, schemars(with = "crate::json::strength::StrengthSchema"))]
        strength: Strength,
    },
    /// Flags that were given, and that are of no use for what is being done.
    NotUsed {
        /// Which.
        flags: &'l [&'static str],
    },
    /// An earlier run left this unfinished at the same server, and this run does not go on with it.
    Unfinished {
        /// What it is.
        #[serde(flatten)]
        unfinished: Unfinished<'l>,
    },
    /// The answer to `whoami`.
    Account {
        /// The account.
        #[serde(flatten)]
        account: Account<'l>,
        /// Where the session lies.
        kept: Kept,
    },
    /// The answer to `accounts`.
    Accounts {
        /// Every account.
        accounts: Vec<Account<'l>>,
        /// Where the sessions lie; absent where there never were any.
        #[serde(skip_serializing_if = "Option::is_none")]
        kept: Option<Kept>,
    },
    /// The answer to `token`.
    Token(Token<'l>),
    /// The answer to `devices`.
    Devices {
        /// Every device of the account.
        devices: &'l [Device],
    },
    /// The answer to `handler`.
    Handler {
        /// The private-use scheme of the application.
        scheme: &'l str,
        /// Who opens its addresses: `ours`, `outdated`, `other` or `nobody`.
        opened_by: &'static str,
        /// The other program, if it is one.
        other: &'l str,
        /// Whether callbacks come by it.
        used: bool,
    },
    /// The answer to `manage`.
    AccountPage {
        /// The page.
        url: &'l Url,
        /// Whether the server knows the action.
        announced: bool,
    },
    /// The answer to `logout`.
    SignedOut {
        /// Who it was.
        user_id: &'l str,
        /// On which device.
        device_id: &'l str,
        /// Whether the server was told.
        server_told: bool,
    },
    /// Before `signed_in`: what became of an older session of the same user.
    Replaced {
        /// Which.
        #[serde(flatten)]
        account: Account<'l>,
        /// Whether it is ended, and nothing is stored of it any more.
        ended: bool,
        /// Why it is not.
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<&'l Failure>,
    },
    /// Before `signed_in`: a session of the same user that another process has saved since this one began. Both stay.
    SavedMeanwhile {
        /// Which.
        #[serde(flatten)]
        account: Account<'l>,
    },
    /// The answer to `switch`.
    Switched {
        /// The default account now.
        #[serde(flatten)]
        account: Account<'l>,
    },
    /// The answer to `status`.
    Status {
        /// Every profile in the folder, the one that was asked for first.
        profiles: Vec<Profile<'l>>,
    },
    /// For each sign-in that `logout --unfinished` gives up.
    GivenUp {
        /// What it was.
        #[serde(flatten)]
        unfinished: Unfinished<'l>,
        /// Why it is still there, if it is.
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<&'l Failure>,
    },
    /// The answer to `doctor`.
    ServerReport {
        /// What the server offers.
        report: &'l ServerReport,
        /// Whether somebody can sign in.
        usable: bool,
    },
    /// A view of a trace that is replayed.
    ReplayedView {
        /// After which input, from 1.
        input: usize,
        /// The view, of the version that wrote the trace.
        view: &'l Value,
    },
    /// The end of `replay`.
    Replayed {
        /// How many inputs there were.
        inputs: usize,
        /// How many views.
        views: usize,
        /// The trace stopped for want of room.
        cut: bool,
    },
}

/// What is told of a failure, by class.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum Why<'l> {
    /// The server has ended the session: `reason` is `session_ended`.
    SessionOver { reason: &'static str, user_id: &'l str, failure: &'l Failure },
    /// It did not work.
    Failure { failure: &'l Failure },
    /// The session could not be removed from where it is saved. Is it over at the server?
    NotRemoved { failure: &'l Failure, server_told: bool },
    /// A question is open: which, and what would answer it.
    Unanswered {
        question: &'static str,
        intent: Option<Offer>,
        flag: Option<&'static str>,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        providers: &'l [IdentityProvider],
    },
    /// An admin has to approve the account first.
    AwaitingApproval { server: &'l str, username: &'l str },
    /// Nothing can be stored, or what is stored cannot be read; in which file, if it is one.
    Storage {
        problem: StorageProblem,
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// No account of this name is signed in: `reason` is `no_such_account`.
    NoSuchAccount { reason: &'static str, account: &'l str },
    /// Several accounts are: `reason` is `several_accounts`.
    SeveralAccounts { reason: &'static str, accounts: &'l [String] },
    /// What was given on standard input, in a file or in a variable is no such text, or is missing: `reason` is `bad_line`.
    BadLine { reason: &'static str, what: &'static str, problem: &'static str },
    /// The command did not end within `--timeout`: `reason` is `timeout`.
    TimedOut {
        reason: &'static str,
        seconds: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        awaited: Option<&'l View>,
    },
    /// A file cannot be used: `reason` is `file`; or has no code to scan: `no_code`; or a program cannot be run: `exec`.
    File { reason: &'static str, path: &'l str, message: String },
    /// The encryption could not do it; and when it is worth another try, if the server has said so.
    #[cfg_attr(not(feature = "encryption"), expect(dead_code, reason = "nobody has any"))]
    Later {
        reason: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_at: Option<Time>,
    },
    /// Something else, with a message for logs.
    Message { reason: &'static str, message: String },
    /// Something else.
    Reason { reason: &'static str },
    /// Nothing is to be said about it.
    Nothing {},
}

/// Prints one line.
pub(crate) fn print(line: &Printed<'_>) {
    if let Ok(line) = serde_json::to_string(line) {
        stdout::write(format!("{line}\n").as_bytes());
    }
}

/// The last line when it did not work.
pub(crate) fn failed(exit: &Exit) {
    print(&line_of(exit));
}

/// The same of a command line that is none.
pub(crate) fn no_command(message: String) {
    print(&Printed::Failed {
        class: "usage",
        exit_code: USAGE,
        proxy: None,
        why: Why::Message { reason: "usage", message },
    });
}

/// The same for a report.
pub(crate) fn failure(exit: &Exit) -> Value {
    serde_json::to_value(line_of(exit)).unwrap_or_default()
}

fn line_of(exit: &Exit) -> Printed<'_> {
    let proxy = if exit.is_of_proxy() { narthex_app::proxy() } else { None };
    Printed::Failed { class: exit.class(), exit_code: exit.code(), proxy, why: why(exit) }
}

fn why(exit: &Exit) -> Why<'_> {
    let reason = |reason| Why::Reason { reason };
    match exit {
        Exit::Failed(failure)
        | Exit::NoSuchWay { failure, .. }
        | Exit::NotSignedOut { failure, .. }
        | Exit::NotGivenUp(failure) => Why::Failure { failure },
        Exit::NotRemoved { failure, is_over, place: _ } => Why::NotRemoved { failure, server_told: *is_over },
        Exit::SessionOver { user_id, failure } => {
            Why::SessionOver { reason: "session_ended", user_id, failure }
        }
        Exit::Unanswered(unanswered) => Why::Unanswered {
            question: unanswered.question.name(),
            intent: unanswered.offer(),
            flag: unanswered.flag(),
            providers: unanswered.providers.as_slice(),
        },
        Exit::AwaitingApproval { server, username } => Why::AwaitingApproval { server, username },
        Exit::Unconfirmed { .. } => Why::Unanswered {
            question: Question::Confirm.name(),
            intent: Some(Offer::Confirm),
            flag: None,
            providers: &[],
        },
        Exit::Unverified => reason("unverified"),
        #[cfg(feature = "encryption")]
        Exit::Encryption { error, .. } => Why::Later {
            reason: crate::encryption::words::name(error),
            retry_at: crate::encryption::words::retry_at(error),
        },
        Exit::Storage(problem) => Why::Storage {
            problem: problem.kind,
            path: problem.path.as_ref().map(|path| path.display().to_string()),
        },
        Exit::Cancelled | Exit::CancelledInBrowser => Why::Nothing {},
        Exit::NotSignedIn => reason("not_signed_in"),
        Exit::NoSuchAccount(account) => Why::NoSuchAccount { reason: "no_such_account", account },
        Exit::SeveralAccounts(accounts) => Why::SeveralAccounts { reason: "several_accounts", accounts },
        Exit::Replay(error) => Why::Message { reason: "replay", message: error.to_string() },
        Exit::File { path, error } => Why::File { reason: "file", path, message: error.to_string() },
        Exit::NoCode { path, why } => {
            let path = path.as_deref().unwrap_or("-");
            Why::File { reason: "no_code", path, message: why.name().to_owned() }
        }
        Exit::NotRun { program, error } => {
            Why::File { reason: "exec", path: program, message: error.to_string() }
        }
        Exit::BadLine { what, why } => {
            Why::BadLine { reason: "bad_line", what: what.name(), problem: why.name() }
        }
        Exit::BadVariable { what, why, .. } => Why::BadLine { reason: "bad_line", what, problem: why.name() },
        Exit::TimedOut { seconds, awaited, settled: _ } => {
            Why::TimedOut { reason: "timeout", seconds: *seconds, awaited: awaited.as_deref() }
        }
        Exit::NoDataDir => reason("no_data_dir"),
        Exit::NoHomeserver => reason("no_homeserver"),
        Exit::NotRenewable => reason("not_renewable"),
        Exit::Output(error) => Why::Message { reason: "output", message: error.to_string() },
        Exit::NobodyCanSignIn => reason("nobody_can_sign_in"),
        Exit::NotAnAddress => reason("not_an_address"),
        Exit::NobodyWaits => reason("nobody_waits"),
        Exit::NobodyAnswers => reason("nobody_answers"),
        Exit::NoAccountPage => reason("no_account_page"),
        Exit::Exec(_) => reason("exec"),
        Exit::System(what) => Why::Message { reason: "system", message: what.clone() },
    }
}
