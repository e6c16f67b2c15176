//! What do the two devices say to each other through the channel?
//!
//! MSC4108, "Messages": JSON objects with a `type`. Unknown fields are left alone, `null` is as good as nothing, and of
//! two fields of one name the last counts.

mod form;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use self::form::{Message, MessageError, Protocol, Reason};
use super::payload::Generation;
use crate::secret::Secret;
use crate::secrets::SecretsBundle;

impl Message {
    /// What a channel of that generation opened.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn from_json(bytes: &Secret<Vec<u8>>, generation: Generation) -> Result<Self, MessageError> {
        read::read(bytes.expose(), generation)
    }

    /// What a channel of that generation is to seal. It refuses what is too long.
    pub(crate) fn to_json(&self, generation: Generation) -> Secret<Vec<u8>> {
        write::write(self, generation)
    }
}

impl SecretsBundle {
    /// The fields of `m.login.secrets` as JSON.
    #[must_use]
    pub fn to_json(&self) -> Secret<Vec<u8>> {
        write::bundle(self, None)
    }

    /// Reads what [`to_json`](Self::to_json), or matrix-rust-sdk, wrote. `None` where that is no bundle.
    #[must_use]
    pub fn from_json(json: &Secret<Vec<u8>>) -> Option<Self> {
        read::bundle(json.expose())
    }
}
