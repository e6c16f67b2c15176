//! Which identity has an account, and what is signed with it?

use narthex::Response;
use serde_json::{Value, json};

use crate::accounts::Account;
use crate::answer::{Refusal, json, ok};
use crate::ask::{Ask, Object};
use crate::sandbox::Sandbox;

use super::Asker;
use super::held::Part;
use super::keys::{add_signatures, gone, object};

/// The fields of a new identity.
const PARTS: [(&str, Part); 3] = [
    ("master_key", Part::Master),
    ("self_signing_key", Part::SelfSigning),
    ("user_signing_key", Part::UserSigning),
];

impl Sandbox {
    /// The first identity needs nothing but the token (MSC3967). Another one in its place is not to be had here.
    pub(super) fn upload_identity(&mut self, ask: Ask<'_>, asker: &Asker) -> Result<Response, Refusal> {
        let body = ask.json()?;
        let mut parts = Vec::new();
        for (field, part) in PARTS {
            if let Some(key) = object(&body, field)? {
                if key.get("user_id").and_then(Value::as_str) != Some(&asker.user_id) || public(key).is_none()
                {
                    return Err(Refusal::new(
                        400,
                        "M_INVALID_PARAM",
                        format!("Invalid {}", field.replace('_', " ")),
                    ));
                }
                parts.push((part, key.clone()));
            }
        }
        let is_new = |(part, key): &(Part, Object)| {
            let account = self.accounts.find(&asker.localpart);
            let known = account.and_then(|account| account.shared.identity.get(part));
            known.and_then(public) != public(key)
        };
        let has_identity =
            self.accounts.find(&asker.localpart).is_some_and(|account| !account.shared.identity.is_empty());
        if has_identity && parts.iter().any(is_new) {
            return Ok(self.challenge_to_reset());
        }
        if !has_identity && !parts.is_empty() && !parts.iter().any(|(part, _)| *part == Part::Master) {
            return Err(Refusal::new(400, "M_MISSING_PARAM", "No master key available"));
        }
        let account = self.accounts.find_mut(&asker.localpart).ok_or_else(gone)?;
        for (part, mut key) in parts {
            let known = account.shared.identity.get(&part).and_then(|known| known.get("signatures"));
            add_signatures(&mut key, known);
            account.shared.identity.insert(part, key);
        }
        account.shared.mark_changed();
        Ok(ok(&json!({})))
    }

    /// The devices of the account that its self-signing key has signed. What a signature says is not looked at.
    pub fn cross_signed(&self, localpart: &str) -> impl Iterator<Item = &str> {
        let account = self.account(localpart);
        let key = account.and_then(|account| public(account.shared.identity.get(&Part::SelfSigning)?));
        let is_signed = move |account: &Account, keys: &Object| {
            let of_user = keys.get("signatures").and_then(|all| all.get(&account.user_id));
            key.is_some_and(|key| of_user.is_some_and(|all| all.get(format!("ed25519:{key}")).is_some()))
        };
        account.into_iter().flat_map(move |account| {
            let devices = account.devices.iter();
            let signed = devices.filter(move |(_, device)| {
                device.keys.own.as_ref().is_some_and(|keys| is_signed(account, keys))
            });
            signed.map(|(id, _)| id.as_str())
        })
    }

    /// As Synapse: by the password, or at the page of the authorization server. Neither is listened to here.
    fn challenge_to_reset(&mut self) -> Response {
        let url = self.config.oauth_address("account/?action=org.matrix.cross_signing_reset");
        let stages: &[&str] = match self.config.oauth {
            Some(_) => &["m.oauth", "org.matrix.cross_signing_reset"],
            None => &["m.login.password"],
        };
        let flows: Vec<Value> = stages.iter().map(|stage| json!({ "stages": [stage] })).collect();
        let with_page = stages.iter().filter(|_| self.config.oauth.is_some());
        let params: Object = with_page.map(|stage| ((*stage).to_owned(), json!({ "url": url }))).collect();
        json(401, &json!({ "session": self.chance.letters(24), "flows": flows, "params": params }))
    }

    /// Signatures of the account's own devices and of its own master key; those of others' identities are not kept.
    pub(super) fn upload_signatures(&mut self, ask: Ask<'_>, asker: &Asker) -> Result<Response, Refusal> {
        let body = ask.json()?;
        let mut failures = json!({});
        let mut failed = |user_id: &str, id: &str| {
            let message = "404: Unknown device";
            failures[user_id][id] = json!({ "status": 404, "errcode": "M_NOT_FOUND", "message": message });
        };
        let account = self.accounts.find_mut(&asker.localpart).ok_or_else(gone)?;
        for (user_id, signed) in &body {
            for (id, signed) in signed.as_object().into_iter().flatten() {
                let device = account.devices.get_mut(id).and_then(|device| device.keys.own.as_mut());
                let master = account.shared.identity.get_mut(&Part::Master);
                let known = device.or_else(|| master.filter(|key| public(key) == Some(id)));
                match known.filter(|_| *user_id == asker.user_id) {
                    Some(known) => add_signatures(known, signed.get("signatures")),
                    None => failed(user_id, id),
                }
            }
        }
        account.shared.mark_changed();
        Ok(ok(&json!({ "failures": failures })))
    }
}

/// The public key itself, where there is one.
fn public(key: &Object) -> Option<&str> {
    let keys = key.get("keys")?.as_object()?;
    keys.values().next()?.as_str().filter(|_| keys.len() == 1)
}
