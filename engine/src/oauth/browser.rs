//! The user is in the browser with an authorization request, until its response comes back.

use std::time::Duration;

use url::Url;

use crate::address;
use crate::client_registration::{RegisteredClient, private_use, redirect_path};
use crate::cx::{Cx, Event, Wait};
use crate::failure::{Cause, Evidence, Failure, Misbehaviour, Outage, Refusal};
use crate::intent::{Intent, Offer, Offers};
use crate::io::{Method, Reply, Time};
use crate::limits::BROWSER;
use crate::metadata::Metadata;
use crate::secret::Secret;

use super::goal::{Goal, Way};
use super::listener::Listener;
use super::request::{AuthorizationRequest, Purpose};
use super::response::{self, AuthorizationResponse};

/// After this long, the browser may be one that cannot come back.
const FALLBACK: Duration = Duration::from_secs(20);

/// How it ends.
#[derive(Debug)]
pub(super) enum End {
    Code(Secret<String>),
    Cancelled,
    /// The browser cannot come back: a code that is entered elsewhere is wanted.
    ByDeviceCode,
    /// The page that an earlier run opened leads to a port that another program has now.
    Elsewhere(Listener),
    Expired,
    Failed(Failure),
}

/// A stay in the browser.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Visit {
    request: AuthorizationRequest,
    /// The listener if there is one, otherwise nothing but time.
    wait: Wait,
    port: Option<u16>,
    /// The page that an earlier run opened is open still, and the listener is not there yet.
    is_returning: bool,
    fallback: Fallback,
}

/// The way in for a browser that cannot come back: a code that is entered elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Fallback {
    Later(Wait),
    Offered,
    Absent,
}

impl Visit {
    /// Opens the browser.
    pub(super) fn start(goal: &Goal, client: RegisteredClient, listener: &Listener, cx: &mut Cx<'_>) -> Self {
        let path = redirect_path(&goal.metadata.issuer);
        let scheme = || private_use(&cx.config.client, &path);
        let (uri, wait, port) = match listener {
            Listener::At { wait, origin } => {
                let mut uri = origin.clone();
                uri.set_path(&path);
                (uri.to_string(), Some(*wait), origin.port())
            }
            // Where nothing listens, the browser still shows the address, to be copied from there.
            Listener::Opening { .. } | Listener::Absent => {
                (scheme().unwrap_or_else(|| format!("http://127.0.0.1{path}")), None, None)
            }
        };
        let redirect_uri =
            Url::parse(&uri).expect("made of an origin or a scheme that was checked, and a path");
        let purpose = Purpose {
            create: goal.way == Way::CreateAccount,
            user_id: goal.user_id.as_deref(),
            device_id: &goal.device_id,
        };
        let request = AuthorizationRequest::new(&goal.metadata, client, redirect_uri, purpose, cx);
        cx.browse(request.page.0.clone());
        let until = cx.now + BROWSER;
        // The same listener, for as long as the user may take.
        let wait = wait.map_or_else(|| cx.pause_until(until), |wait| Wait { until, ..wait });
        Self::at(request, wait, port, false, goal.way, cx)
    }

    /// Goes back to a browser that was opened in an earlier run; `None` when its time is over.
    pub(super) fn resume(
        request: AuthorizationRequest,
        port: Option<u16>,
        until: Time,
        way: Way,
        cx: &mut Cx<'_>,
    ) -> Option<Self> {
        if until <= cx.now {
            return None;
        }
        let wait = match port {
            Some(_) => Wait { until, ..cx.listen(request.redirect_uri.path().to_owned(), port) },
            None => cx.pause_until(until),
        };
        Some(Self::at(request, wait, port, port.is_some(), way, cx))
    }

    fn at(
        request: AuthorizationRequest,
        wait: Wait,
        port: Option<u16>,
        is_returning: bool,
        way: Way,
        cx: &mut Cx<'_>,
    ) -> Self {
        // An account cannot be made by a code that is entered elsewhere.
        let fallback = match request.client.device_grant && way == Way::SignIn {
            true => Fallback::Later(cx.pause(FALLBACK)),
            false => Fallback::Absent,
        };
        Self { request, wait, port, is_returning, fallback }
    }

