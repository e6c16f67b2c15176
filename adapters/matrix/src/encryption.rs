//! What can one device say and do about its encryption, beside its session?

mod device;
mod first;
mod http;
mod problem;
mod store;
mod verify;

pub use device::Encryption;
pub use problem::EncryptionError;
pub use store::{EncryptionStore, Held};
pub use verify::{Emoji, Verification, VerificationAnswer, VerificationRole, VerificationState};
