//! What can one ask of the testbed at a shell?

use std::io::Write as _;
use std::process::Command;

use anyhow::{Result, bail};
use clap::Subcommand;

use super::home::Home;
use super::profile::Profile;
use super::{Testbed, authorization_server, install, synapse};

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Start a server; prints its base URL, and nothing else, on standard output
    #[command(after_help = FILES)]
    Up {
        #[arg(long, value_enum, default_value = "open")]
        profile: Profile,
    },
    /// Stop a server
    Down {
        #[arg(long, value_enum, default_value = "open")]
        profile: Profile,
        /// Every server, those of an interrupted test too
        #[arg(long)]
        all: bool,
    },
    /// Show which servers run
    Status,
    /// Go through sign-in at a fresh `oauth` server as an app and a person do
    Check,
    /// Run a command with fresh servers, which stop after it; it learns of them by the environment
    #[command(after_help = VARIABLES)]
    Run {
        /// Which servers; all unless said
        #[arg(long, value_enum, value_delimiter = ',')]
        profile: Vec<Profile>,
        #[arg(trailing_var_arg = true, required = true)]
        command: Vec<String>,
    },
}

const FILES: &str = "\
Its logs, and what else it leaves, are in target/testbed/<profile>.
For oauth and those like it that is, in `authorization_url`, the authorization server's base URL, and in `control_secret`
the Bearer token for what only tests may do there.";

const VARIABLES: &str = "\
The command's environment, for each profile (EMAIL_OPTIONAL for email-optional):
  NARTHEX_TESTBED_<PROFILE>        the base URL
  NARTHEX_TESTBED_MAIL_<PROFILE>   where the mail it sends arrives as 001.eml, 002.eml, ...
  NARTHEX_TESTBED_ADMIN_<PROFILE>  an administrator's access token
In place of the administrator, oauth and those like it have
  NARTHEX_TESTBED_AUTHORIZATION_OAUTH   the authorization server's base URL
  NARTHEX_TESTBED_CONTROL_OAUTH         the Bearer token for what only tests may do there, see
                                        xtask/testbed/authorization-server/test-control.js
and those behind an nginx
  NARTHEX_TESTBED_ETAGS_OAUTH_WEAK      its log: method, path, status and ETag of each answer
  NARTHEX_TESTBED_DIRECT_OAUTH_WEAK     the base URL that leads past it
Every server has an account `demo` with the password `correct horse battery staple`. Those that ask for
registration tokens have `narthex-demo-token`, without limit, and `narthex-single-use`.";

impl Action {
    pub(crate) fn run(self) -> Result<()> {
        match self {
            Self::Up { profile } => {
                install(&[profile])?;
                println!("{}", synapse::up(&Home::by_hand(profile))?);
                Ok(())
            }
            Self::Down { all: true, .. } => Profile::ALL.iter().try_for_each(|profile| {
                Home::by_hand(*profile).stop()?;
                Home::of_tests(*profile).stop()
            }),
            Self::Down { profile, all: false } => Home::by_hand(profile).stop(),
            Self::Status => status(),
            Self::Check => check(),
            Self::Run { profile, command } => with_servers(&profile, &command),
        }
    }
}

pub(crate) fn check() -> Result<()> {
    let testbed = Testbed::start(&[Profile::Oauth])?;
    let status = authorization_server::check()?.envs(testbed.variables()?).status()?;
    if status.success() { Ok(()) } else { bail!("the logs are in target/testbed/tests/oauth") }
}

fn status() -> Result<()> {
    let mut table = format!("{:<20} {:<8} {:<24} mail\n", "profile", "", "base URL");
    for profile in Profile::ALL {
        let home = Home::by_hand(profile);
        let state = if home.is_running() { "up" } else { "down" };
        let url = home.url().filter(|_| home.is_running()).unwrap_or_default();
        let mail = std::fs::read_dir(home.file("mail")).map(Iterator::count).unwrap_or_default();
        let mail = if profile.sends_mail() && home.is_running() { mail.to_string() } else { String::new() };
        table.push_str(format!("{:<20} {state:<8} {url:<24} {mail}", profile.name()).trim_end());
        table.push('\n');
    }
    // At once, so that whoever reads only its head does not break us.
    Ok(std::io::stdout().write_all(table.as_bytes())?)
}

fn with_servers(profiles: &[Profile], command: &[String]) -> Result<()> {
    let profiles = if profiles.is_empty() { &Profile::ALL } else { profiles };
    let testbed = Testbed::start(profiles)?;
    let [program, arguments @ ..] = command else { bail!("no command") };
    let status = Command::new(program).args(arguments).envs(testbed.variables()?).status()?;
    if status.success() { Ok(()) } else { bail!("`{program}` ended with {status}") }
}
