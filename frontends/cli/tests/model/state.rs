//! The small model: what has to be stored, and what has to be at the server.

use std::collections::{BTreeMap, BTreeSet};

use crate::step::User;

/// Which sessions are stored somewhere: whose, on which device.
pub(crate) type Stored = BTreeSet<(User, String)>;

/// What is known of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) user: User,
    pub(crate) device: String,
    pub(crate) life: Life,
    /// Its access token has expired at the server, earlier than the program can know.
    pub(crate) is_stale: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Alive,
    /// The server has ended it.
    Ended,
    /// And the program has learnt that.
    KnownToBeOver,
}

/// A registration that lacks something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfinished {
    pub(crate) user: User,
    pub(crate) password: u8,
    /// Something went wrong meanwhile: it need not be there.
    pub(crate) is_unsure: bool,
}

/// What one profile has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Profile {
    /// The newest last, unless their order is unsure.
    pub(crate) sessions: Vec<Session>,
    pub(crate) order_is_unsure: bool,
    /// Who was chosen by `switch`.
    pub(crate) default: Option<(User, String)>,
    pub(crate) unfinished: Vec<Unfinished>,
}

impl Profile {
    /// The sessions that a command about this user, or about nobody in particular, can mean; the likeliest last.
    pub(crate) fn meant(&self, user: Option<User>) -> Vec<Session> {
        let fits = |session: &&Session| user.is_none_or(|user| session.user == user);
        let all: Vec<Session> = self.sessions.iter().filter(fits).cloned().collect();
        if user.is_none()
            && let Some((whose, device)) = &self.default
            && let Some(default) = all.iter().find(|s| s.user == *whose && s.device == *device)
        {
            return vec![default.clone()];
        }
        if self.order_is_unsure { all } else { all.last().cloned().into_iter().collect() }
    }

    pub(crate) fn find(&mut self, user: User, device: &str) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.user == user && session.device == device)
    }

    pub(crate) fn remove(&mut self, user: User, device: &str) {
        self.sessions.retain(|session| (session.user, session.device.as_str()) != (user, device));
        self.default = self.default.take().filter(|default| *default != (user, device.to_owned()));
    }

    /// A new session, which replaces those of the same user that were there `before`, and is what they were.
    pub(crate) fn add(&mut self, user: User, device: &str, before: &Stored) {
        let is_replaced = |whose: User, old: &String| whose == user && before.contains(&(whose, old.clone()));
        self.sessions.retain(|session| !is_replaced(session.user, &session.device));
        let session = Session { user, device: device.to_owned(), life: Life::Alive, is_stale: false };
        self.sessions.push(session);
        if let Some((whose, old)) = &mut self.default
            && is_replaced(*whose, old)
        {
            *old = device.to_owned();
        }
    }

    pub(crate) fn stored(&self) -> Stored {
        self.sessions.iter().map(|session| (session.user, session.device.clone())).collect()
    }
}

/// What is seen after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// In each profile.
    pub(crate) stored: [Stored; 2],
    /// At the server, by account.
    pub(crate) devices: BTreeMap<User, BTreeSet<String>>,
}

/// Everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) profiles: [Profile; 2],
    /// The accounts at the server; those of single sign-on have no password.
    pub(crate) accounts: BTreeMap<User, Option<u8>>,
    /// Devices that a kill or an outage may have left behind.
    pub(crate) excused: BTreeSet<(User, String)>,
}

impl Model {
    /// Whether what is seen is what has to be.
    pub(crate) fn holds(&self, facts: &Facts) -> Result<(), String> {
        for (profile, stored) in self.profiles.iter().zip(&facts.stored) {
            if profile.stored() != *stored {
                return Err(format!("stored is {stored:?}, and should be {:?}", profile.stored()));
            }
        }
        let known: BTreeSet<User> = facts.devices.keys().copied().collect();
        let expected: BTreeSet<User> = self.accounts.keys().copied().collect();
        if known != expected {
            return Err(format!("there are accounts of {known:?}, and should be of {expected:?}"));
        }
        let sessions = || self.profiles.iter().flat_map(|profile| &profile.sessions);
        for (user, devices) in &facts.devices {
            let alive: BTreeSet<String> = sessions()
                .filter(|session| session.user == *user && session.life == Life::Alive)
                .map(|session| session.device.clone())
                .collect();
            if let Some(lost) = alive.difference(devices).next() {
                return Err(format!("device {lost} of {user:?} is stored, and not at the server"));
            }
            let is_left = |device: &&String| !self.excused.contains(&(*user, (*device).clone()));
            if let Some(left) = devices.difference(&alive).find(is_left) {
                return Err(format!("device {left} of {user:?} is left behind at the server"));
            }
        }
        Ok(())
    }

    /// Something went wrong while `user` was signing in or out here: what is seen of them is believed, as long as it
    /// loses nothing.
    pub(crate) fn believe(&mut self, at: usize, user: User, facts: &Facts) -> Result<(), String> {
        let devices = facts.devices.get(&user).cloned().unwrap_or_default();
        let profile = &mut self.profiles[at];
        let before: Vec<Session> = profile.sessions.iter().filter(|s| s.user == user).cloned().collect();
        let stored: Vec<&String> =
            facts.stored[at].iter().filter(|(whose, _)| *whose == user).map(|(_, device)| device).collect();
        let was_signed_in = before.iter().any(|session| session.life == Life::Alive);
        let is_alive = stored.iter().any(|device| devices.contains(*device));
        let is_out = !before.iter().any(|session| devices.contains(&session.device));
        if was_signed_in && !is_alive && !is_out {
            return Err(format!("a session of {user:?} is lost, and left behind at the server"));
        }
        profile.order_is_unsure |= stored.len() > 1;
        profile.sessions.retain(|session| session.user != user || stored.contains(&&session.device));
        for device in stored {
            if profile.find(user, device).is_none() {
                let new = Session { user, device: device.clone(), life: Life::Alive, is_stale: false };
                profile.sessions.push(new);
            }
        }
        for session in profile.sessions.iter_mut().filter(|session| session.user == user) {
            session.life = match session.life {
                _ if devices.contains(&session.device) => Life::Alive,
                Life::Alive | Life::Ended => Life::Ended,
                Life::KnownToBeOver => Life::KnownToBeOver,
            };
        }
        let kept: BTreeSet<String> = self.profiles.iter().flat_map(Profile::stored).map(|(_, d)| d).collect();
        self.excused.extend(devices.difference(&kept).map(|device| (user, device.clone())));
        Ok(())
    }
}
