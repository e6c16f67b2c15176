//! Who holds the lease, and who waits for it?

use narthex::{EffectId, LeaseProblem, Reply, StorageProblem};

use super::{House, Leases};

impl House {
    pub(super) fn ask_for_lease(&mut self, at: usize, id: EffectId) {
        if self.chance.one_in(self.luck.disk) {
            // It fails, or nobody ever hears of it again.
            let problems = [LeaseProblem::Busy, LeaseProblem::Storage(StorageProblem::Denied)];
            let problem = *self.chance.pick(&problems);
            if self.chance.one_in(2) {
                self.reply(at, id, Reply::Leased(Err(problem)));
            }
        } else if self.lease.is_some() && self.leases == Leases::One {
            self.shared.waits += 1;
            self.waiting.push_back((at, id));
        } else {
            self.grant(at, id);
        }
    }

    pub(super) fn grant(&mut self, at: usize, id: EffectId) {
        self.lease = Some((at, id));
        let stored = self.store.clone().map(Box::new);
        self.reply(at, id, Reply::Leased(Ok(stored)));
    }

    pub(super) fn let_go(&mut self, at: usize, id: EffectId) -> Result<(), String> {
        if self.lease != Some((at, id)) {
            return Err("somebody lets go of what they do not hold".to_owned());
        }
        self.lease = None;
        // What was granted and not heard of yet is not wanted.
        if self.places[at].refreshed {
            // Refreshed tokens that were not stored are lost to everybody else.
            self.lose();
        }
        if let Some((next, id)) = self.waiting.pop_front() {
            self.grant(next, id);
        }
        Ok(())
    }
}
