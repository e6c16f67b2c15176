//! What can be said on the command line.

mod handler;
mod link;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::{ArgValueCandidates, Shell};
use narthex::AccountAction;

pub(crate) use self::handler::Handler;
pub(crate) use self::link::{CodeGeneration, EncryptionCommand, Link};
use crate::application::{DEFAULT_PROFILE, VERSION};
use crate::candidates;
use crate::examples;
use crate::json::schema::Schema;
use crate::qr::QrFormat;

/// Sign in to Matrix from the command line.
///
/// Create accounts, sign in on any homeserver, and save sessions for other programs.
#[derive(Debug, Parser)]
#[command(name = "narthex", version, long_version = VERSION, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 success, 1 other, 2 usage, 10 unavailable, 11 refused, 12 expired, \
13 unsupported, 14 server misbehaved, 15 bug, 16 storage, 17 missing input, 18 awaiting approval, 19 unverified, 130 canceled, \
141 output closed.

Environment: NARTHEX_TOKEN, an access token, and NARTHEX_HOMESERVER, its server: used by whoami, token, devices and \
logout instead of a saved session, and never saved.";

const GLOBAL: &str = "Global options";

#[derive(Debug, Args)]
#[command(next_help_heading = GLOBAL)]
pub(crate) struct Global {
    /// Print one JSON object per line, and read intents as JSON lines from standard input
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Select an account by user ID, username, device ID, or USER/DEVICE
    ///
    /// Where two servers gave out the same, “@” and the address of one follow: `USER/DEVICE@https://matrix.example.org`.
    #[arg(long, global = true, value_name = "ACCOUNT", value_parser = values::id, add = ArgValueCandidates::new(candidates::accounts))]
    pub(crate) account: Option<String>,
    /// Use a separate set of accounts
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        default_value = DEFAULT_PROFILE,
        env = "NARTHEX_PROFILE",
        value_parser = values::profile,
        add = ArgValueCandidates::new(candidates::profiles)
    )]
    pub(crate) profile: String,
    /// Save sessions in this directory
    #[arg(long, global = true, value_name = "DIR", env = "NARTHEX_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Encrypt saved sessions with the passphrase in the first line of this file
    ///
    /// The environment variable `NARTHEX_PASSPHRASE` contains the passphrase itself.
    #[arg(long, global = true, value_name = "FILE", env = "NARTHEX_PASSPHRASE_FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Print addresses and never open a browser
    #[arg(long, global = true)]
    pub(crate) no_browser: bool,
    /// How a QR code is drawn
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) qr_format: QrFormat,
    /// Also write the QR code of a sign-in to a new file, in PNG, for as long as it can be scanned
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) qr_file: Option<PathBuf>,
    /// Give up after this time, with exit code 10
    #[arg(long, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub(crate) timeout: Option<u64>,
    /// Write a trace without secrets to a new file, for `narthex replay` and bug reports
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    /// Write a file for a bug report: what happened, the versions and a trace, without secrets
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "trace")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create an account
    #[command(
        after_help = examples::REGISTER,
        mut_arg("browser", hidden),
        mut_arg("device", hidden),
        mut_arg("sso", hidden),
        mut_arg("login_token_stdin", hidden),
        mut_arg("access_token_stdin", hidden),
        mut_arg("keep_other", hidden)
    )]
    Register(SignIn),
    /// Sign in to an account
    #[command(after_help = examples::LOGIN)]
    Login {
        #[command(flatten)]
        flags: SignIn,
        /// Sign in again on the same device, after the server has ended the session
        #[arg(long, conflicts_with = "server", help_heading = METHOD)]
        again: bool,
    },
    /// Sign in a new device of yours by a QR code
    #[command(after_help = examples::LINK)]
    Link(Link),
    /// Show or set up the encryption of this device, verify it, or get it back
    #[command(after_help = examples::ENCRYPTION, disable_help_subcommand = true)]
    Encryption {
        #[command(subcommand)]
        what: EncryptionCommand,
    },
    /// Sign out
    #[command(after_help = examples::LOGOUT)]
    Logout {
        /// End all sessions of the account
        #[arg(long)]
        everywhere: bool,
        /// Remove the session locally even if the server cannot be reached
        #[arg(long)]
        forget: bool,
        /// Give up all unfinished sign-ins instead, and end nothing else
        #[arg(long, conflicts_with_all = ["everywhere", "forget"])]
        unfinished: bool,
    },
    /// Choose the account that commands mean without --account
    #[command(after_help = examples::SWITCH)]
    Switch {
        /// User ID, username, device ID, or USER/DEVICE; without it you are asked
        #[arg(value_name = "ACCOUNT")]
        to: Option<String>,
    },
    /// Show all profiles: sessions, tokens, and unfinished sign-ins
    #[command(after_help = examples::STATUS)]
    Status,
    /// Check the session with the server and show the user
    #[command(after_help = examples::WHOAMI)]
    Whoami,
    /// List the accounts that are signed in
    #[command(after_help = examples::ACCOUNTS)]
    Accounts,
    /// Print a valid access token, and nothing else
    #[command(after_help = examples::TOKEN)]
    Token {
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: TokenFormat,
        /// Get a new token from the server first, even if the saved one is still good
        #[arg(long)]
        refresh: bool,
        /// Run a command and write the token to its standard input
        ///
        /// The command takes the place of Narthex: it gets its signals, and its exit code is the exit code. The token is in
        /// neither its arguments nor its environment, so other users cannot see it.
        #[arg(
            long,
            value_name = "COMMAND",
            num_args = 1..,
            trailing_var_arg = true,
            allow_hyphen_values = true,
            conflicts_with = "json"
        )]
        exec: Vec<OsString>,
    },
    /// List the devices of the account
    #[command(after_help = examples::DEVICES)]
    Devices,
    /// Open the account page of the server and print its address
    #[command(after_help = examples::MANAGE)]
    Manage {
        /// What to open: profile, devices-list, device-view, device-delete, account-deactivate or
        /// cross-signing-reset
        #[arg(long, value_parser = action)]
        action: Option<AccountAction>,
        /// For an action about a device: its ID [default: this device]
        #[arg(long, value_name = "ID")]
        device: Option<String>,
    },
    /// Check what a server supports, and how to fix its sign-in
    #[command(after_help = examples::DOCTOR)]
    Doctor {
        /// Server name, user ID or URL
        server: String,
    },
    /// Let the system open callback addresses of Narthex's own scheme
    ///
    /// For systems where the browser cannot reach a local port.
    #[command(after_help = examples::HANDLER)]
    Handler {
        /// What to do
        what: Handler,
    },
    /// Bring a callback address to the sign-in that waits for it. The system runs this
    #[command(hide = true)]
    Deliver {
        /// The address; "-" to read it from the first line of standard input
        address: String,
    },
    /// Replay a trace and compare
    #[command(after_help = examples::REPLAY)]
    Replay {
        /// A file written by --trace
        // Of another name than the flag: names of arguments are shared with those of all commands.
        #[arg(value_name = "TRACE")]
        recorded: PathBuf,
    },
    /// Print the JSON Schema of what --json prints and reads
    #[command(after_help = examples::SCHEMA)]
    Schema {
        /// Of what; without it, the names are printed
        name: Option<Schema>,
    },
    /// Print shell completions
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a manual page
    #[command(after_help = examples::MAN)]
    Man {
        /// Of which command; without it, of Narthex
        command: Option<String>,
        /// Write the pages of all commands to this directory
        #[arg(long, value_name = "DIR", conflicts_with = "command")]
        dir: Option<PathBuf>,
    },
}

