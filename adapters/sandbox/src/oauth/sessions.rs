//! Who is signed in by OAuth, with which tokens, and when does that end?

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use narthex::Time;
use serde_json::{Value, json};

use crate::accounts::Device;
use crate::chance::Chance;
use crate::sandbox::Sandbox;

use super::refused::Refused;
use super::scope::{self, Allowed};
use super::settings::Rotation;

/// The most sessions kept; the oldest end first.
const MOST_SESSIONS: usize = 10_000;

/// How many used refresh tokens of a session are told from unknown ones.
const REMEMBERED: usize = 100;

/// One session: what one consent gave.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) client_id: String,
    pub(crate) localpart: String,
    pub(crate) scope: String,
    pub(crate) allowed: Allowed,
    access: String,
    expires: Time,
    /// Whether the access token was used.
    used: bool,
    refresh: String,
    /// The refresh token that the present tokens were given for.
    previous: Option<String>,
    spent: VecDeque<String>,
}

impl Session {
    fn is_active(&self, now: Time) -> bool {
        now < self.expires
    }

    fn tokens(&self, lifetime: Duration) -> Value {
        json!({
            "access_token": self.access,
            "refresh_token": self.refresh,
            "token_type": "Bearer",
            "expires_in": lifetime.as_secs(),
            "scope": self.scope,
        })
    }
}

/// All sessions by id; an earlier one comes first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sessions {
    alive: BTreeMap<String, Session>,
    issued: u64,
}

/// Which token of a session was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Access,
    Refresh,
}

impl Sessions {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Session> {
        self.alive.values()
    }

    /// How many access tokens were ever given out.
    pub(crate) const fn issued(&self) -> u64 {
        self.issued
    }

    /// The session of an access token that is in force.
    pub(crate) fn active(&self, now: Time, access_token: &str) -> Option<&Session> {
        self.alive.values().find(|session| session.access == access_token && session.is_active(now))
    }

    /// The homeserver was shown this access token, and asked whether it is in force.
    pub(crate) fn introspect(&mut self, now: Time, access_token: &str) -> Option<&Session> {
        let mut sessions = self.alive.values_mut();
        let session = sessions.find(|session| session.access == access_token && session.is_active(now))?;
        session.used = true;
        Some(session)
    }

    /// The session that a token in force belongs to. An expired access token belongs to none.
    pub(crate) fn of_token(&self, now: Time, token: &str, kind: Option<Kind>) -> Option<(String, &Session)> {
        let found = self.alive.iter().find(|(_, session)| {
            let is_access = session.access == token && session.is_active(now);
            (is_access && kind != Some(Kind::Refresh))
                || (session.refresh == token && kind != Some(Kind::Access))
        });
        found.map(|(id, session)| (id.clone(), session))
    }

    pub(crate) fn expire_access_tokens(&mut self) {
        for session in self.alive.values_mut() {
            session.expires = Time(0);
        }
    }

    /// The ids of the sessions that this is true of.
    pub(crate) fn ids_of(&self, is_meant: impl Fn(&Session) -> bool) -> Vec<String> {
        self.alive.iter().filter(|(_, session)| is_meant(session)).map(|(id, _)| id.clone()).collect()
    }

    fn renew(&mut self, now: Time, chance: &mut Chance, id: &str, lifetime: Duration) -> Option<Value> {
        let session = self.alive.get_mut(id)?;
        self.issued += 1;
        session.access = format!("mat_{}", chance.letters(30));
        session.refresh = format!("mar_{}", chance.letters(30));
        session.expires = now + lifetime;
        session.used = false;
        Some(session.tokens(lifetime))
    }
}

impl Sandbox {
    /// Signs in: a new session, its id and its tokens. An older one of the same device ends.
    pub(crate) fn begin_session(
        &mut self,
        now: Time,
        client_id: &str,
        localpart: &str,
        scope: &str,
    ) -> Result<(String, Value), Refused> {
        let allowed = scope::allowed(scope).unwrap_or_default();
        let name = self.oauth.clients.find(client_id).map(|client| client.name.clone());
        if let Some(device_id) = &allowed.device_id {
            self.kill_device(localpart, device_id);
            if let Some(account) = self.accounts.find_mut(localpart) {
                account.devices.insert(device_id.clone(), Device::named(name));
            }
        }
        if self.oauth.sessions.alive.len() >= MOST_SESSIONS {
            let oldest = self.oauth.sessions.alive.keys().next().cloned();
            oldest.into_iter().for_each(|id| self.close_session(&id));
        }
        let id = self.chance.ulid(now);
        let session = Session {
            client_id: client_id.to_owned(),
            localpart: localpart.to_owned(),
            scope: scope.to_owned(),
            allowed,
            access: String::new(),
            expires: now,
            used: false,
            refresh: String::new(),
            previous: None,
            spent: VecDeque::new(),
        };
        self.oauth.sessions.alive.insert(id.clone(), session);
        let lifetime = self.access_lifetime();
        let tokens = self.oauth.sessions.renew(now, &mut self.chance, &id, lifetime);
        Ok((id, tokens.ok_or_else(Refused::grant)?))
    }

    /// Ends a session, and its device with it.
    pub(crate) fn close_session(&mut self, id: &str) {
        let Some(session) = self.oauth.sessions.alive.remove(id) else { return };
        let account = self.accounts.find_mut(&session.localpart);
        if let (Some(account), Some(device_id)) = (account, &session.allowed.device_id) {
            account.remove_device(device_id);
        }
    }

    /// New tokens for a refresh token.
    pub(crate) fn rotate(&mut self, now: Time, client_id: &str, token: &str) -> Result<Value, Refused> {
        let sessions = &mut self.oauth.sessions.alive;
        let is_meant = |session: &Session| {
            session.refresh == token
                || session.previous.as_deref() == Some(token)
                || session.spent.iter().any(|spent| spent == token)
        };
        let found = sessions.iter_mut().find(|(_, session)| is_meant(session));
        let (id, session) = found.ok_or_else(Refused::grant)?;
        if session.client_id != client_id {
            return Err(Refused::grant());
        }
        let id = id.clone();
        if session.refresh == token {
            session.spent.extend(session.previous.take());
            if session.spent.len() > REMEMBERED {
                session.spent.pop_front();
            }
            session.previous = Some(token.to_owned());
        } else {
            let rotation = self.config.oauth.as_ref().map(|oauth| oauth.rotation);
            if rotation == Some(Rotation::Strict) {
                self.close_session(&id);
                return Err(Refused::grant());
            }
            // The answer before this one was lost, or else its tokens would be used by now.
            if session.previous.as_deref() != Some(token) || session.used {
                return Err(Refused::grant());
            }
        }
        let lifetime = self.access_lifetime();
        self.oauth.sessions.renew(now, &mut self.chance, &id, lifetime).ok_or_else(Refused::grant)
    }

    fn access_lifetime(&self) -> Duration {
        self.config.oauth.as_ref().map_or(Duration::ZERO, |oauth| oauth.access_lifetime)
    }
}
