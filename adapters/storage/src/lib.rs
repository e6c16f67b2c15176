//! Keeps Narthex sessions and unfinished sign-ins: in an encrypted file, whose key is in the system's keyring, behind a
//! passphrase or beside it; or in memory.
//!
//! Everything here blocks: from asynchronous code, call it where blocking is allowed. A program may hold as many
//! [`Store`]s of a profile as it likes, and so may other programs; each change is atomic, and survives a kill.
//!
//! In the profile's folder there are `accounts.json` (who is signed in, without any secret), `place` (which way of
//! keeping the key was chosen first, so that it is found again), `secrets.age` (all secrets, encrypted), the key, unless the
//! keyring has it (then `key.keyring` says once more where), and locks:
//! `flow-ID.lock` is that of an unfinished sign-in, and is there as long as that is. What was set while somebody else held
//! the lock of the secrets is in `secrets.age.late-NUMBER`, encrypted, until the next change.
#![warn(missing_docs)]

mod account;
mod encryption;
mod files;
mod flows;
mod folder;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod index;
mod lease;
mod lock;
mod place;
mod problem;
mod store;
mod sweep;
mod vault;
mod way;

pub use account::Account;
pub use encryption::EncryptionPlace;
pub use flows::{Flow, FlowId};
pub use lease::Lease;
pub use place::{Keep, Place};
pub use problem::Problem;
pub use store::{Options, Store};
