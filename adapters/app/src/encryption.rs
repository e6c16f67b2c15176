//! What keeps an account's keys, where an application has that.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use narthex::{EncryptionProblem, SecretsBundle, Session, Trust};

/// An answer that takes its time.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, EncryptionProblem>> + Send>>;

/// The encryption of an application: what [`Effect::FindSecrets`](narthex::Effect::FindSecrets) and its like ask of it.
///
/// It is heavy, so it is a crate of its own (`narthex-matrix`), and only who wants it depends on that.
pub trait Encryption: fmt::Debug + Send + Sync {
    /// Whether the private cross-signing keys of the session's account are here.
    fn find_secrets(&self, session: Session) -> Answer<bool>;

    /// The private keys of the session's account.
    fn share_secrets(&self, session: Session) -> Answer<SecretsBundle>;

    /// Takes these keys for the session, and uploads its device's keys, signed with them, once.
    fn adopt_secrets(&self, session: Session, secrets: SecretsBundle) -> Answer<Trust>;
}
