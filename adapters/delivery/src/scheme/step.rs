//! What is done to a system, and what is asked of it?

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::child::without_secrets;

/// How long a program may take. They take a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);
/// How much of a file or of a program's output is read, in bytes.
const MAX: u64 = 1024 * 1024;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Replace a file, in a folder that is made if there is none.
    Write {
        /// Which.
        path: PathBuf,
        /// By this.
        content: String,
    },
    /// Remove a file, if there is one.
    Remove {
        /// Which.
        path: PathBuf,
    },
    /// Run a program, without a shell.
    Run {
        /// Its name, or where it is.
        program: String,
        /// What it is told.
        arguments: Vec<String>,
    },
    /// Set a value in the registry below `HKEY_CURRENT_USER`, and make its key if there is none.
    SetValue {
        /// The key.
        key: String,
        /// The name; empty for the key's default.
        name: String,
        /// What it becomes.
        value: String,
    },
    /// Remove a key below `HKEY_CURRENT_USER`, with all that is below it.
    RemoveKey {
        /// The key.
        key: String,
    },
}

impl Step {
    pub(super) fn run<const N: usize>(program: &str, arguments: [&str; N]) -> Self {
        Self::Run { program: program.to_owned(), arguments: arguments.map(str::to_owned).to_vec() }
    }

    pub(super) fn set(key: &str, name: &str, value: &str) -> Self {
        Self::SetValue { key: key.to_owned(), name: name.to_owned(), value: value.to_owned() }
    }
}

/// The system below a [`Registrar`](super::Registrar): this one, or one that a test describes.
pub trait System {
    /// Does it, and says what a program has printed.
    ///
    /// # Errors
    ///
    /// When it fails; a program also when it says that it has.
    fn perform(&mut self, step: &Step) -> io::Result<String>;
    /// The text of a file; `None` if there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    fn file(&self, path: &Path) -> io::Result<Option<String>>;
    /// A value below `HKEY_CURRENT_USER`; `None` if there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    fn value(&self, key: &str, name: &str) -> io::Result<Option<String>>;
    /// Where the program of this name is.
    fn find(&self, program: &str) -> Option<PathBuf>;
    /// Whether two paths lead to the same file.
    fn is_same(&self, one: &Path, other: &Path) -> bool;
}

/// This system.
#[derive(Clone, Copy, Debug)]
pub struct Here;

impl System for Here {
    fn perform(&mut self, step: &Step) -> io::Result<String> {
        match step {
            Step::Write { path, content } => write(path, content)?,
            Step::Remove { path } => match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            },
            Step::Run { program, arguments } => return run(program, arguments),
            Step::SetValue { key, name, value } => registry::set(key, name, value)?,
            Step::RemoveKey { key } => registry::remove(key)?,
        }
        Ok(String::new())
    }

    fn file(&self, path: &Path) -> io::Result<Option<String>> {
        match fs::File::open(path) {
            Ok(file) => {
                let mut text = String::new();
                file.take(MAX).read_to_string(&mut text)?;
                Ok(Some(text))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn value(&self, key: &str, name: &str) -> io::Result<Option<String>> {
        registry::value(key, name)
    }

    fn find(&self, program: &str) -> Option<PathBuf> {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join(program)).find(|program| program.is_file())
    }

    fn is_same(&self, one: &Path, other: &Path) -> bool {
        one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(a), Ok(b)) if a == b)
    }
}

/// Whole or not at all; through a symbolic link, which people have where they keep their settings elsewhere.
fn write(path: &Path, content: &str) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder)?;
    let mut new = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    new.write_all(content.as_bytes())?;
    new.persist(path).map_err(|failed| failed.error)?;
    Ok(())
}

fn run(program: &str, arguments: &[String]) -> io::Result<String> {
    let mut child = without_secrets(&mut Command::new(program))
        .args(arguments)
        // Some of what is asked for is in words.
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > PATIENCE {
            return give_up(&mut child);
        }
        thread::sleep(PAUSE);
    }
    let mut said = String::new();
    if let Some(output) = child.stdout.take() {
        output.take(MAX).read_to_string(&mut said)?;
    }
    match child.wait()? {
        status if status.success() => Ok(said),
        status => Err(io::Error::other(format!("{program}: {status}"))),
    }
}

fn give_up(child: &mut Child) -> io::Result<String> {
    child.kill()?;
    child.wait()?;
    Err(io::ErrorKind::TimedOut.into())
}

/// Whether there is no such key or value. The registry tells it by an `HRESULT`, of which the standard library knows no kind.
#[cfg(any(windows, test))]
fn is_missing(error: &io::Error) -> bool {
    /// `HRESULT_FROM_WIN32` of `ERROR_FILE_NOT_FOUND` and of `ERROR_PATH_NOT_FOUND`.
    const NOT_FOUND: [i32; 2] = [-2_147_024_894, -2_147_024_893];
    error.kind() == io::ErrorKind::NotFound
        || error.raw_os_error().is_some_and(|code| NOT_FOUND.contains(&code))
}

#[cfg(windows)]
mod registry {
    use std::io;

    use windows_registry::CURRENT_USER;

    use super::is_missing;

    pub(super) fn set(key: &str, name: &str, value: &str) -> io::Result<()> {
        Ok(CURRENT_USER.create(key)?.set_string(name, value)?)
    }

    pub(super) fn remove(key: &str) -> io::Result<()> {
        match CURRENT_USER.remove_tree(key).map_err(io::Error::from) {
            Err(error) if !is_missing(&error) => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    pub(super) fn value(key: &str, name: &str) -> io::Result<Option<String>> {
        match CURRENT_USER.open(key).and_then(|key| key.get_string(name)).map_err(io::Error::from) {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(not(windows))]
mod registry {
    use std::io;

    pub(super) fn set(_key: &str, _name: &str, _value: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn remove(_key: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn value(_key: &str, _name: &str) -> io::Result<Option<String>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Found G1`.
    #[test]
    fn a_registry_key_that_is_not_there_is_no_trouble() {
        for code in [-2_147_024_894, -2_147_024_893] {
            assert!(is_missing(&io::Error::from_raw_os_error(code)), "{code}");
        }
        assert!(is_missing(&io::ErrorKind::NotFound.into()));
        // Access denied.
        assert!(!is_missing(&io::Error::from_raw_os_error(-2_147_024_891)));
    }
}
