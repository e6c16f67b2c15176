//! Where do programs that are in use differ, within one generation?
//!
//! How a check code is derived is no field: to accept two would give an attacker two guesses.

use serde::{Deserialize, Serialize};

use super::payload::{Form, sized};

/// How the other device's program speaks. Where it does not show, it is what the deployed programs do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Dialect {
    /// Of 2025. The device that scans finds it out, from the answer to its greeting.
    pub(crate) response_label: ResponseLabel,
    /// Of 2025. The device that shows the code finds it out, from the greeting.
    pub(crate) bound_url: BoundUrl,
}

/// Under which label the keys of the answer are derived (MSC4388, "Secure channel", where the responder's context is
/// made).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum ResponseLabel {
    /// vodozemac 0.11.
    #[default]
    Deployed,
    /// The text of the MSC.
    Written,
}

impl ResponseLabel {
    /// In the order in which they are tried.
    pub(crate) const ALL: [Self; 2] = [Self::Deployed, Self::Written];

    pub(crate) const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Deployed => b"MATRIX_QR_CODE_LOGIN_RESPONSE",
            Self::Written => b"MATRIX_QR_CODE_LOGIN response",
        }
    }
}

/// In which form the base address of the rendezvous server is bound to each message (MSC4388, "Additional authenticated
/// data").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BoundUrl {
    /// As a parser of URLs writes it: matrix-rust-sdk and matrix-js-sdk.
    #[default]
    Normalised,
    /// Byte for byte as the code has it: the text of the MSC.
    Written,
}

impl BoundUrl {
    /// In the order in which they are tried.
    pub(crate) const ALL: [Self; 2] = [Self::Normalised, Self::Written];
}

/// What is bound to a message of the channel that a code began: where it lies, and which version of the cell it
/// answers. Nothing in 2024.
///
/// `None` if there is no such version: a sequence token has 1 to 255 bytes.
pub(crate) fn bound(form: &Form, url: BoundUrl, version: &str) -> Option<Vec<u8>> {
    let (base_url, cell) = match form {
        Form::V2024 { .. } => return Some(Vec::new()),
        Form::V2025 { base_url, cell, .. } => (base_url, cell.as_str()),
    };
    let url = match url {
        BoundUrl::Normalised => base_url.normalised(),
        BoundUrl::Written => base_url.written(),
    };
    let length = |text: &str| u8::try_from(text.len()).ok().filter(|length| *length > 0);
    let (of_cell, of_version) = (length(cell)?, length(version)?);
    Some([&sized(url), &[of_cell][..], cell.as_bytes(), &[of_version], version.as_bytes()].concat())
}
