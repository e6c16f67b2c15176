//! The person is in the browser, and comes back with a code.

use std::time::Duration;

use statig::Outcome::{self, Handled, Super, Transition};
use url::Url;

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::failure::{Cause, Evidence, Expiring, Failure, Misbehaviour, Outage, Refusal};
use crate::http::Call;
use crate::intent::Intent;
use crate::io::{EffectId, Method, Reply, Time};
use crate::secret::Secret;
use crate::token::Tokens;

use super::callback::{self, Callback};
use super::client::{self, Registered};
use super::identify::Granted;
use super::machine::{Ask, Listener, Machine, State};
use super::request::{Purpose, Request, is_enough};
use super::steps::{answer, ended, failed};
use super::{End, SavedStep, Way};

/// How long the person may stay in the browser.
pub(super) const BROWSER: Duration = Duration::from_secs(30 * 60);
/// After this long, the browser may be one that cannot come back.
const FALLBACK: Duration = Duration::from_secs(20);

/// A stay in the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(super) request: Request,
    /// The listener if there is one, otherwise nothing but time.
    wait: Wait,
    port: Option<u16>,
    /// The page that an earlier run opened is open still, and the listener is not there yet.
    is_returning: bool,
    pub(super) fallback: Fallback,
}

/// The way in for a browser that cannot come back: a code that is entered elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    Later(Wait),
    Offered,
    Absent,
}

impl Visit {
    pub(super) const fn until(&self) -> Time {
        self.wait.until
    }

    pub(super) const fn page(&self) -> &Url {
        &self.request.page.0
    }

    pub(super) const fn waits(&self) -> [Option<Wait>; 2] {
        let fallback = match self.fallback {
            Fallback::Later(wait) => Some(wait),
            Fallback::Offered | Fallback::Absent => None,
        };
        [Some(self.wait), fallback]
    }

    pub(super) fn save(&self) -> SavedStep {
        SavedStep::Browser { request: self.request.clone(), port: self.port, until: self.wait.until }
    }

    pub(super) fn handle(
        &mut self,
        machine: &mut Machine,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> Outcome<State> {
        match event {
            Event::Callback(link) => self.called_back(machine, link, cx),
            Event::Intent(Intent::OpenBrowser) => {
                cx.browse(self.page().clone());
                Handled
            }
            Event::Intent(Intent::SignInWithDeviceCode) => {
                machine.goal.way = Way::DeviceCode;
                Transition(machine.ask_code(self.request.client.clone(), cx))
            }
            Event::Intent(Intent::Cancel) => Transition(ended(End::Cancelled)),
            Event::TimedOut(id) if self.is_fallback(*id) => {
                self.fallback = Fallback::Offered;
                Handled
            }
            Event::TimedOut(_) => Transition(failed(expired(Expiring::Browser))),
            Event::Reply(_, Reply::Listening(Ok(origin))) if self.is_elsewhere(origin) => {
                // The page that an earlier run opened leads to a port that another program has now.
                let listener = Listener::At { wait: self.wait, origin: origin.clone() };
                Transition(machine.open_browser(self.request.client.clone(), listener, cx))
            }
            // The listener is there again, or it is not: the address can still be pasted.
            Event::Reply(..) => {
                self.is_returning = false;
                Handled
            }
            Event::Start | Event::Intent(_) => Super,
        }
    }

    fn is_fallback(&self, id: EffectId) -> bool {
        matches!(self.fallback, Fallback::Later(wait) if wait.id == id)
    }

    fn is_elsewhere(&self, origin: &Url) -> bool {
        self.is_returning && address::is_loopback(origin) && origin.port() != self.port
    }

    pub(super) const fn is_returning(&self) -> bool {
        self.is_returning
    }

    fn called_back(&self, machine: &mut Machine, link: &Url, cx: &mut Cx<'_>) -> Outcome<State> {
        let bad = |misbehaviour| {
            let evidence = machine.callback_evidence(None, None, cx.now);
            Transition(failed(Failure { cause: Cause::Misbehaved { misbehaviour }, evidence }))
        };
        match callback::read(link, &self.request, &machine.goal.metadata) {
            // Not ours to judge: whatever it was, this sign-in still stands.
            Callback::Foreign => Super,
            Callback::Code(code) => Transition(machine.exchange(self.request.clone(), code, false, cx)),
            Callback::Malformed => bad(Misbehaviour::MalformedCallback),
            Callback::WrongIssuer => bad(Misbehaviour::WrongIssuer),
            // The person changed their mind, which is no failure.
            Callback::Refused { error, .. } if error == "access_denied" => Transition(ended(End::Cancelled)),
            Callback::Refused { error, description } => {
                let cause = match error.as_str() {
                    "server_error" | "temporarily_unavailable" => {
                        Cause::Unavailable { outage: Outage::AuthorizationServer, retry_at: None }
                    }
                    "unauthorized_client" => Cause::Refused { refusal: Refusal::ClientRefused },
                    _ => Cause::Refused { refusal: Refusal::Other },
                };
                let evidence = machine.callback_evidence(Some(error), description, cx.now);
                let failure = Failure { cause, evidence };
                Transition(match failure.cause {
                    Cause::Unavailable { .. } => State::Failed { failure },
                    Cause::Refused { .. }
                    | Cause::Expired { .. }
                    | Cause::Unsupported { .. }
                    | Cause::Misbehaved { .. }
                    | Cause::Broken { .. } => failed(failure),
                })
            }
        }
    }
}

fn expired(what: Expiring) -> Failure {
    Failure { cause: Cause::Expired { what }, evidence: None }
}

impl Machine {
    pub(super) fn open_browser(&self, client: Registered, listener: Listener, cx: &mut Cx<'_>) -> State {
        let goal = &self.goal;
        let path = client::path(&goal.metadata.issuer);
        let scheme = || client::private_use(&cx.config.client, &path);
        let (uri, wait, port) = match &listener {
            Listener::At { wait, origin } => {
                let mut uri = origin.clone();
                uri.set_path(&path);
                (uri.to_string(), Some(*wait), origin.port())
            }
            // Where nothing listens, the browser still shows the address, to be copied from there.
            Listener::Absent => (scheme().unwrap_or_else(|| format!("http://127.0.0.1{path}")), None, None),
        };
        let redirect_uri =
            Url::parse(&uri).expect("made of an origin or a scheme that was checked, and a path");
        let purpose = Purpose {
            create: goal.way == Way::CreateAccount,
            user_id: goal.user_id.as_deref(),
            device_id: &goal.device_id,
        };
        let request = Request::new(&goal.metadata, client, redirect_uri, purpose, cx);
        cx.browse(request.page.0.clone());
        let until = cx.now + BROWSER;
        // The same listener, for as long as the person may take.
        let wait = wait.map_or_else(|| cx.pause_until(until), |wait| Wait { until, ..wait });
        self.in_browser(request, wait, port, false, cx)
    }

