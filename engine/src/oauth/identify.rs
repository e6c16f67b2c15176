//! Whose tokens are these, and of which device?

use std::time::Duration;

use serde::Deserialize;

use crate::cx::{Cx, Event};
use crate::failure::{Cause, Failure, Misbehaviour, Refusal};
use crate::http::{self, Answer, Call};
use crate::session::{OAuth, Session, server_of};
use crate::token::Tokens;

use super::End;
use super::machine::{Asking, Machine, State};
use super::steps::{answer, ended};

/// How often is asked by itself: a homeserver may hear of a new device a little later than we do.
const TRIES: u32 = 4;
/// Before it is asked again; doubled each time.
const LATER: Duration = Duration::from_secs(1);

/// What an answer says about new tokens.
enum Whose {
    Known {
        user_id: String,
        device_id: Option<String>,
    },
    /// It will be asked again.
    Unclear(Failure),
}

impl Machine {
    pub(super) fn identify(&self, client_id: String, tokens: Tokens, tries: u32, cx: &mut Cx<'_>) -> State {
        let url = http::endpoint(&self.goal.base, "_matrix/client/v3/account/whoami");
        let asking = Asking::Now(Call::get_as(url, &tokens.access_token, cx));
        State::Identifying { client_id, tokens: Box::new(tokens), asking, tries }
    }

    pub(super) fn identified(
        &self,
        client_id: &str,
        tokens: &Tokens,
        asking: &Asking,
        tries: u32,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> State {
        let call = match asking {
            Asking::Now(call) => call,
            Asking::Later(_) => return self.identify(client_id.to_owned(), tokens.clone(), tries, cx),
        };
        let (whose, evidence) = match answer(call, event, cx) {
            Ok(answer) => (whose(&answer), Some(Box::new(answer.evidence()))),
            Err(failure) => (Whose::Unclear(failure), None),
        };
        match whose {
            Whose::Known { user_id, device_id } => {
                let device_id = device_id.unwrap_or_else(|| self.goal.device_id.clone());
                match self.objection(&user_id, &device_id) {
                    None => ended(End::SignedIn(self.session(client_id, tokens, user_id))),
                    Some(cause) => {
                        let end = End::Failed(Failure { cause, evidence });
                        self.revoke(client_id.to_owned(), tokens.clone(), end, cx)
                    }
                }
            }
            Whose::Unclear(failure) if tries < TRIES => {
                let later = cx.now + LATER * 2_u32.pow(tries);
                let at = failure.rate_limited_until().unwrap_or(later).max(later);
                State::Identifying {
                    client_id: client_id.to_owned(),
                    tokens: Box::new(tokens.clone()),
                    asking: Asking::Later(cx.pause_until(at)),
                    tries: tries + 1,
                }
            }
            // They have expired meanwhile, or the device is gone: nobody's, whoever asks.
            Whose::Unclear(failure) if is_of_no_use(&failure) => {
                self.revoke(client_id.to_owned(), tokens.clone(), End::Failed(failure), cx)
            }
            Whose::Unclear(failure) => State::Unidentified {
                client_id: client_id.to_owned(),
                tokens: Box::new(tokens.clone()),
                failure,
            },
        }
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
