//! Where is an unfinished sign-in stored, and which one does a run resume?

use std::sync::{Arc, Mutex, PoisonError};

use narthex::{Callback, Saved, Task};
use narthex_storage::{Flow, Problem, Store};

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

/// The newest unfinished sign-in that nobody runs, and that `fits`: with which server it is, and what was being done.
///
/// # Errors
///
/// When it cannot be found out which there are. One that cannot be read is no obstacle to the others.
pub fn unfinished(
    store: &Store,
    fits: impl Fn(&str, Task) -> bool,
) -> Result<Option<(Slot, Saved)>, Problem> {
    let such = |saved: &Saved| {
        let (server, task) = saved.what();
        fits(server, task)
    };
    first(store, such, &mut None)
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
