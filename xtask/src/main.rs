//! Which tasks does this workspace have? `cargo xtask help` lists them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task is a program that is read at a shell")]

mod bench;
mod command;
mod demo;
mod golden;
mod mutants;
mod nightly;
mod place;
mod soak;
mod suite;
mod system;
mod testbed;
mod tidy;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The tasks of the Narthex workspace.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// The main job, on an embedded homeserver: at a terminal you do it, else a script does
    Demo,
    /// Everything that CI runs; installs what it needs, or says the one command that does
    Test(suite::Options),
    /// The same as `test`
    Ci(suite::Options),
    /// What the architecture and the style promise and no compiler checks
    Tidy,
    /// What the engine and the command line cost, beside what they may cost
    Bench(bench::Options),
    /// One session in an application that stays and in programs that come and go: is a token spent twice, or dead?
    Soak(soak::Options),
    /// Write anew the files that tests compare byte for byte
    Golden,
    /// Changes to the engine that no test notices, by cargo-mutants
    Mutants(mutants::Options),
    /// Two devices on real servers, with bad luck at every step: an hour or more, and a report in the end
    Nightly(nightly::Options),
    /// A real homeserver on this machine, in each configuration of registration and sign-in
    #[command(subcommand)]
    Testbed(testbed::cli::Action),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Demo => demo::run_demo(),
        Task::Test(options) | Task::Ci(options) => options.run(),
        Task::Tidy => tidy::run(),
        Task::Bench(options) => options.run(),
        Task::Soak(options) => options.run(),
        Task::Golden => golden::run(),
        Task::Mutants(options) => options.run(),
        Task::Nightly(options) => options.run(),
        Task::Testbed(action) => action.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
