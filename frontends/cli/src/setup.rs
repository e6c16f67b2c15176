//! What a command needs from the system: the store, the language, the engine's configuration and randomness.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use narthex::{Client, Config, Engine, Saved, Secret, StorageProblem};
use narthex_runtime::{Clock, Recorder};
use narthex_storage::{Account, Keep, Options, Problem, Store};
use narthex_text::Text;
use zeroize::Zeroize as _;

use crate::args::Global;
use crate::ended::Ended;
use crate::handler;
use crate::text;

/// A passphrase that is longer is none.
const LONGEST_PASSPHRASE: u64 = 4096;

/// What a command needs.
pub(crate) struct Setup {
    pub(crate) global: Global,
    pub(crate) text: Text,
    languages: Vec<String>,
}

/// An engine that has not done anything yet, and what belongs to it.
pub(crate) struct Start {
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    pub(crate) recorder: Option<Recorder>,
}

impl Setup {
    pub(crate) fn new(global: Global) -> Self {
        let languages = text::languages();
        Self { global, text: Text::in_language(&languages, text::LOCALES), languages }
    }

    /// Opens the store of the profile.
    pub(crate) fn store(&self) -> Result<Store, Ended> {
        let data_dir = self.data_dir().ok_or_else(|| Ended::System("HOME".to_owned()))?;
        let keep = match self.passphrase()? {
            Some(passphrase) => Keep::Best { passphrase: Some(passphrase) },
            None => Keep::Best { passphrase: None },
        };
        let options = Options { data_dir, profile: self.global.profile.clone(), keep };
        Store::open(options).map_err(|problem| self.storage(problem))
    }

    /// Where the profiles are.
    pub(crate) fn data_dir(&self) -> Option<PathBuf> {
        self.global.data_dir.clone().or_else(data_dir)
    }

    /// Whether no browser can be expected to open here: over SSH, in a container.
    pub(crate) fn is_headless(&self) -> bool {
        !self.global.no_browser && !narthex_delivery::has_browser()
    }

    /// The profiles that there are, this one first.
    pub(crate) fn profiles(&self) -> Vec<String> {
        let ours = self.global.profile.clone();
        let folders = self.data_dir().and_then(|dir| std::fs::read_dir(dir).ok());
        let folders = folders.into_iter().flatten().flatten().filter(|entry| entry.path().is_dir());
        let others = folders.filter_map(|entry| entry.file_name().into_string().ok());
        let others = others.filter(|name| *name != ours).collect::<Vec<_>>();
        std::iter::once(ours).chain(others).collect()
    }

    /// The same problem without its path, which the caller has told.
    pub(crate) fn storage(&self, problem: Problem) -> Ended {
        Ended::Storage(problem.kind)
    }

    /// The account that was asked for, or the only one.
    pub(crate) fn account(&self, store: &Store) -> Result<Account, Ended> {
        let mut accounts = store.accounts().map_err(|problem| self.storage(problem))?;
        if let Some(wanted) = &self.global.account {
            accounts.retain(|account| {
                account.user_id == *wanted
                    || account.user_id.trim_start_matches('@').starts_with(&format!("{wanted}:"))
            });
            if accounts.is_empty() {
                return Err(Ended::NoSuchAccount(wanted.clone()));
            }
        }
        match accounts.len() {
            0 => Err(Ended::NotSignedIn),
            1 => Ok(accounts.remove(0)),
            _ => Err(Ended::SeveralAccounts(
                accounts.into_iter().map(|a| format!("{} ({})", a.user_id, a.device_id)).collect(),
            )),
        }
    }

    /// An engine that goes on from `saved`, with fresh randomness; with its recorder, if there is to be one.
    pub(crate) fn start(&self, saved: Option<Saved>, device_name: Option<&str>) -> Result<Start, Ended> {
        let config = Config {
            device_name: device_name.map_or_else(default_device_name, str::to_owned),
            languages: self.languages.clone(),
            client: Client {
                scheme: handler::is_installed(self).then(|| handler::SCHEME.to_owned()),
                ..Client::default()
            },
        };
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| Ended::System(error.to_string()))?;
        let clock = Clock::start();
        let now = clock.now();
        let recorder = match &self.global.trace {
            Some(path) => Some(
                Recorder::create(path, &config, saved.as_ref(), seed, now)
                    .map_err(|error| Ended::File { path: path.display().to_string(), error })?,
            ),
            None => None,
        };
        let engine = match saved {
            Some(saved) => Engine::resume(saved, config, seed, now),
            None => Engine::new(config, seed, now),
        };
        seed.zeroize();
        Ok(Start { engine, clock, recorder })
    }

    fn passphrase(&self) -> Result<Option<Secret<String>>, Ended> {
        let mut text = match &self.global.passphrase_file {
            Some(path) => {
                read_start(path).map_err(|error| Ended::File { path: path.display().to_string(), error })?
            }
            None => match std::env::var("NARTHEX_PASSPHRASE") {
                Ok(passphrase) => passphrase,
                Err(_) => return Ok(None),
            },
        };
        let line = text.lines().next().unwrap_or_default().to_owned();
        text.zeroize();
        // An empty one would protect nothing.
        if line.is_empty() {
            Err(Ended::Storage(StorageProblem::Locked))
        } else {
            Ok(Some(Secret::new(line)))
        }
    }
}

fn read_start(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LONGEST_PASSPHRASE).read_to_string(&mut text)?;
    Ok(text)
}

fn default_device_name() -> String {
    let os = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        "freebsd" => "FreeBSD",
        other => other,
    };
    format!("Narthex on {os}")
}

/// Where programs keep their data here.
fn data_dir() -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return Some(absolute("LOCALAPPDATA")?.join("narthex"));
    }
    if cfg!(target_os = "macos") {
        return Some(absolute("HOME")?.join("Library/Application Support/narthex"));
    }
    let data = absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")));
    Some(data?.join("narthex"))
}
