//! Who may refresh or end a session now, of all that share the store?

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::lock::Lock;
use crate::problem::Problem;
use crate::vault::Vault;

/// How many leases this process holds.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// The exclusive right to refresh or end one session, and to change what is stored of it: what
/// [`narthex::Effect::Lease`] asks for. Held until it is dropped, or the process ends.
#[derive(Debug)]
pub struct Lease {
    vault: Vault,
    name: String,
    _held: Held,
}

impl Lease {
    /// Whether this process holds any. What a server answers then may replace what is stored: a program that ends now, and
    /// can wait, waits until it is stored.
    #[must_use]
    pub fn is_any_held() -> bool {
        HELD.load(Ordering::Relaxed) > 0
    }

    /// Keeps room for what the session will be, until that is stored or the lease ends: a disk that fills meanwhile
    /// loses nothing that a server has granted.
    ///
    /// # Errors
    ///
    /// When nothing could be stored now.
    pub fn reserve(&self) -> Result<(), Problem> {
        self.vault.reserve(&self.name, MUCH)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.vault.release(&self.name);
        HELD.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a session takes at most, in bytes, as far as servers go.
pub(crate) const MUCH: usize = 16 * 1024;

#[derive(Debug)]
enum Held {
    /// By all processes that use the folder.
    #[expect(dead_code, reason = "it is held, not read")]
    File(Lock),
    /// By this process alone.
    Memory { taken: Taken, name: String },
}

/// The names of the sessions whose lease is held.
type Taken = Arc<Mutex<BTreeSet<String>>>;

/// Where leases are taken.
#[derive(Clone, Debug)]
pub(crate) enum Leases {
    /// Each locks a part of this file.
    Files(PathBuf),
    Memory(Taken),
}

impl Leases {
    /// The lease of the session of this name, unless somebody else holds it.
    pub(crate) fn take(&self, name: String, vault: &Vault) -> Result<Option<Lease>, Problem> {
        let held = match self {
            Self::Files(whole) => Lock::attempt_part(whole, &name)?.map(Held::File),
            Self::Memory(taken) => {
                let is_free = taken.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
                is_free.then(|| Held::Memory { taken: Arc::clone(taken), name: name.clone() })
            }
        };
        Ok(held.map(|held| {
            HELD.fetch_add(1, Ordering::Relaxed);
            Lease { vault: vault.clone(), name, _held: held }
        }))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        match self {
            Self::File(_) => {}
            Self::Memory { taken, name } => {
                taken.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
            }
        }
    }
}
