//! Does the engine, as WebAssembly, ask its host for anything?
//!
//! Time, randomness and I/O can reach a wasm module only through its import section. A small program that
//! drives the engine is built, so that everything is linked, and that section must be empty but for the glue of
//! wasm-bindgen, which oauth2 brings along and which gives the engine nothing (see ADR 12). On this target
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
    let (glue, found): (Vec<_>, Vec<_>) = imports::of(&module)?.into_iter().partition(|name| is_glue(name));
    if !found.is_empty() {
        bail!("the engine imports {}", found.join(", "));
    }
    for refusal in REFUSALS {
        if module.windows(refusal.len()).any(|bytes| bytes == refusal.as_bytes()) {
            bail!("the engine uses what the standard library refuses: {refusal}");
        }
    }
    let (file, bytes, glue) = (place::shown(file), module.len(), glue.len());
    println!("{file}: {bytes} bytes, no imports but {glue} of wasm-bindgen's glue");
    Ok(())
}

/// What wasm-bindgen needs for itself: its allocator of references, its throw. A clock would be `__wbg_now_…`.
fn is_glue(import: &str) -> bool {
    let name = import.strip_prefix("__wbindgen_placeholder__.");
    let name = name.or_else(|| import.strip_prefix("__wbindgen_externref_xform__."));
    name.is_some_and(|name| name.starts_with("__wbindgen_") || name.starts_with("__wbg___wbindgen_"))
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

#[cfg(test)]
mod tests {
    use super::is_glue;

    #[test]
    fn a_clock_is_no_glue() {
        assert!(is_glue("__wbindgen_placeholder__.__wbindgen_object_drop_ref"));
        assert!(is_glue("__wbindgen_placeholder__.__wbg___wbindgen_throw_4c88d8bf264fd984"));
        for import in [
            "__wbindgen_placeholder__.__wbg_now_80c20ef0b6b0f86d",
            "__wbindgen_placeholder__.__wbg_getRandomValues_3f44b700395062e5",
            "env.__wbindgen_throw",
            "wasi_snapshot_preview1.clock_time_get",
        ] {
            assert!(!is_glue(import), "{import}");
        }
    }
}
