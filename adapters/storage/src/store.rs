//! Sessions and unfinished sign-ins of one profile.

use std::path::{Path, PathBuf};

use narthex::{Saved, Secret, Session, StorageProblem};

use crate::files;
use crate::index::{Account, Index};
use crate::lock::Lock;
use crate::problem::Problem;
use crate::vault::{Encrypted, Key, System, Vault};

/// Where to keep what.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder for everything; made if it is not there.
    pub data_dir: PathBuf,
    /// Which of several separate sets of accounts: letters, digits, `-` and `_`, at most 64.
    pub profile: String,
    /// How to keep the secrets.
    pub keep: Keep,
}

/// How to keep secrets.
#[derive(Clone, Debug)]
pub enum Keep {
    /// As before, if there was a before; else in the keyring; else by the passphrase, if there is one; else in a file
    /// whose key lies beside it.
    Best {
        /// To be used when there is no keyring.
        passphrase: Option<Secret<String>>,
    },
    /// In the system's keyring.
    Keyring,
    /// In a file that the passphrase opens.
    Passphrase(Secret<String>),
    /// In a file whose key lies beside it.
    KeyFile,
    /// Nowhere: with the process, they are gone.
    Memory,
}

/// Where the secrets lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the system's keyring.
    Keyring,
    /// In this file, which a passphrase opens.
    PassphraseFile(PathBuf),
    /// In this file, whose key lies beside it.
    KeyFile(PathBuf),
    /// In memory only.
    Memory,
}

/// The sessions and the unfinished sign-in of one profile. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    index: Index,
    vault: Vault,
    place: Place,
    accounts_in_memory: Option<std::sync::Arc<std::sync::Mutex<Vec<Account>>>>,
}

impl Store {
    /// Opens the store of a profile, and makes it if there is none.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used, or the way that was chosen before is not to be had now: the keyring is locked,
    /// or the passphrase is missing. Nothing is ever kept another way without being asked for.
    pub fn open(options: Options) -> Result<Self, Problem> {
        let Options { data_dir, profile, keep } = options;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
        let folder = data_dir.join(&profile);
        if !(1..=64).contains(&profile.len()) || !profile.bytes().all(plain) {
            return Err(Problem::at(StorageProblem::Other, &folder));
        }
        let index = Index::in_folder(&folder);
        if let Keep::Memory = keep {
            let (vault, place) = (Vault::Memory(Default::default()), Place::Memory);
            return Ok(Self { folder, index, vault, place, accounts_in_memory: Some(Default::default()) });
        }
        files::make_private_folder(&folder)?;
        let way = Way::chosen(keep, &folder, &profile)?;
        let (vault, place) = way.open(&folder, &profile)?;
        Ok(Self { folder, index, vault, place, accounts_in_memory: None })
    }

    /// Where the secrets lie.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Who is signed in, in alphabetical order.
    ///
    /// # Errors
    ///
    /// When the list cannot be read.
    pub fn accounts(&self) -> Result<Vec<Account>, Problem> {
        match &self.accounts_in_memory {
            Some(accounts) => Ok(accounts.lock().map(|list| list.clone()).unwrap_or_default()),
            None => self.index.read(),
        }
    }

    /// The session of this user on this device, if there is one.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is damaged.
    pub fn session(&self, user_id: &str, device_id: &str) -> Result<Option<Session>, Problem> {
        let Some(json) = self.vault.get(&session_name(user_id, device_id))? else { return Ok(None) };
        Session::from_json(json.expose()).map(Some).map_err(|_| self.corrupt())
    }

    /// Makes a session durable, in the place of an earlier one of the same user and device.
    ///
    /// # Errors
    ///
    /// When it could not be written; what was there before is still there.
    pub fn put(&self, session: &Session) -> Result<(), Problem> {
        let name = session_name(&session.user_id, &session.device_id);
        self.vault.set(&name, Some(&session.to_json()))?;
        self.change(|accounts| {
            accounts.retain(|account| !account.is(&session.user_id, &session.device_id));
            accounts.push(Account::of(session));
            accounts.sort();
        })
    }

    /// Forgets a session; that there is none is fine.
    ///
    /// # Errors
    ///
    /// When it could not be removed.
    pub fn erase(&self, user_id: &str, device_id: &str) -> Result<(), Problem> {
        // First out of the list, so that nobody is listed whose session is gone.
        self.change(|accounts| accounts.retain(|account| !account.is(user_id, device_id)))?;
        self.vault.set(&session_name(user_id, device_id), None)
    }

