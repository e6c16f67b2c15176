//! Listens on this machine for the browser's callback, and ignores whatever else comes.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use narthex::{Lost, Secret};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;
use url::Url;

use crate::exchange;
use crate::room::Room;

/// How many callbacks may wait to be taken.
const WAITING: usize = 8;
/// A break after a connection could not be accepted: when there are too many open files, the next cannot be either.
const BREAK: Duration = Duration::from_millis(100);

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Listener {
    origin: Url,
    callbacks: mpsc::Receiver<Secret<String>>,
    _tasks: JoinSet<()>,
}

impl Listener {
    /// Listens for a GET of `path` (with its leading slash) on 127.0.0.1 and ::1, on `port` if it is free, else on
    /// any; on only one of the two where the machine has no other.
    ///
    /// A request is at most 16 KiB and 5 seconds long; with more than 32 connections, the oldest that has not said
    /// anything is closed. Everything that is not the callback is refused and forgotten.
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
        let (to, callbacks) = mpsc::channel(WAITING);
        let mut tasks = JoinSet::new();
        for socket in sockets {
            tasks.spawn(serve(socket, origin.clone(), path.to_owned(), to.clone()));
        }
        Ok(Self { origin, callbacks, _tasks: tasks })
    }

    /// Where it listens, such as `http://127.0.0.1:49152/`.
    #[must_use]
    pub const fn origin(&self) -> &Url {
        &self.origin
    }

    /// The whole address of the next callback. Up to eight wait until they are taken.
    pub async fn callback(&mut self) -> Option<Secret<String>> {
        self.callbacks.recv().await
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

async fn serve(socket: TcpListener, origin: Url, path: String, to: mpsc::Sender<Secret<String>>) {
    let port = origin.port_or_known_default().unwrap_or_default();
    let mut exchanges = JoinSet::new();
    let mut room = Room::default();
    loop {
        let Ok((stream, _)) = socket.accept().await else {
            sleep(BREAK).await;
            continue;
        };
        while exchanges.try_join_next().is_some() {}
        let hurried = room.enter();
        let (origin, path, to) = (origin.clone(), path.clone(), to.clone());
        exchanges.spawn(async move {
            if let Some(target) = exchange::answer(stream, port, &path, hurried).await {
                let address = format!("{}{target}", origin.as_str().trim_end_matches('/'));
                // Too many wait already, or nobody does any more: the callback is late.
                let _ = to.try_send(Secret::new(address));
            }
        });
    }
}
