//! Is the folder ours alone?

use std::fs::{self, DirBuilder};
use std::path::Path;

use narthex::StorageProblem;

use crate::problem::Problem;

/// Makes the folder of a profile, in the folder for everything, so that only its owner can enter. One that was there has
/// to be the user's own: whoever may change what is in it could put an account of theirs there.
pub(crate) fn make_private(data_dir: &Path, folder: &Path) -> Result<(), Problem> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(folder);
    for folder in [data_dir, folder] {
        if fs::symlink_metadata(folder).is_ok() && !folder.is_dir() {
            return Err(Problem::at(StorageProblem::NotAFile, folder));
        }
    }
    made.map_err(|error| Problem::io(&error, folder))?;
    for folder in [data_dir, folder] {
        if is_exposed(folder) {
            return Err(Problem::at(StorageProblem::Exposed, folder));
        }
    }
    Ok(())
}

/// Whether it belongs to another user, or everybody may change what is in it. The superuser's is nobody else's: they may
/// look anywhere. What a sticky folder holds is its owner's.
#[cfg(unix)]
fn is_exposed(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let us = rustix::process::geteuid().as_raw();
    fs::metadata(folder).is_ok_and(|folder| {
        let is_foreign = folder.uid() != us && folder.uid() != 0;
        let is_open = folder.mode() & 0o1002 == 0o002;
        is_foreign || is_open
    })
}

/// Folders are below the user's own, and inherit who may enter them.
#[cfg(not(unix))]
const fn is_exposed(_: &Path) -> bool {
    false
}
