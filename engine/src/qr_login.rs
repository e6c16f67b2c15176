//! A new device is signed in with the help of one that is signed in: what the two say until the tokens are there.
//!
//! MSC4108 of 2024 and of 2025, "Login via OAuth 2.0 Device Authorization Grant", the new device's side. Which server it is
//! and how its tokens come is not decided here: `account` has a discovery and a sign-in by device code run beside this.
//!
//! ```text
//!   scans:  Warning ─▶ Scanner ─▶ (Confirming) ─▶ Meeting ─────────────────────▶ Preparing ─▶ Offered ─▶ Consenting
//!   shows:                                        Meeting ─▶ Naming ─▶ (Agreeing) ─▶ ┘
//!   either: Leaving ─▶ Ended        the rendezvous is over while the user consents: Alone
//! ```

mod kept;
pub(crate) mod saved;
mod steps;

use url::Url;

use crate::cx::{Cx, Wait};
use crate::failure::{Cause, Expiring, Failure, Refusal};
use crate::intent::{Offer, Offers};
use crate::io::{EffectId, Time};
use crate::qr::message::{Message, Protocol, Reason};
use crate::qr::place::Homeserver;
use crate::qr::{QrPayload, Role};
use crate::rendezvous::Pace;
use crate::secure_channel::screens::{check_code, meeting};
use crate::secure_channel::{Offering, SecureChannel};
use crate::view::{Screen, Task, WarningAbout};

/// What is to be done about what was heard.
#[derive(Debug)]
pub(crate) enum Heard {
    /// This is the server: to be found, and signed in to by a code for another device.
    Server(Homeserver),
    End(End),
}

/// How it ends without tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    Cancelled,
    Failed(Failure),
}

/// The server that was chosen here before the other device named one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Chosen {
    pub(crate) server: String,
    pub(crate) base: Url,
}

