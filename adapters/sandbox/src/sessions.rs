//! Who is signed in: access tokens, refresh tokens and their end.

use std::collections::BTreeMap;

use narthex::{Response, Time};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::accounts::Device;
use crate::answer::{Refusal, ok};
use crate::ask::{Ask, required};
use crate::sandbox::Sandbox;
use crate::settings::RefreshRefusal;

/// The longest device id, in characters.
const LONGEST_DEVICE_ID: usize = 512;

/// All tokens in force, and the refresh tokens that were used up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sessions {
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, RefreshToken>,
}

#[derive(Clone, Debug)]
struct Access {
    localpart: String,
    device_id: String,
    expires: Option<Time>,
    /// The refresh token that came with it.
    refresh: Option<String>,
}

#[derive(Clone, Debug)]
struct RefreshToken {
    localpart: String,
    device_id: String,
    expires: Option<Time>,
    /// The access token that came with it.
    access: String,
    /// The refresh token that was given for this one.
    parent: Option<String>,
    /// The refresh token that this one was last exchanged for.
    next: Option<String>,
    /// Whether what replaced it was used: then it works no more.
    spent: bool,
}

impl Sessions {
    pub(crate) fn holder(&self, now: Time, access_token: &str) -> Option<(&str, &str)> {
        let access = self.access.get(access_token)?;
        let in_force = access.expires.is_none_or(|expires| now < expires);
        in_force.then_some((access.localpart.as_str(), access.device_id.as_str()))
    }

    pub(crate) fn expire_access_tokens(&mut self) {
        for access in self.access.values_mut().filter(|access| access.expires.is_some()) {
            access.expires = Some(Time(0));
        }
    }

    pub(crate) fn end_device(&mut self, localpart: &str, device_id: &str) {
        self.access.retain(|_, access| {
            (access.localpart.as_str(), access.device_id.as_str()) != (localpart, device_id)
        });
        self.refresh.retain(|_, token| {
            (token.localpart.as_str(), token.device_id.as_str()) != (localpart, device_id)
        });
    }

    pub(crate) fn end_account(&mut self, localpart: &str) {
        self.access.retain(|_, access| access.localpart != localpart);
        self.refresh.retain(|_, token| token.localpart != localpart);
    }

    /// An access token was used: the refresh token that was exchanged for it works no more.
    fn mark_used(&mut self, access: &Access) {
        let own = access.refresh.as_ref().and_then(|token| self.refresh.get(token));
        let parent = own.and_then(|own| own.parent.clone());
        if let Some(parent) = parent.and_then(|parent| self.refresh.get_mut(&parent)) {
            parent.spent = true;
        }
    }

    /// Synapse keeps the last two refresh tokens of a chain, so that a lost answer loses nothing.
    fn forget_around(&mut self, token: &RefreshToken) {
        for forgotten in [&token.parent, &token.next].into_iter().flatten() {
            if let Some(forgotten) = self.refresh.remove(forgotten) {
                self.access.remove(&forgotten.access);
            }
        }
    }
}

/// Who is asking.
pub(crate) struct Requester {
    pub(crate) localpart: String,
    /// An OAuth token may have none.
    pub(crate) device_id: Option<String>,
}

impl Sandbox {
    /// Signs an account in, on the device asked for or a new one, and says so.
    ///
    /// Tokens that a device of this id has already stay in force, as at Synapse.
    pub(crate) fn sign_in(
        &mut self,
        now: Time,
        localpart: &str,
        asked: &serde_json::Map<String, Value>,
        refreshable: bool,
    ) -> Result<Value, Refusal> {
        let device_id = match asked.get("device_id").and_then(Value::as_str) {
            None | Some("") => self.chance.capitals(10),
            Some(id) if id.chars().count() > LONGEST_DEVICE_ID => {
                let error = "device_id cannot be longer than 512 characters.";
                return Err(Refusal::new(400, "M_INVALID_PARAM", error));
            }
            Some(id) => id.to_owned(),
        };
        let display_name =
            asked.get("initial_device_display_name").and_then(Value::as_str).map(str::to_owned);
        let server_name = self.config.server_name();
        let account = self.accounts.create(localpart, format!("@{localpart}:{server_name}"));
        account.devices.entry(device_id.clone()).or_insert_with(|| Device::named(display_name));
        let mut body = json!({
            "user_id": account.user_id,
            "home_server": server_name,
            "device_id": device_id,
        });
        self.issue(now, localpart, &device_id, refreshable, None, &mut body);
        Ok(body)
    }

