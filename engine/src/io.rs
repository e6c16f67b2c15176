//! Everything that crosses the border of the engine, in either direction.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::intent::Intent;
use crate::secret::Secret;
use crate::secrets::{EncryptionProblem, SecretsBundle, Trust};
use crate::session::Session;

pub use crate::lost::{LeaseProblem, Lost, StorageProblem};
pub use crate::time::Time;

/// The longest callback address that is looked at, in bytes.
const MAX_CALLBACK: usize = 32 * 1024;

/// Names one effect; its reply carries the same name. Never reused within an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EffectId(pub u64);

/// What happened in the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The user, or the program in their place, asked for something.
    Intent(Intent),
    /// An effect finished, or told of its progress.
    Reply {
        /// The effect that this answers.
        id: EffectId,
        /// The answer.
        reply: Reply,
    },
    /// A callback address reached the application: from a listener, a URL scheme, or pasted by the user.
    Callback(Callback),
    /// Nothing but time passed.
    Tick,
}

/// The address at which a browser ended up after an authorization request or a single sign-on (RFC 6749 §4.1.2).
///
/// Anything at all may be in it: what is longer than 32 KiB, no address, or not awaited is ignored. It may hold an
/// authorization code or a login token, so it is a secret. As JSON it is a string.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Callback(Secret<String>);

impl Callback {
    /// The whole address, as it came.
    #[must_use]
    pub const fn address(&self) -> &Secret<String> {
        &self.0
    }

    /// `None` when it is none that is looked at.
    pub(crate) fn url(&self) -> Option<Url> {
        let address = self.0.expose();
        if address.len() > MAX_CALLBACK { None } else { Url::parse(address.trim()).ok() }
    }
}

impl From<Secret<String>> for Callback {
    fn from(address: Secret<String>) -> Self {
        Self(address)
    }
}

impl From<String> for Callback {
    fn from(address: String) -> Self {
        Self(Secret::new(address))
    }
}

impl From<&str> for Callback {
    fn from(address: &str) -> Self {
        Self(address.into())
    }
}

/// What the engine asks of the world.
///
/// Every effect but [`Browse`](Self::Browse) and [`Cancel`](Self::Cancel) is answered by a [`Reply`] with its
/// id, once ([`Reply::Listening`] and [`Reply::Leased`] are progress: their effects stay open).
#[derive(Clone, PartialEq, Eq)]
pub enum Effect {
    /// Perform one HTTP exchange, following no redirect. Answer with [`Reply::Http`].
    Http {
        /// Which effect this is.
        id: EffectId,
        /// What to send.
        request: Request,
    },
    /// Listen on the loopback interface, on 127.0.0.1 and ::1, for a GET of `path`, until cancelled.
    ///
    /// Answer at once with [`Reply::Listening`]; pass the whole address of each GET of `path` on as
    /// [`Input::Callback`]; ignore everything else and keep listening.
    Listen {
        /// Which effect this is.
        id: EffectId,
        /// The path to listen for, with its leading slash. It may be known to others: what guards a sign-in is in the
        /// query.
        path: String,
        /// The port to ask for, when an earlier run had one; any other will do.
        port: Option<u16>,
    },
    /// Show that a session could be stored now: write something of a session's size where sessions go, and take it away
    /// again. Answer with [`Reply::Stored`].
    ///
    /// Asked before a password, a code or a registration leaves, so that no server is asked for a session that nobody
    /// could keep.
    Prove {
        /// Which effect this is.
        id: EffectId,
    },
    /// Take the lease of a stored session: the exclusive right to refresh it, to end it, and to change what is stored
    /// of it, among all engines and processes that share the store.
    ///
    /// Answer with [`Reply::Leased`], with the session as it is stored once the lease is held, and hold the lease until
    /// this effect is cancelled. Until it is free, wait; the engine cancels after its own patience. A store that only
    /// one engine uses grants it at once.
    ///
    /// Grant it only where a session could be stored now, as for [`Prove`](Self::Prove): what is done under it brings
    /// tokens that replace the stored ones.
    Lease {
        /// Which effect this is.
        id: EffectId,
        /// At which homeserver: another server may give out the same user and device.
        homeserver: Url,
        /// Whose session.
        user_id: String,
        /// On which device.
        device_id: String,
    },
    /// Make `session` durable, replacing an earlier one of the same homeserver, user and device, and no other. Answer
    /// with [`Reply::Stored`].
    Store {
        /// Which effect this is.
        id: EffectId,
        /// The session to keep.
        session: Session,
    },
    /// Forget the stored session of this homeserver, user and device. Answer with [`Reply::Stored`].
    Erase {
        /// Which effect this is.
        id: EffectId,
        /// At which homeserver: another server may give out the same user and device.
        homeserver: Url,
        /// Whose session.
        user_id: String,
        /// On which device.
        device_id: String,
    },
    /// Find out whether the private cross-signing keys of this session's account are on this device. Answer with
    /// [`Reply::SecretsFound`].
    FindSecrets {
        /// Which effect this is.
        id: EffectId,
        /// The session.
        session: Session,
    },
    /// Hand the private keys of this session's account over: another device gets them. Answer with
    /// [`Reply::SecretsShared`].
    ShareSecrets {
        /// Which effect this is.
        id: EffectId,
        /// The session.
        session: Session,
    },
    /// Take these private keys for this session, sign its device with them, and upload the device's keys once. Answer with
    /// [`Reply::SecretsAdopted`]. They are the account's own: that was looked at.
    ///
    /// Cancelled, it is let finish, as [`Store`](Self::Store) is.
    AdoptSecrets {
        /// Which effect this is.
        id: EffectId,
        /// The session.
        session: Session,
        /// What to take.
        secrets: SecretsBundle,
    },
    /// Show a page in the system browser. It has no answer: the user may also open it by hand.
    Browse {
        /// The page.
        url: Url,
    },
    /// Stop this effect; its answer is no longer wanted. Best effort: a late reply is ignored.
    Cancel {
        /// The effect to stop.
        id: EffectId,
    },
}

