//! What is new for a device: messages of other devices, account data, and whose keys have changed?

#[cfg(feature = "serve")]
use std::time::Duration;

use narthex::Response;
#[cfg(feature = "serve")]
use narthex::{Method, Time};
use serde_json::{Value, json};

use crate::accounts::Account;
use crate::answer::{Refusal, ok};
use crate::ask::Ask;
use crate::sandbox::Sandbox;
use crate::sessions::decoded;

use super::Asker;
use super::keys::{gone, object};

/// The most messages in one answer, as at Synapse.
const MOST_MESSAGES: usize = 100;
/// The longest that a sync waits for something new.
#[cfg(feature = "serve")]
const LONGEST_WAIT: Duration = Duration::from_secs(30);

impl Sandbox {
    /// Answers at once, whatever patience the client has: on a socket it is waited before.
    pub(super) fn sync(&mut self, ask: Ask<'_>, asker: &Asker) -> Result<Response, Refusal> {
        let since = since(ask)?;
        let account = self.accounts.find_mut(&asker.localpart).ok_or_else(gone)?;
        let device_id = asker.device_id.clone().unwrap_or_default();
        let mut now = account.shared.now();
        let mut messages = Vec::new();
        let (mut counts, mut unused) = (json!({}), json!([]));
        if let Some(device) = account.devices.get_mut(&device_id) {
            device.keys.forget_messages(since.unwrap_or_default());
            for (at, message) in device.keys.messages() {
                if messages.len() >= MOST_MESSAGES {
                    now = *at - 1;
                    break;
                }
                messages.push(message.clone());
            }
            counts = json!(device.keys.counts());
            unused = json!(device.keys.unused_fallbacks());
        }
        let shared = &account.shared;
        // Whoever knows nothing yet asks for all keys anyway.
        let has_changed = since.is_some_and(|since| shared.has_changed_since(since));
        let changed: Vec<&str> = has_changed.then_some(asker.user_id.as_str()).into_iter().collect();
        let account_data = shared.account_data_since(since.unwrap_or_default());
        let account_data: Vec<Value> =
            account_data.map(|(kind, content)| json!({ "type": kind, "content": content })).collect();
        Ok(ok(&json!({
            "next_batch": format!("s{now}"),
            "account_data": { "events": account_data },
            "to_device": { "events": messages },
            "device_lists": { "changed": changed, "left": [] },
            "device_one_time_keys_count": counts,
            "device_unused_fallback_key_types": unused,
        })))
    }

    pub(super) fn send_to_devices(
        &mut self,
        ask: Ask<'_>,
        asker: &Asker,
        kind: &str,
        id: &str,
    ) -> Result<Response, Refusal> {
        let body = ask.json()?;
        let messages = object(&body, "messages")?.ok_or_else(|| Refusal::missing("messages"))?;
        let sender = self.accounts.find_mut(&asker.localpart);
        let device = sender.and_then(|account| account.devices.get_mut(asker.device_id.as_deref()?));
        if !device.is_none_or(|device| device.keys.is_first(&format!("{kind}/{id}"))) {
            return Ok(ok(&json!({})));
        }
        for (user_id, devices) in messages {
            let Some(localpart) = self.of_user_id(user_id).map(|account| account.localpart.clone()) else {
                continue;
            };
            for (device_id, content) in devices.as_object().into_iter().flatten() {
                let message = json!({ "type": decoded(kind), "sender": asker.user_id, "content": content });
                if let Some(account) = self.accounts.find_mut(&localpart) {
                    deliver(account, device_id, &message);
                }
            }
        }
        Ok(ok(&json!({})))
    }

    /// How long a sync may be kept waiting: it is patient, and there is nothing new.
    #[cfg(feature = "serve")]
    pub(crate) fn may_wait(&mut self, now: Time, ask: Ask<'_>) -> Option<Duration> {
        if ask.method() != Method::Get || !ask.path().ends_with("/sync") {
            return None;
        }
        let since = since(ask).ok()??;
        let patience = Duration::from_millis(ask.query("timeout")?.parse().ok()?);
        let asker = self.asker(now, ask).ok()?;
        let account = self.accounts.find(&asker.localpart)?;
        (account.shared.now() <= since).then(|| patience.min(LONGEST_WAIT))
    }
}

/// To one device, or to all of them.
fn deliver(account: &mut Account, device_id: &str, message: &Value) {
    let at = account.shared.tick();
    let devices = account.devices.iter_mut();
    for (_, device) in devices.filter(|(id, _)| device_id == "*" || *id == device_id) {
        device.keys.deliver(at, message.clone());
    }
}

/// How much the client has seen, if it has seen anything.
fn since(ask: Ask<'_>) -> Result<Option<u64>, Refusal> {
    let Some(since) = ask.query("since") else { return Ok(None) };
    let parsed = since.strip_prefix('s').and_then(|since| since.parse().ok());
    parsed.map(Some).ok_or_else(|| Refusal::new(400, "M_UNKNOWN", "Invalid stream token"))
}
