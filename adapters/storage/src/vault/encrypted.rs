//! All secrets in one file, encrypted with age.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use narthex::{Secret, StorageProblem};
use serde::de::DeserializeOwned;

use super::key::{Key, kind_of};
use super::late::{self, Late};
use super::system::System;
use crate::files::{self, Room};
use crate::lock::Lock;
use crate::problem::Problem;

const NAME: &str = "secrets.age";

#[derive(Clone, Debug)]
pub(crate) struct Encrypted {
    path: PathBuf,
    key: Key,
    /// For the secrets of these names. Clones share it.
    rooms: Arc<Mutex<BTreeMap<String, Room>>>,
}

/// What age adds to what it encrypts, in bytes, with some to spare.
const AROUND: usize = 512;

/// What is set while somebody else holds the lock is durable at once, and waits so long to be where all is.
const SOON: Duration = Duration::from_secs(2);
/// How often it is read again because somebody takes in what was late.
const READINGS: u32 = 20;

type Secrets = BTreeMap<String, Secret<String>>;

impl Encrypted {
    /// The file in `folder`; its key is behind the passphrase, if there is one.
    pub(crate) fn in_folder(folder: &Path, passphrase: Option<Secret<String>>) -> Self {
        Self { path: folder.join(NAME), key: Key::in_folder(folder, passphrase), rooms: Arc::default() }
    }

