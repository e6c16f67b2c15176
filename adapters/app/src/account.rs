//! Which of the accounts that are signed in is meant?

use narthex::Session;
use narthex_storage::{Account, Store};

use crate::error::Error;

/// The account of this name (a user id, or its part before the server's name), or without a name the only one.
///
/// # Errors
///
/// When there is none, or more than one; or the list cannot be read.
pub fn chosen(store: &Store, wanted: Option<&str>) -> Result<Account, Error> {
    let mut accounts = store.accounts()?;
    if let Some(wanted) = wanted {
        accounts.retain(|account| {
            account.user_id == *wanted
                || account.user_id.trim_start_matches('@').starts_with(&format!("{wanted}:"))
        });
        if accounts.is_empty() {
            return Err(Error::NoSuchAccount(wanted.to_owned()));
        }
    }
    match accounts.len() {
        0 => Err(Error::NotSignedIn),
        1 => Ok(accounts.remove(0)),
        _ => Err(Error::SeveralAccounts(accounts)),
    }
}

/// The session of that account.
///
/// # Errors
///
/// As [`chosen`], or when it cannot be read.
pub fn session(store: &Store, wanted: Option<&str>) -> Result<Session, Error> {
    let account = chosen(store, wanted)?;
    store.session(&account)?.ok_or(Error::NotSignedIn)
}
