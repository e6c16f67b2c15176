//! Whose tokens are these, and of which device?

use std::time::Duration;

use serde::Deserialize;

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::failure::{Cause, Failure, Misbehaviour, Refusal};
use crate::http::{Answer, Call};
use crate::session::{OAuth, Session, server_of};
use crate::token::{self, NotRenewed, Tokens};

use super::End;
use super::machine::{Machine, State};
use super::steps::{answer, ended};

/// How often is asked by itself: a homeserver may hear of a new device a little later than we do.
const TRIES: u32 = 4;
/// Before it is asked again; doubled each time.
const LATER: Duration = Duration::from_secs(1);

/// Tokens, and as which application they were given to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(super) client_id: String,
    pub(super) tokens: Tokens,
}

/// What is asked, or will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    Whose(Call),
    Later(Wait),
    /// They were slept over, and are renewed first.
    Renewed(Call),
}

/// What an answer says about new tokens.
enum Whose {
    Known {
        user_id: String,
        device_id: Option<String>,
    },
    /// It will be asked again.
    Unclear(Failure),
}

impl Asking {
    pub(super) const fn wait(&self) -> Wait {
        match self {
            Self::Whose(call) | Self::Renewed(call) => call.wait,
            Self::Later(wait) => *wait,
        }
    }
}

impl Machine {
    pub(super) fn identify(&mut self, granted: Granted, tries: u32, cx: &mut Cx<'_>) -> State {
        let may_be_old = self.in_doubt || is_over(&granted.tokens, cx);
        let renewal = if may_be_old { self.renewal(&granted, cx) } else { None };
        let asking = renewal.unwrap_or_else(|| {
            let url = address::endpoint(&self.goal.base, "_matrix/client/v3/account/whoami");
            Asking::Whose(Call::get_as(url, &granted.tokens.access_token, cx))
        });
        State::Identifying { granted: Box::new(granted), asking, tries }
    }

    /// Those that were renewed, and are refused all the same, were not slept over.
    fn renewal(&mut self, granted: &Granted, cx: &mut Cx<'_>) -> Option<Asking> {
        let token = granted.tokens.refresh_token.as_ref().filter(|_| !self.is_renewed)?;
        self.in_doubt = true;
        let endpoint = &self.goal.metadata.token_endpoint;
        Some(Asking::Renewed(token::renew(endpoint, &granted.client_id, token, cx)))
    }

    pub(super) fn identified(
        &mut self,
        granted: &Granted,
        asking: &Asking,
        tries: u32,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> State {
        match asking {
            Asking::Later(_) => self.identify(granted.clone(), tries, cx),
            Asking::Whose(call) => self.heard(granted, call, tries, event, cx),
            Asking::Renewed(call) => self.renewed(granted, call, tries, event, cx),
        }
    }

    fn heard(
        &mut self,
        granted: &Granted,
        call: &Call,
        tries: u32,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> State {
        let (whose, evidence) = match answer(call, event, cx) {
            Ok(answer) => (whose(&answer), Some(Box::new(answer.evidence()))),
            Err(failure) => (Whose::Unclear(failure), None),
        };
        let failure = match whose {
            Whose::Known { user_id, device_id } => {
                let device_id = device_id.unwrap_or_else(|| self.goal.device_id.clone());
                return match self.objection(&user_id, &device_id) {
                    None => ended(End::SignedIn(self.session(granted, user_id))),
                    Some(cause) => {
                        let end = End::Failed(Failure { cause, evidence });
                        self.revoke(granted.clone(), end, cx)
                    }
                };
            }
            Whose::Unclear(failure) => failure,
        };
        let is_last = tries == TRIES;
        if !is_of_no_use(&failure) || !(is_last || is_over(&granted.tokens, cx)) {
            return self.unclear(granted, tries, failure, cx);
        }
        // An access token that has expired looks like one that was revoked: only a renewal tells them apart.
        match self.renewal(granted, cx) {
            Some(asking) => State::Identifying { granted: Box::new(granted.clone()), asking, tries },
            // The device is gone: nobody's, whoever asks.
            None if is_last => self.revoke(granted.clone(), End::Failed(failure), cx),
            None => self.unclear(granted, tries, failure, cx),
        }
    }

    fn renewed(
        &mut self,
        granted: &Granted,
        call: &Call,
        tries: u32,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> State {
        match renewed(granted, call, event, cx) {
            Ok(granted) => {
                (self.is_renewed, self.in_doubt) = (true, false);
                self.identify(granted, 0, cx)
            }
            // There is nothing left that could be ended.
            Err(NotRenewed::Ended(failure)) => ended(End::Failed(failure)),
            Err(NotRenewed::Unclear(failure)) => self.unclear(granted, tries, failure, cx),
        }
    }

    /// It is asked again by itself for a while, then by the person.
    fn unclear(&self, granted: &Granted, tries: u32, failure: Failure, cx: &mut Cx<'_>) -> State {
        let granted = Box::new(granted.clone());
        if tries == TRIES {
            return State::Unidentified { granted, failure };
        }
        let later = cx.now + LATER * 2_u32.pow(tries);
        let at = failure.rate_limited_until().unwrap_or(later).max(later);
        let asking = Asking::Later(cx.pause_until(at));
        State::Identifying { granted, asking, tries: tries + 1 }
    }

    /// Why this session is not the one that was wanted.
    fn objection(&self, user_id: &str, device_id: &str) -> Option<Cause> {
        let expected = self.goal.user_id.as_ref().filter(|_| self.goal.only_them);
        match expected.filter(|expected| *expected != user_id) {
            Some(expected) => {
                let (expected, found) = (expected.clone(), user_id.to_owned());
                Some(Cause::Refused { refusal: Refusal::WrongAccount { expected, found } })
            }
            None if device_id != self.goal.device_id => {
                Some(Cause::Misbehaved { misbehaviour: Misbehaviour::InvalidField("device_id") })
            }
            None => None,
        }
    }

    fn session(&self, granted: &Granted, user_id: String) -> Session {
        let (metadata, tokens) = (&self.goal.metadata, &granted.tokens);
        Session {
            homeserver: self.goal.base.clone(),
            user_id,
            device_id: self.goal.device_id.clone(),
            access_token: tokens.access_token.clone(),
            refresh_token: tokens.refresh_token.clone(),
            expires_at: tokens.expires_at,
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

/// What a renewal brought.
pub(super) fn renewed(
    granted: &Granted,
    call: &Call,
    event: &Event<'_>,
    cx: &Cx<'_>,
) -> Result<Granted, NotRenewed> {
    let answer = answer(call, event, cx).map_err(NotRenewed::Unclear)?;
    let tokens = token::renewed(&answer, call, granted.tokens.refresh_token.as_ref())?;
    Ok(Granted { client_id: granted.client_id.clone(), tokens })
}

fn is_over(tokens: &Tokens, cx: &Cx<'_>) -> bool {
    tokens.expires_at.is_some_and(|expires_at| expires_at <= cx.now)
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
        Ok(body) if server_of(&body.user_id).is_none() => {
            Whose::Unclear(answer.misbehaved(Misbehaviour::InvalidField("user_id")))
        }
        Ok(Body { user_id, device_id }) => Whose::Known { user_id, device_id },
        Err(failure) => Whose::Unclear(failure),
    }
}
