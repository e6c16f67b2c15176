//! What opens the encrypted file: a key in the system's keyring, or one that lies beside the file, as it is or behind a
//! passphrase.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use age::secrecy::{ExposeSecret as _, SecretString};
use age::{DecryptError, scrypt, x25519};
use narthex::{Secret, StorageProblem};

use super::system::System;
use crate::files;
use crate::problem::Problem;

/// The work of trying one passphrase, as a power of two: a fifth of a second and 64 MiB. It is done once a process.
const WORK: u8 = 16;

/// The entry of the keyring that has it.
const ENTRY: &str = "key";
/// For how long a keyring that did not answer is not asked again.
const SILENCE: Duration = Duration::from_secs(60);

/// The key of one encrypted file. Clones share what they have read.
#[derive(Clone)]
pub(crate) struct Key {
    holder: Holder,
    /// What a problem with it is about: its file, or the file that it opens.
    path: PathBuf,
    known: Arc<Mutex<Known>>,
}

#[derive(Clone)]
enum Holder {
    /// Everything is in one entry, however much the file holds: what an entry takes may be less than a session.
    Keyring(System),
    Passphrase(Secret<String>),
    /// Keeps the secrets out of copies of the other file and out of sight; from the person's own programs it keeps
    /// nothing.
    File,
}

#[derive(Default)]
struct Known {
    key: Option<x25519::Identity>,
    silent_since: Option<Instant>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Key {
    /// In the keyring, of this file.
    pub(crate) fn in_keyring(system: System, file: &Path) -> Self {
        Self { holder: Holder::Keyring(system), path: file.to_owned(), known: Arc::default() }
    }

    /// In the folder, behind the passphrase if there is one.
    pub(crate) fn in_folder(folder: &Path, passphrase: Option<Secret<String>>) -> Self {
        let (name, holder) = match passphrase {
            Some(passphrase) => ("key.age", Holder::Passphrase(passphrase)),
            None => ("key.txt", Holder::File),
        };
        Self { holder, path: folder.join(name), known: Arc::default() }
    }

    /// The key, if there is one.
    pub(crate) fn existing(&self) -> Result<Option<x25519::Identity>, Problem> {
        let mut known = self.lock();
        if known.key.is_none() {
            let content = match &self.holder {
                Holder::Keyring(system) => self.of_keyring(system, &mut known.silent_since)?,
                // Too long for any key is one that opens nothing, too.
                Holder::Passphrase(_) | Holder::File => {
                    files::read_secret(&self.path).map_err(|problem| self.opens_nothing(problem))?
                }
            };
            known.key = content.map(|content| self.opened(&content)).transpose()?;
        }
        Ok(known.key.clone())
    }

    fn of_keyring(
        &self,
        system: &System,
        silent_since: &mut Option<Instant>,
    ) -> Result<Option<Vec<u8>>, Problem> {
        let locked = Problem { kind: StorageProblem::Locked, path: None };
        let asked = Instant::now();
        if silent_since.is_some_and(|since| since.elapsed() < SILENCE) {
            return Err(locked);
        }
        if !system.answers() {
            // One that says no at once costs nobody time.
            *silent_since = Some(asked).filter(|asked| asked.elapsed() > Duration::from_secs(1));
            return Err(locked);
        }
        *silent_since = None;
        let key = system.get(ENTRY).map_err(|problem| self.opens_nothing(problem))?;
        Ok(key.map(|key| key.expose().clone().into_bytes()))
    }

    /// That one could be made now, if there is none.
    pub(crate) fn prove(&self) -> Result<(), Problem> {
        match &self.holder {
            Holder::Keyring(system) if !matches!(self.existing(), Ok(Some(_))) => system.prove(),
            Holder::Keyring(_) | Holder::Passphrase(_) | Holder::File => Ok(()),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps one that opens nothing out of the way.
    pub(crate) fn set_aside(&self) {
        match &self.holder {
            // The next one is set in its place.
            Holder::Keyring(_) => {}
            Holder::Passphrase(_) | Holder::File => drop(files::set_aside(&self.path)),
        }
    }

    /// A damaged key is one that does not open the secrets: they are as they were, and so is the way out.
    fn opens_nothing(&self, problem: Problem) -> Problem {
        if problem.kind == StorageProblem::Corrupt {
            return Problem::at(StorageProblem::WrongKey, &self.path);
        }
        problem
    }

    /// A new key. The caller has made sure that nothing is encrypted with an older one.
    pub(crate) fn make(&self) -> Result<x25519::Identity, Problem> {
        let key = x25519::Identity::generate();
        let text = key.to_string();
        let content = match &self.holder {
            Holder::Keyring(system) => {
                let secret = Secret::new(text.expose_secret().to_owned());
                system.set(ENTRY, Some(&secret))?;
                // What is encrypted now must be found again.
                if system.get(ENTRY)?.as_ref() != Some(&secret) {
                    return Err(Problem { kind: StorageProblem::Other, path: None });
                }
                self.lock().key = Some(key.clone());
                return Ok(key);
            }
            Holder::File => text.expose_secret().as_bytes().to_vec(),
            Holder::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose().clone()));
                recipient.set_work_factor(WORK);
                age::encrypt(&recipient, text.expose_secret().as_bytes())
                    .map_err(|_| Problem::at(StorageProblem::Other, &self.path))?
            }
        };
        files::replace(&self.path, Secret::new(content).expose())?;
        self.lock().key = Some(key.clone());
        Ok(key)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self, content: &[u8]) -> Result<x25519::Identity, Problem> {
        let plain = match &self.holder {
            Holder::Keyring(_) | Holder::File => content.to_vec(),
            Holder::Passphrase(passphrase) => {
                let mut identity = scrypt::Identity::new(SecretString::from(passphrase.expose().clone()));
                // A file from elsewhere must not make us work for hours.
                identity.set_max_work_factor(WORK + 4);
                age::decrypt(&identity, content).map_err(|error| {
                    let kind = kind_of(&error, StorageProblem::WrongPassphrase);
                    self.opens_nothing(Problem::at(kind, &self.path))
                })?
            }
        };
        let plain = Secret::new(plain);
        let text = std::str::from_utf8(plain.expose()).ok();
        text.and_then(|text| x25519::Identity::from_str(text.trim()).ok())
            .ok_or_else(|| Problem::at(StorageProblem::WrongKey, &self.path))
    }
}

/// Another key or passphrase is no damage, and is `wrong`.
#[expect(clippy::wildcard_enum_match_arm, reason = "age's kinds grow")]
pub(crate) const fn kind_of(error: &DecryptError, wrong: StorageProblem) -> StorageProblem {
    match error {
        DecryptError::DecryptionFailed
        | DecryptError::NoMatchingKeys
        | DecryptError::KeyDecryptionFailed
        | DecryptError::ExcessiveWork { .. } => wrong,
        _ => StorageProblem::Corrupt,
    }
}
