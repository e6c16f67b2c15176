//! Is this program running already, and how does a callback reach the one that waits for it?

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
mod handover;
mod lock;

use std::fmt;
use std::io;

use narthex::Secret;
use tokio::sync::mpsc;

pub use courier::{Courier, Undelivered};

/// How many addresses may wait to be taken.
const WAITING: usize = 8;

/// One application with one profile, of one person: there is at most one process of each.
///
/// Every process that signs in claims its profile, and listens as long as it keeps the [`Inbox`]. The process that
/// the system starts with a callback hands it to *all* profiles that listen ([`Courier::deliver`]): it cannot know
/// who asked for it, and each engine ignores an address whose `state` is not its own.
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
        let running = || Claimed::Running(Courier::of(&self.app));
        let (to, addresses) = mpsc::channel(WAITING);
        let door = match self.door(&to) {
            Ok(Some(door)) => Ok(door),
            Ok(None) => return Ok(running()),
            Err(error) => Err(error),
        };
        let bus = match bus::Name::claim(&self.app, &self.profile, to).await {
            bus::Answer::Ours(name) => Some(name),
            bus::Answer::Taken => return Ok(running()),
            bus::Answer::NoBus => None,
        };
        match (door, bus) {
            (Err(error), None) => Err(error),
            (door, bus) => Ok(Claimed::First(Inbox { addresses, _door: door.ok(), _bus: bus })),
        }
    }

    /// `None` when another process stands in it.
    fn door(&self, to: &mpsc::Sender<Secret<String>>) -> io::Result<Option<door::Door>> {
        let folder = folder::private(&self.app)?;
        match lock::Lock::take(&folder.join(format!("{}.lock", self.profile)))? {
            Some(lock) => door::Door::open(&folder, &self.profile, lock, to.clone()).map(Some),
            None => Ok(None),
        }
    }
}

/// Where callbacks arrive, until it is dropped.
#[derive(Debug)]
pub struct Inbox {
    addresses: mpsc::Receiver<Secret<String>>,
    _door: Option<door::Door>,
    _bus: Option<bus::Name>,
}

impl Inbox {
    /// The next address that was handed over, for `Input::Callback`: one line of at most [`MAX_ADDRESS`] bytes, in which
    /// anything may be. Up to eight wait until they are taken; `None` when nobody can deliver any more.
    ///
    /// [`MAX_ADDRESS`]: crate::MAX_ADDRESS
    pub async fn next(&mut self) -> Option<Secret<String>> {
        self.addresses.recv().await
    }
}

/// Not the name of an application or of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadName;

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a name such as io.example.app, or of a profile")
    }
}

impl std::error::Error for BadName {}

/// What is a name everywhere: of a file, and on the bus.
fn app_name(app: &str) -> Result<&str, BadName> {
    let part = |part: &str| part.bytes().all(plain) && part.starts_with(|c: char| !c.is_ascii_digit());
    let is_name = app.len() <= 100 && app.contains('.') && app.split('.').all(part);
    is_name.then_some(app).ok_or(BadName)
}

const fn plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
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
