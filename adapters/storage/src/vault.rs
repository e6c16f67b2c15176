//! Named secrets, kept one way or another.

mod encrypted;
mod key;
mod system;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use narthex::Secret;

use crate::problem::Problem;

pub(crate) use self::encrypted::Encrypted;
pub(crate) use self::system::System;

/// One way of keeping secrets.
#[derive(Clone, Debug)]
pub(crate) enum Vault {
    System(System),
    Encrypted(Encrypted),
    Memory(Arc<Mutex<BTreeMap<String, Secret<String>>>>),
}

impl Vault {
    pub(crate) fn get(&self, name: &str) -> Result<Option<Secret<String>>, Problem> {
        match self {
            Self::System(system) => system.get(name),
            Self::Encrypted(file) => file.get(name),
            Self::Memory(map) => Ok(map.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()),
        }
    }

    /// All whose names begin so; `None` where that cannot be found out.
    pub(crate) fn beginning(&self, prefix: &str) -> Result<Option<Vec<Secret<String>>>, Problem> {
        match self {
            Self::System(_) => Ok(None),
            Self::Encrypted(file) => file.beginning(prefix).map(Some),
            Self::Memory(map) => {
                let map = map.lock().unwrap_or_else(PoisonError::into_inner);
                let such = map.iter().filter(|(name, _)| name.starts_with(prefix));
                Ok(Some(such.map(|(_, secret)| secret.clone()).collect()))
            }
        }
    }

    /// That a secret of so many bytes could be set now.
    pub(crate) fn prove(&self, more: usize) -> Result<(), Problem> {
        match self {
            Self::System(system) => system.prove(),
            Self::Encrypted(file) => file.prove(more),
            Self::Memory(_) => Ok(()),
        }
    }

    /// Sets or, with `None`, removes. Either it is done, or everything is as it was.
    pub(crate) fn set(&self, name: &str, secret: Option<&Secret<String>>) -> Result<(), Problem> {
        match self {
            Self::System(system) => system.set(name, secret),
            Self::Encrypted(file) => file.set(name, secret),
            Self::Memory(map) => {
                let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
                match secret {
                    Some(secret) => map.insert(name.to_owned(), secret.clone()),
                    None => map.remove(name),
                };
                Ok(())
            }
        }
    }
}
