//! Why did the world fail us below the protocol?

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// The world failed us below the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lost {
    /// The name did not resolve.
    Dns,
    /// Nothing accepted the connection.
    Connect,
    /// The proxy that is to be used does not accept the connection.
    ProxyUnreachable,
    /// The proxy that is to be used made no connection to the server: it refuses, or cannot.
    ProxyRefused,
    /// TLS could not be agreed, or the certificate is not trusted.
    Tls,
    /// The certificate has expired.
    TlsExpired {
        /// When.
        at: Time,
    },
    /// The certificate is not valid yet.
    TlsNotYetValid {
        /// When it will be.
        at: Time,
    },
    /// Nobody that this system trusts vouches for the certificate.
    TlsUntrusted,
    /// The certificate is for another name.
    TlsOtherName,
    /// What answers on this port does not speak TLS.
    NoTls,
    /// No answer in time.
    Timeout,
    /// The connection broke.
    Broken,
    /// What came was not HTTP.
    NotHttp,
    /// The answer was packed in a way that was not asked for.
    Encoding,
    /// The answer was larger than the request allowed.
    TooLarge,
    /// No socket could be opened to listen on.
    Listen,
}

/// Why a session could not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StorageProblem {
    /// The keyring is locked, or the user declined to unlock it; or there is none.
    Locked,
    /// The secrets are behind a passphrase, and none was given.
    PassphraseMissing,
    /// The passphrase is another one.
    WrongPassphrase,
    /// The key that opens the secrets is not there.
    KeyMissing,
    /// The key is another one, or it is damaged.
    WrongKey,
    /// Somebody else writes, and does not finish.
    Busy,
    /// No room is left.
    Full,
    /// Not permitted: a folder or a file that may not be read, or not be written.
    Denied,
    /// It belongs to somebody else, or others may read or change what must be the user's alone.
    Exposed,
    /// Something else is in the place of a file or a folder: a pipe, a device, a link.
    NotAFile,
    /// What is stored is damaged.
    Corrupt,
    /// A newer version wrote it.
    TooNew,
    /// The secrets are kept in another way already, in which they would not be found any more.
    OtherPlace,
    /// Anything else.
    Other,
}

/// Why a session cannot be refreshed or ended by us now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseProblem {
    /// Somebody else holds the lease, and did not let go of it in time.
    Busy,
    /// We held it, and it was taken from us.
    Lost,
    /// It cannot be taken, or what is stored cannot be read.
    Storage(StorageProblem),
}
