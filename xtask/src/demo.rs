//! The main job, on a homeserver of our own: an account is made, used and signed out of.

use std::io::{BufRead as _, BufReader, IsTerminal as _, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

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
        // What it would take longest to build, and a demo does not need.
        "--no-default-features",
    ]))?;
    let homeserver = Homeserver::start("demo")?;
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
    output: BufReader<ChildStdout>,
    url: String,
}

impl Homeserver {
    fn start(setup: &str) -> Result<Self> {
        let program = place::target().join("debug/examples/homeserver");
        let mut process = Command::new(&program)
            .arg(setup)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {}", place::shown(&program)))?;
        let output = process.stdout.take().context("it has no output")?;
        let mut homeserver = Self { process, output: BufReader::new(output), url: String::new() };
        homeserver.url = homeserver.line()?;
        println!("\nA homeserver in memory is at {}", homeserver.url);
        Ok(homeserver)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        if line.is_empty() {
            bail!("the homeserver has ended");
        }
        Ok(line.trim_end().to_owned())
    }

    /// A person makes an account at this page; the address that their browser is sent back to.
    fn visit(&mut self, page: &str) -> Result<String> {
        writeln!(self.process.stdin.as_ref().context("it has no input")?, "{page}")?;
        self.line()
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
        self.narthex(&["logout"], None)?;
        println!(
            "\nAnother one signs people in by OAuth 2.0, on pages of its own. Here the script is the person there."
        );
        self.in_the_browser(&mut Homeserver::start("oauth")?)
    }

    /// Makes an account where that is done in the browser.
    fn in_the_browser(&self, homeserver: &mut Homeserver) -> Result<()> {
        let (mut command, name) = self.command(&["register", &homeserver.url, "--no-browser"]);
        let mut process = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().context(name)?;
        let said = process.stderr.take().context("it has no standard error")?;
        for line in BufReader::new(said).lines() {
            let line = line?;
            println!("{line}");
            if line.contains("/authorize?") {
                println!("(the person makes the account there, and their browser comes back)");
                let came_back = homeserver.visit(line.trim()).and_then(|callback| open(&callback));
                if came_back.is_err() {
                    // Nobody will come any more.
                    process.kill()?;
                }
                came_back?;
            }
        }
        if !process.wait()?.success() {
            bail!("`narthex register` did not end well");
        }
        for command in ["whoami", "devices", "logout"] {
            self.narthex(&[command], None)?;
        }
        Ok(())
    }

    /// One command, shown as it would be typed.
    fn narthex(&self, args: &[&str], input: Option<&str>) -> Result<()> {
        let (mut command, name) = self.command(args);
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::inherit() });
        let mut process = command.spawn().context(name)?;
        if let (Some(input), Some(mut pipe)) = (input, process.stdin.take()) {
            writeln!(pipe, "{input}")?;
        }
        let status = process.wait()?;
        if !status.success() {
            bail!("`narthex {}` ended with {status}", args.first().copied().unwrap_or_default());
        }
        Ok(())
    }

    fn command(&self, args: &[&str]) -> (Command, String) {
        let program = place::target().join("debug/narthex");
        let mut command = Command::new(&program);
        command.args(args);
        println!("\n$ {}", shown(&command));
        // Away from the person's own accounts and keyring.
        command.env("NARTHEX_DATA_DIR", Path::new(&self.folder)).env_remove("DBUS_SESSION_BUS_ADDRESS");
        (command, format!("could not start {}", place::shown(&program)))
    }
}

/// What the browser does that is sent to this address.
fn open(url: &str) -> Result<()> {
    let (host, target) = url
        .strip_prefix("http://")
        .and_then(|rest| rest.split_once('/'))
        .with_context(|| format!("{url} is no address on this machine"))?;
    let target = target.trim_end_matches('#');
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET /{target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { bail!("nobody was waiting at {host}") }
}
