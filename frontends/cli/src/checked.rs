//! Which flags has a command no use for? They are refused before anything is done.

use clap::CommandFactory as _;
use clap::error::ErrorKind;

use crate::args::{Cli, Command, SignIn};
use crate::qr::QrFormat;

impl Cli {
    /// The same, unless a flag was given that the command has no use for.
    pub(crate) fn checked(mut self) -> Result<Self, clap::Error> {
        if let Command::Token { exec, .. } = &mut self.command
            && !exec.is_empty()
        {
            if exec[0] == "--" {
                exec.remove(0);
            }
            if exec.first().is_none_or(|program| program.is_empty()) {
                return Err(Self::command().error(ErrorKind::TooFewValues, "--exec needs a command"));
            }
        }
        if self.global.qr_format == QrFormat::Png && self.global.qr_file.is_none() {
            let message = "--qr-format png needs --qr-file";
            return Err(Self::command().error(ErrorKind::MissingRequiredArgument, message));
        }
        match self.foreign().or_else(|| self.vain_account().map(str::to_owned)) {
            None => Ok(self),
            Some(message) => Err(Self::command().error(ErrorKind::ArgumentConflict, message)),
        }
    }

    /// What to do about a flag of `login` that was given to `register`, or the other way round.
    fn foreign(&self) -> Option<String> {
        let (flag, command) = if let Command::Register(flags) = &self.command {
            (flags.of_login(), "login")
        } else if let Command::Login { flags, .. } = &self.command {
            (flags.of_register(), "register")
        } else {
            (None, "")
        };
        flag.map(|flag| format!("{flag} is for “narthex {command}”"))
    }

    /// What to do about a saved session that was named to a command that is about none.
    #[expect(clippy::wildcard_enum_match_arm, reason = "most commands are about one, or about all there is")]
    fn vain_account(&self) -> Option<&'static str> {
        self.global.account.as_ref()?;
        match &self.command {
            Command::Register(_) => {
                Some("--account is for saved sessions: name the new account with --username")
            }
            Command::Login { again: false, .. } => Some(
                "--account is for saved sessions: use it with --again, or say who signs in with --username",
            ),
            Command::Logout { unfinished: true, .. } => Some(
                "--account is for saved sessions: --unfinished gives up all unfinished sign-ins, and ends none",
            ),
            Command::Switch { to: Some(_) } => Some("the account is named twice: leave --account out"),
            _ => None,
        }
    }
}

impl SignIn {
    /// A flag that only signing in has a use for.
    fn of_login(&self) -> Option<&'static str> {
        let given = [
            ("--browser", self.browser),
            ("--device", self.device),
            ("--qr", self.qr),
            ("--scan", self.scan.is_some()),
            ("--sso", self.sso.is_some()),
            ("--login-token-stdin", self.login_token_stdin),
            ("--access-token-stdin", self.access_token_stdin),
            ("--keep-other", self.keep_other),
        ];
        given.into_iter().find_map(|(flag, is_given)| is_given.then_some(flag))
    }

    /// A flag that only a registration has a use for. A registration token may come from the environment.
    fn of_register(&self) -> Option<&'static str> {
        let given = [("--email", self.email.is_some()), ("--accept-terms", self.accept_terms)];
        given.into_iter().find_map(|(flag, is_given)| is_given.then_some(flag))
    }
}