impl Command {
    /// Whether nothing is left of it where nobody reads what it prints: not even its exit code says what was asked.
    pub(crate) const fn only_prints(&self) -> bool {
        match self {
            Self::Accounts
            | Self::Status
            | Self::Devices
            | Self::Schema { .. }
            | Self::Completions { .. } => true,
            Self::Token { exec, .. } => exec.is_empty(),
            Self::Man { dir, .. } => dir.is_none(),
            Self::Register(_)
            | Self::Link(_)
            | Self::Encryption { .. }
            | Self::Login { .. }
            | Self::Logout { .. }
            | Self::Switch { .. }
            | Self::Whoami
            | Self::Manage { .. }
            | Self::Doctor { .. }
            | Self::Handler { .. }
            | Self::Deliver { .. }
            | Self::Replay { .. } => false,
        }
    }
}

/// How a token is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenFormat {
    /// The token
    #[default]
    Plain,
    /// An HTTP header, as for `curl --header @-`
    Header,
    /// Shell variables: token, homeserver, user
    Env,
    /// A JSON object: token, expiry, user, device, homeserver
    Json,
}

/// A flag that the command has no use for: it is refused, and not shown.
fn hidden(argument: clap::Arg) -> clap::Arg {
    argument.hide(true)
}

fn action(name: &str) -> Result<AccountAction, String> {
    let name = serde_json::Value::from(name.replace('-', "_"));
    serde_json::from_value(name).map_err(|_| "there is no such action".to_owned())
}

