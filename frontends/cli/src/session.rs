//! The commands about saved sessions: `whoami`, `accounts`, `switch`, `logout`.

use narthex::{Cause, Offer, Outage, Screen, Task};
use narthex_app::{GivenUp, Handle, SignOut, check, sign_out};
use narthex_storage::Store;

use crate::encryption;
use crate::environment;
use crate::exit::Exit;
use crate::explain;
use crate::json::out::{self, Printed};
use crate::json::parts::{Account, Kept};
use crate::pick;
use crate::plain::{saved_in, tell};
use crate::progress::meanwhile;
use crate::setup::Setup;
use crate::turn::settled;
use narthex_text::{id, plain};

pub(crate) async fn whoami(setup: &Setup) -> Result<(), Exit> {
    let (mut handle, store) = resumed(setup).await?;
    let views = handle.views.clone();
    let view = meanwhile(setup, views, check(&mut handle)).await;
    let checked = settled(&view);
    let engine = handle.end().await;
    checked?;
    let verified = match engine.as_ref().and_then(narthex::Engine::session) {
        Some(session) => encryption::was_verified(&store, session).await,
        None => None,
    };
    if let Screen::SignedIn { user_id, device_id, homeserver, .. } = &view.screen {
        let account = narthex_storage::Account::at(homeserver, user_id, device_id);
        let is_unconfirmed = narthex_app::unconfirmed(&store).contains(&account);
        if setup.global.json {
            let homeserver = homeserver.as_str();
            let account =
                Account { user_id, device_id, homeserver, is_default: false, verified, is_unconfirmed };
            out::print(&Printed::Account { account, kept: store.place().into() });
        } else {
            tell(&id(user_id));
            tell(&setup.text.say("device", &[("device", id(device_id).into())]));
            tell(&setup.text.say("homeserver", &[("url", homeserver.to_string().into())]));
            if let Some(verified) = verified {
                tell(&setup.text.say(known(verified), &[]));
            }
            tell(&saved_in(&setup.text, store.place()));
            if is_unconfirmed {
                tell(&explain::unconfirmed(user_id, homeserver.as_str(), &setup.text));
            }
        }
    }
    Ok(())
}

/// The message for what is known of a device.
const fn known(verified: bool) -> &'static str {
    if verified { "known-verified" } else { "known-unverified" }
}

pub(crate) async fn accounts(setup: &Setup) -> Result<(), Exit> {
    let store = setup.existing_store(&setup.app()?.profile)?;
    let accounts = match &store {
        Some(store) => narthex_app::listed(store)?,
        None => Vec::new(),
    };
    let mut verified = Vec::new();
    for listed in &accounts {
        verified.push(match (&store, &listed.session) {
            (Some(store), Ok(Some(session))) => encryption::was_verified(store, session).await,
            (_, Ok(_) | Err(_)) => None,
        });
    }
    let place = store.as_ref().map(Store::place);
    if setup.global.json {
        let list = accounts.iter().zip(verified).map(|(listed, verified)| Account {
            is_default: listed.is_default,
            verified,
            is_unconfirmed: listed.is_unconfirmed,
            ..Account::from(&listed.account)
        });
        out::print(&Printed::Accounts { accounts: list.collect(), kept: place.map(Kept::from) });
    } else if accounts.is_empty() {
        tell(&setup.text.say("no-accounts", &[]));
    } else {
        for (listed, verified) in accounts.iter().zip(verified) {
            let (user, device, server) =
                (&listed.account.user_id, &listed.account.device_id, &listed.account.homeserver);
            let mut line = format!("{} {} {}", id(user), id(device), plain(server));
            if listed.is_default && accounts.len() > 1 {
                line.push(' ');
                line.push_str(&setup.text.say("default-mark", &[]));
            }
            if listed.is_unconfirmed {
                line.push(' ');
                line.push_str(&setup.text.say("unconfirmed-mark", &[]));
            }
            if matches!(&listed.session, Ok(Some(session)) if session.ended.is_some()) {
                line.push(' ');
                line.push_str(&setup.text.say("ended-mark", &[]));
            }
            if let Some(verified) = verified {
                line.push(' ');
                line.push_str(
                    &setup.text.say(if verified { "verified-mark" } else { "unverified-mark" }, &[]),
                );
            }
            tell(&line);
        }
        place.into_iter().for_each(|place| tell(&saved_in(&setup.text, place)));
    }
    narthex_app::readable(accounts)?;
    Ok(())
}

pub(crate) async fn switch(setup: &Setup, wanted: Option<&str>) -> Result<(), Exit> {
    let store = setup.existing_store(&setup.app()?.profile)?.ok_or(Exit::NotSignedIn)?;
    let account = match wanted {
        Some(wanted) => narthex_app::chosen(&store, Some(wanted))?,
        None => pick::asked_for(setup, &store, "default-which").await?,
    };
    store.set_default(Some(&account)).map_err(narthex_app::Error::from)?;
    if setup.global.json {
        out::print(&Printed::Switched { account: (&account).into() });
    } else {
        let values = [("account", id(&narthex_app::name(&store, &account)).into())];
        tell(&setup.text.say("switched", &values));
    }
    Ok(())
}

