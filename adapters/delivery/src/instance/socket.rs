//! How does an address come from another process of the same person? By a Unix socket.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use narthex::Secret;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::handover;
use super::lock::Lock;
use crate::room::Room;

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
        profile: &str,
        lock: Lock,
        to: mpsc::Sender<Secret<String>>,
    ) -> io::Result<Self> {
        let socket = folder.join(format!("{profile}.sock"));
        match fs::remove_file(&socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let listener = UnixListener::bind(&socket)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, to));
        Ok(Self { socket, _tasks: tasks, _lock: lock })
    }
}

impl Drop for Door {
    /// While the lock is held: the next one's socket has the same name.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.socket);
    }
}

async fn serve(listener: UnixListener, to: mpsc::Sender<Secret<String>>) {
    let mut exchanges = JoinSet::new();
    let mut room = Room::default();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(BREAK).await;
            continue;
        };
        while exchanges.try_join_next().is_some() {}
        if is_the_same_person(&stream) {
            exchanges.spawn(handover::take(stream, to.clone(), room.enter()));
        }
    }
}

/// The profiles that have a socket in this folder, in order.
pub(super) fn profiles(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut profiles: Vec<String> =
        names.filter_map(|name| Some(name.to_str()?.strip_suffix(".sock")?.to_owned())).collect();
    profiles.sort();
    profiles
}

/// Whether the process that listens for this profile has taken the address.
pub(super) async fn deliver(folder: &Path, profile: &str, address: &Secret<String>) -> bool {
    match UnixStream::connect(folder.join(format!("{profile}.sock"))).await {
        Ok(stream) => is_the_same_person(&stream) && handover::give(stream, address).await,
        Err(_) => false,
    }
}

fn is_the_same_person(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == rustix::process::geteuid().as_raw())
}
