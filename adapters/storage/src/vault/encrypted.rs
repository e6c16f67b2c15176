//! All secrets in one file, encrypted with age: by a passphrase, or by a key that lies beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use age::secrecy::{ExposeSecret as _, SecretString};
use age::{DecryptError, scrypt, x25519};
use narthex::{Secret, StorageProblem};

use crate::files;
use crate::lock::Lock;
use crate::problem::Problem;

/// The work of trying one passphrase, as a power of two: a tenth of a second and 32 MiB.
const WORK: u8 = 15;

/// What opens the file.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    Passphrase(Secret<String>),
    /// In this file, made when it is needed first. It keeps the secrets out of backups of the other file and out of
    /// sight; from the person's own programs it keeps nothing.
    Beside(PathBuf),
}

#[derive(Clone, Debug)]
pub(crate) struct Encrypted {
    path: PathBuf,
    key: Key,
}

type Secrets = BTreeMap<String, String>;

impl Encrypted {
    pub(crate) fn in_folder(folder: &Path, key: Key) -> Self {
        Self { path: folder.join("secrets.age"), key }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn get(&self, name: &str) -> Result<Option<Secret<String>>, Problem> {
        Ok(self.read()?.remove(name).map(Secret::new))
    }

    pub(crate) fn set(&self, name: &str, secret: Option<&Secret<String>>) -> Result<(), Problem> {
        let _lock = Lock::acquire(&self.path.with_extension("lock"))?;
        let mut secrets = self.read()?;
        let before = match secret {
            Some(secret) => secrets.insert(name.to_owned(), secret.expose().clone()),
            None => secrets.remove(name),
        };
        if before.as_ref() == secret.map(Secret::expose) {
            return Ok(());
        }
        self.write(&secrets)
    }

    fn read(&self) -> Result<Secrets, Problem> {
        let Some(content) = files::read(&self.path)? else { return Ok(Secrets::new()) };
        let plain = match &self.key {
            Key::Passphrase(passphrase) => {
                let mut identity = scrypt::Identity::new(SecretString::from(passphrase.expose().clone()));
                identity.set_max_work_factor(WORK + 5);
                age::decrypt(&identity, &content)
            }
            Key::Beside(path) => age::decrypt(&identity(path)?, &content),
        };
        let plain = plain.map(Secret::new).map_err(|error| self.unreadable(&error))?;
        serde_json::from_slice(plain.expose()).map_err(|_| self.damaged())
    }

    fn write(&self, secrets: &Secrets) -> Result<(), Problem> {
        let other = || Problem::at(StorageProblem::Other, &self.path);
        let plain = Secret::new(serde_json::to_vec(secrets).map_err(|_| other())?);
        let content = match &self.key {
            Key::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose().clone()));
                recipient.set_work_factor(WORK);
                age::encrypt(&recipient, plain.expose())
            }
            Key::Beside(path) => age::encrypt(&identity(path)?.to_public(), plain.expose()),
        };
        files::replace(&self.path, &content.map_err(|_| other())?)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "age's kinds grow")]
    fn unreadable(&self, error: &DecryptError) -> Problem {
        match error {
            // Another passphrase or key, which is no reason to touch the file.
            DecryptError::DecryptionFailed
            | DecryptError::NoMatchingKeys
            | DecryptError::KeyDecryptionFailed
            | DecryptError::ExcessiveWork { .. } => Problem::at(StorageProblem::Locked, &self.path),
            _ => self.damaged(),
        }
    }

    fn damaged(&self) -> Problem {
        files::set_aside(&self.path);
        Problem::at(StorageProblem::Corrupt, &self.path)
    }
}

/// The key in the file, which is made if there is none.
fn identity(path: &Path) -> Result<x25519::Identity, Problem> {
    if let Some(content) = files::read(path)? {
        let text = Secret::new(String::from_utf8_lossy(&content).into_owned());
        return x25519::Identity::from_str(text.expose().trim())
            .map_err(|_| Problem::at(StorageProblem::Corrupt, path));
    }
    let identity = x25519::Identity::generate();
    files::replace(path, identity.to_string().expose_secret().as_bytes())?;
    Ok(identity)
}
