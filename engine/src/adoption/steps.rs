//! What follows what is asked and heard while a new device waits for keys and takes them.

use std::time::Duration;

use crate::cx::{Cx, Event};
use crate::exchange::not_stored;
use crate::failure::{Failure, Misbehaviour};
use crate::flow::beside::Over;
use crate::intent::Intent;
use crate::io::Reply;
use crate::qr::message::{Message, Reason};
use crate::rendezvous::Pace;
use crate::secrets::{CannotVerify, EncryptionProblem};
use crate::secure_channel::saved::SavedChannel;
use crate::secure_channel::{News, gave_up, misbehaved};

use super::{Adoption, Doing, Keys, State, cannot};

/// How often the host is asked to take the keys.
const TRIES: u8 = 3;
/// Before it is asked again.
const AGAIN: Duration = Duration::from_secs(2);

impl Adoption {
    /// `before`: the channel as it was then.
    pub(super) fn news(&mut self, news: News, before: Option<SavedChannel>, cx: &mut Cx<'_>) {
        let failure = match (news, &mut self.state) {
            (
                News::Heard(Message::Secrets(secrets)),
                State::Collecting { keys: keys @ Keys::Awaited(_), .. },
            ) => {
                if let Keys::Awaited(channel) = keys {
                    channel.pace(Pace::Person, cx);
                    *keys = Keys::Here(channel.clone(), Box::new(secrets), Box::new(before));
                }
                return self.go(cx);
            }
            (
                News::Heard(Message::ProtocolAccepted),
                State::Unstored { .. } | State::Collecting { keys: Keys::Awaited(_), .. },
            ) => match (&self.state, self.is_untold) {
                // It is our turn now: that says it.
                (State::Unstored { .. }, _) => return,
                (_, true) => return self.tell(cx),
                (_, false) => misbehaved(Misbehaviour::UnexpectedMessage),
            },
            (News::Left, State::Leaving { over, .. }) => {
                self.state = State::Over(over.clone());
                return;
            }
            // The keys are here: what becomes of the rendezvous does not matter.
            (News::Over(_), State::Collecting { keys: Keys::Here(..), .. } | State::Adopting { .. }) => {
                return;
            }
            (News::Over(failure), _) => failure,
            (News::Heard(message), _) => gave_up(&message),
            (News::Shown | News::Scanned | News::Secure | News::Sent | News::Left, _) => return,
        };
        let last = (failure == misbehaved(Misbehaviour::UnexpectedMessage))
            .then_some(Message::Failure(Reason::UnexpectedMessageReceived));
        if let State::Unstored { keys: keys @ Keys::Awaited(_) }
        | State::Collecting { keys: keys @ Keys::Awaited(_), .. } = &mut self.state
        {
            if let Keys::Awaited(channel) = keys {
                // Best effort: whoever waits for the answer waits for the session.
                channel.leave(last.as_ref(), cx);
            }
            *keys = Keys::Lost(Box::new(failure));
            self.go(cx);
        }
    }

    pub(super) fn asked(&mut self, intent: &Intent, cx: &mut Cx<'_>) {
        match (&mut self.state, intent) {
            (State::Collecting { is_theirs: is_theirs @ false, .. }, Intent::Confirm) => {
                *is_theirs = true;
                self.go(cx);
            }
            // Somebody else's account.
            (State::Collecting { is_theirs: false, .. }, Intent::Cancel) => {
                let over = Over { sign_out: true, ..Over::default() };
                self.leave(over, Some(Reason::UserCancelled), cx);
            }
            (State::Collecting { keys: Keys::Awaited(_), published, .. }, Intent::Cancel) => {
                let trust = Some(published.without_keys(&self.session.user_id));
                self.leave(Over { trust, ..Over::default() }, Some(Reason::UserCancelled), cx);
            }
            _ => {}
        }
    }

    /// What the host says.
    pub(super) fn adopted(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) {
        let State::Adopting { secrets, tries, doing, .. } = &mut self.state else { return };
        let (failure, trust) = match (*doing, event) {
            (Doing::Resting(_), Event::TimedOut(_)) => {
                *doing = Doing::Adopting(cx.adopt_secrets(self.session.clone(), (**secrets).clone()));
                return;
            }
            (_, Event::Reply(_, Reply::SecretsAdopted(Ok(trust)))) => {
                let over = Over { trust: Some(trust.clone()), ..Over::default() };
                return self.leave(over, None, cx);
            }
            (_, Event::Reply(_, Reply::SecretsAdopted(Err(problem)))) => {
                let may_pass = matches!(
                    problem,
                    EncryptionProblem::Lost(_)
                        | EncryptionProblem::ServerRefused
                        | EncryptionProblem::Held { .. }
                );
                if may_pass && *tries < TRIES {
                    *tries += 1;
                    *doing = Doing::Resting(cx.pause(AGAIN));
                    return;
                }
                let why = match problem {
                    EncryptionProblem::Absent => CannotVerify::NoEncryption,
                    EncryptionProblem::NoSecrets => CannotVerify::NoSecrets,
                    EncryptionProblem::Lost(_) | EncryptionProblem::ServerRefused => CannotVerify::Server,
                    EncryptionProblem::Held { .. } | EncryptionProblem::Storage(_) => CannotVerify::Storage,
                };
                (Failure::encryption(*problem), cannot(why))
            }
            _ => (not_stored(event), cannot(CannotVerify::Storage)),
        };
        self.leave(Over { trust, problem: Some(failure), sign_out: false }, None, cx);
    }
}
