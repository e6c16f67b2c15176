//! Which forms does a code have?

use serde::{Deserialize, Serialize};

use crate::qr::place::{BaseUrl, CellId, CellUrl, Homeserver};

/// No code that is shown comes near to this, in bytes: such a one would be hard to scan.
pub(super) const MAX: usize = 1024;
/// The same as text, with padding and a few breaks.
pub(super) const MAX_TEXT: usize = 2048;

pub(super) const PREFIX: &[u8] = b"MATRIX";
/// Before MSC4388 is accepted.
pub(super) const UNSTABLE_PREFIX: &[u8] = b"IO_ELEMENT_MSC4388";
/// The kind of code: that of 2024, which codes to verify a device share, and that of 2025.
pub(super) const KIND_2024: u8 = 0x02;
pub(super) const KIND_2025: u8 = 0x03;

/// Which generation of sign-in by QR code: they share no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Generation {
    /// MSC4108 of 2024: what is deployed today.
    #[serde(rename = "2024")]
    V2024,
    /// MSC4108 of 2025, over MSC4388.
    #[serde(rename = "2025")]
    V2025,
}

/// What a device is to a sign-in by QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It is to be signed in.
    New,
    /// It is signed in, and helps.
    Existing,
}

/// What differs between the forms of a code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// That of 2024.
    V2024 {
        cell: CellUrl,
        /// Where the account is. The existing device says it in its code, and the new one cannot: this makes the role.
        homeserver: Option<Homeserver>,
    },
    /// That of 2025.
    V2025 {
        shown_by: Role,
        /// Where the cell is; if the existing device shows the code, the account is there too.
        base_url: BaseUrl,
        cell: CellId,
        /// The prefix is that of an accepted MSC, and so are the addresses of the rendezvous server.
        stable: bool,
    },
}

/// A text after its length in two bytes, the larger first.
pub(crate) fn sized(text: &str) -> Vec<u8> {
    // A text that does not fit makes a payload, or additional data, that is refused for its length.
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes(), text.as_bytes()].concat()
}
