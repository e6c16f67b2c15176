//! How does a frontend talk to an engine that runs?

use narthex::{Engine, Input, Intent, View};
use narthex_runtime::{Callbacks, Clock, Driver, Notice, Recorder};
use narthex_storage::Store;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::goal::is_settled;
use crate::world::World;

/// The driver of an engine that runs: inputs go in, views and notices come out.
#[derive(Debug)]
pub struct Handle {
    inbox: mpsc::Sender<Input>,
    /// Where callbacks come in that neither the listener nor the user brings.
    pub callbacks: Callbacks,
    /// Every view, as it changes.
    pub views: watch::Receiver<View>,
    /// What no view shows.
    pub notices: mpsc::UnboundedReceiver<Notice>,
    pub(crate) store: Store,
    driver: JoinHandle<Engine>,
}

impl Handle {
    pub(crate) fn begin(engine: Engine, world: World, clock: Clock, recorder: Option<Recorder>) -> Self {
        // One at a time: see `say`.
        let (inbox, from_us) = mpsc::channel(1);
        let (show, mut views) = watch::channel(engine.view());
        views.mark_changed();
        let (tell, notices) = mpsc::unbounded_channel();
        let store = world.store.clone();
        let driver = Driver::new(engine, world, move || clock.now()).recording(recorder).noticing(tell);
        let callbacks = driver.callbacks();
        Self { inbox, callbacks, views, notices, store, driver: tokio::spawn(driver.drive(from_us, show)) }
    }

    /// The latest view.
    pub fn view(&mut self) -> View {
        self.views.borrow_and_update().clone()
    }

    /// Passes `input` on, and waits until the engine has dealt with it and its view is out.
    pub async fn say(&self, input: Input) {
        // The inbox has room for one. When the second is in it, the first is being handled; when there is room
        // again, that is done. If the driver is gone, it will show when we join it.
        for input in [input, Input::Tick] {
            self.inbox.send(input).await.ok();
        }
        self.inbox.reserve().await.ok();
    }

    /// Where inputs are taken as long as this handle is there.
    #[must_use]
    pub fn inbox(&self) -> mpsc::WeakSender<Input> {
        self.inbox.downgrade()
    }

    /// The same for an intent.
    pub async fn ask(&self, intent: Intent) {
        self.say(Input::Intent(intent)).await;
    }

    /// Asks for something about a session when nothing else is under way, and waits for what comes of it.
    pub async fn perform(&mut self, intent: Intent) -> View {
        // A renewal that is due goes first, and what is asked for meanwhile would not be heard.
        self.say(Input::Tick).await;
        self.until(is_settled).await;
        self.ask(intent).await;
        self.until(is_settled).await
    }

    /// Waits until the view is another. `false` when the driver is gone.
    pub async fn changed(&mut self) -> bool {
        self.views.changed().await.is_ok()
    }

    /// Waits until the view is such, and returns it.
    pub async fn until(&mut self, such: impl FnMut(&View) -> bool) -> View {
        // When the driver is gone, the last view is what there is.
        narthex_runtime::run_until(&mut self.views, such).await;
        self.view()
    }

    /// Lets what is being stored finish, and returns the engine.
    pub async fn end(self) -> Option<Engine> {
        drop(self.inbox);
        self.driver.await.ok()
    }
}