    /// The sign-in that an earlier run left unfinished.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is damaged.
    pub fn flow(&self) -> Result<Option<Saved>, Problem> {
        let Some(json) = self.vault.get(FLOW)? else { return Ok(None) };
        Saved::from_json(json.expose()).map(Some).map_err(|_| self.corrupt())
    }

    /// Keeps an unfinished sign-in, or with `None` forgets it.
    ///
    /// # Errors
    ///
    /// When it could not be written.
    pub fn save_flow(&self, flow: Option<&Saved>) -> Result<(), Problem> {
        self.vault.set(FLOW, flow.map(Saved::to_json).as_ref())
    }

    /// Lets nobody else change the sessions of this profile who also asks for this lock: to renew a token, take it,
    /// read the session again, and only then decide.
    ///
    /// # Errors
    ///
    /// When somebody else holds it for more than a minute.
    pub fn lock(&self) -> Result<Option<Lock>, Problem> {
        match self.accounts_in_memory {
            Some(_) => Ok(None),
            None => Lock::acquire(&self.folder.join("sessions.lock")).map(Some),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Account>)) -> Result<(), Problem> {
        if let Some(accounts) = &self.accounts_in_memory {
            if let Ok(mut accounts) = accounts.lock() {
                change(&mut accounts);
            }
            return Ok(());
        }
        let _lock = Lock::acquire(&self.folder.join("accounts.lock"))?;
        let before = self.index.read()?;
        let mut accounts = before.clone();
        change(&mut accounts);
        if accounts == before { Ok(()) } else { self.index.write(accounts) }
    }

    fn corrupt(&self) -> Problem {
        let path = match &self.place {
            Place::PassphraseFile(path) | Place::KeyFile(path) => Some(path.clone()),
            Place::Keyring | Place::Memory => None,
        };
        Problem { kind: StorageProblem::Corrupt, path }
    }
}

const FLOW: &str = "flow";

fn session_name(user_id: &str, device_id: &str) -> String {
    format!("session/{user_id}/{device_id}")
}

/// A way of keeping secrets on disk.
enum Way {
    Keyring,
    Passphrase(Secret<String>),
    KeyFile,
}

impl Way {
    /// The way that was asked for, or that was chosen before, or the best there is; and notes it down.
    fn chosen(keep: Keep, folder: &Path, profile: &str) -> Result<Self, Problem> {
        let note = folder.join("place");
        let before = files::read(&note)?;
        let locked = || Problem::at(StorageProblem::Locked, &folder.join("secrets.age"));
        let way = match (keep, before.as_deref().map(<[u8]>::trim_ascii)) {
            (Keep::Keyring, _) | (Keep::Best { .. }, Some(b"keyring")) => Self::Keyring,
            (Keep::KeyFile, _) | (Keep::Best { .. }, Some(b"key-file")) => Self::KeyFile,
            (Keep::Passphrase(passphrase), _) => Self::Passphrase(passphrase),
            (Keep::Best { passphrase }, Some(b"passphrase")) => {
                Self::Passphrase(passphrase.ok_or_else(locked)?)
            }
            (Keep::Best { .. }, _) if System::open(prefix(profile)).is_some() => Self::Keyring,
            (Keep::Best { passphrase: Some(passphrase) }, _) => Self::Passphrase(passphrase),
            (Keep::Best { passphrase: None } | Keep::Memory, _) => Self::KeyFile,
        };
        let name: &[u8] = match way {
            Self::Keyring => b"keyring\n",
            Self::Passphrase(_) => b"passphrase\n",
            Self::KeyFile => b"key-file\n",
        };
        if before.as_deref() != Some(name) {
            files::replace(&note, name)?;
        }
        Ok(way)
    }

    fn open(self, folder: &Path, profile: &str) -> Result<(Vault, Place), Problem> {
        match self {
            Self::Keyring => {
                let system = System::open(prefix(profile));
                let system = system.ok_or(Problem { kind: StorageProblem::Locked, path: None })?;
                Ok((Vault::System(system), Place::Keyring))
            }
            Self::Passphrase(passphrase) => {
                let file = Encrypted::in_folder(folder, Key::Passphrase(passphrase));
                let place = Place::PassphraseFile(file.path().to_owned());
                Ok((Vault::Encrypted(file), place))
            }
            Self::KeyFile => {
                let file = Encrypted::in_folder(folder, Key::Beside(folder.join("key.txt")));
                let place = Place::KeyFile(file.path().to_owned());
                Ok((Vault::Encrypted(file), place))
            }
        }
    }
}

fn prefix(profile: &str) -> String {
    format!("{profile}/")
}
