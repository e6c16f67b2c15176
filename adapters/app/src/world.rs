//! What the engine's effects are here: HTTP, the loopback listener, the store and the browser.

use std::convert::Infallible;
use std::sync::Arc;

use narthex::{
    EncryptionProblem, LeaseProblem, Lost, Request, Response, Saved, SecretsBundle, Session, StorageProblem,
    Trust,
};
use narthex_delivery::Listener;
use narthex_http::Http;
use narthex_runtime::{Grant, Listening, Ports, hold};
use narthex_storage::{Account, Problem, Store};
use tokio::sync::mpsc::UnboundedSender;
use url::Url;

use crate::encryption::Encryption;
use crate::error::Error;
use crate::unfinished::Slot;

/// Who opens a page.
#[derive(Clone, Debug)]
pub enum Browser {
    /// Nobody: the view has its address.
    Nobody,
    /// The system, at once.
    System,
    /// The frontend, when its user is ready for it: [`narthex_delivery::open`].
    Frontend(UnboundedSender<Url>),
}

/// The world of an application.
#[derive(Clone, Debug)]
pub struct World {
    /// The way to servers.
    pub http: Http,
    /// Where sessions and unfinished flows are stored.
    pub store: Store,
    /// Who opens the pages that the engine wants to be opened.
    pub browser: Browser,
    /// Let the browser come back by itself, when it is on this machine.
    pub listens: bool,
    /// What keeps the keys of accounts, if anything does.
    pub encryption: Option<Arc<dyn Encryption>>,
    /// Where an unfinished flow is stored; a command about a session has none of its own.
    pub slot: Option<Slot>,
}

impl World {
    /// For a session that is there: no browser, no listener, no flow of its own.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up.
    pub fn new(store: Store) -> Result<Self, Error> {
        let http = Http::new().map_err(|error| Error::System(error.to_string()))?;
        Ok(Self { http, store, browser: Browser::Nobody, listens: false, encryption: None, slot: None })
    }
}

impl Ports for World {
    async fn http(&self, request: Request) -> Result<Response, Lost> {
        self.http.send(request).await
    }

    async fn listen(
        &self,
        path: String,
        port: Option<u16>,
        listening: Listening,
    ) -> Result<Infallible, Lost> {
        if !self.listens {
            return Err(Lost::Listen);
        }
        let mut listener = Listener::bind(&path, port).await?;
        listening.at(listener.origin().clone()).await;
        while let Some(arrival) = listener.next().await {
            listening.callbacks.pass(arrival).await;
        }
        Err(Lost::Listen)
    }

    async fn lease(
        &self,
        homeserver: Url,
        user_id: String,
        device_id: String,
        grant: Grant,
    ) -> Result<Infallible, LeaseProblem> {
        let (store, account) = (self.store.clone(), Account::at(&homeserver, &user_id, &device_id));
        let attempt = move || {
            let Some(lease) = store.lease(&account)? else { return Ok(None) };
            // What cannot be stored must not be asked for, and the disk may be full when it comes.
            lease.reserve()?;
            Ok(Some((lease, store.session(&account)?)))
        };
        hold(grant, move || attempt().map_err(|problem: Problem| problem.kind)).await
    }

    async fn prove(&self) -> Result<(), StorageProblem> {
        let store = self.store.clone();
        blocking(move || store.prove()).await
    }

    async fn store(&self, session: Session) -> Result<(), StorageProblem> {
        let store = self.store.clone();
        blocking(move || store.put(&session)).await
    }

    async fn erase(&self, homeserver: Url, user_id: String, device_id: String) -> Result<(), StorageProblem> {
        let (store, account) = (self.store.clone(), Account::at(&homeserver, &user_id, &device_id));
        blocking(move || store.erase(&account)).await
    }

    async fn save(&self, saved: Option<Saved>) -> Result<(), StorageProblem> {
        let Some(slot) = self.slot.clone() else { return Ok(()) };
        let store = self.store.clone();
        blocking(move || slot.save(&store, saved.as_ref())).await
    }

    async fn find_secrets(&self, session: Session) -> Result<bool, EncryptionProblem> {
        match &self.encryption {
            Some(encryption) => encryption.find_secrets(session).await,
            None => Err(EncryptionProblem::Absent),
        }
    }

    async fn share_secrets(&self, session: Session) -> Result<SecretsBundle, EncryptionProblem> {
        match &self.encryption {
            Some(encryption) => encryption.share_secrets(session).await,
            None => Err(EncryptionProblem::Absent),
        }
    }

    async fn adopt_secrets(
        &self,
        session: Session,
        secrets: SecretsBundle,
    ) -> Result<Trust, EncryptionProblem> {
        match &self.encryption {
            Some(encryption) => encryption.adopt_secrets(session, secrets).await,
            None => Err(EncryptionProblem::Absent),
        }
    }

    fn browse(&self, url: Url) {
        match &self.browser {
            Browser::Nobody => {}
            // Whoever opens it may take its time, and the view has the address too.
            Browser::System => drop(tokio::task::spawn_blocking(move || narthex_delivery::open(&url))),
            // One that has gone shows nothing any more.
            Browser::Frontend(frontend) => drop(frontend.send(url)),
        }
    }
}

pub(crate) async fn blocking(
    work: impl FnOnce() -> Result<(), Problem> + Send + 'static,
) -> Result<(), StorageProblem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|problem| problem.kind),
        Err(_panicked) => Err(StorageProblem::Other),
    }
}
