//! Which way are the secrets of a profile kept, now and the next time?

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::{Path, PathBuf};

use narthex::{Secret, StorageProblem};

use crate::files;
use crate::index::Index;
use crate::lock::Lock;
use crate::place::{Keep, Place};
use crate::problem::Problem;
use crate::vault::{Encrypted, System, Vault};

/// The file in which it is noted.
const NOTE: &str = "place";
/// Where the keyring has the key, once more: without it nothing is found there.
const SPARE: &str = "key.keyring";
/// What is noted where the keyring has no more than the key. Earlier versions kept everything there, and take this for a
/// part of the name.
const KEY_ONLY: &str = " key";

/// A way of keeping secrets on disk.
#[derive(Debug)]
pub(crate) enum Way {
    /// By a key in the keyring, in an entry whose name starts so.
    Keyring(String),
    /// In such entries, by an earlier version.
    WholeInKeyring(String),
    Passphrase(Secret<String>),
    KeyFile,
}

/// What was chosen before, as it is noted.
#[derive(PartialEq)]
enum Note {
    Keyring(String),
    WholeInKeyring(String),
    Passphrase,
    KeyFile,
}

impl Way {
    /// Whether there is a note of it in this folder, whatever it says.
    pub(crate) fn is_chosen(folder: &Path) -> bool {
        folder.join(NOTE).symlink_metadata().is_ok()
    }

    /// The way that was chosen before, or the one that is asked for, or the best there is; and notes it down.
    pub(crate) fn chosen(keep: Keep, folder: &Path, profile: &str) -> Result<Self, Problem> {
        let note = folder.join(NOTE);
        if let Some(before) = Note::read(&note)?
            && let Some(way) = before.followed(&keep, folder)?
        {
            return Ok(way);
        }
        // Whoever comes at the same time finds the note.
        let _lock = Lock::acquire(&folder.join("place.lock"))?;
        let noted = Note::read(&note)?;
        let is_damaged = noted.is_none() && note.exists();
        let followed = match noted.map_or_else(|| Note::evident(folder), |noted| Ok(Some(noted)))? {
            Some(before) => match before.followed(&keep, folder)? {
                None if is_anything_kept(folder)? => {
                    return Err(Problem::at(StorageProblem::OtherPlace, &note));
                }
                followed => followed,
            },
            // Without the name of its entries, nothing in a keyring is found.
            None if is_damaged && is_anything_kept(folder)? => {
                return Err(Problem::at(StorageProblem::Corrupt, &note));
            }
            None => None,
        };
        let way = followed.map_or_else(|| Self::first(keep, prefix(profile)), Ok)?;
        if is_damaged {
            files::set_aside(&note);
        }
        way.note_down(folder)?;
        Ok(way)
    }

    /// Only under the lock.
    fn note_down(&self, folder: &Path) -> Result<(), Problem> {
        let spare = folder.join(SPARE);
        match self {
            Self::Keyring(prefix) => files::replace(&spare, prefix.as_bytes())?,
            Self::WholeInKeyring(_) | Self::Passphrase(_) | Self::KeyFile => files::remove(&spare)?,
        }
        files::replace(&folder.join(NOTE), Note::of(self).to_string().as_bytes())
    }

    fn first(keep: Keep, prefix: String) -> Result<Self, Problem> {
        let keyring = || System::named(prefix.clone()).keeps().then(|| Self::Keyring(prefix.clone()));
        match keep {
            Keep::Keyring => keyring().ok_or(Problem { kind: StorageProblem::Locked, path: None }),
            Keep::Passphrase(passphrase) => Ok(Self::Passphrase(passphrase)),
            Keep::Best { passphrase } => {
                Ok(keyring().unwrap_or_else(|| passphrase.map_or(Self::KeyFile, Self::Passphrase)))
            }
            Keep::KeyFile | Keep::Memory => Ok(Self::KeyFile),
        }
    }

    pub(crate) fn open(self, folder: &Path) -> (Vault, Place) {
        let (file, place): (_, fn(PathBuf) -> Place) = match self {
            Self::Keyring(prefix) | Self::WholeInKeyring(prefix) => {
                (Encrypted::with_keyring(folder, System::named(prefix)), Place::Keyring)
            }
            Self::Passphrase(passphrase) => {
                (Encrypted::in_folder(folder, Some(passphrase)), Place::PassphraseFile)
            }
            Self::KeyFile => (Encrypted::in_folder(folder, None), Place::KeyFile),
        };
        let place = place(file.path().to_owned());
        (Vault::Encrypted(file), place)
    }

    /// Whether an earlier version kept everything in the keyring.
    pub(crate) const fn is_former(&self) -> bool {
        matches!(self, Self::WholeInKeyring(_))
    }

