//! Which steps are there, in which order?

use std::process::Command;

use anyhow::{Context, Result, bail};

use super::count::Count;
use crate::command::{answers, cargo, run, watch};
use crate::testbed::{self, Profile, Testbed};
use crate::{system, tidy, wasm};

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
    slow(
        "testbed",
        "the testbed's authorization server does as the specification says",
        authorization_server,
    ),
    slow("real-servers", "the command line against Synapse in every configuration", real_servers),
];

/// For the storage tests a session bus and a Secret Service.
const PACKAGES: &[&str] = &["dbus", "gnome-keyring"];
/// For what people see in a browser.
const BROWSER: &[&str] = &["chromium", "chromium-driver"];

fn packages(_: &mut Count) -> Result<Outcome> {
    system::install(PACKAGES)?;
    testbed::install_python()?;
    Ok(Outcome::Passed)
}

fn fmt(_: &mut Count) -> Result<Outcome> {
    run(&mut cargo(["fmt", "--all", "--check"]))?;
    // Not of the workspace.
    passed(run(&mut cargo(["fmt", "--check", "--manifest-path", "xtask/wasm-probe/Cargo.toml"])))
}

fn tidies(_: &mut Count) -> Result<Outcome> {
    passed(tidy::run())
}

fn clippy(_: &mut Count) -> Result<Outcome> {
    let lint = |targets: &[&str]| {
        let mut clippy = cargo(["clippy", "--workspace", "--all-features", "--locked"]);
        run(clippy.args(targets).args(["--", "--deny", "warnings"]))
    };
    lint(&["--all-targets"])?;
    // Those that are no part of the tests' step: they need servers.
    let named = ["real", "real_synapse", "real_oauth", "nightly"].map(|test| ["--test", test]);
    passed(lint(named.as_flattened()))
}

fn deny(_: &mut Count) -> Result<Outcome> {
    if !answers("cargo", &["deny", "--version"]) {
        return Ok(Outcome::Skipped("cargo-deny is not installed".into()));
    }
    // The advisory database is fetched from the network, which not every machine reaches.
    passed(run(&mut cargo(["deny", "--locked", "check", "bans", "licenses", "sources"])))
}

fn tests(count: &mut Count) -> Result<Outcome> {
    let targets = ["--lib", "--bins", "--tests", "--examples"];
    counted(
        count,
        cargo(["test", "--workspace", "--all-features", "--locked", "--no-fail-fast"]).args(targets),
    )
}

fn doctests(count: &mut Count) -> Result<Outcome> {
    counted(
        count,
        &mut cargo(["test", "--workspace", "--all-features", "--locked", "--no-fail-fast", "--doc"]),
    )
}

fn docs(_: &mut Count) -> Result<Outcome> {
    let mut doc = cargo(["doc", "--workspace", "--all-features", "--no-deps", "--locked"]);
    passed(run(doc.env("RUSTDOCFLAGS", "--deny warnings")))
}

fn purity(_: &mut Count) -> Result<Outcome> {
    passed(wasm::run_probe())
}

fn authorization_server(_: &mut Count) -> Result<Outcome> {
    testbed::install_python()?;
    passed(testbed::cli::check())
}

/// The tests that need servers.
const WITH_SERVERS: &[&str] = &["real_synapse", "real_oauth", "real"];

fn real_servers(count: &mut Count) -> Result<Outcome> {
    system::install(BROWSER)?;
    testbed::install_python()?;
    let testbed = Testbed::start(&Profile::ALL)?;
    for test in WITH_SERVERS {
        // With the features of the other tests, so that nothing is built twice.
        let mut suite = cargo(["test", "--workspace", "--all-features", "--locked", "--test", test]);
        // The other device of some tests.
        suite.args(["--example", "qr_peer"]);
        counted(count, suite.envs(testbed.variables()?))
            .context("the servers' logs are in target/testbed/tests")?;
    }
    Ok(Outcome::Passed)
}

fn counted(count: &mut Count, tests: &mut Command) -> Result<Outcome> {
    let (ok, output) = watch(tests)?;
    count.add(&output);
    if ok { Ok(Outcome::Passed) } else { bail!("tests failed or did not compile") }
}

fn passed<T>(outcome: Result<T>) -> Result<Outcome> {
    outcome.map(|_| Outcome::Passed)
}
