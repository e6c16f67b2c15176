//! Where a person manages their account in the browser.
//!
//! Client-server specification, "Account management URL discovery" (MSC4191).

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{address, text};

/// The web page on which a person manages their account, as the server's metadata announces it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AccountManagement {
    /// The page; `https`, or `http` on this machine.
    pub uri: Url,
    /// The actions it says it knows, under whichever name it knows them; at most 32.
    pub actions: Vec<String>,
}

/// Something that a person can do on the account management page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AccountAction {
    /// Name, picture, addresses.
    Profile,
    /// All devices.
    DevicesList,
    /// One device.
    DeviceView,
    /// Signing out one device.
    DeviceDelete,
    /// Giving up the account.
    AccountDeactivate,
    /// Allowing a new cross-signing identity.
    CrossSigningReset,
}

impl AccountAction {
    /// Every action there is.
    pub const ALL: [Self; 6] = [
        Self::Profile,
        Self::DevicesList,
        Self::DeviceView,
        Self::DeviceDelete,
        Self::AccountDeactivate,
        Self::CrossSigningReset,
    ];

    /// The specified name, then the older ones that servers still announce.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Profile => &["org.matrix.profile", "profile"],
            Self::DevicesList => &["org.matrix.devices_list", "org.matrix.sessions_list", "sessions_list"],
            Self::DeviceView => &["org.matrix.device_view", "org.matrix.session_view", "session_view"],
            Self::DeviceDelete => &["org.matrix.device_delete", "org.matrix.session_end", "session_end"],
            Self::AccountDeactivate => &["org.matrix.account_deactivate"],
            Self::CrossSigningReset => &["org.matrix.cross_signing_reset"],
        }
    }

    const fn is_about_a_device(self) -> bool {
        match self {
            Self::DeviceView | Self::DeviceDelete => true,
            Self::Profile | Self::DevicesList | Self::AccountDeactivate | Self::CrossSigningReset => false,
        }
    }
}

impl AccountManagement {
    pub(crate) fn read(uri: Option<Url>, actions: &[String]) -> Option<Self> {
        let actions = actions.iter().take(32).map(|action| text::one_line(action, 128)).collect();
        uri.filter(address::is_secure).map(|uri| Self { uri, actions })
    }

    /// The actions that the page announces.
    pub fn known(&self) -> impl Iterator<Item = AccountAction> {
        AccountAction::ALL.into_iter().filter(|action| self.name_of(*action).is_some())
    }

    /// The page for `action`, or the page itself for one that is not announced.
    ///
    /// `device_id` is only told for an action that is about a device.
    #[must_use]
    pub fn link(&self, action: Option<AccountAction>, device_id: Option<&str>) -> Url {
        let mut url = self.uri.clone();
        if let Some((action, name)) = action.and_then(|action| Some((action, self.name_of(action)?))) {
            url.query_pairs_mut().append_pair("action", name);
            if let Some(device_id) = device_id.filter(|_| action.is_about_a_device()) {
                url.query_pairs_mut().append_pair("device_id", device_id);
            }
        }
        url
    }

    fn name_of(&self, action: AccountAction) -> Option<&'static str> {
        action.names().iter().copied().find(|name| self.actions.iter().any(|known| known == name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn management(uri: &str, actions: &[&str]) -> AccountManagement {
        let actions: Vec<_> = actions.iter().map(|&action| action.to_owned()).collect();
        AccountManagement::read(Url::parse(uri).ok(), &actions).expect("a page")
    }

    /// edge case 84: the older name where only that is announced
    #[test]
    fn an_action_goes_by_the_name_that_is_announced() {
        let both =
            management("https://a.b/account?x=y", &["org.matrix.session_end", "org.matrix.device_delete"]);
        let link = both.link(Some(AccountAction::DeviceDelete), Some("D"));
        assert_eq!(link.as_str(), "https://a.b/account?x=y&action=org.matrix.device_delete&device_id=D");
        let old = management("https://a.b/account", &["session_end"]);
        let link = old.link(Some(AccountAction::DeviceDelete), Some("D"));
        assert_eq!(link.as_str(), "https://a.b/account?action=session_end&device_id=D");
        assert_eq!(old.known().collect::<Vec<_>>(), [AccountAction::DeviceDelete]);
    }

    /// edge case 85
    #[test]
    fn an_action_that_is_not_announced_leads_to_the_page_itself() {
        let page = management("https://a.b/account", &["org.matrix.profile"]);
        assert_eq!(page.link(Some(AccountAction::AccountDeactivate), None).as_str(), "https://a.b/account");
        assert_eq!(page.link(None, Some("D")).as_str(), "https://a.b/account");
        assert_eq!(AccountManagement::read(None, &[]), None);
        assert_eq!(AccountManagement::read(Url::parse("http://a.b/").ok(), &[]), None);
    }

    /// edge case 86
    #[test]
    fn a_device_id_is_escaped() {
        let page = management("https://a.b/", &["org.matrix.device_view"]);
        let link = page.link(Some(AccountAction::DeviceView), Some("a+/=&b"));
        assert_eq!(link.as_str(), "https://a.b/?action=org.matrix.device_view&device_id=a%2B%2F%3D%26b");
    }
}
