//! Sign in by password, single sign-on, login token or access token: the API from before OAuth 2.0.
//!
//! Client-server specification, "Login" and "SSO client login/authentication".
//!
//! ```text
//!   Listening ──▶ InBrowser ──▶ Asking ──▶ signed in        with a password or a token, straight to Asking
//!                 where nothing can listen, the callback is pasted
//!        └──────────────────────┴──▶ Failed: the user may try again
//! ```

mod access_token;
mod credentials;
pub(crate) mod saved;

use serde_json::json;
use statig::Outcome::{self, Handled, Super, Transition};
use statig::blocking::{self, IntoStateMachine};
use url::Url;

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::exchange::Exchange;
use crate::failure::{Cause, Expiring, Failure, Misbehaviour, Missing, Refusal};
use crate::flow::{self, Flow, Lasting, Shell};
use crate::http::{Answer, Call, Page};
use crate::identify::somebody_else;
use crate::intent::{Intent, Offer, Offers};
use crate::io::Reply;
use crate::limits::BROWSER;
use crate::login_answer::{self, LoginAnswer};
use crate::saved::Content;
use crate::secret::Secret;
use crate::session::Session;
use crate::token::MAX_TOKEN;
use crate::view::{Screen, Task};

use self::saved::SavedSso;

pub(crate) use self::credentials::{Credentials, home_of, is_name};

/// How a sign-in ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    SignedIn(Session),
    /// Somebody else has signed in than was expected, or nobody knows who.
    Unwanted(Session, Failure),
    AwaitingApproval {
        username: String,
    },
    Cancelled,
    Failed(Failure),
}

pub(crate) type Legacy = Shell<Machine>;

impl Legacy {
    /// `device_id` is that of the device to make, or to come back to; `user_id` is who is expected, if anybody is; by name
    /// alone where no more is known.
    pub(crate) fn start(
        server: &str,
        base: &Url,
        credentials: Credentials,
        device_id: String,
        user_id: Option<String>,
        cx: &mut Cx<'_>,
    ) -> Self {
        let (server, base) = (server.to_owned(), base.clone());
        let machine = Machine { server, base, device_id, user_id, credentials };
        Self::new(machine, cx)
    }

    /// Goes back to listening for a browser that was opened in an earlier run.
    pub(crate) fn resume(saved: SavedSso, cx: &mut Cx<'_>) -> Self {
        let SavedSso { server, base, device_id, user_id, provider, path, port } = saved;
        let credentials = Credentials::Sso { provider };
        let machine = Machine { server, base, device_id, user_id, credentials };
        let state = match port {
            Some(_) => State::Listening { wait: cx.listen(path.expose().clone(), port), path, earlier: port },
            None => {
                let page = machine.page(&path, None);
                State::InBrowser { wait: cx.pause(BROWSER), path, port, page }
            }
        };
        Self::at(machine, state, cx)
    }

    pub(crate) fn server(&self) -> &str {
        &self.machine().server
    }
}

impl Flow for Legacy {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        let wait = match self.state() {
            State::Listening { wait, .. } | State::InBrowser { wait, .. } => Some(*wait),
            State::Asking { exchange, .. } => Some(exchange.wait()),
            State::New | State::Failed { .. } | State::Ended(_) => None,
        };
        wait.into_iter().for_each(each);
    }

    fn offers(&self) -> Offers {
        let cancel = Offers::of(&[Offer::Cancel]);
        match self.state() {
            State::New | State::Ended(_) => Offers::NONE,
            State::Listening { .. } | State::Asking { .. } => cancel,
            State::InBrowser { .. } => cancel.and(Offers::of(&[Offer::OpenBrowser])),
            State::Failed { .. } => cancel.and(Offers::of(&[Offer::Retry])),
        }
    }

    fn screen(&self) -> Screen {
        let server = self.machine().server.clone();
        match self.state() {
            State::Listening { .. } => Screen::Busy { server, task: Task::AwaitCallback },
            State::InBrowser { wait, page, .. } => {
                let (url, until) = (page.0.clone(), wait.until);
                Screen::InBrowser { server, url, stage: None, progress: None, until, role: None }
            }
            State::Asking { exchange, .. } => match exchange.limited() {
                Some((until, failure)) => {
                    Screen::Limited { server, task: Task::SignIn, until, failure: failure.clone() }
                }
                None => Screen::Busy { server, task: Task::SignIn },
            },
            State::New | State::Ended(_) => Screen::Busy { server, task: Task::SignIn },
            State::Failed { failure } => {
                Screen::Problem { server, task: Task::SignIn, failure: failure.clone() }
            }
        }
    }
}

