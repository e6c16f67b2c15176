//! What an embedder decides for the engine.

use serde::{Deserialize, Serialize};
use url::Url;

/// What an embedder decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How the new device shows in the account's list of devices, such as `Example on Linux`.
    ///
    /// Sent as `initial_device_display_name`; other members of the user's rooms may see it.
    pub device_name: String,
    /// The user's languages, best first, as BCP 47 tags: which translation of a policy is shown.
    pub languages: Vec<String>,
    /// The application, as it registers with authorization servers.
    pub client: Client,
    /// Whether the host does [`Effect::FindSecrets`](crate::Effect::FindSecrets) and its like. Without, no other device is
    /// linked, and one that is signed in by QR code is not verified by that.
    pub encryption: bool,
    /// The homeserver at which a new device that knows no server shows a QR code: its rendezvous has to be open to all. Where
    /// there is none, such a device only scans.
    pub rendezvous: Option<Url>,
}

/// An application, as it registers with an authorization server and the user sees it there (RFC 7591).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// What it is called.
    pub name: String,
    /// Its home page: `https`. All its other addresses have to be on this host, or below it.
    pub uri: Url,
    /// Its logo.
    pub logo_uri: Option<Url>,
    /// Its terms of service.
    pub tos_uri: Option<Url>,
    /// Its privacy policy.
    pub policy_uri: Option<Url>,
    /// A private-use scheme that leads to this application on this machine, such as `com.example.app`.
    ///
    /// The browser's answer comes this way where no loopback listener can be had. One that [`lint`](crate::lint) would
    /// refuse is not used, because one bad address makes a server refuse all.
    pub scheme: Option<String>,
    /// The client ids that this application already has, by issuer: given out by the server's admin, or kept from
    /// earlier sessions. Where there is none, or the server has forgotten it, the application registers itself.
    pub known: Vec<KnownClient>,
}

/// As whom an application is known to an authorization server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownClient {
    /// The authorization server, exactly as it calls itself.
    pub issuer: String,
    /// The client id there.
    pub client_id: String,
}

impl Client {
    /// An application of this name with this home page, and nothing else. There is no default: a server shows both to
    /// the user who is asked for consent.
    #[must_use]
    pub fn new(name: impl Into<String>, uri: Url) -> Self {
        Self {
            name: name.into(),
            uri,
            logo_uri: None,
            tos_uri: None,
            policy_uri: None,
            scheme: None,
            known: Vec::new(),
        }
    }
}

impl Config {
    /// For this application: a device that is called as it is, and English.
    #[must_use]
    pub fn new(client: Client) -> Self {
        let (device_name, languages) = (client.name.clone(), vec!["en".to_owned()]);
        Self { device_name, languages, client, encryption: false, rendezvous: None }
    }
}
