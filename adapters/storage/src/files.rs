//! Files that are private, and that are replaced whole or not at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::problem::Problem;
use narthex::StorageProblem;

/// The largest file that is read, in bytes: some thousand sessions.
const MAX: u64 = 16 * 1024 * 1024;
/// What the name of a file begins with that is not whole yet.
const NEW: &str = ".new-";

/// Opens a file that is one. A pipe, a device, a folder or a link under its name is refused, and never waited for.
/// `None` if there is none.
pub(crate) fn open(options: &mut OpenOptions, path: &Path) -> Result<Option<File>, Problem> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    let no_file = || Problem::at(StorageProblem::NotAFile, path);
    let file = match options.open(path) {
        Ok(file) => file,
        Err(_) if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) => return Err(no_file()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Problem::io(&error, path)),
    };
    let is_file = file.metadata().map_err(|error| Problem::io(&error, path))?.is_file();
    if is_file { Ok(Some(file)) } else { Err(no_file()) }
}

/// The whole file; `None` if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Problem> {
    let Some(file) = open(OpenOptions::new().read(true), path)? else { return Ok(None) };
    whole(file, path).map(Some)
}

/// The same of a file that nobody else may read, or change.
pub(crate) fn read_secret(path: &Path) -> Result<Option<Vec<u8>>, Problem> {
    let Some(file) = open(OpenOptions::new().read(true), path)? else { return Ok(None) };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A group may have it: the volumes of containers give their files to one.
        if file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o007 != 0) {
            return Err(Problem::at(StorageProblem::Exposed, path));
        }
    }
    whole(file, path).map(Some)
}

fn whole(file: File, path: &Path) -> Result<Vec<u8>, Problem> {
    let mut content = Vec::new();
    file.take(MAX + 1).read_to_end(&mut content).map_err(|error| Problem::io(&error, path))?;
    if content.len() as u64 > MAX {
        return Err(Problem::at(StorageProblem::Corrupt, path));
    }
    Ok(content)
}

/// Room on the disk for the next content of a file, in the shape of a file beside it. It is free again when it is
/// dropped; what a kill leaves of it, [`left`] finds.
pub(crate) type Room = tempfile::NamedTempFile;

/// Replaces the file by one that only its owner can read. Killed at any moment, there is the old one or the new one.
///
/// Whoever calls it holds the lock of this file.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), Problem> {
    persist(path, written(path, content)?)
}

/// The same, in the room that was reserved for it.
pub(crate) fn replace_in(room: Room, path: &Path, content: &[u8]) -> Result<(), Problem> {
    // Where it does not fit, or the file system needs other room for what is written anew, there is that of the room.
    let new = filled(room, content).and_then(|new| {
        // It is about to be a file that others read.
        new.as_file().unlock()?;
        Ok(new)
    });
    match new {
        Ok(new) => persist(path, new),
        Err(_) => replace(path, content),
    }
}

/// Writes what is no longer over the file itself, which needs no room on a full disk. It is the last resort: killed while it
/// does, the file is damaged.
pub(crate) fn overwrite(path: &Path, content: &[u8]) -> Result<(), Problem> {
    let problem = |error: io::Error| Problem::io(&error, path);
    let file = open(OpenOptions::new().write(true), path)?;
    let mut file = file.ok_or_else(|| Problem::at(StorageProblem::Full, path))?;
    if file.metadata().map_err(problem)?.len() < content.len() as u64 {
        return Err(Problem::at(StorageProblem::Full, path));
    }
    let written = file.write_all(content).and_then(|()| file.set_len(content.len() as u64));
    written.and_then(|()| file.sync_all()).map_err(problem)
}

/// Makes a file at the first of these places where there is none, in the room if there is some: whole, durable, and
/// without the lock of the file at `path`, whose folder it is.
pub(crate) fn make(
    path: &Path,
    room: Option<Room>,
    content: &[u8],
    places: impl Iterator<Item = PathBuf>,
) -> Result<(), Problem> {
    let problem = |error: io::Error| Problem::io(&error, path);
    let filled_room = room.and_then(|room| filled(room, content).ok());
    let mut new = filled_room.map_or_else(|| begun(path).and_then(|new| filled(new, content)), Ok);
    for place in places {
        // It stays locked until it has its name: nobody sweeps it.
        new = match new.map_err(problem)?.persist_noclobber(&place) {
            Ok(_) => {
                sync_folder(path);
                return Ok(());
            }
            Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => Ok(failed.file),
            Err(failed) => Err(failed.error),
        };
    }
    Err(new.map_or_else(problem, |_| Problem::at(StorageProblem::Busy, path)))
}