impl Effect {
    /// The id, for an effect that will be answered.
    #[must_use]
    pub const fn id(&self) -> Option<EffectId> {
        match self {
            Self::Http { id, .. }
            | Self::Listen { id, .. }
            | Self::Prove { id }
            | Self::Lease { id, .. }
            | Self::Store { id, .. }
            | Self::Erase { id, .. }
            | Self::FindSecrets { id, .. }
            | Self::ShareSecrets { id, .. }
            | Self::AdoptSecrets { id, .. } => Some(*id),
            Self::Browse { .. } | Self::Cancel { .. } => None,
        }
    }
}

impl fmt::Debug for Effect {
    /// Without queries and paths that guard a flow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http { id, request } => write!(f, "Http({}, {request:?})", id.0),
            Self::Listen { id, port, .. } => write!(f, "Listen({}, {port:?})", id.0),
            Self::Prove { id } => write!(f, "Prove({})", id.0),
            Self::Lease { id, user_id, device_id, .. } => write!(f, "Lease({}, {user_id} {device_id})", id.0),
            Self::Store { id, session } => {
                write!(f, "Store({}, {} {})", id.0, session.user_id, session.device_id)
            }
            Self::Erase { id, user_id, device_id, .. } => write!(f, "Erase({}, {user_id} {device_id})", id.0),
            Self::FindSecrets { id, session } => {
                write!(f, "FindSecrets({}, {} {})", id.0, session.user_id, session.device_id)
            }
            Self::ShareSecrets { id, session } => {
                write!(f, "ShareSecrets({}, {} {})", id.0, session.user_id, session.device_id)
            }
            Self::AdoptSecrets { id, session, .. } => {
                write!(f, "AdoptSecrets({}, {} {})", id.0, session.user_id, session.device_id)
            }
            Self::Browse { url } => write!(f, "Browse({}{})", url.origin().ascii_serialization(), url.path()),
            Self::Cancel { id } => write!(f, "Cancel({})", id.0),
        }
    }
}

/// The answer to an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// To [`Effect::Http`].
    Http(Result<Response, Lost>),
    /// To [`Effect::Listen`]: the origin that listens, such as `http://127.0.0.1:49152/`.
    Listening(Result<Url, Lost>),
    /// To [`Effect::Lease`]: held, with the session as it is stored now, or `None` if there is none any more. An error
    /// ends the lease, before it was granted or after.
    Leased(Result<Option<Box<Session>>, LeaseProblem>),
    /// To [`Effect::Prove`], [`Effect::Store`] and [`Effect::Erase`].
    Stored(Result<(), StorageProblem>),
    /// To [`Effect::FindSecrets`]: whether all of them are there.
    SecretsFound(Result<bool, EncryptionProblem>),
    /// To [`Effect::ShareSecrets`].
    SecretsShared(Result<SecretsBundle, EncryptionProblem>),
    /// To [`Effect::AdoptSecrets`]: what the server shows of this device since.
    SecretsAdopted(Result<Trust, EncryptionProblem>),
}

impl Reply {
    /// Whether the effect goes on after this reply.
    pub(crate) const fn is_progress(&self) -> bool {
        matches!(self, Self::Listening(Ok(_)) | Self::Leased(Ok(_)))
    }
}

/// An HTTP method that the engine uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// DELETE
    Delete,
    /// OPTIONS
    Options,
}

impl Method {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }
}

/// An HTTP request. Its body, headers and query may hold secrets, so none of them is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute address: `https`, or `http` on a loopback host.
    pub url: Url,
    /// Headers to send, names in lower case.
    pub headers: Vec<(&'static str, Secret<String>)>,
    /// The body; empty for none.
    pub body: Secret<Vec<u8>>,
    /// Give up with [`Lost::TooLarge`] when the decoded body of the answer is larger, in bytes.
    pub limit: usize,
    /// Give up with [`Lost::Timeout`] when the whole exchange takes longer, from connecting to the end of the body.
    ///
    /// The engine gives up by itself about then. Whoever gives up earlier takes time from a slow server.
    pub patience: Duration,
    /// What may be told of the path, where the path itself or the answer would let a stranger take part in an exchange
    /// (a rendezvous). Then log and record neither of them.
    pub shown_path: Option<&'static str>,
}

impl Request {
    /// The path, as far as it may be told.
    #[must_use]
    pub fn shown_path(&self) -> &str {
        self.shown_path.unwrap_or_else(|| self.url.path())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = self.url.origin().ascii_serialization();
        write!(f, "{} {origin}{}", self.method.as_str(), self.shown_path())
    }
}

pub(crate) const CONTENT_TYPE: &str = "content-type";
pub(crate) const LOCATION: &str = "location";
pub(crate) const RETRY_AFTER: &str = "retry-after";
pub(crate) const ETAG: &str = "etag";
pub(crate) const EXPIRES: &str = "expires";
pub(crate) const DATE: &str = "date";

/// The response headers that the engine reads, in lower case: a driver may drop all others.
pub const HEADERS_READ: [&str; 6] = [CONTENT_TYPE, LOCATION, RETRY_AFTER, ETAG, EXPIRES, DATE];

/// An HTTP answer, whatever its status.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case. Only [`HEADERS_READ`] are read.
    pub headers: Vec<(String, String)>,
    /// The decoded body.
    pub body: Secret<Vec<u8>>,
}

impl Response {
    /// The first header of this (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} bytes", self.status, self.body.expose().len())
    }
}
