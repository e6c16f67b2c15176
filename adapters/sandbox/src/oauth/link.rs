//! Does the person link the device whose code they have? The pages of RFC 8628 §3.3.

use narthex::{Response, Time};

use crate::answer::{alert, page, see_other};
use crate::ask::Ask;
use crate::sandbox::Sandbox;

use super::device::{DeviceGrant, Stage};
use super::refused::error_page;
use super::scope;

impl Sandbox {
    pub(crate) fn link_page(&self, now: Time, ask: Ask<'_>) -> Response {
        let settings = self.config.oauth.as_ref().and_then(|oauth| oauth.device_grant);
        // Without `verification_uri_complete` nobody is to be led here by a link alone (§5.4).
        match ask.query("code").filter(|_| settings.is_some_and(|settings| settings.complete)) {
            Some(code) => self.typed(now, &code),
            None => code_page(None),
        }
    }

    pub(crate) fn submit_link(&self, now: Time, ask: Ask<'_>) -> Response {
        self.typed(now, ask.form().get("code").map(String::as_str).unwrap_or_default())
    }

    fn typed(&self, now: Time, code: &str) -> Response {
        match self.oauth.devices.of_user_code(now, code) {
            Some(id) => see_other(&self.config.oauth_address(&format!("device/{id}"))),
            None => code_page(Some("This code is not valid")),
        }
    }

    pub(crate) fn device_page(&self, now: Time, ask: Ask<'_>, id: &str) -> Result<Response, Response> {
        let (grant, localpart) = self.asked_device(now, ask, id)?;
        Ok(self.confirm_page(grant, localpart, None))
    }

    pub(crate) fn submit_device(&mut self, now: Time, ask: Ask<'_>, id: &str) -> Result<Response, Response> {
        let (grant, localpart) = self.asked_device(now, ask, id)?;
        let fields = ask.form();
        let (stage, title) = match fields.get("do").map(String::as_str) {
            Some("consent") if fields.contains_key("confirm_device") => {
                (Stage::Allowed(localpart.to_owned()), "Access granted")
            }
            Some("consent") => {
                let error = "Confirm that you are looking at your own device";
                return Err(self.confirm_page(grant, localpart, Some(error)));
            }
            Some("cancel") => (Stage::Denied, "Access denied"),
            Some(_) | None => return Err(error_page(400, "no such action")),
        };
        if let Some(grant) = self.oauth.devices.find_mut(id) {
            grant.stage = stage;
        }
        Ok(page(200, title, "<p>You can close this window.</p>"))
    }

    /// The request and the person, if they can be asked; else the page in place of the question.
    fn asked_device<'a>(
        &'a self,
        now: Time,
        ask: Ask<'_>,
        id: &str,
    ) -> Result<(&'a DeviceGrant, &'a str), Response> {
        let unknown = || error_page(404, "no such device");
        let grant = self.oauth.devices.find(id).filter(|grant| !grant.is_over(now)).ok_or_else(unknown)?;
        let Some(localpart) = self.visitor(ask) else {
            let path = format!("login?kind=continue_device_code_grant&id={id}");
            return Err(see_other(&self.config.oauth_address(&path)));
        };
        if grant.stage != Stage::Pending {
            return Err(error_page(409, "this was decided already"));
        }
        // The recorded server fails to show its page; the device goes on waiting.
        if scope::allowed(&grant.scope).is_none() {
            return Err(error_page(500, "The request was denied by the policy of this server"));
        }
        Ok((grant, localpart))
    }

    fn confirm_page(&self, grant: &DeviceGrant, localpart: &str, error: Option<&str>) -> Response {
        let error = alert(error);
        let body = format!(
            "{}{error}<form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"consent\">\
             <p><label><input type=\"checkbox\" name=\"confirm_device\" value=\"on\"> I started this on a \
             device of mine, which shows the code I typed</label></p><button>Link it</button></form>\
             <form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"cancel\">\
             <p><button>Cancel</button></p></form>",
            self.who_and_what(localpart, &grant.client_id, &grant.scope),
        );
        page(200, "Link a device", &body)
    }
}

fn code_page(error: Option<&str>) -> Response {
    let error = alert(error);
    let body = format!(
        "{error}<form method=\"post\"><p><label>The code that your device shows \
         <input name=\"code\" autocomplete=\"off\" autocapitalize=\"characters\" required></label></p>\
         <button>Continue</button></form>"
    );
    page(200, "Link a device", &body)
}
