//! What opens the encrypted file: a key that lies beside it, as it is or behind a passphrase.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, PoisonError};

use age::secrecy::{ExposeSecret as _, SecretString};
use age::{DecryptError, scrypt, x25519};
use narthex::{Secret, StorageProblem};

use crate::files;
use crate::problem::Problem;

/// The work of trying one passphrase, as a power of two: a fifth of a second and 64 MiB. It is done once a process.
const WORK: u8 = 16;

/// The key of one encrypted file. Clones share what they have read.
#[derive(Clone)]
pub(crate) struct Key {
    path: PathBuf,
    /// Without one, the key keeps the secrets out of copies of the other file and out of sight; from the person's own
    /// programs it keeps nothing.
    passphrase: Option<Secret<String>>,
    known: Arc<Mutex<Option<x25519::Identity>>>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Key {
    pub(crate) fn in_folder(folder: &Path, passphrase: Option<Secret<String>>) -> Self {
        let name = if passphrase.is_some() { "key.age" } else { "key.txt" };
        Self { path: folder.join(name), passphrase, known: Arc::default() }
    }

    /// The key, if there is one.
    pub(crate) fn existing(&self) -> Result<Option<x25519::Identity>, Problem> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_none() {
            // Too long for any key is one that opens nothing, too.
            let content = files::read_secret(&self.path).map_err(|problem| self.opens_nothing(problem))?;
            *known = content.map(|content| self.opened(&content)).transpose()?;
        }
        Ok(known.clone())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps one that opens nothing out of the way.
    pub(crate) fn set_aside(&self) {
        files::set_aside(&self.path);
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
        let content = match &self.passphrase {
            None => text.expose_secret().as_bytes().to_vec(),
            Some(passphrase) => {
                let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose().clone()));
                recipient.set_work_factor(WORK);
                age::encrypt(&recipient, text.expose_secret().as_bytes())
                    .map_err(|_| Problem::at(StorageProblem::Other, &self.path))?
            }
        };
        files::replace(&self.path, Secret::new(content).expose())?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(key.clone());
        Ok(key)
    }

    fn opened(&self, content: &[u8]) -> Result<x25519::Identity, Problem> {
        let plain = match &self.passphrase {
            None => content.to_vec(),
            Some(passphrase) => {
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
