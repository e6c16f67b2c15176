//! Does the engine, as WebAssembly, ask its host for anything?
//!
//! Time, randomness and I/O can reach a wasm module only through its import section. A small program that
//! drives the engine is built, so that everything is linked, and that section must be empty. On this target
//! the standard library answers for its clock and files itself, by failing: what it says then must not be
//! in the module either.

mod imports;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{answers, cargo, read, run};
use crate::place;

const TARGET: &str = "wasm32-unknown-unknown";

/// What the standard library has to say where there is no clock, or no file, socket or thread.
const REFUSALS: &[&str] =
    &["time not implemented on this platform", "operation not supported on this platform"];

pub(crate) fn run_probe() -> Result<()> {
    have_target()?;
    let probe = place::root().join("xtask/wasm-probe");
    // The same versions as everywhere else; cargo drops what the probe does not need.
    fs::copy(place::root().join("Cargo.lock"), probe.join("Cargo.lock"))?;
    let built = place::target().join("wasm-probe");
    run(cargo(["build", "--release", "--target", TARGET])
        .current_dir(&probe)
        .arg("--target-dir")
        .arg(&built))?;
    let module = built.join(TARGET).join("release/narthex_wasm_probe.wasm");
    check(&module)
}

fn check(file: &Path) -> Result<()> {
    let module = fs::read(file).with_context(|| format!("no {}", place::shown(file)))?;
    let found = imports::of(&module)?;
    if !found.is_empty() {
        bail!("the engine imports {}", found.join(", "));
    }
    for refusal in REFUSALS {
        if module.windows(refusal.len()).any(|bytes| bytes == refusal.as_bytes()) {
            bail!("the engine uses what the standard library refuses: {refusal}");
        }
    }
    println!("{}: {} bytes, no imports", place::shown(file), module.len());
    Ok(())
}

/// The standard library for wasm comes with rustup, or with the system's packages.
fn have_target() -> Result<()> {
    let sysroot = read(Command::new("rustc").args(["--print", "sysroot"]).current_dir(place::root()))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).exists() {
        return Ok(());
    }
    if !answers("rustup", &["--version"]) {
        bail!("the target {TARGET} is missing, and there is no rustup to add it with");
    }
    run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(place::root()))?;
    Ok(())
}
