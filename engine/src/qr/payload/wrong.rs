//! What is a code that is none for a sign-in?

use serde::{Deserialize, Serialize};

use super::form::{PREFIX, UNSTABLE_PREFIX};

/// What a code is instead, or what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WrongCode {
    /// It verifies a device that is signed in already.
    Verification,
    /// A new device shows it, and this one is new as well.
    BothNew,
    /// A device that is signed in shows it, and so is this one.
    BothSignedIn,
    /// It is a kind of code that this release does not know: the other device's program is newer.
    Newer,
    /// An address, of a page or of a place in Matrix.
    Link,
    /// Another text.
    Text,
    /// Something else.
    Unknown,
    /// It was for a sign-in, but came as text: what reads pictures has to give raw bytes.
    ReadAsText,
    /// It ends in this field, or before it.
    Truncated(QrField),
    /// This field cannot be: the code is damaged, or forged.
    Invalid(QrField),
    /// This address is neither `https` nor on this machine.
    Insecure(QrField),
    /// It is longer than any code for a sign-in (1024 bytes).
    TooLong,
}

/// A part of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QrField {
    /// How it begins.
    Prefix,
    /// Which kind of code, and who shows it.
    Kind,
    /// The public key.
    Key,
    /// Which cell of the rendezvous server (2025).
    Id,
    /// Where the rendezvous is.
    Address,
    /// Where the account is (2024).
    Homeserver,
}

/// What bytes are that begin as no code for a sign-in does.
pub(super) fn of_bytes(bytes: &[u8]) -> WrongCode {
    if PREFIX.starts_with(bytes) || UNSTABLE_PREFIX.starts_with(bytes) {
        return WrongCode::Truncated(QrField::Prefix);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains(|c: char| c.is_control() && !c.is_whitespace()) => of_text(text),
        Ok(_) | Err(_) => WrongCode::Unknown,
    }
}

/// What a text is that is no code.
pub(super) fn of_text(text: &str) -> WrongCode {
    let text = text.trim();
    let begins = |start: &str| text.get(..start.len()).is_some_and(|have| have.eq_ignore_ascii_case(start));
    let has_scheme = text.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b))
    });
    match () {
        () if text.is_empty() => WrongCode::Truncated(QrField::Prefix),
        () if begins("MATRIX") && !begins("matrix:") && !begins("matrix.to/") => WrongCode::ReadAsText,
        () if begins("IO_ELEMENT_MSC4388") => WrongCode::ReadAsText,
        () if has_scheme || begins("matrix:") || begins("matrix.to/") => WrongCode::Link,
        () => WrongCode::Text,
    }
}

/// Whether the bytes of a code that cannot be read have been through text: what is no UTF-8 was replaced (U+FFFD), or
/// each byte became a letter (ISO 8859-1).
pub(super) fn was_text(bytes: &[u8], wrong: WrongCode) -> bool {
    let replaced = bytes.windows(3).any(|three| three == "\u{fffd}".as_bytes());
    // A key that is cut short may happen to be letters; a whole one does not.
    let is_short = matches!(wrong, WrongCode::Truncated(QrField::Prefix | QrField::Kind | QrField::Key));
    replaced || (!is_short && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok())
}
