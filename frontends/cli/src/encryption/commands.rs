//! `narthex encryption`: what is there, the first device's set-up, and the ways back: the recovery key, another device.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use narthex::{Intent, Offer, Secret, Session, Trust};
use narthex_app::{Goal, Handle, World};
use narthex_matrix::{Encryption, EncryptionError, VerificationRole};
use narthex_runtime::Clock;
use narthex_text::id;

use super::sdk::{self, Sdk};
use super::verify::{self, PATIENCE, Watcher};
use super::words::name;
use crate::args::{EncryptionCommand, SignIn};
use crate::exit::{Asked, Exit};
use crate::input::Lines;
use crate::interactive::Interactive;
use crate::json::out::{self, Printed};
use crate::pick;
use crate::plain::{say, tell, trusted};
use crate::setup::Setup;
use crate::terminal::Terminal;
use crate::turn::settled;

/// Whoever is done sooner needs no words.
const AT_ONCE: Duration = Duration::from_millis(500);

/// What was asked for, with what it needs of the user before anything else.
enum Wanted<'s> {
    Status,
    SetUp { new_recovery_key: bool },
    Recover(RecoveryKey<'s>),
    Verify(Watcher<'s>, VerificationRole),
}

/// Whoever has the recovery key.
enum RecoveryKey<'s> {
    Given(Secret<String>),
    /// A person, who may mistype it.
    Typed(Box<Interactive<'s>>),
}

pub(crate) async fn run(what: EncryptionCommand, setup: &Setup) -> Result<(), Exit> {
    let wanted = match what {
        EncryptionCommand::Status => Wanted::Status,
        EncryptionCommand::SetUp { new_recovery_key } => Wanted::SetUp { new_recovery_key },
        EncryptionCommand::Recover => Wanted::Recover(RecoveryKey::of(setup).await?),
        EncryptionCommand::Verify { answer } => {
            let role = if answer { VerificationRole::Answers } else { VerificationRole::Asks };
            Wanted::Verify(Watcher::of(setup)?, role)
        }
    };
    let is_long = matches!(wanted, Wanted::Verify(..));
    let (session, store) = fresh(setup, is_long).await?;
    let sdk = Sdk::new(store);
    let failed = |error| Exit::Encryption { error, server: session.homeserver.clone() };
    let opened = match sdk.open(&session, true, AT_ONCE).await {
        Err(EncryptionError::Held { pid }) => {
            let pid = pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string());
            if !setup.global.json {
                say(&setup.text.say("encryption-waits", &[("pid", pid.into())]));
            }
            sdk.open(&session, true, sdk::PATIENCE).await
        }
        opened => opened,
    };
    let Some(encryption) = opened.map_err(failed)? else {
        return Err(Exit::NotSignedIn);
    };
    let trust = match wanted {
        Wanted::Status => encryption.status().await.map_err(failed)?,
        Wanted::SetUp { new_recovery_key } => {
            set_up(setup, &encryption, new_recovery_key).await.map_err(failed)?
        }
        Wanted::Recover(RecoveryKey::Given(key)) => encryption.recover(&key).await.map_err(failed)?,
        Wanted::Recover(RecoveryKey::Typed(person)) => {
            recover(*person, &encryption).await?.map_err(failed)?
        }
        Wanted::Verify(watcher, role) => {
            verify::run(setup, watcher, &session, Arc::new(encryption), role).await?
        }
    };
    if setup.global.json {
        let (user_id, device_id) = (&session.user_id, &session.device_id);
        out::print(&Printed::Encryption { user_id, device_id, trust: &trust });
    } else {
        tell(&id(&session.user_id));
        tell(&setup.text.say("device", &[("device", id(&session.device_id).into())]));
        trusted(&setup.text, &trust).iter().for_each(|line| tell(line));
    }
    // That was what was asked for.
    if is_long && !matches!(trust, Trust::Verified { .. }) { Err(Exit::Unverified) } else { Ok(()) }
}

async fn set_up(setup: &Setup, encryption: &Encryption, anew: bool) -> Result<Trust, EncryptionError> {
    let key = if anew { encryption.new_recovery_key().await? } else { encryption.set_up().await? };
    if setup.global.json {
        out::print(&Printed::RecoveryKey { recovery_key: key.expose() });
    } else {
        say(&setup.text.say("recovery-key-is", &[]));
        tell(key.expose());
    }
    encryption.status().await
}

/// The session, with a token that is in force: for a while, where it `is_long` needed.
async fn fresh(setup: &Setup, is_long: bool) -> Result<(Session, narthex_storage::Store), Exit> {
    let app = setup.app()?;
    let store = setup.existing_store(&app.profile)?.ok_or(Exit::NotSignedIn)?;
    let account = pick::confirmed(setup, &store).await?;
    let session = store.session(&account).map_err(narthex_app::Error::from)?;
    let session = session.ok_or_else(|| narthex_app::Error::nobody(&store))?;
    let mut handle = app.start(Some(session.into()), None, World::new(store.clone())?)?;
    setup.awaits(&handle);
    let checked = checked(&mut handle, is_long).await;
    let engine = handle.end().await;
    checked?;
    let session = engine.as_ref().and_then(narthex::Engine::session).cloned();
    Ok((session.ok_or(Exit::NotSignedIn)?, store))
}

async fn checked(handle: &mut Handle, is_long: bool) -> Result<(), Exit> {
    let view = handle.perform(Intent::CheckSession).await;
    settled(&view)?;
    let narthex::Screen::SignedIn { expires_at: Some(end), .. } = view.screen else { return Ok(()) };
    let is_short = Clock::start().now().until(end) < PATIENCE;
    if is_long && is_short && view.offers.contains(Offer::Refresh) {
        settled(&handle.perform(Intent::Refresh).await)?;
    }
    Ok(())
}

/// Until they have the right one, or give up.
async fn recover(
    mut person: Interactive<'_>,
    encryption: &Encryption,
) -> Result<Result<Trust, EncryptionError>, Exit> {
    let recovered = loop {
        let key = person.recovery_key().await.ok_or(Exit::Cancelled)?;
        match encryption.recover(&key).await {
            Err(error @ EncryptionError::WrongRecoveryKey) => {
                let wrong = person.text().say(&format!("encryption-{}", name(&error).replace('_', "-")), &[]);
                person.tells(vec![wrong]);
            }
            recovered => break recovered,
        }
    };
    person.rest();
    Ok(recovered)
}

impl<'s> RecoveryKey<'s> {
    /// On standard input, unless somebody is there to type it.
    async fn of(setup: &'s Setup) -> Result<Self, Exit> {
        let is_asked = std::io::stdin().is_terminal() && !setup.global.json;
        if let Some(terminal) = is_asked.then(Terminal::open).flatten() {
            let person = Interactive::new(setup, Goal::SignIn, terminal, &SignIn::default());
            return Ok(Self::Typed(Box::new(person)));
        }
        let read = Lines::of_stdin().secret().await;
        read.map(Self::Given).map_err(|why| Exit::BadLine { what: Asked::RecoveryKey, why })
    }
}
