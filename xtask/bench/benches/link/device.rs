//! One of the two devices: a program that is driven line by line.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender};
use std::thread;
use std::time::Duration;

use narthex::Role;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::Result;

/// By which program, and in which generation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    V2024,
    V2025,
    Sdk,
}

impl Way {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::V2024 => "2024",
            Self::V2025 => "2025",
            Self::Sdk => "sdk",
        }
    }
}

pub(crate) struct Programs {
    narthex: OsString,
    sdk: OsString,
}

impl Programs {
    pub(crate) fn named() -> Result<Self> {
        let named =
            |name: &str| std::env::var_os(name).ok_or_else(|| format!("{name} has to be the program"));
        Ok(Self { narthex: named("NARTHEX")?, sdk: named("SDK_PEER")? })
    }
}

/// What a device says.
pub(crate) enum Event {
    /// It signs in at this page.
    Browse(Url),
    Payload(String),
    Check(String),
    /// A screen that is answered by this intent, whoever sees it.
    Asks(&'static str),
    /// The new device may be allowed now, at this page.
    Allow(Url),
    Done,
    Failed(String),
}

pub(crate) struct Device {
    role: Role,
    way: Way,
    child: Child,
    stdin: ChildStdin,
    /// What is started once the device has an account: the program that links.
    then: Option<(Command, Sender<(Role, Event)>)>,
    set_up: Option<Command>,
    _folder: TempDir,
}

impl Device {
    pub(crate) fn start(
        programs: &Programs,
        way: Way,
        role: Role,
        shows: Role,
        homeserver: &str,
        sender: &Sender<(Role, Event)>,
    ) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&programs.narthex);
            command.args(["--json", "--no-browser", "--data-dir"]).arg(folder.path()).args(arguments);
            // No keyring of whoever measures is asked.
            command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", folder.path());
            command
        };
        let does_show = role == shows;
        let (mut then, mut set_up) = (None, None);
        let mut first = match (way, role) {
            (Way::Sdk, role) => {
                let mut command = Command::new(&programs.sdk);
                let role = if role == Role::New { "new" } else { "existing" };
                command.args([role, if does_show { "show" } else { "scan" }, homeserver]);
                command
            }
            (_, Role::New) => {
                let how: &[&str] =
                    if does_show { &["--qr", "--generation", way.name()] } else { &["--scan", "-"] };
                command(&[&["login", homeserver], how].concat())
            }
            (_, Role::Existing) => {
                let how: &[&str] = if does_show { &["--generation", way.name()] } else { &["--scan", "-"] };
                then = Some((command(&[&["link"], how].concat()), sender.clone()));
                set_up = Some(command(&["encryption", "set-up"]));
                command(&["login", homeserver, "--browser"])
            }
        };
        let (child, stdin) = run(&mut first, role, way, sender)?;
        Ok(Self { role, way, child, stdin, then, set_up, _folder: folder })
    }

    /// The existing device signs in first, and gives the account its keys. A program on matrix-sdk does so by itself, and
    /// goes on with the link.
    pub(crate) fn set_up(
        &mut self,
        events: &Receiver<(Role, Event)>,
        sign_in: impl Fn(&Url) -> Result<()>,
    ) -> Result<()> {
        let page = loop {
            match events.recv_timeout(Duration::from_secs(30))? {
                (Role::Existing, Event::Browse(page)) => break page,
                (_, Event::Failed(why)) => return Err(why.into()),
                _ => {}
            }
        };
        sign_in(&page)?;
        let Some(set_up) = &mut self.set_up else { return Ok(()) };
        self.child.wait()?;
        let told = set_up.output()?;
        if told.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&told.stdout).into()) }
    }

    /// It links, where it did something else before.
    pub(crate) fn begin(&mut self) -> Result<()> {
        if let Some((mut command, sender)) = self.then.take() {
            (self.child, self.stdin) = run(&mut command, self.role, self.way, &sender)?;
        }
        Ok(())
    }

    /// It scans this.
    pub(crate) fn hear(&mut self, payload: &str) -> Result<()> {
        self.write(payload)
    }

    pub(crate) fn enter(&mut self, code: &str) -> Result<()> {
        match self.way {
            Way::Sdk => self.write(code),
            Way::V2024 | Way::V2025 => {
                self.write(&json!({ "intent": "enter_code", "code": code }).to_string())
            }
        }
    }

    pub(crate) fn open_browser(&mut self) -> Result<()> {
        match self.way {
            Way::Sdk => Ok(()),
            Way::V2024 | Way::V2025 => self.say("open_browser"),
        }
    }

    pub(crate) fn say(&mut self, intent: &str) -> Result<()> {
        self.write(&json!({ "intent": intent }).to_string())
    }

    fn write(&mut self, line: &str) -> Result<()> {
        Ok(writeln!(self.stdin, "{line}")?)
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // It has ended by itself, or it is not needed any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(
    command: &mut Command,
    role: Role,
    way: Way,
    sender: &Sender<(Role, Event)>,
) -> Result<(Child, ChildStdin)> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let stdin = child.stdin.take().ok_or("no standard input")?;
    let stdout = child.stdout.take().ok_or("no standard output")?;
    let sender = sender.clone();
    let read = if way == Way::Sdk { of_sdk } else { of_narthex };
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
            if let Some(event) = read(&line)
                && sender.send((role, event)).is_err()
            {
                return;
            }
        }
    });
    Ok((child, stdin))
}

fn of_sdk(line: &str) -> Option<Event> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    Some(match word {
        "page" => Event::Browse(rest.parse().ok()?),
        "code" => Event::Payload(rest.to_owned()),
        "check_code" => Event::Check(rest.to_owned()),
        "open" => Event::Allow(rest.parse().ok()?),
        // What it knows of itself; what counts is what the server shows.
        "verified" | "unverified" => Event::Done,
        _ => return None,
    })
}

fn of_narthex(line: &str) -> Option<Event> {
    let view: Value = serde_json::from_str(line).ok()?;
    let text = |field: &str| view[field].as_str().map(str::to_owned);
    Some(match view["type"].as_str()? {
        "signed_in" | "linked" => Event::Done,
        "failed" => Event::Failed(line.to_owned()),
        _ => match view["screen"].as_str()? {
            "warning" => Event::Asks("understood"),
            "confirm_account" => Event::Asks("confirm"),
            "qr_code" => Event::Payload(text("payload")?),
            "check_code" => Event::Check(text("check_code")?),
            "consent" => Event::Allow(text("verification_uri")?.parse().ok()?),
            "in_browser" if view.get("role").is_none() => Event::Browse(text("url")?.parse().ok()?),
            _ => return None,
        },
    })
}
