//! What must outlive the process while a flow is unfinished: versioned, and only what cannot be asked again.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::secret::Secret;

/// What is saved cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavedError {
    /// It was written by a newer version.
    TooNew,
    /// It is damaged.
    Damaged,
}

impl SavedError {
    pub(crate) fn of(json: &str) -> Self {
        #[derive(Deserialize)]
        struct Version {
            version: String,
        }
        match serde_json::from_str::<Version>(json) {
            Ok(Version { version }) if version != "1" => Self::TooNew,
            Ok(_) | Err(_) => Self::Damaged,
        }
    }
}

impl std::fmt::Display for SavedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooNew => "saved by a newer version",
            Self::Damaged => "damaged",
        })
    }
}

impl std::error::Error for SavedError {}

/// The one way to serialise a secret: by naming this module on the field.
pub(crate) mod exposed {
    use super::{Deserialize as _, Deserializer, Secret, Serializer};

    pub(crate) fn serialize<S: Serializer>(secret: &Secret<String>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret<String>, D::Error> {
        Secret::deserialize(from)
    }
}

/// The same, for one that may be absent.
pub(crate) mod exposed_option {
    use super::{Deserialize as _, Deserializer, Secret, Serialize as _, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        secret: &Option<Secret<String>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(Secret::expose).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Secret<String>>, D::Error> {
        Option::deserialize(from)
    }
}

/// An unfinished flow, or a session: what [`Engine::resume`](crate::Engine::resume) goes on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    session: crate::Session,
}

impl Saved {
    /// The JSON to keep, secrets included: for a keyring or an encrypted file. It has a version.
    #[must_use]
    pub fn to_json(&self) -> Secret<String> {
        self.session.to_json()
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// When it is damaged, or of a version that is not known yet.
    pub fn from_json(json: &str) -> Result<Self, SavedError> {
        crate::Session::from_json(json).map(|session| Self { session })
    }
}

impl From<crate::Session> for Saved {
    fn from(session: crate::Session) -> Self {
        Self { session }
    }
}
