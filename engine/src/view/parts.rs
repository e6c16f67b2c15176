//! Of what do screens consist?

use serde::{Deserialize, Serialize};
use url::Url;

use crate::failure::Failure;
use crate::io::Time;

/// One of the account's devices.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Device {
    /// Its id.
    pub device_id: String,
    /// What it is called, if it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// When the server last heard of it, if it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Time>,
    /// Whether it is this one.
    pub is_this: bool,
}

/// A policy to accept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Policy {
    /// The server's name for it.
    pub id: String,
    /// Which version.
    pub version: String,
    /// What to call it, in `language`.
    pub name: String,
    /// The language chosen from those there are.
    pub language: String,
    /// Where to read it.
    pub url: Url,
}

/// Whether a username is free.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Availability {
    /// Not asked.
    Unknown,
    /// Being asked, or about to be.
    Checking,
    /// It was when the server answered.
    Free,
    /// It cannot be had.
    Refused {
        /// Why.
        failure: Failure,
        /// Another one to try, if it is taken. Not checked.
        #[serde(skip_serializing_if = "Option::is_none")]
        suggestion: Option<String>,
    },
}
