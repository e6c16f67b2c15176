//! How does a callback come from another process of the same person? By a Unix socket.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use narthex::Callback;
use narthex_runtime::Arrival;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::handover::{self, Handover};
use super::lock::Lock;
use crate::limit::ConnectionLimit;

/// A break after a connection could not be accepted: when there are too many open files, the next cannot be either.
const BREAK: Duration = Duration::from_millis(100);

/// A socket in a private folder, with the lock that allows to have it.
#[derive(Debug)]
pub(super) struct Door {
    socket: PathBuf,
    _tasks: JoinSet<()>,
    _lock: Lock,
}

impl Door {
    /// Only with the lock: what lies in the place of the socket belongs to nobody any more.
    pub(super) fn open(
        folder: &Path,
        name: &str,
        lock: Lock,
        queue: mpsc::Sender<Arrival>,
    ) -> io::Result<Self> {
        let socket = folder.join(format!("{name}.sock"));
        match fs::remove_file(&socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let listener = UnixListener::bind(&socket)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, queue));
        Ok(Self { socket, _tasks: tasks, _lock: lock })
    }
}

impl Drop for Door {
    /// While the lock is held: the next one's socket has the same name.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.socket);
    }
}

async fn serve(listener: UnixListener, queue: mpsc::Sender<Arrival>) {
    let mut limit = ConnectionLimit::default();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(BREAK).await;
            continue;
        };
        if is_the_same_person(&stream) {
            // Not tied to us: the answer reaches the other side although nobody listens any more.
            tokio::spawn(handover::take(stream, queue.clone(), limit.enter()));
        }
    }
}

/// The names that have a socket in this folder, in order.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> =
        files.filter_map(|file| Some(file.to_str()?.strip_suffix(".sock")?.to_owned())).collect();
    names.sort();
    names
}

/// What the process that listens by this name does with the callback.
pub(super) async fn deliver(folder: &Path, name: &str, callback: &Callback) -> Handover {
    match connected(folder, name).await {
        Some(stream) => handover::give(stream, callback).await,
        None => Handover::Refused,
    }
}

/// The same for one of version 1; whether it has taken it.
pub(super) async fn deliver_version_1(folder: &Path, name: &str, callback: &Callback) -> bool {
    match connected(folder, name).await {
        Some(stream) => handover::give_version_1(stream, callback).await,
        None => false,
    }
}

/// A full queue of connections would make this wait for ever.
async fn connected(folder: &Path, name: &str) -> Option<UnixStream> {
    let connecting = UnixStream::connect(folder.join(format!("{name}.sock")));
    let stream = timeout(handover::PATIENCE, connecting).await.ok()?.ok()?;
    is_the_same_person(&stream).then_some(stream)
}

fn is_the_same_person(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == rustix::process::geteuid().as_raw())
}
