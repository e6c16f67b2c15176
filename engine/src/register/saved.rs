//! What is kept of a registration that is under way.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::secret::{Secret, exposed_option};
use crate::stage::Stage;
use crate::uia::Uia;

use super::confirmation::Confirmation;

/// What is kept of a registration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SavedRegister {
    pub(crate) server: String,
    pub(crate) base: Url,
    pub(super) username: String,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exposed_option")]
    pub(super) password: Option<Secret<String>>,
    pub(super) prefer: Vec<Stage>,
    pub(super) excluded: Vec<Stage>,
    pub(super) device_id: String,
    pub(super) uia: Option<Uia>,
    pub(super) confirmation: Option<Confirmation>,
    /// The form was submitted.
    pub(super) under_way: bool,
    /// Something was submitted whose answer may be lost.
    pub(super) unsure: bool,
}

impl SavedRegister {
    /// As submitted.
    pub(crate) fn username(&self) -> Option<&str> {
        Some(self.username.as_str()).filter(|username| !username.is_empty())
    }

    pub(crate) const fn password(&self) -> Option<&Secret<String>> {
        self.password.as_ref()
    }

    /// Whether the form is to be filled in again: what was in it was refused.
    pub(crate) const fn is_form(&self) -> bool {
        !self.under_way && !self.unsure
    }

    /// Whether the account may have been created.
    pub(crate) const fn is_unsure(&self) -> bool {
        self.unsure
    }
}
