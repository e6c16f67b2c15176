//! Where to sign in by OAuth 2.0, as whom, and how.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::identify::Expected;
use crate::intent::Offer;
use crate::metadata::Metadata;

/// How the user gets to the authorization server's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// In the browser of this machine, to sign in.
    SignIn,
    /// In the browser of this machine, to make an account.
    CreateAccount,
    /// On another device, by entering a code.
    DeviceCode,
}

impl Way {
    /// The intent that means it.
    pub(crate) const fn offer(self) -> Offer {
        match self {
            Self::SignIn => Offer::SignInWithBrowser,
            Self::CreateAccount => Offer::CreateAccount,
            Self::DeviceCode => Offer::SignInWithDeviceCode,
        }
    }
}

/// Where, who and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Goal {
    pub(crate) server: String,
    pub(crate) base: Url,
    pub(crate) metadata: Arc<Metadata>,
    pub(crate) way: Way,
    /// Of the device to make, or to come back to.
    pub(crate) device_id: String,
    /// Who will sign in, if that is known. Nobody else may, except with a new account.
    pub(crate) user_id: Option<String>,
    /// The device is that of a session that has ended.
    #[serde(rename = "only_them")]
    pub(crate) comes_back: bool,
}

impl Goal {
    /// Which session the tokens have to be.
    pub(super) fn expected(&self) -> Expected {
        Expected {
            homeserver: self.base.clone(),
            device_id: self.device_id.clone(),
            user_id: self.user_id.clone().filter(|_| self.way != Way::CreateAccount),
            metadata: self.metadata.clone(),
        }
    }
}
