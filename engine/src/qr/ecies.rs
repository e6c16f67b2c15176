//! How is the channel of 2024 sealed?
//!
//! As vodozemac does it, byte for byte. It differs from the text of MSC4108 (2024), "Secure channel", which nobody
//! follows: the keys come from HKDF-SHA512, and every direction counts from 0.

use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _};
use hkdf::Hkdf;
use sha2::Sha512;

use super::base64;
use super::key::{PublicKey, agree};
use crate::secret::Secret;

/// Both ends' public keys, in the order in which everything is derived.
#[derive(Clone, Copy)]
pub(super) struct Keys<'a> {
    /// Of the device that shows the code.
    pub(super) shown: &'a PublicKey,
    /// Of the one that scans it.
    pub(super) scanned: &'a PublicKey,
}

/// One end of a channel.
pub(super) struct Ends {
    send: Direction,
    receive: Direction,
}

impl Ends {
    /// The end of the device that shows the code, and the bytes of the check code.
    pub(super) fn showing(own: &Secret<[u8; 32]>, keys: Keys<'_>) -> (Self, [u8; 2]) {
        let derive = Derive::new(own, keys.scanned, keys);
        (
            Self { send: derive.direction("ENCKEY_G"), receive: derive.direction("ENCKEY_S") },
            derive.bytes("CHECKCODE"),
        )
    }

    /// That of the device that scans it.
    pub(super) fn scanning(own: &Secret<[u8; 32]>, keys: Keys<'_>) -> (Self, [u8; 2]) {
        let derive = Derive::new(own, keys.shown, keys);
        (
            Self { send: derive.direction("ENCKEY_S"), receive: derive.direction("ENCKEY_G") },
            derive.bytes("CHECKCODE"),
        )
    }

    pub(super) fn seal(&mut self, plaintext: &[u8]) -> Vec<u8> {
        let sealed = self.send.cipher().encrypt(&self.send.nonce().into(), plaintext);
        self.skip();
        sealed.expect("a message is much smaller than the cipher allows")
    }

    /// Counts a message that was sealed before.
    pub(super) const fn skip(&mut self) {
        self.send.next += 1;
    }

    /// `None` if it does not open; then nothing is counted.
    pub(super) fn open(&mut self, sealed: &[u8]) -> Option<Secret<Vec<u8>>> {
        let opened = self.receive.cipher().decrypt(&self.receive.nonce().into(), sealed).ok()?;
        self.receive.next += 1;
        Some(Secret::new(opened))
    }
}

/// What goes one way.
struct Direction {
    key: Secret<[u8; 32]>,
    next: u64,
}

impl Direction {
    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(self.key.expose().into())
    }

    /// The counter, the smallest byte first.
    fn nonce(&self) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&self.next.to_le_bytes());
        nonce
    }
}

/// What is derived from the secret that both ends share.
struct Derive {
    from: Hkdf<Sha512>,
    keys: String,
}

impl Derive {
    fn new(own: &Secret<[u8; 32]>, theirs: &PublicKey, keys: Keys<'_>) -> Self {
        let [shown, scanned] = [keys.shown, keys.scanned].map(|key| base64::encode(key.as_bytes()));
        Self { from: Hkdf::new(None, agree(own, theirs).as_bytes()), keys: format!("|{shown}|{scanned}") }
    }

    fn direction(&self, purpose: &str) -> Direction {
        let mut key = Secret::new([0; 32]);
        self.fill(purpose, key.expose_mut());
        Direction { key, next: 0 }
    }

    fn bytes(&self, purpose: &str) -> [u8; 2] {
        let mut bytes = [0; 2];
        self.fill(purpose, &mut bytes);
        bytes
    }

    fn fill(&self, purpose: &str, bytes: &mut [u8]) {
        let info = format!("MATRIX_QR_CODE_LOGIN_{purpose}{}", self.keys);
        self.from.expand(info.as_bytes(), bytes).expect("HKDF gives so many bytes");
    }
}
