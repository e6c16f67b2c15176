//! Which encryption do accounts have here, and what can be done about it?

use std::sync::Arc;

use narthex_app::Encryption;
use narthex_storage::Store;

#[cfg(feature = "encryption")]
mod commands;
#[cfg(feature = "encryption")]
mod compared;
#[cfg(feature = "encryption")]
mod sdk;
#[cfg(feature = "encryption")]
mod verify;
#[cfg(feature = "encryption")]
pub(crate) mod words;

#[cfg(feature = "encryption")]
pub(crate) use commands::run;
#[cfg(feature = "encryption")]
pub(crate) use verify::interrupted;

/// That of this build, if it has any.
#[cfg(feature = "encryption")]
pub(crate) fn of(store: &Store) -> Option<Arc<dyn Encryption>> {
    Some(Arc::new(sdk::Sdk::new(store.clone())))
}

/// Whether the session's device was verified when that was last learnt; nobody is asked. `None` where that is not known.
#[cfg(feature = "encryption")]
pub(crate) async fn was_verified(store: &Store, session: &narthex::Session) -> Option<bool> {
    sdk::Sdk::new(store.clone()).was_verified(session).await
}

/// This build does not know.
#[cfg(not(feature = "encryption"))]
pub(crate) async fn was_verified(_: &Store, _: &narthex::Session) -> Option<bool> {
    None
}

/// This build has none.
#[cfg(not(feature = "encryption"))]
pub(crate) fn of(_: &Store) -> Option<Arc<dyn Encryption>> {
    None
}

/// This build has none.
#[cfg(not(feature = "encryption"))]
pub(crate) async fn run(
    _: crate::args::EncryptionCommand,
    _: &crate::setup::Setup,
) -> Result<(), crate::exit::Exit> {
    use narthex::{Cause, Failure, Missing};
    let cause = Cause::Unsupported { missing: Missing::Encryption };
    Err(crate::exit::Exit::Failed(Failure { cause, evidence: None }))
}
