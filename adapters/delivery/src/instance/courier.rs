//! Who takes a callback that the system has started a process with?

use std::fmt;
use std::time::Duration;

use narthex::Secret;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{BadName, app_name, bus, door, folder};
use crate::address;

/// Another process may have begun to run, and not yet to listen: so often, and so long.
const ATTEMPTS: usize = 5;
const BREAK: Duration = Duration::from_millis(100);

/// Brings callbacks to the processes of an application that run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Courier {
    app: String,
}

impl Courier {
    /// For a process that is there for this alone, as is the one that the system starts with a callback.
    ///
    /// # Errors
    ///
    /// When that is no name for an application; see [`Instance::new`](super::Instance::new).
    pub fn new(app: &str) -> Result<Self, BadName> {
        Ok(Self::of(app_name(app)?))
    }

    pub(super) fn of(app: &str) -> Self {
        Self { app: app.to_owned() }
    }

    /// Hands an address to each profile that listens, once; how many have taken it. Takes half a second when nobody
    /// listens, and five when somebody does not answer.
    ///
    /// # Errors
    ///
    /// When it is not an address, or nobody has taken it.
    pub async fn deliver(&self, address: &Secret<String>) -> Result<usize, Undelivered> {
        let address = address::parse(address.expose().clone().into()).ok_or(Undelivered::NotAnAddress)?;
        for attempt in 1..=ATTEMPTS {
            match self.attempt(&address).await {
                0 if attempt < ATTEMPTS => sleep(BREAK).await,
                0 => {}
                count => return Ok(count),
            }
        }
        Err(Undelivered::Nobody)
    }

    async fn attempt(&self, address: &Secret<String>) -> usize {
        let reached = bus::deliver(&self.app, address).await;
        let mut deliveries = JoinSet::new();
        if let Ok(folder) = folder::private(&self.app) {
            // Those that were not reached by the bus, or not at all: they may have begun before it did.
            for profile in door::profiles(&folder).into_iter().filter(|profile| !reached.contains(profile)) {
                let (folder, address) = (folder.clone(), address.clone());
                deliveries.spawn(async move { door::deliver(&folder, &profile, &address).await });
            }
        }
        reached.len() + deliveries.join_all().await.into_iter().filter(|taken| *taken).count()
    }
}

/// Why an address went nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// It is empty, too long, or not one line of text.
    NotAnAddress,
    /// No process of this application listens, or none has room for it.
    Nobody,
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnAddress => "not an address",
            Self::Nobody => "nobody waits for this address",
        })
    }
}

impl std::error::Error for Undelivered {}
