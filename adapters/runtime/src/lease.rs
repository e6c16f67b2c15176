//! How does a driver wait for the lease of a session, and hold it?

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use narthex::{EffectId, Input, LeaseProblem, Reply, Session, StorageProblem};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

/// How long somebody else may hold the lease before it counts as busy. The engine gives up before.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(25);

/// The way of a lease into the loop.
#[derive(Clone, Debug)]
pub struct Grant {
    pub(crate) id: EffectId,
    pub(crate) inputs: mpsc::Sender<Input>,
}

impl Grant {
    /// The lease is held, and this is stored now.
    pub async fn leased(&self, stored: Option<Session>) {
        let reply = Reply::Leased(Ok(stored.map(Box::new)));
        // The loop is gone only when nobody wants to know.
        self.inputs.send(Input::Reply { id: self.id, reply }).await.ok();
    }
}

/// Asks for a lease until it is free, at most a minute; tells of it; and holds it until this future is dropped.
///
/// `attempt` may block. It gives the lease and what is stored once that is held, or `None` while somebody else holds it.
///
/// # Errors
///
/// When it was not free in time, or `attempt` fails.
pub async fn hold<L: Send + 'static>(
    grant: Grant,
    attempt: impl Fn() -> Result<Option<(L, Option<Session>)>, StorageProblem> + Clone + Send + 'static,
) -> Result<Infallible, LeaseProblem> {
    let start = Instant::now();
    let (_lease, stored) = loop {
        match spawn_blocking(attempt.clone()).await {
            Ok(Ok(Some(held))) => break held,
            Ok(Ok(None)) if start.elapsed() < PATIENCE => sleep(PAUSE).await,
            Ok(Ok(None)) => return Err(LeaseProblem::Busy),
            Ok(Err(problem)) => return Err(LeaseProblem::Storage(problem)),
            Err(_panicked) => return Err(LeaseProblem::Storage(StorageProblem::Other)),
        }
    };
    grant.leased(stored).await;
    pending().await
}
