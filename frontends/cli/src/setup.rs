//! What a command needs: the flags of all commands, the language, and the application's setup.

use std::cell::{Cell, RefCell};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use narthex::{Input, Secret, View};
use narthex_app::{Handle, Profile};
use narthex_storage::{Account, Store};
use narthex_text::{Text, plain};
use tokio::sync::mpsc::{Sender, WeakSender};
use tokio::sync::watch::Receiver;
use zeroize::Zeroizing;

use crate::application::{FOLDER, application};
use crate::args::Global;
use crate::commands;
use crate::exit::{Asked, Exit};
use crate::input;
use crate::opening;
use crate::qr::file::CodeFile;
use crate::text;

/// A passphrase that is longer is none, in bytes.
const LONGEST_PASSPHRASE: usize = 4096;

/// What a command needs.
pub(crate) struct Setup {
    pub(crate) global: Global,
    pub(crate) text: Text,
    languages: Vec<String>,
    /// What the engine that was started last shows, and where it hears.
    awaited: RefCell<Option<(Receiver<View>, WeakSender<Input>)>>,
    /// The file of --qr-file.
    code_file: RefCell<Option<CodeFile>>,
    /// Where a verification hears that it is to end.
    #[cfg(feature = "encryption")]
    verification: RefCell<Option<Sender<narthex_matrix::VerificationAnswer>>>,
    /// The command has done what it should, and only settles what is under way.
    pub(crate) is_done: Cell<bool>,
}

impl Setup {
    pub(crate) fn new(global: Global) -> Self {
        let languages = text::languages();
        let setup = Self {
            global,
            text: Text::in_language(&languages, text::LOCALES),
            languages,
            awaited: RefCell::default(),
            code_file: RefCell::default(),
            #[cfg(feature = "encryption")]
            verification: RefCell::default(),
            is_done: Cell::default(),
        };
        setup.text.set("proxy", narthex_app::proxy().unwrap_or_default());
        // Without a folder, no command can mean anything.
        if let Ok(app) = setup.app() {
            setup.speaks_of(&app.profile, None);
        }
        setup
    }

    /// Commands in what is said from now on mean this profile, and this session if there is one.
    pub(crate) fn speaks_of(&self, profile: &Profile, about: Option<(&Store, &Account)>) {
        self.text.set("in", commands::flags(&self.global, profile, None));
        self.text.set("to", commands::flags(&self.global, profile, about));
    }

    /// What is needed to start an engine for the profile that was asked for.
    pub(crate) fn app(&self) -> Result<narthex_app::Setup, Exit> {
        let data_dir = self.global.data_dir.clone().or_else(|| narthex_app::data_dir(FOLDER));
        let data_dir = data_dir.ok_or(Exit::NoDataDir)?;
        Ok(self.of_profile(Profile { data_dir, name: self.global.profile.clone() }))
    }

    /// The same for another profile.
    pub(crate) fn of_profile(&self, profile: Profile) -> narthex_app::Setup {
        narthex_app::Setup {
            application: application(),
            profile,
            languages: self.languages.clone(),
            rendezvous: None,
            trace: self.global.trace.clone(),
        }
    }

    /// Opens the store of a profile.
    pub(crate) fn store(&self, profile: &Profile) -> Result<Store, Exit> {
        let passphrase = self.passphrase()?;
        let opened = opening::meanwhile(&self.text, || profile.open(passphrase));
        Ok(opened.map_err(narthex_app::Error::from)?)
    }

    /// The same, if anything was ever stored there. To look makes no folder.
    pub(crate) fn existing_store(&self, profile: &Profile) -> Result<Option<Store>, Exit> {
        if profile.exists() { self.store(profile).map(Some) } else { Ok(None) }
    }

    /// Remembers what is awaited from now on.
    pub(crate) fn awaits(&self, handle: &Handle) {
        self.awaited.replace(Some((handle.views.clone(), handle.inbox())));
    }

    /// What is awaited, if an engine was started.
    pub(crate) fn awaited(&self) -> Option<View> {
        self.awaited.borrow().as_ref().map(|(views, _)| views.borrow().clone())
    }

    /// The engine that was started last, if it still hears.
    pub(crate) fn running(&self) -> Option<(Receiver<View>, Sender<Input>)> {
        let awaited = self.awaited.borrow();
        let (views, inbox) = awaited.as_ref()?;
        Some((views.clone(), inbox.upgrade()?))
    }

