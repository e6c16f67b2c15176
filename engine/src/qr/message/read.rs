//! What does a message say that was opened?

use serde_json::{Map, Value};
use url::Url;

use super::form::{DEVICE_GRANT, Message, MessageError, Protocol, Reason};
use crate::address;
use crate::qr::channel::MAX_MESSAGE;
use crate::qr::payload::Generation;
use crate::qr::place::{BaseUrl, Homeserver};
use crate::qr::{base64, json};
use crate::secret::Secret;
use crate::secrets::{BackupKey, SecretsBundle};
use crate::text::one_line;

/// The longest name that is repeated, in characters.
const MAX_NAME: usize = 64;
/// The longest id or version, in bytes.
const MAX_ID: usize = 255;

/// What was opened, as a message of that generation.
pub(super) fn read(bytes: &[u8], generation: Generation) -> Result<Message, MessageError> {
    let mut fields = fields(bytes).ok_or(MessageError::Malformed)?;
    let Some(kind) = fields.text("type") else { return Err(MessageError::Malformed) };
    match kind.as_str() {
        "m.login.protocols" => protocols(fields, generation),
        "m.login.protocol" => protocol(fields).map(Message::Protocol),
        "m.login.protocol_accepted" => Ok(Message::ProtocolAccepted),
        "m.login.success" => Ok(Message::Success),
        "m.login.declined" => Ok(Message::Declined),
        "m.login.failure" => {
            let reason = fields.text("reason").ok_or(MessageError::InvalidField("reason"))?;
            let known = Reason::KNOWN.into_iter().find(|known| known.as_str() == reason);
            Ok(Message::Failure(known.unwrap_or_else(|| Reason::Other(one_line(&reason, MAX_NAME)))))
        }
        "m.login.secrets" => secrets(fields).map(Message::Secrets),
        other => Err(MessageError::UnknownType(one_line(other, MAX_NAME))),
    }
}

/// The private keys of an account, with or without the type.
pub(super) fn bundle(bytes: &[u8]) -> Option<SecretsBundle> {
    secrets(fields(bytes)?).ok()
}

fn fields(bytes: &[u8]) -> Option<Fields> {
    json::object(bytes, MAX_MESSAGE).map(Fields)
}

fn protocols(mut fields: Fields, generation: Generation) -> Result<Message, MessageError> {
    let Some(Value::Array(names)) = fields.0.remove("protocols") else {
        return Err(MessageError::InvalidField("protocols"));
    };
    let device_grant = names.iter().any(|name| name == DEVICE_GRANT);
    let mut read = |field, parse: fn(&str) -> Option<Homeserver>| {
        let text = fields.text(field);
        text.and_then(|text| parse(&text)).ok_or(MessageError::InvalidField(field))
    };
    let homeserver = match generation {
        Generation::V2024 => read("homeserver", |text| Homeserver::parse(text).ok()),
        Generation::V2025 => read("base_url", |text| BaseUrl::parse(text).ok().map(Homeserver::Address)),
    };
    Ok(Message::Protocols { device_grant, homeserver: homeserver? })
}

fn protocol(mut fields: Fields) -> Result<Protocol, MessageError> {
    let name = fields.text("protocol").ok_or(MessageError::InvalidField("protocol"))?;
    if name != DEVICE_GRANT {
        return Ok(Protocol::Other(one_line(&name, MAX_NAME)));
    }
    let device_id = fields.short("device_id")?;
    let mut grant = fields.object(DEVICE_GRANT)?;
    let mut page = |field| grant.text(field).and_then(|text| address::page(&text));
    let verification_uri: Option<Url> = page("verification_uri");
    Ok(Protocol::DeviceGrant {
        device_id,
        verification_uri: verification_uri.ok_or(MessageError::InvalidField("verification_uri"))?,
        verification_uri_complete: page("verification_uri_complete"),
    })
}

fn secrets(mut fields: Fields) -> Result<SecretsBundle, MessageError> {
    let mut keys = fields.object("cross_signing")?;
    let mut key = |field| {
        let text = keys.text(field).map(Secret::new);
        let bytes = text.and_then(|text| base64::decode(text.expose())).map(Secret::new);
        let bytes = bytes.and_then(|bytes| bytes.expose().as_slice().try_into().ok());
        bytes.map(Secret::new).ok_or(MessageError::InvalidField(field))
    };
    let (master_key, self_signing_key) = (key("master_key")?, key("self_signing_key")?);
    let user_signing_key = key("user_signing_key")?;
    let backup = match fields.0.get("backup") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
            let mut backup = fields.object("backup")?;
            Some(BackupKey {
                algorithm: backup.short("algorithm")?,
                key: backup.short("key").map(Secret::new)?,
                version: backup.short("backup_version")?,
            })
        }
    };
    Ok(SecretsBundle { master_key, self_signing_key, user_signing_key, backup })
}

/// The fields of an object. What is taken out is not copied.
struct Fields(Map<String, Value>);

impl Fields {
    fn text(&mut self, field: &str) -> Option<String> {
        match self.0.remove(field)? {
            Value::String(text) => Some(text),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// An id or the like.
    fn short(&mut self, field: &'static str) -> Result<String, MessageError> {
        let text = self.text(field).filter(|text| (1..=MAX_ID).contains(&text.len()));
        text.filter(|text| !text.contains(char::is_control)).ok_or(MessageError::InvalidField(field))
    }

    fn object(&mut self, field: &'static str) -> Result<Self, MessageError> {
        match self.0.remove(field) {
            Some(Value::Object(object)) => Ok(Self(object)),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_))
            | None => Err(MessageError::InvalidField(field)),
        }
    }
}