/// What a user wants to be rid of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaving {
    pub(crate) everywhere: bool,
    pub(crate) forget: bool,
}

pub(crate) async fn logout(setup: &Setup, leaving: Leaving) -> Result<(), Exit> {
    let Leaving { everywhere, forget } = leaving;
    let (mut handle, place) = match environment::brought(setup)? {
        Some(brought) => (environment::start(setup, brought).await?.0, None),
        None => {
            let app = setup.app()?;
            let store = setup.existing_store(&app.profile)?.ok_or(Exit::NotSignedIn)?;
            let account = pick::named(setup, &store, "logout-which").await?;
            (app.resume(&store, &account)?, Some(store.place().clone()))
        }
    };
    setup.awaits(&handle);
    let before = handle.view();
    let views = handle.views.clone();
    let end = meanwhile(setup, views, sign_out(&mut handle, everywhere, forget)).await;
    let view = handle.view();
    handle.end().await;
    let words = match end {
        SignOut::Done => "signed-out",
        SignOut::WasOver => "signed-out-over",
        SignOut::Forgotten => "signed-out-here",
        // It was not begun.
        SignOut::Failed(Some(failure))
            if matches!(view.screen, Screen::SignedIn { .. })
                && matches!(failure.cause, Cause::Unavailable { outage: Outage::Storage(_), .. }) =>
        {
            return Err(Exit::NotSignedOut { failure, everywhere });
        }
        SignOut::Failed(Some(failure))
            if view.offers.contains(Offer::Forget)
                && (!everywhere || matches!(failure.cause, Cause::Unavailable { .. })) =>
        {
            return Err(Exit::NotSignedOut { failure, everywhere });
        }
        SignOut::Failed(failure) => {
            if let (Some(failure), Screen::Problem { task, .. }, Some(place)) = (failure, &view.screen, place)
                && matches!(task, Task::EraseSession | Task::ForgetSession)
            {
                let (is_over, place) = (*task == Task::EraseSession, Box::new(place));
                return Err(Exit::NotRemoved { failure, is_over, place });
            }
            // Nothing else ends a sign-out.
            return settled(&view).and(Err(Exit::System("the driver".to_owned())));
        }
    };
    let (user_id, device_id) = whose(&before.screen);
    if setup.global.json {
        out::print(&Printed::SignedOut { user_id, device_id, server_told: end == SignOut::Done });
    } else {
        let values = [("user", id(user_id).into()), ("device", id(device_id).into())];
        tell(&setup.text.say(words, &values));
    }
    Ok(())
}

fn whose(screen: &Screen) -> (&str, &str) {
    if let Screen::SignedIn { user_id, device_id, .. } | Screen::SessionEnded { user_id, device_id, .. } =
        screen
    {
        (user_id, device_id)
    } else {
        ("", "")
    }
}

/// Gives up what is unfinished.
pub(crate) async fn give_up(setup: &Setup) -> Result<(), Exit> {
    let app = setup.app()?;
    let given_up = match setup.existing_store(&app.profile)? {
        Some(store) => narthex_app::give_up(&app, &store, |_| true).await?,
        None => Vec::new(),
    };
    if given_up.is_empty() && !setup.global.json {
        tell(&setup.text.say("nothing-unfinished", &[]));
    }
    given_up_are(setup, given_up, tell)
}

/// Tells what was given up; the first that could not be is a failure.
pub(crate) fn given_up_are(setup: &Setup, given_up: Vec<GivenUp>, say: fn(&str)) -> Result<(), Exit> {
    for GivenUp { what, problem } in &given_up {
        if setup.global.json {
            out::print(&Printed::GivenUp { unfinished: what.into(), failure: problem.as_ref() });
        } else if problem.is_none() {
            say(&setup.text.of_task("given-up", what.task, &what.server, what.user.as_deref()));
        }
    }
    match given_up.into_iter().find_map(|given_up| given_up.problem) {
        Some(failure) => Err(Exit::NotGivenUp(failure)),
        None => Ok(()),
    }
}

/// An engine with the session that is meant: the one that the environment brings, else a stored one.
pub(crate) async fn resumed(setup: &Setup) -> Result<(Handle, Store), Exit> {
    if let Some(brought) = environment::brought(setup)? {
        return environment::start(setup, brought).await;
    }
    let app = setup.app()?;
    let store = setup.existing_store(&app.profile)?.ok_or(Exit::NotSignedIn)?;
    let handle = app.resume(&store, &pick::one(setup, &store).await?)?;
    setup.awaits(&handle);
    Ok((handle, store))
}