    /// The same, and its key is in the keyring.
    pub(crate) fn with_keyring(folder: &Path, system: System) -> Self {
        let path = folder.join(NAME);
        Self { key: Key::in_keyring(system, &path), path, rooms: Arc::default() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn get(&self, name: &str) -> Result<Option<Secret<String>>, Problem> {
        Ok(self.all()?.remove(name))
    }

    /// All whose names begin so.
    pub(crate) fn beginning(&self, prefix: &str) -> Result<Vec<Secret<String>>, Problem> {
        let secrets = self.all()?.into_iter().filter(|(name, _)| name.starts_with(prefix));
        Ok(secrets.map(|(_, secret)| secret).collect())
    }

    fn all(&self) -> Result<Secrets, Problem> {
        match self.read() {
            // It is looked at again when nobody writes, since it may have been mended in between. Where nothing may
            // be written, it stays where it is.
            Err(problem) if self.is_damage(&problem) => {
                let _lock = self.lock().map_err(|_| problem)?;
                self.or_set_aside(self.read())
            }
            read => read,
        }
    }

    pub(crate) fn set(&self, name: &str, secret: Option<&Secret<String>>) -> Result<(), Problem> {
        let _lock = match Lock::attempt(&self.lock_path())? {
            Some(lock) => lock,
            // Whoever holds it may never let go, and what a server has just granted is nowhere else.
            None if self.set_late(name, secret).is_ok() => {
                if let Ok(_lock) = Lock::acquire_within(&self.lock_path(), SOON) {
                    // Where that fails, it stays late.
                    let _ = self.take_in();
                }
                return Ok(());
            }
            None => self.lock()?,
        };
        let mut secrets = match self.take_in() {
            // It is out of the way, and with it what was to be removed.
            Err(problem) if secret.is_none() && self.is_set_aside(&problem) => return Ok(()),
            read => read?,
        };
        let before = match secret {
            Some(secret) => secrets.insert(name.to_owned(), secret.clone()),
            None => secrets.remove(name),
        };
        if before.as_ref() == secret {
            return Ok(());
        }
        let room = self.rooms().remove(name);
        self.write(&secrets, room, secret.is_none())
    }

    /// Sets it without the lock. Whoever reads finds it, and whoever writes takes it in.
    fn set_late(&self, name: &str, secret: Option<&Secret<String>>) -> Result<(), Problem> {
        if self.read()?.get(name) == secret {
            return Ok(());
        }
        let plain =
            serde_json::to_vec(&BTreeMap::from([(name, secret.map(|secret| secret.expose().as_str()))]));
        let other = || Problem::at(StorageProblem::Other, &self.path);
        let plain = Secret::new(plain.map_err(|_| other())?);
        // Only under the lock one is made.
        let key =
            self.key.existing()?.ok_or_else(|| Problem::at(StorageProblem::KeyMissing, self.key.path()))?;
        let content = age::encrypt(&key.to_public(), plain.expose()).map_err(|_| other())?;
        let room = self.rooms().remove(name);
        late::add(&self.path, room, &content)
    }

    /// Only under the lock: everything, after what was set late is where all is.
    fn take_in(&self) -> Result<Secrets, Problem> {
        let (secrets, late) = self.or_set_aside(self.read_with_late())?;
        if !late.is_empty() {
            self.write(&secrets, None, false)?;
            late::remove(&self.path, &late);
        }
        Ok(secrets)
    }

    /// That a secret of so many bytes could be set now.
    pub(crate) fn prove(&self, more: usize) -> Result<(), Problem> {
        let _lock = self.lock()?;
        files::prove(&self.path, self.length_with(more)?)
    }

    /// The same, and the room for it is kept until the secret of this name is set, or it is [released](Self::release).
    pub(crate) fn reserve(&self, name: &str, more: usize) -> Result<(), Problem> {
        let _lock = self.lock()?;
        let room = files::reserve(&self.path, self.length_with(more)?)?;
        self.rooms().insert(name.to_owned(), room);
        Ok(())
    }

    pub(crate) fn release(&self, name: &str) {
        self.rooms().remove(name);
    }

    fn rooms(&self) -> MutexGuard<'_, BTreeMap<String, Room>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the file would be with a secret of so many bytes more, if it could be written. Only under the lock.
    fn length_with(&self, more: usize) -> Result<usize, Problem> {
        let secrets = self.take_in()?;
        if !self.path.exists() {
            self.key.prove()?;
        }
        let length: usize = secrets.iter().map(|(name, secret)| name.len() + secret.expose().len()).sum();
        Ok(length + more)
    }

    fn lock(&self) -> Result<Lock, Problem> {
        Lock::acquire(&self.lock_path())
    }

    fn lock_path(&self) -> PathBuf {
        self.path.with_extension("lock")
    }

    /// Only under the lock: a damaged file is moved out of the way, so that the next attempt can go on. It is told by
    /// its new name.
    fn or_set_aside<T>(&self, read: Result<T, Problem>) -> Result<T, Problem> {
        read.map_err(|problem| match self.is_damage(&problem).then(|| files::set_aside(&self.path)) {
            Some(Some(aside)) => Problem::at(problem.kind, &aside),
            Some(None) | None => problem,
        })
    }

    fn is_set_aside(&self, problem: &Problem) -> bool {
        problem.kind == StorageProblem::Corrupt && !self.path.exists()
    }

    fn is_damage(&self, problem: &Problem) -> bool {
        problem.kind == StorageProblem::Corrupt && problem.path.as_ref() == Some(&self.path)
    }

    fn read(&self) -> Result<Secrets, Problem> {
        Ok(self.read_with_late()?.0)
    }

    /// With what was set late, and what of that can be read.
    fn read_with_late(&self) -> Result<(Secrets, Vec<Late>), Problem> {
        let mut late = late::found(&self.path);
        for _ in 0..READINGS {
            let secrets = self.read_whole()?;
            // What is taken in meanwhile may be older than what was read then.
            let before = std::mem::replace(&mut late, late::found(&self.path));
            if before.is_empty() || before == late {
                return Ok(self.with_late(secrets, before));
            }
        }
        Err(Problem::at(StorageProblem::Busy, &self.path))
    }

    fn with_late(&self, mut secrets: Secrets, mut late: Vec<Late>) -> (Secrets, Vec<Late>) {
        late.retain(|late| {
            let Ok(changes) = self.opened::<BTreeMap<String, Option<Secret<String>>>>(&late.content) else {
                return false;
            };
            for (name, secret) in changes {
                match secret {
                    Some(secret) => secrets.insert(name, secret),
                    None => secrets.remove(&name),
                };
            }
            true
        });
        (secrets, late)
    }

    fn read_whole(&self) -> Result<Secrets, Problem> {
        match files::read(&self.path)? {
            Some(content) => self.opened(&content),
            None => Ok(Secrets::new()),
        }
    }

    fn opened<T: DeserializeOwned>(&self, content: &[u8]) -> Result<T, Problem> {
        // A new key would open nothing, and the old one may come back.
        let key =
            self.key.existing()?.ok_or_else(|| Problem::at(StorageProblem::KeyMissing, self.key.path()))?;
        let plain = age::decrypt(&key, content).map(Secret::new);
        let plain = plain.map_err(|error| {
            let kind = kind_of(&error, StorageProblem::WrongKey);
            Problem::at(kind, if kind == StorageProblem::WrongKey { self.key.path() } else { &self.path })
        })?;
        serde_json::from_slice(plain.expose()).map_err(|_| Problem::at(StorageProblem::Corrupt, &self.path))
    }

    /// Where it is less than before, a full disk is no obstacle.
    fn write(&self, secrets: &Secrets, room: Option<Room>, is_less: bool) -> Result<(), Problem> {
        let other = || Problem::at(StorageProblem::Other, &self.path);
        let shown: BTreeMap<&str, &str> =
            secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose().as_str())).collect();
        let plain = Secret::new(serde_json::to_vec(&shown).map_err(|_| other())?);
        // To remove the last one needs no room on a full disk.
        if shown.is_empty() && files::prove(&self.path, plain.expose().len() + AROUND).is_err() {
            return std::fs::remove_file(&self.path).map_err(|error| Problem::io(&error, &self.path));
        }
        let key = match self.key.existing() {
            // Nothing is encrypted with it, as far as there is something.
            Err(problem) if problem.kind == StorageProblem::WrongKey && !self.path.exists() => {
                self.key.set_aside();
                None
            }
            existing => existing?,
        };
        let key = key.map_or_else(|| self.key.make(), Ok)?;
        let content = age::encrypt(&key.to_public(), plain.expose()).map_err(|_| other())?;
        let replaced = match room {
            Some(room) => files::replace_in(room, &self.path, &content),
            None => files::replace(&self.path, &content),
        };
        match replaced {
            // What somebody wants to be rid of does not stay because the disk is full.
            Err(Problem { kind: StorageProblem::Full, .. }) if is_less => {
                files::overwrite(&self.path, &content)
            }
            replaced => replaced,
        }
    }
}
