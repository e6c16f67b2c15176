//! What the engine's effects are here: HTTP, the loopback listener, the store and the browser.

use std::convert::Infallible;

use narthex::{Lost, Request, Response, Saved, Session, StorageProblem};
use narthex_delivery::Listener;
use narthex_http::Http;
use narthex_runtime::{Listening, Ports};
use narthex_storage::{Problem, Store};
use url::Url;

/// The world of this program.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) http: Http,
    pub(crate) store: Store,
    /// Open the browser when asked to.
    pub(crate) browser: bool,
    /// Let the browser come back by itself, when it is on this machine.
    pub(crate) listens: bool,
    /// Keep unfinished flows; a command about a session has none of its own.
    pub(crate) keeps_flows: bool,
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

    async fn store(&self, session: Session) -> Result<(), StorageProblem> {
        let store = self.store.clone();
        blocking(move || store.put(&session)).await
    }

    async fn erase(&self, user_id: String, device_id: String) -> Result<(), StorageProblem> {
        let store = self.store.clone();
        blocking(move || store.erase(&user_id, &device_id)).await
    }

    async fn save(&self, saved: Option<Saved>) -> Result<(), StorageProblem> {
        if !self.keeps_flows {
            return Ok(());
        }
        let store = self.store.clone();
        blocking(move || store.save_flow(saved.as_ref())).await
    }

    fn browse(&self, url: Url) {
        if self.browser {
            // Whoever opens it may take its time, and the view has the address too.
            drop(tokio::task::spawn_blocking(move || narthex_delivery::open(&url)));
        }
    }
}

async fn blocking(work: impl FnOnce() -> Result<(), Problem> + Send + 'static) -> Result<(), StorageProblem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|problem| problem.kind),
        Err(_panicked) => Err(StorageProblem::Other),
    }
}
