//! How does an engine start: with which configuration, which randomness, which recorder?

use std::path::PathBuf;

use narthex::{Config, Engine, Saved, Seeds};
use narthex_runtime::{Clock, Recorder};
use narthex_storage::{Account, Store};
use url::Url;

use crate::application::Application;
use crate::error::Error;
use crate::handle::Handle;
use crate::handler;
use crate::profile::Profile;
use crate::world::World;

/// What an application needs to start an engine.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Who it is.
    pub application: Application,
    /// Where it stores sessions.
    pub profile: Profile,
    /// The user's languages, best first, as BCP 47 tags.
    pub languages: Vec<String>,
    /// The homeserver at which a new device that knows no server shows a QR code, if there is one.
    pub rendezvous: Option<Url>,
    /// Where to write a trace, which is a new file without secrets; if anywhere.
    pub trace: Option<PathBuf>,
}

impl Setup {
    /// Starts an engine in this world, which resumes from `saved`. A new device is called `device_name`.
    ///
    /// Has to be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// When there is no randomness, or the trace cannot be written.
    pub fn start(
        &self,
        saved: Option<Saved>,
        device_name: Option<&str>,
        world: World,
    ) -> Result<Handle, Error> {
        let mut client = self.application.client.clone();
        client.scheme = handler::is_installed(&self.profile).then(|| self.application.scheme.clone());
        let config = Config {
            device_name: device_name.map_or_else(|| self.application.device_name(), str::to_owned),
            languages: self.languages.clone(),
            client,
            encryption: world.encryption.is_some(),
            rendezvous: self.rendezvous.clone(),
        };
        let seeds = Seeds::draw(getrandom::fill).map_err(|error| Error::System(error.to_string()))?;
        let clock = Clock::start();
        let now = clock.now();
        let recorder = match &self.trace {
            Some(path) => Some(
                Recorder::create(path, &config, saved.as_ref(), seeds.ids, now)
                    .map_err(|error| Error::File { path: path.clone(), error })?,
            ),
            None => None,
        };
        let engine = match saved {
            Some(saved) => Engine::resume(saved, config, seeds, now),
            None => Engine::new(config, seeds, now),
        };
        Ok(Handle::begin(engine, world, clock, recorder))
    }

    /// Starts an engine with the session of an account. See [`chosen`](crate::chosen).
    ///
    /// # Errors
    ///
    /// When there is no such session, or it cannot be read; and as [`start`](Self::start).
    pub fn resume(&self, store: &Store, account: &Account) -> Result<Handle, Error> {
        let session = store.session(account)?.ok_or(Error::NotSignedIn)?;
        let world = World::new(store.clone())?;
        self.start(Some(Saved::from(session)), None, world)
    }
}
