//! Sign-in with a QR code: what can be computed of it.
//!
//! Two devices take part: one shows a code, the other scans it; one is new, the other is signed in. There are two
//! generations: that of 2024 (MSC4108 of then: ECIES, and a cell with ETags) and that of 2025 (MSC4108 over MSC4388:
//! HPKE, and a cell with sequence tokens). Nothing here knows HTTP, time or a flow.
//!
//! | module | what |
//! |---|---|
//! | `payload` | what is in a code; what a code is that is none of ours |
//! | `place` | where the other device is met, and which server it names |
//! | `key` | the keys of a channel |
//! | `dialect` | where programs that are in use differ |
//! | `channel` | from a code to a channel that opens and seals, for both generations and both sides |
//! | `check_code` | the two digits that the user carries from one device to the other |
//! | `ecies`, `hpke` | the cryptography of 2024, and that of 2025 |
//! | `message` | what goes through the channel |
//! | `bundle` | whether private keys are those that an account publishes |
//! | `base64`, `json` | bytes as text; JSON from outside |

mod base64;
pub(crate) mod bundle;
pub(crate) mod channel;
pub(crate) mod check_code;
pub(crate) mod dialect;
mod ecies;
mod hpke;
mod json;
pub(crate) mod key;
pub(crate) mod message;
pub(crate) mod payload;
pub(crate) mod place;

pub use payload::{Generation, QrField, QrPayload, Role, ScannedCode, WrongCode};
