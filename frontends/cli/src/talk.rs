//! A conversation with a running engine.

use narthex::{Engine, Input, Intent, View};
use narthex_runtime::{Callbacks, Driver, Notice};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::ports::World;
use crate::session::is_settled;
use crate::setup::Start;

/// A conversation with a running engine.
pub(crate) struct Talk {
    inbox: mpsc::Sender<Input>,
    /// Where callbacks come in that neither the listener nor the user brings.
    pub(crate) callbacks: Callbacks,
    pub(crate) views: watch::Receiver<View>,
    pub(crate) notices: mpsc::UnboundedReceiver<Notice>,
    driver: JoinHandle<Engine>,
}

impl Talk {
    pub(crate) fn begin(start: Start, world: World) -> Self {
        let Start { engine, clock, recorder } = start;
        // One at a time: see `say`.
        let (inbox, from_us) = mpsc::channel(1);
        let (show, mut views) = watch::channel(engine.view());
        views.mark_changed();
        let (tell, notices) = mpsc::unbounded_channel();
        let driver = Driver::new(engine, world, move || clock.now()).recording(recorder).noticing(tell);
        let callbacks = driver.callbacks();
        Self { inbox, callbacks, views, notices, driver: tokio::spawn(driver.drive(from_us, show)) }
    }

    /// The latest view.
    pub(crate) fn view(&mut self) -> View {
        self.views.borrow_and_update().clone()
    }

    /// Passes `input` on, and waits until the engine has dealt with it and its view is out.
    pub(crate) async fn say(&self, input: Input) {
        // The inbox has room for one. When the second is in it, the first is being handled; when there is room
        // again, that is done. If the driver is gone, it will show when we join it.
        for input in [input, Input::Tick] {
            self.inbox.send(input).await.ok();
        }
        self.inbox.reserve().await.ok();
    }

    pub(crate) async fn ask(&self, intent: Intent) {
        self.say(Input::Intent(intent)).await;
    }

    /// Asks for something about a session when nothing else is under way, and waits for what comes of it.
    pub(crate) async fn perform(&mut self, intent: Intent) -> View {
        // A renewal that is due goes first, and what is asked for meanwhile would not be heard.
        self.say(Input::Tick).await;
        self.until(is_settled).await;
        self.ask(intent).await;
        self.until(is_settled).await
    }

    /// Waits until the view is another. `false` when the driver is gone.
    pub(crate) async fn changed(&mut self) -> bool {
        self.views.changed().await.is_ok()
    }

    /// Waits until the view is such, and returns it.
    pub(crate) async fn until(&mut self, such: impl FnMut(&View) -> bool) -> View {
        // When the driver is gone, the last view is what there is.
        narthex_runtime::run_until(&mut self.views, such).await;
        self.view()
    }

    /// Lets what is being stored finish, and returns the engine.
    pub(crate) async fn end(self) -> Option<Engine> {
        drop(self.inbox);
        self.driver.await.ok()
    }
}
