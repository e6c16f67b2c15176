//! What a command needs: the flags of all commands, the language, and the application's setup.

use std::io::Read as _;
use std::path::Path;

use narthex::{Secret, StorageProblem};
use narthex_app::Profile;
use narthex_storage::{Problem, Store};
use narthex_text::Text;
use zeroize::Zeroize as _;

use crate::application::{FOLDER, application};
use crate::args::Global;
use crate::exit::Exit;
use crate::text;

/// A passphrase that is longer is none.
const LONGEST_PASSPHRASE: u64 = 4096;

/// What a command needs.
pub(crate) struct Setup {
    pub(crate) global: Global,
    pub(crate) text: Text,
    languages: Vec<String>,
}

impl Setup {
    pub(crate) fn new(global: Global) -> Self {
        let languages = text::languages();
        Self { global, text: Text::in_language(&languages, text::LOCALES), languages }
    }

    /// What is needed to start an engine for the profile that was asked for.
    pub(crate) fn app(&self) -> Result<narthex_app::Setup, Exit> {
        let data_dir = self.global.data_dir.clone().or_else(|| narthex_app::data_dir(FOLDER));
        let data_dir = data_dir.ok_or_else(|| Exit::System("HOME".to_owned()))?;
        Ok(self.of_profile(Profile { data_dir, name: self.global.profile.clone() }))
    }

    /// The same for another profile.
    pub(crate) fn of_profile(&self, profile: Profile) -> narthex_app::Setup {
        narthex_app::Setup {
            application: application(),
            profile,
            languages: self.languages.clone(),
            trace: self.global.trace.clone(),
        }
    }

    /// Opens the store of a profile.
    pub(crate) fn store(&self, profile: &Profile) -> Result<Store, Exit> {
        Ok(profile.open(self.passphrase()?).map_err(narthex_app::Error::from)?)
    }

    /// Which account was asked for, if one was.
    pub(crate) fn account(&self) -> Option<&str> {
        self.global.account.as_deref()
    }

    /// Whether no browser can be expected to open here: over SSH, in a container.
    pub(crate) fn is_headless(&self) -> bool {
        !self.global.no_browser && !narthex_delivery::has_browser()
    }

    fn passphrase(&self) -> Result<Option<Secret<String>>, Exit> {
        let mut text = match &self.global.passphrase_file {
            Some(path) => {
                read_start(path).map_err(|error| Exit::File { path: path.display().to_string(), error })?
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
            let path = self.global.passphrase_file.clone();
            return Err(Exit::Storage(Problem { kind: StorageProblem::Locked, path }));
        }
        Ok(Some(Secret::new(line)))
    }
}

fn read_start(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LONGEST_PASSPHRASE).read_to_string(&mut text)?;
    Ok(text)
}