    pub(super) const fn request(&self) -> &AuthorizationRequest {
        &self.request
    }

    pub(super) const fn until(&self) -> Time {
        self.wait.until
    }

    pub(super) const fn port(&self) -> Option<u16> {
        self.port
    }

    pub(super) const fn is_returning(&self) -> bool {
        self.is_returning
    }

    pub(super) const fn waits(&self) -> [Option<Wait>; 2] {
        let fallback = match self.fallback {
            Fallback::Later(wait) => Some(wait),
            Fallback::Offered | Fallback::Absent => None,
        };
        [Some(self.wait), fallback]
    }

    pub(super) fn offers(&self) -> Offers {
        Offers::of(&[Offer::OpenBrowser])
            .and_if(self.fallback == Fallback::Offered, Offer::SignInWithDeviceCode)
    }

    pub(super) fn handle(&mut self, event: &Event<'_>, metadata: &Metadata, cx: &mut Cx<'_>) -> Option<End> {
        match (event, self.fallback) {
            (Event::Callback(url), _) => self.called_back(url, metadata, cx.now),
            (Event::Intent(Intent::OpenBrowser), _) => {
                cx.browse(self.request.page.0.clone());
                None
            }
            (Event::Intent(Intent::SignInWithDeviceCode), _) => Some(End::ByDeviceCode),
            (Event::TimedOut(id), Fallback::Later(wait)) if wait.id == *id => {
                self.fallback = Fallback::Offered;
                None
            }
            (Event::TimedOut(_), _) => Some(End::Expired),
            (Event::Reply(_, Reply::Listening(Ok(origin))), _) if self.is_elsewhere(origin) => {
                Some(End::Elsewhere(Listener::At { wait: self.wait, origin: origin.clone() }))
            }
            // The listener is there again, or it is not: the address can still be pasted.
            (Event::Reply(..), _) => {
                self.is_returning = false;
                None
            }
            (Event::Start | Event::Intent(_), _) => None,
        }
    }

    fn is_elsewhere(&self, origin: &Url) -> bool {
        self.is_returning && address::is_loopback(origin) && origin.port() != self.port
    }

    fn called_back(&self, url: &Url, metadata: &Metadata, now: Time) -> Option<End> {
        let bad = |misbehaviour| {
            let evidence = Some(Box::new(evidence(metadata, None, None, now)));
            Some(End::Failed(Failure { cause: Cause::Misbehaved { misbehaviour }, evidence }))
        };
        match response::read(url, &self.request, metadata) {
            // Not ours to judge: whatever it was, this sign-in still stands.
            AuthorizationResponse::Foreign => None,
            AuthorizationResponse::Code(code) => Some(End::Code(code)),
            AuthorizationResponse::Malformed => bad(Misbehaviour::MalformedCallback),
            AuthorizationResponse::WrongIssuer => bad(Misbehaviour::WrongIssuer),
            // The user changed their mind, which is no failure.
            AuthorizationResponse::Refused { error, .. } if error == "access_denied" => Some(End::Cancelled),
            AuthorizationResponse::Refused { error, description } => {
                let cause = match error.as_str() {
                    "server_error" | "temporarily_unavailable" => {
                        Cause::Unavailable { outage: Outage::AuthorizationServer, retry_at: None }
                    }
                    "unauthorized_client" => Cause::Refused { refusal: Refusal::ClientRefused },
                    _ => Cause::Refused { refusal: Refusal::Other },
                };
                let evidence = Some(Box::new(evidence(metadata, Some(error), description, now)));
                Some(End::Failed(Failure { cause, evidence }))
            }
        }
    }
}

/// A response is the answer to the page that was opened.
pub(super) fn evidence(
    metadata: &Metadata,
    error: Option<String>,
    description: Option<String>,
    at: Time,
) -> Evidence {
    let evidence = crate::http::evidence(Method::Get, &metadata.authorization_endpoint, at);
    Evidence { errcode: error, message: description, ..evidence }
}
