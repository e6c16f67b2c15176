//! `--report FILE`: what does whoever gets a bug report need to know?
//!
//! One file: a line with the versions, the system and what came of the command, then the trace. No secret is in either:
//! of the command line it has the names of the flags, not their values. `narthex replay` reads it.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::ending;
use crate::exit::Exit;
use crate::json::out;
use crate::terminal;
use crate::text;

/// How the first line begins.
pub(crate) const BEGINS: &str = "{\"report\":";

/// A report that is being written.
pub(crate) struct Report {
    path: PathBuf,
    file: File,
    trace: PathBuf,
    asked: Vec<String>,
}

impl Report {
    /// Makes the file, which must be a new one. `asked` is the command and its flags, without their values.
    pub(crate) fn begin(path: &Path, asked: Vec<String>) -> Result<Self, Exit> {
        let file = new_file(path).map_err(|error| unusable(path, error))?;
        let mut trace = path.as_os_str().to_owned();
        trace.push(format!(".{}", std::process::id()));
        let (trace, left) = (PathBuf::from(trace), path.to_owned());
        let of_trace = trace.clone();
        // Half a report is none, and what it was made of belongs to nobody.
        ending::at_last(move |_| {
            terminal::restore();
            std::fs::remove_file(of_trace).ok();
            std::fs::remove_file(left).ok();
        });
        Ok(Self { path: path.to_owned(), file, trace, asked })
    }

    /// Where the trace is, until the end.
    pub(crate) fn trace(&self) -> &Path {
        &self.trace
    }

    /// Writes it.
    pub(crate) fn end(mut self, exit: Option<&Exit>) -> Result<(), Exit> {
        ending::called_off();
        let head = self.head(exit);
        let written = writeln!(self.file, "{BEGINS}1,{}", head.trim_start_matches('{'));
        written.and_then(|()| self.append_trace()).map_err(|error| {
            // Half a report is none.
            std::fs::remove_file(&self.trace).ok();
            std::fs::remove_file(&self.path).ok();
            unusable(&self.path, error)
        })
    }

    fn head(&self, exit: Option<&Exit>) -> String {
        let failed = exit.map_or(Value::Null, out::failure);
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "system": std::env::consts::OS,
            "architecture": std::env::consts::ARCH,
            "asked": self.asked,
            "languages": text::languages(),
            "stdin_is_terminal": io::stdin().is_terminal(),
            "stderr_is_terminal": io::stderr().is_terminal(),
            "exit_code": exit.map_or(0, Exit::code),
            "failed": failed,
        })
        .to_string()
    }

    /// There is none where no engine was started.
    fn append_trace(&mut self) -> io::Result<()> {
        match File::open(&self.trace) {
            Ok(mut trace) => {
                io::copy(&mut trace, &mut self.file)?;
                std::fs::remove_file(&self.trace)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn unusable(path: &Path, error: io::Error) -> Exit {
    Exit::File { path: path.display().to_string(), error }
}

/// It names servers and users, which is nobody else's business.
fn new_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}
