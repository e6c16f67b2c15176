//! Files that are private, and that are replaced whole or not at all.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use crate::problem::Problem;
use narthex::StorageProblem;

/// The largest file that is read, in bytes: some thousand sessions.
const MAX: u64 = 16 * 1024 * 1024;

/// Makes a folder that only its owner can enter. One that was there has to be the user's own.
pub(crate) fn make_private_folder(folder: &Path) -> Result<(), Problem> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| Problem::io(&error, folder))?;
    if is_foreign(folder) { Err(Problem::at(StorageProblem::Denied, folder)) } else { Ok(()) }
}

/// Whether it belongs to another user, who could read and change what is put there. The superuser may look anywhere.
#[cfg(unix)]
fn is_foreign(folder: &Path) -> bool {
    let us = rustix::process::geteuid();
    let owner = fs::metadata(folder).map(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata));
    !us.is_root() && owner.is_ok_and(|owner| owner != us.as_raw())
}

/// Folders are below the user's own, and inherit who may enter them.
#[cfg(not(unix))]
const fn is_foreign(_: &Path) -> bool {
    false
}

/// The whole file; `None` if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Problem> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Problem::io(&error, path)),
    };
    let mut content = Vec::new();
    file.take(MAX + 1).read_to_end(&mut content).map_err(|error| Problem::io(&error, path))?;
    if content.len() as u64 > MAX {
        return Err(Problem::at(StorageProblem::Corrupt, path));
    }
    Ok(Some(content))
}

/// Replaces the file by one that only its owner can read. Killed at any moment, there is the old one or the new one.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), Problem> {
    let problem = |error: io::Error| Problem::io(&error, path);
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    // Made with mode 0600 where there are modes.
    let mut new = tempfile::Builder::new().prefix(".new-").tempfile_in(folder).map_err(problem)?;
    new.write_all(content).and_then(|()| new.as_file().sync_all()).map_err(problem)?;
    new.persist(path).map_err(|failed| problem(failed.error))?;
    // The name is durable only with the folder. Not every system can do that, and then it has no need to.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Keeps a damaged file beside its place, out of the way.
pub(crate) fn set_aside(path: &Path) {
    for n in 1..100 {
        let mut aside = path.as_os_str().to_owned();
        aside.push(format!(".corrupt-{n}"));
        if !Path::new(&aside).exists() {
            let _ = fs::rename(path, aside);
            return;
        }
    }
}
