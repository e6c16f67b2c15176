//! Is there a session bus? Not on this system.

use std::collections::BTreeSet;

use narthex::Secret;
use tokio::sync::mpsc;

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
    pub(super) async fn claim(_app: &str, _profile: &str, _to: mpsc::Sender<Secret<String>>) -> Answer {
        Answer::NoBus
    }
}

#[expect(clippy::unused_async, reason = "as where there is a bus")]
pub(super) async fn deliver(_app: &str, _address: &Secret<String>) -> BTreeSet<String> {
    BTreeSet::new()
}
