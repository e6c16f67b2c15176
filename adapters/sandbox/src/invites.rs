//! Which registration tokens are valid, and how often were they used?

use std::collections::BTreeMap;

use narthex::{Response, Time};
use serde_json::json;

use crate::answer::{Refusal, ok};
use crate::ask::Ask;
use crate::config::Config;
use crate::limit::Limited;
use crate::sandbox::Sandbox;
use crate::settings::Registration;
use crate::uia::Interaction;

/// A registration token and its use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationToken {
    /// Its text.
    pub token: String,
    /// How many accounts it is good for; `None` is any number.
    pub uses_allowed: Option<u32>,
    /// How many UIA sessions hold it at the moment.
    pub pending: u32,
    /// How many accounts were made with it.
    pub completed: u32,
    /// When it ends.
    pub expires: Option<Time>,
}

impl RegistrationToken {
    /// Whether one more person may use it. Sessions under way count as uses.
    #[must_use]
    pub fn is_valid(&self, now: Time) -> bool {
        self.expires.is_none_or(|expires| now < expires)
            && self.uses_allowed.is_none_or(|uses| self.pending + self.completed < uses)
    }
}

/// All registration tokens by text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Invites(BTreeMap<String, RegistrationToken>);

impl Invites {
    pub(crate) fn new(tokens: &[(String, Option<u32>, Option<Time>)]) -> Self {
        let mut invites = Self::default();
        for (token, uses_allowed, expires) in tokens {
            invites.add(token, *uses_allowed, *expires);
        }
        invites
    }

    pub(crate) fn add(&mut self, token: &str, uses_allowed: Option<u32>, expires: Option<Time>) {
        let token = token.to_owned();
        let invite =
            RegistrationToken { token: token.clone(), uses_allowed, pending: 0, completed: 0, expires };
        self.0.insert(token, invite);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &RegistrationToken> {
        self.0.values()
    }

    fn is_valid(&self, now: Time, token: &str) -> bool {
        self.0.get(token).is_some_and(|invite| invite.is_valid(now))
    }

    /// Holds a token for a UIA session; false if it is not valid.
    pub(crate) fn hold(&mut self, now: Time, token: &str) -> bool {
        match self.0.get_mut(token) {
            Some(invite) if invite.is_valid(now) => {
                invite.pending += 1;
                true
            }
            Some(_) | None => false,
        }
    }

    /// The account was made.
    pub(crate) fn complete(&mut self, token: &str) {
        if let Some(invite) = self.0.get_mut(token) {
            invite.pending = invite.pending.saturating_sub(1);
            invite.completed += 1;
        }
    }

    /// The session ended; if it held a token and made no account, the token is free again.
    pub(crate) fn release(&mut self, interaction: &Interaction) {
        let held = interaction.token.as_deref().filter(|_| interaction.registered.is_none());
        if let Some(invite) = held.and_then(|token| self.0.get_mut(token)) {
            invite.pending = invite.pending.saturating_sub(1);
        }
    }
}

impl Sandbox {
    pub(crate) fn token_validity(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        let config: &Config = &self.config;
        if config.registration == Registration::Delegated {
            return Err(Refusal::unrecognized(404));
        }
        self.buckets.take(&config.limits, now, Limited::TokenValidity, "")?;
        self.registration_enabled()?;
        let token = ask.required_query("token")?;
        Ok(ok(&json!({ "valid": self.invites.is_valid(now, &token) })))
    }
}
