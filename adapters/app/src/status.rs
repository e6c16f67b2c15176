//! What is there: who is signed in, and what is unfinished?

use narthex::{Failure, Intent, Saved, Session, Task, Time};
use narthex_storage::{Account, Problem, Store};

use crate::account::chosen;
use crate::error::Error;
use crate::goal::{is_settled, problem};
use crate::setup::Setup;
use crate::unfinished::{Slot, Taken, Unfinished, take, unconfirmed};
use crate::world::World;

/// A session that is listed.
#[derive(Debug)]
pub struct Listed {
    /// Whose.
    pub account: Account,
    /// It is meant where nobody is named, and nobody can be asked.
    pub is_default: bool,
    /// Nobody has called the account theirs yet: another device has signed this one in to it.
    pub is_unconfirmed: bool,
    /// What is stored of it; `None` if that is gone.
    pub session: Result<Option<Session>, Problem>,
}

/// A sign-in that is not finished.
#[derive(Debug)]
pub struct Underway {
    /// What it is; `None` while another process runs it.
    pub what: Result<Option<Unfinished>, Problem>,
    /// When it was begun.
    pub since: Option<Time>,
}

/// Every session of a profile, the newest first.
///
/// # Errors
///
/// When the list cannot be read, or all that was in it is lost.
pub fn listed(store: &Store) -> Result<Vec<Listed>, Error> {
    let accounts = store.accounts()?;
    if accounts.is_empty() && store.lost().is_some() {
        return Err(Error::nobody(store));
    }
    let default = if accounts.is_empty() { None } else { Some(chosen(store, None)?) };
    let unconfirmed = unconfirmed(store);
    let listed = accounts.into_iter().rev().map(|account| Listed {
        is_unconfirmed: unconfirmed.contains(&account),
        is_default: default.as_ref() == Some(&account),
        session: store.session(&account),
        account,
    });
    Ok(listed.collect())
}

/// Whether all of these could be read.
///
/// # Errors
///
/// When one could not, for the reason why.
pub fn readable(listed: Vec<Listed>) -> Result<(), Error> {
    listed.into_iter().try_for_each(|listed| listed.session.map(drop)).map_err(Error::Storage)
}

/// Every sign-in of a profile that is not finished, the newest first; but none of which only the account has to be
/// confirmed: that is a session that is [listed].
///
/// # Errors
///
/// When it cannot be found out which there are.
pub fn underway(store: &Store) -> Result<Vec<Underway>, Error> {
    let ids = store.flows_now()?;
    let there = ids.iter().filter_map(|id| {
        let what = match take(store, id) {
            Ok(Taken::Over) => return None,
            Ok(Taken::Here(_, saved)) if saved.what().task == Task::ConfirmAccount => return None,
            Ok(Taken::Here(_, saved)) => Ok(Some(saved.what().into())),
            Ok(Taken::Running) => Ok(None),
            Err(problem) => Err(problem),
        };
        Some((id, what))
    });
    let underway = there.map(|(id, what)| Underway {
        what,
        since: store.flow_since(id).and_then(|since| {
            let since = since.duration_since(std::time::UNIX_EPOCH).ok()?;
            Some(Time(u64::try_from(since.as_millis()).ok()?))
        }),
    });
    Ok(underway.collect())
}

/// What became of a sign-in that was to be given up.
#[derive(Debug)]
pub struct GivenUp {
    /// Which it was.
    pub what: Unfinished,
    /// Why it is still there, if it is: a server could not be told.
    pub problem: Option<Failure>,
}

/// Gives up every such sign-in that is not finished, and that nobody runs. Sessions that nobody knows of are ended.
///
/// # Errors
///
/// When it cannot be found out which there are, or no engine can be started.
pub async fn give_up(
    setup: &Setup,
    store: &Store,
    such: impl Fn(&Saved) -> bool,
) -> Result<Vec<GivenUp>, Error> {
    let setup = Setup { trace: None, ..setup.clone() };
    let mut given_up = Vec::new();
    for id in store.flows()? {
        // What cannot be read cannot be given up either; it hides nothing.
        let Ok(Taken::Here(flow, saved)) = take(store, &id) else { continue };
        if !such(&saved) {
            continue;
        }
        let what = saved.what().into();
        let world = World { slot: Some(Slot::from(flow)), ..World::new(store.clone())? };
        let mut handle = setup.start(Some(saved), None, world)?;
        handle.ask(Intent::Cancel).await;
        let view = handle.until(is_settled).await;
        let is_over = handle.end().await.is_some_and(|engine| engine.save().is_none());
        given_up.push(GivenUp { what, problem: problem(&view).cloned().filter(|_| !is_over) });
    }
    Ok(given_up)
}
