//! A new device, whose tokens are there, takes the private keys of its account from the device that helped: beside its
//! session.
//!
//! MSC4108, "Secrets sharing", the new device's side.
//!
//! ```text
//!   the session is stored ─▶ Collecting ─▶ Adopting ─▶ Leaving ─▶ over
//!                                └───────────────────────▶┘
//! ```
//!
//! The session is the user's whatever comes of this. What comes is held against what the account publishes before the host
//! sees it, and the user has said by then that the account is theirs.

mod published;
pub(crate) mod saved;
mod screens;
mod steps;

use crate::cx::{Cx, Event, Wait};
use crate::failure::{Expiring, Failure, Misbehaviour};
use crate::flow::beside::{Beside, Over};
use crate::qr::bundle;
use crate::qr::message::{Message, Reason};
use crate::rendezvous::Pace;
use crate::saved::Content;
use crate::secrets::{CannotVerify, SecretsBundle, Trust};
use crate::secure_channel::saved::SavedChannel;
use crate::secure_channel::{SecureChannel, expired, misbehaved};
use crate::session::Session;

use self::published::Published;
use self::saved::SavedAdoption;

/// What is known of the keys that are to come.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Keys {
    /// The other device has them still.
    Awaited(SecureChannel),
    /// With the channel as it was before they were read: whoever comes after a kill reads them again.
    Here(SecureChannel, Box<SecretsBundle>, Box<Option<SavedChannel>>),
    /// They do not come any more.
    Lost(Box<Failure>),
}

