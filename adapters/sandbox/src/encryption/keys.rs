//! Which keys has a device, who asks for them, and who takes one to begin a conversation?

use narthex::Response;
use serde_json::{Map, Value, json};

use crate::accounts::Account;
use crate::answer::{Refusal, ok};
use crate::ask::{Ask, Object};
use crate::sandbox::Sandbox;

use super::Asker;
use super::held::{DeviceKeys, Part};

impl Sandbox {
    pub(super) fn upload_keys(&mut self, ask: Ask<'_>, asker: &Asker) -> Result<Response, Refusal> {
        let body = ask.json()?;
        let uploaded = object(&body, "device_keys")?;
        let (one_time, fallback) = (object(&body, "one_time_keys")?, object(&body, "fallback_keys")?);
        let device_id = asker.device_id.as_deref().ok_or_else(|| {
            Refusal::new(400, "M_UNKNOWN", "To upload keys, you must pass device_id when authenticating")
        })?;
        if let Some(uploaded) = uploaded {
            let is_own = uploaded.get("user_id").and_then(Value::as_str) == Some(&asker.user_id)
                && uploaded.get("device_id").and_then(Value::as_str) == Some(device_id);
            if !is_own {
                let error = "Provided `device_id` in `device_keys` does not match that of the authenticated user device";
                return Err(Refusal::new(400, "M_BAD_JSON", error));
            }
        }
        let account = self.accounts.find_mut(&asker.localpart).ok_or_else(gone)?;
        let keys = &mut account.devices.get_mut(device_id).ok_or_else(gone)?.keys;
        for (id, key) in one_time.into_iter().flatten() {
            keys.add_one_time(id, key).map_err(|known| {
                let error = format!("One time key {id} already exists. Old key: {known}; new key: {key}");
                Refusal::new(400, "M_UNKNOWN", error)
            })?;
        }
        for (id, key) in fallback.into_iter().flatten() {
            keys.set_fallback(id, key);
        }
        let answer = ok(&json!({ "one_time_key_counts": keys.counts() }));
        if uploaded.is_some_and(|uploaded| store(keys, uploaded)) {
            account.shared.mark_changed();
        }
        Ok(answer)
    }

    pub(super) fn query_keys(&self, ask: Ask<'_>, asker: &Asker) -> Result<Response, Refusal> {
        let body = ask.json()?;
        let asked = object(&body, "device_keys")?
            .ok_or_else(|| Refusal::new(400, "M_BAD_JSON", "'device_keys' must be a JSON object"))?;
        let (mut devices, mut masters) = (Map::new(), Map::new());
        let (mut self_signing, mut user_signing) = (Map::new(), Map::new());
        for (user_id, wanted) in asked {
            let account = self.of_user_id(user_id);
            devices.insert(user_id.clone(), account.map_or_else(|| json!({}), |one| devices_of(one, wanted)));
            let parts = account.into_iter().flat_map(|account| &account.shared.identity);
            for (part, key) in parts {
                let told = match part {
                    Part::Master => &mut masters,
                    Part::SelfSigning => &mut self_signing,
                    Part::UserSigning if *user_id == asker.user_id => &mut user_signing,
                    Part::UserSigning => continue,
                };
                told.insert(user_id.clone(), key.clone().into());
            }
        }
        Ok(ok(&json!({
            "device_keys": devices,
            "failures": {},
            "master_keys": masters,
            "self_signing_keys": self_signing,
            "user_signing_keys": user_signing,
        })))
    }

    pub(super) fn claim_keys(&mut self, ask: Ask<'_>) -> Result<Response, Refusal> {
        let body = ask.json()?;
        let mut given = json!({});
        for (user_id, devices) in object(&body, "one_time_keys")?.into_iter().flatten() {
            let Some(localpart) = self.of_user_id(user_id).map(|account| account.localpart.clone()) else {
                continue;
            };
            for (device_id, algorithm) in devices.as_object().into_iter().flatten() {
                let account = self.accounts.find_mut(&localpart);
                let device = account.and_then(|account| account.devices.get_mut(device_id));
                let claimed = device.and_then(|device| device.keys.claim(algorithm.as_str()?));
                if let Some((id, key)) = claimed {
                    given[user_id][device_id] = json!({ id: key });
                }
            }
        }
        Ok(ok(&json!({ "one_time_keys": given, "failures": {} })))
    }

    pub(super) fn of_user_id(&self, user_id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.user_id == user_id)
    }
}

/// Whether these are others than before. Signatures of the same keys are kept, wherever they came from.
fn store(keys: &mut DeviceKeys, uploaded: &Object) -> bool {
    let mut new = uploaded.clone();
    if let Some(known) = &keys.own {
        let bare = |keys: &Object| {
            let mut bare = keys.clone();
            bare.remove("signatures");
            bare
        };
        if bare(known) == bare(&new) {
            add_signatures(&mut new, known.get("signatures"));
        }
    }
    let is_new = keys.own.as_ref() != Some(&new);
    keys.own = Some(new);
    is_new
}

/// Adds signatures to those that are there, for each user and key.
pub(super) fn add_signatures(signed: &mut Object, more: Option<&Value>) {
    let all = signed.entry("signatures").or_insert_with(|| json!({}));
    for (user_id, signatures) in more.and_then(Value::as_object).into_iter().flatten() {
        let of_user = all.as_object_mut().map(|all| all.entry(user_id.clone()).or_insert_with(|| json!({})));
        let of_user = of_user.and_then(Value::as_object_mut);
        if let (Some(of_user), Some(signatures)) = (of_user, signatures.as_object()) {
            of_user.extend(signatures.clone());
        }
    }
}

/// The keys of the devices that are wanted: those of the list, or all of them.
fn devices_of(account: &Account, wanted: &Value) -> Value {
    let wanted = wanted.as_array().filter(|wanted| !wanted.is_empty());
    let is_wanted = |id: &str| wanted.is_none_or(|wanted| wanted.iter().any(|one| one == id));
    let devices = account.devices.iter().filter(|(id, _)| is_wanted(id));
    let told = devices.filter_map(|(id, device)| {
        let mut keys = device.keys.own.clone()?;
        keys.insert("unsigned".to_owned(), json!({ "device_display_name": device.display_name }));
        Some((id.clone(), Value::from(keys)))
    });
    told.collect::<Map<_, _>>().into()
}

/// A field that is an object, if it is there.
pub(super) fn object<'a>(body: &'a Object, field: &str) -> Result<Option<&'a Object>, Refusal> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => {
            Err(Refusal::new(400, "M_BAD_JSON", format!("{field}: Input should be a valid dictionary")))
        }
    }
}

/// The device was signed out while it asked, or it never was one.
pub(super) fn gone() -> Refusal {
    Refusal::new(404, "M_NOT_FOUND", "No device found")
}
