//! Does the person let the application in? The page at the end of an authorization.

use narthex::{Response, Time};

use crate::answer::{escape, page, see_other};
use crate::ask::Ask;
use crate::sandbox::Sandbox;

use super::authorize::call_back;
use super::grants::{Grant, Stage};
use super::refused::error_page;
use super::scope;

impl Sandbox {
    pub(crate) fn consent_page(&self, ask: Ask<'_>, id: &str) -> Result<Response, Response> {
        let (grant, localpart) = self.asked_consent(ask, id)?;
        let body = format!(
            "{}<form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"consent\">\
             <button>Continue</button></form><p><a href=\"{}\">Cancel</a></p>\
             <form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"logout\">\
             <button>Use another account</button></form>",
            self.who_and_what(localpart, &grant.client_id, &grant.scope),
            escape(&grant.callback.cancelled()),
        );
        Ok(page(200, "Let this application in?", &body))
    }

    pub(crate) fn submit_consent(&mut self, now: Time, ask: Ask<'_>, id: &str) -> Result<Response, Response> {
        let (grant, localpart) = self.asked_consent(ask, id)?;
        let (callback, localpart) = (grant.callback.clone(), localpart.to_owned());
        match ask.form().get("do").map(String::as_str) {
            Some("consent") => {
                let code = self.chance.letters(32);
                let parameter = code.clone();
                if let Some(grant) = self.oauth.grants.find_mut(id) {
                    grant.stage = Stage::Fulfilled { code, localpart, at: now };
                }
                Ok(call_back(&callback, &[("code", &parameter)]))
            }
            // The page has a link for this; a form can be submitted by a script.
            Some("cancel") => Ok(see_other(&callback.cancelled())),
            Some("logout") => {
                let to = format!("login?kind=continue_authorization_grant&id={id}");
                let to = self.config.oauth_address(&to);
                Ok(self.farewell(ask, &to))
            }
            Some(_) | None => Err(error_page(400, "no such action")),
        }
    }

    /// The authorization and the person, if they can be asked; else the page in place of the question.
    fn asked_consent<'a>(&'a self, ask: Ask<'_>, id: &str) -> Result<(&'a Grant, &'a str), Response> {
        let grant = self.oauth.grants.find(id).ok_or_else(|| error_page(404, "no such authorization"))?;
        let Some(localpart) = self.visitor(ask) else {
            let path = format!("login?kind=continue_authorization_grant&id={id}");
            return Err(see_other(&self.config.oauth_address(&path)));
        };
        if !matches!(grant.stage, Stage::Pending) {
            return Err(error_page(409, &format!("Authorization grant {id} already used")));
        }
        // Both are pages that the recorded server fails to show.
        if scope::allowed(&grant.scope).is_none() {
            return Err(error_page(500, "The authorization request was denied by the policy of this server"));
        }
        if grant.callback.state.is_none() {
            return Err(error_page(500, "The authorization request has no state"));
        }
        Ok((grant, localpart))
    }

    /// Who lets what in, for the pages of consent.
    pub(crate) fn who_and_what(&self, localpart: &str, client_id: &str, scope: &str) -> String {
        let user_id = self.accounts.find(localpart).map(|account| account.user_id.as_str());
        let client = self.oauth.clients.find(client_id);
        let name = client.map_or("An application", |client| client.name.as_str());
        let device_id = scope::allowed(scope).and_then(|allowed| allowed.device_id);
        let device = device_id
            .map(|id| format!("<p>Its device is <code>{}</code>.</p>", escape(&id)))
            .unwrap_or_default();
        format!(
            "<p>You are signed in as <strong>{}</strong>.</p>\
             <p><strong>{}</strong> wants to use your account.</p>{device}",
            escape(user_id.unwrap_or(localpart)),
            escape(name),
        )
    }
}
