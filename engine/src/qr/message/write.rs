//! How is a message written?

use serde::Serialize;

use super::form::{DEVICE_GRANT, Message, Protocol};
use crate::qr::base64;
use crate::qr::channel::MAX_MESSAGE;
use crate::qr::payload::Generation;
use crate::secret::{Secret, exposed};
use crate::secrets::{BackupKey, SecretsBundle};

/// The bytes to seal. In a failure there is no `homeserver`: matrix-rust-sdk reads it as an address, and the MSC has a
/// name there.
pub(super) fn write(message: &Message, generation: Generation) -> Secret<Vec<u8>> {
    match message {
        Message::Protocols { device_grant, homeserver } => {
            let protocols = if *device_grant { &[DEVICE_GRANT][..] } else { &[] };
            let server = Some(homeserver.written());
            let (homeserver, base_url) = match generation {
                Generation::V2024 => (server, None),
                Generation::V2025 => (None, server),
            };
            json(&Protocols { r#type: "m.login.protocols", protocols, homeserver, base_url })
        }
        Message::Protocol(Protocol::DeviceGrant {
            device_id,
            verification_uri,
            verification_uri_complete,
        }) => json(&DeviceGrant {
            r#type: "m.login.protocol",
            protocol: DEVICE_GRANT,
            device_id,
            device_authorization_grant: Pages {
                verification_uri: verification_uri.as_str(),
                verification_uri_complete: verification_uri_complete.as_ref().map(url::Url::as_str),
            },
        }),
        Message::Protocol(Protocol::Other(protocol)) => {
            json(&OtherProtocol { r#type: "m.login.protocol", protocol })
        }
        Message::ProtocolAccepted => json(&Bare { r#type: "m.login.protocol_accepted", reason: None }),
        Message::Success => json(&Bare { r#type: "m.login.success", reason: None }),
        Message::Declined => json(&Bare { r#type: "m.login.declined", reason: None }),
        Message::Failure(reason) => json(&Bare { r#type: "m.login.failure", reason: Some(reason.as_str()) }),
        Message::Secrets(secrets) => bundle(secrets, Some("m.login.secrets")),
    }
}

/// The private keys of an account, as a message of this type, or without.
pub(super) fn bundle(secrets: &SecretsBundle, r#type: Option<&'static str>) -> Secret<Vec<u8>> {
    let key = |key: &Secret<[u8; 32]>| Secret::new(base64::encode(key.expose()));
    let keys = [key(&secrets.master_key), key(&secrets.self_signing_key), key(&secrets.user_signing_key)];
    let [master_key, self_signing_key, user_signing_key] = &keys;
    json(&Bundle {
        r#type,
        cross_signing: CrossSigning { master_key, self_signing_key, user_signing_key },
        backup: secrets.backup.as_ref().map(|BackupKey { algorithm, key, version }| Backup {
            algorithm,
            key,
            backup_version: version,
        }),
    })
}

/// In one piece of memory, which is wiped: it is not moved as it grows.
fn json(message: &impl Serialize) -> Secret<Vec<u8>> {
    let mut bytes = Secret::new(Vec::with_capacity(MAX_MESSAGE));
    serde_json::to_writer(bytes.expose_mut(), message)
        .expect("a message has no maps, and memory does not fail");
    bytes
}

#[derive(Serialize)]
struct Bare<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Protocols<'a> {
    r#type: &'static str,
    protocols: &'a [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    homeserver: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_url: Option<&'a str>,
}

#[derive(Serialize)]
struct DeviceGrant<'a> {
    r#type: &'static str,
    protocol: &'static str,
    device_id: &'a str,
    device_authorization_grant: Pages<'a>,
}

#[derive(Serialize)]
struct OtherProtocol<'a> {
    r#type: &'static str,
    protocol: &'a str,
}

#[derive(Serialize)]
struct Pages<'a> {
    verification_uri: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_uri_complete: Option<&'a str>,
}

#[derive(Serialize)]
struct Bundle<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    cross_signing: CrossSigning<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backup: Option<Backup<'a>>,
}

#[derive(Serialize)]
struct CrossSigning<'a> {
    #[serde(serialize_with = "exposed::serialize")]
    master_key: &'a Secret<String>,
    #[serde(serialize_with = "exposed::serialize")]
    self_signing_key: &'a Secret<String>,
    #[serde(serialize_with = "exposed::serialize")]
    user_signing_key: &'a Secret<String>,
}

#[derive(Serialize)]
struct Backup<'a> {
    algorithm: &'a str,
    #[serde(serialize_with = "exposed::serialize")]
    key: &'a Secret<String>,
    backup_version: &'a str,
}
