//! `narthex encryption`: what is there, the first device's set-up, and the way back by the recovery key.

use std::io::IsTerminal as _;

use narthex::{Intent, Secret, Session, Trust};
use narthex_app::World;
use narthex_matrix::{Encryption, EncryptionError};
use narthex_text::plain;

use super::sdk::Sdk;
use crate::args::EncryptionCommand;
use crate::exit::{Asked, Exit};
use crate::input::Lines;
use crate::json::out::{self, Printed};
use crate::pick;
use crate::plain::{say, tell};
use crate::setup::Setup;
use crate::turn::settled;

pub(crate) async fn run(what: EncryptionCommand, setup: &Setup) -> Result<(), Exit> {
    let recovery_key = match what {
        EncryptionCommand::Recover => Some(recovery_key(setup).await?),
        EncryptionCommand::Status | EncryptionCommand::SetUp => None,
    };
    let (session, store) = fresh(setup).await?;
    let sdk = Sdk::new(store);
    let Some(encryption) = sdk.open(&session, true).await.map_err(Exit::Encryption)? else {
        return Err(Exit::NotSignedIn);
    };
    let trust = match (what, recovery_key) {
        (EncryptionCommand::SetUp, _) => set_up(setup, &encryption).await,
        (EncryptionCommand::Recover, Some(key)) => encryption.recover(&key).await,
        (EncryptionCommand::Status | EncryptionCommand::Recover, _) => encryption.status().await,
    };
    let trust = trust.map_err(Exit::Encryption)?;
    if setup.global.json {
        let (user_id, device_id) = (&session.user_id, &session.device_id);
        out::print(&Printed::Encryption { user_id, device_id, trust: &trust });
    } else {
        tell(&plain(&session.user_id));
        tell(&setup.text.say("device", &[("device", plain(&session.device_id).into())]));
        tell(&setup.text.trust(&trust));
    }
    Ok(())
}

async fn set_up(setup: &Setup, encryption: &Encryption) -> Result<Trust, EncryptionError> {
    let key = encryption.set_up().await?;
    if setup.global.json {
        out::print(&Printed::RecoveryKey { recovery_key: key.expose() });
    } else {
        say(&setup.text.say("recovery-key-is", &[]));
        tell(key.expose());
    }
    encryption.status().await
}

/// The session, with a token that is in force.
async fn fresh(setup: &Setup) -> Result<(Session, narthex_storage::Store), Exit> {
    let app = setup.app()?;
    let store = setup.existing_store(&app.profile)?.ok_or(Exit::NotSignedIn)?;
    let account = pick::one(setup, &store).await?;
    let session = store.session(&account).map_err(narthex_app::Error::from)?;
    let session = session.ok_or_else(|| narthex_app::Error::nobody(&store))?;
    let mut handle = app.start(Some(session.into()), None, World::new(store.clone())?)?;
    setup.awaits(&handle);
    let view = handle.perform(Intent::CheckSession).await;
    let checked = settled(&view);
    let engine = handle.end().await;
    checked?;
    let session = engine.as_ref().and_then(narthex::Engine::session).cloned();
    Ok((session.ok_or(Exit::NotSignedIn)?, store))
}

/// From standard input, or as it is typed.
async fn recovery_key(setup: &Setup) -> Result<Secret<String>, Exit> {
    if std::io::stdin().is_terminal() && !setup.global.json {
        say(&setup.text.say("ask-recovery-key", &[]));
    }
    let read = Lines::of_stdin().secret().await;
    read.map_err(|why| Exit::BadLine { what: Asked::RecoveryKey, why })
}
