//! The commands about a saved session: `whoami`, `accounts`, `logout`.

use narthex::{Intent, Offer, Screen, View};
use narthex_app::Handle;
use narthex_storage::Store;

use crate::environment;
use crate::exit::Exit;
use crate::json::out::{self, Account, Kept, Printed};
use crate::plain::{self, tell};
use crate::progress::meanwhile;
use crate::setup::Setup;

pub(crate) async fn whoami(setup: &Setup) -> Result<(), Exit> {
    let (mut handle, store) = resumed(setup).await?;
    let views = handle.views.clone();
    let view = meanwhile(setup, views, handle.perform(Intent::CheckSession)).await;
    let checked = settled(&view);
    handle.end().await;
    checked?;
    if let Screen::SignedIn { user_id, device_id, homeserver, .. } = &view.screen {
        if setup.global.json {
            let account = Account { user_id, device_id, homeserver: homeserver.as_str() };
            out::print(&Printed::Account { account, kept: store.place().into() });
        } else {
            tell(&narthex_text::plain(user_id));
            tell(&setup.text.say("device", &[("device", narthex_text::plain(device_id).into())]));
            tell(&setup.text.say("homeserver", &[("url", homeserver.to_string().into())]));
            tell(&plain::saved_in(&setup.text, store.place()));
        }
    }
    Ok(())
}

pub(crate) fn accounts(setup: &Setup) -> Result<(), Exit> {
    let store = setup.existing_store(&setup.app()?.profile)?;
    let accounts =
        store.as_ref().map_or(Ok(Vec::new()), Store::accounts).map_err(narthex_app::Error::from)?;
    let place = store.as_ref().map(Store::place);
    if setup.global.json {
        let list = accounts.iter().map(|account| Account {
            user_id: &account.user_id,
            device_id: &account.device_id,
            homeserver: &account.homeserver,
        });
        out::print(&Printed::Accounts { accounts: list.collect(), kept: place.map(Kept::from) });
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
        place.into_iter().for_each(|place| tell(&plain::saved_in(&setup.text, place)));
    }
    Ok(())
}

pub(crate) async fn logout(setup: &Setup, everywhere: bool, forget: bool) -> Result<(), Exit> {
    let (mut handle, _) = resumed(setup).await?;
    let views = handle.views.clone();
    let mut view = meanwhile(setup, views.clone(), handle.perform(Intent::SignOut { everywhere })).await;
    let over = matches!(view.screen, Screen::SessionEnded { .. });
    // A session that the server has ended is what was asked for; so is forgetting it, when that was said.
    if view.offers.contains(Offer::Forget) && (forget || over) {
        view = meanwhile(setup, views, handle.perform(Intent::Forget)).await;
    }
    let done = settled(&view);
    handle.end().await;
    let Screen::SignedOut { user_id, server_told } = &view.screen else {
        return match done {
            Err(Exit::Failed(failure)) if view.offers.contains(Offer::Forget) && !everywhere => {
                Err(Exit::NotSignedOut(failure))
            }
            Err(exit) => Err(exit),
            // Nothing else ends a sign-out.
            Ok(()) => Err(Exit::System("the driver".to_owned())),
        };
    };
    if setup.global.json {
        out::print(&Printed::SignedOut { user_id, server_told: *server_told });
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

/// An engine with the session that is meant: the one that the environment brings, else a stored one.
pub(crate) async fn resumed(setup: &Setup) -> Result<(Handle, Store), Exit> {
    if let Some(brought) = environment::brought(setup)? {
        return environment::start(setup, brought).await;
    }
    let app = setup.app()?;
    let store = setup.existing_store(&app.profile)?.ok_or(Exit::NotSignedIn)?;
    let handle = app.resume(&store, setup.account())?;
    setup.awaits(&handle);
    Ok((handle, store))
}

/// What did not work about the session, if something did not.
pub(crate) fn settled(view: &View) -> Result<(), Exit> {
    match (&view.screen, narthex_app::problem(view)) {
        (_, None) => Ok(()),
        (Screen::SessionEnded { user_id, .. }, Some(failure)) => {
            Err(Exit::of_session(user_id.clone(), failure.clone()))
        }
        (_, Some(failure)) => Err(Exit::Failed(failure.clone())),
    }
}
