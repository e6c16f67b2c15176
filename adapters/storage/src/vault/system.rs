//! The system's keyring: Secret Service, Keychain, or Credential Manager.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use keyring_core::{Entry, Error};
use narthex::{Secret, StorageProblem};

use crate::problem::Problem;

/// Under which our entries show in the keyring.
const SERVICE: &str = "narthex";
/// An entry that only shows whether entries can be kept.
const PROBE: &str = "probe";
/// How long a keyring that works may take to answer.
const ANSWERS: Duration = Duration::from_secs(10);
/// How long a person may take to unlock it.
const UNLOCKED: Duration = Duration::from_secs(60);

/// The entries of one profile.
#[derive(Clone, Debug)]
pub(crate) struct System {
    prefix: String,
}

impl System {
    /// Entries whose names start with `prefix`.
    pub(crate) const fn named(prefix: String) -> Self {
        Self { prefix }
    }

    /// Whether there is a keyring that answers. One that is locked does.
    pub(crate) fn answers(&self) -> bool {
        self.within(ANSWERS, |this| this.get(PROBE).is_ok())
    }

    /// Whether it really keeps something: where nobody can be asked to unlock it, it is of no use.
    pub(crate) fn keeps(&self) -> bool {
        self.answers() && self.within(UNLOCKED, |this| this.prove().is_ok())
    }

    /// That something could be kept now.
    pub(crate) fn prove(&self) -> Result<(), Problem> {
        let secret = Secret::from(PROBE);
        let kept = self.set(PROBE, Some(&secret)).and_then(|()| self.get(PROBE));
        self.set(PROBE, None)?;
        match kept? {
            Some(kept) if kept == secret => Ok(()),
            Some(_) | None => Err(Problem { kind: StorageProblem::Other, path: None }),
        }
    }

    /// Whether it says yes in time: the call itself may wait for ever.
    fn within(&self, patience: Duration, says_yes: impl FnOnce(&Self) -> bool + Send + 'static) -> bool {
        let (to, answer) = mpsc::channel();
        let this = self.clone();
        // Nobody waits any more: the answer is late.
        thread::spawn(move || to.send(says_yes(&this)).ok());
        answer.recv_timeout(patience).unwrap_or(false)
    }

    fn entry(&self, name: &str) -> Result<Entry, Problem> {
        // An application may have chosen a store of its own.
        if keyring_core::get_default_store().is_none() {
            keyring::Entry::store_status().as_ref().map_err(Problem::keyring)?;
        }
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
