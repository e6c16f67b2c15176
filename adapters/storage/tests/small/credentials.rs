//! A credential store that takes as little as that of Windows, in files: so that several processes share it.

use std::any::Any;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Once};

use keyring_core::api::{CredentialApi, CredentialStoreApi};
use keyring_core::{Credential, Entry, Error, Result};

/// What an entry takes, in bytes: `CRED_MAX_CREDENTIAL_BLOB_SIZE` of the Windows Credential Manager.
const MOST: usize = 2560;

/// How a process ends that is killed.
pub(crate) const KILLED: i32 = 77;
static USES: AtomicUsize = AtomicUsize::new(0);

#[derive(Debug)]
struct Small {
    folder: PathBuf,
}

#[derive(Debug)]
struct Kept {
    path: PathBuf,
    user: String,
}

/// Makes it the store of this process. Each test has names of its own in it.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let folder = folder();
        fs::create_dir_all(&folder).unwrap();
        keyring_core::set_default_store(Arc::new(Small { folder }));
    });
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("credentials")
}

/// An entry of a profile, by the name of the profile's own part and what is kept there.
pub(crate) fn entry(prefix: &str, name: &str) -> Entry {
    Entry::new("narthex", &format!("{prefix}{name}")).unwrap()
}

/// The names of all entries that start so.
pub(crate) fn names(prefix: &str) -> Vec<String> {
    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name());
    let names = files.filter_map(|name| String::from_utf8(unhex(name.to_str()?)?).ok());
    names.filter_map(|name| Some(name.strip_prefix(prefix)?.to_owned())).collect()
}

/// Whether nobody can read or write the entries of a profile.
pub(crate) fn lock(prefix: &str, is_locked: bool) {
    let mark = locked(&folder(), prefix);
    match is_locked {
        true => fs::write(mark, "").unwrap(),
        false => drop(fs::remove_file(mark)),
    }
}

fn locked(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{}.locked", name.split('/').next().unwrap()))
}

impl CredentialApi for Kept {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        self.open()?;
        if secret.len() > MOST {
            return Err(Error::TooLong("secret".to_owned(), 2560));
        }
        fs::write(&self.path, secret).map_err(|error| Error::PlatformFailure(Box::new(error)))
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        self.open()?;
        fs::read(&self.path).map_err(|_| Error::NoEntry)
    }

    fn delete_credential(&self) -> Result<()> {
        self.open()?;
        fs::remove_file(&self.path).map_err(|_| Error::NoEntry)
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        Some(("narthex".to_owned(), self.user.clone()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Kept {
    /// Each use counts, and the process may be killed at one of them.
    fn open(&self) -> Result<()> {
        let last = std::env::var("NARTHEX_TEST_LAST").ok().and_then(|last| last.parse().ok());
        if last == Some(USES.fetch_add(1, Relaxed)) {
            std::process::exit(KILLED);
        }
        if locked(self.path.parent().unwrap(), &self.user).exists() {
            return Err(Error::NoStorageAccess("it is locked".into()));
        }
        Ok(())
    }
}

impl CredentialStoreApi for Small {
    fn vendor(&self) -> String {
        "small".to_owned()
    }

    fn id(&self) -> String {
        "small".to_owned()
    }

    fn build(&self, _: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        let (path, user) = (self.folder.join(hex(user)), user.to_owned());
        Ok(Entry::new_with_credential(Arc::new(Kept { path, user })))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()).collect()
}
