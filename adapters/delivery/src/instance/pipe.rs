//! How does an address come from another process of the same person? By a named pipe.
//!
//! The pipe has a name that cannot be guessed, which is in a file that only this person can read: nobody else can
//! have made a pipe of that name before. Windows lets only its owner write to it, and none from another machine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use narthex::Secret;
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeServer, ServerOptions};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::handover;
use super::lock::Lock;
use crate::room::Room;

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
        profile: &str,
        lock: Lock,
        to: mpsc::Sender<Secret<String>>,
    ) -> io::Result<Self> {
        let chance = getrandom::u64().and_then(|a| Ok((a, getrandom::u64()?))).map_err(io::Error::other)?;
        let name = format!(r"\\.\pipe\narthex-{:016x}{:016x}", chance.0, chance.1);
        let server = ServerOptions::new().first_pipe_instance(true).create(&name)?;
        let file = folder.join(format!("{profile}.pipe"));
        fs::write(&file, &name)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(server, name, to));
        Ok(Self { file, _tasks: tasks, _lock: lock })
    }
}

impl Drop for Door {
    /// While the lock is held: the next one's file has the same name.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}

async fn serve(mut server: NamedPipeServer, name: String, to: mpsc::Sender<Secret<String>>) {
    let mut exchanges = JoinSet::new();
    let mut room = Room::default();
    loop {
        if server.connect().await.is_err() {
            sleep(BREAK).await;
            continue;
        }
        // The next one must find a pipe at any time.
        let next = loop {
            match ServerOptions::new().create(&name) {
                Ok(next) => break next,
                Err(_) => sleep(BREAK).await,
            }
        };
        while exchanges.try_join_next().is_some() {}
        exchanges.spawn(handover::take(std::mem::replace(&mut server, next), to.clone(), room.enter()));
    }
}

/// The profiles that have a pipe named in this folder, in order.
pub(super) fn profiles(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut profiles: Vec<String> =
        names.filter_map(|name| Some(name.to_str()?.strip_suffix(".pipe")?.to_owned())).collect();
    profiles.sort();
    profiles
}

/// Whether the process that listens for this profile has taken the address.
pub(super) async fn deliver(folder: &Path, profile: &str, address: &Secret<String>) -> bool {
    let Ok(name) = fs::read_to_string(folder.join(format!("{profile}.pipe"))) else { return false };
    if name.len() > MAX_NAME || !name.starts_with(r"\\.\pipe\narthex-") {
        return false;
    }
    for _ in 0..10 {
        match ClientOptions::new().open(&name) {
            Ok(stream) => return handover::give(stream, address).await,
            Err(error) if error.raw_os_error() == Some(BUSY) => sleep(BREAK).await,
            Err(_) => return false,
        }
    }
    false
}
