//! What do the devices of an account keep for each other?

use narthex::Response;
use serde_json::json;

use crate::answer::{Refusal, ok};
use crate::ask::Ask;
use crate::sandbox::Sandbox;
use crate::sessions::decoded;

use super::Asker;
use super::keys::gone;

impl Sandbox {
    pub(super) fn account_data(&self, asker: &Asker, user_id: &str, kind: &str) -> Result<Response, Refusal> {
        if decoded(user_id) != asker.user_id {
            return Err(Refusal::new(403, "M_FORBIDDEN", "Cannot get account data for other users."));
        }
        let account = self.accounts.find(&asker.localpart);
        let content = account.and_then(|account| account.shared.account_data(&decoded(kind)));
        content.map(ok).ok_or_else(|| Refusal::new(404, "M_NOT_FOUND", "Account data not found"))
    }

    pub(super) fn set_account_data(
        &mut self,
        ask: Ask<'_>,
        asker: &Asker,
        user_id: &str,
        kind: &str,
    ) -> Result<Response, Refusal> {
        if decoded(user_id) != asker.user_id {
            return Err(Refusal::new(403, "M_FORBIDDEN", "Cannot add account data for other users."));
        }
        let content = ask.json()?.into();
        let shared = &mut self.accounts.find_mut(&asker.localpart).ok_or_else(gone)?.shared;
        if !shared.set_account_data(decoded(kind), content) {
            return Err(Refusal::new(403, "M_RESOURCE_LIMIT_EXCEEDED", "There is too much account data"));
        }
        Ok(ok(&json!({})))
    }
}
