//! `narthex`: sign in to Matrix from the command line.

mod account;
mod application;
mod args;
mod candidates;
mod checked;
mod commands;
mod doctor;
mod encryption;
mod ending;
mod environment;
mod examples;
mod exit;
mod explain;
mod fault;
mod handler;
mod input;
mod interactive;
mod interface;
mod json;
mod left;
mod lines;
mod link;
mod next;
mod opening;
mod pages;
mod pick;
mod picture;
mod plain;
mod process;
mod progress;
mod qr;
mod question;
mod replaying;
mod report;
mod scan;
mod script;
mod session;
mod settling;
mod setup;
mod sign_in;
mod status;
mod stdout;
mod terminal;
mod text;
mod token;
mod turn;

use std::io::{IsTerminal as _, Write as _};
use std::pin::pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _};
use narthex_text::Text;

use args::{Cli, Command};
use exit::{Exit, USAGE};
use narthex_app::Goal;
use report::Report;
use settling::settled;
use setup::Setup;

fn main() -> ExitCode {
    process::keep_to_itself();
    if let Some(code) = picture::looked() {
        return code.into();
    }
    process::survive_full_files();
    pages::complete();
    let code = match parsed() {
        Ok((cli, asked)) => ended(cli, asked),
        Err(said) => parsed_not(&said),
    };
    // A thread may still read standard input, which cannot be called off.
    std::process::exit(code.into())
}

/// The command line; and the names of the command and its flags, without their values.
fn parsed() -> Result<(Cli, Vec<String>), clap::Error> {
    let matches = Cli::command().try_get_matches()?;
    let (name, flags) = matches.subcommand().unwrap_or(("", &matches));
    let is_given = |id: &&clap::Id| flags.value_source(id.as_str()) == Some(ValueSource::CommandLine);
    let given = flags.ids().filter(is_given).map(|id| id.as_str().to_owned());
    let asked = std::iter::once(name.to_owned()).chain(given).collect();
    Ok((Cli::from_arg_matches(&matches)?.checked()?, asked))
}

/// The exit code of a command.
fn ended(Cli { mut global, command }: Cli, asked: Vec<String>) -> u8 {
    let report = global.report.as_deref().map(|path| Report::begin(path, asked)).transpose();
    if let Ok(Some(report)) = &report {
        global.trace = Some(report.trace().to_owned());
    }
    let setup = &Setup::new(global);
    process::say_where_it_panics(&setup.text);
    let ended = report.and_then(|report| {
        let ended = perform(command, setup);
        if let Some(report) = report {
            report.end(ended.as_ref().err())?;
            plain::say(&setup.text.say("report-written", &[]));
        }
        ended
    });
    let exit = match ended {
        Err(exit) => Some(exit),
        Ok(()) => stdout::lost().map(Exit::Output),
    };
    let is_reported = setup.global.report.is_some();
    let is_said = matches!(exit, Some(Exit::File { .. }));
    if setup.global.trace.is_some() && !is_reported && !is_said && setup.awaited().is_none() {
        plain::say(&setup.text.say("no-trace", &[]));
    }
    let Some(exit) = exit else { return 0 };
    if matches!(exit, Exit::Unverified) {
        // What there is to say has been said.
        return exit.code();
    }
    if setup.global.json {
        json::out::failed(&exit);
    } else if matches!(exit, Exit::Cancelled) {
        plain::say(&explain::cancelled(setup.awaited().as_ref(), &setup.text));
    }
    // What cannot be said there is said here.
    if !setup.global.json || stdout::lost().is_some() {
        explain::explain(&exit, &setup.text);
    }
    if exit.is_for_a_report() && !is_reported && !setup.global.json && std::io::stderr().is_terminal() {
        plain::say(&setup.text.say("offer-report", &[]));
    }
    exit.code()
}

/// The exit code of a command line that is none; or that asks for help or the version.
fn parsed_not(said: &clap::Error) -> u8 {
    if said.use_stderr() && asks_for_json() {
        // The first paragraph says what is wrong; what follows is for people.
        let rendered = said.render().to_string();
        let message = rendered.split("\n\n").next().unwrap_or_default().trim();
        json::out::no_command(message.trim_start_matches("error: ").to_owned());
        return USAGE;
    }
    if let Some(exit) = environment::empty(said) {
        explain::explain(&exit, &Text::in_language(&text::languages(), text::LOCALES));
        return USAGE;
    }
    let printed = said.print().and_then(|()| std::io::stdout().flush());
    match printed {
        Err(error) if !said.use_stderr() => {
            stdout::check(Err(error));
            let exit = stdout::lost().map_or(Exit::Cancelled, Exit::Output);
            explain::explain(&exit, &Text::in_language(&text::languages(), text::LOCALES));
            exit.code()
        }
        Ok(()) | Err(_) => u8::try_from(said.exit_code()).unwrap_or(USAGE),
    }
}

