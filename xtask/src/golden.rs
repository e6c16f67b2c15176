//! How are the files that tests compare byte for byte written anew?

use anyhow::{Result, bail};

use crate::command::{cargo, read, watch};
use crate::tidy::included;

/// Shows in the book the code of today, and runs every test with leave to rewrite what it compares; what changed is for the diff to show.
pub(crate) fn run() -> Result<()> {
    included::write()?;
    let targets = ["--lib", "--bins", "--tests"];
    let mut tests = cargo(["test", "--workspace", "--all-features", "--no-fail-fast", "--quiet"]);
    let (ok, _) = watch(tests.args(targets).env("UPDATE_GOLDEN", "1").env("UPDATE_EXPECT", "1"))?;
    let mut git = std::process::Command::new("git");
    let changed = read(git.args(["status", "--short"]).current_dir(crate::place::root()))?;
    println!("\nwhat differs from the last commit now:\n{changed}");
    if ok { Ok(()) } else { bail!("some tests fail whatever they are compared with") }
}
