//! How does a device ask to be linked, and hear of it? RFC 8628 §3.1 to §3.5.

use std::collections::BTreeMap;
use std::time::Duration;

use narthex::{Response, Time};
use serde_json::{Value, json};

use crate::answer::ok;
use crate::ask::Ask;
use crate::sandbox::Sandbox;

use super::refused::Refused;
use super::settings;
use super::token::{DEVICE_CODE, not_stored};

/// The most requests kept; the oldest are forgotten first.
const MOST_GRANTS: usize = 1000;

/// The longest scope, in bytes.
const LONGEST_SCOPE: usize = 4096;

/// What the interval grows by each time that a client polls too soon (§3.5).
const SLOWER: Duration = Duration::from_secs(5);

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Pending,
    Allowed(String),
    Denied,
    Exchanged,
}

/// A request to link a device.
#[derive(Clone, Debug)]
pub(crate) struct DeviceGrant {
    pub(crate) client_id: String,
    pub(crate) scope: String,
    pub(crate) stage: Stage,
    device_code: String,
    user_code: String,
    expires: Time,
    interval: Duration,
    polled: Option<Time>,
}

impl DeviceGrant {
    pub(crate) fn is_over(&self, now: Time) -> bool {
        self.expires < now
    }
}

/// All requests by id; an earlier one comes first.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeviceGrants(BTreeMap<String, DeviceGrant>);

impl DeviceGrants {
    pub(crate) fn find(&self, id: &str) -> Option<&DeviceGrant> {
        self.0.get(id)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut DeviceGrant> {
        self.0.get_mut(id)
    }

    /// The request that a person typed the code of, in any case, if it can still be decided.
    pub(crate) fn of_user_code(&self, now: Time, typed: &str) -> Option<&str> {
        let typed = typed.trim();
        let is_meant =
            |grant: &DeviceGrant| grant.user_code.eq_ignore_ascii_case(typed) && !grant.is_over(now);
        let found = self.0.iter().find(|(_, grant)| is_meant(grant) && grant.stage == Stage::Pending);
        found.map(|(id, _)| id.as_str())
    }
}

impl Sandbox {
    pub(crate) fn authorize_device(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refused> {
        let fields = ask.form_once().ok_or_else(Refused::request)?;
        let settings = self.device_grant()?;
        let client_id = self.client_of(&fields)?.to_owned();
        self.check_grant_type(&client_id, DEVICE_CODE)?;
        let scope = fields.get("scope").cloned().unwrap_or_default();
        if scope.len() > LONGEST_SCOPE {
            return Err(Refused::request());
        }
        let device_code = self.chance.letters(32);
        let user_code = self.chance.user_code(6);
        let link = self.config.oauth_address("link");
        let mut told = json!({
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": link,
            "expires_in": settings.lifetime.as_secs(),
            "interval": settings.interval.as_secs(),
        });
        if settings.complete {
            told["verification_uri_complete"] = format!("{link}?code={user_code}").into();
        }
        let grant = DeviceGrant {
            client_id,
            scope,
            stage: Stage::Pending,
            device_code,
            user_code,
            expires: now + settings.lifetime,
            interval: settings.interval,
            polled: None,
        };
        let id = self.chance.ulid(now);
        let grants = &mut self.oauth.devices.0;
        if grants.len() >= MOST_GRANTS {
            grants.pop_first();
        }
        grants.insert(id, grant);
        Ok(not_stored(ok(&told)))
    }

    /// The tokens, once the person has allowed it. All that is not an end is told with 403, as recorded.
    pub(crate) fn poll_device(&mut self, now: Time, client_id: &str, code: &str) -> Result<Value, Refused> {
        let slow_down = self.device_grant()?.slow_down;
        let grant = self.oauth.devices.0.values_mut().find(|grant| grant.device_code == code);
        let grant = grant.filter(|grant| grant.client_id == client_id).ok_or_else(Refused::grant)?;
        if grant.is_over(now) {
            let description =
                "The \"device_code\" has expired, and the device authorization session has concluded";
            return Err(Refused::new(403, "expired_token", description));
        }
        let is_too_soon = grant.polled.is_some_and(|polled| polled.until(now) < grant.interval);
        grant.polled = Some(now);
        match grant.stage.clone() {
            Stage::Pending if slow_down && is_too_soon => {
                grant.interval += SLOWER;
                Err(Refused::new(400, "slow_down", "The client polls too often"))
            }
            Stage::Pending => {
                let description = "The authorization request is still pending";
                Err(Refused::new(403, "authorization_pending", description))
            }
            Stage::Denied => {
                let description = "The resource owner or authorization server denied the request.";
                Err(Refused::new(403, "access_denied", description))
            }
            Stage::Exchanged => Err(Refused::grant()),
            Stage::Allowed(localpart) => {
                let scope = grant.scope.clone();
                grant.stage = Stage::Exchanged;
                self.check_account(&localpart)?;
                self.begin_session(now, client_id, &localpart, &scope).map(|(_, tokens)| tokens)
            }
        }
    }

    fn device_grant(&self) -> Result<settings::DeviceGrant, Refused> {
        let settings = self.config.oauth.as_ref().and_then(|oauth| oauth.device_grant);
        settings.ok_or_else(|| {
            let description = "The Device Authorization Grant is disabled on this server";
            Refused::new(400, "invalid_request", description)
        })
    }
}