    /// Back to a browser that was opened in an earlier run.
    pub(super) fn listen_again(
        &self,
        request: Request,
        port: Option<u16>,
        until: Time,
        cx: &mut Cx<'_>,
    ) -> State {
        if until <= cx.now {
            return failed(expired(Expiring::Browser));
        }
        let wait = match port {
            Some(_) => {
                let wait = cx.listen(request.redirect_uri.path().to_owned(), port);
                Wait { until, ..wait }
            }
            None => cx.pause_until(until),
        };
        self.in_browser(request, wait, port, port.is_some(), cx)
    }

    fn in_browser(
        &self,
        request: Request,
        wait: Wait,
        port: Option<u16>,
        is_returning: bool,
        cx: &mut Cx<'_>,
    ) -> State {
        // An account cannot be made by a code that is entered elsewhere.
        let fallback = match request.client.device_grant && self.goal.way == Way::SignIn {
            true => Fallback::Later(cx.pause(FALLBACK)),
            false => Fallback::Absent,
        };
        State::InBrowser(Box::new(Visit { request, wait, port, is_returning, fallback }))
    }

    pub(super) fn exchange(
        &self,
        request: Request,
        code: Secret<String>,
        again: bool,
        cx: &mut Cx<'_>,
    ) -> State {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", request.redirect_uri.as_str()),
            ("client_id", &request.client.client_id),
            ("code_verifier", request.verifier.expose()),
        ];
        let call = Call::form(self.goal.metadata.token_endpoint.clone(), &fields, cx);
        State::Exchanging { request: Box::new(request), code, call, again }
    }

    pub(super) fn exchanged(
        &mut self,
        request: &Request,
        code: &Secret<String>,
        call: &Call,
        again: bool,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> State {
        let heard =
            answer(call, event, cx).and_then(|answer| match (answer.status(), answer.oauth_error()) {
                (200..=299, _) => Ok(Tokens::read(&answer, call)?),
                (_, "invalid_client") => {
                    Err(answer.failure(Cause::Refused { refusal: Refusal::ClientRefused }))
                }
                (_, "invalid_grant") => {
                    Err(answer.failure(Cause::Expired { what: Expiring::AuthorizationCode }))
                }
                (400..=499, error) if !error.is_empty() => {
                    Err(answer.failure(Cause::Refused { refusal: Refusal::Other }))
                }
                _ => Err(answer.unexpected()),
            });
        match heard {
            Ok(tokens) => self.granted(&request.client, tokens, cx),
            Err(failure) => match failure.cause {
                Cause::Refused { refusal: Refusal::ClientRefused } => self.heal(failure, cx),
                // Its answer may be lost. At once the code may still be good; later a server may end the session that
                // it was exchanged for.
                Cause::Unavailable { outage, .. } if !again && outage != Outage::RateLimited => {
                    self.exchange(request.clone(), code.clone(), true, cx)
                }
                Cause::Unavailable { .. }
                | Cause::Refused { .. }
                | Cause::Expired { .. }
                | Cause::Unsupported { .. }
                | Cause::Misbehaved { .. }
                | Cause::Broken { .. } => {
                    let then = Ask::Tokens { request: request.clone(), code: code.clone(), again };
                    self.not_yet(then, failure, cx)
                }
            },
        }
    }

    /// Tokens that are for less than was asked for are of no use.
    pub(super) fn granted(&mut self, client: &Registered, tokens: Tokens, cx: &mut Cx<'_>) -> State {
        let enough = tokens.scope.as_ref().is_none_or(|scope| is_enough(scope, &self.goal.device_id));
        let granted = Granted { client_id: client.client_id.clone(), tokens };
        if enough {
            return self.identify(granted, 0, cx);
        }
        let cause = Cause::Misbehaved { misbehaviour: Misbehaviour::WrongScope };
        let failure = Failure { cause, evidence: self.callback_evidence(None, None, cx.now) };
        self.revoke(granted, End::Failed(failure), cx)
    }

    /// A callback is the answer to the page that was opened.
    fn callback_evidence(
        &self,
        error: Option<String>,
        description: Option<String>,
        at: Time,
    ) -> Option<Box<Evidence>> {
        let url = &self.goal.metadata.authorization_endpoint;
        let host = url.host_str().unwrap_or_default();
        Some(Box::new(Evidence {
            method: Method::Get,
            host: url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
            path: url.path().to_owned(),
            status: None,
            errcode: error,
            message: description,
            at,
        }))
    }
}
