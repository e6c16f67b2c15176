//! Which exchange shows what is wrong?

use std::hash::{Hash, Hasher};

use serde::Serialize;

use crate::io::{Method, Time};

/// One HTTP exchange, as much of it as may be shown and reported: never a body, a query or a header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The method.
    pub method: Method,
    /// The host, with its port if that is not the default.
    pub host: String,
    /// The path.
    pub path: String,
    /// The status, if there was an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The Matrix error code, if the answer had one; at most 128 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errcode: Option<String>,
    /// What the server says about it, for people; untrusted, one line of at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When the answer came.
    pub at: Time,
}

/// How something was found out makes no difference to what can follow.
impl Hash for Evidence {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
