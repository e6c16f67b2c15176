//! Who may sign in? `POST /login`.

use narthex::{Response, Time};
use serde_json::{Value, json};

use crate::answer::{Refusal, ok};
use crate::ask::{Ask, Object, wants_refresh};
use crate::limit::Limited;
use crate::register::awaiting_approval;
use crate::sandbox::Sandbox;
use crate::sessions::locked;
use crate::settings::Login;
use crate::threepid::{canonical_email, msisdn};

impl Sandbox {
    fn login_offer(&self) -> Result<&Login, Refusal> {
        self.config.login.as_ref().ok_or_else(|| Refusal::unrecognized(404))
    }

    pub(crate) fn login_flows(&self) -> Result<Response, Refusal> {
        let offer = self.login_offer()?;
        if self.config.oauth.is_some() {
            return Ok(oauth_aware_flows(offer));
        }
        let mut flows = Vec::new();
        if let Some(providers) = &offer.sso {
            let providers: Vec<Value> = providers
                .iter()
                .map(|provider| {
                    let mut told = json!({ "id": provider.id, "name": provider.name });
                    if let Some(brand) = &provider.brand {
                        told["brand"] = brand.as_str().into();
                    }
                    told
                })
                .collect();
            flows.push(json!({ "type": "m.login.sso", "identity_providers": providers }));
            flows.push(json!({ "type": "m.login.token" }));
        }
        if offer.password {
            flows.push(json!({ "type": "m.login.password" }));
        }
        flows.push(json!({ "type": "m.login.application_service" }));
        Ok(ok(&json!({ "flows": flows })))
    }

    pub(crate) fn login(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        let offers_password = self.login_offer()?.password;
        let body = ask.json()?;
        let refreshable = wants_refresh(&body)?;
        self.buckets.take(&self.config.limits, now, Limited::LoginAddress, "")?;
        let localpart = match body.get("type") {
            None => return Err(Refusal::new(400, "M_UNKNOWN", "Missing JSON keys.")),
            Some(Value::String(kind)) => match kind.as_str() {
                "m.login.token" => self.check_login_token(now, &body)?,
                "m.login.password" if !offers_password => {
                    return Err(Refusal::new(400, "M_UNKNOWN", "Password login has been disabled."));
                }
                "m.login.password" => self.check_password_login(now, &body)?,
                kind => {
                    self.identified(&body)?;
                    return Err(Refusal::new(400, "M_UNKNOWN", format!("Unknown login type {kind}")));
                }
            },
            Some(_) => return Err(Refusal::new(400, "M_INVALID_PARAM", "Bad parameter: type")),
        };
        self.buckets.take(&self.config.limits, now, Limited::LoginAccount, &localpart)?;
        let account = self.accounts.find(&localpart).ok_or_else(wrong)?;
        if account.deactivated {
            return Err(Refusal::new(403, "M_USER_DEACTIVATED", "This account has been deactivated"));
        }
        if account.locked {
            return Err(locked());
        }
        if self.config.approval_required && !account.approved {
            return Err(awaiting_approval("This account is pending approval by a server administrator."));
        }
        let mut login = self.sign_in(now, &localpart, &body, refreshable)?;
        if let Some(base_url) = self.config.told_base_url() {
            login["well_known"] = json!({ "m.homeserver": { "base_url": base_url } });
        }
        Ok(ok(&login))
    }

    /// The localpart, if the password is right.
    fn check_password_login(&mut self, now: Time, body: &Object) -> Result<String, Refusal> {
        let Some(password) = body.get("password").and_then(Value::as_str) else {
            return Err(Refusal::new(400, "M_INVALID_PARAM", "Bad parameter: password"));
        };
        let localpart = self.identified(body)?;
        let key = localpart.clone().unwrap_or_default();
        self.buckets.check(&self.config.limits, now, Limited::LoginFailure, &key)?;
        let account = localpart.and_then(|localpart| self.accounts.find(&localpart));
        match account {
            Some(account) if account.password.as_ref().is_some_and(|known| *known == password.into()) => {
                Ok(account.localpart.clone())
            }
            Some(_) | None => {
                self.buckets.take(&self.config.limits, now, Limited::LoginFailure, &key)?;
                Err(wrong())
            }
        }
    }

    /// The localpart that the client means; `None` if no account can be meant.
    fn identified(&self, body: &Object) -> Result<Option<String>, Refusal> {
        let old = body.get("user").map(|user| json!({ "type": "m.id.user", "user": user }));
        let submission = || Refusal::new(400, "M_INVALID_PARAM", "Invalid login submission");
        let identifier = body.get("identifier").cloned().or(old).ok_or_else(submission)?;
        let text = |field: &str| identifier[field].as_str().unwrap_or_default();
        let of_address = |medium: &str, address: Option<String>| {
            let account = address.and_then(|address| self.accounts.of_address(medium, &address));
            account.map(|account| account.localpart.clone())
        };
        match text("type") {
            "m.id.user" if text("user").is_empty() => {
                Err(Refusal::new(400, "M_UNKNOWN", "User identifier is missing 'user' key"))
            }
            "m.id.user" => Ok(self.localpart_of(&text("user").to_lowercase())),
            "m.id.thirdparty" if text("medium") == "email" => {
                Ok(of_address("email", canonical_email(text("address"))))
            }
            "m.id.thirdparty" => Ok(of_address(text("medium"), Some(text("address").to_owned()))),
            // Synapse 1.163 takes the specified `phone`, but only beside its own older `number`.
            "m.id.phone" if identifier["number"].is_null() => {
                Err(Refusal::new(400, "M_UNKNOWN", "Missing JSON keys."))
            }
            "m.id.phone" => Ok(of_address("msisdn", msisdn(text("country"), text("phone")))),
            _ => Err(Refusal::new(400, "M_UNKNOWN", "Unknown login identifier type")),
        }
    }

    pub(crate) fn localpart_of(&self, user: &str) -> Option<String> {
        match user.strip_prefix('@') {
            None => Some(user.to_owned()),
            Some(full) => {
                let (localpart, server_name) = full.split_once(':')?;
                (server_name == self.config.server_name()).then(|| localpart.to_owned())
            }
        }
    }

    fn check_login_token(&mut self, now: Time, body: &Object) -> Result<String, Refusal> {
        let token = body.get("token").and_then(Value::as_str);
        let token = token.ok_or_else(|| Refusal::new(400, "M_UNKNOWN", "Missing JSON keys."))?;
        self.spend_login_token(now, token)
            .ok_or_else(|| Refusal::new(403, "M_FORBIDDEN", "Invalid login token"))
    }
}

/// What the authorization server offers to clients that do not know OAuth (MSC3824).
fn oauth_aware_flows(offer: &Login) -> Response {
    let mut flows = Vec::new();
    if offer.password {
        flows.push(json!({ "type": "m.login.password" }));
    }
    if offer.sso.is_some() {
        flows.push(json!({
            "type": "m.login.sso",
            "oauth_aware_preferred": true,
            "org.matrix.msc3824.delegated_oidc_compatibility": true,
        }));
        flows.push(json!({ "type": "m.login.token" }));
    }
    ok(&json!({ "flows": flows }))
}

fn wrong() -> Refusal {
    Refusal::new(403, "M_FORBIDDEN", "Invalid username or password")
}
