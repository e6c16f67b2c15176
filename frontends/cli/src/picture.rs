//! What does the QR code say in a picture? Another process of this program looks, which nothing is lost with.
//!
//! rqrr panics on some pictures, and what is handed out aborts on a panic: it is a tenth smaller that way. The other
//! process gets the picture and nothing else.

use std::ffi::OsStr;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use narthex_scan::{MAX_FILE, ScanProblem};

/// The one argument of that process. Nobody types it.
const ARGUMENT: &str = "read-a-picture";
/// What it ends with where there is a problem: this, and its place here.
const NO: u8 = 40;
const PROBLEMS: [ScanProblem; 6] = [
    ScanProblem::NotAPicture,
    ScanProblem::TooLarge,
    ScanProblem::NoCode,
    ScanProblem::Unreadable,
    ScanProblem::Several,
    ScanProblem::TooBusy,
];
/// More than the content of any QR code, in bytes.
const LONGEST: u64 = 16 << 10;

/// What this process ends with, if it is such a one.
pub(crate) fn looked() -> Option<u8> {
    let mut arguments = std::env::args_os().skip(1);
    if (arguments.next().as_deref(), arguments.next()) != (Some(OsStr::new(ARGUMENT)), None) {
        return None;
    }
    let mut picture = Vec::new();
    let read = io::stdin().take(MAX_FILE as u64 + 1).read_to_end(&mut picture);
    let found = read.map_err(|_| ScanProblem::NotAPicture).and_then(|_| narthex_scan::scan(&picture));
    Some(match found {
        Ok(code) => u8::from(io::stdout().write_all(&code).is_err()),
        Err(problem) => NO + PROBLEMS.iter().zip(0..).find(|(one, _)| **one == problem).map_or(0, |(_, n)| n),
    })
}

/// Has another process look. It takes a few seconds at most.
///
/// # Errors
///
/// That there is no such process; or else why there is no such code.
pub(crate) fn look(picture: Vec<u8>) -> io::Result<Result<Vec<u8>, ScanProblem>> {
    let mut command = Command::new(this()?);
    command.arg(ARGUMENT).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // Without it Windows starts nothing.
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    let mut child = command.spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    // It need not read all of it.
    let gives = thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&picture)));
    let mut code = Vec::new();
    let read = stdout.map_or(Ok(0), |stdout| stdout.take(LONGEST).read_to_end(&mut code));
    let ended = child.wait()?;
    gives.join().ok();
    read?;
    let problem = |n: u8| PROBLEMS.get(usize::from(n)).copied();
    Ok(match ended.code().and_then(|code| u8::try_from(code).ok()) {
        Some(0) => Ok(code),
        Some(n) => Err(n.checked_sub(NO).and_then(problem).unwrap_or(ScanProblem::Unreadable)),
        None => Err(ScanProblem::Unreadable),
    })
}

/// This program, whatever has become of its file.
fn this() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}
