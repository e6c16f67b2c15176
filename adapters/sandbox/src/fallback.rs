//! Which pages does the browser show: a stage's fallback, and the policies?

use narthex::{Response, Time};
use serde_json::{Value, json};
use url::Url;

use crate::answer::{Refusal, alert, escape, page};
use crate::ask::{Ask, Object};
use crate::config::{DUMMY, EMAIL, MSISDN, RECAPTCHA, TERMS, TOKEN};
use crate::route::POLICY;
use crate::sandbox::Sandbox;
use crate::stages::{Attempt, GOOD_CAPTCHA};

impl Sandbox {
    pub(crate) fn fallback_page(&self, ask: Ask<'_>, stage: &str) -> Result<Response, Refusal> {
        let session = ask.query("session").ok_or_else(no_session)?;
        self.has_page(stage)?;
        Ok(self.form(stage, &session, None))
    }

    /// The person submitted the page. A complete stage is found by the client when it polls the session.
    pub(crate) fn fallback_submit(
        &mut self,
        now: Time,
        ask: Ask<'_>,
        stage: &str,
    ) -> Result<Response, Refusal> {
        let fields = ask.form();
        let session =
            fields.get("session").cloned().or_else(|| ask.query("session")).ok_or_else(no_session)?;
        self.has_page(stage)?;
        self.interactions.find(&session)?;
        let mut auth = Object::new();
        auth.insert("session".to_owned(), session.as_str().into());
        for (field, name) in [("token", "token"), ("g-recaptcha-response", "response")] {
            if let Some(value) = fields.get(field) {
                auth.insert(name.to_owned(), value.as_str().into());
            }
        }
        let attempted = match stage {
            TERMS | RECAPTCHA | TOKEN => self.attempt(now, stage, &auth),
            _ => Ok(None),
        };
        match attempted {
            Ok(threepid) => {
                self.interactions.find_mut(&session)?.complete_stage(stage, threepid);
                Ok(page(
                    200,
                    "Thank you",
                    "<p>You may now close this page and return to the application.</p>",
                ))
            }
            Err(Attempt::Failed(refusal)) => Ok(self.form(stage, &session, Some(refusal.error()))),
            Err(Attempt::Refused(refusal)) => Err(refusal),
        }
    }

    /// Synapse has no page for e-mail, telephone and dummy. A stage that it does not know has one here.
    fn has_page(&self, stage: &str) -> Result<(), Refusal> {
        let is_offered = self.config.flows.iter().flatten().any(|offered| offered == stage);
        if !is_offered || matches!(stage, DUMMY | EMAIL | MSISDN) {
            return Err(Refusal::new(404, "M_UNKNOWN", "Unknown auth stage type"));
        }
        Ok(())
    }

    fn form(&self, stage: &str, session: &str, error: Option<&str>) -> Response {
        let (title, field, button) = match stage {
            TERMS => ("Terms", self.policy_links(), "Agree"),
            RECAPTCHA => {
                let field = format!(
                    "<p><label><input type=\"checkbox\" name=\"g-recaptcha-response\" value=\"{GOOD_CAPTCHA}\"> \
                     I am not a robot</label></p>"
                );
                ("Are you a person?", field, "Continue")
            }
            TOKEN => {
                let field = "<p><label>Registration token <input name=\"token\"></label></p>".to_owned();
                ("Registration token", field, "Continue")
            }
            _ => ("One more step", format!("<p>{}</p>", escape(stage)), "Continue"),
        };
        let error = alert(error);
        let body = format!(
            "{error}<form method=\"post\">{field}<input type=\"hidden\" name=\"session\" value=\"{}\">\
             <button>{button}</button></form>",
            escape(session)
        );
        page(200, title, &body)
    }

    /// The policies as the stage's parameters tell them.
    pub(crate) fn policies(&self) -> Value {
        let mut policies = Object::new();
        for policy in &self.config.policies {
            let mut told = Object::new();
            told.insert("version".to_owned(), policy.version.as_str().into());
            for (language, name) in &policy.names {
                let url = self.policy_address(&policy.id, language, &policy.version);
                told.insert(language.clone(), json!({ "name": name, "url": url }));
            }
            policies.insert(policy.id.clone(), told.into());
        }
        policies.into()
    }

    /// Synapse's has only the version; id and language follow where they are not Synapse's only ones.
    fn policy_address(&self, id: &str, language: &str, version: &str) -> String {
        let mut query = vec![("v", version)];
        if id != "privacy_policy" {
            query.push(("policy", id));
        }
        if language != "en" {
            query.push(("lang", language));
        }
        let address = self.config.address(POLICY);
        Url::parse_with_params(&address, query).map_or(address, String::from)
    }

    fn policy_links(&self) -> String {
        let mut links = String::new();
        for policy in &self.config.policies {
            for (language, name) in &policy.names {
                let url = self.policy_address(&policy.id, language, &policy.version);
                links += &format!("<p><a href=\"{}\">{}</a></p>", escape(&url), escape(name));
            }
        }
        links
    }

    pub(crate) fn policy_page(&self, ask: Ask<'_>) -> Response {
        let id = ask.query("policy").unwrap_or_else(|| "privacy_policy".to_owned());
        let language = ask.query("lang").unwrap_or_else(|| "en".to_owned());
        let name = self
            .config
            .policies
            .iter()
            .find(|policy| policy.id == id)
            .and_then(|policy| policy.names.get(&language));
        match name {
            Some(name) => page(200, &escape(name), "<p>This server forgets everything when it stops.</p>"),
            None => page(404, "No such policy", "<p>This server has no such policy.</p>"),
        }
    }
}

fn no_session() -> Refusal {
    Refusal::new(400, "M_UNKNOWN", "No session supplied")
}
