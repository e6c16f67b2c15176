//! How does the session end that many used, once luck has turned?

use narthex::{Config, Engine, Input, Saved, Screen, Time};
use narthex_sandbox::Sandbox;

use crate::plan::{HOUR, MEMBER};
use crate::process::client;

use super::{House, PROCESSES, STAYS, outing};

impl House {
    /// Luck has turned: everybody leaves, and the session is signed out.
    pub(super) fn close(&mut self) -> Result<(), String> {
        let devices = |server: &Sandbox| server.account(MEMBER).map_or(0, |account| account.devices.len());
        if self.shared.ended {
            return Ok(());
        }
        if devices(&self.server) != 1 {
            return Err(format!("{} devices", devices(&self.server)));
        }
        if self.chance.one_in(2) {
            self.sign_out_beside_renewals()?;
            let done = self.store.is_none() && devices(&self.server) == 0;
            return if done {
                Ok(())
            } else {
                Err(format!("signed out, with {} devices", devices(&self.server)))
            };
        }
        let read = self.store.take().ok_or("the session is gone from the store")?;
        let engine =
            Engine::resume(Saved::from(read), Config::new(client()), self.chance.seeds(), Time(self.now));
        match outing::sign_out(&mut self.server, Time(self.now), engine) {
            Some(Screen::SignedOut { server_told: true, .. }) if devices(&self.server) == 0 => Ok(()),
            other => Err(format!("signed out to {other:?}, with {} devices", devices(&self.server))),
        }
    }

    /// The tokens have to be refreshed, and all want that at once; and whoever stays signs out as soon as they may.
    fn sign_out_beside_renewals(&mut self) -> Result<(), String> {
        let read = self.store.clone().ok_or("the session is gone from the store")?;
        self.is_closing = true;
        self.now = self.now.max(read.fresh_until(Time(self.now)).map_or(0, |until| until.0));
        for at in 0..PROCESSES {
            if self.places[at].engine.is_none() {
                self.start(at)?;
            }
        }
        self.hear(STAYS, Input::Tick)?;
        self.go_on(self.now + HOUR)
    }
}
