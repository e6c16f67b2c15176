//! What was set while somebody else held the lock of a file, and did not let go of it?
//!
//! Each change is a small file of its own beside that file, `NAME.late-NUMBER`, which is made whole or not at all, and never
//! changed. Whoever reads the file applies them in their order. Whoever writes it takes them in first, under the lock, and
//! only then removes them.

use std::fs;
use std::path::{Path, PathBuf};

use narthex::StorageProblem;

use crate::files::{self, Room};
use crate::problem::Problem;

/// How many there may be. Far more than anybody sets while a lock is held that somebody forgot.
const MAX: usize = 256;

/// One change, encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Late {
    number: u32,
    path: PathBuf,
    pub(super) content: Vec<u8>,
}

/// All that there are for the file at `path`, the oldest first.
pub(super) fn found(path: &Path) -> Vec<Late> {
    let mut found: Vec<Late> = numbered(path)
        .into_iter()
        // Whoever takes it in may be faster.
        .filter_map(|(number, path)| Some(Late { number, content: files::read(&path).ok()??, path }))
        .collect();
    found.sort_by_key(|late| late.number);
    found
}

/// Makes one more, durable, in the room if there is some.
pub(super) fn add(path: &Path, room: Option<Room>, content: &[u8]) -> Result<(), Problem> {
    let numbered = numbered(path);
    if numbered.len() >= MAX {
        return Err(Problem::at(StorageProblem::Busy, path));
    }
    let last = numbered.into_iter().map(|(number, _)| number).max().unwrap_or_default();
    // Others may add theirs at the same time.
    let free = (1..=MAX as u32).filter_map(|more| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!("{MARK}{}", last.checked_add(more)?));
        Some(PathBuf::from(name))
    });
    files::make(path, room, content, free)
}

/// They are in the file now.
pub(super) fn remove(path: &Path, taken: &[Late]) {
    for late in taken {
        let _ = fs::remove_file(&late.path);
    }
    // What comes back after a power failure would be newer than what is written next.
    files::sync_folder(path);
}

const MARK: &str = ".late-";

fn numbered(path: &Path) -> Vec<(u32, PathBuf)> {
    let prefix = format!("{}{MARK}", path.file_name().unwrap_or_default().to_string_lossy());
    let entries = fs::read_dir(files::folder_of(path)).into_iter().flatten().flatten();
    let numbered = entries.filter_map(|entry| {
        let number = entry.file_name().to_str()?.strip_prefix(&prefix)?.parse().ok()?;
        Some((number, entry.path()))
    });
    numbered.collect()
}
