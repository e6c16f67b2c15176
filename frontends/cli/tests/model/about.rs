//! The commands about a session: which one they are about, and what they may say of it.

use std::sync::mpsc::channel;

use crate::program::Ended;
use crate::run::{Outcome, Run};
use crate::state::Life;
use crate::step::{Kind, User};

impl Run {
    fn about(&mut self, args: &[&str], user: Option<User>) -> Result<Outcome, String> {
        let user_id = user.map(|user| self.server.user_id(user));
        let named = user_id.iter().flat_map(|id| ["--account", id]);
        let args: Vec<&str> = args.iter().copied().chain(named).collect();
        self.command(&args, "")
    }

    pub(crate) fn token(&mut self, user: Option<User>, times: u8) -> Result<(), String> {
        // A token that lives for a moment is dead as soon as another process has renewed it.
        let is_alone = times == 1 || self.kind == Kind::Fleeting;
        let all = if is_alone || self.kill.is_some() || self.outage.is_some() {
            vec![self.about(&["token"], user)?]
        } else {
            let user_id = user.map(|user| self.server.user_id(user));
            let named = user_id.iter().flat_map(|id| ["--account", id]);
            let args: Vec<&str> = ["token"].into_iter().chain(named).collect();
            let (home, at) = (&self.home, self.profile());
            let all: Result<Vec<Ended>, String> = std::thread::scope(|scope| {
                let runs: Vec<_> =
                    (0..times).map(|_| scope.spawn(|| home.run(at, &args, "", channel()))).collect();
                runs.into_iter().map(|run| run.join().unwrap()).collect()
            });
            all?.into_iter().map(|ended| Outcome { ended, met: false }).collect()
        };
        all.iter().try_for_each(|outcome| self.told(user, outcome, |run, said| run.server.owner(said.trim())))
    }

    pub(crate) fn whoami(&mut self, user: Option<User>) -> Result<(), String> {
        let meant = self.model.profiles[self.at].meant(user);
        let outcome = self.about(&["whoami"], user)?;
        let whose = |run: &Self, said: &str| {
            let session = meant.iter().find(|session| {
                said.contains(&run.server.user_id(session.user)) && said.contains(&session.device)
            });
            session.map(|session| (session.user.name().to_owned(), session.device.clone()))
        };
        self.told(user, &outcome, whose)
    }

    /// What a command about a session said of it: whose it is.
    fn told(
        &mut self,
        user: Option<User>,
        outcome: &Outcome,
        whose: impl Fn(&Self, &str) -> Option<(String, String)>,
    ) -> Result<(), String> {
        let meant = self.model.profiles[self.at].meant(user);
        let Outcome { ended, met } = outcome;
        let (Some(code), Some(likely)) = (ended.code, meant.last()) else {
            let is_right = ended.code.is_none_or(|code| code == 1);
            return if is_right { Ok(()) } else { Err(format!("nobody is signed in: {}", ended.said)) };
        };
        let is_meant = |(name, device): &(String, String)| {
            meant.iter().find(|s| s.user.name() == name && s.device == *device).cloned()
        };
        let any = |life| meant.iter().any(|session| session.life == life);
        let whose = if code == 0 { whose(self, &ended.stdout) } else { None };
        match (code, whose) {
            (0, Some(named)) => {
                let session = is_meant(&named).ok_or_else(|| format!("that is {named:?}"))?;
                let session = self.model.profiles[self.at].find(session.user, &session.device);
                session.ok_or("it is gone")?.is_stale = false;
                Ok(())
            }
            // A token that nobody could know to be dead.
            (0, None) if self.kind != Kind::Fleeting && (any(Life::Ended) || likely.is_stale) => Ok(()),
            (0, None) if meant.iter().any(|session| session.is_stale) => Ok(()),
            (0, None) => Err(format!("that token is dead, or of another session: {}", ended.said)),
            (11, _) if any(Life::Ended) || any(Life::KnownToBeOver) => {
                if let [session] = &meant[..] {
                    let session = self.model.profiles[self.at].find(session.user, &session.device);
                    session.ok_or("it is gone")?.life = Life::KnownToBeOver;
                }
                Ok(())
            }
            (10, _) if *met => Ok(()),
            (code, _) => Err(format!("exit code {code}: {}", ended.said)),
        }
    }

    pub(crate) fn logout(&mut self, user: Option<User>, forget: bool) -> Result<(), String> {
        let mut candidates = self.model.profiles[self.at].sessions.clone();
        candidates.retain(|session| user.is_none_or(|user| session.user == user));
        let outcome = self.about(if forget { &["logout", "--forget"] } else { &["logout"] }, user)?;
        let facts = self.facts()?;
        let before = self.model.profiles[self.at].stored();
        let gone: Vec<_> = before.difference(&facts.stored[self.at]).cloned().collect();
        match (outcome.ended.code, &gone[..]) {
            // Which one was not said.
            (Some(1 | 2 | 17), []) if candidates.len() != 1 => Ok(()),
            (Some(0), [(user, device)])
                if candidates.iter().any(|s| s.user == *user && s.device == *device) =>
            {
                self.model.profiles[self.at].remove(*user, device);
                let is_left = facts.devices.get(user).is_some_and(|devices| devices.contains(device));
                if is_left && forget && outcome.met {
                    self.model.excused.insert((*user, device.clone()));
                }
                Ok(())
            }
            (None | Some(10), _) if outcome.met || outcome.ended.code.is_none() => {
                candidates.iter().try_for_each(|s| self.model.believe(self.at, s.user, &facts))
            }
            (code, _) => Err(format!("exit code {code:?}, gone are {gone:?}: {}", outcome.ended.said)),
        }
    }

    pub(crate) fn switch(&mut self, user: User) -> Result<(), String> {
        let user_id = self.server.user_id(user);
        let meant = self.model.profiles[self.at].meant(Some(user));
        let outcome = self.command(&["switch", &user_id], "")?;
        match (outcome.ended.code, &meant[..]) {
            (Some(0), [session]) => {
                self.model.profiles[self.at].default = Some((session.user, session.device.clone()));
                Ok(())
            }
            (Some(0), [_, ..]) => {
                self.model.profiles[self.at].default = None;
                self.model.profiles[self.at].order_is_unsure = true;
                Ok(())
            }
            (Some(1), []) | (None, _) => Ok(()),
            (code, _) => Err(format!("exit code {code:?}: {}", outcome.ended.said)),
        }
    }

    /// Nothing is left then, here or there.
    pub(crate) fn sign_everybody_out(&mut self) -> Result<(), String> {
        self.waiting = Default::default();
        (self.outage, self.kill) = (None, None);
        for at in 0..2 {
            self.at = at;
            while let Some(session) = self.model.profiles[at].sessions.last().cloned() {
                let before = self.model.profiles[at].sessions.len();
                self.logout(Some(session.user), false)?;
                if self.model.profiles[at].sessions.len() == before {
                    // One of several: it is named by its device.
                    let args = ["logout", "--account", &session.device];
                    let ended = self.command(&args, "")?.ended;
                    if ended.code != Some(0) {
                        return Err(format!("cannot sign out {}: {}", session.device, ended.said));
                    }
                    self.model.profiles[at].remove(session.user, &session.device);
                }
                self.model.holds(&self.facts()?)?;
            }
        }
        self.home.holds_no_leftovers()
    }
}
