//! The real program, run as people and scripts run it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// Longer than any command takes that does not wait for a person.
fn patience() -> Duration {
    let seconds = std::env::var("MODEL_PATIENCE").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(40))
}

/// What a run does that somebody waits for.
pub(crate) enum Event {
    Ended(Output),
    /// It has asked for what it is to be killed at.
    Reached,
}

/// How a command ended.
pub(crate) struct Ended {
    /// `None` if it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) said: String,
}

/// Where one person keeps their accounts.
pub(crate) struct Home {
    data: TempDir,
    runtime: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { data: tempfile::tempdir().unwrap(), runtime: tempfile::tempdir().unwrap() }
    }

    fn command(&self, profile: &str, args: &[&str]) -> Command {
        let program = std::env::var_os("NARTHEX_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_narthex").into());
        let mut command = Command::new(program);
        command.args(args).args(["--profile", profile]).env("NARTHEX_DATA_DIR", self.data.path());
        command.env("XDG_RUNTIME_DIR", self.runtime.path()).env("LANG", "C").env("NO_COLOR", "1");
        // A keyring or a display of whoever runs the tests is none of ours.
        for variable in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "BROWSER"] {
            command.env_remove(variable);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end, which is a kill if `events` say so first.
    pub(crate) fn run(
        &self,
        profile: &str,
        args: &[&str],
        input: &str,
        (events, arriving): (Sender<Event>, Receiver<Event>),
    ) -> Result<Ended, String> {
        let mut child = self.command(profile, args).spawn().unwrap();
        let pid = pid(&child);
        // A program that does not read its input may be gone by now.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        std::thread::spawn(move || events.send(Event::Ended(child.wait_with_output().unwrap())));
        loop {
            match arriving.recv_timeout(patience()) {
                Ok(Event::Ended(output)) => return Ok(Ended::of(&output)),
                Ok(Event::Reached) => kill_process(pid, Signal::KILL).unwrap(),
                Err(_) => {
                    let _ = kill_process(pid, Signal::KILL);
                    let said = match arriving.recv() {
                        Ok(Event::Ended(output)) => Ended::of(&output).said,
                        Ok(Event::Reached) | Err(_) => String::new(),
                    };
                    return Err(format!("{} hangs: {said}", args.join(" ")));
                }
            }
        }
    }

    /// A write that was interrupted leaves nothing behind in the end.
    pub(crate) fn holds_no_leftovers(&self) -> Result<(), String> {
        let mut folders = vec![self.data.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.file_name().unwrap().to_string_lossy().contains(".new-") {
                    return Err(format!("{} is left", path.display()));
                }
            }
        }
        Ok(())
    }

    /// Starts one that waits for somebody.
    pub(crate) fn start(&self, profile: &str, args: &[&str]) -> Waiting {
        let mut child = self.command(profile, args).arg("--json").spawn().unwrap();
        let (to, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = to.send(serde_json::from_str(&line).unwrap());
            }
        });
        Waiting { _input: child.stdin.take().unwrap(), child, lines }
    }
}

impl Ended {
    fn of(output: &Output) -> Self {
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
        Self { code: output.status.code(), stdout, said }
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

/// A run that waits.
pub(crate) struct Waiting {
    child: Child,
    _input: ChildStdin,
    lines: Receiver<Value>,
}

impl Waiting {
    /// The next line that `is`.
    pub(crate) fn line(&self, is: impl Fn(&Value) -> bool) -> Result<Value, String> {
        let mut last = Value::Null;
        loop {
            match self.lines.recv_timeout(patience()) {
                Ok(line) if is(&line) => return Ok(line),
                Ok(line) => last = line,
                Err(_) => return Err(format!("it waits for something else: {last}")),
            }
        }
    }

    /// Its exit code, once it has one.
    pub(crate) fn ends(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    pub(crate) fn signal(self, signal: Signal) -> Option<i32> {
        kill_process(pid(&self.child), signal).unwrap();
        self.ends()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
