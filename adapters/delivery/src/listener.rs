//! Listens on this machine for the browser's callback, and ignores whatever else comes.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use narthex::Lost;
use narthex_runtime::Arrival;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;
use url::Url;

use crate::exchange::{self, Address};
use crate::limit::ConnectionLimit;

/// How many callbacks may wait to be taken.
const WAITING: usize = 8;
/// A break after a connection could not be accepted: when there are too many open files, the next cannot be either.
const BREAK: Duration = Duration::from_millis(100);

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Listener {
    origin: Url,
    arrivals: mpsc::Receiver<Arrival>,
    _tasks: JoinSet<()>,
}

impl Listener {
    /// Listens for a GET of `path` (with its leading slash) on 127.0.0.1 and ::1, on `port` if it is free, else on
    /// any; on only one of the two where the machine has no other.
    ///
    /// A request is at most 16 KiB and 5 seconds long; with more than 32 connections, the oldest is closed if it has not
    /// said anything, and told to try again if it has. Everything that is not the callback is refused and forgotten.
    ///
    /// # Errors
    ///
    /// [`Lost::Listen`] when neither address can be bound.
    pub async fn bind(path: &str, port: Option<u16>) -> Result<Self, Lost> {
        let sockets = match port {
            Some(port) => match sockets(port).await {
                Some(sockets) => Some(sockets),
                None => sockets_anywhere().await,
            },
            None => sockets_anywhere().await,
        };
        let (port, host, sockets) = sockets.ok_or(Lost::Listen)?;
        let origin = Url::parse(&format!("http://{host}:{port}/")).map_err(|_| Lost::Listen)?;
        let (queue, arrivals) = mpsc::channel(WAITING);
        let mut tasks = JoinSet::new();
        for socket in sockets {
            let address = Address { origin: origin.clone(), path: path.to_owned() };
            tasks.spawn(serve(socket, address, queue.clone()));
        }
        Ok(Self { origin, arrivals, _tasks: tasks })
    }

    /// Where it listens, such as `http://127.0.0.1:49152/`.
    #[must_use]
    pub const fn origin(&self) -> &Url {
        &self.origin
    }

    /// The next callback, whose browser waits three seconds for the answer and shows it. Up to eight wait here, and as
    /// many more as there are connections.
    pub async fn next(&mut self) -> Option<Arrival> {
        self.arrivals.recv().await
    }
}

type Sockets = (u16, &'static str, Vec<TcpListener>);

async fn sockets_anywhere() -> Option<Sockets> {
    // A port that is free on one address may be taken on the other: a few attempts find one.
    for _ in 0..8 {
        if let Some(sockets) = sockets(0).await {
            return Some(sockets);
        }
    }
    None
}

/// The same port on both addresses, or on the only one that this machine has.
async fn sockets(port: u16) -> Option<Sockets> {
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let port =
        v4.as_ref().ok().and_then(|socket| socket.local_addr().ok()).map_or(port, |address| address.port());
    let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await;
    match (v4, v6) {
        (Ok(v4), Ok(v6)) => Some((port, "127.0.0.1", vec![v4, v6])),
        (Ok(_), Err(error)) if error.kind() == std::io::ErrorKind::AddrInUse => None,
        (Err(error), Ok(_)) if error.kind() == std::io::ErrorKind::AddrInUse => None,
        (Ok(v4), Err(_)) => Some((port, "127.0.0.1", vec![v4])),
        (Err(_), Ok(v6)) => Some((v6.local_addr().ok()?.port(), "[::1]", vec![v6])),
        (Err(_), Err(_)) => None,
    }
}

async fn serve(socket: TcpListener, address: Address, queue: mpsc::Sender<Arrival>) {
    let mut limit = ConnectionLimit::default();
    loop {
        let Ok((stream, _)) = socket.accept().await else {
            sleep(BREAK).await;
            continue;
        };
        // Not tied to us: whoever has brought what was waited for gets the page although nobody listens any more.
        tokio::spawn(exchange::answer(stream, address.clone(), queue.clone(), limit.enter()));
    }
}
