//! Where is an unfinished sign-in stored, and which one does a run resume?

use std::sync::{Arc, Mutex, PoisonError};

use narthex::{Callback, Offer, Saved, Session, Task, Wanted, What};
use narthex_runtime::Clock;
use narthex_storage::{Account, Flow, FlowId, Problem, Store};

/// The slot in which one run stores what is unfinished. Clones share it. Nobody else resumes it until the last of
/// them is dropped, or the process ends.
#[derive(Clone, Debug, Default)]
pub struct Slot(Arc<Mutex<Option<Flow>>>);

impl Slot {
    /// A new one, which is made when there is something to store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn save(&self, store: &Store, saved: Option<&Saved>) -> Result<(), Problem> {
        let mut flow = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(saved) = saved else {
            flow.as_ref().map_or(Ok(()), |flow| flow.save(None))?;
            *flow = None;
            return Ok(());
        };
        match &*flow {
            Some(flow) => flow.save(Some(saved)),
            None => {
                let new = store.begin_flow()?;
                new.save(Some(saved))?;
                *flow = Some(new);
                Ok(())
            }
        }
    }
}

impl From<Flow> for Slot {
    fn from(flow: Flow) -> Self {
        Self(Arc::new(Mutex::new(Some(flow))))
    }
}

/// An unfinished sign-in, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// With which server.
    pub server: String,
    /// What was being done.
    pub task: Task,
    /// By which intent it began; absent where there is a session already.
    pub way: Option<Offer>,
    /// For single sign-on: the id of the provider.
    pub provider: Option<String>,
    /// Whose, where that is known: a user id, or the username of a new account.
    pub user: Option<String>,
    /// Nothing listens where the browser ends up: the address has to be pasted.
    pub by_paste: bool,
}

impl From<What<'_>> for Unfinished {
    fn from(what: What<'_>) -> Self {
        let What { server, task, way, provider, user, by_paste, .. } = what;
        let (provider, user) = (provider.map(str::to_owned), user.map(str::to_owned));
        Self { server: server.to_owned(), task, way, provider, user, by_paste }
    }
}

/// What earlier runs left unfinished, as far as it matters to what is asked for.
#[derive(Debug, Default)]
pub struct Left {
    /// What is asked for: the newest, to go on with.
    pub wanted: Option<(Slot, Saved)>,
    /// What else there is at the server that was named. It stays where it is.
    pub others: Vec<Unfinished>,
}

/// The unfinished sign-ins that nobody runs, and that matter to what is asked for.
///
/// # Errors
///
/// When it cannot be found out which there are. One that cannot be read is no obstacle to the others.
pub fn unfinished(store: &Store, wanted: &Wanted<'_>) -> Result<Left, Problem> {
    let mut left = Left::default();
    for id in store.flows()? {
        let Ok(Taken::Here(flow, saved)) = take(store, &id) else { continue };
        if saved.is_wanted(wanted)
            && left.wanted.as_ref().is_none_or(|(_, kept)| is_nearer(&saved, kept, wanted))
        {
            if let Some((_, other)) = left.wanted.replace((flow.into(), saved)) {
                left.others.push(other.what().into());
            }
        } else if wanted.server.is_some_and(|server| saved.what().is_at(server)) {
            left.others.push(saved.what().into());
        }
    }
    Ok(left)
}

/// An unfinished sign-in that was to be taken.
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub(crate) enum Taken {
    Here(Flow, Saved),
    /// Another process runs it.
    Running,
    /// There was nothing left of it to go on with, and now there is nothing of it.
    Over,
}

/// Takes an unfinished sign-in, unless nothing is left of it to go on with: that is forgotten.
pub(crate) fn take(store: &Store, id: &FlowId) -> Result<Taken, Problem> {
    let Some((flow, saved)) = store.take_flow(id)? else { return Ok(Taken::Running) };
    if is_over(store, &saved)? {
        flow.save(None)?;
        return Ok(Taken::Over);
    }
    Ok(Taken::Here(flow, saved))
}

/// Its time is over, or it went on beside a session that is stored no more.
fn is_over(store: &Store, saved: &Saved) -> Result<bool, Problem> {
    if saved.what().until.is_some_and(|until| until <= Clock::start().now()) {
        return Ok(true);
    }
    Ok(match beside(saved) {
        Some(account) => !store.accounts()?.contains(&account),
        None => false,
    })
}

fn beside(saved: &Saved) -> Option<Account> {
    saved.beside().map(|(homeserver, user_id, device_id)| Account::at(homeserver, user_id, device_id))
}

/// The sessions of accounts that nobody has called theirs yet: another device has signed this one in to them.
#[must_use]
pub fn unconfirmed(store: &Store) -> Vec<Account> {
    let seen = store.flows_seen();
    seen.iter().filter(|saved| saved.is_unconfirmed()).filter_map(beside).collect()
}

/// Whether one is meant rather than the other, which is newer: it is of whoever is named, and the other is a form that
/// anybody may fill in; or its page is that of which an address is pasted.
fn is_nearer(saved: &Saved, newer: &Saved, wanted: &Wanted<'_>) -> bool {
    let (what, other) = (saved.what(), newer.what());
    let is_named = wanted.named().is_some() && what.user.is_some() && other.user.is_none();
    is_named || (what.by_paste && other.way.is_some() && !other.by_paste)
}

/// Forgets the unfinished registrations of an account that is signed in now.
///
/// # Errors
///
/// When it cannot be found out which there are, or one cannot be removed.
pub fn settle(store: &Store, session: &Session) -> Result<(), Problem> {
    for id in store.flows()? {
        match store.take_flow(&id) {
            Ok(Some((flow, saved))) if saved.is_settled_by(session) => flow.save(None)?,
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}

/// The unfinished sign-in that nobody runs, and that waits for this callback.
///
/// # Errors
///
/// When it cannot be found out which there are; and when none that could be read waits for it, and there is one that
/// could not.
pub fn awaiting(store: &Store, callback: &Callback) -> Result<Option<(Slot, Saved)>, Problem> {
    let mut unread = None;
    let found = first(store, |saved| saved.accepts(callback), &mut unread)?;
    match (&found, unread) {
        (None, Some(problem)) => Err(problem),
        (_, _) => Ok(found),
    }
}

/// The first that is such, and what was wrong with one before it.
fn first(
    store: &Store,
    such: impl Fn(&Saved) -> bool,
    unread: &mut Option<Problem>,
) -> Result<Option<(Slot, Saved)>, Problem> {
    for id in store.flows()? {
        match store.take_flow(&id) {
            Ok(Some((flow, saved))) if such(&saved) => return Ok(Some((flow.into(), saved))),
            Ok(Some(_) | None) => {}
            Err(problem) => *unread = Some(problem),
        }
    }
    Ok(None)
}