const METHOD: &str = "How to sign in";
const ANSWERS: &str = "Answers";

#[derive(Debug, Default, Args)]
pub(crate) struct SignIn {
    /// Server name, user ID, URL or matrix.to link
    pub(crate) server: Option<String>,
    /// Use the browser
    #[arg(long, group = "way", help_heading = METHOD)]
    pub(crate) browser: bool,
    /// Show a code to enter on another device
    #[arg(long, group = "way", help_heading = METHOD)]
    pub(crate) device: bool,
    /// Show a QR code for a device that is signed in to scan
    #[arg(long, group = "way", help_heading = METHOD)]
    pub(crate) qr: bool,
    /// Scan the QR code of a device that is signed in: a picture, or “-” for a picture or base64 on standard input
    #[arg(long, value_name = "SOURCE", group = "way", help_heading = METHOD)]
    pub(crate) scan: Option<PathBuf>,
    /// Generation of the QR code [default: 2025 where the server has it]
    #[arg(long, value_enum, requires = "qr", help_heading = METHOD)]
    pub(crate) generation: Option<CodeGeneration>,
    /// Answer warnings and questions about the other device with yes
    #[arg(long, help_heading = ANSWERS)]
    pub(crate) yes: bool,
    /// Use a browser on another machine, and paste the callback address here
    #[arg(long, group = "way", help_heading = METHOD)]
    pub(crate) paste: bool,
    /// Use single sign-on, with one of the server's identity providers (ID or name)
    #[arg(long, value_name = "PROVIDER", num_args = 0..=1, default_missing_value = "", help_heading = METHOD)]
    pub(crate) sso: Option<String>,
    /// Read a login token from the first line of standard input
    #[arg(long, help_heading = METHOD)]
    pub(crate) login_token_stdin: bool,
    /// Read the access token of a session that was made elsewhere from the first line of standard input
    #[arg(long, conflicts_with_all = ["password_stdin", "login_token_stdin"], help_heading = METHOD)]
    pub(crate) access_token_stdin: bool,
    /// Username; to sign in also a user ID, e-mail address or phone number
    #[arg(
        long,
        value_name = "NAME",
        value_parser = NonEmptyStringValueParser::new().map(|name| narthex_text::of_shown_id(&name)),
        help_heading = ANSWERS
    )]
    pub(crate) username: Option<String>,
    /// Read the password from the first line of standard input
    #[arg(long, conflicts_with = "login_token_stdin", help_heading = ANSWERS)]
    pub(crate) password_stdin: bool,
    /// Registration token, from the server's admin
    #[arg(
        long,
        value_name = "TOKEN",
        env = "NARTHEX_REGISTRATION_TOKEN",
        hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new(),
        help_heading = ANSWERS
    )]
    pub(crate) registration_token: Option<String>,
    /// Accept the server's terms. Without this flag they are listed
    #[arg(long, help_heading = ANSWERS)]
    pub(crate) accept_terms: bool,
    /// E-mail address to confirm
    #[arg(long, value_name = "ADDRESS", help_heading = ANSWERS)]
    pub(crate) email: Option<String>,
    /// Name of this device in the account's list of devices
    #[arg(long, value_name = "NAME", help_heading = ANSWERS)]
    pub(crate) device_name: Option<String>,
    /// Keep the older sessions of the same user. Without this flag, the new one replaces them
    #[arg(long)]
    pub(crate) keep_other: bool,
}

impl SignIn {
    /// Whether the first line of standard input is one.
    pub(crate) const fn reads_a_secret(&self) -> bool {
        self.password_stdin || self.login_token_stdin || self.access_token_stdin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
        let cli = Cli::try_parse_from(["narthex", "login", "example.org", "--sso", "--json"]).unwrap();
        assert!(cli.global.json);
        let Command::Login { flags, again: false } = cli.command else { panic!() };
        assert_eq!(flags.sso.as_deref(), Some(""));
    }

    #[test]
    fn no_argument_of_a_command_has_the_name_of_one_of_all_commands() {
        let cli = <Cli as clap::CommandFactory>::command();
        for command in cli.get_subcommands() {
            for argument in command.get_arguments() {
                let is_shared = cli.get_arguments().any(|global| global.get_id() == argument.get_id());
                assert!(!is_shared, "{}: {}", command.get_name(), argument.get_id());
            }
        }
    }
}
