//! Where do the processes of one person meet, and nobody else?

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

/// A folder that only this person can enter, made if there is none: in `$XDG_RUNTIME_DIR`, or in the one that this
/// person has by convention (a shell without a session does not say), or else in the one for temporary files.
pub(super) fn private(app: &str) -> io::Result<PathBuf> {
    let user = geteuid().as_raw();
    let named = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let usual = Path::new("/run/user").join(user.to_string());
    let runtime = named.into_iter().chain([usual]).find(|folder| check(folder).is_ok());
    let folder = match runtime {
        Some(runtime) => runtime.join(app),
        None => std::env::temp_dir().join(format!("{app}-{user}")),
    };
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        // It may be anybody's that was there before.
        Ok(()) | Err(_) => check(&folder)?,
    }
    Ok(folder)
}

fn check(folder: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(folder)?;
    if found.is_dir() && found.uid() == geteuid().as_raw() && found.mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_folder_of_others_or_that_others_enter_is_none() {
        let private = fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().permissions(private).tempdir().unwrap();
        let (open, link) = (folder.path().join("open"), folder.path().join("link"));
        assert!(check(folder.path()).is_ok());
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o710)).unwrap();
        symlink(folder.path(), &link).unwrap();
        for wrong in [open.as_path(), &link, &folder.path().join("nothing"), Path::new("/dev/null")] {
            assert!(check(wrong).is_err(), "{wrong:?}");
        }
        if geteuid().is_root() {
            std::os::unix::fs::chown(folder.path(), Some(1), None).unwrap();
            assert!(check(folder.path()).is_err());
        }
    }
}
