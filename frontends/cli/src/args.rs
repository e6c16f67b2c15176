//! What can be said on the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use narthex::AccountAction;

use crate::application::VERSION;

/// Sign in to Matrix: create accounts, sign in, and keep sessions for other programs.
#[derive(Debug, Parser)]
#[command(name = "narthex", version, long_version = VERSION, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 other, 2 usage, 10 unavailable, 11 refused, 12 expired, \
13 unsupported, 14 the server misbehaved, 15 a bug, 16 storage, 17 an answer is missing, 18 awaiting approval, \
130 cancelled.";

#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Print one JSON object a line, and read intents as JSON lines from standard input.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where sessions are kept.
    #[arg(long, global = true, value_name = "DIR", env = "NARTHEX_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Keep the sessions of this profile apart from others.
    #[arg(long, global = true, value_name = "NAME", default_value = "default", env = "NARTHEX_PROFILE")]
    pub(crate) profile: String,
    /// Never open a browser; addresses are only printed.
    #[arg(long, global = true)]
    pub(crate) no_browser: bool,
    /// Write what happens to a new file, without secrets, for `narthex replay` and bug reports.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    /// Which account, when there are several: a user id.
    #[arg(long, global = true, value_name = "USER")]
    pub(crate) account: Option<String>,
    /// Encrypt what is kept with the passphrase in the first line of this file.
    ///
    /// `NARTHEX_PASSPHRASE` holds the passphrase itself.
    #[arg(long, global = true, value_name = "FILE", env = "NARTHEX_PASSPHRASE_FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create an account.
    Register(SignIn),
    /// Sign in to an account.
    Login {
        #[command(flatten)]
        flags: SignIn,
        /// Sign in again on the same device, where the server has ended the session (of --account, if there are
        /// several).
        #[arg(long, conflicts_with = "server")]
        again: bool,
    },
    /// Ask the server who is signed in.
    Whoami,
    /// List the accounts that are signed in.
    Accounts,
    /// Print a fresh access token, and nothing else.
    Token {
        /// How to print it.
        #[arg(long, value_enum, default_value_t)]
        format: TokenFormat,
        /// Run this command instead, and write the token to its standard input.
        ///
        /// Neither its arguments nor its environment hold the token, so no other user can see it.
        #[arg(long, value_name = "COMMAND", num_args = 1.., trailing_var_arg = true, allow_hyphen_values = true)]
        exec: Vec<OsString>,
    },
    /// List the account's devices.
    Devices,
    /// Open the web page on which the account is managed, and print its address.
    Manage {
        /// What for: one of profile, devices-list, device-view, device-delete, account-deactivate,
        /// cross-signing-reset.
        #[arg(long, value_parser = action)]
        action: Option<AccountAction>,
        /// For an action that is about a device: which. This one, if it is not said.
        #[arg(long, value_name = "ID")]
        device: Option<String>,
    },
    /// Let the browser come back by an address of Narthex's own scheme, where it cannot reach a local port.
    Handler {
        /// What to do about it.
        what: Handler,
    },
    /// Bring a callback address to whoever waits for it. The system runs this.
    #[command(hide = true)]
    Deliver {
        /// The address.
        address: String,
    },
    /// Sign out.
    Logout {
        /// On every device of the account.
        #[arg(long)]
        everywhere: bool,
        /// Forget the session here even when the server cannot be told.
        #[arg(long)]
        forget: bool,
    },
    /// Find out what a server offers, and what is wrong with it.
    Doctor {
        /// A server name, user id or URL.
        server: String,
    },
    /// Check that a trace still happens the same way, and show it.
    Replay {
        /// A file written by --trace.
        trace: PathBuf,
    },
    /// Print the completions for a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Print the manual page.
    Man,
}

/// What to do about the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Handler {
    /// Register it with the system, for this person.
    Install,
    /// Take that back.
    Remove,
    /// Say who opens its addresses.
    Status,
}

/// How a token is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenFormat {
    /// The token alone.
    #[default]
    Plain,
    /// As an HTTP header, such as `curl --header @-` reads it.
    Header,
    /// As shell variables, with the homeserver and the user.
    Env,
    /// As one JSON object, with the homeserver, the user, the device and when it ends.
    Json,
}

fn action(name: &str) -> Result<AccountAction, String> {
    let name = serde_json::Value::from(name.replace('-', "_"));
    serde_json::from_value(name).map_err(|_| "there is no such action".to_owned())
}

#[derive(Debug, Default, Args)]
pub(crate) struct SignIn {
    /// A server name, user id, URL or matrix.to link.
    pub(crate) server: Option<String>,
    /// The username; to sign in also a user id, e-mail address or phone number.
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// Read the password from the first line of standard input.
    #[arg(long, conflicts_with = "login_token_stdin")]
    pub(crate) password_stdin: bool,
    /// The registration token that the server's admin gave you.
    #[arg(long, value_name = "TOKEN", env = "NARTHEX_REGISTRATION_TOKEN", hide_env_values = true)]
    pub(crate) registration_token: Option<String>,
    /// Accept the server's terms. Read them first: they are listed when this is missing.
    #[arg(long)]
    pub(crate) accept_terms: bool,
    /// Confirm this e-mail address.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// Sign in through the browser, with one of the server's providers (id or name).
    #[arg(long, value_name = "PROVIDER", num_args = 0..=1, default_missing_value = "")]
    pub(crate) sso: Option<String>,
    /// Sign in through the browser.
    #[arg(long, group = "way")]
    pub(crate) browser: bool,
    /// Sign in by a code that is entered on another device.
    #[arg(long, group = "way")]
    pub(crate) device: bool,
    /// Sign in through a browser on another machine: the address that it ends up at is pasted here.
    #[arg(long, group = "way")]
    pub(crate) paste: bool,
    /// How this device shows in the account's list of devices.
    #[arg(long, value_name = "NAME")]
    pub(crate) device_name: Option<String>,
    /// Sign in with the login token in the first line of standard input.
    #[arg(long)]
    pub(crate) login_token_stdin: bool,
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
}
