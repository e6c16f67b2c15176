//! Who may refresh or end the session now?
//!
//! Several engines may know one stored session: an application that runs for weeks, and programs that come and go. Most
//! servers take a refresh token once, and some end the session when it comes again. So whatever renews, ends or
//! changes a session that others may know is done under its lease ([`Effect::Lease`](crate::Effect::Lease)), from what
//! is stored when the lease is granted until what came of it is stored.

use std::time::Duration;

use crate::cx::{Cx, Event, Wait};
use crate::failure::Failure;
use crate::http::Call;
use crate::io::{LeaseProblem, Reply, StorageProblem, Time};
use crate::session::Session;

use super::machine::{Deed, Machine, Origin, State, Then};
use super::steps::MAX_REFRESHES_EXPLAINED;

/// How long to wait for the lease. Longer than a holder sends to a silent server, once to refresh and once to revoke.
pub(super) const WAIT: Duration = Duration::from_secs(45);
/// How long a request under the lease may take: nobody sits on it while a server is silent.
pub(super) const REQUEST: Duration = Duration::from_secs(20);
/// Refreshed tokens that cannot be stored are tried again after this long, which is longer than anything takes that is done
/// under the lease. The lease is held on: whoever got it would
/// read the refresh token that they have replaced, and spend it again.
const HOLD: Duration = Duration::from_secs(600);

/// Whether nothing can be removed from the store either.
const fn keeps_all(problem: StorageProblem) -> bool {
    matches!(problem, StorageProblem::Denied | StorageProblem::NotAFile | StorageProblem::Busy)
}

/// What the store says about a session that we know.
enum Stored {
    /// What we thought.
    AsKnown,
    /// Somebody else has refreshed it, or signed in again.
    Newer,
    /// Somebody else has signed it out.
    Gone,
}

impl Machine {
    /// Does what needs the lease, at once if that is held. A session that is stored nowhere is nobody else's: it needs
    /// none.
    pub(super) fn under_lease(&mut self, deed: Deed, cx: &mut Cx<'_>) -> State {
        if self.lease.is_some() || !self.may_be_stored {
            self.hold_on(cx.now);
            return self.perform(deed, cx);
        }
        State::Leasing { wait: cx.lease(&self.session, WAIT), deed }
    }

    fn perform(&mut self, deed: Deed, cx: &mut Cx<'_>) -> State {
        match deed {
            Deed::Refresh { then } => self.send_refresh(then, cx),
            Deed::Store { then } => self.store(then, cx),
            Deed::SignOut { everywhere } => self.send_sign_out(everywhere, cx),
            Deed::Revoke { everywhere } => self.revoke(everywhere, cx),
            Deed::Erase { server_told } => self.erase_stored(server_told, cx),
            Deed::Mark => self.store(Then::End, cx),
        }
    }

