//! Who is the person at the browser? The pages of sign-in and of registration.

use narthex::{Response, Secret, Time};

use crate::answer::{alert, escape, page, see_other};
use crate::ask::Ask;
use crate::sandbox::Sandbox;

use super::refused::error_page;

impl Sandbox {
    pub(crate) fn sign_in_page(&self, ask: Ask<'_>) -> Response {
        let creates = ask.path().ends_with("/register");
        if creates && !self.may_register() {
            return see_other(&self.beside(ask, "login"));
        }
        let id = ask.query("id").unwrap_or_default();
        let hint = self.oauth.grants.find(&id).and_then(|grant| grant.login_hint.as_deref());
        let username = hint.and_then(|hint| self.localpart_of(hint.strip_prefix("mxid:")?));
        self.credentials_page(ask, creates, &username.unwrap_or_default(), None)
    }

    /// Either page takes both: `do` says whether to sign in or to create an account.
    pub(crate) fn submit_sign_in(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Response> {
        let fields = ask.form();
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let creates = match field("do") {
            "create" if self.may_register() => true,
            "login" => false,
            _ => return Err(error_page(400, "no such action")),
        };
        let username = field("username").trim().to_lowercase();
        let localpart = self.localpart_of(&username).unwrap_or_default();
        let admitted = if creates {
            self.create(&localpart, field("password"))
        } else {
            self.admit(&localpart, field("password"))
        };
        match admitted {
            Ok(()) => {
                let to = self.onward(ask);
                Ok(self.welcome(now, &localpart, &to))
            }
            Err(error) => Ok(self.credentials_page(ask, creates, &username, Some(&error))),
        }
    }

    fn may_register(&self) -> bool {
        self.config.oauth.as_ref().is_some_and(|oauth| oauth.registration)
    }

    fn create(&mut self, localpart: &str, password: &str) -> Result<(), String> {
        self.check_username(localpart, None).map_err(|refusal| match refusal.errcode() {
            "M_USER_IN_USE" => "This username is already taken".to_owned(),
            "M_INVALID_USERNAME" => "Username contains invalid characters. Use lowercase letters, numbers, \
                                     dashes and underscores only."
                .to_owned(),
            _ => refusal.error().to_owned(),
        })?;
        if password.is_empty() {
            return Err("This field is required".to_owned());
        }
        self.add_account(localpart, password);
        Ok(())
    }

    fn admit(&self, localpart: &str, password: &str) -> Result<(), String> {
        let account = self.accounts.find(localpart);
        let is_right = |known: &Secret<String>| *known == password.into();
        match account.filter(|account| account.password.as_ref().is_some_and(is_right)) {
            Some(account) if account.locked => Err("This account has been locked.".to_owned()),
            Some(account) if !account.deactivated => Ok(()),
            Some(_) | None => Err("Invalid credentials".to_owned()),
        }
    }

    /// Where the person was going when they were asked who they are.
    fn onward(&self, ask: Ask<'_>) -> String {
        let id = ask.query("id").unwrap_or_default();
        let id = if id.bytes().all(|b| b.is_ascii_alphanumeric()) { id } else { String::new() };
        self.config.oauth_address(&match ask.query("kind").as_deref() {
            Some("continue_authorization_grant") => format!("consent/{id}"),
            Some("continue_device_code_grant") => format!("device/{id}"),
            Some(_) | None => "account/".to_owned(),
        })
    }

    /// The other page, with the same query.
    fn beside(&self, ask: Ask<'_>, path: &str) -> String {
        let query = ask.request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        self.config.oauth_address(&format!("{path}{query}"))
    }

    fn credentials_page(&self, ask: Ask<'_>, creates: bool, username: &str, error: Option<&str>) -> Response {
        let (title, action, kind, button, other) = if creates {
            let other = "Do you have an account? <a href=\"{}\">Sign in</a>";
            ("Create an account", "create", "new-password", "Continue", Some((other, "login")))
        } else {
            let other = "New here? <a href=\"{}\">Create an account</a>";
            let offered = self.may_register().then_some((other, "register"));
            ("Sign in", "login", "current-password", "Sign in", offered)
        };
        let error = alert(error);
        let other = other
            .map(|(text, path)| format!("<p>{}</p>", text.replace("{}", &escape(&self.beside(ask, path)))));
        let body = format!(
            "<p>on {}</p>{error}<form method=\"post\"><input type=\"hidden\" name=\"do\" value=\"{action}\">\
             <p><label>Username <input name=\"username\" value=\"{}\" autocomplete=\"username\" required></label></p>\
             <p><label>Password <input name=\"password\" type=\"password\" autocomplete=\"{kind}\" required></label></p>\
             <button>{button}</button></form>{}",
            escape(&self.config.server_name()),
            escape(username),
            other.unwrap_or_default(),
        );
        page(200, title, &body)
    }
}
