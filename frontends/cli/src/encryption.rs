//! Which encryption do accounts have here, and what can be done about it?

use std::sync::Arc;

use narthex_app::Encryption;
use narthex_storage::Store;

#[cfg(feature = "encryption")]
mod commands;
#[cfg(feature = "encryption")]
mod sdk;
#[cfg(feature = "encryption")]
pub(crate) mod words;

#[cfg(feature = "encryption")]
pub(crate) use commands::run;

/// That of this build, if it has any.
#[cfg(feature = "encryption")]
pub(crate) fn of(store: &Store) -> Option<Arc<dyn Encryption>> {
    Some(Arc::new(sdk::Sdk::new(store.clone())))
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
