//! What went wrong, without anything secret in it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use narthex::StorageProblem;

/// Why something could not be kept or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub kind: StorageProblem,
    /// Which file or folder it is about; `None` for the keyring.
    pub path: Option<PathBuf>,
}

impl Problem {
    pub(crate) fn at(kind: StorageProblem, path: &Path) -> Self {
        Self { kind, path: Some(path.to_owned()) }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the system's kinds grow")]
    pub(crate) fn io(error: &io::Error, path: &Path) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                StorageProblem::Full
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StorageProblem::Denied,
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => StorageProblem::Corrupt,
            _ => StorageProblem::Other,
        };
        Self::at(kind, path)
    }

    /// The keyring's own error is never shown: one of its kinds prints the secret.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the keyring's kinds grow")]
    pub(crate) const fn keyring(error: &keyring_core::Error) -> Self {
        let kind = match error {
            keyring_core::Error::NoStorageAccess(_) | keyring_core::Error::NoDefaultStore => {
                StorageProblem::Locked
            }
            keyring_core::Error::BadEncoding(_) | keyring_core::Error::BadDataFormat(..) => {
                StorageProblem::Corrupt
            }
            keyring_core::Error::TooLong(..) => StorageProblem::Full,
            _ => StorageProblem::Other,
        };
        Self { kind, path: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            StorageProblem::Locked => "it is locked",
            StorageProblem::PassphraseMissing => "its passphrase is missing",
            StorageProblem::WrongPassphrase => "this is not its passphrase",
            StorageProblem::KeyMissing => "the key that opens the secrets is not there",
            StorageProblem::WrongKey => "this key does not open the secrets",
            StorageProblem::Busy => "another program uses it and does not finish",
            StorageProblem::Exposed => "it belongs to another user, or others may read or change it",
            StorageProblem::NotAFile => "something else is in its place",
            StorageProblem::TooNew => "a newer version wrote it",
            StorageProblem::OtherPlace => "secrets are kept in another way already",
            StorageProblem::Full => "there is no room left",
            StorageProblem::Denied => "it may not be read or written",
            StorageProblem::Corrupt => "what is in it is damaged",
            StorageProblem::Other => "it cannot be used",
            _ => "it cannot be used",
        };
        match &self.path {
            Some(path) => write!(f, "{}: {what}", path.display()),
            None => write!(f, "the keyring: {what}"),
        }
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_systems_reasons_are_told_apart() {
        for (number, kind) in [
            (28, StorageProblem::Full),
            (122, StorageProblem::Full),
            (27, StorageProblem::Full),
            (13, StorageProblem::Denied),
            (30, StorageProblem::Denied),
            (1, StorageProblem::Denied),
            (5, StorageProblem::Other),
        ] {
            let problem = Problem::io(&io::Error::from_raw_os_error(number), Path::new("a"));
            assert_eq!(problem.kind, kind, "{number}");
        }
    }

    #[test]
    fn a_secret_that_the_keyring_prints_is_not_printed() {
        let theirs = keyring_core::Error::BadEncoding(b"hunter2\xff".to_vec());
        let ours = Problem::keyring(&theirs);
        assert_eq!(ours.kind, StorageProblem::Corrupt);
        assert!(!format!("{ours} {ours:?}").contains("hunter2"));
    }
}
