//! In which order is the store used?

use std::convert::Infallible;

use tokio::sync::oneshot;

/// One after the other, in the order in which it was asked for: what is erased is not stored again by what was begun
/// before, and took its time.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    /// Closed when what came last has ended.
    last: Option<oneshot::Receiver<Infallible>>,
}

impl Turns {
    /// Does it when all that came before has ended.
    pub(crate) fn after_others<F: Future>(&mut self, work: F) -> impl Future<Output = F::Output> + use<F> {
        let (ended, next) = oneshot::channel();
        let before = self.last.replace(next);
        async move {
            let _ended: oneshot::Sender<Infallible> = ended;
            if let Some(before) = before {
                before.await.ok();
            }
            work.await
        }
    }
}
