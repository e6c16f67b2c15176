//! How does a callback come into the loop, and who is told what became of it?

use narthex::Callback;
use tokio::sync::{mpsc, oneshot};

/// What became of a callback, for whoever brought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A sign-in was waiting for it, and goes on.
    Taken,
    /// A sign-in was waiting for it, and does not go on: the user has cancelled it, or it was refused.
    Stopped,
    /// No sign-in here was waiting for it. It changed nothing.
    NotMine,
    /// There was no room or no time for it. It changed nothing, and may be brought again.
    Busy,
}

/// A callback that somebody has brought, who waits for the [`Outcome`]. Dropped without one, it was
/// [`NotMine`](Outcome::NotMine).
#[derive(Debug)]
pub struct Arrival {
    /// The address. Anything may be in it.
    pub callback: Callback,
    answer: oneshot::Sender<Outcome>,
}

impl Arrival {
    /// The callback, and where its outcome will be.
    #[must_use]
    pub fn new(callback: Callback) -> (Self, oneshot::Receiver<Outcome>) {
        let (answer, outcome) = oneshot::channel();
        (Self { callback, answer }, outcome)
    }

    /// Whether whoever brought it has stopped waiting: they may have brought it to somebody else.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.answer.is_closed()
    }

    /// Tells whoever brought it.
    pub fn answer(self, outcome: Outcome) {
        // They may have gone.
        self.answer.send(outcome).ok();
    }
}

/// The way of callbacks into the loop. It does not keep the loop running.
#[derive(Clone, Debug)]
pub struct Callbacks {
    pub(crate) to: mpsc::Sender<Arrival>,
}

impl Callbacks {
    /// How many may wait to be looked at; whoever brings more, waits.
    const WAITING: usize = 16;

    pub(crate) fn channel() -> (Self, mpsc::Receiver<Arrival>) {
        let (to, arrivals) = mpsc::channel(Self::WAITING);
        (Self { to }, arrivals)
    }

    /// Passes an arrival on, which is then answered.
    pub async fn pass(&self, arrival: Arrival) {
        // Dropped where the loop has ended, and so it is nobody's.
        self.to.send(arrival).await.ok();
    }

    /// Passes a callback on, and says what became of it.
    pub async fn hear(&self, callback: Callback) -> Outcome {
        let (arrival, outcome) = Arrival::new(callback);
        self.pass(arrival).await;
        outcome.await.unwrap_or(Outcome::NotMine)
    }
}
