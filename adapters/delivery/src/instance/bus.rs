//! How does a callback come over the session bus? By a name for each process, and one method.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use narthex::Callback;
use narthex_runtime::{Arrival, Outcome};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;
use zbus::connection::Builder;
use zbus::fdo::{DBusProxy, Error};
use zbus::{Connection, interface};

use super::handover::{self, Handover, PATIENCE};
use crate::address;
use crate::limit::ConnectionLimit;
use crate::question;

/// How long the bus itself may take. One that does not answer is none.
const CONNECTING: Duration = Duration::from_secs(3);
const PATH: &str = "/callback";
/// No reversed host: it is the same for every application that uses this.
const INTERFACE: &str = "narthex.Delivery";

/// A name on the bus, which lets go of it when the process ends in whichever way.
#[derive(Debug)]
pub(super) struct Name {
    _connection: Connection,
}

/// Whose name it is.
pub(super) enum Answer {
    Ours(Name),
    Taken,
    NoBus,
}

impl Name {
    /// Only processes of the same person come to their session bus: the bus sees to that.
    pub(super) async fn claim(app: &str, name: &str, queue: mpsc::Sender<Arrival>) -> Answer {
        let delivery = Delivery { queue, limit: Mutex::default(), runtime: Handle::current() };
        let connected = async {
            Builder::session()?
                .name(format!("{}{name}", prefix(app)))?
                .allow_name_replacements(false)
                .replace_existing_names(false)
                .serve_at(PATH, delivery)?
                .build()
                .await
        };
        match timeout(CONNECTING, connected).await {
            Ok(Ok(connection)) => Answer::Ours(Self { _connection: connection }),
            Ok(Err(zbus::Error::NameTaken)) => Answer::Taken,
            // A bus that grants no names (a sandbox's may not) is of no use, as is none.
            Ok(Err(_)) | Err(_) => Answer::NoBus,
        }
    }
}

/// A name may begin with a digit, and a part of a name on the bus may not.
fn prefix(app: &str) -> String {
    format!("{app}.Callback._")
}

struct Delivery {
    queue: mpsc::Sender<Arrival>,
    limit: Mutex<ConnectionLimit>,
    /// The bus has a thread of its own, on which no timer runs.
    runtime: Handle,
}

impl Delivery {
    async fn outcome(&self, address: String) -> Result<Outcome, Error> {
        let callback =
            address::parse(address.into()).ok_or_else(|| Error::InvalidArgs("not an address".to_owned()))?;
        let mut hurry = self.limit.lock().unwrap_or_else(PoisonError::into_inner).enter();
        let queue = self.queue.clone();
        let asked = self.runtime.spawn(async move { question::ask(callback, &queue, &mut hurry).await });
        // The runtime has ended, and the engine with it.
        Ok(asked.await.unwrap_or(Outcome::NotMine))
    }
}

#[interface(name = "narthex.Delivery")]
impl Delivery {
    /// The answer is that of a handover of version 2.
    async fn offer(&self, address: String) -> Result<u8, Error> {
        self.outcome(address).await.map(handover::code)
    }

    /// For callers of version 1, which know no answer but an error.
    async fn deliver(&self, address: String) -> Result<(), Error> {
        match self.outcome(address).await? {
            Outcome::Taken | Outcome::Stopped => Ok(()),
            Outcome::NotMine | Outcome::Busy => Err(Error::Failed("not taken".to_owned())),
        }
    }
}

/// A connection to the bus.
#[derive(Clone, Debug)]
pub(super) struct Bus(Connection);

impl Bus {
    /// `None` when there is no bus, or none that answers.
    pub(super) async fn connect() -> Option<Self> {
        let connected = async { Builder::session()?.method_timeout(PATIENCE).build().await };
        timeout(CONNECTING, connected).await.ok()?.ok().map(Self)
    }

    /// The names of the application that are on the bus.
    pub(super) async fn names(&self, app: &str) -> Vec<String> {
        let listed = async { DBusProxy::new(&self.0).await?.list_names().await };
        let Ok(Ok(all)) = timeout(CONNECTING, listed).await else { return Vec::new() };
        let prefix = prefix(app);
        all.iter().filter_map(|name| name.as_str().strip_prefix(&prefix)).map(str::to_owned).collect()
    }

    /// What the process that has this name does with the callback.
    pub(super) async fn deliver(&self, app: &str, name: &str, callback: &Callback) -> Handover {
        match self.call(app, name, "Offer", callback).await {
            Ok(answer) => answer.body().deserialize().map_or(Handover::Refused, handover::decoded),
            Err(zbus::Error::InputOutput(_)) => Handover::Answered(Outcome::Busy),
            Err(_) => Handover::Refused,
        }
    }

    /// The same for one of version 1; whether it has taken it.
    pub(super) async fn deliver_version_1(&self, app: &str, name: &str, callback: &Callback) -> bool {
        self.call(app, name, "Deliver", callback).await.is_ok()
    }

    async fn call(
        &self,
        app: &str,
        name: &str,
        method: &str,
        callback: &Callback,
    ) -> zbus::Result<zbus::Message> {
        let (name, body) = (format!("{}{name}", prefix(app)), callback.address().expose().as_str());
        self.0.call_method(Some(name), PATH, Some(INTERFACE), method, &body).await
    }
}
