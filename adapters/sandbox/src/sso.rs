//! How does single sign-on end in a login token?

use narthex::{Response, Time};
use url::{Url, form_urlencoded};

use crate::answer::{Refusal, escape, page, redirect};
use crate::ask::Ask;
use crate::route::SSO_SUBMIT;
use crate::sandbox::Sandbox;

/// A login token that was handed out. It works once.
#[derive(Clone, Debug)]
pub(crate) struct LoginToken {
    localpart: String,
    expires: Time,
}

impl Sandbox {
    pub(crate) fn sso_redirect(&self, ask: Ask<'_>, provider: Option<&str>) -> Result<Response, Refusal> {
        let providers = self.config.login.as_ref().and_then(|login| login.sso.as_ref());
        let providers = providers.ok_or_else(|| Refusal::unrecognized(404))?;
        let missing = || Refusal::new(400, "M_MISSING_PARAM", "Missing string query parameter redirectUrl");
        let redirect_url = ask.query("redirectUrl").ok_or_else(missing)?;
        let name = match provider {
            None => "single sign-on",
            Some(id) => {
                let known = providers.iter().find(|provider| provider.id == id);
                let unknown = || Refusal::new(404, "M_NOT_FOUND", "Unknown identity provider");
                &known.ok_or_else(unknown)?.name
            }
        };
        let accounts: String = self
            .accounts
            .iter()
            .map(|account| format!("<option value=\"{}\">", escape(&account.localpart)))
            .collect();
        let body = format!(
            "<form method=\"post\" action=\"{}\"><p><label>Continue as \
             <input name=\"username\" list=\"accounts\"></label>\
             <datalist id=\"accounts\">{accounts}</datalist></p>\
             <input type=\"hidden\" name=\"redirectUrl\" value=\"{}\"><button>Continue</button></form>",
            escape(&self.config.address(SSO_SUBMIT)),
            escape(&redirect_url),
        );
        Ok(page(200, &format!("Sign in with {}", escape(name)), &body))
    }

    /// The person chose who to be; a new name makes a new account.
    pub(crate) fn sso_submit(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        if self.config.login.as_ref().is_none_or(|login| login.sso.is_none()) {
            return Err(Refusal::unrecognized(404));
        }
        let fields = ask.form();
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let Ok(target) = Url::parse(field("redirectUrl")) else {
            return Ok(page(400, "Not signed in", "<p>The application gave no address to return to.</p>"));
        };
        let username = field("username").to_lowercase();
        if self.accounts.find(&username).is_none() {
            self.check_username(&username, None)?;
            let user_id = format!("@{username}:{}", self.config.server_name());
            self.accounts.create(&username, user_id);
        }
        self.login_tokens.retain(|_, token| now < token.expires);
        let login_token = format!("syl_{}", self.chance.letters(30));
        let expires = now + self.config.login_token_lifetime;
        self.login_tokens.insert(login_token.clone(), LoginToken { localpart: username, expires });
        Ok(redirect(&with_login_token(target, &login_token)))
    }

    /// Whose login token this is.
    pub(crate) fn spend_login_token(&mut self, now: Time, token: &str) -> Option<String> {
        let token = self.login_tokens.remove(token)?;
        (now < token.expires).then_some(token.localpart)
    }
}

/// Any `loginToken` that was there before is replaced.
fn with_login_token(mut target: Url, login_token: &str) -> Url {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(target.query_pairs().filter(|(key, _)| key != "loginToken"))
        .append_pair("loginToken", login_token)
        .finish();
    target.set_query(Some(&query));
    target
}
