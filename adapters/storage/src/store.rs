//! Sessions and unfinished sign-ins of one profile.

use std::fs;
use std::path::{Path, PathBuf};

use narthex::{Saved, SavedError, Secret, Session, StorageProblem};

use crate::files;
use crate::flows::{Flow, FlowId, Flows};
use crate::index::{Account, Index};
use crate::lease::{Lease, Leases};
use crate::lock::Lock;
use crate::place::{Keep, Place};
use crate::problem::Problem;
use crate::vault::Vault;
use crate::way::Way;

/// Under which name it is shown that something can be stored.
const PROOF: &str = "proof";
/// What a session takes, with long tokens, in bytes.
const PROOF_SIZE: usize = 4096;

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

/// The sessions and the unfinished sign-ins of one profile. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    index: Index,
    vault: Vault,
    flows: Flows,
    place: Place,
    leases: Leases,
    accounts_in_memory: Option<std::sync::Arc<std::sync::Mutex<Vec<Account>>>>,
}

impl Store {
    /// Opens the store of a profile, and makes it if there is none.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used, or the way that was chosen before is not to be had now: the keyring is locked,
    /// or the passphrase is missing. Another way than before is refused while anything is kept, as it would not be
    /// found again.
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
            let (flows, leases) = (Flows::in_memory(vault.clone()), Leases::Memory(Default::default()));
            let accounts_in_memory = Some(Default::default());
            return Ok(Self { folder, index, vault, flows, place, leases, accounts_in_memory });
        }
        files::make_private_folder(&folder)?;
        let way = Way::chosen(keep, &folder, &profile)?;
        let (vault, place) = way.open(&folder)?;
        let flows = Flows::in_folder(&folder, vault.clone());
        // Earlier versions locked the whole file.
        let leases = Leases::Files(folder.join("sessions.lock"));
        Ok(Self { folder, index, vault, flows, place, leases, accounts_in_memory: None })
    }

    /// The profiles that there are in this folder, in alphabetical order. A folder in which none was ever kept is none.
    #[must_use]
    pub fn profiles(data_dir: &Path) -> Vec<String> {
        let folders = fs::read_dir(data_dir).into_iter().flatten().flatten();
        let folders = folders.filter(|entry| Way::is_chosen(&entry.path()));
        let mut names: Vec<String> =
            folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
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
        Session::from_json(json.expose()).map(Some).map_err(|error| self.unreadable(error))
    }

    /// Shows that a session could be stored now: writes as much as one takes where they go, and takes it away again.
    ///
    /// # Errors
    ///
    /// When it could not be written, or not be taken away.
    pub fn prove(&self) -> Result<(), Problem> {
        self.vault.set(PROOF, Some(&Secret::new("0".repeat(PROOF_SIZE))))?;
        self.vault.set(PROOF, None)
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
        // Whoever is still listed can be asked for once more; a secret that is not listed would stay for ever.
        self.vault.set(&session_name(user_id, device_id), None)?;
        self.change(|accounts| accounts.retain(|account| !account.is(user_id, device_id)))
    }

    /// The sign-ins that are unfinished, the newest first, whether somebody runs them or not.
    ///
    /// # Errors
    ///
    /// When it cannot be found out.
    pub fn flows(&self) -> Result<Vec<FlowId>, Problem> {
        self.flows.list()
    }

    /// A sign-in that is none of those, of which nothing is saved yet. At most 16 are kept: the oldest that nobody runs,
    /// and that can be spared, is forgotten.
    ///
    /// # Errors
    ///
    /// When nothing can be written, or none can be spared.
    pub fn begin_flow(&self) -> Result<Flow, Problem> {
        self.flows.begin()
    }

    /// Takes an unfinished sign-in, to go on with it. `None` when somebody else runs it, or has finished it.
    ///
    /// # Errors
    ///
    /// When it cannot be read. What is damaged is set aside, and is not found any more.
    pub fn take_flow(&self, id: &FlowId) -> Result<Option<(Flow, Saved)>, Problem> {
        self.flows.take(id, |error| self.unreadable(error))
    }

    /// The lease of the session of this user on this device; `None` while somebody else holds it. It is freed when it is
    /// dropped, and when the process ends. To refresh or end a session, take it, and only then read the session.
    ///
    /// # Errors
    ///
    /// When nothing can be locked there.
    pub fn lease(&self, user_id: &str, device_id: &str) -> Result<Option<Lease>, Problem> {
        self.leases.take(&session_name(user_id, device_id))
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

    fn unreadable(&self, error: SavedError) -> Problem {
        let kind = match error {
            SavedError::Damaged => StorageProblem::Corrupt,
            SavedError::TooNew => StorageProblem::Other,
            _ => StorageProblem::Other,
        };
        let path = match &self.place {
            Place::PassphraseFile(path) | Place::KeyFile(path) => Some(path.clone()),
            Place::Keyring | Place::Memory => None,
        };
        Problem { kind, path }
    }
}

fn session_name(user_id: &str, device_id: &str) -> String {
    format!("session/{user_id}/{device_id}")
}
