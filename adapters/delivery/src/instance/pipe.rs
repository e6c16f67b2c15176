//! How does a callback come from another process of the same person? By a named pipe.
//!
//! The pipe has a name that cannot be guessed, which is in a file that only this person can read: nobody else can
//! have made a pipe of that name before. Windows lets only its owner write to it, and none from another machine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use narthex::Callback;
use narthex_runtime::Arrival;
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::handover::{self, Handover};
use super::lock::Lock;
use crate::limit::ConnectionLimit;

/// A break after a connection could not be accepted.
const BREAK: Duration = Duration::from_millis(100);
/// `ERROR_PIPE_BUSY`: somebody else is being served.
const BUSY: i32 = 231;
/// The longest that the name of a pipe can be, in bytes.
const MAX_NAME: usize = 256;

/// A pipe and the file that names it, with the lock that allows to have them.
#[derive(Debug)]
pub(super) struct Door {
    file: PathBuf,
    _tasks: JoinSet<()>,
    _lock: Lock,
}

impl Door {
    /// Only with the lock: the file that is in the place of ours names a pipe that is gone.
    pub(super) fn open(
        folder: &Path,
        name: &str,
        lock: Lock,
        queue: mpsc::Sender<Arrival>,
    ) -> io::Result<Self> {
        let chance = getrandom::u64().and_then(|a| Ok((a, getrandom::u64()?))).map_err(io::Error::other)?;
        let pipe = format!(r"\\.\pipe\narthex-{:016x}{:016x}", chance.0, chance.1);
        let server = ServerOptions::new().first_pipe_instance(true).create(&pipe)?;
        let file = folder.join(format!("{name}.pipe"));
        fs::write(&file, &pipe)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(server, pipe, queue));
        Ok(Self { file, _tasks: tasks, _lock: lock })
    }
}

impl Drop for Door {
    /// While the lock is held: the next one's file has the same name.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}

async fn serve(mut server: NamedPipeServer, pipe: String, queue: mpsc::Sender<Arrival>) {
    let mut limit = ConnectionLimit::default();
    loop {
        if server.connect().await.is_err() {
            sleep(BREAK).await;
            continue;
        }
        // The next one must find a pipe at any time.
        let next = loop {
            match ServerOptions::new().create(&pipe) {
                Ok(next) => break next,
                Err(_) => sleep(BREAK).await,
            }
        };
        let connected = std::mem::replace(&mut server, next);
        // Not tied to us: the answer reaches the other side although nobody listens any more.
        tokio::spawn(handover::take(connected, queue.clone(), limit.enter()));
    }
}

/// The names that have a pipe named in this folder, in order.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> =
        files.filter_map(|file| Some(file.to_str()?.strip_suffix(".pipe")?.to_owned())).collect();
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

async fn connected(folder: &Path, name: &str) -> Option<NamedPipeClient> {
    let pipe = fs::read_to_string(folder.join(format!("{name}.pipe"))).ok()?;
    if pipe.len() > MAX_NAME || !pipe.starts_with(r"\\.\pipe\narthex-") {
        return None;
    }
    for _ in 0..10 {
        match ClientOptions::new().open(&pipe) {
            Ok(stream) => return Some(stream),
            Err(error) if error.raw_os_error() == Some(BUSY) => sleep(BREAK).await,
            Err(_) => return None,
        }
    }
    None
}
