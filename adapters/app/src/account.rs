//! Which of the sessions that are stored is meant?

use narthex::Session;
use narthex_storage::{Account, Store};

use crate::error::Error;

/// Whom `wanted` may mean: a user id, its part before the server's name, a device id, or one of the first two, a slash
/// and a device id. Each may be followed by `@` and the address of the homeserver: any server may give out the names of
/// another. Where nobody is named, the default account; without one, everybody.
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

/// All sessions that `wanted` is a name of, the newest first.
///
/// # Errors
///
/// When the list cannot be read.
pub fn called(store: &Store, wanted: &str) -> Result<Vec<Account>, Error> {
    let accounts = store.accounts()?.into_iter().rev();
    Ok(accounts.filter(|account| is_called(account, wanted)).collect())
}

/// The one of these that is meant where nobody can be asked: of several users of whom none is named, the newest.
///
/// # Errors
///
/// As [`meant`], or when a name is that of several users.
pub fn chosen(store: &Store, wanted: Option<&str>) -> Result<Account, Error> {
    let mut meant = meant(store, wanted)?;
    if wanted.is_some() && meant.len() > 1 {
        return Err(several(store, &meant));
    }
    Ok(meant.swap_remove(0))
}

/// That any of these may be meant.
#[must_use]
pub fn several(store: &Store, accounts: &[Account]) -> Error {
    Error::SeveralAccounts(accounts.iter().map(|account| name(store, account)).collect())
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
pub fn name(store: &Store, account: &Account) -> String {
    // Where nobody can be listed, there is none to take it for.
    name_among(&store.accounts().unwrap_or_default(), account)
}

/// The same where these are all that there are.
#[must_use]
pub fn name_among(accounts: &[Account], account: &Account) -> String {
    let name = format!("{}/{}", account.user_id, account.device_id);
    let is_of_another = |other: &Account| other != account && is_called(other, &name);
    match accounts.iter().any(is_of_another) {
        true => format!("{name}@{}", account.homeserver.trim_end_matches('/')),
        false => name,
    }
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
    if means_it { account.user_id.clone() } else { name(store, account) }
}

pub(crate) fn is_same_user(one: &Account, other: &Account) -> bool {
    one.user_id == other.user_id && one.homeserver == other.homeserver
}

fn is_called(account: &Account, name: &str) -> bool {
    let at = account.homeserver.trim_end_matches('/');
    let elsewhere = name.trim_end_matches('/').strip_suffix(at).and_then(|rest| rest.strip_suffix('@'));
    is_called_there(account, name) || elsewhere.is_some_and(|name| is_called_there(account, name))
}

/// The same at its homeserver.
fn is_called_there(account: &Account, name: &str) -> bool {
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
    }

    #[test]
    fn a_session_whose_names_another_server_gave_out_too_is_named_by_its_server() {
        let [here, there] = ["https://example.org/", "https://other.example/a"]
            .map(|url| Account::at(&Url::parse(url).unwrap(), "@alice:example.org", "DEV"));
        let alone = Account::at(&Url::parse("https://example.org/").unwrap(), "@alice:example.org", "OTHER");
        let all = [here.clone(), there.clone(), alone.clone()];
        assert_eq!(name_among(&all, &here), "@alice:example.org/DEV@https://example.org");
        assert_eq!(name_among(&all, &there), "@alice:example.org/DEV@https://other.example/a");
        assert_eq!(name_among(&all, &alone), "@alice:example.org/OTHER");
        for account in &all {
            let name = name_among(&all, account);
            let named: Vec<&Account> = all.iter().filter(|account| is_called(account, &name)).collect();
            assert_eq!(named, [account], "{name}");
        }
        for name in ["alice@https://example.org/", "DEV@https://example.org", "alice/DEV@https://example.org"]
        {
            assert!(is_called(&here, name) && !is_called(&there, name), "{name}");
        }
        for name in [
            "@https://example.org",
            "https://example.org",
            "aliceDEV@https://example.org",
            "alice@example.org",
        ] {
            assert!(!is_called(&here, name), "{name}");
        }
    }
}
