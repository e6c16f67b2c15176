//! Which steps are there, in which order?

use anyhow::{Result, bail};

use super::count::Count;
use crate::command::{answers, cargo, run, watch};
use crate::testbed::{self, Profile, Testbed};
use crate::{place, system, tidy, wasm};

/// One step of `cargo xtask test`. To add one, add a line to [`STEPS`].
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Left out by `--quick`.
    pub(crate) slow: bool,
    pub(crate) run: fn(&mut Count) -> Result<Outcome>,
}

pub(crate) enum Outcome {
    Passed,
    Skipped(String),
}

const fn quick(name: &'static str, about: &'static str, run: fn(&mut Count) -> Result<Outcome>) -> Step {
    Step { name, about, slow: false, run }
}

const fn slow(name: &'static str, about: &'static str, run: fn(&mut Count) -> Result<Outcome>) -> Step {
    Step { name, about, slow: true, run }
}

pub(crate) const STEPS: &[Step] = &[
    quick("packages", "what the system must have", packages),
    quick("fmt", "the layout of the code", fmt),
    quick("tidy", "what the architecture and the style promise", tidies),
    quick("clippy", "lints, none tolerated", clippy),
    quick("deny", "licences, advisories and sources of dependencies", deny),
    quick("tests", "every unit and integration test", tests),
    quick("doctests", "every example in the documentation", doctests),
    quick("docs", "the documentation builds without a warning", docs),
    quick("wasm", "the engine imports nothing", purity),
    slow("real-servers", "the command line against Synapse in every configuration", real_servers),
];

/// For the storage tests a session bus and a Secret Service; for the testbed a Python.
const PACKAGES: &[&str] = &["dbus", "gnome-keyring"];

fn packages(_: &mut Count) -> Result<Outcome> {
    system::install(PACKAGES)?;
    testbed::install_python()?;
    Ok(Outcome::Passed)
}

fn fmt(_: &mut Count) -> Result<Outcome> {
    passed(run(&mut cargo(["fmt", "--all", "--check"])))
}

fn tidies(_: &mut Count) -> Result<Outcome> {
    passed(tidy::run())
}

fn clippy(_: &mut Count) -> Result<Outcome> {
    passed(run(&mut cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ])))
}

fn deny(_: &mut Count) -> Result<Outcome> {
    if !answers("cargo", &["deny", "--version"]) {
        return Ok(Outcome::Skipped("cargo-deny is not installed".into()));
    }
    // The advisory database is fetched from the network, which not every machine reaches.
    passed(run(&mut cargo(["deny", "--locked", "check", "bans", "licenses", "sources"])))
}

fn tests(count: &mut Count) -> Result<Outcome> {
    counted(
        count,
        ["test", "--workspace", "--lib", "--bins", "--tests", "--examples", "--locked", "--no-fail-fast"],
    )
}

fn doctests(count: &mut Count) -> Result<Outcome> {
    counted(count, ["test", "--workspace", "--doc", "--locked", "--no-fail-fast"])
}

fn docs(_: &mut Count) -> Result<Outcome> {
    let mut doc = cargo(["doc", "--workspace", "--no-deps", "--locked", "--document-private-items"]);
    passed(run(doc.env("RUSTDOCFLAGS", "--deny warnings")))
}

fn purity(_: &mut Count) -> Result<Outcome> {
    passed(wasm::run_probe())
}

fn real_servers(count: &mut Count) -> Result<Outcome> {
    let suite = "frontends/cli/tests/real_synapse.rs";
    if !place::root().join(suite).exists() && !place::root().join("frontends/cli/tests/real_synapse").exists()
    {
        return Ok(Outcome::Skipped(format!("there is no {suite}")));
    }
    testbed::install_python()?;
    let testbed = Testbed::start(&Profile::ALL)?;
    let mut test = cargo(["test", "--package", "narthex-cli", "--test", "real_synapse", "--locked"]);
    let (ok, output) = watch(test.envs(testbed.variables()?))?;
    count.add(&output);
    if ok { Ok(Outcome::Passed) } else { bail!("the servers' logs are in target/testbed/tests") }
}

fn counted<const N: usize>(count: &mut Count, arguments: [&str; N]) -> Result<Outcome> {
    let (ok, output) = watch(&mut cargo(arguments))?;
    count.add(&output);
    if ok { Ok(Outcome::Passed) } else { bail!("tests failed or did not compile") }
}

fn passed<T>(outcome: Result<T>) -> Result<Outcome> {
    outcome.map(|_| Outcome::Passed)
}
