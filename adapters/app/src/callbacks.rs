//! How does a callback by the application's scheme reach the engine that waits for it?
//!
//! Where a loopback listener can be had, it is not needed; inside of a sandbox it may be the only way.

use narthex::{Callback, Input};
use narthex_delivery::{Courier, Inbox, Outcome, Undelivered};
use narthex_storage::Store;
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::handle::Handle;
use crate::setup::Setup;
use crate::unfinished::awaiting;
use crate::world::World;

/// Takes callbacks from other processes until it is dropped.
#[derive(Debug)]
pub struct Receiving(JoinHandle<()>);

impl Receiving {
    /// Passes what arrives on to the engine; `None` where nothing can be handed from one process to another.
    ///
    /// Also where no scheme is registered: any callback may be handed over, such as one that is pasted into `deliver`.
    pub async fn start(setup: &Setup, handle: &Handle) -> Option<Self> {
        // Without it the other ways are still there.
        let mut inbox = Inbox::open(&setup.application.scheme).await.ok()?;
        let callbacks = handle.callbacks.clone();
        Some(Self(tokio::spawn(async move {
            while let Some(arrival) = inbox.next().await {
                callbacks.pass(arrival).await;
            }
        })))
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the processes of an application that run have said to a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// One has taken it.
    Taken,
    /// None was waiting for it; perhaps an unfinished sign-in is, see [`resume_by`].
    ToNobody,
    /// The same, but not all of them have answered.
    Unclear,
}

/// Brings a callback to the processes of the application that run.
///
/// # Errors
///
/// When it is no address, or the application's scheme is no name.
pub async fn deliver(setup: &Setup, callback: &Callback) -> Result<Delivered, Error> {
    let courier = Courier::new(&setup.application.scheme);
    let courier = courier.map_err(|error| Error::System(error.to_string()))?;
    match courier.deliver(callback).await {
        Ok(()) => Ok(Delivered::Taken),
        Err(Undelivered::NotAnAddress) => Err(Error::NotAnAddress),
        Err(Undelivered::Nobody) => Ok(Delivered::ToNobody),
        Err(Undelivered::Busy) => Ok(Delivered::Unclear),
    }
}

/// Resumes the unfinished sign-in of this store that waits for the callback, if there is one: what became of it is
/// told, and the view of that is out.
///
/// # Errors
///
/// As [`awaiting`] and [`Setup::start`].
pub async fn resume_by(
    setup: &Setup,
    store: Store,
    callback: Callback,
) -> Result<Option<(Handle, Outcome)>, Error> {
    let Some((slot, saved)) = awaiting(&store, &callback)? else { return Ok(None) };
    let world = World { slot: Some(slot), ..World::new(store)? };
    let handle = setup.start(Some(saved), None, world)?;
    let outcome = handle.callbacks.hear(callback).await;
    handle.say(Input::Tick).await;
    Ok(Some((handle, outcome)))
}
