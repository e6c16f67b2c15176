//! Who has an account, and what belongs to it?

use std::collections::{BTreeMap, BTreeSet};

use narthex::Secret;

use crate::encryption::held::{DeviceKeys, Shared};

/// One account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The full user id.
    pub user_id: String,
    /// The part before the colon.
    pub localpart: String,
    /// Its e-mail addresses, canonical.
    pub emails: BTreeSet<String>,
    /// Its telephone numbers, digits only with the country code.
    pub phones: BTreeSet<String>,
    /// Its devices by id.
    pub devices: BTreeMap<String, Device>,
    /// Whether it has been deactivated.
    pub deactivated: bool,
    /// Whether it is locked.
    pub locked: bool,
    /// Whether an administrator approved it, where that is required.
    pub approved: bool,
    pub(crate) password: Option<Secret<String>>,
    pub(crate) shared: Shared,
}

impl Account {
    /// Signs a device out: what it left at the server for its encryption goes with it.
    pub(crate) fn remove_device(&mut self, device_id: &str) {
        if self.devices.remove(device_id).is_some() {
            self.shared.mark_changed();
        }
    }

    /// Signs all devices out.
    pub(crate) fn remove_devices(&mut self) {
        self.devices.clear();
        self.shared.mark_changed();
    }
}

/// One device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Its name for people.
    pub display_name: Option<String>,
    pub(crate) keys: DeviceKeys,
}

impl Device {
    pub(crate) fn named(display_name: Option<String>) -> Self {
        Self { display_name, keys: DeviceKeys::default() }
    }
}

/// All accounts by localpart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accounts(BTreeMap<String, Account>);

impl Accounts {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Account> {
        self.0.values()
    }

    pub(crate) fn find(&self, localpart: &str) -> Option<&Account> {
        self.0.get(localpart)
    }

    pub(crate) fn find_mut(&mut self, localpart: &str) -> Option<&mut Account> {
        self.0.get_mut(localpart)
    }

    /// The account that a confirmed address belongs to.
    pub(crate) fn of_address(&self, medium: &str, address: &str) -> Option<&Account> {
        self.0.values().find(|account| match medium {
            "email" => account.emails.contains(address),
            "msisdn" => account.phones.contains(address),
            _ => false,
        })
    }

    /// A new account, or the one that is there.
    pub(crate) fn create(&mut self, localpart: &str, user_id: String) -> &mut Account {
        self.0.entry(localpart.to_owned()).or_insert_with(|| Account {
            user_id,
            localpart: localpart.to_owned(),
            emails: BTreeSet::new(),
            phones: BTreeSet::new(),
            devices: BTreeMap::new(),
            deactivated: false,
            locked: false,
            approved: false,
            password: None,
            shared: Shared::default(),
        })
    }

    /// The localpart for somebody who gave none: the next free number.
    pub(crate) fn next_number(&self) -> String {
        let mut number = 1_u64;
        while self.0.contains_key(&number.to_string()) {
            number += 1;
        }
        number.to_string()
    }
}
