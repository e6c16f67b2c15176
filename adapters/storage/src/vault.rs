//! Named secrets, kept one way or another.

mod encrypted;
mod key;
mod late;
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
    Encrypted(Encrypted),
    Memory(Arc<Mutex<BTreeMap<String, Secret<String>>>>),
}

impl Vault {
    pub(crate) fn get(&self, name: &str) -> Result<Option<Secret<String>>, Problem> {
        match self {
            Self::Encrypted(file) => file.get(name),
            Self::Memory(map) => Ok(map.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()),
        }
    }

    /// All whose names begin so.
    pub(crate) fn beginning(&self, prefix: &str) -> Result<Vec<Secret<String>>, Problem> {
        match self {
            Self::Encrypted(file) => file.beginning(prefix),
            Self::Memory(map) => {
                let map = map.lock().unwrap_or_else(PoisonError::into_inner);
                let such = map.iter().filter(|(name, _)| name.starts_with(prefix));
                Ok(such.map(|(_, secret)| secret.clone()).collect())
            }
        }
    }

    /// That a secret of so many bytes could be set now.
    pub(crate) fn prove(&self, more: usize) -> Result<(), Problem> {
        match self {
            Self::Encrypted(file) => file.prove(more),
            Self::Memory(_) => Ok(()),
        }
    }

    /// The same, and the room for it is kept until the secret of this name is set, or the room is released.
    pub(crate) fn reserve(&self, name: &str, more: usize) -> Result<(), Problem> {
        match self {
            Self::Encrypted(file) => file.reserve(name, more),
            Self::Memory(_) => Ok(()),
        }
    }

    pub(crate) fn release(&self, name: &str) {
        match self {
            Self::Encrypted(file) => file.release(name),
            Self::Memory(_) => {}
        }
    }

    /// Sets or, with `None`, removes. Either it is done, or everything is as it was.
    pub(crate) fn set(&self, name: &str, secret: Option<&Secret<String>>) -> Result<(), Problem> {
        match self {
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
