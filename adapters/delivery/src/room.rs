//! Who has to go when too many are connected?

use std::collections::VecDeque;

use tokio::sync::oneshot;

/// How many connections there may be at once. Browsers open some that they never use.
const AT_ONCE: usize = 32;

/// The connections that are open, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Room {
    open: VecDeque<oneshot::Sender<()>>,
}

impl Room {
    /// Lets one more in, who stays while the answer is kept, and has to go when it ends: the one that has kept us
    /// waiting longest makes room.
    pub(crate) fn enter(&mut self) -> oneshot::Receiver<()> {
        self.open.retain(|exchange| !exchange.is_closed());
        while self.open.len() >= AT_ONCE {
            self.open.pop_front();
        }
        let (hurry, hurried) = oneshot::channel();
        self.open.push_back(hurry);
        hurried
    }
}