    /// Puts fresh tokens into `body`.
    fn issue(
        &mut self,
        now: Time,
        localpart: &str,
        device_id: &str,
        refreshable: bool,
        parent: Option<String>,
        body: &mut Value,
    ) {
        let access_token = format!("syt_{}", self.chance.letters(30));
        let settings = self.config.refresh.as_ref().filter(|_| refreshable);
        let refresh_token = settings.map(|_| format!("syr_{}", self.chance.letters(30)));
        let expires = settings.map(|settings| now + settings.access_lifetime);
        let refresh_expires = settings.and_then(|s| s.refresh_lifetime).map(|lifetime| now + lifetime);
        body["access_token"] = access_token.as_str().into();
        if let (Some(token), Some(settings)) = (&refresh_token, settings) {
            body["refresh_token"] = token.as_str().into();
            body["expires_in_ms"] =
                u64::try_from(settings.access_lifetime.as_millis()).unwrap_or(u64::MAX).into();
            let kept = RefreshToken {
                localpart: localpart.to_owned(),
                device_id: device_id.to_owned(),
                expires: refresh_expires,
                access: access_token.clone(),
                next: None,
                parent,
                spent: false,
            };
            if let Some(parent) =
                kept.parent.as_ref().and_then(|parent| self.sessions.refresh.get_mut(parent))
            {
                parent.next = Some(token.clone());
            }
            self.sessions.refresh.insert(token.clone(), kept);
        }
        let access = Access {
            localpart: localpart.to_owned(),
            device_id: device_id.to_owned(),
            expires,
            refresh: refresh_token,
        };
        self.sessions.access.insert(access_token, access);
    }

    /// Who holds the request's access token. Its first use spends the refresh token that it replaced.
    pub(crate) fn requester(&mut self, now: Time, ask: Ask<'_>) -> Result<Requester, Refusal> {
        let token =
            ask.bearer().ok_or_else(|| Refusal::new(401, "M_MISSING_TOKEN", "Missing access token"))?;
        let unknown =
            |error: &str, soft: bool| Refusal::new(401, "M_UNKNOWN_TOKEN", error).with("soft_logout", soft);
        let known = self.sessions.access.get(token).cloned();
        let is_delegated = self.config.oauth.is_some();
        let in_force =
            known.as_ref().is_some_and(|access| access.expires.is_none_or(|expires| now < expires));
        let access = match known {
            Some(access) if in_force => access,
            // The authorization server is asked, and does not say why a token is not in force.
            Some(_) | None if is_delegated => {
                let introspected = self.introspect(now, token);
                return introspected.ok_or_else(|| unknown("Token is not active", false))?;
            }
            Some(_) => return Err(unknown("Access token has expired", true)),
            None => return Err(unknown("Invalid access token passed.", false)),
        };
        if self.is_locked(&access.localpart) {
            return Err(locked());
        }
        self.sessions.mark_used(&access);
        Ok(Requester { localpart: access.localpart, device_id: Some(access.device_id) })
    }

    /// Who holds an OAuth token that is in force.
    fn introspect(&mut self, now: Time, token: &str) -> Option<Result<Requester, Refusal>> {
        let session = self.oauth.sessions.introspect(now, token)?;
        let (localpart, device_id) = (session.localpart.clone(), session.allowed.device_id.clone());
        if !session.allowed.api {
            let error = "No scope in token granting user rights";
            let refusal = Refusal::new(401, "M_UNKNOWN_TOKEN", error).with("soft_logout", false);
            return Some(Err(refusal));
        }
        if self.is_locked(&localpart) {
            return Some(Err(locked()));
        }
        Some(Ok(Requester { localpart, device_id }))
    }

    fn is_locked(&self, localpart: &str) -> bool {
        self.accounts.find(localpart).is_some_and(|account| account.locked)
    }

    pub(crate) fn whoami(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        let requester = self.requester(now, ask)?;
        let account = self.accounts.find(&requester.localpart);
        let mut told = json!({
            "user_id": account.map(|account| account.user_id.as_str()),
            "is_guest": false,
        });
        if let Some(device_id) = requester.device_id {
            told["device_id"] = device_id.into();
        }
        Ok(ok(&told))
    }

