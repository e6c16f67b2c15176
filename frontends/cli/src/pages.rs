//! `narthex man` and `narthex completions`: what does the command line say about itself?

use std::path::Path;

use clap::CommandFactory as _;
use clap::error::ErrorKind;
use clap_complete::env::Shells;
use clap_complete::{CompleteEnv, Shell};
use clap_mangen::Man;

use crate::args::Cli;
use crate::exit::Exit;
use crate::stdout;

/// By which a shell asks for what fits what was typed.
const ASKED: &str = "NARTHEX_COMPLETE";

/// Prints the page of one command, or writes the pages of all.
pub(crate) fn man(command: Option<&str>, dir: Option<&Path>) -> Result<(), Exit> {
    let mut cli = Cli::command().disable_help_subcommand(true);
    cli.build();
    if let Some(dir) = dir {
        let written = std::fs::create_dir_all(dir).and_then(|()| clap_mangen::generate_to(cli, dir));
        return written.map_err(|error| Exit::File { path: dir.display().to_string(), error });
    }
    let of = match command {
        None => cli,
        Some(name) => match cli.find_subcommand(name).filter(|found| !found.is_hide_set()) {
            Some(found) => found.clone(),
            None => cli.error(ErrorKind::InvalidSubcommand, format!("there is no command '{name}'")).exit(),
        },
    };
    let mut page = Vec::new();
    Man::new(of).render(&mut page).map_err(|error| Exit::System(error.to_string()))?;
    stdout::write(&page);
    Ok(())
}

/// Prints what makes a shell ask.
pub(crate) fn completions(shell: Shell) -> Result<(), Exit> {
    const NAME: &str = "narthex";
    let mut script = Vec::new();
    for known in Shells::builtins().iter().filter(|known| known.is(&shell.to_string())) {
        let written = known.write_registration(ASKED, NAME, NAME, NAME, &mut script);
        written.map_err(|error| Exit::System(error.to_string()))?;
    }
    stdout::write(&script);
    Ok(())
}

/// Answers a shell, and ends; does nothing if none asks.
pub(crate) fn complete() {
    CompleteEnv::with_factory(Cli::command).var(ASKED).complete();
}
