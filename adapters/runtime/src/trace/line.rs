//! The lines of a trace.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use narthex::{Client, EncryptionProblem, LeaseProblem, Lost, Method, StorageProblem, Time, View};
use url::Url;

/// The version of this format.
pub(crate) const VERSION: u32 = 2;

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub(crate) enum Line {
    /// The first.
    Header {
        version: u32,
        at: Time,
        /// The seed of what others may see, in hexadecimal. The one for secrets is nowhere.
        ids: String,
        device_name: String,
        languages: Vec<String>,
        client: Box<Client>,
        #[serde(default)]
        encryption: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rendezvous: Option<Url>,
        /// What the engine was resumed from, without its secrets.
        #[serde(skip_serializing_if = "Option::is_none")]
        resumed: Option<String>,
    },
    Input {
        at: Time,
        #[serde(flatten)]
        input: Heard,
    },
    Outcome {
        effects: Vec<Asked>,
        /// Absent when it is the same as before.
        #[serde(skip_serializing_if = "Option::is_none")]
        view: Option<Value>,
    },
    /// There was more, but no room.
    Full,
    /// The last; absent when the process was killed.
    End,
}

/// An [`Input`](narthex::Input).
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Heard {
    Intent {
        intent: Value,
    },
    Answer {
        id: u64,
        status: u16,
        headers: Vec<(String, String)>,
        body: Body,
    },
    /// An answer of which nothing more is written down: what it says, and what follows from it, is between two devices.
    Hidden {
        id: u64,
        status: u16,
    },
    /// Something else that is between two devices: a code that was scanned, the keys of an account.
    Between,
    Lost {
        id: u64,
        lost: Lost,
    },
    Listening {
        id: u64,
        origin: Url,
    },
    NotListening {
        id: u64,
        lost: Lost,
    },
    /// With what is stored, without its secrets.
    Leased {
        id: u64,
        stored: Option<String>,
    },
    NotLeased {
        id: u64,
        problem: LeaseProblem,
    },
    Stored {
        id: u64,
        problem: Option<StorageProblem>,
    },
    SecretsFound {
        id: u64,
        found: Result<bool, EncryptionProblem>,
    },
    Callback {
        address: String,
    },
    Tick,
}

/// The body of an answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Body {
    /// JSON, without its secrets.
    Json(String),
    /// No JSON, and so not written down: the first byte, if it is printable ASCII, and the length in bytes.
    Opaque { first: Option<char>, bytes: usize },
}

/// An [`Effect`](narthex::Effect).
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub(crate) enum Asked {
    Http { id: u64, method: Method, origin: String, path: String },
    Listen { id: u64, path: String, port: Option<u16> },
    Lease { id: u64, user_id: String, device_id: String },
    Prove { id: u64 },
    Store { id: u64, user_id: String, device_id: String },
    Erase { id: u64, user_id: String, device_id: String },
    FindSecrets { id: u64, user_id: String, device_id: String },
    ShareSecrets { id: u64, user_id: String, device_id: String },
    AdoptSecrets { id: u64, user_id: String, device_id: String },
    Browse { origin: String, path: String },
    Cancel { id: u64 },
}

/// A view as a trace and a replay compare it.
pub(crate) fn shown(view: &View) -> Value {
    serde_json::to_value(view).unwrap_or(Value::Null)
}
