//! The main job, on a homeserver of our own: an account is made, used and signed out of.

use std::io::{BufRead as _, BufReader, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::command::{cargo, run, shown};
use crate::place;

const TOKEN: &str = "narthex-demo-token";
const PASSWORD: &str = "correct horse battery staple";

pub(crate) fn run_demo() -> Result<()> {
    run(&mut cargo([
        "build",
        "--package=narthex-cli",
        "--bin=narthex",
        "--package=narthex-sandbox",
        "--example=homeserver",
        "--features=narthex-sandbox/serve",
    ]))?;
    let homeserver = Homeserver::start()?;
    let folder = place::target().join("demo").join(std::process::id().to_string());
    std::fs::create_dir_all(&folder)?;
    let person = Person { server: homeserver.url.clone(), folder: folder.clone() };
    let outcome = if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        person.at_the_terminal()
    } else {
        person.by_script()
    };
    drop(homeserver);
    // Nothing of the demonstration is worth keeping.
    std::fs::remove_dir_all(&folder)?;
    outcome
}

/// The sandbox in a process of its own, which ends with us: it reads until its input does.
struct Homeserver {
    process: Child,
    url: String,
}

impl Homeserver {
    fn start() -> Result<Self> {
        let program = place::target().join("debug/examples/homeserver");
        let mut process = Command::new(&program)
            .arg("demo")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {}", place::shown(&program)))?;
        let mut url = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut url)?;
        }
        let url = url.trim_end().to_owned();
        if url.is_empty() {
            bail!("the homeserver did not start");
        }
        println!("\nA homeserver in memory is at {url}");
        Ok(Self { process, url })
    }
}

impl Drop for Homeserver {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It stops by itself now; there is nobody to tell if it cannot be waited for.
        let _ = self.process.wait();
    }
}

/// Whoever uses the command line: somebody at the terminal, or this script.
struct Person {
    server: String,
    folder: PathBuf,
}

impl Person {
    fn at_the_terminal(&self) -> Result<()> {
        println!("Make an account there. The registration token is {TOKEN}\n");
        self.narthex(&["register", &self.server], None)?;
        self.narthex(&["whoami"], None)?;
        self.narthex(&["logout"], None)
    }

    fn by_script(&self) -> Result<()> {
        let register = [
            "register",
            &self.server,
            "--username=demo",
            "--password-stdin",
            &format!("--registration-token={TOKEN}"),
            "--accept-terms",
        ];
        self.narthex(&register, Some(PASSWORD))?;
        self.narthex(&["whoami"], None)?;
        self.narthex(&["accounts"], None)?;
        self.narthex(&["logout"], None)?;
        self.narthex(&["login", &self.server, "--username=demo", "--password-stdin"], Some(PASSWORD))?;
        self.narthex(&["logout"], None)
    }

    /// One command, shown as it would be typed.
    fn narthex(&self, args: &[&str], input: Option<&str>) -> Result<()> {
        let program = place::target().join("debug/narthex");
        let mut command = Command::new(&program);
        command.args(args).stdin(if input.is_some() { Stdio::piped() } else { Stdio::inherit() });
        println!("\n$ {}", shown(&command));
        // Away from the person's own accounts and keyring.
        command.env("NARTHEX_DATA_DIR", Path::new(&self.folder)).env_remove("DBUS_SESSION_BUS_ADDRESS");
        let mut process =
            command.spawn().with_context(|| format!("could not start {}", place::shown(&program)))?;
        if let (Some(input), Some(mut pipe)) = (input, process.stdin.take()) {
            writeln!(pipe, "{input}")?;
        }
        let status = process.wait()?;
        if !status.success() {
            bail!("`narthex {}` ended with {status}", args.first().copied().unwrap_or_default());
        }
        Ok(())
    }
}
