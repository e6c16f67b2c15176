//! The requests of a registration, and what the answers to `/register` say.
//!
//! Client-server specification, `POST /register` and `GET /register/m.login.registration_token/validity`.

use serde_json::{Value, json};
use url::Url;

use crate::address;
use crate::cx::Cx;
use crate::failure::Failure;
use crate::http::{Answer, Call};
use crate::identify::somebody_else;
use crate::login_answer::{self, LoginAnswer};
use crate::secret::Secret;
use crate::session::Session;
use crate::stage::Stage;
use crate::uia::Uia;
use crate::view::Task;

use super::confirmation::Confirmation;
use super::refused::{self, Verdict};

/// A request, complete enough to be sent again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ask {
    /// Register, with this proof.
    Submit(Auth),
    /// Register without a proof, to be given a session, in which this proof is sent again.
    Afresh(Auth),
    /// Is this registration token good?
    Validity(Secret<String>),
    /// Send a confirmation.
    Confirm(Confirmation),
    /// Is this the code?
    Code(Confirmation, Secret<String>),
    /// Is there a page for this stage?
    Page(Stage),
}

/// The account that is asked for, as far as requests tell of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewAccount<'m> {
    pub(crate) base: &'m Url,
    pub(crate) username: &'m str,
    pub(crate) password: Option<&'m Secret<String>>,
    pub(crate) device_id: &'m str,
    /// What the server asks for, with the session of user-interactive authentication.
    pub(crate) uia: Option<&'m Uia>,
}

/// What goes into `auth`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Auth {
    /// Nothing: to be told the flows.
    Absent,
    /// Only the session: to be told what is completed.
    Session,
    /// A stage that needs no proof.
    Plain(Stage),
    Token(Stage, Secret<String>),
    Address(Stage, Confirmation),
}

impl Ask {
    pub(crate) const fn task(&self) -> Task {
        match self {
            Self::Submit(_) | Self::Afresh(_) => Task::Register,
            Self::Validity(_) => Task::CheckToken,
            Self::Confirm(_) => Task::SendConfirmation,
            Self::Code(..) => Task::CheckConfirmation,
            Self::Page(_) => Task::FindPage,
        }
    }

    /// The proof of a `/register`.
    pub(crate) const fn auth(&self) -> Option<&Auth> {
        match self {
            Self::Submit(auth) | Self::Afresh(auth) => Some(auth),
            Self::Validity(_) | Self::Confirm(_) | Self::Code(..) | Self::Page(_) => None,
        }
    }

    /// Sends it; `None` if there is nothing to send it to.
    pub(crate) fn send(&self, account: &NewAccount<'_>, cx: &mut Cx<'_>) -> Option<Call> {
        match self {
            Self::Submit(auth) => Some(register(auth, account, cx)),
            Self::Afresh(_) => Some(register(&Auth::Absent, account, cx)),
            Self::Validity(token) => {
                let path = "_matrix/client/v1/register/m.login.registration_token/validity";
                let mut url = address::endpoint(account.base, path);
                url.query_pairs_mut().append_pair("token", token.expose());
                Some(Call::get(url, cx))
            }
            Self::Confirm(confirmation) => Some(confirmation.request(account.base, cx)),
            Self::Code(confirmation, code) => confirmation.submit(code, cx),
            Self::Page(stage) => {
                let session = account.uia.and_then(|uia| uia.session.as_ref());
                Some(Call::get(page(account.base, stage, session), cx))
            }
        }
    }
}

impl Auth {
    /// Whether it holds in another session as well, without the user.
    pub(crate) const fn is_repeatable(&self) -> bool {
        match self {
            Self::Token(..) => true,
            Self::Absent | Self::Session | Self::Plain(_) | Self::Address(..) => false,
        }
    }

    pub(crate) const fn stage(&self) -> Option<&Stage> {
        match self {
            Self::Absent | Self::Session => None,
            Self::Plain(stage) | Self::Token(stage, _) | Self::Address(stage, _) => Some(stage),
        }
    }

