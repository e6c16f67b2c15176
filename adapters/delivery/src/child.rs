//! What does a program that is started from here inherit?

use std::process::Command;

/// The variables by which the program `narthex` is told secrets.
pub const SECRET_VARIABLES: [&str; 3] = ["NARTHEX_PASSPHRASE", "NARTHEX_REGISTRATION_TOKEN", "NARTHEX_TOKEN"];

/// The same program, which inherits none of [`SECRET_VARIABLES`].
pub fn without_secrets(command: &mut Command) -> &mut Command {
    SECRET_VARIABLES.iter().fold(command, |command, name| command.env_remove(name))
}

/// Whether there is something to hide.
pub(crate) fn has_secrets() -> bool {
    SECRET_VARIABLES.iter().any(|name| std::env::var_os(name).is_some())
}