/// An empty file beside it, which nobody sweeps.
fn begun(path: &Path) -> io::Result<Room> {
    let new = tempfile::Builder::new().prefix(&prefix(path)).tempfile_in(folder_of(path))?;
    new.as_file().try_lock()?;
    Ok(new)
}

fn filled(mut room: Room, content: &[u8]) -> io::Result<Room> {
    let file = room.as_file_mut();
    file.rewind()?;
    file.write_all(content)?;
    file.set_len(content.len() as u64)?;
    file.sync_all()?;
    Ok(room)
}

fn persist(path: &Path, new: Room) -> Result<(), Problem> {
    let problem = |error: io::Error| Problem::io(&error, path);
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(Problem::at(StorageProblem::NotAFile, path));
    }
    new.persist(path).map_err(|failed| problem(failed.error))?;
    sync_folder(path);
    Ok(())
}

/// A name is durable only with its folder. Not every system can do that, and then it has no need to.
pub(crate) fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

/// That the file could be replaced now by one of this length. Whoever calls it holds the lock of this file.
pub(crate) fn prove(path: &Path, length: usize) -> Result<(), Problem> {
    let room = reserve(path, length)?;
    room.close().map_err(|error| Problem::io(&error, path))
}

/// The same, and the room for it is kept. Whoever calls it holds the lock of this file.
pub(crate) fn reserve(path: &Path, length: usize) -> Result<Room, Problem> {
    // Where a file system packs what it writes, this does not get smaller.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    });
    let content: Vec<u8> = noise.take(length).collect();
    let room = written(path, &content)?;
    // Whoever sweeps leaves it alone. Where nothing can be locked, nothing is reserved.
    room.as_file().try_lock().map_err(|error| match error {
        TryLockError::Error(error) => Problem::io(&error, path),
        TryLockError::WouldBlock => Problem::at(StorageProblem::Other, path),
    })?;
    Ok(room)
}

/// A file beside it, which is gone when it is dropped.
fn written(path: &Path, content: &[u8]) -> Result<Room, Problem> {
    let problem = |error: io::Error| Problem::io(&error, path);
    sweep(path);
    // Made with mode 0600 where there are modes.
    let mut new =
        tempfile::Builder::new().prefix(&prefix(path)).tempfile_in(folder_of(path)).map_err(problem)?;
    new.write_all(content).and_then(|()| new.as_file().sync_all()).map_err(problem)?;
    Ok(new)
}

/// Removes what was left by whoever was killed while they wrote this file. Whoever calls it holds the lock of it.
fn sweep(path: &Path) {
    let prefix = prefix(path);
    for (name, left) in left(folder_of(path)) {
        if name.starts_with(&prefix) {
            remove_left(&left);
        }
    }
}

/// Removes what was left, unless it is room that somebody has reserved. Whoever calls it holds the lock of its file.
pub(crate) fn remove_left(left: &Path) {
    let is_reserved = || {
        let file = open(OpenOptions::new().write(true), left).ok().flatten();
        file.is_some_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    };
    if !is_reserved() {
        let _ = fs::remove_file(left);
    }
}

/// What was left by whoever was killed while they wrote, or is being written, or reserved.
pub(crate) fn left(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        name.starts_with(NEW).then(|| (name, entry.path()))
    })
}

fn prefix(path: &Path) -> String {
    format!("{NEW}{}-", path.file_name().unwrap_or_default().to_string_lossy())
}

pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or_else(|| Path::new("."))
}

/// Removes the file; that there is none is fine.
pub(crate) fn remove(path: &Path) -> Result<(), Problem> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Problem::io(&error, path)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Keeps a damaged file beside its place, out of the way. Where it is now, if it could be moved.
pub(crate) fn set_aside(path: &Path) -> Option<PathBuf> {
    let aside = asides(path).find(|aside| !aside.exists())?;
    fs::rename(path, &aside).ok().map(|()| aside)
}

/// Where damaged ones of it are kept, the first one first.
pub(crate) fn asides(path: &Path) -> impl Iterator<Item = PathBuf> {
    (1..100).map(|n| {
        let mut aside = path.as_os_str().to_owned();
        aside.push(format!(".corrupt-{n}"));
        PathBuf::from(aside)
    })
}
