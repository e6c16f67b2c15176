//! Where are the keys of a device, who has them open, and what is left when they are erased?

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use matrix_sdk::ruma::{IdParseError, OwnedDeviceId, OwnedUserId};
use matrix_sdk::{ClientBuilder, SqliteCryptoStore, SqliteStoreConfig};
use matrix_sdk_crypto::OlmMachine;
use matrix_sdk_sqlite::OpenStoreError;
use narthex::{Secret, Session, StorageProblem};

use super::problem::EncryptionError;

/// The file that whoever has the store open has locked. Its process is written in it.
const LOCK: &str = "lock";
/// How often the files of a store are looked for again that is being removed.
const PASSES: u32 = 8;
/// What all of matrix-sdk's files begin with.
const PREFIX: &str = "matrix-sdk-";
/// The one with the keys.
const KEYS: &str = "matrix-sdk-crypto.sqlite3";
/// Before it is looked again whether somebody still has the store.
const AGAIN: Duration = Duration::from_millis(100);

/// The store of one device's encryption: matrix-sdk's own, in SQLite.
#[derive(Clone, Debug)]
pub struct EncryptionStore {
    /// The folder that holds it, and nothing else. It is made if it is not there.
    pub folder: PathBuf,
    /// What it is encrypted with, as it is: nothing is derived from it.
    pub key: Secret<[u8; 32]>,
}

/// The store is this process's alone until this is dropped.
#[derive(Debug)]
pub struct Held {
    _lock: File,
}

impl EncryptionStore {
    /// Keeps everybody else out. A [`client`](crate::client) that is [`given`](Self::given_to) the store needs that too.
    ///
    /// # Errors
    ///
    /// [`EncryptionError::Held`] where somebody has it, or what is wrong with the folder.
    pub fn hold(&self) -> Result<Held, EncryptionError> {
        make(&self.folder).map_err(|error| EncryptionError::io(&error))?;
        let path = self.folder.join(LOCK);
        loop {
            let mut file = opened(&path).map_err(|error| EncryptionError::io(&error))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(EncryptionError::Held { pid: holder(&mut file) });
                }
                Err(TryLockError::Error(error)) => return Err(EncryptionError::io(&error)),
            }
            // Whoever erased the store took the file away while this one was opened.
            if is_still(&file, &path) {
                name_holder(&mut file).map_err(|error| EncryptionError::io(&error))?;
                return Ok(Held { _lock: file });
            }
        }
    }

    /// The same; whoever has it is waited for as long as `patience`.
    pub(super) async fn hold_within(&self, patience: Duration) -> Result<Held, EncryptionError> {
        let start = Instant::now();
        loop {
            match self.hold() {
                Err(EncryptionError::Held { .. }) if start.elapsed() < patience => {
                    tokio::time::sleep(AGAIN).await;
                }
                held => return held,
            }
        }
    }

    /// Whether the device of `session` was verified when that was last learnt; the server is not asked. `None` where it
    /// never was.
    ///
    /// # Errors
    ///
    /// [`EncryptionError::Held`] where somebody has the store open, or what is wrong with it.
    pub async fn was_verified(&self, session: &Session) -> Result<Option<bool>, EncryptionError> {
        if !self.folder.exists() {
            return Ok(None);
        }
        let _held = self.hold()?;
        let user_id: OwnedUserId = session
            .user_id
            .as_str()
            .try_into()
            .map_err(|error: IdParseError| EncryptionError::Other(error.to_string()))?;
        let device_id: OwnedDeviceId = session.device_id.as_str().into();
        let machine = OlmMachine::with_store(&user_id, &device_id, self.crypto().await?, None).await?;
        let device = machine.get_device(&user_id, &device_id, None).await?;
        Ok(device.map(|device| device.is_cross_signed_by_owner() && device.is_cross_signing_trusted()))
    }

    /// Has a client keep everything in this store, its rooms included.
    pub fn given_to(&self, builder: ClientBuilder) -> ClientBuilder {
        builder.sqlite_store_with_config_and_cache_path(self.config(), None::<&Path>)
    }

    /// Removes the store. Where there is none, that is fine.
    ///
    /// # Errors
    ///
    /// [`EncryptionError::Held`] where somebody has it open, or what could not be removed.
    pub fn erase(&self) -> Result<(), EncryptionError> {
        if !self.folder.exists() {
            return Ok(());
        }
        self.erase_held(&self.hold()?)
    }

    pub(super) fn erase_held(&self, _: &Held) -> Result<(), EncryptionError> {
        remove(&self.folder).map_err(|error| EncryptionError::io(&error))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "its kinds grow")]
    pub(super) async fn crypto(&self) -> Result<SqliteCryptoStore, EncryptionError> {
        close(&self.folder).map_err(|error| EncryptionError::io(&error))?;
        SqliteCryptoStore::open_with_config(&self.config()).await.map_err(|error| match error {
            OpenStoreError::CreateDir(error) => EncryptionError::io(&error),
            OpenStoreError::InitCipher(_) => EncryptionError::Storage(StorageProblem::WrongKey),
            OpenStoreError::LoadVersion(_)
            | OpenStoreError::MissingVersion
            | OpenStoreError::InvalidVersion
            | OpenStoreError::Migration(_)
            | OpenStoreError::LoadCipher(_) => EncryptionError::Storage(StorageProblem::Corrupt),
            other => EncryptionError::Other(other.to_string()),
        })
    }

    fn config(&self) -> SqliteStoreConfig {
        SqliteStoreConfig::new(&self.folder).key(Some(self.key.expose()))
    }
}

/// For the user's eyes alone.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The same of the files: SQLite lets everybody read those that it makes, and those beside one are as that is.
fn close(folder: &Path) -> io::Result<()> {
    opened(&folder.join(KEYS))?;
    #[cfg(unix)]
    for entry in fs::read_dir(folder)? {
        use std::os::unix::fs::PermissionsExt as _;

        let path = entry?.path();
        // What is closing takes its own files away meanwhile.
        gone(fs::set_permissions(&path, fs::Permissions::from_mode(0o600)))?;
    }
    Ok(())
}

fn opened(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The process that is named in the file. Between its lock and its name there is a moment.
fn holder(file: &mut File) -> Option<u32> {
    let mut name = String::new();
    file.take(32).read_to_string(&mut name).ok()?;
    name.trim().parse().ok()
}

fn name_holder(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let (Ok(ours), Ok(theirs)) = (file.metadata(), fs::metadata(path)) else { return false };
    (ours.dev(), ours.ino()) == (theirs.dev(), theirs.ino())
}

/// Elsewhere a file that is open is not taken away.
#[cfg(not(unix))]
fn is_still(_: &File, _: &Path) -> bool {
    true
}

/// The lock goes last, and the folder if nothing else is in it.
fn remove(folder: &Path) -> io::Result<()> {
    // A connection that is still closing takes its own files away, or writes them once more.
    let mut passes = 0;
    while remove_files(folder)? && passes < PASSES {
        passes += 1;
    }
    gone(fs::remove_file(folder.join(LOCK)))?;
    match fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => gone(Err(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Whether there were any.
fn remove_files(folder: &Path) -> io::Result<bool> {
    let mut any = false;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            any = true;
            gone(fs::remove_file(entry.path()))?;
        }
    }
    Ok(any)
}

/// What is not there any more has been removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}
