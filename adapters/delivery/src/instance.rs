//! Which processes of this program run, and how does a callback reach the one that waits for it?

#[cfg(all(unix, not(target_vendor = "apple")))]
mod bus;
#[cfg(any(not(unix), target_vendor = "apple"))]
#[path = "instance/no_bus.rs"]
mod bus;
mod courier;
#[cfg_attr(windows, path = "instance/pipe.rs")]
#[cfg_attr(unix, path = "instance/socket.rs")]
mod door;
#[cfg_attr(windows, path = "instance/local_folder.rs")]
#[cfg_attr(unix, path = "instance/runtime_folder.rs")]
mod folder;
pub(crate) mod handover;
mod lock;
mod name;

use std::io;

use narthex_runtime::Arrival;
use tokio::sync::mpsc;

pub use courier::{Courier, Undelivered};
pub use name::BadName;

use name::{app_name, plain};

/// How many callbacks may wait to be taken.
const WAITING: usize = 8;
/// How many processes of one application may listen that have no name of their own.
const PROCESSES: usize = 64;

/// One application with one profile, of one person: there is at most one process of each.
///
/// A process that may wait for a callback listens as long as it keeps the [`Inbox`]. The process that the system starts
/// with a callback offers it to *all* that listen ([`Courier::deliver`]): it cannot know whose it is, and each engine
/// knows its own by the `state`.
///
/// Whoever runs with the person's rights may deliver an address, and may listen in the place of this program. That
/// is harmless where the answer is bound to the flow (`state`, `iss`, PKCE): an address alone signs nobody in. A
/// `loginToken` of the older sign-in is not bound; prefer a [`Listener`](crate::Listener) there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    app: String,
    profile: String,
}

/// Who has the profile.
#[derive(Debug)]
pub enum Claimed {
    /// This process: callbacks come to its inbox.
    First(Inbox),
    /// Another one, which can be handed a callback.
    Running(Courier),
}

impl Instance {
    /// `app` is a reversed host name such as `io.example.app`, of at most 100 ASCII letters, digits, `-` and `_`, in
    /// parts that begin with no digit; `profile` at most 64 of the same characters.
    ///
    /// # Errors
    ///
    /// When one of them is anything else.
    pub fn new(app: &str, profile: &str) -> Result<Self, BadName> {
        let is_profile = (1..=64).contains(&profile.len()) && profile.bytes().all(plain);
        if !is_profile {
            return Err(BadName);
        }
        Ok(Self { app: app_name(app)?.to_owned(), profile: profile.to_owned() })
    }

    /// Takes the profile, unless another process has it. What a process that was killed has left is no obstacle.
    ///
    /// A lock on a file decides, and the name on the session bus where there is one; then callbacks are taken on
    /// both ways, so that they come although one of the two processes was started without a bus.
    ///
    /// # Errors
    ///
    /// When nothing can be listened on: there is no session bus, and no folder that nobody else can enter.
    pub async fn claim(&self) -> io::Result<Claimed> {
        Ok(match open(&self.app, &self.profile).await? {
            Some(inbox) => Claimed::First(inbox),
            None => Claimed::Running(Courier::of(&self.app)),
        })
    }
}

/// `None` when another process has this name.
async fn open(app: &str, name: &str) -> io::Result<Option<Inbox>> {
    let (queue, arrivals) = mpsc::channel(WAITING);
    let door = match door(app, name, &queue) {
        Ok(Some(door)) => Ok(door),
        Ok(None) => return Ok(None),
        Err(error) => Err(error),
    };
    let bus = match bus::Name::claim(app, name, queue).await {
        bus::Answer::Ours(name) => Some(name),
        bus::Answer::Taken => return Ok(None),
        bus::Answer::NoBus => None,
    };
    match (door, bus) {
        (Err(error), None) => Err(error),
        (door, bus) => Ok(Some(Inbox { arrivals, _door: door.ok(), _bus: bus })),
    }
}

/// `None` when another process stands in it.
fn door(app: &str, name: &str, queue: &mpsc::Sender<Arrival>) -> io::Result<Option<door::Door>> {
    let folder = folder::private(app)?;
    match lock::Lock::take(&folder.join(format!("{name}.lock")))? {
        Some(lock) => door::Door::open(&folder, name, lock, queue.clone()).map(Some),
        None => Ok(None),
    }
}

/// Where callbacks arrive, until it is dropped.
#[derive(Debug)]
pub struct Inbox {
    arrivals: mpsc::Receiver<Arrival>,
    _door: Option<door::Door>,
    _bus: Option<bus::Name>,
}

impl Inbox {
    /// For one of any number of processes, each of which may wait for a callback of its own; at most 64 at once.
    ///
    /// # Errors
    ///
    /// When `app` is no name for an application (see [`Instance::new`]), or nothing can be listened on: there is no
    /// session bus, and no folder that nobody else can enter.
    pub async fn open(app: &str) -> io::Result<Self> {
        let app = app_name(app).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        // The names are used again, so that what killed processes leave does not pile up.
        for n in 1..=PROCESSES {
            if let Some(inbox) = open(app, &format!("process-{n}")).await? {
                return Ok(inbox);
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    /// The next callback that was handed over, whose bringer waits three seconds for the answer: one line of at most
    /// [`MAX_ADDRESS`] bytes, in which anything may be. Up to eight wait here, and 32 more at the door; `None` when nobody
    /// can deliver any more.
    ///
    /// [`MAX_ADDRESS`]: crate::MAX_ADDRESS
    pub async fn next(&mut self) -> Option<Arrival> {
        self.arrivals.recv().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_good_for_a_file_and_for_the_bus() {
        for app in ["io.example.app", "io.example-site.app_2", "a.b"] {
            assert!(Instance::new(app, "default").is_ok(), "{app}");
        }
        for app in ["", "app", "io..app", ".io", "io.example.", "io.7zip", "../x.y", "io/x.y", "io.ex ample"]
        {
            assert_eq!(Instance::new(app, "default"), Err(BadName), "{app}");
        }
        for profile in ["", ".", "a.b", "a/b", "ü", &"x".repeat(65)] {
            assert_eq!(Instance::new("io.example.app", profile), Err(BadName), "{profile}");
        }
    }
}
