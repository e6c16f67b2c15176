//! Which backup of message keys has an account? What would be in it is not kept.

use narthex::Response;
use serde_json::{Value, json};

use crate::answer::{Refusal, ok};
use crate::ask::{Ask, required};
use crate::sandbox::Sandbox;

use super::Asker;
use super::held::Backup;
use super::keys::{gone, object};

impl Sandbox {
    /// The backup of this version, or the newest.
    pub(super) fn backup(&self, asker: &Asker, version: Option<&str>) -> Result<Response, Refusal> {
        let account = self.accounts.find(&asker.localpart);
        let backup = account.and_then(|account| account.shared.backup.as_ref());
        let backup = backup.filter(|backup| version.is_none_or(|version| version == backup.version));
        let backup = backup.ok_or_else(|| Refusal::new(404, "M_NOT_FOUND", "No backup found"))?;
        Ok(ok(&json!({
            "algorithm": backup.algorithm,
            "auth_data": backup.auth_data,
            "version": backup.version,
            "count": 0,
            "etag": "0",
        })))
    }

    pub(super) fn new_backup(&mut self, ask: Ask<'_>, asker: &Asker) -> Result<Response, Refusal> {
        let body = ask.json()?;
        let algorithm = required(&body, "algorithm")?.to_owned();
        let auth_data = object(&body, "auth_data")?.ok_or_else(|| Refusal::missing("auth_data"))?;
        let shared = &mut self.accounts.find_mut(&asker.localpart).ok_or_else(gone)?.shared;
        shared.backups += 1;
        let version = shared.backups.to_string();
        let answer = ok(&json!({ "version": version }));
        shared.backup = Some(Backup { version, algorithm, auth_data: auth_data.clone().into() });
        Ok(answer)
    }

    pub(super) fn change_backup(
        &mut self,
        ask: Ask<'_>,
        asker: &Asker,
        version: &str,
    ) -> Result<Response, Refusal> {
        let body = ask.json()?;
        let algorithm = required(&body, "algorithm")?;
        let auth_data = object(&body, "auth_data")?.ok_or_else(|| Refusal::missing("auth_data"))?;
        let shared = &mut self.accounts.find_mut(&asker.localpart).ok_or_else(gone)?.shared;
        let backup = shared.backup.as_mut().filter(|backup| backup.version == version);
        let backup = backup.ok_or_else(|| Refusal::new(404, "M_NOT_FOUND", "Unknown backup version"))?;
        if body.get("version").is_some_and(|named| named != version) {
            return Err(Refusal::new(400, "M_INVALID_PARAM", "Version in body does not match"));
        }
        if backup.algorithm != algorithm {
            return Err(Refusal::new(400, "M_INVALID_PARAM", "Algorithm does not match"));
        }
        backup.auth_data = Value::from(auth_data.clone());
        Ok(ok(&json!({})))
    }
}
