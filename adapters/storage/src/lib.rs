//! Keeps Narthex sessions: keyring, passphrase file or memory.
