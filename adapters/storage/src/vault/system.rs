//! The system's keyring: Secret Service, Keychain, or Credential Manager.

use keyring::{Entry, Error};
use narthex::{Secret, StorageProblem};

use crate::problem::Problem;

/// Under which our entries show in the keyring.
const SERVICE: &str = "narthex";

/// The entries of one profile.
#[derive(Clone, Debug)]
pub(crate) struct System {
    prefix: String,
}

impl System {
    /// `None` when there is no keyring that answers.
    pub(crate) fn open(prefix: String) -> Option<Self> {
        let this = Self { prefix };
        // A keyring may be reachable and still of no use: only an answer counts.
        this.get("probe").is_ok().then_some(this)
    }

    fn entry(&self, name: &str) -> Result<Entry, Problem> {
        Entry::new(SERVICE, &format!("{}{name}", self.prefix)).map_err(|error| Problem::keyring(&error))
    }

    pub(crate) fn get(&self, name: &str) -> Result<Option<Secret<String>>, Problem> {
        match self.entry(name)?.get_secret() {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(Secret::new(text))),
                Err(_) => Err(Problem { kind: StorageProblem::Corrupt, path: None }),
            },
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(Problem::keyring(&error)),
        }
    }

    pub(crate) fn set(&self, name: &str, secret: Option<&Secret<String>>) -> Result<(), Problem> {
        let entry = self.entry(name)?;
        let done = match secret {
            Some(secret) => entry.set_secret(secret.expose().as_bytes()),
            None => entry.delete_credential(),
        };
        match done {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(Problem::keyring(&error)),
        }
    }
}