    /// The lease was granted, or it was not.
    pub(super) fn leased(&mut self, wait: Wait, deed: Deed, event: &Event<'_>, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Reply(_, Reply::Leased(Ok(Some(stored)))) if !self.session.is_same(stored) => {
                self.not_leased(deed, Failure::storage(StorageProblem::Corrupt), cx)
            }
            Event::Reply(_, Reply::Leased(Ok(stored))) => {
                self.lease = Some(Wait { until: cx.now + HOLD, ..wait });
                self.granted(deed, stored.as_deref(), cx)
            }
            Event::Reply(_, Reply::Leased(Err(LeaseProblem::Storage(problem)))) => match deed {
                // Ended at the server and stored on, it would be given to whoever asks for a token.
                Deed::SignOut { .. } | Deed::Revoke { .. } if self.is_stored && keeps_all(*problem) => {
                    self.not_leased(deed, Failure::storage(*problem), cx)
                }
                // What cannot be stored can still be ended, and perhaps removed, and whoever wants that is not held up.
                Deed::SignOut { .. } | Deed::Revoke { .. } | Deed::Erase { .. } => self.perform(deed, cx),
                Deed::Refresh { .. } | Deed::Store { .. } | Deed::Mark => {
                    self.not_leased(deed, Failure::storage(*problem), cx)
                }
            },
            Event::Reply(_, Reply::Leased(Err(LeaseProblem::Busy | LeaseProblem::Lost)))
            | Event::TimedOut(_) => self.not_leased(deed, Failure::session_busy(), cx),
            Event::Reply(..) | Event::Start | Event::Intent(_) | Event::Callback(_) => {
                self.not_leased(deed, Failure::reply_of_another_kind(), cx)
            }
        }
    }

    fn granted(&mut self, deed: Deed, stored: Option<&Session>, cx: &mut Cx<'_>) -> State {
        let end = self.session.ended.clone();
        let word = self.learn(stored);
        // It was stored after all.
        if stored.is_some_and(|stored| *stored == self.session) && self.unkept.take().is_some() {
            self.is_stored = true;
            return self.rest(cx);
        }
        match (word, deed) {
            (Stored::AsKnown, _) | (Stored::Newer, Deed::SignOut { .. } | Deed::Revoke { .. }) => {
                self.perform(deed, cx)
            }
            // Somebody else has learnt that it has ended.
            (Stored::Newer, Deed::Refresh { .. } | Deed::Store { .. } | Deed::Mark)
                if self.session.ended.is_some() =>
            {
                self.over()
            }
            // What has ended is what it was before.
            (Stored::Newer, Deed::Mark) if self.refreshes < MAX_REFRESHES_EXPLAINED => self.check(cx),
            (Stored::Newer, Deed::Mark) => {
                self.session.ended = end;
                self.over()
            }
            (Stored::Newer, Deed::Refresh { then }) if !self.session.is_fresh(cx.now) => {
                self.perform(Deed::Refresh { then }, cx)
            }
            // What was wanted is there already.
            (Stored::Newer, Deed::Refresh { then } | Deed::Store { then }) => self.go_on(then, cx),
            // The person has given up the session, whatever its tokens are.
            (Stored::Newer, Deed::Erase { server_told: false }) => self.perform(deed, cx),
            // It is another session than the one that has ended.
            (Stored::Newer, Deed::Erase { server_told: true }) => self.rest(cx),
            (Stored::Gone, Deed::Erase { server_told }) => self.signed_out_here(server_told),
            (Stored::Gone, Deed::Refresh { .. } | Deed::Store { .. } | Deed::Mark) => self.gone(),
            (Stored::Gone, Deed::SignOut { .. } | Deed::Revoke { .. }) => self.gone(),
        }
    }

    /// Holds what is stored against what we know, and takes it over if it is newer.
    fn learn(&mut self, stored: Option<&Session>) -> Stored {
        let ours = self.refreshed.as_ref().unwrap_or(&self.session);
        let Some(stored) = stored else {
            let was_stored = self.replaces().is_some() && self.origin == Origin::Store;
            return if was_stored { Stored::Gone } else { Stored::AsKnown };
        };
        let is_newer = match self.replaces() {
            // Whatever differs from what we have stored came later; no clock has to be right for that.
            Some(known) => stored.access_token != known,
            // What has ended is what a sign-in was to replace. What was granted at the same time was not there before.
            None => {
                stored.ended.is_none() && stored.granted_at.is_some() && stored.granted_at >= ours.granted_at
            }
        };
        if stored == ours {
            // Whatever the clock says when it is refreshed: what is stored then is older.
            self.use_refreshed();
            (self.origin, self.is_stored, self.replaces) = (Origin::Store, true, None);
            self.is_unclear = false;
            return Stored::AsKnown;
        }
        if !is_newer {
            return Stored::AsKnown;
        }
        self.session = stored.clone();
        (self.refreshed, self.replaces, self.is_stored) = (None, None, true);
        self.is_refused = false;
        self.origin = Origin::Store;
        // Whoever stored it may have been killed while refreshing it.
        self.in_doubt = true;
        // A store that always says something else is not believed for ever.
        self.refreshes = self.refreshes.saturating_add(1);
        Stored::Newer
    }

    /// Nothing was sent, so nothing has changed.
    fn not_leased(&mut self, deed: Deed, failure: Failure, cx: &mut Cx<'_>) -> State {
        match deed {
            Deed::Refresh { then: Then::SignOut { everywhere } }
            | Deed::SignOut { everywhere }
            | Deed::Revoke { everywhere } => self.sign_out_failed(everywhere, failure, cx),
            Deed::Refresh { then: Then::Rest | Then::Check | Then::List | Then::End } => {
                self.rest_with(failure, cx)
            }
            Deed::Store { then } => self.not_stored(then, failure, cx),
            Deed::Erase { server_told } => self.not_erased(server_told, failure),
            Deed::Mark => self.over(),
        }
    }

    /// Whether `event` is about the lease that is held.
    pub(super) fn is_about_lease(&self, event: &Event<'_>) -> bool {
        let id = match event {
            Event::Reply(id, _) | Event::TimedOut(id) => *id,
            Event::Start | Event::Intent(_) | Event::Callback(_) => return false,
        };
        self.lease.is_some_and(|lease| lease.id == id)
    }

    /// It is held on: whatever begins under it ends before it is looked at again.
    fn hold_on(&mut self, now: Time) {
        if let Some(lease) = &mut self.lease {
            lease.until = now + HOLD;
        }
    }

    /// A lease that is lost stops nothing that was sent: its answer is worth having. What follows takes it anew.
    pub(super) fn hear_of_lease(&mut self, event: &Event<'_>) {
        if !matches!(event, Event::Reply(_, Reply::Leased(Ok(_)))) {
            self.lease = None;
        }
    }

    /// A request whose answer somebody else may be waiting for.
    pub(super) fn hurried(&self, call: Call, cx: &mut Cx<'_>) -> Call {
        if self.lease.is_some() { call.within(REQUEST, cx) } else { call }
    }
}

impl State {
    /// Whether the lease is needed on: until what was done under it is stored, and not while a person or a server has all
    /// the time in the world.
    pub(super) const fn holds_lease(&self, machine: &Machine) -> bool {
        match self {
            Self::Refreshing { .. }
            | Self::SigningOut { .. }
            | Self::Storing { .. }
            | Self::Erasing { .. } => true,
            // What is stored was replaced, and whoever reads it would spend it again.
            Self::StoreFailed { .. } => machine.refreshed.is_some(),
            Self::New
            | Self::Leasing { .. }
            | Self::Resting { .. }
            | Self::Unstored { .. }
            | Self::Checking { .. }
            | Self::Listing { .. }
            | Self::SignOutFailed { .. }
            | Self::EraseFailed { .. }
            | Self::Ended(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found B6: whoever waits outlasts a holder whose server is silent.
    #[test]
    fn the_wait_for_the_lease_is_longer_than_what_is_sent_under_it() {
        assert!(WAIT > REQUEST * 2);
        assert!(HOLD > WAIT);
    }
}
