//! Who is signed in: the list that needs no secret to be read.

use std::path::{Path, PathBuf};

use narthex::{Session, StorageProblem};
use serde::{Deserialize, Serialize};

use crate::files;
use crate::problem::Problem;

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Account {
    /// Who.
    pub user_id: String,
    /// On which device.
    pub device_id: String,
    /// Where.
    pub homeserver: String,
}

impl Account {
    pub(crate) fn of(session: &Session) -> Self {
        Self {
            user_id: session.user_id.clone(),
            device_id: session.device_id.clone(),
            homeserver: session.homeserver.to_string(),
        }
    }

    pub(crate) fn is(&self, user_id: &str, device_id: &str) -> bool {
        self.user_id == user_id && self.device_id == device_id
    }
}

#[derive(Default, Serialize, Deserialize)]
struct File {
    version: u32,
    accounts: Vec<Account>,
}

/// The file of the list.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    path: PathBuf,
}

impl Index {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("accounts.json") }
    }

    pub(crate) fn read(&self) -> Result<Vec<Account>, Problem> {
        let Some(content) = files::read(&self.path)? else { return Ok(Vec::new()) };
        match serde_json::from_slice::<File>(&content) {
            Ok(File { version: 1, accounts }) => Ok(accounts),
            // A newer version wrote it.
            Ok(_) => Err(Problem::at(StorageProblem::Other, &self.path)),
            Err(_) => {
                files::set_aside(&self.path);
                Err(Problem::at(StorageProblem::Corrupt, &self.path))
            }
        }
    }

    pub(crate) fn write(&self, accounts: Vec<Account>) -> Result<(), Problem> {
        let content = serde_json::to_vec_pretty(&File { version: 1, accounts });
        files::replace(&self.path, &content.map_err(|_| Problem::at(StorageProblem::Other, &self.path))?)
    }
}
