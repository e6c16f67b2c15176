//! The stages of user-interactive authentication, by name.
//!
//! Client-server specification, "User-Interactive Authentication API".

use serde::{Deserialize, Serialize};

/// The name of a stage, such as `m.login.terms`; at most 128 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Stage(String);

/// What a stage asks of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StageKind {
    /// Nothing.
    Dummy,
    /// To accept policies.
    Terms,
    /// A registration token.
    RegistrationToken,
    /// A confirmed e-mail address.
    Email,
    /// A confirmed phone number.
    Phone,
    /// To prove to be a user, in the browser.
    Recaptcha,
    /// Something only the server's own page knows.
    Other,
}

/// How a confirmation reaches the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// By e-mail.
    Email,
    /// By phone.
    Phone,
}

impl Stage {
    /// The longest name that is taken seriously, in bytes.
    pub const MAX: usize = 128;

    /// A stage of this name, if it is not empty or too long.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        (!name.is_empty() && name.len() <= Self::MAX && !name.chars().any(char::is_control))
            .then(|| Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it asks for.
    #[must_use]
    pub fn kind(&self) -> StageKind {
        match self.as_str() {
            "m.login.dummy" => StageKind::Dummy,
            "m.login.terms" => StageKind::Terms,
            // The second is MSC3231's name from before the specification took it up.
            "m.login.registration_token" | "org.matrix.msc3231.login.registration_token" => {
                StageKind::RegistrationToken
            }
            "m.login.email.identity" => StageKind::Email,
            "m.login.msisdn" => StageKind::Phone,
            "m.login.recaptcha" => StageKind::Recaptcha,
            _ => StageKind::Other,
        }
    }
}

impl<'de> Deserialize<'de> for Stage {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom("not a stage name"))
    }
}