    /// The whole request each time, as the specification asks; some servers would do with `auth` alone.
    fn body(&self, account: &NewAccount<'_>, device_name: &str) -> Value {
        let mut body = json!({
            "username": account.username,
            "device_id": account.device_id,
            "initial_device_display_name": device_name,
            "inhibit_login": false,
            "refresh_token": true,
        });
        if let Some(password) = account.password {
            body["password"] = json!(password.expose());
        }
        let mut auth = match self {
            Self::Absent => return body,
            Self::Session => json!({}),
            Self::Plain(stage) => json!({ "type": stage }),
            Self::Token(stage, token) => json!({ "type": stage, "token": token.expose() }),
            Self::Address(stage, confirmation) => {
                json!({ "type": stage, "threepid_creds": confirmation.credentials() })
            }
        };
        if let Some(session) = account.uia.and_then(Uia::session_as_said) {
            auth["session"] = session;
        }
        body["auth"] = auth;
        body
    }
}

fn register(auth: &Auth, account: &NewAccount<'_>, cx: &mut Cx<'_>) -> Call {
    let body = auth.body(account, &cx.config.device_name);
    Call::post(address::endpoint(account.base, "_matrix/client/v3/register"), &body, cx)
}

/// The server's own page for a stage. Specification, "Fallback".
pub(crate) fn page(base: &Url, stage: &Stage, session: Option<&Secret<String>>) -> Url {
    let mut url = address::endpoint(base, "_matrix/client/v3/auth");
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.extend([stage.as_str(), "fallback", "web"]);
    }
    if let Some(session) = session {
        url.query_pairs_mut().append_pair("session", session.expose());
    }
    url
}

/// What `/register` said.
#[derive(Debug)]
pub(crate) enum RegisterAnswer {
    Registered(Box<Session>),
    /// A session of somebody else, or of nobody knows whom.
    Unwanted(Box<Session>, Failure),
    /// Registered, but without a session: to be signed in to.
    WithoutSession,
    /// Registered, it seems, but as whom?
    Unreadable(Failure),
    /// There is more to do; the flag says that the stage was refused.
    Challenge(Option<Uia>, bool),
    Refused(Verdict),
}

impl RegisterAnswer {
    pub(crate) fn read(
        answer: &Answer<'_>,
        call: &Call,
        account: &NewAccount<'_>,
        cx: &Cx<'_>,
    ) -> Result<Self, Failure> {
        match answer.status() {
            200 => match login_answer::session(answer, call, account.base, account.device_id) {
                Ok(LoginAnswer::Session(session)) => {
                    let other = somebody_else(Some(account.username), &session.user_id);
                    let session = Box::new(session);
                    Ok(match other {
                        Some(cause) => Self::Unwanted(session, answer.failure(cause)),
                        None => Self::Registered(session),
                    })
                }
                Ok(LoginAnswer::Absent) => Ok(Self::WithoutSession),
                Ok(LoginAnswer::Unusable(session, failure)) => Ok(Self::Unwanted(Box::new(session), failure)),
                Err(failure) if answer.is_web_page() => Err(failure),
                Err(failure) => Ok(Self::Unreadable(failure)),
            },
            // Palpo refuses a stage so, with all that a 401 has.
            403 => match Uia::read(answer, cx.config) {
                Ok(uia) => Ok(Self::Challenge(Some(uia), true)),
                Err(_) => Ok(Self::Refused(refused::verdict(answer))),
            },
            401 => {
                let refused = !answer.errcode().is_empty();
                match (Uia::read(answer, cx.config), answer.errcode()) {
                    (Ok(uia), _) => Ok(Self::Challenge(Some(uia), refused)),
                    // Some servers leave out the flows after the first time.
                    (Err(_), "" | "M_UNAUTHORIZED" | "M_FORBIDDEN")
                        if account.uia.is_some() && !answer.is_web_page() =>
                    {
                        Ok(Self::Challenge(None, refused))
                    }
                    (Err(failure), _) => Err(failure),
                }
            }
            _ => Ok(Self::Refused(refused::verdict(answer))),
        }
    }
}
