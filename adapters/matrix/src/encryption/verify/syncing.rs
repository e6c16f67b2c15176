//! How is the server listened to while something else is done?

use std::pin::{Pin, pin};
use std::time::Duration;

use crate::encryption::device::Encryption;
use crate::encryption::problem::EncryptionError;

/// How long one sync waits for something of the other device.
const WAIT: Duration = Duration::from_secs(10);

type Sync<'a> = Pin<Box<dyn Future<Output = Result<(), EncryptionError>> + Send + 'a>>;

/// One sync after the other. None is dropped half-way: what a message said would be lost.
pub(super) struct Syncing<'a> {
    encryption: &'a Encryption,
    now: Sync<'a>,
}

impl<'a> Syncing<'a> {
    pub(super) fn of(encryption: &'a Encryption) -> Self {
        Self { encryption, now: sync(encryption) }
    }

    /// Until the server has told something, or nothing for a while. When dropped, it may be called again.
    pub(super) async fn next(&mut self) -> Result<(), EncryptionError> {
        let synced = self.now.as_mut().await;
        self.now = sync(self.encryption);
        synced
    }

    /// Does this while the server is listened to: a sync that stands still might hold what it needs.
    pub(super) async fn beside<T>(&mut self, act: impl Future<Output = T>) -> T {
        let mut act = pin!(act);
        loop {
            tokio::select! {
                biased;
                done = &mut act => return done,
                // What is wrong with it shows at the next.
                _ = self.next() => {}
            }
        }
    }

    /// Tells the server that all is read.
    pub(super) async fn acknowledge(&mut self) -> Result<(), EncryptionError> {
        self.beside(self.encryption.sync(Duration::ZERO)).await.map(drop)
    }
}

fn sync(encryption: &Encryption) -> Sync<'_> {
    Box::pin(async { encryption.sync(WAIT).await.map(drop) })
}
