//! How do requests of processes that share a session reach the server, if they do?

use narthex::{EffectId, Lost, Reply, Request, Time};

use super::outing::ask;
use super::{Due, House, Leases};

impl House {
    pub(super) fn send(&mut self, at: usize, id: EffectId, request: Request) -> Result<(), String> {
        let stored = self.store.as_ref().ok_or("asks without a session")?;
        if is_refresh(&request) && self.leases == Leases::One {
            let sent = ask(&request);
            if stored.refresh_token.as_ref().is_none_or(|token| *token.expose() != sent) {
                return Err("a refresh token is spent that is not the stored one".to_owned());
            }
            if self.lease.is_none_or(|(holder, _)| holder != at) {
                return Err("refreshes without the lease".to_owned());
            }
            if stored.is_fresh(Time(self.now)) && !self.in_doubt {
                return Err("fresh tokens are replaced".to_owned());
            }
        }
        if self.chance.one_in(self.luck.lose) {
            // Lost before it arrives.
            self.reply(at, id, Reply::Http(Err(Lost::Connect)));
            return Ok(());
        }
        let (run, after) = (self.places[at].run, self.latency());
        self.later(after, Due::Arrival { at, run, id, request });
        Ok(())
    }

    pub(super) fn arrive(&mut self, at: usize, id: EffectId, request: &Request) {
        let response = self.server.answer(Time(self.now), request);
        let fails = self.chance.one_in(self.luck.lose) || self.chance.one_in(self.luck.proxy);
        if fails && is_refresh(request) {
            self.lose();
        }
        self.places[at].refreshed |= !fails && is_refresh(request) && response.status == 200;
        let silent = fails && self.chance.one_in(2);
        if !silent {
            self.reply(at, id, Reply::Http(if fails { Err(Lost::Broken) } else { Ok(response) }));
        }
    }

    /// Nobody waits any more for this, or for anything: what is on its way arrives before all else, or never.
    pub(super) fn hang_up(&mut self, at: usize, only: Option<EffectId>) {
        let flying: Vec<_> = self.due.keys().copied().collect();
        for key in flying {
            let is_meant = matches!(&self.due[&key], Due::Arrival { at: of, run, id, .. }
                if *of == at && *run == self.places[at].run && only.is_none_or(|only| only == *id));
            if is_meant && let Some(Due::Arrival { request, .. }) = self.due.remove(&key) {
                if self.chance.one_in(2) {
                    self.server.answer(Time(self.now), &request);
                }
                if is_refresh(&request) {
                    self.lose();
                }
            }
        }
    }
}

fn is_refresh(request: &Request) -> bool {
    request.url.path().ends_with("/token")
}
