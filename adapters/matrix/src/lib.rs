//! Sessions of the Narthex sign-in engine as clients of matrix-sdk, and back.
//!
//! Narthex makes a [`Session`](narthex::Session); [`client`] turns it into a [`Client`](matrix_sdk::Client) that syncs,
//! decrypts and renews its tokens by itself. Whatever matrix-sdk renews is given to [`Keep`], so that the next start, or
//! another program, has it too.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # async fn example(session: narthex::Session, keep: Arc<dyn narthex_matrix::Keep>)
//! #     -> Result<(), matrix_sdk::Error> {
//! let builder = matrix_sdk::Client::builder();
//! let kept = narthex_matrix::client(builder, session, keep).await?;
//! kept.client.sync_once(Default::default()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! While such a client runs, it alone should renew the tokens: a second program that does so at the same time, such as
//! `narthex token`, would be told the newer ones by the store, and the client by [`Keep::load`] only when it asks.
//!
//! What two devices need that link by a QR code is [`Encryption`]: the private keys out of one store and into another,
//! what came of it, and how a first device gets them. [`EncryptionStore`] is where they are, for a client too.
#![warn(missing_docs)]

mod encryption;
mod session;

pub use encryption::{
    Emoji, Encryption, EncryptionError, EncryptionStore, Held, Verification, VerificationAnswer,
    VerificationRole, VerificationState,
};
pub use session::{Keep, Kept, Problem, auth_session, client, with_tokens};
