//! A session that the environment brings: `NARTHEX_TOKEN` at `NARTHEX_HOMESERVER`, for machines that store nothing.

use narthex::{Intent, Offer, Secret};
use narthex_app::{Finished, Handle, Profile, World};
use narthex_storage::{Keep, Options, Store};

use crate::exit::{Asked, Exit};
use crate::input;
use crate::setup::Setup;
use crate::turn::settled;

/// An access token, and the server that it is of.
pub(crate) struct Brought {
    server: String,
    token: Secret<String>,
}

/// What it brings; nothing where an account is named, which is stored.
pub(crate) fn brought(setup: &Setup) -> Result<Option<Brought>, Exit> {
    let Some(token) = std::env::var_os("NARTHEX_TOKEN").filter(|_| setup.account().is_none()) else {
        return Ok(None);
    };
    // An empty one is a mistake, and no wish to use somebody else's.
    let token = input::token(token.into_encoded_bytes()).map_err(|why| Exit::BadVariable {
        variable: "NARTHEX_TOKEN",
        what: Asked::AccessToken,
        why,
    })?;
    let server = std::env::var("NARTHEX_HOMESERVER").ok().filter(|server| !server.is_empty());
    Ok(Some(Brought { server: server.ok_or(Exit::NoHomeserver)?, token }))
}

/// An engine with that session, which is in memory alone.
pub(crate) async fn start(setup: &Setup, brought: Brought) -> Result<(Handle, Store), Exit> {
    let (data_dir, name) = (std::env::temp_dir(), "environment".to_owned());
    let keep = Options { data_dir: data_dir.clone(), profile: name.clone(), keep: Keep::Memory };
    let store = Store::open(keep).map_err(narthex_app::Error::from)?;
    let app = setup.of_profile(Profile { data_dir, name });
    let mut handle = app.start(None, None, World::new(store.clone())?)?;
    setup.awaits(&handle);
    let Brought { server, token } = brought;
    handle.ask(Intent::UseServer { server }).await;
    let mut view = handle.until(narthex_app::is_settled).await;
    // What else the server lacks does not matter.
    if view.offers.contains(Offer::SignInWithAccessToken) {
        handle.ask(Intent::SignInWithAccessToken { token }).await;
        view = handle.until(narthex_app::is_settled).await;
    }
    if narthex_app::finished(&view) == Some(Finished::SignedIn) {
        return Ok((handle, store));
    }
    handle.end().await;
    settled(&view).and(Err(Exit::NotSignedIn))
}
