//! What does the account publish: its cross-signing keys, and its backup?

use serde_json::{Map, Value};

use crate::cx::{Cx, Event, Wait};
use crate::exchange::answer;
use crate::failure::{Cause, Failure};
use crate::http::{Answer, Call};
use crate::io::EffectId;
use crate::qr::bundle;
use crate::secrets::{CannotVerify, Trust, VerificationWay};
use crate::session::Session;

/// How often in a row there may be no answer to speak of.
const TRIES: u8 = 4;
/// Before the same is asked again.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(1);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Published {
    Unasked,
    Asking {
        keys: Part,
        backup: Part,
    },
    /// The bodies of the answers; no `backup` where the account has none.
    Known {
        keys: Vec<u8>,
        backup: Option<Vec<u8>>,
    },
    /// It could not be found out.
    Unclear(Failure),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Asking {
        call: Call,
        tries: u8,
    },
    Later {
        pause: Wait,
        tries: u8,
    },
    /// The access token was refused.
    Refused(Failure),
    Known(Option<Vec<u8>>),
    Unclear(Failure),
}

#[derive(Clone, Copy)]
enum Which {
    Keys,
    Backup,
}

impl Published {
    pub(super) fn ask(session: &Session, cx: &mut Cx<'_>) -> Self {
        let mut part = |which| Part::Asking { call: send(which, session, cx), tries: 0 };
        Self::Asking { keys: part(Which::Keys), backup: part(Which::Backup) }
    }

    pub(super) fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        if let Self::Asking { keys, backup } = self {
            keys.wait().into_iter().chain(backup.wait()).for_each(each);
        }
    }

    pub(super) fn holds(&self, id: EffectId) -> bool {
        let mut held = false;
        self.each_wait(&mut |wait| held |= wait.id == id);
        held
    }

    pub(super) const fn wants_renewal(&self) -> bool {
        matches!(
            self,
            Self::Asking { keys: Part::Refused(_), .. } | Self::Asking { backup: Part::Refused(_), .. }
        )
    }

    /// The session has other tokens, or is stored: what was not asked, or refused, is asked.
    pub(super) fn renewed(&mut self, session: &Session, cx: &mut Cx<'_>) {
        match self {
            Self::Unasked => *self = Self::ask(session, cx),
            Self::Asking { keys, backup } => {
                for (part, which) in [(keys, Which::Keys), (backup, Which::Backup)] {
                    if let Part::Refused(_) = part {
                        // Refused again, it is: the session ends, or says why.
                        *part = Part::Asking { call: send(which, session, cx), tries: TRIES };
                    }
                }
            }
            Self::Known { .. } | Self::Unclear(_) => {}
        }
    }

    pub(super) fn handle(&mut self, id: EffectId, event: &Event<'_>, session: &Session, cx: &mut Cx<'_>) {
        let Self::Asking { keys, backup } = self else { return };
        for (part, which) in [(&mut *keys, Which::Keys), (&mut *backup, Which::Backup)] {
            if part.wait().is_some_and(|wait| wait.id == id) {
                part.handle(which, event, session, cx);
            }
        }
        match (keys, backup) {
            (Part::Unclear(failure), _) => *self = Self::Unclear(failure.clone()),
            (Part::Known(Some(keys)), Part::Known(backup)) => {
                *self = Self::Known { keys: std::mem::take(keys), backup: backup.take() };
            }
            // Without a backup the rest is worth having.
            (Part::Known(Some(keys)), Part::Unclear(_)) => {
                *self = Self::Known { keys: std::mem::take(keys), backup: None };
            }
            _ => {}
        }
    }

    /// What a device is that got no keys.
    pub(super) fn without_keys(&self, user_id: &str) -> Trust {
        let Self::Known { keys, .. } = self else {
            return Trust::CannotVerify { why: CannotVerify::NoSecrets };
        };
        let body: Value = serde_json::from_slice(keys).unwrap_or_default();
        match body["master_keys"].get(user_id) {
            Some(Value::Object(_)) => needs_verification(),
            Some(_) | None => Trust::NoIdentity,
        }
    }
}

impl Part {
    const fn wait(&self) -> Option<Wait> {
        match self {
            Self::Asking { call, .. } => Some(call.wait),
            Self::Later { pause, .. } => Some(*pause),
            Self::Refused(_) | Self::Known(_) | Self::Unclear(_) => None,
        }
    }

    fn handle(&mut self, which: Which, event: &Event<'_>, session: &Session, cx: &mut Cx<'_>) {
        let (call, tries) = match self {
            Self::Asking { call, tries } => (call.clone(), *tries),
            Self::Later { tries, .. } => {
                *self = Self::Asking { call: send(which, session, cx), tries: *tries };
                return;
            }
            Self::Refused(_) | Self::Known(_) | Self::Unclear(_) => return,
        };
        let failure = match answer(&call, event, cx.now) {
            Ok(answer) => match read(which, &answer) {
                Ok(body) => {
                    *self = Self::Known(body);
                    return;
                }
                Err(failure)
                    if answer.status() == 401 && tries < TRIES && session.refresh_token.is_some() =>
                {
                    *self = Self::Refused(failure);
                    return;
                }
                Err(failure) => failure,
            },
            Err(failure) => failure,
        };
        *self = if let Cause::Unavailable { retry_at, .. } = failure.cause
            && tries < TRIES
        {
            let at = (cx.now + AGAIN).max(retry_at.unwrap_or_default());
            Self::Later { pause: cx.pause_until(at), tries: tries + 1 }
        } else {
            Self::Unclear(failure)
        };
    }
}

fn send(which: Which, session: &Session, cx: &mut Cx<'_>) -> Call {
    let Session { homeserver, user_id, device_id, access_token, .. } = session;
    let call = match which {
        Which::Keys => {
            let (url, body) = bundle::published_keys(homeserver, user_id, device_id);
            Call::post_as(url, access_token, &body, cx)
        }
        Which::Backup => Call::get_as(bundle::published_backup(homeserver), access_token, cx),
    };
    call.about(session)
}

/// The body; `None` where there is no backup.
fn read(which: Which, answer: &Answer<'_>) -> Result<Option<Vec<u8>>, Failure> {
    match (which, answer.status()) {
        // What is no object says nothing about the keys, nor about who gave them.
        (_, 200) => answer.json::<Map<String, Value>>().map(|_| Some(answer.response.body.expose().clone())),
        (Which::Backup, 404) if answer.errcode() == "M_NOT_FOUND" => Ok(None),
        _ => Err(answer.unexpected()),
    }
}

/// The account has an identity, and the device that was to help is one of its own.
fn needs_verification() -> Trust {
    Trust::NeedsVerification { ways: vec![VerificationWay::AnotherDevice] }
}
