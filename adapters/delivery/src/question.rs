//! Whose is this callback, and how long may the answer take?

use std::time::Duration;

use narthex::Callback;
use narthex_runtime::{Arrival, Outcome};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::limit::Hurry;

/// How long an engine may take to say whether a callback is its own. It takes a fraction of it, unless it waits for
/// something else, such as a keyring that asks its owner.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks whoever takes from the queue what becomes of a callback. The answer comes in time in any case: it is
/// [`Outcome::Busy`] when there was no room, or when others need the connection.
pub(crate) async fn ask(callback: Callback, queue: &mpsc::Sender<Arrival>, hurry: &mut Hurry) -> Outcome {
    let (arrival, outcome) = Arrival::new(callback);
    let asked = async {
        if queue.send(arrival).await.is_err() {
            return Outcome::NotMine;
        }
        outcome.await.unwrap_or(Outcome::NotMine)
    };
    // When nobody listens any more, the answer is on its way.
    let hurried = async {
        if hurry.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        outcome = timeout(PATIENCE, asked) => outcome.unwrap_or(Outcome::Busy),
        () = hurried => Outcome::Busy,
    }
}
