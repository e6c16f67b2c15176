//! Where may secrets lie?

use std::path::PathBuf;

use narthex::Secret;

/// How to keep secrets.
#[derive(Clone, Debug)]
pub enum Keep {
    /// As before, if there was a before; else by the keyring; else by the passphrase, if there is one; else in a file
    /// whose key lies beside it.
    Best {
        /// To be used when there is no keyring.
        passphrase: Option<Secret<String>>,
    },
    /// In a file whose key is in the system's keyring.
    Keyring,
    /// In a file that the passphrase opens.
    Passphrase(Secret<String>),
    /// In a file whose key lies beside it.
    KeyFile,
    /// Nowhere: with the process, they are gone.
    Memory,
}

/// Where the secrets lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In this file, whose key is in the system's keyring.
    Keyring(PathBuf),
    /// In this file, which a passphrase opens.
    PassphraseFile(PathBuf),
    /// In this file, whose key lies beside it.
    KeyFile(PathBuf),
    /// In memory only.
    Memory,
}
