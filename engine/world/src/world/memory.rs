//! What does a world remember, only for the laws to ask about?

use std::rc::Rc;

use narthex::{Effect, Intent};
use serde_json::Value;

use super::open::Open;
use crate::class::{self, Class};

/// What only the laws ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    /// Secrets that were used, and must not be sent again.
    pub(crate) spent: Vec<Rc<str>>,
    /// Secrets that the engine made up.
    pub(crate) made: Vec<Rc<str>>,
    /// The access token of the session that must not be lost.
    pub(crate) issued: Option<Rc<str>>,
    /// Access tokens whose storing this engine was told of.
    pub(crate) told_stored: Vec<Rc<str>>,
    /// The device whose session was to be stored or erased last.
    pub(crate) device: Option<Rc<str>>,
    /// The server said itself that the last session is over.
    pub(crate) server_told: bool,
    /// The codes of the browser that this engine sent to an authorization server, each as often as it was sent.
    pub(crate) sent: Vec<Rc<str>>,
    /// The store could give no lease when it was asked last.
    pub(crate) no_lease: bool,
    /// It was shown that a session could be stored, since nothing ran.
    pub(crate) proved: bool,
    /// A page was opened since the person said something, or came back.
    pub(crate) browsed: bool,
    /// Who is to sign in, if the person has said that.
    pub(crate) expects: Option<Rc<str>>,
}

impl Memory {
    /// Takes note of who is to sign in. Whoever makes an account may find the name taken.
    #[expect(clippy::wildcard_enum_match_arm, reason = "nobody is named by the other intents")]
    pub(super) fn named(&mut self, intent: &Intent) {
        let user_id = |text: &str| Some(text).filter(|text| text.starts_with('@')).map(Rc::from);
        match intent {
            Intent::UseServer { server } => self.expects = user_id(server),
            Intent::SignInWithPassword { identifier, .. } => {
                self.expects = user_id(identifier).or_else(|| self.expects.take());
            }
            Intent::CreateAccount | Intent::SignInAgain => self.expects = None,
            _ => {}
        }
    }

    /// Takes note of what is asked for: what guards a confirmation or a callback.
    pub(super) fn made_up(&mut self, open: &Open) {
        match &open.effect {
            // That of OAuth 2.0 is no secret.
            Effect::Listen { path, .. } if path.starts_with("/oauth/") => {}
            Effect::Listen { path, .. } => self.made.push(path.as_str().into()),
            Effect::Store { session, .. } => self.device = Some(session.device_id.as_str().into()),
            Effect::Erase { device_id, .. } => self.device = Some(device_id.as_str().into()),
            Effect::Http { .. } | Effect::Prove { .. } | Effect::Lease { .. } => {}
            Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => {}
            Effect::Browse { .. } | Effect::Cancel { .. } => {}
        }
        self.made.extend(open.body()["client_secret"].as_str().map(Rc::from));
        self.sent
            .extend(open.body()["code"].as_str().filter(|_| open.class == Class::Exchange).map(Rc::from));
        // Whatever is older is not held any more.
        self.made = self.made.split_off(self.made.len().saturating_sub(4));
    }

    /// The server knows that the session is over.
    fn end(&mut self) {
        (self.issued, self.server_told) = (None, true);
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "nothing is learnt from the other classes")]
    pub(super) fn learn(&mut self, open: &Open, status: u16, answer: &Value) {
        let (asked, text) = (open.body(), |value: &Value| value.as_str().map(Rc::from));
        let errcode = answer["errcode"].as_str().unwrap_or_default();
        let is_session = status == 200 && answer["user_id"].as_str().is_some_and(|id| id.starts_with('@'));
        let issued = text(&answer["access_token"]).filter(|_| answer["device_id"].is_string());
        match open.class {
            Class::Register if is_session => {
                self.spent.extend(text(&asked["auth"]["session"]));
                (self.issued, self.server_told) = (issued.or(self.issued.take()), false);
            }
            Class::Login if is_session && issued.is_some() => {
                self.spent.extend(text(&asked["token"]));
                (self.issued, self.server_told) = (issued, false);
            }
            Class::Login if errcode == "M_FORBIDDEN" => self.spent.extend(text(&asked["token"])),
            Class::Code if answer["success"] == true => self.spent.extend(text(&asked["token"])),
            Class::Refresh
                if status == 200 && answer["access_token"].as_str().is_some_and(|t| !t.is_empty()) =>
            {
                self.issued = self.issued.take().and_then(|_| text(&answer["access_token"]));
                self.server_told = false;
                if answer["refresh_token"].is_string() {
                    self.spent.extend(text(&asked["refresh_token"]));
                }
            }
            Class::Refresh if errcode == "M_UNKNOWN_TOKEN" || errcode == "M_FORBIDDEN" => self.end(),
            Class::Exchange | Class::Poll if is_granted(status, answer) => {
                self.issued = text(&answer["access_token"]);
                self.sent.clear();
                self.spent.extend(text(&asked["code"]).or_else(|| text(&asked["device_code"])));
            }
            Class::Exchange if status == 429 || errcode == "M_LIMIT_EXCEEDED" => {
                let last = self.sent.iter().rposition(|code| asked["code"] == **code);
                last.map(|at| self.sent.remove(at));
            }
            Class::Renew if is_granted(status, answer) => {
                self.issued = self.issued.take().and_then(|_| text(&answer["access_token"]));
                self.server_told = false;
                if answer["refresh_token"].is_string() {
                    self.spent.extend(text(&asked["refresh_token"]));
                }
            }
            Class::Renew if is_over(answer) => self.end(),
            Class::Revoke if (200..300).contains(&status) && answer.is_object() => {
                self.end();
                self.spent.extend(text(&asked["token"]));
            }
            Class::Whoami | Class::Devices if errcode == "M_UNKNOWN_TOKEN" => self.server_told = true,
            Class::Logout if status == 401 && errcode == "M_UNKNOWN_TOKEN" => self.end(),
            Class::Logout if status == 200 && answer.is_object() => {
                self.end();
                if let Effect::Http { request, .. } = &open.effect {
                    self.spent.extend(class::bearer(request).map(Rc::from));
                }
            }
            _ => {}
        }
    }
}

/// Whether an authorization server gave tokens.
fn is_granted(status: u16, answer: &Value) -> bool {
    let token = answer["access_token"].as_str().unwrap_or_default();
    let is_bearer = answer["token_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    let is_plain = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
    (200..300).contains(&status) && is_bearer && is_plain
}

/// Whether an authorization server says that the session is over.
fn is_over(answer: &Value) -> bool {
    matches!(answer["error"].as_str(), Some("invalid_grant" | "invalid_client" | "unauthorized_client"))
}
