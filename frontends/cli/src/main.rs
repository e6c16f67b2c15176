//! `narthex`: sign in to Matrix from the command line.

mod account;
mod application;
mod args;
mod doctor;
mod exit;
mod explain;
mod handler;
mod input;
mod interactive;
mod interface;
mod json;
mod lines;
mod next;
mod plain;
mod qr;
mod replaying;
mod script;
mod session;
mod setup;
mod sign_in;
mod terminal;
mod text;
mod token;
mod turn;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use args::{Cli, Command};
use exit::Exit;
use narthex_app::Goal;
use setup::Setup;

fn main() -> ExitCode {
    let Cli { global, command } = Cli::parse();
    leave_the_terminal_as_it_was();
    let setup = Setup::new(global);
    let code = match perform(command, &setup) {
        Ok(()) => 0,
        Err(exit) => {
            if setup.global.json {
                json::out::failed(&exit);
            } else {
                explain::explain(&exit, &setup.text);
            }
            exit.code()
        }
    };
    // A thread may still read standard input, which cannot be called off.
    std::process::exit(code.into())
}

/// Also when we panic.
fn leave_the_terminal_as_it_was() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        terminal::restore();
        tell(panic);
    }));
}

fn perform(command: Command, setup: &Setup) -> Result<(), Exit> {
    match command {
        Command::Register(flags) => run(sign_in::run(Goal::Register, flags, setup)),
        Command::Login { flags, again: false } => run(sign_in::run(Goal::SignIn, flags, setup)),
        Command::Login { flags, again: true } => run(sign_in::again(flags, setup)),
        Command::Whoami => run(session::whoami(setup)),
        Command::Accounts => session::accounts(setup),
        Command::Token { format, exec } => run(token::run(setup, format, &exec)),
        Command::Devices => run(account::devices(setup)),
        Command::Manage { action, device } => account::manage(setup, action, device.as_deref()),
        Command::Logout { everywhere, forget } => run(session::logout(setup, everywhere, forget)),
        Command::Handler { what } => handler::run(setup, what),
        Command::Deliver { address } => run(handler::deliver(setup, address.into())),
        Command::Doctor { server } => run(doctor::run(server, setup)),
        Command::Replay { trace } => replaying::run(&trace, setup),
        Command::Schema { name } => {
            json::schema::print(name);
            Ok(())
        }
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "narthex", &mut std::io::stdout());
            Ok(())
        }
        Command::Man => man(),
    }
}

/// Runs to its end, or until the keyboard interrupts.
fn run(work: impl Future<Output = Result<(), Exit>>) -> Result<(), Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Exit::System(error.to_string()))?;
    let result = runtime.block_on(async {
        tokio::select! {
            result = work => result,
            _ = tokio::signal::ctrl_c() => Err(Exit::Cancelled),
        }
    });
    // What blocks (a keyring that asks) is not waited for.
    runtime.shutdown_background();
    terminal::restore();
    result
}

fn man() -> Result<(), Exit> {
    let mut page = Vec::new();
    let written = clap_mangen::Man::new(Cli::command()).render(&mut page);
    written.and_then(|()| std::io::stdout().write_all(&page)).map_err(|error| Exit::System(error.to_string()))
}