impl Keys {
    fn save(&self) -> Option<SavedChannel> {
        match self {
            Self::Awaited(channel) => channel.save(),
            Self::Here(_, _, before) => (**before).clone(),
            Self::Lost(_) => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Adoption {
    session: Session,
    /// Whether the host can take keys.
    has_encryption: bool,
    /// The other device has still to say that it lets this one in: only then it can be told of the session. Who decides
    /// on the page at once is quicker.
    is_untold: bool,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    /// The session is not stored yet: nothing is said to the other device before, and the user is not asked.
    Unstored {
        keys: Keys,
    },
    /// All that is needed, in any order: that the account is the user's, what it publishes, the keys.
    Collecting {
        is_theirs: bool,
        published: Published,
        keys: Keys,
    },
    /// The host takes them.
    Adopting {
        channel: SecureChannel,
        secrets: Box<SecretsBundle>,
        before: Box<Option<SavedChannel>>,
        tries: u8,
        doing: Doing,
    },
    Leaving {
        channel: SecureChannel,
        over: Box<Over>,
    },
    Over(Box<Over>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Doing {
    Adopting(Wait),
    Resting(Wait),
}

impl Adoption {
    /// `channel` is absent where the two devices lost each other while the user consented. The user is asked all the same
    /// whether the account is theirs: whoever wants them in another one can end the channel just then.
    pub(crate) fn start(
        session: &Session,
        channel: Result<SecureChannel, Option<Failure>>,
        cx: &mut Cx<'_>,
    ) -> Self {
        let keys = match channel {
            Ok(channel) => Keys::Awaited(channel),
            Err(failure) => Keys::Lost(Box::new(failure.unwrap_or_else(|| expired(Expiring::Rendezvous)))),
        };
        Self {
            session: session.clone(),
            has_encryption: cx.config.encryption,
            is_untold: false,
            state: State::Unstored { keys },
        }
    }

    /// Goes on where an earlier process was.
    pub(crate) fn resume(saved: SavedAdoption, cx: &mut Cx<'_>) -> Self {
        let keys = match saved.channel {
            Some(channel) => Keys::Awaited(SecureChannel::resume(channel, cx)),
            None => Keys::Lost(Box::new(expired(Expiring::Rendezvous))),
        };
        let state = match saved.is_stored {
            true => State::Collecting { is_theirs: saved.is_theirs, published: Published::Unasked, keys },
            false => State::Unstored { keys },
        };
        let (session, is_untold) = (saved.session.into(), saved.is_untold);
        Self { session, has_encryption: cx.config.encryption, is_untold, state }
    }

    fn over(&self) -> Option<Over> {
        match &self.state {
            State::Over(over) => Some((**over).clone()),
            State::Unstored { .. }
            | State::Collecting { .. }
            | State::Adopting { .. }
            | State::Leaving { .. } => None,
        }
    }

    fn channel_mut(&mut self) -> Option<&mut SecureChannel> {
        match &mut self.state {
            State::Unstored { keys: Keys::Awaited(channel) | Keys::Here(channel, ..) }
            | State::Collecting { keys: Keys::Awaited(channel) | Keys::Here(channel, ..), .. }
            | State::Adopting { channel, .. }
            | State::Leaving { channel, .. } => Some(channel),
            State::Unstored { keys: Keys::Lost(_) }
            | State::Collecting { keys: Keys::Lost(_), .. }
            | State::Over(_) => None,
        }
    }

    fn channel(&self) -> Option<&SecureChannel> {
        match &self.state {
            State::Unstored { keys: Keys::Awaited(channel) | Keys::Here(channel, ..) }
            | State::Collecting { keys: Keys::Awaited(channel) | Keys::Here(channel, ..), .. }
            | State::Adopting { channel, .. }
            | State::Leaving { channel, .. } => Some(channel),
            State::Unstored { keys: Keys::Lost(_) }
            | State::Collecting { keys: Keys::Lost(_), .. }
            | State::Over(_) => None,
        }
    }

    /// Ends it, and the rendezvous with it.
    fn leave(&mut self, over: Over, last: Option<Reason>, cx: &mut Cx<'_>) {
        let last = last.map(Message::Failure);
        let over = Box::new(over);
        if let Some(mut channel) = self.channel().cloned() {
            channel.leave(last.as_ref(), cx);
            if !channel.is_over() {
                self.state = State::Leaving { channel, over };
                return;
            }
        }
        self.state = State::Over(over);
    }

    /// The other device may know that the session is stored, once it listens.
    fn tell(&mut self, cx: &mut Cx<'_>) {
        let State::Collecting { keys: keys @ Keys::Awaited(_), .. } = &mut self.state else { return };
        let Keys::Awaited(channel) = keys else { return };
        self.is_untold = !channel.is_our_turn();
        let said = if self.is_untold { Ok(()) } else { channel.say(&Message::Success, cx) };
        match said {
            Ok(()) => channel.pace(Pace::Machine, cx),
            Err(failure) => {
                *keys = Keys::Lost(Box::new(failure));
                self.go(cx);
            }
        }
    }

    /// On, once there is enough to go on by.
    fn go(&mut self, cx: &mut Cx<'_>) {
        let State::Collecting { is_theirs: true, published, keys } = &self.state else { return };
        match (keys, published) {
            (Keys::Awaited(_), _) | (_, Published::Unasked | Published::Asking { .. }) => {}
            (Keys::Lost(failure), published) => {
                let trust = Some(published.without_keys(&self.session.user_id));
                let problem = Some((**failure).clone());
                self.leave(Over { trust, problem, sign_out: false }, None, cx);
            }
            (Keys::Here(..), _) if !self.has_encryption => {
                let trust = cannot(CannotVerify::NoEncryption);
                self.leave(Over { trust, ..Over::default() }, None, cx);
            }
            (Keys::Here(..), Published::Unclear(failure)) => {
                let (trust, problem) = (cannot(CannotVerify::Server), Some(failure.clone()));
                self.leave(Over { trust, problem, sign_out: false }, None, cx);
            }
            (Keys::Here(channel, secrets, before), Published::Known { keys, backup }) => {
                let (bundle, user_id) = ((**secrets).clone(), &self.session.user_id);
                let backup = backup.as_ref().map(|backup| backup.as_slice());
                match bundle::adoptable(bundle, user_id, keys, backup) {
                    Ok(secrets) => {
                        let wait = cx.adopt_secrets(self.session.clone(), secrets.clone());
                        let (channel, secrets) = (channel.clone(), Box::new(secrets));
                        let doing = Doing::Adopting(wait);
                        let before = before.clone();
                        self.state = State::Adopting { channel, secrets, before, tries: 1, doing };
                    }
                    Err(_) => {
                        let trust = cannot(CannotVerify::SecretsDoNotMatch);
                        let problem = Some(misbehaved(Misbehaviour::SecretsDoNotMatch));
                        self.leave(Over { trust, problem, sign_out: false }, None, cx);
                    }
                }
            }
        }
    }
}

const fn cannot(why: CannotVerify) -> Option<Trust> {
    Some(Trust::CannotVerify { why })
}

impl Beside for Adoption {
    fn handle(&mut self, event: &Event<'_>, session: Option<&Session>, cx: &mut Cx<'_>) -> Option<Over> {
        if let Some(session) = session {
            self.session = session.clone();
        }
        match event {
            Event::Intent(intent) => self.asked(intent, cx),
            Event::Reply(id, _) | Event::TimedOut(id) => {
                let id = *id;
                if self.channel().is_some_and(|channel| channel.holds(id)) {
                    let before = self.channel().and_then(SecureChannel::save);
                    if let Some(news) = self.channel_mut().and_then(|channel| channel.handle(id, event, cx)) {
                        self.news(news, before, cx);
                    }
                } else if let State::Collecting { published, .. } = &mut self.state
                    && published.holds(id)
                {
                    published.handle(id, event, &self.session, cx);
                    self.go(cx);
                } else {
                    self.adopted(event, cx);
                }
            }
            Event::Start | Event::Callback(_) => {}
        }
        self.over()
    }

    /// It is stored: the other device may know, and what the account publishes is asked for meanwhile.
    fn renewed(&mut self, session: &Session, cx: &mut Cx<'_>) -> Option<Over> {
        self.session = session.clone();
        match &mut self.state {
            State::Unstored { keys } => {
                let (keys, published) = (keys.clone(), Published::ask(session, cx));
                self.state = State::Collecting { is_theirs: false, published, keys };
                self.tell(cx);
            }
            State::Collecting { published, .. } => published.renewed(session, cx),
            State::Adopting { .. } | State::Leaving { .. } | State::Over(_) => {}
        }
        self.go(cx);
        self.over()
    }

    fn wants_renewal(&self) -> bool {
        matches!(&self.state, State::Collecting { published, .. } if published.wants_renewal())
    }

    fn save(&self) -> Option<Content> {
        let (channel, is_stored, is_theirs) = match &self.state {
            State::Unstored { keys } => (keys.save(), false, false),
            // Nothing is left to do but what is done for every session.
            State::Collecting { is_theirs: true, keys: Keys::Lost(_), .. } => return None,
            State::Collecting { is_theirs, keys, .. } => (keys.save(), true, *is_theirs),
            State::Adopting { before, .. } => ((**before).clone(), true, true),
            // Not theirs: until it is ended, whoever comes is asked again.
            State::Leaving { over, .. } if over.sign_out => (None, true, false),
            State::Leaving { .. } | State::Over(_) => return None,
        };
        let session = self.session.clone().into();
        let is_untold = self.is_untold && channel.is_some();
        Some(Content::Adopting(Box::new(SavedAdoption { session, is_stored, is_theirs, is_untold, channel })))
    }

    fn give_up(&mut self, cx: &mut Cx<'_>) -> bool {
        match self.state {
            State::Leaving { .. } | State::Over(_) => {}
            State::Unstored { .. } | State::Collecting { .. } | State::Adopting { .. } => {
                self.leave(Over::default(), Some(Reason::UserCancelled), cx);
            }
        }
        matches!(self.state, State::Over(_))
    }
}
