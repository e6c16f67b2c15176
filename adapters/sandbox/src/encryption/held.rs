//! What is held of a device, and of an account as a whole?

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use crate::ask::Object;

/// The most one-time keys of a device. Clients keep 50.
const MOST_ONE_TIME_KEYS: usize = 1000;
/// The most messages that wait for a device; the oldest give way.
const MOST_MESSAGES: usize = 1000;
/// How many requests of a device are known again when they are repeated.
const REMEMBERED: usize = 100;
/// The most kinds of account data.
const MOST_KINDS: usize = 1000;

/// What a device has left for others, and what others have left for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeviceKeys {
    /// Its identity keys, signed.
    pub(super) own: Option<Object>,
    /// By id, in the order of their arrival.
    one_time: VecDeque<(String, Value)>,
    /// By algorithm.
    fallback: BTreeMap<String, Fallback>,
    messages: VecDeque<(u64, Value)>,
    sent: VecDeque<String>,
}

/// A key that is given where there is no one-time key left.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fallback {
    id: String,
    key: Value,
    used: bool,
}

impl DeviceKeys {
    /// The key of this id, if another one of that id is not there already.
    pub(super) fn add_one_time(&mut self, id: &str, key: &Value) -> Result<(), &Value> {
        if let Some(place) = self.one_time.iter().position(|(known, _)| known == id) {
            let known = &self.one_time[place].1;
            return if known == key { Ok(()) } else { Err(known) };
        }
        if self.one_time.len() < MOST_ONE_TIME_KEYS {
            self.one_time.push_back((id.to_owned(), key.clone()));
        }
        Ok(())
    }

    pub(super) fn set_fallback(&mut self, id: &str, key: &Value) {
        let kept = Fallback { id: id.to_owned(), key: key.clone(), used: false };
        self.fallback.insert(algorithm(id).to_owned(), kept);
    }

    /// A key of this algorithm for somebody who begins to talk to the device: its id, and the key.
    pub(super) fn claim(&mut self, wanted: &str) -> Option<(String, Value)> {
        if let Some(place) = self.one_time.iter().position(|(id, _)| algorithm(id) == wanted) {
            return self.one_time.remove(place);
        }
        let fallback = self.fallback.get_mut(wanted)?;
        fallback.used = true;
        Some((fallback.id.clone(), fallback.key.clone()))
    }

    /// How many one-time keys are left of each algorithm. Of the usual one it is told that there are none.
    pub(super) fn counts(&self) -> BTreeMap<&str, u64> {
        let mut counts = BTreeMap::from([("signed_curve25519", 0)]);
        for (id, _) in &self.one_time {
            *counts.entry(algorithm(id)).or_default() += 1;
        }
        counts
    }

    /// The algorithms of which a fallback key is there that nobody was given.
    pub(super) fn unused_fallbacks(&self) -> Vec<&str> {
        let unused = self.fallback.iter().filter(|(_, fallback)| !fallback.used);
        unused.map(|(algorithm, _)| algorithm.as_str()).collect()
    }

    /// Whether this request of the device is a new one.
    pub(super) fn is_first(&mut self, id: &str) -> bool {
        if self.sent.iter().any(|sent| sent == id) {
            return false;
        }
        if self.sent.len() >= REMEMBERED {
            self.sent.pop_front();
        }
        self.sent.push_back(id.to_owned());
        true
    }

    pub(super) fn deliver(&mut self, at: u64, message: Value) {
        if self.messages.len() >= MOST_MESSAGES {
            self.messages.pop_front();
        }
        self.messages.push_back((at, message));
    }

    /// The device has seen all messages until then.
    pub(super) fn forget_messages(&mut self, until: u64) {
        self.messages.retain(|(at, _)| *at > until);
    }

    /// What waits for the device.
    pub(super) fn messages(&self) -> impl Iterator<Item = &(u64, Value)> {
        self.messages.iter()
    }
}

fn algorithm(key_id: &str) -> &str {
    key_id.split(':').next().unwrap_or_default()
}

/// Which key of an account's identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Master,
    SelfSigning,
    UserSigning,
}

/// What the devices of an account share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared {
    /// Counts what a sync tells.
    now: u64,
    /// When keys of the account last changed.
    changed: u64,
    /// The public keys of its identity.
    pub(super) identity: BTreeMap<Part, Object>,
    /// The newest backup: older ones are of no use to anybody.
    pub(super) backup: Option<Backup>,
    /// How many backups there were.
    pub(super) backups: u64,
    account_data: BTreeMap<String, (u64, Value)>,
}

/// A backup of message keys. What is in it is not kept.
#[derive(Clone, Debug)]
pub(super) struct Backup {
    pub(super) version: String,
    pub(super) algorithm: String,
    pub(super) auth_data: Value,
}

impl Shared {
    /// The keys of the account, or of one of its devices, are others now.
    pub(crate) const fn mark_changed(&mut self) {
        self.changed = self.tick();
    }

    /// The moment of something that a sync tells.
    pub(super) const fn tick(&mut self) -> u64 {
        self.now += 1;
        self.now
    }

    pub(super) const fn now(&self) -> u64 {
        self.now
    }

    pub(super) const fn has_changed_since(&self, since: u64) -> bool {
        self.changed > since
    }

    /// False where there is no room for one more.
    pub(super) fn set_account_data(&mut self, kind: String, content: Value) -> bool {
        if self.account_data.len() >= MOST_KINDS && !self.account_data.contains_key(&kind) {
            return false;
        }
        let at = self.tick();
        self.account_data.insert(kind, (at, content));
        true
    }

    pub(super) fn account_data(&self, kind: &str) -> Option<&Value> {
        self.account_data.get(kind).map(|(_, content)| content)
    }

    pub(super) fn account_data_since(&self, since: u64) -> impl Iterator<Item = (&str, &Value)> {
        let new = self.account_data.iter().filter(move |(_, (at, _))| *at > since);
        new.map(|(kind, (_, content))| (kind.as_str(), content))
    }
}
