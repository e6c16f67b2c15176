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
    pub(super) port: u16,
}
