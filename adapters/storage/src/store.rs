//! Sessions and unfinished sign-ins of one profile.

use std::fs;
use std::path::{Path, PathBuf};

use narthex::{Saved, SavedError, Secret, Session, StorageProblem};

use crate::account::{Account, SESSION};
use crate::files;
use crate::flows::{Flow, FlowId, Flows};
use crate::folder;
use crate::index::{Index, List, Sessions};
use crate::lease::{Lease, Leases, MUCH};
use crate::place::{Keep, Place};
use crate::problem::Problem;
use crate::sweep;
use crate::vault::Vault;
use crate::way::Way;

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
    index: Index,
    vault: Vault,
    flows: Flows,
    place: Place,
    leases: Leases,
}

impl Store {
    /// Opens the store of a profile, and makes it if there is none.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used, the passphrase is missing, or there is no keyring where one is asked for that was
    /// not used before. Another way than before is refused while anything is kept, as it would not be
    /// found again.
    pub fn open(options: Options) -> Result<Self, Problem> {
        let Options { data_dir, profile, keep } = options;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
        let folder = data_dir.join(&profile);
        if !(1..=64).contains(&profile.len()) || !profile.bytes().all(plain) {
            return Err(Problem::at(StorageProblem::Other, &folder));
        }
        if let Keep::Memory = keep {
            let (vault, place) = (Vault::Memory(Default::default()), Place::Memory);
            let (flows, leases) = (Flows::in_memory(vault.clone()), Leases::Memory(Default::default()));
            let index = Index::Memory(Default::default());
            return Ok(Self { index, vault, flows, place, leases });
        }
        folder::make_private(&data_dir, &folder)?;
        sweep::sweep_all(&folder);
        let way = Way::chosen(keep, &folder, &profile)?;
        let index = Index::in_folder(&folder);
        if way.is_former() {
            let accounts = index.read(|| Ok(None))?.accounts;
            let sessions = accounts.iter().flat_map(|account| [account.name(), account.former_name()]);
            way.move_former(&folder, sessions.chain(Flows::former(&folder)?))?;
        }
        let (vault, place) = way.open(&folder);
        let flows = Flows::in_folder(&folder, vault.clone());
        // Earlier versions locked the whole file.
        let leases = Leases::Files(folder.join("sessions.lock"));
        Ok(Self { index, vault, flows, place, leases })
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

    /// Who is signed in to a profile, as far as that can be read without opening it, and without changing anything.
    #[must_use]
    pub fn listed(data_dir: &Path, profile: &str) -> Vec<Account> {
        let list = Index::in_folder(&data_dir.join(profile))
            .read(|| Err(Problem::at(StorageProblem::Other, data_dir)));
        list.map(|list| list.accounts).unwrap_or_default()
    }

    /// Where the secrets lie.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Who is signed in, the newest last. Sessions that the list does not know are added to it, in alphabetical order.
    ///
    /// # Errors
    ///
    /// When the list cannot be read.
    pub fn accounts(&self) -> Result<Vec<Account>, Problem> {
        let mut list = self.index.read(|| self.sessions())?;
        // Whom it knows is listed whether their session can be read now or not.
        let Ok(Some(accounts)) = self.sessions() else { return Ok(list.accounts) };
        let listed = list.clone();
        let add = |list: &mut List| accounts.iter().cloned().for_each(|account| list.add(account));
        add(&mut list);
        if list != listed {
            // Where nothing can be written, it is completed each time.
            self.index.change(add, || self.sessions()).ok();
        }
        Ok(list.accounts)
    }

    /// The damaged file that was moved aside last, if no session was stored since.
    #[must_use]
    pub fn lost(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Keyring(path) | Place::PassphraseFile(path) | Place::KeyFile(path) if !path.exists() => {
                files::asides(path).filter(|aside| aside.exists()).last()
            }
            Place::Keyring(_) | Place::PassphraseFile(_) | Place::KeyFile(_) | Place::Memory => None,
        }
    }

    /// Who is meant where nobody is named, if somebody was chosen, who is still signed in.
    ///
    /// # Errors
    ///
    /// When the list cannot be read.
    pub fn default_account(&self) -> Result<Option<Account>, Problem> {
        let list = self.index.read(|| self.sessions())?;
        Ok(list.default.filter(|default| list.accounts.contains(default)))
    }

