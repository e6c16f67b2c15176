//! Where does an unfinished sign-in have its slot, and who holds it?

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use narthex::StorageProblem;

use super::id::FlowId;
use crate::files;
use crate::lock::Lock;
use crate::problem::Problem;

/// Where slots are, and who holds them.
#[derive(Clone, Debug)]
pub(super) enum Slots {
    Folder(PathBuf),
    /// The oldest first, with whether somebody holds it.
    Memory(Arc<Mutex<Vec<(FlowId, bool)>>>),
}

/// Nobody else makes, opens or removes a slot.
pub(super) struct Alone {
    _lock: Option<Lock>,
}

/// A slot that nobody else holds.
#[derive(Debug)]
pub(super) struct Held {
    _lock: Option<Lock>,
}

impl Held {
    const fn locked(lock: Lock) -> Self {
        Self { _lock: Some(lock) }
    }

    const fn in_memory() -> Self {
        Self { _lock: None }
    }
}

impl Slots {
    /// At most a minute passes: it is held for one file, or for as long as a keyring takes.
    pub(super) fn alone(&self) -> Result<Alone, Problem> {
        Ok(Alone {
            _lock: match self {
                Self::Folder(folder) => Some(Lock::acquire(&folder.join("flows.lock"))?),
                Self::Memory(_) => None,
            },
        })
    }

    /// Does not wait: `None` when somebody else is.
    pub(super) fn alone_now(&self) -> Result<Option<Alone>, Problem> {
        Ok(match self {
            Self::Folder(folder) => {
                Lock::attempt(&folder.join("flows.lock"))?.map(|lock| Alone { _lock: Some(lock) })
            }
            Self::Memory(_) => Some(Alone { _lock: None }),
        })
    }

    pub(super) fn problem(&self, kind: StorageProblem) -> Problem {
        match self {
            Self::Folder(folder) => Problem::at(kind, folder),
            Self::Memory(_) => Problem { kind, path: None },
        }
    }

    pub(super) fn list(&self, _: &Alone) -> Result<Vec<FlowId>, Problem> {
        self.seen()
    }

    /// The same, while others may make and remove some.
    pub(super) fn seen(&self) -> Result<Vec<FlowId>, Problem> {
        let folder = match self {
            Self::Folder(folder) => folder,
            Self::Memory(slots) => return Ok(locked(slots).iter().rev().map(|(id, _)| id.clone()).collect()),
        };
        let problem = |error: io::Error| Problem::io(&error, folder);
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(problem)? {
            let entry = entry.map_err(problem)?;
            let name = entry.file_name();
            let id = name.to_str().and_then(|name| name.strip_prefix("flow-")?.strip_suffix(".lock"));
            let Some(id) = id.and_then(FlowId::parse) else { continue };
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() {
                found.push((metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), id));
            }
        }
        found.sort();
        Ok(found.into_iter().rev().map(|(_, id)| id).collect())
    }

    pub(super) fn since(&self, id: &FlowId) -> Option<SystemTime> {
        match self {
            Self::Folder(folder) => fs::metadata(file(folder, id)).ok()?.modified().ok(),
            Self::Memory(_) => None,
        }
    }

    /// `None` when there is one of this name.
    pub(super) fn make(&self, id: &FlowId, _: &Alone) -> Result<Option<Held>, Problem> {
        match self {
            Self::Folder(folder) => {
                let path = file(folder, id);
                let mut options = OpenOptions::new();
                options.create_new(true).write(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                match options.open(&path) {
                    Ok(_) => Ok(Lock::attempt(&path)?.map(Held::locked)),
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
                    Err(error) => Err(Problem::io(&error, &path)),
                }
            }
            Self::Memory(slots) => {
                locked(slots).push((id.clone(), true));
                Ok(Some(Held::in_memory()))
            }
        }
    }

    /// `None` when somebody else holds it, or there is none.
    pub(super) fn open(&self, id: &FlowId, _: &Alone) -> Result<Option<Held>, Problem> {
        match self {
            Self::Folder(folder) => {
                let path = file(folder, id);
                if !path.exists() {
                    return Ok(None);
                }
                Ok(Lock::attempt(&path)?.map(Held::locked))
            }
            Self::Memory(slots) => {
                let mut slots = locked(slots);
                let free = slots.iter_mut().find(|(known, is_held)| known == id && !*is_held);
                Ok(free.map(|(_, is_held)| {
                    *is_held = true;
                    Held::in_memory()
                }))
            }
        }
    }

    pub(super) fn release(&self, id: &FlowId, held: Held) {
        match (self, held) {
            (Self::Folder(_), held) => drop(held),
            (Self::Memory(slots), _) => {
                locked(slots)
                    .iter_mut()
                    .filter(|(known, _)| known == id)
                    .for_each(|(_, is_held)| *is_held = false);
            }
        }
    }

    pub(super) fn remove(&self, id: &FlowId, held: Held, _: &Alone) -> Result<(), Problem> {
        match self {
            Self::Folder(folder) => {
                let path = file(folder, id);
                // Not before it is closed: not every system can remove it then.
                drop(held);
                fs::remove_file(&path).map_err(|error| Problem::io(&error, &path))
            }
            Self::Memory(slots) => {
                locked(slots).retain(|(known, _)| known != id);
                Ok(())
            }
        }
    }

    /// What cannot be read is not found any more, and hides nothing.
    pub(super) fn set_aside(&self, id: &FlowId) {
        match self {
            Self::Folder(folder) => drop(files::set_aside(&file(folder, id))),
            Self::Memory(slots) => {
                locked(slots).retain(|(known, _)| known != id);
            }
        }
    }
}

fn file(folder: &Path, id: &FlowId) -> PathBuf {
    folder.join(format!("flow-{id}.lock"))
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
