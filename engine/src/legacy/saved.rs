//! What is kept of a single sign-on that is under way.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::secret::{Secret, exposed};

/// What is kept of a sign-in whose user is in the browser.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SavedSso {
    pub(crate) server: String,
    pub(super) base: Url,
    pub(super) device_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user_id: Option<String>,
    pub(super) provider: Option<String>,
    #[serde(with = "exposed")]
    pub(super) path: Secret<String>,
    /// Where it listened, if anything did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) port: Option<u16>,
}

impl SavedSso {
    pub(crate) const fn base(&self) -> &Url {
        &self.base
    }

    pub(crate) fn provider(&self) -> Option<&str> {
        self.provider.as_deref()
    }

    /// Who is expected.
    pub(crate) fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// Whether nothing listens where the browser ends up.
    pub(crate) const fn awaits_paste(&self) -> bool {
        self.port.is_none()
    }

    pub(crate) fn device_id(&self) -> &str {
        &self.device_id
    }
}
