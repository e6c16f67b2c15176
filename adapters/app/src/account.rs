//! Which of the sessions that are stored is meant?

use narthex::Session;
use narthex_storage::{Account, Store};

use crate::error::Error;

/// Whom `wanted` may mean: a user id, its part before the server's name, a device id, or one of the first two, a slash
/// and a device id. Where nobody is named, the default account; without one, everybody.
///
/// Of several sessions of one user only the newest, unless another one is named; the newest user is first.
///
/// # Errors
///
/// When there is none, or the list cannot be read.
pub fn meant(store: &Store, wanted: Option<&str>) -> Result<Vec<Account>, Error> {
    if wanted.is_none()
        && let Some(default) = store.default_account()?
    {
        return Ok(vec![default]);
    }
    let mut newest_first = store.accounts()?;
    newest_first.reverse();
    let mut meant: Vec<Account> = Vec::new();
    for account in newest_first {
        let is_named = wanted.is_none_or(|wanted| is_called(&account, wanted));
        if is_named && !meant.iter().any(|newer| is_same_user(newer, &account)) {
            meant.push(account);
        }
    }
    match (meant.is_empty(), wanted) {
        (true, Some(wanted)) => Err(Error::NoSuchAccount(wanted.to_owned())),
        (true, None) => Err(Error::nobody(store)),
        (false, _) => Ok(meant),
    }
}

/// The one of these that is meant where nobody can be asked: of several users of whom none is named, the newest.
///
/// # Errors
///
/// As [`meant`], or when a name is that of several users.
pub fn chosen(store: &Store, wanted: Option<&str>) -> Result<Account, Error> {
    let mut meant = meant(store, wanted)?;
    if wanted.is_some() && meant.len() > 1 {
        return Err(Error::SeveralAccounts(meant));
    }
    Ok(meant.swap_remove(0))
}

/// The session of that account.
///
/// # Errors
///
/// As [`chosen`], or when it cannot be read.
pub fn session(store: &Store, wanted: Option<&str>) -> Result<Session, Error> {
    let account = chosen(store, wanted)?;
    store.session(&account)?.ok_or_else(|| Error::nobody(store))
}

/// The name that means this session and no other of the store.
#[must_use]
pub fn name(account: &Account) -> String {
    format!("{}/{}", account.user_id, account.device_id)
}

/// Whether this session, and no other, is meant where nobody is named.
#[must_use]
pub fn is_meant(store: &Store, account: &Account) -> bool {
    meant(store, None).is_ok_and(|meant| meant == [account.clone()])
}

/// The user id where that means this session; else its [`name`].
#[must_use]
pub fn short_name(store: &Store, account: &Account) -> String {
    let means_it = meant(store, Some(&account.user_id)).is_ok_and(|meant| meant == [account.clone()]);
    if means_it { account.user_id.clone() } else { name(account) }
}

pub(crate) fn is_same_user(one: &Account, other: &Account) -> bool {
    one.user_id == other.user_id && one.homeserver == other.homeserver
}

fn is_called(account: &Account, name: &str) -> bool {
    let Account { user_id, device_id, .. } = account;
    let localpart = user_id.trim_start_matches('@').split(':').next().unwrap_or_default();
    let with_device = |user: &str| name.strip_prefix(user).and_then(|rest| rest.strip_prefix('/'));
    [user_id, localpart, device_id].contains(&name)
        || with_device(user_id) == Some(device_id)
        || with_device(localpart) == Some(device_id)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn a_session_has_several_names() {
        let homeserver = Url::parse("https://example.org/").unwrap();
        let account = Account::at(&homeserver, "@a/b:example.org", "DEV/1");
        for name in ["@a/b:example.org", "a/b", "DEV/1", "@a/b:example.org/DEV/1", "a/b/DEV/1"] {
            assert!(is_called(&account, name), "{name}");
        }
        for name in ["", "a", "b", "@a/b", "DEV", "a/b/DEV", "a/bDEV/1", "example.org"] {
            assert!(!is_called(&account, name), "{name}");
        }
        assert!(is_called(&account, &name(&account)));
    }
}
