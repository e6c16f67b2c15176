//! What can go wrong before an engine runs, or beside it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use narthex_delivery::scheme::SchemeProblem;
use narthex_storage::Problem;

/// Why something could not be begun.
#[derive(Debug)]
pub enum Error {
    /// What is stored cannot be opened, read or written.
    Storage(Problem),
    /// No account is signed in.
    NotSignedIn,
    /// No account of this name is signed in.
    NoSuchAccount(String),
    /// Several are, which have these names.
    SeveralAccounts(Vec<String>),
    /// This file cannot be used.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The scheme of the application cannot be registered, or it is not known who opens it.
    Scheme(SchemeProblem),
    /// What was to be delivered is no address.
    NotAnAddress,
    /// The system lacks something basic: TLS, or randomness.
    System(String),
}

impl Error {
    /// Nobody is signed in; or whoever was is in a file that was damaged, as long as that lies there.
    #[must_use]
    pub fn nobody(store: &narthex_storage::Store) -> Self {
        store.lost().map_or(Self::NotSignedIn, |path| {
            Self::Storage(Problem { kind: narthex::StorageProblem::Corrupt, path: Some(path) })
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Storage(problem) => problem.fmt(f),
            Self::NotSignedIn => f.write_str("no account is signed in"),
            Self::NoSuchAccount(account) => write!(f, "{account} is not signed in"),
            Self::SeveralAccounts(_) => f.write_str("several accounts are signed in"),
            Self::File { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Scheme(problem) => problem.fmt(f),
            Self::NotAnAddress => f.write_str("not an address"),
            Self::System(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Error {}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Storage(problem)
    }
}

impl From<SchemeProblem> for Error {
    fn from(problem: SchemeProblem) -> Self {
        Self::Scheme(problem)
    }
}