/// What could not be understood may have said so.
fn asks_for_json() -> bool {
    std::env::args_os().skip(1).take_while(|argument| argument != "--").any(|argument| argument == "--json")
}

fn perform(command: Command, setup: &Setup) -> Result<(), Exit> {
    if command.only_prints() {
        stdout::check_reader();
        stdout::lost().map_or(Ok(()), |error| Err(Exit::Output(error)))?;
    }
    setup.begin_code_file()?;
    match command {
        Command::Register(flags) => run(sign_in::run(Goal::Register, flags, setup), setup),
        Command::Login { flags, again: false } => run(sign_in::run(Goal::SignIn, flags, setup), setup),
        Command::Login { flags, again: true } => run(sign_in::again(flags, setup), setup),
        Command::Encryption { what } => run(encryption::run(what, setup), setup),
        Command::Link(flags) => run(link::run(flags, setup), setup),
        Command::Whoami => run(session::whoami(setup), setup),
        Command::Accounts => run(session::accounts(setup), setup),
        Command::Token { format, refresh, exec } => {
            let wanted = token::Wanted { renew: refresh, format, exec };
            token::print(&run(token::fresh(setup, &wanted), setup)?, setup, &wanted)
        }
        Command::Devices => run(account::devices(setup), setup),
        Command::Manage { action, device } => run(account::manage(setup, action, device.as_deref()), setup),
        Command::Logout { unfinished: true, .. } => run(session::give_up(setup), setup),
        Command::Logout { everywhere, forget, unfinished: false } => {
            run(session::logout(setup, session::Leaving { everywhere, forget }), setup)
        }
        Command::Switch { to } => run(session::switch(setup, to.as_deref()), setup),
        Command::Status => status::run(setup),
        Command::Handler { what } => handler::run(setup, what),
        Command::Deliver { address } => run(handler::deliver(setup, address), setup),
        Command::Doctor { server } => run(doctor::run(server, setup), setup),
        Command::Replay { recorded } => replaying::run(&recorded, setup),
        Command::Schema { name } => {
            json::schema::print(name);
            Ok(())
        }
        Command::Completions { shell } => pages::completions(shell),
        Command::Man { command, dir } => pages::man(command.as_deref(), dir.as_deref()),
    }
}

/// Runs to its end, or until the keyboard interrupts, or for as long as it may take.
fn run<T>(work: impl Future<Output = Result<T, Exit>>, setup: &Setup) -> Result<T, Exit> {
    // What servers send is read in another thread: one that never stops sending delays nothing here.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        // A server that sends without end is read in long turns: clocks and signals are looked at after each.
        .event_interval(1)
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| Exit::System(error.to_string()))?;
    let result = runtime.block_on(async {
        let mut work = pin!(work);
        let exit = tokio::select! {
            // What blocks does so before the keyboard is listened to, and is interrupted by it.
            biased;
            result = &mut work => return result,
            _ = tokio::signal::ctrl_c() => Exit::Cancelled,
            exit = timed_out(setup) => exit,
        };
        let is_told = tokio::select! {
            is_told = link::interrupted(setup) => is_told,
            _ = tokio::signal::ctrl_c() => return Err(exit),
        };
        let start = Instant::now();
        tokio::select! {
            // What it should do is done, and said, although its time was over. Whoever interrupts it wants no more of it, and
            // what was given up is not shown any more.
            done = &mut work, if !is_told => if done.is_ok() && matches!(exit, Exit::TimedOut { .. }) {
                return done;
            },
            () = settled(setup) => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        Err(exit.after(start.elapsed()))
    });
    // What blocks (a keyring that asks) is not waited for.
    runtime.shutdown_background();
    setup.end_code_file();
    terminal::restore();
    result
}

/// After the time that the command may take; never, if that was not said.
async fn timed_out(setup: &Setup) -> Exit {
    let Some(seconds) = setup.global.timeout else { return std::future::pending().await };
    // The runtime's own clock stands still while what a server sends is read.
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(seconds));
        tell.send(()).ok();
    });
    told.await.ok();
    if setup.is_done.get() {
        // What is waited for then has a limit of its own.
        std::future::pending::<()>().await;
    }
    Exit::TimedOut { seconds, awaited: setup.awaited().map(Box::new), settled: false }
}

#[cfg(test)]
mod fuzz;
