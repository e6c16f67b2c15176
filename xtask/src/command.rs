//! How are other programs run?

use std::io::{BufRead, BufReader, IsTerminal, pipe};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::place;

/// `cargo ARGS`, at the root, the same cargo that runs us.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(place::root()).args(args);
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
}

/// What would be typed at a shell.
pub(crate) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Runs a command whose output, both streams in their order, is shown while it runs, and given back.
pub(crate) fn watch(command: &mut Command) -> Result<(bool, String)> {
    let name = shown(command);
    println!("$ {name}");
    let (reader, writer) = pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("could not start `{name}`"))?;
    // Our own copies of the writing end would keep the pipe open for ever.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut all = String::new();
    let mut line = Vec::new();
    let mut reader = BufReader::new(reader);
    while reader.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        print!("{text}");
        all.push_str(&text);
        line.clear();
    }
    Ok((child.wait()?.success(), all))
}

/// Runs a command and shows its output; an error unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let (ok, output) = watch(command)?;
    if !ok {
        bail!("`{}` failed", shown(command));
    }
    Ok(output)
}

/// Runs a command silently; its standard output, or an error that carries what it said.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let name = shown(command);
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("could not start `{name}`"))?;
    if !output.status.success() {
        bail!("`{name}` failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Is there such a program, and does it answer?
pub(crate) fn answers(program: &str, args: &[&str]) -> bool {
    let silent = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    silent.is_ok_and(|status| status.success())
}