    /// Moves secrets of these names that an earlier version kept in the keyring to where all are kept now.
    pub(crate) fn move_former(
        &self,
        folder: &Path,
        names: impl IntoIterator<Item = String>,
    ) -> Result<(), Problem> {
        let Self::WholeInKeyring(prefix) = self else { return Ok(()) };
        let keyring = System::named(prefix.clone());
        if !keyring.answers() {
            return Err(Problem { kind: StorageProblem::Locked, path: None });
        }
        let _lock = Lock::acquire(&folder.join("place.lock"))?;
        let file = Encrypted::with_keyring(folder, keyring.clone());
        for name in names {
            let Some(secret) = keyring.get(&name)? else { continue };
            // Killed before, it is there already, and may be newer.
            if file.get(&name)?.is_none() {
                file.set(&name, Some(&secret))?;
            }
            keyring.set(&name, None)?;
        }
        Self::Keyring(prefix.clone()).note_down(folder)
    }
}

impl Note {
    fn of(way: &Way) -> Self {
        match way {
            Way::Keyring(prefix) => Self::Keyring(prefix.clone()),
            Way::WholeInKeyring(prefix) => Self::WholeInKeyring(prefix.clone()),
            Way::Passphrase(_) => Self::Passphrase,
            Way::KeyFile => Self::KeyFile,
        }
    }

    /// `None` if there is none, or only a damaged one.
    fn read(path: &Path) -> Result<Option<Self>, Problem> {
        let content = match files::read(path) {
            Err(Problem { kind: StorageProblem::Corrupt, .. }) => return Ok(None),
            read => read?,
        };
        let Some(content) = content else { return Ok(None) };
        let text = std::str::from_utf8(&content).unwrap_or_default().trim();
        Ok(match text.split_once(' ').unwrap_or((text, "")) {
            ("keyring", prefix) if !prefix.is_empty() => Some(match prefix.strip_suffix(KEY_ONLY) {
                Some(prefix) => Self::Keyring(prefix.to_owned()),
                None => Self::WholeInKeyring(prefix.to_owned()),
            }),
            ("passphrase", "") => Some(Self::Passphrase),
            ("key-file", "") => Some(Self::KeyFile),
            _ => None,
        })
    }

    /// What the files say where it is not noted. Of what an earlier version kept in a keyring there is no trace.
    fn evident(folder: &Path) -> Result<Option<Self>, Problem> {
        let is_there = |name: &str| folder.join(name).is_file();
        if !is_there("secrets.age") {
            return Ok(None);
        }
        let spare = files::read(&folder.join(SPARE))?.and_then(|spare| String::from_utf8(spare).ok());
        Ok(Some(match spare {
            Some(prefix) => Self::Keyring(prefix),
            None if is_there("key.age") => Self::Passphrase,
            None => Self::KeyFile,
        }))
    }

    /// The same way again, unless another one is asked for.
    fn followed(self, keep: &Keep, folder: &Path) -> Result<Option<Way>, Problem> {
        Ok(match (self, keep) {
            (Self::Keyring(prefix), Keep::Keyring | Keep::Best { .. }) => Some(Way::Keyring(prefix)),
            (Self::WholeInKeyring(prefix), Keep::Keyring | Keep::Best { .. }) => {
                Some(Way::WholeInKeyring(prefix))
            }
            (Self::KeyFile, Keep::KeyFile | Keep::Best { .. }) => Some(Way::KeyFile),
            (
                Self::Passphrase,
                Keep::Passphrase(passphrase) | Keep::Best { passphrase: Some(passphrase) },
            ) => Some(Way::Passphrase(passphrase.clone())),
            (Self::Passphrase, Keep::Best { passphrase: None }) => {
                return Err(Problem::at(StorageProblem::PassphraseMissing, &folder.join("secrets.age")));
            }
            (
                Self::Keyring(_) | Self::WholeInKeyring(_),
                Keep::KeyFile | Keep::Passphrase(_) | Keep::Memory,
            )
            | (Self::KeyFile, Keep::Keyring | Keep::Passphrase(_) | Keep::Memory)
            | (Self::Passphrase, Keep::Keyring | Keep::KeyFile | Keep::Memory) => None,
        })
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Keyring(prefix) => writeln!(f, "keyring {prefix}{KEY_ONLY}"),
            Self::WholeInKeyring(prefix) => writeln!(f, "keyring {prefix}"),
            Self::Passphrase => writeln!(f, "passphrase"),
            Self::KeyFile => writeln!(f, "key-file"),
        }
    }
}

fn is_anything_kept(folder: &Path) -> Result<bool, Problem> {
    Ok(folder.join("secrets.age").exists()
        || !Index::in_folder(folder).read(|| Ok(None))?.accounts.is_empty())
}

/// Two folders may have a profile of the same name, and there is one keyring.
fn prefix(profile: &str) -> String {
    // Seeded by the system each time.
    let unique = RandomState::new().build_hasher().finish();
    format!("{profile}-{unique:016x}/")
}
