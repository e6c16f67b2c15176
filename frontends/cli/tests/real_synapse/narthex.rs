//! The real program in a process of its own, driven through its JSON lines or its flags.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// Longer than any step takes: a rate limit of the server included.
const PATIENCE: Duration = Duration::from_secs(90);

/// Where one person keeps their accounts, and where their programs meet.
pub(crate) struct Home {
    data: TempDir,
    runtime: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { data: tempfile::tempdir().unwrap(), runtime: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.data.path()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_narthex"));
        command.args(args).env("NARTHEX_DATA_DIR", self.path()).env("LANG", "C").env("NO_COLOR", "1");
        command.env("XDG_RUNTIME_DIR", self.runtime.path());
        // A keyring or a display of whoever runs the tests is none of ours.
        for variable in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "BROWSER"] {
            command.env_remove(variable);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// One command to its end, with `input` as its standard input.
    pub(crate) fn run(&self, args: &[&str], input: &str) -> Output {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // A program that does not read its input may be gone by now.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// One command that has to succeed; what it printed.
    pub(crate) fn ok(&self, args: &[&str], input: &str) -> String {
        let output = self.run(args, input);
        assert!(output.status.success(), "{args:?}: {} {}", output.status, said(&output));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// One command that has to fail; its exit code and what it said.
    pub(crate) fn fails(&self, args: &[&str], input: &str) -> (i32, String) {
        let output = self.run(args, input);
        assert!(!output.status.success(), "{args:?}: {}", said(&output));
        (output.status.code().unwrap(), said(&output))
    }

    /// A command in JSON mode, to be driven line by line.
    pub(crate) fn json(&self, args: &[&str]) -> Json {
        let mut child = self.command(args).arg("--json").stdin(Stdio::piped()).spawn().unwrap();
        let (to, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = to.send(serde_json::from_str(&line).unwrap());
            }
        });
        Json { input: child.stdin.take(), child, lines, last: None, waits_for_code: false }
    }

    /// All files below the home, for a search.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        found
    }
}

pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What a running command says.
#[allow(dead_code, reason = "not every program here needs it")]
pub(crate) enum Heard {
    Line(Value),
    Nothing,
    End,
}

/// A running command in JSON mode.
pub(crate) struct Json {
    pub(crate) child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Value>,
    last: Option<Value>,
    /// For whoever drives two at once.
    #[allow(dead_code, reason = "not every program here links devices")]
    pub(crate) waits_for_code: bool,
}

impl Json {
    /// The next line.
    pub(crate) fn next(&mut self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|_| panic!("nothing more came; last: {:?}", self.last));
        self.last = Some(line.clone());
        line
    }

    /// What it says within this time.
    #[allow(dead_code, reason = "not every program here needs it")]
    pub(crate) fn within(&mut self, time: Duration) -> Heard {
        match self.lines.recv_timeout(time) {
            Ok(line) => Heard::Line(line),
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::End,
        }
    }

    /// The next line, if one comes soon.
    #[allow(dead_code, reason = "not every program here links devices")]
    pub(crate) fn now(&mut self) -> Option<Value> {
        self.last = self.lines.recv_timeout(Duration::from_millis(50)).ok();
        self.last.clone()
    }

    /// The next view whose screen is `screen`.
    pub(crate) fn screen(&mut self, screen: &str) -> Value {
        loop {
            let line = self.next();
            let kind = line["type"].as_str().unwrap();
            assert!(!matches!(kind, "failed" | "signed_in"), "waited for {screen}: {line}");
            if line["screen"] == screen {
                return line;
            }
        }
    }

    /// The line that says how it ended.
    pub(crate) fn end(&mut self) -> Value {
        loop {
            let line = self.next();
            if matches!(line["type"].as_str().unwrap(), "failed" | "signed_in" | "linked") {
                return line;
            }
        }
    }

    pub(crate) fn say(&mut self, line: &Value) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// To one that may have ended.
    #[allow(dead_code, reason = "not every program here needs it")]
    pub(crate) fn try_say(&mut self, line: &Value) {
        let _ = self.input.as_mut().map(|input| writeln!(input, "{line}"));
    }

    /// A line that is no JSON: the content of a code.
    #[allow(dead_code, reason = "not every program here links devices")]
    pub(crate) fn say_text(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    pub(crate) fn intent(&mut self, intent: &str) {
        self.say(&json!({ "intent": intent }));
    }

    /// Nothing more is said to it.
    #[allow(dead_code, reason = "not every program here goes away")]
    pub(crate) fn closes(&mut self) {
        self.input = None;
    }

    /// As the system kills: without a last word.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Json {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
