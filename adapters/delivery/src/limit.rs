//! Which connection has to go when too many are open?

use std::collections::VecDeque;

use tokio::sync::oneshot;

/// How many connections there may be at once. Browsers open some that they never use.
const AT_ONCE: usize = 32;

/// The connections that are open, oldest first.
#[derive(Debug, Default)]
pub(crate) struct ConnectionLimit {
    open: VecDeque<oneshot::Sender<()>>,
}

/// Told when this connection has to make room; dropped when nobody listens any more.
pub(crate) type Hurry = oneshot::Receiver<()>;

impl ConnectionLimit {
    /// Lets one more in, which counts until its `Hurry` is dropped: the one that has kept us waiting longest makes room.
    pub(crate) fn enter(&mut self) -> Hurry {
        self.open.retain(|connection| !connection.is_closed());
        while self.open.len() >= AT_ONCE {
            if let Some(oldest) = self.open.pop_front() {
                oldest.send(()).ok();
            }
        }
        let (hurry, hurried) = oneshot::channel();
        self.open.push_back(hurry);
        hurried
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_of_too_many_makes_room_and_whoever_has_gone_needs_none() {
        let mut limit = ConnectionLimit::default();
        let mut open: Vec<Hurry> = (0..AT_ONCE).map(|_| limit.enter()).collect();
        open.remove(1);
        open.push(limit.enter());
        assert!(open[0].try_recv().is_err());
        open.push(limit.enter());
        assert_eq!(open[0].try_recv(), Ok(()));
        assert!(open[1].try_recv().is_err());
    }
}
