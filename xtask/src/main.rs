//! Which tasks does this workspace have? `cargo xtask help` lists them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task is a program that is read at a shell")]

mod command;
mod place;
mod system;
mod testbed;

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
    /// A real homeserver on this machine, in each configuration of registration and sign-in
    #[command(subcommand)]
    Testbed(testbed::Action),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
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