    pub(crate) fn devices(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        let requester = self.requester(now, ask)?;
        let account = self.accounts.find(&requester.localpart);
        let devices: Vec<Value> = account
            .into_iter()
            .flat_map(|account| &account.devices)
            .map(|(id, device)| shown(id, device))
            .collect();
        Ok(ok(&json!({ "devices": devices })))
    }

    pub(crate) fn device(&mut self, now: Time, ask: Ask<'_>, device_id: &str) -> Result<Response, Refusal> {
        let requester = self.requester(now, ask)?;
        let device_id = decoded(device_id);
        let account = self.accounts.find(&requester.localpart);
        let device = account.and_then(|account| account.devices.get(&device_id));
        Ok(ok(&shown(&device_id, device.ok_or_else(no_device)?)))
    }

    pub(crate) fn name_device(
        &mut self,
        now: Time,
        ask: Ask<'_>,
        device_id: &str,
    ) -> Result<Response, Refusal> {
        let requester = self.requester(now, ask)?;
        let name = ask.json()?.get("display_name").and_then(Value::as_str).map(str::to_owned);
        let account = self.accounts.find_mut(&requester.localpart);
        let device = account.and_then(|account| account.devices.get_mut(&decoded(device_id)));
        let device = device.ok_or_else(no_device)?;
        device.display_name = name.or_else(|| device.display_name.take());
        Ok(ok(&json!({})))
    }

    pub(crate) fn refresh(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        let settings = match &self.config.refresh {
            Some(settings) if self.config.login.is_some() => settings,
            Some(_) | None => return Err(Refusal::unrecognized(404)),
        };
        let over = |error: &str| match settings.refusal {
            RefreshRefusal::Synapse => Refusal::new(403, "M_FORBIDDEN", error),
            RefreshRefusal::Specification => {
                Refusal::new(401, "M_UNKNOWN_TOKEN", error).with("soft_logout", true)
            }
        };
        let body = ask.json()?;
        let old = required(&body, "refresh_token")?;
        let Some(token) = self.sessions.refresh.get(old).cloned() else {
            let error = if old.starts_with("syr_") {
                "refresh token does not exist"
            } else {
                "invalid refresh token"
            };
            return Err(Refusal::new(401, "M_UNKNOWN_TOKEN", error));
        };
        if token.spent {
            return Err(over("refresh token isn't valid anymore"));
        }
        if token.expires.is_some_and(|expires| expires < now) {
            return Err(over("The supplied refresh token has expired"));
        }
        let old = old.to_owned();
        self.sessions.forget_around(&token);
        let mut answer = json!({});
        self.issue(now, &token.localpart, &token.device_id, true, Some(old), &mut answer);
        Ok(ok(&answer))
    }

    /// Who is asking an endpoint that knows nothing of OAuth tokens.
    fn legacy_requester(&mut self, now: Time, ask: Ask<'_>) -> Result<Requester, Refusal> {
        let is_ours = ask.bearer().is_some_and(|token| self.sessions.holder(now, token).is_some());
        if self.config.oauth.is_some() && ask.bearer().is_some() && !is_ours {
            return Err(Refusal::new(401, "M_UNKNOWN_TOKEN", "Invalid access token"));
        }
        self.requester(now, ask)
    }

    pub(crate) fn logout(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        if self.config.login.is_none() {
            return Err(Refusal::unrecognized(404));
        }
        let requester = self.legacy_requester(now, ask)?;
        self.kill_device(&requester.localpart, &requester.device_id.unwrap_or_default());
        Ok(ok(&json!({})))
    }

    pub(crate) fn logout_all(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        if self.config.login.is_none() {
            return Err(Refusal::unrecognized(404));
        }
        let requester = self.legacy_requester(now, ask)?;
        self.sessions.end_account(&requester.localpart);
        self.end_sessions(&requester.localpart);
        if let Some(account) = self.accounts.find_mut(&requester.localpart) {
            account.remove_devices();
        }
        Ok(ok(&json!({})))
    }
}

fn shown(id: &str, device: &Device) -> Value {
    json!({ "device_id": id, "display_name": device.display_name })
}

/// A part of the path, such as a device id: one that is made of a key has a `+` or a `/`.
pub(crate) fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

fn no_device() -> Refusal {
    Refusal::new(404, "M_NOT_FOUND", "No device found")
}

/// The account of the requester is locked.
pub(crate) fn locked() -> Refusal {
    Refusal::new(401, "M_USER_LOCKED", "User account has been locked").with("soft_logout", true)
}
