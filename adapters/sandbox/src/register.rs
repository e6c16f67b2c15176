//! How does an account come to be? `POST /register`.

use narthex::{Response, Secret, Time};
use serde_json::{Value, json};

use crate::answer::{self, Refusal, ok};
use crate::ask::{Ask, Object, wants_refresh};
use crate::limit::Limited;
use crate::sandbox::Sandbox;
use crate::settings::{PasswordPolicy, Registration};
use crate::uia::Interacted;
use crate::username::taken;

/// The longest username and password that are looked at, in characters.
const LONGEST_INPUT: usize = 512;

impl Sandbox {
    pub(crate) fn registration_enabled(&self) -> Result<(), Refusal> {
        let error = match self.config.registration {
            Registration::Open => return Ok(()),
            Registration::Disabled => "Registration has been disabled",
            Registration::Delegated => {
                "Registration has been disabled. Only m.login.application_service registrations are allowed."
            }
        };
        Err(Refusal::new(403, "M_FORBIDDEN", error))
    }

    pub(crate) fn register(&mut self, now: Time, ask: Ask<'_>) -> Result<Response, Refusal> {
        let mut body = ask.json()?;
        self.buckets.check(&self.config.limits, now, Limited::Registration, "")?;
        check_kind(ask)?;
        let refreshable = wants_refresh(&body)?;
        let username = input(&body, "username", "Invalid username")?.map(str::to_lowercase);
        if ask.bearer().is_some() {
            let error = "An access token should not be provided on requests to /register \
                         (except if type is m.login.application_service)";
            return Err(Refusal::new(400, "M_UNKNOWN", error));
        }
        self.registration_enabled()?;
        let password = input(&body, "password", "Invalid password")?.map(Secret::from);
        match &password {
            Some(password) => check_password(&self.config.password_policy, password.expose())?,
            None => {
                body.remove("initial_device_display_name");
            }
        }
        body.remove("password");
        let auth = match body.remove("auth") {
            None => Object::new(),
            Some(Value::Object(auth)) => auth,
            Some(_) => return Err(Refusal::new(400, "M_BAD_JSON", "auth must be an object")),
        };
        let registered = match auth.get("session").and_then(Value::as_str) {
            Some(session) => self.interactions.find(session)?.registered.clone(),
            None => None,
        };
        if let Some(username) = &username {
            self.check_username(username, registered.as_deref())?;
        }
        match self.interact(now, ask, &auth, body)? {
            Interacted::Complete(session) => self.complete(now, &session, password, refreshable),
            Interacted::Unfinished(session, challenge) => {
                let interaction = self.interactions.find_mut(&session)?;
                interaction.password = interaction.password.take().or(password);
                Ok(answer::json(401, &challenge))
            }
        }
    }

    /// A flow is complete: the account, if this session has not made it yet, and a login.
    fn complete(
        &mut self,
        now: Time,
        session: &str,
        password: Option<Secret<String>>,
        refreshable: bool,
    ) -> Result<Response, Refusal> {
        let interaction = self.interactions.find(session)?.clone();
        let (localpart, is_new) = match interaction.registered {
            Some(localpart) => (localpart, false),
            None => {
                let password = password
                    .or(interaction.password)
                    .ok_or_else(|| Refusal::new(400, "M_MISSING_PARAM", "Missing params: password"))?;
                (self.create_account(now, session, password)?, true)
            }
        };
        let inhibited = interaction.params.get("inhibit_login") == Some(&Value::Bool(true));
        let unapproved = self.config.approval_required
            && !self.accounts.find(&localpart).is_some_and(|account| account.approved);
        let login = if inhibited || unapproved {
            let server_name = self.config.server_name();
            json!({ "user_id": format!("@{localpart}:{server_name}"), "home_server": server_name })
        } else {
            self.sign_in(now, &localpart, &interaction.params, refreshable)?
        };
        if is_new && unapproved {
            let error = "This account needs to be approved by an administrator before it can be used.";
            return Err(awaiting_approval(error));
        }
        Ok(ok(&login))
    }

    fn create_account(
        &mut self,
        now: Time,
        session: &str,
        password: Secret<String>,
    ) -> Result<String, Refusal> {
        let interaction = self.interactions.find_mut(session)?;
        for threepid in &interaction.threepids {
            if self.accounts.of_address(threepid.medium, &threepid.address).is_some() {
                let error = format!("{} is already in use", threepid.medium);
                return Err(Refusal::new(400, "M_THREEPID_IN_USE", error));
            }
        }
        self.buckets.take(&self.config.limits, now, Limited::Registration, "")?;
        let localpart = match interaction.params.get("username").and_then(Value::as_str) {
            Some(username) => username.to_lowercase(),
            None => self.accounts.next_number(),
        };
        if self.accounts.find(&localpart).is_some() {
            return Err(taken());
        }
        let user_id = format!("@{localpart}:{}", self.config.server_name());
        let account = self.accounts.create(&localpart, user_id);
        account.password = Some(password);
        for threepid in &interaction.threepids {
            let addresses =
                if threepid.medium == "email" { &mut account.emails } else { &mut account.phones };
            addresses.insert(threepid.address.clone());
        }
        interaction.registered = Some(localpart.clone());
        if let Some(token) = &interaction.token {
            self.invites.complete(token);
        }
        Ok(localpart)
    }
}

/// MSC3866.
pub(crate) fn awaiting_approval(error: &str) -> Refusal {
    Refusal::new(403, "ORG.MATRIX.MSC3866_USER_AWAITING_APPROVAL", error)
        .with("approval_notice_medium", "org.matrix.msc3866.none")
}

fn check_kind(ask: Ask<'_>) -> Result<(), Refusal> {
    match ask.query("kind").as_deref() {
        None | Some("user") => Ok(()),
        Some("guest") => Err(Refusal::new(403, "M_UNKNOWN", "Guest access is disabled")),
        Some(kind) => {
            let error = format!("Do not understand membership kind: {kind}");
            Err(Refusal::new(400, "M_UNRECOGNIZED", error))
        }
    }
}

fn input<'a>(body: &'a Object, field: &str, error: &str) -> Result<Option<&'a str>, Refusal> {
    match body.get(field) {
        None => Ok(None),
        Some(Value::String(value)) if value.chars().count() <= LONGEST_INPUT => Ok(Some(value)),
        Some(_) => Err(Refusal::new(400, "M_UNKNOWN", error)),
    }
}

fn check_password(policy: &PasswordPolicy, password: &str) -> Result<(), Refusal> {
    let lacks = |kind: fn(char) -> bool| !password.chars().any(kind);
    let length = policy.minimum_length;
    let (errcode, error) = if password.chars().count() < length {
        ("M_PASSWORD_TOO_SHORT", format!("The password must be at least {length} characters long"))
    } else if policy.digit && lacks(|c| c.is_ascii_digit()) {
        ("M_PASSWORD_NO_DIGIT", "The password must include at least one digit".to_owned())
    } else if policy.symbol && lacks(|c| !c.is_alphanumeric()) {
        ("M_PASSWORD_NO_SYMBOL", "The password must include at least one symbol".to_owned())
    } else if policy.uppercase && lacks(char::is_uppercase) {
        ("M_PASSWORD_NO_UPPERCASE", "The password must include at least one uppercase letter".to_owned())
    } else if policy.lowercase && lacks(char::is_lowercase) {
        ("M_PASSWORD_NO_LOWERCASE", "The password must include at least one lowercase letter".to_owned())
    } else {
        return Ok(());
    };
    Err(Refusal::new(400, if policy.plain_errcode { "M_WEAK_PASSWORD" } else { errcode }, error))
}
