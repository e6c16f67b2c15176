//! `narthex`: sign in to Matrix from the command line.

mod account;
mod application;
mod args;
mod doctor;
mod exit;
mod explain;
#[cfg(test)]
mod fuzz;
mod handler;
mod input;
mod interactive;
mod interface;
mod json;
mod left;
mod lines;
mod next;
mod plain;
mod process;
mod progress;
mod qr;
mod replaying;
mod script;
mod session;
mod setup;
mod sign_in;
mod stdout;
mod terminal;
mod text;
mod token;
mod turn;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, Parser as _};
use narthex_text::Text;

use args::{Cli, Command};
use exit::Exit;
use narthex_app::Goal;
use setup::Setup;

fn main() -> ExitCode {
    process::keep_to_itself();
    let code = match Cli::try_parse() {
        Ok(Cli { global, command }) => ended(command, &Setup::new(global)),
        Err(said) => parsed_not(&said),
    };
    // A thread may still read standard input, which cannot be called off.
    std::process::exit(code.into())
}

/// The exit code of a command.
fn ended(command: Command, setup: &Setup) -> u8 {
    process::say_where_it_panics(&setup.text);
    let exit = match perform(command, setup) {
        Err(exit) => Some(exit),
        Ok(()) => stdout::lost().map(Exit::Output),
    };
    if setup.global.trace.is_some() && setup.awaited().is_none() {
        plain::say(&setup.text.say("no-trace", &[]));
    }
    let Some(exit) = exit else { return 0 };
    if setup.global.json {
        json::out::failed(&exit);
    } else if matches!(exit, Exit::Cancelled) {
        plain::say(&explain::cancelled(setup.awaited().as_ref(), &setup.text));
    }
    // What cannot be said there is said here.
    if !setup.global.json || stdout::lost().is_some() {
        explain::explain(&exit, &setup.text);
    }
    exit.code()
}

/// The exit code of a command line that is none; or that asks for help or the version.
fn parsed_not(said: &clap::Error) -> u8 {
    let printed = said.print().and_then(|()| std::io::stdout().flush());
    match printed {
        Err(error) if !said.use_stderr() => {
            stdout::check(Err(error));
            let exit = stdout::lost().map_or(Exit::Cancelled, Exit::Output);
            explain::explain(&exit, &Text::in_language(&text::languages(), text::LOCALES));
            exit.code()
        }
        Ok(()) | Err(_) => u8::try_from(said.exit_code()).unwrap_or(2),
    }
}

fn perform(command: Command, setup: &Setup) -> Result<(), Exit> {
    match command {
        Command::Register(flags) => run(sign_in::run(Goal::Register, flags, setup), setup),
        Command::Login { flags, again: false } => run(sign_in::run(Goal::SignIn, flags, setup), setup),
        Command::Login { flags, again: true } => run(sign_in::again(flags, setup), setup),
        Command::Whoami => run(session::whoami(setup), setup),
        Command::Accounts => session::accounts(setup),
        Command::Token { format, refresh, exec } => {
            let session = run(token::fresh(setup, refresh), setup)?;
            token::print(&session, setup, format, &exec)
        }
        Command::Devices => run(account::devices(setup), setup),
        Command::Manage { action, device } => account::manage(setup, action, device.as_deref()),
        Command::Logout { everywhere, forget } => run(session::logout(setup, everywhere, forget), setup),
        Command::Handler { what } => handler::run(setup, what),
        Command::Deliver { address } => run(handler::deliver(setup, address), setup),
        Command::Doctor { server } => run(doctor::run(server, setup), setup),
        Command::Replay { trace } => replaying::run(&trace, setup),
        Command::Schema { name } => {
            json::schema::print(name);
            Ok(())
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "narthex", &mut script);
            stdout::write(&script);
            Ok(())
        }
        Command::Man => man(),
    }
}

/// Runs to its end, or until the keyboard interrupts, or for as long as it may take.
fn run<T>(work: impl Future<Output = Result<T, Exit>>, setup: &Setup) -> Result<T, Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Exit::System(error.to_string()))?;
    let result = runtime.block_on(async {
        process::survive_full_files();
        tokio::select! {
            result = work => result,
            _ = tokio::signal::ctrl_c() => Err(Exit::Cancelled),
            exit = timed_out(setup) => Err(exit),
        }
    });
    // What blocks (a keyring that asks) is not waited for.
    runtime.shutdown_background();
    terminal::restore();
    result
}

/// After the time that the command may take; never, if that was not said.
async fn timed_out(setup: &Setup) -> Exit {
    let Some(seconds) = setup.global.timeout else { return std::future::pending().await };
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    Exit::TimedOut { seconds, awaited: setup.awaited().map(Box::new) }
}

fn man() -> Result<(), Exit> {
    let mut page = Vec::new();
    let written = clap_mangen::Man::new(Cli::command()).render(&mut page);
    written.map_err(|error| Exit::System(error.to_string()))?;
    stdout::write(&page);
    Ok(())
}
