//! How does an application sign out? RFC 7009 and MSC4254.

use narthex::{Response, Secret, Time};

use crate::ask::Ask;
use crate::sandbox::Sandbox;

use super::refused::Refused;
use super::sessions::Kind;
use super::token::field;

impl Sandbox {
    /// Either token ends the session. What is unknown, or expired, is revoked already.
    pub(crate) fn revoke(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refused> {
        let fields = ask.form_once().ok_or_else(Refused::request)?;
        let client_id = self.client_of(&fields)?;
        let token = field(&fields, "token")?;
        let kind = match fields.get("token_type_hint").map(String::as_str) {
            None => None,
            Some("access_token") => Some(Kind::Access),
            Some("refresh_token") => Some(Kind::Refresh),
            Some(_) => {
                let description = "The authorization server does not support the revocation of the presented \
                                   token type.";
                return Err(Refused::new(400, "unsupported_token_type", description));
            }
        };
        if let Some((id, session)) = self.oauth.sessions.of_token(now, token, kind) {
            if session.client_id != client_id {
                return Err(Refused::unauthorized_client());
            }
            self.close_session(&id);
        }
        Ok(Response { status: 200, headers: Vec::new(), body: Secret::new(Vec::new()) })
    }
}