    /// Chooses who is meant where nobody is named; or, with `None`, that nobody is.
    ///
    /// # Errors
    ///
    /// When the list cannot be written.
    pub fn set_default(&self, account: Option<&Account>) -> Result<(), Problem> {
        self.index.change(|list| list.default = account.cloned(), || self.sessions())
    }

    pub(crate) fn secret(&self, name: &str) -> Result<Option<Secret<String>>, Problem> {
        self.vault.get(name)
    }

    pub(crate) fn set_secret(&self, name: &str, secret: Option<&Secret<String>>) -> Result<(), Problem> {
        self.vault.set(name, secret)
    }

    /// The profile's folder; `None` where everything is in memory.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &self.place {
            Place::Keyring(path) | Place::PassphraseFile(path) | Place::KeyFile(path) => path.parent(),
            Place::Memory => None,
        }
    }

    /// The session of this account, if there is one.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is damaged.
    pub fn session(&self, account: &Account) -> Result<Option<Session>, Problem> {
        let found = match self.vault.get(&account.name())? {
            Some(json) => Some(self.read(&json)?),
            None => self.former(account)?,
        };
        if found.is_none() {
            // It was in what is damaged, and its name is all that is left of it.
            if let Some(path) = self.lost() {
                return Err(Problem::at(StorageProblem::Corrupt, &path));
            }
            // Whoever erased it was killed before it was off the list. Where nothing can be written, it stays listed.
            self.index.change(|list| list.remove(account), || self.sessions()).ok();
        }
        Ok(found)
    }

    /// That a session could be stored now: all is written that storing one writes, and taken away again. Whoever signs
    /// in asks before they do.
    ///
    /// # Errors
    ///
    /// When nothing could be stored, for the reason why.
    pub fn prove(&self) -> Result<(), Problem> {
        self.vault.prove(MUCH)?;
        self.index.prove(MUCH)
    }

    /// Makes a session durable, in the place of an earlier one of the same homeserver, user and device.
    ///
    /// # Errors
    ///
    /// When it could not be written; what was there before is still there.
    pub fn put(&self, session: &Session) -> Result<(), Problem> {
        let account = Account::of(session);
        self.vault.set(&account.name(), Some(&session.to_json()))?;
        if let Ok(Some(_)) = self.former(&account) {
            self.vault.set(&account.former_name(), None)?;
        }
        self.index.change(|list| list.add(account), || self.sessions())
    }

    /// Notes that the end of this session is under way, before the server is told: whoever finds the note does not know
    /// whether it is over. What can be noted can be removed as well.
    ///
    /// # Errors
    ///
    /// When nothing could be written; then a session that is over could not be removed either.
    pub fn begin_end(&self, account: &Account) -> Result<(), Problem> {
        self.vault.prove(0)?;
        self.index.prove(0)?;
        self.vault.set(&account.ending_name(), Some(&Secret::new(String::new())))
    }

    /// Whether the end of this session was under way, and nobody has found out since what came of that.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn is_end_begun(&self, account: &Account) -> Result<bool, Problem> {
        Ok(self.vault.get(&account.ending_name())?.is_some())
    }

    /// The server has said that this session is not over: that is forgotten, unless somebody ends it just now.
    ///
    /// # Errors
    ///
    /// When it could not be written.
    pub fn outlived_end(&self, account: &Account) -> Result<(), Problem> {
        if self.is_end_begun(account)?
            && let Some(_lease) = self.lease(account)?
        {
            self.vault.set(&account.ending_name(), None)?;
        }
        Ok(())
    }

    /// Forgets a session; that there is none, or only a damaged one, is fine.
    ///
    /// # Errors
    ///
    /// When it could not be removed.
    pub fn erase(&self, account: &Account) -> Result<(), Problem> {
        // Whoever is still listed can be asked for once more; a secret that is not listed would stay for ever.
        self.vault.set(&account.name(), None)?;
        match self.former(account) {
            Ok(None) => {}
            Ok(Some(_)) | Err(Problem { kind: StorageProblem::Corrupt, .. }) => {
                self.vault.set(&account.former_name(), None)?;
            }
            Err(problem) => return Err(problem),
        }
        self.vault.set(&account.ending_name(), None)?;
        self.drop_unstored(account)?;
        self.forget_encryption(account)?;
        self.index.change(|list| list.remove(account), || self.sessions())
    }

    /// Whoever stored a session may have been killed before they noted that: it would be stored once more. And what goes
    /// on beside it has nothing to go on beside.
    fn drop_unstored(&self, account: &Account) -> Result<(), Problem> {
        for id in self.flows.list()? {
            // One that somebody runs is theirs, and one that cannot be read holds up nobody.
            if let Ok(Some((flow, saved))) = self.take_flow(&id)
                && (saved.unstored().is_some_and(|session| Account::of(session) == *account)
                    || saved.beside().is_some_and(|(homeserver, user_id, device_id)| {
                        Account::at(homeserver, user_id, device_id) == *account
                    }))
            {
                flow.save(None)?;
            }
        }
        Ok(())
    }

    /// The sign-ins that are unfinished, the newest first, whether somebody runs them or not.
    ///
    /// # Errors
    ///
    /// When it cannot be found out.
    pub fn flows(&self) -> Result<Vec<FlowId>, Problem> {
        self.flows.list()
    }

    /// The same without waiting: where another program begins or ends one just now, that is the error.
    ///
    /// # Errors
    ///
    /// When it cannot be found out now.
    pub fn flows_now(&self) -> Result<Vec<FlowId>, Problem> {
        self.flows.list_now()
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

    /// What is unfinished, whoever runs it. Only to look at: what cannot be read is left out, and nothing is waited for.
    #[must_use]
    pub fn flows_seen(&self) -> Vec<Saved> {
        self.flows.seen()
    }

    /// When an unfinished sign-in was begun, as far as the system says.
    #[must_use]
    pub fn flow_since(&self, id: &FlowId) -> Option<std::time::SystemTime> {
        self.flows.since(id)
    }

    /// Takes an unfinished sign-in, to go on with it. `None` when somebody else runs it, or has finished it.
    ///
    /// # Errors
    ///
    /// When it cannot be read. What is damaged is set aside, and is not found any more.
    pub fn take_flow(&self, id: &FlowId) -> Result<Option<(Flow, Saved)>, Problem> {
        self.flows.take(id, |error| self.unreadable(error))
    }

    /// The lease of the session of this account; `None` while somebody else holds it. It is freed when it is
    /// dropped, and when the process ends. To refresh or end a session, take it, and only then read the session.
    ///
    /// # Errors
    ///
    /// When nothing can be locked there.
    pub fn lease(&self, account: &Account) -> Result<Option<Lease>, Problem> {
        self.leases.take(account.name(), &self.vault)
    }

    /// What an earlier version has kept of this account, under a name that is not its alone.
    fn former(&self, account: &Account) -> Result<Option<Session>, Problem> {
        let Some(json) = self.vault.get(&account.former_name())? else { return Ok(None) };
        Ok(Some(self.read(&json)?).filter(|session| Account::of(session) == *account))
    }

    fn read(&self, json: &Secret<String>) -> Result<Session, Problem> {
        Session::from_json(json.expose()).map_err(|error| self.unreadable(error))
    }

    /// The accounts of all sessions that can be read.
    fn sessions(&self) -> Sessions {
        let sessions = self.vault.beginning(SESSION)?;
        let sessions = sessions.iter().filter_map(|json| Session::from_json(json.expose()).ok());
        Ok(Some(List::of(sessions.map(|session| Account::of(&session)).collect()).accounts))
    }

    fn unreadable(&self, error: SavedError) -> Problem {
        let kind = match error {
            SavedError::Damaged => StorageProblem::Corrupt,
            SavedError::TooNew => StorageProblem::TooNew,
            _ => StorageProblem::Other,
        };
        let path = match &self.place {
            Place::Keyring(path) | Place::PassphraseFile(path) | Place::KeyFile(path) => Some(path.clone()),
            Place::Memory => None,
        };
        Problem { kind, path }
    }
}
