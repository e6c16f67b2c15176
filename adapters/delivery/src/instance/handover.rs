//! One address over one connection: how is it said, and was it taken?

use std::time::Duration;

use narthex::Secret;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::address;

/// How long an address may take, both ways. A process on the same machine takes a fraction of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The answer to an address that was passed on. Every other answer, or none, is a refusal.
const TAKEN: u8 = 1;
const REFUSED: u8 = 0;

/// Takes one address: its length in two bytes, highest first, and its bytes. Whoever still owes some of them when
/// `hurry` is dropped is sent away.
pub(super) async fn take<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    to: mpsc::Sender<Secret<String>>,
    hurry: oneshot::Receiver<()>,
) {
    let address = tokio::select! {
        address = timeout(PATIENCE, read(&mut stream)) => address.ok().flatten(),
        _ = hurry => return,
    };
    // Too many wait already, or nobody does any more: the other side shall know.
    let answer = if address.is_some_and(|address| to.try_send(address).is_ok()) { TAKEN } else { REFUSED };
    let _ = timeout(PATIENCE, async { stream.write_all(&[answer]).await.and(stream.shutdown().await) }).await;
}

async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Secret<String>> {
    let length = usize::from(stream.read_u16().await.ok()?);
    if length > address::MAX_ADDRESS {
        return None;
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await.ok()?;
    address::parse(bytes)
}

/// Hands one address over; whether it was taken.
pub(super) async fn give<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, address: &Secret<String>) -> bool {
    let exchange = async {
        let length = u16::try_from(address.expose().len()).ok()?;
        stream.write_u16(length).await.ok()?;
        stream.write_all(address.expose().as_bytes()).await.ok()?;
        stream.flush().await.ok()?;
        stream.read_u8().await.ok()
    };
    timeout(PATIENCE, exchange).await == Ok(Some(TAKEN))
}
