//! Does the engine reach the figures it promises? One table; a figure that is missed is shown and is no failure.

mod table;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::command::{cargo, read, run};
use crate::{place, wasm};
use table::Table;

/// The engine's normal dependencies, itself included.
const MAX_CRATES: usize = 105;
/// What the engine may add to a stripped release binary, in bytes.
const MAX_SIZE: u64 = 1_600_000;
/// The command line without end-to-end encryption, in bytes.
const MAX_NARTHEX: u64 = 9_400_000;

#[derive(Args)]
pub(crate) struct Options {
    /// So many simulated lives; a million, or 20 000 with --quick
    #[arg(long)]
    lives: Option<u64>,
    /// Fewer samples
    #[arg(long)]
    quick: bool,
}

impl Options {
    pub(crate) fn run(&self) -> Result<()> {
        let mut table = Table::default();
        table.take("engine crates", crates());
        table.take("wasm32 imports", imports());
        table.take("size", size());
        for name in ["exchanges", "heap", "times"] {
            table.take(name, self.program(name));
        }
        table.take("size of narthex", size_of_narthex());
        table.take("memory of narthex", run(bench("command_line").env("NARTHEX", narthex())));
        table.take("beside matrix-sdk", beside_sdk());
        table.take("QR links", self.links());
        table.take("lives", self.program("lives"));
        println!("\n{table}");
        if table.failed.is_empty() {
            Ok(())
        } else {
            bail!("could not be measured: {}", table.failed.join(", "))
        }
    }

    fn program(&self, name: &str) -> Result<String> {
        run(bench(name).arg("--").args(self.arguments()))
    }

    /// One device signs in another: two of `narthex`, and two programs on matrix-sdk alone.
    fn links(&self) -> Result<String> {
        let sdk = sdk_example("qr_peer")?;
        let mut program = bench("link");
        program.arg("--").args(self.arguments());
        run(program.env("NARTHEX", narthex()).env("SDK_PEER", sdk))
    }

    fn arguments(&self) -> Vec<String> {
        let lives = self.lives.unwrap_or(if self.quick { 20_000 } else { 1_000_000 });
        let quick = self.quick.then(|| "--quick".to_owned());
        ["--lives".to_owned(), lives.to_string()].into_iter().chain(quick).collect()
    }
}

fn bench(name: &str) -> Command {
    let mut bench = cargo(["bench", "--quiet", "--locked", "--package", "narthex-bench", "--bench"]);
    bench.arg(name);
    bench
}

fn row(figure: &str, measured: &str, target: &str, is_met: bool) -> String {
    format!("{figure}\t{measured}\t{target}\t{}", if is_met { "yes" } else { "NO" })
}

fn crates() -> Result<String> {
    let tree = ["tree", "--package", "narthex", "--edges", "normal", "--prefix", "none", "--locked"];
    let tree = read(&mut cargo(tree))?;
    let lines = tree.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty());
    let count = lines.collect::<BTreeSet<_>>().len();
    Ok(row(
        "crates in the engine's graph",
        &count.to_string(),
        &format!("≤ {MAX_CRATES}"),
        count <= MAX_CRATES,
    ))
}

fn imports() -> Result<String> {
    let name = "imports of the engine on wasm32";
    match wasm::run_probe() {
        Ok(()) => Ok(row(name, "0", "0", true)),
        // What it found, and not that it could not look.
        Err(error) if error.to_string().starts_with("the engine ") => {
            Ok(row(name, &error.to_string(), "0", false))
        }
        Err(error) => Err(error),
    }
}

/// The same little program with and without the engine.
fn size() -> Result<String> {
    let examples = ["--example", "size_baseline", "--example", "size_engine"];
    run(cargo(["build", "--release", "--locked", "--package", "narthex-bench"]).args(examples))?;
    let folder = place::target().join("release/examples");
    let (without, with) = (bytes(&folder.join("size_baseline"))?, bytes(&folder.join("size_engine"))?);
    let added = with.saturating_sub(without);
    let measured = format!("{} kB ({} → {} kB)", added / 1000, without / 1000, with / 1000);
    Ok(row("added to a stripped release binary", &measured, "≤ 1600 kB", added <= MAX_SIZE))
}

fn narthex() -> PathBuf {
    place::target().join("dist/narthex")
}

/// What is handed out, without matrix-sdk in it and with it.
fn size_of_narthex() -> Result<String> {
    let mut sizes = Vec::new();
    for features in [Some("--no-default-features"), None] {
        let mut build = cargo(["build", "--profile", "dist", "--locked", "--package", "narthex-cli"]);
        run(build.args(features))?;
        sizes.push(bytes(&narthex())?);
    }
    let (without, with) = (sizes[0], sizes[1]);
    let sdk = bytes(&sdk_example("sdk_sign_in")?)?;
    let shown = |size: u64| format!("{}.{} MB", size / 1_000_000, size / 100_000 % 10);
    let ratio = with as f64 / sdk as f64;
    let measured = format!("{ratio:.2} ({} of {})", shown(with), shown(sdk));
    Ok([
        row("narthex without encryption, stripped", &shown(without), "≤ 9.4 MB", without <= MAX_NARTHEX),
        row("narthex beside a program that signs in with matrix-sdk", &measured, "≤ 1.10", ratio <= 1.1),
    ]
    .join("\n"))
}

fn sdk_example(name: &str) -> Result<PathBuf> {
    let example = ["build", "--release", "--locked", "--package", "narthex-matrix", "--example", name];
    run(&mut cargo(example))?;
    Ok(place::target().join("release/examples").join(name))
}

/// The same sign-in by `narthex` and by a program on matrix-sdk alone.
fn beside_sdk() -> Result<String> {
    let sdk = sdk_example("sdk_sign_in")?;
    run(bench("beside_sdk").env("NARTHEX", narthex()).env("SDK", sdk))
}

fn bytes(file: &Path) -> Result<u64> {
    Ok(fs::metadata(file).with_context(|| format!("no {}", place::shown(file)))?.len())
}
