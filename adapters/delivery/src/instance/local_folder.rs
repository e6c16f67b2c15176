//! Where do the processes of one person meet, and nobody else?

use std::fs;
use std::io;
use std::path::PathBuf;

/// A folder in `%LOCALAPPDATA%`, which Windows lets only this person (and administrators) enter: what is made there
/// inherits that.
pub(super) fn private(app: &str) -> io::Result<PathBuf> {
    let local = std::env::var_os("LOCALAPPDATA").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = local.ok_or(io::ErrorKind::NotFound)?.join(app);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
