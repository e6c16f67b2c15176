//! Which sign-ins are unfinished, and who runs them?
//!
//! Each has a slot: a secret of its own, and a file `flow-ID.lock`, which says that it is there, and which is locked as
//! long as a process runs it. `flows.lock` is held while such a file is made, opened or removed, and not longer.

mod id;
mod slots;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use narthex::{Saved, SavedError, StorageProblem};

use crate::problem::Problem;
use crate::vault::Vault;
use slots::{Alone, Held, Slots};

pub use id::FlowId;

/// How many sign-ins of a profile may be unfinished. The oldest that can be spared goes when there is another.
const MAX: usize = 16;
/// Where versions before there were slots kept the only one.
const ONLY: &str = "flow";

/// The unfinished sign-ins of one profile.
#[derive(Clone, Debug)]
pub(crate) struct Flows {
    vault: Vault,
    slots: Slots,
}

/// A sign-in that this process runs, and that nobody else does until this is dropped, or the process ends.
#[derive(Debug)]
pub struct Flow {
    id: FlowId,
    flows: Flows,
    /// Nothing is written in it.
    is_empty: AtomicBool,
    held: Option<Held>,
}

impl Flow {
    /// Its name, which it keeps as long as it is unfinished.
    #[must_use]
    pub const fn id(&self) -> &FlowId {
        &self.id
    }

    /// Makes it durable, or with `None` forgets it.
    ///
    /// # Errors
    ///
    /// When it could not be written; what was there before is still there.
    pub fn save(&self, saved: Option<&Saved>) -> Result<(), Problem> {
        self.flows.vault.set(&self.id.secret(), saved.map(Saved::to_json).as_ref())?;
        self.is_empty.store(saved.is_none(), Relaxed);
        Ok(())
    }
}

impl Drop for Flow {
    /// A slot in which there is nothing goes as well.
    fn drop(&mut self) {
        let Some(held) = self.held.take() else { return };
        let slots = &self.flows.slots;
        match self.is_empty.load(Relaxed).then(|| slots.alone()) {
            // What cannot be removed now goes when somebody finds it.
            Some(Ok(alone)) => drop(slots.remove(&self.id, held, &alone)),
            Some(Err(_)) | None => slots.release(&self.id, held),
        }
    }
}

impl Flows {
    pub(crate) fn in_folder(folder: &Path, vault: Vault) -> Self {
        Self { vault, slots: Slots::Folder(folder.to_owned()) }
    }

    /// The names of all secrets that there may be, where an earlier version kept them.
    pub(crate) fn former(folder: &Path) -> Result<impl Iterator<Item = String>, Problem> {
        let slots = Slots::Folder(folder.to_owned());
        let ids = slots.list(&slots.alone()?)?;
        Ok(ids.into_iter().map(|id| id.secret()).chain([ONLY.to_owned()]))
    }

    pub(crate) fn in_memory(vault: Vault) -> Self {
        Self { vault, slots: Slots::Memory(Arc::default()) }
    }

    /// Those that there are, the newest first.
    pub(crate) fn list(&self) -> Result<Vec<FlowId>, Problem> {
        let alone = self.slots.alone()?;
        self.adopt_the_only_one(&alone)?;
        self.slots.list(&alone)
    }

    /// The same, unless somebody makes, opens or removes one just now. Does not wait.
    pub(crate) fn list_now(&self) -> Result<Vec<FlowId>, Problem> {
        let alone = self.slots.alone_now()?.ok_or_else(|| self.slots.problem(StorageProblem::Busy))?;
        self.adopt_the_only_one(&alone)?;
        self.slots.list(&alone)
    }

    /// When it was begun: its file is made once, and stays empty.
    pub(crate) fn since(&self, id: &FlowId) -> Option<std::time::SystemTime> {
        self.slots.since(id)
    }

    /// What is written in those that there are, whoever runs them, as far as it can be read.
    pub(crate) fn seen(&self) -> Vec<Saved> {
        let ids = self.slots.seen().unwrap_or_default();
        let written = ids.iter().filter_map(|id| self.vault.get(&id.secret()).ok()?);
        written.filter_map(|json| Saved::from_json(json.expose()).ok()).collect()
    }

    /// A new one, in which there is nothing yet.
    pub(crate) fn begin(&self) -> Result<Flow, Problem> {
        let alone = self.slots.alone()?;
        let slots = self.slots.list(&alone)?;
        if slots.len() >= MAX && !self.make_room(&slots, &alone)? {
            return Err(self.slots.problem(StorageProblem::Full));
        }
        loop {
            let id = FlowId::random();
            if let Some(held) = self.slots.make(&id, &alone)? {
                return Ok(self.held(id, held));
            }
        }
    }

    fn held(&self, id: FlowId, held: Held) -> Flow {
        Flow { id, flows: self.clone(), is_empty: AtomicBool::new(true), held: Some(held) }
    }

    /// `None` when somebody else runs it, or it is no more.
    pub(crate) fn take(
        &self,
        id: &FlowId,
        unreadable: impl Fn(SavedError) -> Problem,
    ) -> Result<Option<(Flow, Saved)>, Problem> {
        let held = {
            let alone = self.slots.alone()?;
            self.slots.open(id, &alone)?
        };
        let Some(held) = held else { return Ok(None) };
        let flow = self.held(id.clone(), held);
        let json = self.vault.get(&id.secret()).inspect_err(|_| flow.is_empty.store(false, Relaxed))?;
        // Nothing in it: whoever made it has been killed before they wrote. It goes when this is dropped.
        let Some(json) = json else { return Ok(None) };
        flow.is_empty.store(false, Relaxed);
        match Saved::from_json(json.expose()) {
            Ok(saved) => Ok(Some((flow, saved))),
            Err(error) => {
                if error == SavedError::Damaged {
                    self.slots.set_aside(id);
                }
                Err(unreadable(error))
            }
        }
    }

    /// Removes the oldest that nobody runs and nobody needs, if there is one.
    fn make_room(&self, slots: &[FlowId], alone: &Alone) -> Result<bool, Problem> {
        for id in slots.iter().rev() {
            let Some(held) = self.slots.open(id, alone)? else { continue };
            let is_spare = match self.vault.get(&id.secret())? {
                None => true,
                Some(json) => Saved::from_json(json.expose()).is_ok_and(|saved| saved.is_dispensable()),
            };
            if is_spare {
                self.vault.set(&id.secret(), None)?;
                self.slots.remove(id, held, alone)?;
                return Ok(true);
            }
            self.slots.release(id, held);
        }
        Ok(false)
    }

    /// What a version before there were slots has left gets one.
    fn adopt_the_only_one(&self, alone: &Alone) -> Result<(), Problem> {
        let Some(json) = self.vault.get(ONLY)? else { return Ok(()) };
        let mut is_known = false;
        // Killed in between, it is there twice.
        for id in self.slots.list(alone)? {
            is_known |= self.vault.get(&id.secret())?.as_ref() == Some(&json);
        }
        if !is_known {
            let id = FlowId::random();
            let Some(held) = self.slots.make(&id, alone)? else {
                return Err(self.slots.problem(StorageProblem::Other));
            };
            let written = self.vault.set(&id.secret(), Some(&json));
            match &written {
                Ok(()) => self.slots.release(&id, held),
                Err(_) => self.slots.remove(&id, held, alone)?,
            }
            written?;
        }
        self.vault.set(ONLY, None)
    }
}
