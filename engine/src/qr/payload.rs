//! What is in the code that one device shows and the other scans?
//!
//! MSC4108 of 2024 and of 2025, "QR code format".

mod decode;
mod form;
#[cfg(test)]
mod tests;
mod wrong;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use self::form::{Form, sized};
pub use self::form::{Generation, Role};
use self::form::{KIND_2024, KIND_2025, MAX, MAX_TEXT, PREFIX, UNSTABLE_PREFIX};
pub use self::wrong::{QrField, WrongCode};
use super::base64;
use super::key::PublicKey;

/// The content of a code for a sign-in.
///
/// With it one can take part in the sign-in: it belongs on the screen, and in no log. `Debug` leaves out where the
/// devices meet.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct QrPayload {
    key: PublicKey,
    form: Form,
}

impl QrPayload {
    /// What a device shows whose public key is `key`; `None` if that would be longer than a code may be (1024 bytes).
    pub(crate) fn new(key: PublicKey, form: Form) -> Option<Self> {
        let payload = Self { key, form };
        (payload.to_bytes().len() <= MAX).then_some(payload)
    }

    /// The content of a code, as the raw bytes of the picture: readers that give text have lost some of them.
    ///
    /// # Errors
    ///
    /// What it is instead, or what is wrong with it. That a device of the same role shows it is not wrong here: see
    /// [`shown_by`](Self::shown_by).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WrongCode> {
        let (key, form) = decode::decode(bytes)?;
        // An address may be longer as it is written again.
        Self::new(key, form).ok_or(WrongCode::TooLong)
    }

    /// The same from base64: the standard alphabet, padded or not, broken into lines or not.
    ///
    /// # Errors
    ///
    /// As of [`from_bytes`](Self::from_bytes).
    pub fn from_base64(text: &str) -> Result<Self, WrongCode> {
        if text.len() > MAX_TEXT {
            return Err(WrongCode::TooLong);
        }
        let joined: String = text.split_ascii_whitespace().collect();
        let bytes = base64::decode(&joined).filter(|_| !joined.is_empty());
        let Some(bytes) = bytes else { return Err(wrong::of_text(text)) };
        // Many a word is base64, of something.
        Self::from_bytes(&bytes).map_err(|wrong| match wrong {
            WrongCode::Unknown | WrongCode::Link | WrongCode::Text => wrong::of_text(text),
            WrongCode::Verification
            | WrongCode::BothNew
            | WrongCode::BothSignedIn
            | WrongCode::Newer
            | WrongCode::ReadAsText
            | WrongCode::Truncated(_)
            | WrongCode::Invalid(_)
            | WrongCode::Insecure(_)
            | WrongCode::TooLong => wrong,
        })
    }

    /// The bytes to draw, in byte mode and in one segment.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let key = self.key.as_bytes().as_slice();
        match &self.form {
            Form::V2024 { cell, homeserver } => {
                let mode = if homeserver.is_none() { 0x03 } else { 0x04 };
                let name = homeserver.as_ref().map(|homeserver| sized(homeserver.written()));
                let parts = [PREFIX, &[KIND_2024, mode], key, &sized(cell.url().as_str())];
                [parts.concat(), name.unwrap_or_default()].concat()
            }
            Form::V2025 { shown_by, base_url, cell, stable } => {
                let prefix = if *stable { PREFIX } else { UNSTABLE_PREFIX };
                let intent = match shown_by {
                    Role::New => 0x00,
                    Role::Existing => 0x01,
                };
                let id = cell.as_str().as_bytes();
                let length = u8::try_from(id.len()).expect("the id of a cell has at most 255 bytes");
                [prefix, &[KIND_2025, intent], key, &[length], id, &sized(base_url.written())].concat()
            }
        }
    }

    /// The same as text: unpadded base64 of the standard alphabet.
    #[must_use]
    pub fn to_base64(&self) -> String {
        base64::encode(&self.to_bytes())
    }

    /// Which generation it is of.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        match self.form {
            Form::V2024 { .. } => Generation::V2024,
            Form::V2025 { .. } => Generation::V2025,
        }
    }

    /// What the device is that shows it. The one that scans it must be the other.
    #[must_use]
    pub const fn shown_by(&self) -> Role {
        match self.form {
            Form::V2024 { homeserver: None, .. } => Role::New,
            Form::V2024 { homeserver: Some(_), .. } => Role::Existing,
            Form::V2025 { shown_by, .. } => shown_by,
        }
    }

    /// The key of the device that shows it.
    pub(crate) const fn key(&self) -> &PublicKey {
        &self.key
    }

    pub(crate) const fn form(&self) -> &Form {
        &self.form
    }
}

/// What was scanned: the content of a code, or why it is none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScannedCode(pub(crate) Result<Box<QrPayload>, WrongCode>);

impl ScannedCode {
    /// The raw bytes of the picture.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(QrPayload::from_bytes(bytes).map(Box::new))
    }

    /// The same as base64.
    #[must_use]
    pub fn from_base64(text: &str) -> Self {
        Self(QrPayload::from_base64(text).map(Box::new))
    }
}

/// Any text is something that was scanned.
impl<'de> Deserialize<'de> for ScannedCode {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self::from_base64(&text))
    }
}

impl fmt::Debug for QrPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (generation, shown_by) = (self.generation(), self.shown_by());
        f.debug_struct("QrPayload")
            .field("generation", &generation)
            .field("shown_by", &shown_by)
            .finish_non_exhaustive()
    }
}

impl Serialize for QrPayload {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_base64())
    }
}

impl<'de> Deserialize<'de> for QrPayload {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::from_base64(&text).map_err(|wrong| serde::de::Error::custom(format!("{wrong:?}")))
    }
}
