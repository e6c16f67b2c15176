//! How does a session end, because its user wants it to, or has a newer one?

use narthex::{Cause, Failure, Intent, Offer, Outage, Screen, StorageProblem, View};
use narthex_storage::{Account, Problem, Store};

use crate::account::is_same_user;
use crate::error::Error;
use crate::goal::problem;
use crate::handle::Handle;
use crate::setup::Setup;
use crate::world::blocking;

/// How a sign-out went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignOut {
    /// The server was told, and nothing is stored any more.
    Done,
    /// The server had ended the session before. Nothing is stored any more.
    WasOver,
    /// Nothing is stored any more, but the server was not told.
    Forgotten,
    /// It did not work. The session is still stored.
    Failed(Option<Failure>),
}

/// Asks the server whether the session is good. If it is, nobody doubts that any more because its end was begun.
pub async fn check(handle: &mut Handle) -> View {
    let view = handle.perform(Intent::CheckSession).await;
    if problem(&view).is_none()
        && let Some(account) = account(&view)
    {
        // What cannot be written stays in doubt.
        let _ = stored(handle, move |store| store.outlived_end(&account)).await;
    }
    view
}

/// Notes that the end of the session is begun: until it is known what came of that, its token is not handed out unasked.
async fn begin(handle: &mut Handle) -> Result<(), StorageProblem> {
    match account(&handle.view()) {
        Some(account) => stored(handle, move |store| store.begin_end(&account)).await,
        None => Ok(()),
    }
}

fn account(view: &View) -> Option<Account> {
    let Screen::SignedIn { user_id, device_id, homeserver, .. } = &view.screen else { return None };
    Some(Account::at(homeserver, user_id, device_id))
}

async fn stored(
    handle: &Handle,
    work: impl FnOnce(&Store) -> Result<(), Problem> + Send + 'static,
) -> Result<(), StorageProblem> {
    let store = handle.store.clone();
    blocking(move || work(&store)).await
}

/// Ends a session. With `forget` nothing is stored of it afterwards, even if the server cannot be told.
pub async fn sign_out(handle: &mut Handle, everywhere: bool, forget: bool) -> SignOut {
    if let Err(problem) = begin(handle).await
        && !forget
    {
        // Ended at the server and stored on, it would be given to whoever asks for a token.
        let cause = Cause::Unavailable { outage: Outage::Storage(problem), retry_at: None };
        return SignOut::Failed(Some(Failure { cause, evidence: None }));
    }
    let mut view = handle.perform(Intent::SignOut { everywhere }).await;
    let was_over = matches!(view.screen, Screen::SessionEnded { .. });
    // That the server has ended it is what was asked for.
    if view.offers.contains(Offer::Forget) && (forget || was_over) {
        view = handle.perform(Intent::Forget).await;
    }
    let Screen::SignedOut { server_told, .. } = view.screen else {
        return SignOut::Failed(problem(&view).cloned());
    };
    match server_told {
        _ if was_over => SignOut::WasOver,
        true => SignOut::Done,
        false => SignOut::Forgotten,
    }
}

/// An older session of somebody who has signed in again, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Which.
    pub account: Account,
    /// How its end went.
    pub end: SignOut,
}

/// Ends those of the sessions of `before` that are of the same user at the same homeserver as `new`, which is stored.
/// What cannot be ended now stays stored, and the next sign-in of this user tries again.
///
/// `before` is what was stored when the sign-in began: of two at once, none ends the other's.
///
/// # Errors
///
/// When the store cannot be read or written.
pub async fn replace(
    setup: &Setup,
    store: &Store,
    new: &Account,
    before: &[Account],
) -> Result<Vec<Replaced>, Error> {
    // There is one trace, that of the sign-in.
    let setup = Setup { trace: None, ..setup.clone() };
    let default = store.default_account()?;
    let mut replaced = Vec::new();
    for account in before.iter().filter(|old| is_same_user(old, new) && old.device_id != new.device_id) {
        let mut handle = match setup.resume(store, account) {
            Ok(handle) => handle,
            // Somebody else has ended it meanwhile.
            Err(Error::NotSignedIn) => continue,
            Err(error) => return Err(error),
        };
        let end = sign_out(&mut handle, false, false).await;
        handle.end().await;
        replaced.push(Replaced { account: account.clone(), end });
    }
    if default.is_some_and(|default| replaced.iter().any(|replaced| replaced.account == default)) {
        store.set_default(Some(new))?;
    }
    Ok(replaced)
}
