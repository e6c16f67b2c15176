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

/// A way of keeping secrets on disk.
#[derive(Debug)]
pub(crate) enum Way {
    /// In entries whose names start so.
    Keyring(String),
    Passphrase(Secret<String>),
    KeyFile,
}

/// What was chosen before, as it is noted.
#[derive(PartialEq)]
enum Note {
    Keyring(String),
    Passphrase,
    KeyFile,
}

impl Way {
    /// Whether there is a note of it in this folder, whatever it says.
    pub(crate) fn is_chosen(folder: &Path) -> bool {
        folder.join(NOTE).is_file()
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
        let followed = match noted.or_else(|| Note::evident(folder)) {
            Some(before) => match before.followed(&keep, folder)? {
                None if is_anything_kept(folder)? => {
                    return Err(Problem::at(StorageProblem::OtherPlace, &note));
                }
                followed => followed,
            },
            None => None,
        };
        let way = followed.map_or_else(|| Self::first(keep, prefix(profile)), Ok)?;
        if is_damaged {
            files::set_aside(&note);
        }
        files::replace(&note, Note::of(&way).to_string().as_bytes())?;
        Ok(way)
    }

    fn first(keep: Keep, prefix: String) -> Result<Self, Problem> {
        let keyring = || System::open_proven(prefix.clone()).map(|_| Self::Keyring(prefix.clone()));
        match keep {
            Keep::Keyring => keyring().ok_or(Problem { kind: StorageProblem::Locked, path: None }),
            Keep::Passphrase(passphrase) => Ok(Self::Passphrase(passphrase)),
            Keep::Best { passphrase } => {
                Ok(keyring().unwrap_or_else(|| passphrase.map_or(Self::KeyFile, Self::Passphrase)))
            }
            Keep::KeyFile | Keep::Memory => Ok(Self::KeyFile),
        }
    }

    pub(crate) fn open(self, folder: &Path) -> Result<(Vault, Place), Problem> {
        let file = |passphrase, place: fn(PathBuf) -> Place| {
            let file = Encrypted::in_folder(folder, passphrase);
            let place = place(file.path().to_owned());
            (Vault::Encrypted(file), place)
        };
        match self {
            Self::Keyring(prefix) => {
                let system = System::open(prefix);
                let system = system.ok_or(Problem { kind: StorageProblem::Locked, path: None })?;
                Ok((Vault::System(system), Place::Keyring))
            }
            Self::Passphrase(passphrase) => Ok(file(Some(passphrase), Place::PassphraseFile)),
            Self::KeyFile => Ok(file(None, Place::KeyFile)),
        }
    }
}

impl Note {
    fn of(way: &Way) -> Self {
        match way {
            Way::Keyring(prefix) => Self::Keyring(prefix.clone()),
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
            ("keyring", prefix) if !prefix.is_empty() => Some(Self::Keyring(prefix.to_owned())),
            ("passphrase", "") => Some(Self::Passphrase),
            ("key-file", "") => Some(Self::KeyFile),
            _ => None,
        })
    }

    /// What the files say where it is not noted. Of what a keyring holds there is no trace.
    fn evident(folder: &Path) -> Option<Self> {
        let is_there = |name: &str| folder.join(name).is_file();
        match (is_there("secrets.age"), is_there("key.age")) {
            (true, true) => Some(Self::Passphrase),
            (true, false) => Some(Self::KeyFile),
            (false, _) => None,
        }
    }

    /// The same way again, unless another one is asked for.
    fn followed(self, keep: &Keep, folder: &Path) -> Result<Option<Way>, Problem> {
        Ok(match (self, keep) {
            (Self::Keyring(prefix), Keep::Keyring | Keep::Best { .. }) => Some(Way::Keyring(prefix)),
            (Self::KeyFile, Keep::KeyFile | Keep::Best { .. }) => Some(Way::KeyFile),
            (
                Self::Passphrase,
                Keep::Passphrase(passphrase) | Keep::Best { passphrase: Some(passphrase) },
            ) => Some(Way::Passphrase(passphrase.clone())),
            (Self::Passphrase, Keep::Best { passphrase: None }) => {
                return Err(Problem::at(StorageProblem::PassphraseMissing, &folder.join("secrets.age")));
            }
            (Self::Keyring(_), Keep::KeyFile | Keep::Passphrase(_) | Keep::Memory)
            | (Self::KeyFile, Keep::Keyring | Keep::Passphrase(_) | Keep::Memory)
            | (Self::Passphrase, Keep::Keyring | Keep::KeyFile | Keep::Memory) => None,
        })
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Keyring(prefix) => writeln!(f, "keyring {prefix}"),
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