    /// Prepares the file of --qr-file, if one was named.
    pub(crate) fn begin_code_file(&self) -> Result<(), Exit> {
        let Some(path) = &self.global.qr_file else { return Ok(()) };
        self.text.set("file", path.display().to_string());
        let file = CodeFile::new(path.clone()).map_err(|error| self.bad_code_file(error))?;
        self.code_file.replace(Some(file));
        Ok(())
    }

    /// Has that file hold the code that the view shows; nothing is there where it shows none.
    pub(crate) fn draw(&self, view: &View) -> Result<(), Exit> {
        let mut file = self.code_file.borrow_mut();
        let drawn = file.as_mut().map_or(Ok(()), |file| file.shows(view));
        drawn.map_err(|error| self.bad_code_file(error))
    }

    /// Removes that file: the command is over.
    pub(crate) fn end_code_file(&self) {
        self.code_file.take();
    }

    fn bad_code_file(&self, error: std::io::Error) -> Exit {
        let path = self.global.qr_file.as_ref().map(|path| path.display().to_string());
        Exit::File { path: path.unwrap_or_default(), error }
    }

    /// Remembers what verifies from now on; nothing else is awaited then.
    #[cfg(feature = "encryption")]
    pub(crate) fn verifies(&self, says: &Sender<narthex_matrix::VerificationAnswer>) {
        self.awaited.replace(None);
        self.verification.replace(Some(says.clone()));
    }

    /// Where a verification hears that it is to end, if there is one.
    #[cfg(feature = "encryption")]
    pub(crate) fn verification(&self) -> Option<Sender<narthex_matrix::VerificationAnswer>> {
        self.verification.borrow().clone()
    }

    /// Which account was asked for, if one was.
    pub(crate) fn account(&self) -> Option<&str> {
        self.global.account.as_deref()
    }

    /// Whether no browser can be expected to open here: over SSH, in a container.
    pub(crate) fn is_headless(&self) -> bool {
        !self.global.no_browser && !narthex_delivery::has_browser()
    }

    /// Reads what may be a pipe that nobody writes to: no longer than the command may take.
    pub(crate) fn within_timeout<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Exit> {
        let Some(seconds) = self.global.timeout else { return Ok(read()) };
        let (tell, told) = std::sync::mpsc::channel();
        // It ends with the program: what blocks cannot be called off.
        std::thread::spawn(move || tell.send(read()).ok());
        let read = told.recv_timeout(Duration::from_secs(seconds));
        read.map_err(|_| Exit::TimedOut { seconds, awaited: None, settled: false })
    }

    fn passphrase(&self) -> Result<Option<Secret<String>>, Exit> {
        const VARIABLE: &str = "NARTHEX_PASSPHRASE";
        // An empty one would protect nothing.
        let what = Asked::Passphrase;
        if let Some(path) = self.global.passphrase_file.clone() {
            let shown = path.display().to_string();
            if is_named_pipe(&path) && !self.global.json {
                let words = self.text.say("waiting-for-passphrase", &[("path", plain(&shown).into())]);
                writeln!(std::io::stderr(), "{words}").ok();
            }
            let read = self.within_timeout(move || {
                std::fs::File::open(path).and_then(|file| input::first_secret(file, LONGEST_PASSPHRASE))
            })?;
            let read = read.map_err(|error| Exit::File { path: shown, error })?;
            return read.map(Some).map_err(|why| Exit::BadLine { what, why });
        }
        let Some(passphrase) = std::env::var_os(VARIABLE) else { return Ok(None) };
        let bytes = Zeroizing::new(passphrase.into_encoded_bytes());
        let read = input::first_secret(bytes.as_slice(), LONGEST_PASSPHRASE);
        let read = read.map_err(|error| Exit::System(error.to_string()))?;
        read.map(Some).map_err(|why| Exit::BadVariable { variable: VARIABLE, what: what.name(), why })
    }
}

/// Whether it is a pipe that lies in a folder, to which nobody may ever write. That of a shell, `<(…)`, has no name of its own.
fn is_named_pipe(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let real = path.canonicalize().ok().filter(|real| !real.starts_with("/dev"));
        real.and_then(|real| real.metadata().ok()).is_some_and(|found| found.file_type().is_fifo())
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}
