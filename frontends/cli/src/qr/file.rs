//! The code of a sign-in in a file, for as long as another device can scan it.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use narthex::{Screen, View};

use super::payload;
use crate::ending;

/// A file that holds the code that is shown, and is not there while none is.
#[derive(Debug)]
pub(crate) struct CodeFile {
    path: PathBuf,
    /// What is in it.
    holds: Option<Vec<u8>>,
    /// Whether it is there, for whoever ends the program by a signal.
    is_there: Arc<AtomicBool>,
}

impl CodeFile {
    /// Under a name that is nobody's yet: what is there is not ours to replace, and to remove.
    pub(crate) fn new(path: PathBuf) -> io::Result<Self> {
        if fs::symlink_metadata(&path).is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        // Whether a file can be had there is known before a code is.
        drop(fresh(&path)?);
        fs::remove_file(new_name(&path))?;
        let is_there = Arc::new(AtomicBool::new(false));
        let (file, remains) = (path.clone(), is_there.clone());
        ending::at_last(move |_| {
            if remains.load(Ordering::Acquire) {
                fs::remove_file(file).ok();
            }
        });
        Ok(Self { path, holds: None, is_there })
    }

    /// Holds what the view shows from now on.
    pub(crate) fn shows(&mut self, view: &View) -> io::Result<()> {
        let Screen::QrCode { payload, .. } = &view.screen else {
            self.remove();
            return Ok(());
        };
        let content = payload.to_bytes();
        if self.holds.as_ref() == Some(&content) {
            return Ok(());
        }
        let picture = payload::png(&content).ok_or(ErrorKind::FileTooLarge)?;
        let written = fresh(&self.path).and_then(|mut file| file.write_all(&picture));
        // Whoever reads it has the one code or the other, and a link under its name is replaced and not followed.
        let written = written.and_then(|()| {
            self.is_there.store(true, Ordering::Release);
            fs::rename(new_name(&self.path), &self.path)
        });
        if let Err(error) = written {
            self.is_there.store(self.holds.is_some(), Ordering::Release);
            fs::remove_file(new_name(&self.path)).ok();
            return Err(error);
        }
        self.holds = Some(content);
        Ok(())
    }

    /// Nobody can scan it any more.
    pub(crate) fn remove(&mut self) {
        if self.holds.take().is_some() {
            fs::remove_file(&self.path).ok();
            self.is_there.store(false, Ordering::Release);
        }
    }
}

impl Drop for CodeFile {
    fn drop(&mut self) {
        self.remove();
    }
}

/// For the user's eyes alone, and not there before.
fn fresh(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(new_name(path))
}

/// Beside it, and of this process.
fn new_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_already_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("there");
        fs::write(&there, "of somebody else").unwrap();
        assert_eq!(CodeFile::new(there.clone()).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&there).unwrap(), "of somebody else");
        let nowhere = folder.path().join("nowhere").join("file");
        assert_eq!(CodeFile::new(nowhere).unwrap_err().kind(), ErrorKind::NotFound);
        drop(CodeFile::new(folder.path().join("code.png")).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_there_too() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("target"), &link).unwrap();
        assert_eq!(CodeFile::new(link).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert!(!folder.path().join("target").exists());
    }
}