impl Chosen {
    fn is(&self, homeserver: &Homeserver) -> bool {
        match homeserver {
            Homeserver::Address(base_url) => base_url.base() == self.base,
            Homeserver::Name(name) => name.eq_ignore_ascii_case(&self.server),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct QrLogin {
    chosen: Option<Chosen>,
    /// How this device is to be signed in, once that is known.
    grant: Option<Box<Protocol>>,
    /// The other device was told.
    has_offered: bool,
    /// This device shows the code.
    shows: bool,
    /// The host can take keys.
    has_encryption: bool,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    Warning,
    Scanner {
        problem: Option<Box<Failure>>,
    },
    /// The code that was scanned names another server than was chosen.
    Confirming {
        payload: Box<QrPayload>,
        found: Homeserver,
    },
    /// Until the two have made sure of each other.
    Meeting {
        channel: SecureChannel,
    },
    /// The other device says which server it is.
    Naming {
        channel: SecureChannel,
    },
    /// The other device has named another server than was chosen.
    Agreeing {
        channel: SecureChannel,
        found: Homeserver,
    },
    /// A code for the other device is got from the authorization server.
    Preparing {
        channel: SecureChannel,
    },
    /// The other device knows how we are to be signed in.
    Offered {
        channel: SecureChannel,
    },
    /// The user is asked for consent there.
    Consenting {
        channel: SecureChannel,
    },
    /// The same, and the two devices cannot talk any more.
    Alone {
        failure: Box<Failure>,
    },
    Leaving {
        channel: SecureChannel,
        end: Box<End>,
    },
    Ended,
}

impl QrLogin {
    /// To scan a code.
    pub(crate) fn scan(chosen: Option<Chosen>, cx: &Cx<'_>) -> Self {
        Self::new(chosen, false, State::Warning, cx)
    }

    /// To show one.
    pub(crate) fn show(chosen: Option<Chosen>, offering: Offering, cx: &mut Cx<'_>) -> Self {
        let channel = SecureChannel::show(offering, cx);
        Self::new(chosen, true, State::Meeting { channel }, cx)
    }

    const fn new(chosen: Option<Chosen>, shows: bool, state: State, cx: &Cx<'_>) -> Self {
        let has_encryption = cx.config.encryption;
        Self { chosen, grant: None, has_offered: false, shows, has_encryption, state }
    }

    /// Until when the other device can hand keys over, while it can.
    pub(crate) fn keys_until(&self) -> Option<Time> {
        self.channel().and_then(SecureChannel::end)
    }

    /// The channel, for what follows once there are tokens; or why there is none any more.
    pub(crate) fn into_channel(self) -> Result<SecureChannel, Option<Failure>> {
        match self.state {
            State::Meeting { channel }
            | State::Naming { channel }
            | State::Agreeing { channel, .. }
            | State::Preparing { channel }
            | State::Offered { channel }
            | State::Consenting { channel }
            | State::Leaving { channel, .. } => Ok(channel),
            State::Alone { failure } => Err(Some(*failure)),
            State::Warning | State::Scanner { .. } | State::Confirming { .. } | State::Ended => Err(None),
        }
    }

    const fn channel(&self) -> Option<&SecureChannel> {
        match &self.state {
            State::Meeting { channel }
            | State::Naming { channel }
            | State::Agreeing { channel, .. }
            | State::Preparing { channel }
            | State::Offered { channel }
            | State::Consenting { channel }
            | State::Leaving { channel, .. } => Some(channel),
            State::Warning | State::Scanner { .. } | State::Confirming { .. } => None,
            State::Alone { .. } | State::Ended => None,
        }
    }

    pub(crate) fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        if let Some(channel) = self.channel() {
            channel.each_wait(each);
        }
    }

    pub(crate) fn holds(&self, id: EffectId) -> bool {
        self.channel().is_some_and(|channel| channel.holds(id))
    }

    pub(crate) fn offers(&self) -> Offers {
        let cancel = Offers::of(&[Offer::Cancel]);
        match &self.state {
            State::Warning => cancel.and(Offers::of(&[Offer::Understood])),
            State::Scanner { .. } => cancel.and(Offers::of(&[Offer::UseCode])),
            State::Confirming { .. } | State::Agreeing { .. } => cancel.and(Offers::of(&[Offer::Confirm])),
            State::Meeting { channel } => cancel.and_if(channel.is_unchecked(), Offer::EnterCode),
            State::Naming { .. } | State::Preparing { .. } | State::Offered { .. } => cancel,
            State::Consenting { .. } | State::Alone { .. } => cancel,
            State::Leaving { .. } | State::Ended => Offers::NONE,
        }
    }

    /// What shows, unless the sign-in that runs beside has something to show.
    pub(crate) fn screen(&self) -> Option<Screen> {
        let server = self.chosen.as_ref().map(|chosen| chosen.server.clone()).unwrap_or_default();
        let role = Role::New;
        let other = |found: &Homeserver| Screen::ConfirmServer {
            server: server.clone(),
            found: found.written().to_owned(),
        };
        Some(match &self.state {
            State::Warning => {
                Screen::Warning { server, role, about: WarningAbout::Scan, unverified: !self.has_encryption }
            }
            State::Scanner { problem } => {
                Screen::Scanner { server, role, problem: problem.as_deref().cloned() }
            }
            State::Confirming { found, .. } | State::Agreeing { found, .. } => other(found),
            State::Meeting { channel } => {
                let mut screen = meeting(channel, server, role);
                if let Screen::QrCode { unverified, .. } = &mut screen {
                    *unverified = !self.has_encryption;
                }
                screen
            }
            State::Naming { .. } => Screen::Busy { server, task: Task::AwaitDevice },
            State::Preparing { channel } => return check_code(channel, &server, role),
            State::Offered { channel } => {
                check_code(channel, &server, role).unwrap_or(Screen::Busy { server, task: Task::AwaitDevice })
            }
            State::Consenting { .. } | State::Alone { .. } => return None,
            State::Leaving { .. } | State::Ended => Screen::Busy { server, task: Task::TellDevice },
        })
    }

    /// The way to sign in is known: it is told as soon as the other device may hear it.
    pub(crate) fn offer(&mut self, grant: Protocol, cx: &mut Cx<'_>) -> Option<Heard> {
        self.grant = Some(Box::new(grant));
        self.tell(cx)
    }

    /// Whether it is known how this device is to be signed in: the other one was told, or will be.
    pub(crate) const fn has_offered(&self) -> bool {
        self.has_offered || self.grant.is_some()
    }

    fn tell(&mut self, cx: &mut Cx<'_>) -> Option<Heard> {
        let (State::Preparing { channel }, Some(grant)) = (&mut self.state, &self.grant) else { return None };
        let mut channel = channel.clone();
        match channel.say(&Message::Protocol((**grant).clone()), cx) {
            Ok(()) => {
                channel.pace(Pace::Person, cx);
                self.state = State::Offered { channel };
                None
            }
            Err(failure) => self.fail(failure, Some(&Message::Failure(Reason::UnsupportedProtocol)), cx),
        }
    }

    /// What ran beside has failed, or was given up.
    pub(crate) fn give_up(&mut self, end: End, cx: &mut Cx<'_>) -> Option<Heard> {
        let last = match &end {
            End::Cancelled => Some(Message::Failure(Reason::UserCancelled)),
            End::Failed(failure) => match &failure.cause {
                Cause::Refused { refusal: Refusal::Declined } => Some(Message::Declined),
                Cause::Expired { what: Expiring::UserCode } => {
                    Some(Message::Failure(Reason::AuthorizationExpired))
                }
                Cause::Unsupported { .. } => Some(Message::Failure(Reason::UnsupportedProtocol)),
                Cause::Unavailable { .. }
                | Cause::Refused { .. }
                | Cause::Expired { .. }
                | Cause::Misbehaved { .. }
                | Cause::Broken { .. } => None,
            },
        };
        self.leave(end, last.as_ref(), cx)
    }

    fn fail(&mut self, failure: Failure, last: Option<&Message>, cx: &mut Cx<'_>) -> Option<Heard> {
        self.leave(End::Failed(failure), last, cx)
    }

    fn leave(&mut self, end: End, last: Option<&Message>, cx: &mut Cx<'_>) -> Option<Heard> {
        if let Some(mut channel) = self.channel().cloned() {
            channel.leave(last, cx);
            if !channel.is_over() {
                self.state = State::Leaving { channel, end: Box::new(end) };
                return None;
            }
        }
        self.state = State::Ended;
        Some(Heard::End(end))
    }
}