impl Lasting for Legacy {
    /// Only the browser is worth coming back to: a password is soon typed again.
    fn save(&self) -> Option<Content> {
        let (path, port) = match self.state() {
            State::InBrowser { path, port, .. } => (path, port),
            State::Listening { path, earlier: earlier @ Some(_), .. } => (path, earlier),
            State::New
            | State::Listening { .. }
            | State::Asking { .. }
            | State::Failed { .. }
            | State::Ended(_) => return None,
        };
        let Machine { server, base, device_id, user_id, credentials } = self.machine().clone();
        let Credentials::Sso { provider } = credentials else { return None };
        let saved = SavedSso { server, base, device_id, user_id, provider, path: path.clone(), port: *port };
        Some(Content::Sso(Box::new(saved)))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Machine {
    server: String,
    base: Url,
    /// Ours, so that a repeated request makes no second device.
    device_id: String,
    /// Nobody else may sign in, if it is known who will.
    user_id: Option<String>,
    credentials: Credentials,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum State {
    New,
    /// A listener for the callback was asked for; `earlier` is the port that a browser already knows.
    Listening {
        wait: Wait,
        path: Secret<String>,
        earlier: Option<u16>,
    },
    /// The user is in the browser; the callback will come to `path`, or is pasted where nothing listens.
    InBrowser {
        wait: Wait,
        path: Secret<String>,
        port: Option<u16>,
        page: Page,
    },
    /// The credentials are on their way.
    Asking {
        credentials: Credentials,
        exchange: Exchange,
    },
    /// No answer. Trying again starts over: a login token is good for one attempt.
    Failed {
        failure: Failure,
    },
    Ended(Box<End>),
}

impl IntoStateMachine for Machine {
    type Event<'e> = Event<'e>;
    type Context<'c> = Cx<'c>;
    type State = State;
    type Superstate<'s> = ();

    fn initial() -> State {
        State::New
    }
}

impl flow::Machine for Machine {
    type End = End;

    fn end(state: &State) -> Option<End> {
        match state {
            State::Ended(end) => Some((**end).clone()),
            State::New
            | State::Listening { .. }
            | State::InBrowser { .. }
            | State::Asking { .. }
            | State::Failed { .. } => None,
        }
    }
}

impl blocking::State<Machine> for State {
    fn call_handler(&mut self, machine: &mut Machine, event: &Event<'_>, cx: &mut Cx<'_>) -> Outcome<Self> {
        match (self, event) {
            (Self::New, Event::Start) | (Self::Failed { .. }, Event::Intent(Intent::Retry)) => {
                Transition(machine.begin(cx))
            }
            (_, Event::Intent(Intent::Cancel)) => Transition(ended(End::Cancelled)),
            (Self::Listening { wait, path, earlier }, Event::Reply(_, Reply::Listening(Ok(origin)))) => {
                // The same listener, for as long as the user may take.
                let wait = Wait { until: cx.now + BROWSER, ..*wait };
                Transition(machine.open_browser(wait, path, *earlier, Some(origin), cx))
            }
            (Self::Listening { path, earlier, .. }, Event::Reply(..) | Event::TimedOut(_)) => {
                Transition(machine.open_browser(cx.pause(BROWSER), path, *earlier, None, cx))
            }
            (Self::InBrowser { path, .. }, Event::Callback(link)) => match login_token(link, path) {
                Some(token) => Transition(machine.ask(Credentials::Token { token }, cx)),
                // Not ours to judge: whatever it was, this sign-in still stands.
                None => Super,
            },
            (Self::InBrowser { page, .. }, Event::Intent(Intent::OpenBrowser)) => {
                cx.browse(page.0.clone());
                Handled
            }
            // The listener broke: the user can still paste the address.
            (Self::InBrowser { .. }, Event::Reply(..)) => Handled,
            (Self::InBrowser { .. }, Event::TimedOut(_)) => {
                let cause = Cause::Expired { what: Expiring::Browser };
                Transition(ended(End::Failed(Failure { cause, evidence: None })))
            }
            (Self::Asking { credentials, exchange }, Event::Reply(..) | Event::TimedOut(_)) => {
                machine.answered(credentials, exchange, event, cx).map_or(Handled, Transition)
            }
            (Self::New | Self::Listening { .. } | Self::InBrowser { .. } | Self::Asking { .. }, _)
            | (Self::Failed { .. } | Self::Ended(_), _) => Super,
        }
    }
}

fn ended(end: End) -> State {
    State::Ended(Box::new(end))
}

impl Machine {
    fn begin(&self, cx: &mut Cx<'_>) -> State {
        if let Credentials::Sso { .. } = self.credentials {
            let path = Secret::new(format!("/sso/{}", cx.secret_hex::<16>().expose()));
            State::Listening { wait: cx.listen(path.expose().clone(), None), path, earlier: None }
        } else {
            self.ask(self.credentials.clone(), cx)
        }
    }

    fn open_browser(
        &self,
        wait: Wait,
        path: &Secret<String>,
        earlier: Option<u16>,
        origin: Option<&Url>,
        cx: &mut Cx<'_>,
    ) -> State {
        let page = self.page(path, origin);
        let port = origin.map(|origin| origin.port_or_known_default().unwrap_or_default());
        // The page that an earlier run opened still leads here.
        if port.is_none() || earlier != port {
            cx.browse(page.0.clone());
        }
        State::InBrowser { wait, path: path.clone(), port, page }
    }

    /// Where nothing listens, the browser still shows the address of the callback, to be copied from there.
    fn page(&self, path: &Secret<String>, origin: Option<&Url>) -> Page {
        let mut url = address::endpoint(&self.base, "_matrix/client/v3/login/sso/redirect");
        if let (Credentials::Sso { provider: Some(provider) }, Ok(mut segments)) =
            (&self.credentials, url.path_segments_mut())
        {
            segments.push(provider);
        }
        let callback = match origin {
            Some(origin) => {
                let mut callback = origin.clone();
                callback.set_path(path.expose());
                callback.to_string()
            }
            None => format!("http://127.0.0.1{}", path.expose()),
        };
        url.query_pairs_mut().append_pair("redirectUrl", &callback);
        Page(url)
    }

    fn ask(&self, credentials: Credentials, cx: &mut Cx<'_>) -> State {
        let exchange = Exchange::new(self.send(&credentials, cx));
        State::Asking { credentials, exchange }
    }

    fn send(&self, credentials: &Credentials, cx: &mut Cx<'_>) -> Call {
        if let Credentials::AccessToken { token, .. } = credentials {
            return access_token::ask(&self.base, token, cx);
        }
        let mut body = credentials.body();
        body["device_id"] = json!(self.device_id);
        body["initial_device_display_name"] = json!(cx.config.device_name);
        body["refresh_token"] = json!(true);
        Call::post(address::endpoint(&self.base, "_matrix/client/v3/login"), &body, cx)
    }

    fn answered(
        &self,
        credentials: &Credentials,
        exchange: &mut Exchange,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> Option<State> {
        let send = |cx: &mut Cx<'_>| self.send(credentials, cx);
        let end = exchange.handle(event, cx, send, |answer, call| self.read(credentials, answer, call))?;
        Some(match end {
            Ok(end) => ended(end),
            Err(failure @ Failure { cause: Cause::Unavailable { .. }, .. }) => State::Failed { failure },
            Err(failure) => ended(End::Failed(failure)),
        })
    }

    fn read(&self, credentials: &Credentials, answer: &Answer<'_>, call: &Call) -> Result<End, Failure> {
        if let Credentials::AccessToken { token, .. } = credentials {
            let expected = self.user_id.as_deref();
            return access_token::session(&self.base, token, expected, answer, call).map(End::SignedIn);
        }
        let refused = |refusal| Err(answer.failure(Cause::Refused { refusal }));
        match (answer.status(), answer.errcode()) {
            (200, _) => {
                let session = match login_answer::session(answer, call, &self.base, &self.device_id)? {
                    LoginAnswer::Session(session) => session,
                    LoginAnswer::Unusable(session, failure) => return Ok(End::Unwanted(session, failure)),
                    LoginAnswer::Absent => {
                        return Err(answer.misbehaved(Misbehaviour::InvalidField("access_token")));
                    }
                };
                Ok(match somebody_else(self.user_id.as_deref(), &session.user_id) {
                    Some(cause) => End::Unwanted(session, answer.failure(cause)),
                    None => End::SignedIn(session),
                })
            }
            (_, "ORG.MATRIX.MSC3866_USER_AWAITING_APPROVAL" | "M_USER_AWAITING_APPROVAL") => {
                Ok(End::AwaitingApproval { username: credentials.username() })
            }
            (_, "M_USER_DEACTIVATED") => refused(Refusal::Deactivated),
            (_, "M_USER_LOCKED") => refused(Refusal::Locked),
            (_, "M_RESOURCE_LIMIT_EXCEEDED" | "M_USER_LIMIT_EXCEEDED") => {
                refused(Refusal::ServerFull { contact: answer.contact() })
            }
            (_, "M_CONSENT_NOT_GIVEN") => refused(Refusal::ConsentNeeded { uri: answer.consent_uri() }),
            (404 | 405, "") | (_, "M_UNRECOGNIZED") if !answer.is_web_page() => {
                Err(answer.failure(Cause::Unsupported { missing: Missing::LegacySignIn }))
            }
            (403 | 401, "M_FORBIDDEN" | "M_UNAUTHORIZED") => refused(credentials.refusal()),
            (400..=499, errcode) if !errcode.is_empty() => refused(Refusal::Other),
            _ => Err(answer.unexpected()),
        }
    }
}

/// The login token in a callback to `path`.
///
/// The last one: the specification has the server replace an existing one, and some merely append theirs.
fn login_token(link: &Url, path: &Secret<String>) -> Option<Secret<String>> {
    let ours = Secret::new(link.path().to_owned()) == *path;
    if !ours || !address::is_loopback(link) {
        return None;
    }
    let tokens = link.query_pairs().filter(|(key, _)| key == "loginToken");
    let token = tokens.last().map(|(_, value)| Secret::new(value.into_owned()))?;
    (1..=MAX_TOKEN).contains(&token.expose().len()).then_some(token)
}
