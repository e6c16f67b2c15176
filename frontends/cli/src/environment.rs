//! What does the environment bring? `NARTHEX_TOKEN` at `NARTHEX_HOMESERVER` is a session, for machines that store nothing;
//! other variables stand for flags.

use clap::error::{ContextKind, ContextValue};
use narthex::{Intent, Offer, Screen, Secret, View};
use narthex_app::{Finished, Handle, Profile, World};
use narthex_storage::{Keep, Options, Store};

use crate::exit::{Asked, Exit};
use crate::input::{self, Unusable};
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
        what: Asked::AccessToken.name(),
        why,
    })?;
    let variable = "NARTHEX_HOMESERVER";
    let server = std::env::var_os(variable).ok_or(Exit::NoHomeserver)?.into_string();
    let bad = |why| Exit::BadVariable { variable, what: "homeserver", why };
    let server = server.map_err(|_| bad(Unusable::NotUtf8))?;
    if server.trim().is_empty() {
        return Err(bad(Unusable::Empty));
    }
    Ok(Some(Brought { server, token }))
}

/// The variables that stand for flags, and the names of both in JSON.
const OF_FLAGS: [(&str, &str, &str); 4] = [
    ("--profile", "NARTHEX_PROFILE", "profile"),
    ("--data-dir", "NARTHEX_DATA_DIR", "data_dir"),
    ("--passphrase-file", "NARTHEX_PASSPHRASE_FILE", "passphrase_file"),
    ("--registration-token", "NARTHEX_REGISTRATION_TOKEN", "registration_token"),
];

/// The empty variable, where it is what a command line fails by: that names the flag alone.
pub(crate) fn empty(said: &clap::Error) -> Option<Exit> {
    let Some(ContextValue::String(argument)) = said.get(ContextKind::InvalidArg) else { return None };
    let flag = argument.split(' ').next()?;
    let (_, variable, what) = OF_FLAGS.into_iter().find(|(of, ..)| *of == flag)?;
    let is_on_the_line = std::env::args_os().any(|given| given.to_string_lossy().starts_with(flag));
    let is_empty = std::env::var_os(variable).is_some_and(|value| value.is_empty());
    (is_empty && !is_on_the_line).then_some(Exit::BadVariable { variable, what, why: Unusable::Empty })
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
        handle.ask(Intent::SignInWithAccessToken { token, identifier: None }).await;
        // Nobody is signing in: a server that says "later" is asked once.
        let is_limited = |view: &View| matches!(view.screen, Screen::Limited { .. });
        view = handle.until(|view| narthex_app::is_settled(view) || is_limited(view)).await;
    }
    if let Screen::Limited { failure, .. } = &view.screen {
        let exit = Exit::Failed(failure.clone());
        handle.end().await;
        return Err(exit);
    }
    if narthex_app::finished(&view) == Some(Finished::SignedIn) {
        return Ok((handle, store));
    }
    handle.end().await;
    settled(&view).and(Err(Exit::NotSignedIn))
}
