//! Whose tokens are these, and of which device?

use std::time::Duration;

use serde::Deserialize;

use crate::address;
use crate::cx::{Cx, Event, Wait};
use crate::failure::{Cause, Failure, Misbehaviour, Refusal};
use crate::http::{Answer, Call};
use crate::secret::Secret;
use crate::session::{OAuth, Session, server_of};
use crate::token::{self, NotRenewed, Tokens};

use super::End;
use super::machine::{Machine, State};
use super::steps::{answer, ended};

/// How often is asked by itself: a homeserver may hear of a new device a little later than we do.
const TRIES: u32 = 4;
/// Before it is asked again; doubled each time.
const LATER: Duration = Duration::from_secs(1);

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
    pub(super) fn identify(
        &mut self,
        client_id: String,
        tokens: Tokens,
        tries: u32,
        cx: &mut Cx<'_>,
    ) -> State {
        let asking = match self.renewable(&tokens).filter(|_| self.in_doubt || is_over(&tokens, cx)) {
            Some(token) => self.renew(&client_id, token, cx),
            None => {
                let url = address::endpoint(&self.goal.base, "_matrix/client/v3/account/whoami");
                Asking::Whose(Call::get_as(url, &tokens.access_token, cx))
            }
        };
        State::Identifying { client_id, tokens: Box::new(tokens), asking, tries }
    }

    /// With what they can be renewed. Those that were, and are refused all the same, were not slept over.
    fn renewable<'t>(&self, tokens: &'t Tokens) -> Option<&'t Secret<String>> {
        tokens.refresh_token.as_ref().filter(|_| !self.is_renewed)
    }

    fn renew(&mut self, client_id: &str, token: &Secret<String>, cx: &mut Cx<'_>) -> Asking {
        self.in_doubt = true;
        Asking::Renewed(token::renew(&self.goal.metadata.token_endpoint, client_id, token, cx))
    }

    pub(super) fn identified(
        &mut self,
        client_id: &str,
        tokens: &Tokens,
        asking: &Asking,
        tries: u32,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> State {
        match asking {
            Asking::Later(_) => self.identify(client_id.to_owned(), tokens.clone(), tries, cx),
            Asking::Whose(call) => self.heard(client_id, tokens, call, tries, event, cx),
            Asking::Renewed(call) => self.renewed(client_id, tokens, call, tries, event, cx),
        }
    }

    fn heard(
        &mut self,
        client_id: &str,
        tokens: &Tokens,
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
                    None => ended(End::SignedIn(self.session(client_id, tokens, user_id))),
                    Some(cause) => {
                        let end = End::Failed(Failure { cause, evidence });
                        self.revoke(client_id.to_owned(), tokens.clone(), end, cx)
                    }
                };
            }
            Whose::Unclear(failure) => failure,
        };
        let is_last = tries == TRIES;
        let asking = match self.renewable(tokens) {
            // An access token that has expired looks like one that was revoked: only a renewal tells them apart.
            Some(token) if is_of_no_use(&failure) && (is_last || is_over(tokens, cx)) => {
                self.renew(client_id, token, cx)
            }
            // The device is gone: nobody's, whoever asks.
            None if is_last && is_of_no_use(&failure) => {
                return self.revoke(client_id.to_owned(), tokens.clone(), End::Failed(failure), cx);
            }
            _ => return self.unclear(client_id, tokens, tries, failure, cx),
        };
        State::Identifying {
            client_id: client_id.to_owned(),
            tokens: Box::new(tokens.clone()),
            asking,
            tries,
        }
    }

    fn renewed(
        &mut self,
        client_id: &str,
        tokens: &Tokens,
        call: &Call,
        tries: u32,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> State {
        let renewed = answer(call, event, cx)
            .map_err(NotRenewed::Unclear)
            .and_then(|answer| token::renewed(&answer, call, tokens.refresh_token.as_ref()));
        match renewed {
            Ok(tokens) => {
                (self.is_renewed, self.in_doubt) = (true, false);
                self.identify(client_id.to_owned(), tokens, 0, cx)
            }
            // There is nothing left that could be ended.
            Err(NotRenewed::Ended(failure)) => ended(End::Failed(failure)),
            Err(NotRenewed::Unclear(failure)) => self.unclear(client_id, tokens, tries, failure, cx),
        }
    }

    /// It is asked again by itself for a while, then by the person.
    fn unclear(
        &self,
        client_id: &str,
        tokens: &Tokens,
        tries: u32,
        failure: Failure,
        cx: &mut Cx<'_>,
    ) -> State {
        let (client_id, tokens) = (client_id.to_owned(), Box::new(tokens.clone()));
        if tries == TRIES {
            return State::Unidentified { client_id, tokens, failure };
        }
        let later = cx.now + LATER * 2_u32.pow(tries);
        let at = failure.rate_limited_until().unwrap_or(later).max(later);
        let asking = Asking::Later(cx.pause_until(at));
        State::Identifying { client_id, tokens, asking, tries: tries + 1 }
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

    fn session(&self, client_id: &str, tokens: &Tokens, user_id: String) -> Session {
        let metadata = &self.goal.metadata;
        Session {
            homeserver: self.goal.base.clone(),
            user_id,
            device_id: self.goal.device_id.clone(),
            access_token: tokens.access_token.clone(),
            refresh_token: tokens.refresh_token.clone(),
            expires_at: tokens.expires_at,
            oauth: Some(Box::new(OAuth {
                issuer: metadata.issuer.clone(),
                client_id: client_id.to_owned(),
                token_endpoint: metadata.token_endpoint.clone(),
                revocation_endpoint: metadata.revocation_endpoint.clone(),
                account_management: metadata.account_management.clone(),
            })),
        }
    }
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
