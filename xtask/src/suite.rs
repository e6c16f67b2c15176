//! What does everything have to pass, here and in CI?

mod count;
mod steps;

use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use count::Count;
use steps::{Outcome, STEPS, Step};

#[derive(Args)]
pub(crate) struct Options {
    /// Leave out the steps that take minutes: those with real servers
    #[arg(long)]
    quick: bool,
    /// Only this step
    #[arg(long, value_name = "STEP", value_parser = names())]
    only: Option<String>,
}

fn names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

impl Options {
    fn wants(&self, step: &Step) -> bool {
        match &self.only {
            Some(name) => name == step.name,
            None => !(self.quick && step.slow),
        }
    }

    /// The steps one after the other; the first failure ends it.
    pub(crate) fn run(&self) -> Result<()> {
        let mut count = Count::default();
        let mut table = Vec::new();
        let mut failure = None;
        for step in STEPS.iter().filter(|step| self.wants(step)) {
            println!("\n==> {}: {}", step.name, step.about);
            let since = Instant::now();
            let outcome = (step.run)(&mut count);
            let seconds = since.elapsed().as_secs_f32();
            let verdict = match outcome {
                Ok(Outcome::Passed) => "ok".to_owned(),
                Ok(Outcome::Skipped(reason)) => format!("skipped: {reason}"),
                Err(error) => {
                    failure = Some((step.name, error));
                    "FAILED".to_owned()
                }
            };
            table.push(format!("{:<16}{seconds:>8.1} s  {verdict}", step.name));
            if failure.is_some() {
                break;
            }
        }
        println!("\n{}", table.join("\n"));
        if let Some((name, error)) = &failure {
            println!("\nstep `{name}` failed: {error:#}\nagain: cargo xtask test --only {name}");
        }
        println!("\n{count}");
        if failure.is_some() { bail!("not everything passed") } else { Ok(()) }
    }
}
