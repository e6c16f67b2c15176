//! Who takes a callback that the system has started a process with?

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use narthex::Callback;
use narthex_runtime::Outcome;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::bus::Bus;
use super::handover::Handover;
use super::name::{BadName, app_name};
use super::{door, folder};
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

    /// Offers a callback to each process that listens, until one says that it is its own. Takes half a second when
    /// nobody does, and five more when somebody does not answer.
    ///
    /// A process of an older version is asked last, since it cannot say more than that it has room.
    ///
    /// # Errors
    ///
    /// When it is not an address, or nobody has taken it.
    pub async fn deliver(&self, callback: &Callback) -> Result<(), Undelivered> {
        let bytes = callback.address().expose().clone().into();
        let callback = address::parse(bytes).ok_or(Undelivered::NotAnAddress)?;
        let bus = Bus::connect().await;
        let (mut asked, mut older, mut is_busy) = (BTreeSet::new(), Vec::new(), false);
        for attempt in 1..=ATTEMPTS {
            // Each is asked once: whose it is does not change, and whoever stands still will do so for longer.
            let mut handovers = JoinSet::new();
            for process in self.processes(bus.as_ref()).await {
                if asked.insert(process.key()) {
                    let callback = callback.clone();
                    handovers.spawn(async move { (process.offer(&callback).await, process) });
                }
            }
            while let Some(handover) = handovers.join_next().await {
                match handover {
                    // Whoever is still being asked will say no.
                    Ok((Handover::Answered(Outcome::Taken | Outcome::Stopped), _)) => return Ok(()),
                    Ok((Handover::Answered(Outcome::Busy), _)) => is_busy = true,
                    Ok((Handover::Refused, process)) => older.push(process),
                    Ok((Handover::Answered(Outcome::NotMine), _)) | Err(_) => {}
                }
            }
            if attempt < ATTEMPTS {
                sleep(BREAK).await;
            }
        }
        for process in older {
            if process.offer_version_1(&callback).await {
                return Ok(());
            }
        }
        Err(if is_busy { Undelivered::Busy } else { Undelivered::Nobody })
    }

    /// Most are on both ways, and say the same twice.
    async fn processes(&self, bus: Option<&Bus>) -> Vec<Process> {
        let mut processes = Vec::new();
        if let Some(bus) = bus {
            let names = bus.names(&self.app).await;
            let on_bus = |name| Process::OnBus { bus: bus.clone(), app: self.app.clone(), name };
            processes.extend(names.into_iter().map(on_bus));
        }
        if let Ok(folder) = folder::private(&self.app) {
            let names = door::names(&folder);
            let at_door = |name| Process::AtDoor { folder: folder.clone(), name };
            processes.extend(names.into_iter().map(at_door));
        }
        processes
    }
}

/// A way to a process that may listen.
#[derive(Clone, Debug)]
enum Process {
    OnBus { bus: Bus, app: String, name: String },
    AtDoor { folder: PathBuf, name: String },
}

impl Process {
    fn key(&self) -> (&'static str, String) {
        match self {
            Self::OnBus { name, .. } => ("bus", name.clone()),
            Self::AtDoor { name, .. } => ("door", name.clone()),
        }
    }

    async fn offer(&self, callback: &Callback) -> Handover {
        match self {
            Self::OnBus { bus, app, name } => bus.deliver(app, name, callback).await,
            Self::AtDoor { folder, name } => door::deliver(folder, name, callback).await,
        }
    }

    async fn offer_version_1(&self, callback: &Callback) -> bool {
        match self {
            Self::OnBus { bus, app, name } => bus.deliver_version_1(app, name, callback).await,
            Self::AtDoor { folder, name } => door::deliver_version_1(folder, name, callback).await,
        }
    }
}

/// Why a callback went nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// It is empty, too long, or not one line of text.
    NotAnAddress,
    /// No process of this application that listens was waiting for it.
    Nobody,
    /// The same, but not all of them have said so: one has no room for it, or does not answer.
    Busy,
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnAddress => "not an address",
            Self::Nobody => "no running process waits for this address",
            Self::Busy => "a running process does not answer",
        })
    }
}

impl std::error::Error for Undelivered {}
