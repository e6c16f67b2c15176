//! Is there a session bus? Not on this system.

use narthex::Callback;
use narthex_runtime::Arrival;
use tokio::sync::mpsc;

use super::handover::Handover;

#[derive(Debug)]
pub(super) enum Name {}

#[expect(dead_code, reason = "the answers of systems that have a bus")]
pub(super) enum Answer {
    Ours(Name),
    Taken,
    NoBus,
}

impl Name {
    #[expect(clippy::unused_async, reason = "as where there is a bus")]
    pub(super) async fn claim(_app: &str, _name: &str, _queue: mpsc::Sender<Arrival>) -> Answer {
        Answer::NoBus
    }
}

/// A connection to the bus.
#[derive(Clone, Debug)]
pub(super) struct Bus;

impl Bus {
    #[expect(clippy::unused_async, reason = "as where there is a bus")]
    pub(super) async fn connect() -> Option<Self> {
        None
    }

    #[expect(clippy::unused_async, reason = "as where there is a bus")]
    pub(super) async fn names(&self, _app: &str) -> Vec<String> {
        Vec::new()
    }

    #[expect(clippy::unused_async, reason = "as where there is a bus")]
    pub(super) async fn deliver(&self, _app: &str, _name: &str, _callback: &Callback) -> Handover {
        Handover::Refused
    }

    #[expect(clippy::unused_async, reason = "as where there is a bus")]
    pub(super) async fn deliver_version_1(&self, _app: &str, _name: &str, _callback: &Callback) -> bool {
        false
    }
}
