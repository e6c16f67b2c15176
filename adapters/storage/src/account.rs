//! Whose session is it, and under which name is it kept?

use narthex::Session;
use serde::{Deserialize, Serialize};
use url::Url;

/// Somebody who is signed in. All three parts tell sessions apart: any server may give out the users and devices of
/// another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Account {
    /// Who.
    pub user_id: String,
    /// On which device.
    pub device_id: String,
    /// Where.
    pub homeserver: String,
}

/// What the names of all sessions begin with.
pub(crate) const SESSION: &str = "session/";

impl Account {
    /// Of this user on this device at this homeserver.
    #[must_use]
    pub fn at(homeserver: &Url, user_id: &str, device_id: &str) -> Self {
        let (user_id, device_id) = (user_id.to_owned(), device_id.to_owned());
        Self { user_id, device_id, homeserver: homeserver.to_string() }
    }

    /// Whose session this is.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        Self::at(&session.homeserver, &session.user_id, &session.device_id)
    }

    /// The name of its session. As JSON, since a user id or a device id may hold anything.
    pub(crate) fn name(&self) -> String {
        let key = (&self.homeserver, &self.user_id, &self.device_id);
        let key = serde_json::to_string(&key).expect("strings always serialise");
        format!("{SESSION}{key}")
    }

    /// The name of the note that its end is under way.
    pub(crate) fn ending_name(&self) -> String {
        self.name().replacen(SESSION, "ending/", 1)
    }

    /// The name that earlier versions gave it, which any homeserver could claim.
    pub(crate) fn former_name(&self) -> String {
        format!("{SESSION}{}/{}", self.user_id, self.device_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_accounts_share_a_name() {
        let home = Url::parse("https://example.org/").unwrap();
        let other = Url::parse("https://example.org/a").unwrap();
        let accounts = [
            Account::at(&home, "@a:example.org", "D"),
            Account::at(&other, "@a:example.org", "D"),
            Account::at(&home, "@a:example.org/D", ""),
            Account::at(&home, "@a:example.org", "/D"),
            Account::at(&home, "@a:example.org\",\"D", ""),
        ];
        let mut names: Vec<String> = accounts.iter().map(Account::name).collect();
        names.extend(accounts.iter().take(1).map(Account::former_name));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), accounts.len() + 1);
    }
}
