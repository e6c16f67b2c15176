//! Who is signed in: the list that needs no secret to be read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use narthex::StorageProblem;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::files;
use crate::lock::Lock;
use crate::problem::Problem;

const VERSION: u32 = 1;

/// Who is signed in, the newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct List {
    pub(crate) accounts: Vec<Account>,
    /// Who is meant where nobody is named. Versions that do not know it pass over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<Account>,
}

#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    #[serde(flatten)]
    list: List,
}

impl List {
    pub(crate) fn of(mut accounts: Vec<Account>) -> Self {
        accounts.sort();
        accounts.dedup();
        Self { accounts, default: None }
    }

    pub(crate) fn add(&mut self, account: Account) {
        if !self.accounts.contains(&account) {
            self.accounts.push(account);
        }
    }

    pub(crate) fn remove(&mut self, account: &Account) {
        self.accounts.retain(|listed| listed != account);
        self.default.take_if(|default| default == account);
    }
}

/// Where the list is.
#[derive(Clone, Debug)]
pub(crate) enum Index {
    File(PathBuf),
    Memory(Arc<Mutex<List>>),
}

impl Index {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self::File(folder.join("accounts.json"))
    }

    /// The list. If it is lost or damaged, it is made anew from what `sessions` tells, where that can tell.
    pub(crate) fn read(&self, sessions: impl FnOnce() -> Sessions) -> Result<List, Problem> {
        let path = match self {
            Self::Memory(list) => return Ok(locked(list).clone()),
            Self::File(path) => path,
        };
        if let Some(list) = found(path)? {
            return Ok(list);
        }
        let list = made_anew(path, sessions)?;
        // Where nothing can be written, it is made anew each time.
        if !list.accounts.is_empty()
            && let Ok(_lock) = lock(path)
            && found(path) == Ok(None)
        {
            let _ = write(path, &list);
        }
        Ok(list)
    }

    pub(crate) fn change(
        &self,
        change: impl FnOnce(&mut List),
        sessions: impl FnOnce() -> Sessions,
    ) -> Result<(), Problem> {
        let path = match self {
            Self::Memory(list) => {
                change(&mut locked(list));
                return Ok(());
            }
            Self::File(path) => path,
        };
        let _lock = lock(path)?;
        let before = found(path)?;
        let mut list = match &before {
            Some(list) => list.clone(),
            None => made_anew(path, sessions)?,
        };
        change(&mut list);
        match before {
            Some(before) if before == list => Ok(()),
            None if list == List::default() && !path.exists() => Ok(()),
            // To remove the last one needs no room on a full disk.
            Some(_) | None => write(path, &list).or_else(|problem| {
                let is_removed = list == List::default() && std::fs::remove_file(path).is_ok();
                if is_removed { Ok(()) } else { Err(problem) }
            }),
        }
    }

    /// That it could be changed now.
    pub(crate) fn prove(&self, more: usize) -> Result<(), Problem> {
        let path = match self {
            Self::Memory(_) => return Ok(()),
            Self::File(path) => path,
        };
        let _lock = lock(path)?;
        // What is damaged will be made anew.
        let list = found(path)?.map_or(Ok(vec![]), |list| serde_json::to_vec_pretty(&list));
        let length = list.map_or(0, |list| list.len());
        files::prove(path, length + more)
    }
}

/// The accounts of all sessions that there are; `None` where that cannot be found out.
pub(crate) type Sessions = Result<Option<Vec<Account>>, Problem>;

/// `None` if there is none, or only a damaged one.
fn found(path: &Path) -> Result<Option<List>, Problem> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let content = match files::read(path) {
        // No list of ours is that long.
        Err(Problem { kind: StorageProblem::Corrupt, .. }) => return Ok(None),
        read => read?,
    };
    let Some(content) = content else { return Ok(None) };
    match serde_json::from_slice::<File>(&content) {
        Ok(File { version: VERSION, list }) => Ok(Some(list)),
        Ok(_) | Err(_) => match serde_json::from_slice(&content) {
            Ok(Version { version }) if version > VERSION => Err(Problem::at(StorageProblem::TooNew, path)),
            Ok(_) | Err(_) => Ok(None),
        },
    }
}

fn made_anew(path: &Path, sessions: impl FnOnce() -> Sessions) -> Result<List, Problem> {
    match sessions()? {
        Some(accounts) => Ok(List::of(accounts)),
        None if path.exists() => {
            files::set_aside(path);
            Err(Problem::at(StorageProblem::Corrupt, path))
        }
        None => Ok(List::default()),
    }
}

fn write(path: &Path, list: &List) -> Result<(), Problem> {
    if found(path) == Ok(None) {
        files::set_aside(path);
    }
    let content = serde_json::to_vec_pretty(&File { version: VERSION, list: list.clone() });
    let content = content.map_err(|_| Problem::at(StorageProblem::Other, path))?;
    match files::replace(path, &content) {
        // Without it, the list is made anew.
        Err(Problem { kind: StorageProblem::Full, .. }) => files::overwrite(path, &content),
        replaced => replaced,
    }
}

fn lock(path: &Path) -> Result<Lock, Problem> {
    Lock::acquire(&path.with_extension("lock"))
}

fn locked(list: &Mutex<List>) -> MutexGuard<'_, List> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}
