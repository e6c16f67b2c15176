//! Whose tokens are these, and of which device?
//!
//! The device is given its name beside that (client-server specification, `PUT /devices`): a sign-in by OAuth 2.0 says
//! nothing of it. What comes of that does not matter.
//!
//! ```text
//!   Asking ──▶ known, or to be revoked        later: asked again by itself for a while
//!     │ ▲  └─▶ Later                          refreshed: the access token has expired, or may have been replaced
//!     ▼ └────── Refreshing ──▶ over
//!   Unclear: the user asks again
//! ```

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::exchange::answer;
use crate::failure::{Cause, Failure, Misbehaviour, Refusal};
use crate::http::{Answer, Call};
use crate::intent::Intent;
use crate::io::Time;
use crate::metadata::Metadata;
use crate::secret::Secret;
use crate::session::{OAuth, Session, server_of};
use crate::token::{Granted, NotRenewed};

/// How often is asked by itself: a homeserver may hear of a new device a little later than we do.
const TRIES: u8 = 4;
/// Before it is asked again; doubled each time.
const LATER: Duration = Duration::from_secs(1);
/// How long the name of the device may take.
const NAMING: Duration = Duration::from_secs(3);

/// How it ends.
#[derive(Debug)]
pub(crate) enum End {
    /// They are a session of the device that was asked for.
    Known(Session),
    /// They are somebody else's, or of no use: they are to be revoked.
    Unwanted(Granted, Failure),
    /// They are not good any more. There is nothing left that could be revoked.
    Over(Failure),
}

/// Which session the tokens should be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Expected {
    pub(crate) homeserver: Url,
    pub(crate) device_id: String,
    /// Nobody else's, if that is known.
    pub(crate) user_id: Option<String>,
    pub(crate) metadata: Arc<Metadata>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identification {
    expected: Expected,
    granted: Granted,
    /// Tokens were refreshed on the way. Those that are refused all the same had not expired.
    is_renewed: bool,
    tries: u8,
    naming: Naming,
    state: State,
}

/// The device is given its name once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Naming {
    Due,
    Asking(Wait),
    Over,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    Asking {
        call: Call,
    },
    Later {
        pause: Wait,
    },
    Refreshing {
        call: Call,
    },
    /// It could not be found out.
    Unclear {
        failure: Failure,
    },
    /// It is known, and the device has no name yet.
    Known {
        session: Box<Session>,
    },
}

/// What an answer says about new tokens.
enum Whose {
    Known { user_id: String, device_id: Option<String> },
    Unclear(Failure),
}

impl Identification {
    pub(crate) fn start(mut granted: Granted, expected: Expected, cx: &mut Cx<'_>) -> Self {
        let (state, naming) = ask(&mut granted, &expected, false, Naming::Due, cx);
        Self { expected, granted, is_renewed: false, tries: 0, naming, state }
    }

    pub(crate) const fn granted(&self) -> &Granted {
        &self.granted
    }

    pub(crate) const fn waits(&self) -> [Option<Wait>; 2] {
        let wait = match &self.state {
            State::Asking { call } | State::Refreshing { call } => Some(call.wait),
            State::Later { pause } => Some(*pause),
            State::Unclear { .. } | State::Known { .. } => None,
        };
        let naming = match &self.naming {
            Naming::Asking(wait) => Some(*wait),
            Naming::Due | Naming::Over => None,
        };
        [wait, naming]
    }

    /// Why it could not be found out. The user may ask again.
    pub(crate) const fn failure(&self) -> Option<&Failure> {
        match &self.state {
            State::Unclear { failure } => Some(failure),
            State::Asking { .. } | State::Later { .. } | State::Refreshing { .. } | State::Known { .. } => {
                None
            }
        }
    }

