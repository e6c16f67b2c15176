//! How does an address come over the session bus? By a name for each profile, and one method.

use std::collections::BTreeSet;
use std::time::Duration;

use narthex::Secret;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use zbus::connection::Builder;
use zbus::fdo::{DBusProxy, Error};
use zbus::{Connection, interface};

use super::handover::PATIENCE;
use crate::address;

/// How long the bus itself may take. One that does not answer is none.
const CONNECTING: Duration = Duration::from_secs(3);
const PATH: &str = "/callback";
/// No reversed host: it is the same for every application that uses this.
const INTERFACE: &str = "narthex.Delivery";

/// The name of a profile on the bus, which lets go of it when the process ends in whichever way.
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
    pub(super) async fn claim(app: &str, profile: &str, to: mpsc::Sender<Secret<String>>) -> Answer {
        let connected = async {
            Builder::session()?
                .name(name(app, profile))?
                .allow_name_replacements(false)
                .replace_existing_names(false)
                .serve_at(PATH, Delivery { to })?
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

/// A profile may begin with a digit, and a part of a name on the bus may not.
fn name(app: &str, profile: &str) -> String {
    format!("{}{profile}", prefix(app))
}

fn prefix(app: &str) -> String {
    format!("{app}.Callback._")
}

struct Delivery {
    to: mpsc::Sender<Secret<String>>,
}

#[interface(name = "narthex.Delivery")]
impl Delivery {
    fn deliver(&self, address: String) -> Result<(), Error> {
        let address =
            address::parse(address.into()).ok_or_else(|| Error::InvalidArgs("not an address".to_owned()))?;
        self.to.try_send(address).map_err(|_| Error::LimitsExceeded("too many wait".to_owned()))
    }
}

/// Hands an address to every profile of the application that is on the bus; those that have taken it.
pub(super) async fn deliver(app: &str, address: &Secret<String>) -> BTreeSet<String> {
    let connected = async {
        let connection = Builder::session()?.method_timeout(PATIENCE).build().await?;
        let names = DBusProxy::new(&connection).await?.list_names().await?;
        zbus::Result::Ok((connection, names))
    };
    let Ok(Ok((connection, names))) = timeout(CONNECTING, connected).await else { return BTreeSet::new() };
    let prefix = prefix(app);
    let mut deliveries = JoinSet::new();
    for profile in names.iter().filter_map(|name| name.as_str().strip_prefix(&prefix)) {
        let (connection, profile, address) = (connection.clone(), profile.to_owned(), address.clone());
        let name = format!("{prefix}{profile}");
        deliveries.spawn(async move {
            let body = address.expose().as_str();
            let call = connection.call_method(Some(name), PATH, Some(INTERFACE), "Deliver", &body).await;
            call.is_ok().then_some(profile)
        });
    }
    deliveries.join_all().await.into_iter().flatten().collect()
}
