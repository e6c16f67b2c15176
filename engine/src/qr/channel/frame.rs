//! How does what is sealed travel as text, and what can be wrong with it?

use std::fmt;

use crate::qr::base64;
use crate::qr::key::PublicKey;
use crate::qr::payload::Generation;

/// What a cell of either generation holds at most, in bytes.
const MAX: usize = 4096;
/// The longest message that fits into such a cell, in bytes: a frame is the base64 of it and of a tag of 16 bytes.
pub(crate) const MAX_MESSAGE: usize = 3056;
/// What tells that nobody has changed a message, in bytes.
const TAG: usize = 16;

/// Why a frame does not become a message, or a message no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ChannelError {
    /// It has not the form of a frame, or is longer than a cell holds (4096 bytes).
    Malformed,
    /// The other device's key is of low order: everybody would know the secret.
    WeakKey,
    /// It does not open: somebody else has sealed it, or for another version, or it is not the next one.
    Unopened,
    /// It opened, and is not how a channel begins.
    WrongGreeting,
    /// There is no such version of a cell: it has 1 to 255 bytes.
    WrongVersion,
    /// The message does not fit into a cell (3056 bytes).
    TooLong,
    /// More messages than a sign-in has.
    TooMany,
}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// The first frame, from the device that scanned: its key, and what it sealed.
pub(super) fn greeting(generation: Generation, key: &PublicKey, sealed: &[u8]) -> String {
    match generation {
        Generation::V2024 => format!("{}|{}", base64::encode(sealed), base64::encode(key.as_bytes())),
        Generation::V2025 => base64::encode(&[key.as_bytes(), sealed].concat()),
    }
}

pub(super) fn read_greeting(
    generation: Generation,
    text: &str,
) -> Result<(PublicKey, Vec<u8>), ChannelError> {
    let (key, sealed) = match generation {
        Generation::V2024 => {
            let (sealed, key) = text.split_once('|').ok_or(ChannelError::Malformed)?;
            // What a cell holds is the limit of all of it.
            if text.len() > MAX {
                return Err(ChannelError::Malformed);
            }
            (base64::decode(key).and_then(|key| key.try_into().ok()), read(sealed)?)
        }
        Generation::V2025 => {
            let (key, sealed) = split(text)?;
            (Some(key), sealed)
        }
    };
    let key = PublicKey::new(key.ok_or(ChannelError::Malformed)?).ok_or(ChannelError::WeakKey)?;
    Ok((key, sealed))
}

/// The second frame, from the device that showed the code. The nonce is of 2025.
pub(super) fn answer(generation: Generation, nonce: &[u8; 32], sealed: &[u8]) -> String {
    match generation {
        Generation::V2024 => base64::encode(sealed),
        Generation::V2025 => base64::encode(&[nonce, sealed].concat()),
    }
}

/// Without the nonce that 2025 begins with; 2024 has none.
pub(super) fn read_answer(generation: Generation, text: &str) -> Result<([u8; 32], Vec<u8>), ChannelError> {
    match generation {
        Generation::V2024 => Ok(([0; 32], read(text)?)),
        Generation::V2025 => split(text),
    }
}

/// All that follow.
pub(super) fn message(sealed: &[u8]) -> String {
    base64::encode(sealed)
}

pub(super) fn read(text: &str) -> Result<Vec<u8>, ChannelError> {
    let sealed = Some(text).filter(|text| text.len() <= MAX).and_then(base64::decode);
    sealed.filter(|sealed| sealed.len() >= TAG).ok_or(ChannelError::Malformed)
}

/// The 32 bytes that come first, and what is sealed.
fn split(text: &str) -> Result<([u8; 32], Vec<u8>), ChannelError> {
    let bytes = read(text)?;
    let (first, sealed) = bytes.split_first_chunk().ok_or(ChannelError::Malformed)?;
    if sealed.len() < TAG {
        return Err(ChannelError::Malformed);
    }
    Ok((*first, sealed.to_vec()))
}