    pub(crate) fn handle(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<End> {
        if let (Naming::Asking(wait), Event::Reply(id, _) | Event::TimedOut(id)) = (&self.naming, event)
            && wait.id == *id
        {
            self.naming = Naming::Over;
            return self.known();
        }
        match (&self.state, event) {
            (State::Unclear { .. }, Event::Intent(Intent::Retry)) => {
                self.is_renewed = false;
                self.ask(0, cx);
                None
            }
            (State::Later { .. }, Event::TimedOut(_)) => {
                self.ask(self.tries, cx);
                None
            }
            (State::Asking { call }, Event::Reply(..) | Event::TimedOut(_)) => {
                let call = call.clone();
                self.heard(&call, event, cx)
            }
            (State::Refreshing { call }, Event::Reply(..) | Event::TimedOut(_)) => {
                match self.granted.renewed(call, event, cx) {
                    Ok(granted) => {
                        (self.granted, self.is_renewed) = (granted, true);
                        self.ask(0, cx);
                        None
                    }
                    Err(NotRenewed::Ended(failure)) => Some(End::Over(failure)),
                    Err(NotRenewed::Unclear(failure)) => self.unclear(failure, cx),
                }
            }
            (State::Asking { .. } | State::Later { .. } | State::Refreshing { .. }, _)
            | (State::Unclear { .. } | State::Known { .. }, _) => None,
        }
    }

    /// The session, once nothing more is waited for.
    fn known(&self) -> Option<End> {
        match (&self.state, &self.naming) {
            (State::Known { session }, Naming::Due | Naming::Over) => Some(End::Known((**session).clone())),
            (State::Known { .. }, Naming::Asking(_)) => None,
            (State::Asking { .. } | State::Later { .. } | State::Refreshing { .. }, _)
            | (State::Unclear { .. }, _) => None,
        }
    }

    fn ask(&mut self, tries: u8, cx: &mut Cx<'_>) {
        self.tries = tries;
        let Self { granted, expected, is_renewed, naming, .. } = self;
        (self.state, self.naming) = ask(granted, expected, *is_renewed, naming.clone(), cx);
    }

    fn heard(&mut self, call: &Call, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<End> {
        let (whose, evidence) = match answer(call, event, cx.now) {
            Ok(answer) => (whose(&answer), Some(Box::new(answer.evidence()))),
            Err(failure) => (Whose::Unclear(failure), None),
        };
        let failure = match whose {
            Whose::Known { user_id, device_id } => {
                if let Some(cause) = self.expected.objection(&user_id, device_id.as_deref()) {
                    return Some(End::Unwanted(self.granted.clone(), Failure { cause, evidence }));
                }
                let session = Box::new(self.expected.session(&self.granted, user_id, cx.now));
                self.state = State::Known { session };
                return self.known();
            }
            Whose::Unclear(failure) => failure,
        };
        let is_last = self.tries == TRIES;
        if !is_of_no_use(&failure) || !(is_last || self.granted.is_over(cx.now)) {
            return self.unclear(failure, cx);
        }
        // An access token that has expired looks like one that was revoked: only a refresh tells them apart.
        match if self.is_renewed { None } else { self.granted.renew(&self.expected.metadata, cx) } {
            Some(call) => {
                self.state = State::Refreshing { call };
                None
            }
            // The device is gone: nobody's, whoever asks.
            None if is_last => Some(End::Unwanted(self.granted.clone(), failure)),
            None => self.unclear(failure, cx),
        }
    }

    /// It is asked again by itself for a while, then by the user.
    fn unclear(&mut self, failure: Failure, cx: &mut Cx<'_>) -> Option<End> {
        if self.tries == TRIES {
            self.state = State::Unclear { failure };
            return None;
        }
        let later = cx.now + LATER * 2_u32.pow(self.tries.into());
        let at = failure.rate_limited_until().unwrap_or(later).max(later);
        self.state = State::Later { pause: cx.pause_until(at) };
        self.tries += 1;
        None
    }
}

/// Tokens that may be old are refreshed first, once.
fn ask(
    granted: &mut Granted,
    expected: &Expected,
    is_renewed: bool,
    naming: Naming,
    cx: &mut Cx<'_>,
) -> (State, Naming) {
    let may_be_old = (granted.in_doubt || granted.is_over(cx.now)) && !is_renewed;
    if let Some(call) = if may_be_old { granted.renew(&expected.metadata, cx) } else { None } {
        return (State::Refreshing { call }, naming);
    }
    let token = &granted.tokens.access_token;
    let naming = match naming {
        Naming::Due => Naming::Asking(expected.name(token, cx)),
        Naming::Asking(_) | Naming::Over => naming,
    };
    let url = address::endpoint(&expected.homeserver, "_matrix/client/v3/account/whoami");
    (State::Asking { call: Call::get_as(url, token, cx) }, naming)
}

impl Expected {
    /// Gives the device its name.
    fn name(&self, token: &Secret<String>, cx: &mut Cx<'_>) -> Wait {
        let mut url = address::endpoint(&self.homeserver, "_matrix/client/v3/devices");
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.push(&self.device_id);
        }
        let name = json!({ "display_name": cx.config.device_name });
        Call::put_as(url, token, &name, cx).within(NAMING, cx).wait
    }

    /// Why a session is not the one that was wanted.
    fn objection(&self, user_id: &str, device_id: Option<&str>) -> Option<Cause> {
        somebody_else(self.user_id.as_deref(), user_id).or_else(|| {
            let is_another = device_id.is_some_and(|device_id| device_id != self.device_id);
            is_another.then_some(Cause::Misbehaved { misbehaviour: Misbehaviour::InvalidField("device_id") })
        })
    }

    fn session(&self, granted: &Granted, user_id: String, now: Time) -> Session {
        let (metadata, tokens) = (&self.metadata, &granted.tokens);
        Session {
            homeserver: self.homeserver.clone(),
            user_id,
            device_id: self.device_id.clone(),
            access_token: tokens.access_token.clone(),
            refresh_token: tokens.refresh_token.clone(),
            // At the latest: what was granted before a kill was only written down with its end.
            granted_at: Some(now),
            expires_at: tokens.expires_at,
            ended: None,
            oauth: Some(Box::new(OAuth {
                issuer: metadata.issuer.clone(),
                client_id: granted.client_id.clone(),
                token_endpoint: metadata.token_endpoint.clone(),
                revocation_endpoint: metadata.revocation_endpoint.clone(),
                account_management: metadata.account_management.clone(),
            })),
        }
    }
}

/// Why a session is not that of the user who is expected, if one is.
///
/// Capital letters make no other user: a server that has such users of old finds them however they are typed. Whoever
/// makes an account says only a name.
pub(crate) fn somebody_else(expected: Option<&str>, found: &str) -> Option<Cause> {
    let is_so = |expected: &str| match (expected.strip_prefix('@'), found.strip_prefix('@')) {
        (None, Some(id)) => id.split(':').next().is_some_and(|name| name.eq_ignore_ascii_case(expected)),
        (Some(_), _) | (None, None) => expected.eq_ignore_ascii_case(found),
    };
    let expected = expected.filter(|expected| !is_so(expected))?;
    let (expected, found) = (expected.to_owned(), found.to_owned());
    Some(Cause::Refused { refusal: Refusal::WrongAccount { expected, found } })
}

fn is_of_no_use(failure: &Failure) -> bool {
    let errcode = failure.evidence.as_ref().and_then(|evidence| evidence.errcode.as_deref());
    errcode == Some("M_UNKNOWN_TOKEN")
}

fn whose(answer: &Answer<'_>) -> Whose {
    #[derive(Deserialize)]
    struct Body {
        user_id: String,
        device_id: Option<String>,
    }
    if answer.status() != 200 {
        return Whose::Unclear(match answer.errcode() {
            "" => answer.unexpected(),
            _ => answer.failure(Cause::Refused { refusal: Refusal::Other }),
        });
    }
    match answer.json::<Body>() {
        Ok(body) if server_of(&body.user_id).is_none() || answer.carries(&body.user_id) => {
            Whose::Unclear(answer.misbehaved(Misbehaviour::InvalidField("user_id")))
        }
        Ok(Body { user_id, device_id }) => Whose::Known { user_id, device_id },
        Err(failure) => Whose::Unclear(failure),
    }
}

#[cfg(test)]
pub(crate) mod tests;
