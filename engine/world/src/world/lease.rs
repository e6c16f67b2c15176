//! What a lease means in a world whose store somebody else may use too.

use std::rc::Rc;

use narthex::{Effect, LeaseProblem, Session};

use super::open::Open;
use super::{HELD, World};
use crate::class::Class;

impl World {
    /// Whether a lease is held.
    pub(crate) fn is_leased(&self) -> bool {
        self.open.iter().any(|open| open.class == Class::Lease && open.told)
    }

    /// Something begins under the lease, which is held on.
    pub(super) fn hold_on(&mut self) {
        let due = self.now + HELD;
        let leases = self.open.iter_mut().filter(|open| open.class == Class::Lease && open.told);
        leases.for_each(|open| open.due = due);
    }

    /// What is stored of the session whose lease is asked for.
    pub(crate) fn leased(&self, open: &Open) -> Option<Session> {
        let Effect::Lease { homeserver, user_id, device_id, .. } = &open.effect else { return None };
        let mut stored = self.stored.iter().rev();
        stored.find(|session| session.is_of(homeserver, user_id, device_id)).cloned()
    }

    /// The lease was answered: what somebody else has done to the session meanwhile comes to light.
    pub(super) fn leased_with(&mut self, at: usize, reply: &Result<Option<Box<Session>>, LeaseProblem>) {
        let before = self.leased(&self.open[at]);
        self.memory.no_lease = matches!(reply, Err(LeaseProblem::Storage(_)));
        match (reply, before) {
            (Ok(Some(stored)), Some(before)) if **stored != before && stored.is_same(&before) => {
                self.forget_stored(&before);
                self.memory.spent.extend(before.refresh_token.map(|token| Rc::from(token.expose().as_str())));
                let newer: Rc<str> = stored.access_token.expose().as_str().into();
                self.memory.told_stored.push(Rc::clone(&newer));
                self.memory.issued = self.memory.issued.take().and(Some(newer));
                self.stored.push((**stored).clone());
            }
            (Ok(None), Some(before)) => {
                self.forget_stored(&before);
                self.memory.issued = None;
            }
            (Ok(_) | Err(_), _) => {}
        }
    }

    fn forget_stored(&mut self, gone: &Session) {
        self.stored.retain(|session| !session.is_same(gone));
    }
}
