//! Where does a profile store its things, and which other profiles are there?

use std::path::PathBuf;

use narthex::Secret;
use narthex_storage::{Keep, Options, Problem, Store};

/// A set of accounts that is separate from others.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The folder of all profiles.
    pub data_dir: PathBuf,
    /// Letters, digits, `-` and `_`, at most 64.
    pub name: String,
}

impl Profile {
    /// Opens its store, and makes it if there is none. The passphrase is used where there is no keyring.
    ///
    /// # Errors
    ///
    /// As [`Store::open`].
    pub fn open(&self, passphrase: Option<Secret<String>>) -> Result<Store, Problem> {
        let keep = Keep::Best { passphrase };
        Store::open(Options { data_dir: self.data_dir.clone(), profile: self.name.clone(), keep })
    }

    /// Whether anything was ever stored in it. Where that cannot be found out, [`open`](Self::open) says why.
    #[must_use]
    pub fn exists(&self) -> bool {
        let folder = self.data_dir.join(&self.name).symlink_metadata();
        !matches!(folder, Err(error) if error.kind() == std::io::ErrorKind::NotFound)
    }

    /// All profiles that there are in the same folder, this one first. Where something else is in the place of its folder,
    /// it is there as well: [`open`](Self::open) says so.
    #[must_use]
    pub fn all(&self) -> Vec<Self> {
        let mut names = Store::profiles(&self.data_dir);
        if !names.contains(&self.name) && self.exists() && !self.data_dir.join(&self.name).is_dir() {
            names.push(self.name.clone());
        }
        names.sort_by_key(|name| *name != self.name);
        names.into_iter().map(|name| Self { data_dir: self.data_dir.clone(), name }).collect()
    }
}

/// Where programs keep their data on this system: the folder of this name. `None` when the system does not say.
#[must_use]
pub fn data_dir(folder: &str) -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return Some(absolute("LOCALAPPDATA")?.join(folder));
    }
    if cfg!(target_os = "macos") {
        return Some(absolute("HOME")?.join("Library/Application Support").join(folder));
    }
    let data = absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")));
    Some(data?.join(folder))
}
