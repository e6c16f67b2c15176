//! The commands about a session that is kept: `whoami`, `accounts`, `logout`.

use narthex::{Failure, Intent, Offer, Saved, Screen, Session, View};
use narthex_http::Http;
use narthex_storage::{Lock, Store};
use serde_json::json;

use crate::ended::Ended;
use crate::json::out;
use crate::plain::{self, tell};
use crate::ports::World;
use crate::setup::Setup;
use crate::talk::Talk;

pub(crate) async fn whoami(setup: &Setup) -> Result<(), Ended> {
    let (mut talk, store, _lock) = resumed(setup).await?;
    let view = talk.perform(Intent::CheckSession).await;
    let checked = settled(&view);
    talk.end().await;
    checked?;
    if let Screen::SignedIn { user_id, device_id, homeserver, .. } = &view.screen {
        if setup.global.json {
            out::print(
                "account",
                &json!({"user_id": user_id, "device_id": device_id, "homeserver": homeserver,
                    "kept": out::kept(store.place()),
                }),
            );
        } else {
            tell(&narthex_text::plain(user_id));
            tell(&setup.text.say("device", &[("device", narthex_text::plain(device_id).into())]));
            tell(&setup.text.say("homeserver", &[("url", homeserver.to_string().into())]));
            tell(&plain::kept(&setup.text, store.place()));
        }
    }
    Ok(())
}

pub(crate) fn accounts(setup: &Setup) -> Result<(), Ended> {
    let store = setup.store()?;
    let accounts = store.accounts().map_err(|problem| setup.storage(problem))?;
    if setup.global.json {
        let list = accounts.iter().map(|account| {
            json!({
                "user_id": account.user_id, "device_id": account.device_id, "homeserver": account.homeserver,
            })
        });
        let list: Vec<_> = list.collect();
        out::print("accounts", &json!({"accounts": list, "kept": out::kept(store.place())}));
    } else if accounts.is_empty() {
        tell(&setup.text.say("no-accounts", &[]));
    } else {
        for account in &accounts {
            tell(&format!(
                "{} {} {}",
                narthex_text::plain(&account.user_id),
                narthex_text::plain(&account.device_id),
                narthex_text::plain(&account.homeserver)
            ));
        }
        tell(&plain::kept(&setup.text, store.place()));
    }
    Ok(())
}

pub(crate) async fn logout(setup: &Setup, everywhere: bool, forget: bool) -> Result<(), Ended> {
    let (mut talk, _, _lock) = resumed(setup).await?;
    let mut view = talk.perform(Intent::SignOut { everywhere }).await;
    let over = matches!(view.screen, Screen::SessionEnded { .. });
    // A session that the server has ended is what was asked for; so is forgetting it, when that was said.
    if view.offers.contains(Offer::Forget) && (forget || over) {
        view = talk.perform(Intent::Forget).await;
    }
    let done = settled(&view);
    talk.end().await;
    let Screen::SignedOut { user_id, server_told } = &view.screen else {
        return match done {
            Err(Ended::Failed(failure)) if view.offers.contains(Offer::Forget) && !everywhere => {
                Err(Ended::NotSignedOut(failure))
            }
            Err(ended) => Err(ended),
            // Nothing else ends a sign-out.
            Ok(()) => Err(Ended::System("the driver".to_owned())),
        };
    };
    if setup.global.json {
        out::print("signed_out", &json!({"user_id": user_id, "server_told": server_told}));
        return Ok(());
    }
    tell(&setup.text.say("screen-signed-out", &[("user", narthex_text::plain(user_id).into())]));
    if over {
        tell(&setup.text.say("already-over", &[]));
    } else if !server_told {
        tell(&setup.text.say("server-not-told", &[]));
    }
    Ok(())
}

/// An engine with the chosen session, while nobody else renews it.
pub(crate) async fn resumed(setup: &Setup) -> Result<(Talk, Store, Option<Lock>), Ended> {
    let store = setup.store()?;
    let lock = locked(setup, &store).await?;
    // Only now: another program may have renewed it until we had the lock.
    let session = session(setup, &store)?;
    let start = setup.start(Some(Saved::from(session)), None)?;
    let http = Http::new().map_err(|error| Ended::System(error.to_string()))?;
    let world = World { http, store: store.clone(), browser: false, listens: false, keeps_flows: false };
    Ok((Talk::begin(start, world), store, lock))
}

/// Nobody else renews a session as long as this is held.
pub(crate) async fn locked(setup: &Setup, store: &Store) -> Result<Option<Lock>, Ended> {
    let store = store.clone();
    let locked = tokio::task::spawn_blocking(move || store.lock()).await;
    let lock = locked.map_err(|_| Ended::Storage(narthex::StorageProblem::Other))?;
    lock.map_err(|problem| setup.storage(problem))
}

pub(crate) fn session(setup: &Setup, store: &Store) -> Result<Session, Ended> {
    let account = setup.account(store)?;
    let session = store.session(&account.user_id, &account.device_id);
    session.map_err(|problem| setup.storage(problem))?.ok_or(Ended::NotSignedIn)
}

/// Nothing is under way.
pub(crate) fn is_settled(view: &View) -> bool {
    !matches!(
        view.screen,
        Screen::Busy { .. } | Screen::Limited { .. } | Screen::SignedIn { task: Some(_), .. }
    )
}

/// What did not work about the session, if something did not.
pub(crate) fn settled(view: &View) -> Result<(), Ended> {
    let problem: Option<&Failure> = match &view.screen {
        Screen::SignedIn { problem, .. } => problem.as_ref(),
        Screen::SessionEnded { user_id, failure, .. } => return Err(Ended::of_session(user_id, failure)),
        Screen::Problem { failure, .. } => Some(failure),
        Screen::SignedOut { .. }
        | Screen::Welcome { .. }
        | Screen::Paused { .. }
        | Screen::Busy { .. }
        | Screen::Limited { .. }
        | Screen::Choose { .. }
        | Screen::RegisterForm { .. }
        | Screen::Terms { .. }
        | Screen::RegistrationToken { .. }
        | Screen::Address { .. }
        | Screen::Confirmation { .. }
        | Screen::InBrowser { .. }
        | Screen::UserCode { .. }
        | Screen::AwaitingApproval { .. } => None,
    };
    problem.map_or(Ok(()), |failure| Err(Ended::Failed(failure.clone())))
}
