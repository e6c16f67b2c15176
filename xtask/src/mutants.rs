//! Which changes to the engine does no test notice?

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::command::{answers, cargo, run, watch};
use crate::place;

const VERSION: &str = "27.1.0";

#[derive(Args)]
pub(crate) struct Options {
    /// How many to try at once
    #[arg(long, default_value_t = 2)]
    jobs: u8,
    /// Only those in files that match, such as `engine/src/discovery*.rs`
    #[arg(long, value_name = "GLOB")]
    file: Vec<String>,
    /// One part of all, such as `0/4`
    #[arg(long, value_name = "K/N")]
    shard: Option<String>,
    /// At least so many per cent must be caught
    #[arg(long, default_value_t = 90)]
    at_least: u8,
}

impl Options {
    pub(crate) fn run(&self) -> Result<()> {
        let report = place::target().join("mutants");
        let mut mutants = Command::new(tool()?);
        mutants.arg("mutants").current_dir(place::root());
        mutants.args([
            "--package",
            "narthex",
            "--test-package",
            "narthex,narthex-world,narthex-sim",
            "--no-shuffle",
        ]);
        // A mutant that loops must end, and one that compiles slowly is not yet caught.
        mutants.args(["--minimum-test-timeout", "60", "--colors", "never"]);
        mutants.arg("--jobs").arg(self.jobs.to_string()).arg("--output").arg(&report);
        for file in &self.file {
            mutants.arg("--file").arg(file);
        }
        if let Some(shard) = &self.shard {
            mutants.arg("--shard").arg(shard);
        }
        // It fails when any is missed; we judge by the share.
        watch(&mut mutants)?;
        self.judge(&report.join("mutants.out"))
    }

    fn judge(&self, report: &std::path::Path) -> Result<()> {
        let list = |name: &str| -> Result<Vec<String>> {
            let file = report.join(name);
            let text = fs::read_to_string(&file).with_context(|| format!("no {}", place::shown(&file)))?;
            Ok(text.lines().map(str::to_owned).collect())
        };
        let (caught, timeout, missed) = (list("caught.txt")?, list("timeout.txt")?, list("missed.txt")?);
        let unviable = list("unviable.txt")?.len();
        let noticed = caught.len() + timeout.len();
        let all = noticed + missed.len();
        if all == 0 {
            bail!("there was nothing to try");
        }
        println!("\nnot noticed:");
        missed.iter().for_each(|mutant| println!("  {mutant}"));
        let share = noticed * 1000 / all;
        println!(
            "{noticed} of {all} noticed ({}.{} %), {} by their timeout; {unviable} did not compile",
            share / 10,
            share % 10,
            timeout.len(),
        );
        if share < usize::from(self.at_least) * 10 { bail!("fewer than {} %", self.at_least) } else { Ok(()) }
    }
}

/// cargo-mutants of the version we know, installed beside what we build if it is not there.
fn tool() -> Result<std::path::PathBuf> {
    let folder = place::target().join("tools");
    let tool = folder.join("bin/cargo-mutants");
    let marker = folder.join(format!("cargo-mutants-{VERSION}"));
    if !(marker.exists() && answers(&tool.to_string_lossy(), &["mutants", "--version"])) {
        run(cargo(["install", "--locked", "--force", "cargo-mutants", "--version", VERSION, "--root"])
            .arg(&folder))?;
        fs::write(marker, "")?;
    }
    Ok(tool)
}
