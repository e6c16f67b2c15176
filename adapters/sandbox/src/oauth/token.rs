//! What does the token endpoint give? RFC 6749 §4.1.3 and §6, RFC 8628 §3.4.

use std::collections::BTreeMap;
use std::time::Duration;

use narthex::{Response, Time};
use serde_json::Value;

use crate::answer::ok;
use crate::ask::Ask;
use crate::sandbox::Sandbox;

use super::grants::{Grant, Stage};
use super::refused::Refused;

pub(crate) const AUTHORIZATION_CODE: &str = "authorization_code";
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";
pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// So soon after the first, a second exchange of a code is a slip; later it is theft, and ends the session.
const SLIP: Duration = Duration::from_secs(20);

/// The fields of a form, none of them twice.
pub(crate) type Fields = BTreeMap<String, String>;

impl Sandbox {
    pub(crate) fn token(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refused> {
        let fields = ask.form_once().ok_or_else(Refused::request)?;
        let client_id = self.client_of(&fields)?;
        let grant_type = field(&fields, "grant_type")?;
        if !matches!(grant_type, AUTHORIZATION_CODE | REFRESH_TOKEN | DEVICE_CODE) {
            let description = "The authorization grant type is not supported by the authorization server.";
            return Err(Refused::new(400, "unsupported_grant_type", description));
        }
        self.check_grant_type(client_id, grant_type)?;
        let tokens = match grant_type {
            AUTHORIZATION_CODE => self.exchange_code(now, client_id, &fields)?,
            DEVICE_CODE => self.poll_device(now, client_id, field(&fields, "device_code")?)?,
            _ => self.rotate(now, client_id, field(&fields, "refresh_token")?)?,
        };
        Ok(not_stored(ok(&tokens)))
    }

    /// The client that says it is asking, if it is known. Nobody here has a secret.
    pub(crate) fn client_of<'a>(&self, fields: &'a Fields) -> Result<&'a str, Refused> {
        let client_id = field(fields, "client_id")?;
        self.oauth.clients.find(client_id).map(|_| client_id).ok_or_else(Refused::client)
    }

    pub(crate) fn check_grant_type(&self, client_id: &str, grant_type: &str) -> Result<(), Refused> {
        let client = self.oauth.clients.find(client_id).ok_or_else(Refused::client)?;
        if client.may_use(grant_type) { Ok(()) } else { Err(Refused::unauthorized_client()) }
    }

    /// The redirect URI is not compared: the server recorded does not look at it.
    fn exchange_code(&mut self, now: Time, client_id: &str, fields: &Fields) -> Result<Value, Refused> {
        let code = field(fields, "code")?;
        let lifetime = self.config.oauth.as_ref().map_or(Duration::ZERO, |oauth| oauth.code_lifetime);
        let grant = self.oauth.grants.of_code(code).ok_or_else(Refused::grant)?.clone();
        let localpart = match &grant.stage {
            Stage::Pending => return Err(Refused::grant()),
            Stage::Exchanged { session, at, .. } => {
                if at.until(now) > SLIP {
                    self.close_session(session);
                }
                return Err(Refused::grant());
            }
            Stage::Fulfilled { at, .. } if at.until(now) > lifetime => return Err(Refused::grant()),
            Stage::Fulfilled { localpart, .. } => localpart,
        };
        if grant.client_id != client_id {
            return Err(Refused::unauthorized_client());
        }
        check_verifier(&grant, fields)?;
        self.check_account(localpart)?;
        let (session, tokens) = self.begin_session(now, client_id, localpart, &grant.scope)?;
        if let Some(grant) = self.oauth.grants.of_code(code) {
            grant.stage = Stage::Exchanged { code: code.to_owned(), session, at: now };
        }
        Ok(tokens)
    }

    /// An account that has been deactivated since the consent gets no tokens.
    pub(crate) fn check_account(&self, localpart: &str) -> Result<(), Refused> {
        let account = self.accounts.find(localpart);
        if account.is_some_and(|account| !account.deactivated) { Ok(()) } else { Err(Refused::grant()) }
    }
}

fn check_verifier(grant: &Grant, fields: &Fields) -> Result<(), Refused> {
    match (&grant.challenge, fields.get("code_verifier")) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if challenge.is_met_by(verifier) => Ok(()),
        (Some(_), Some(_)) => {
            let description = "PKCE verification failed: challenge verification failed";
            Err(Refused::new(400, "invalid_grant", description))
        }
        (Some(_), None) | (None, Some(_)) => Err(Refused::request()),
    }
}

pub(crate) fn field<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Refused> {
    fields.get(name).map(String::as_str).ok_or_else(Refused::request)
}

/// RFC 6749 §5.1.
pub(crate) fn not_stored(mut response: Response) -> Response {
    for (name, value) in [("cache-control", "no-store"), ("pragma", "no-cache")] {
        response.headers.push((name.to_owned(), value.to_owned()));
    }
    response
}
