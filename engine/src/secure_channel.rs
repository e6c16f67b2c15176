//! Two devices meet at a rendezvous, make sure of each other, and talk: from either side, in either generation.
//!
//! MSC4108 of 2024 and of 2025, "Secure channel setup"; MSC4388.
//!
//! ```text
//!   shows the code:  Opening ──▶ Shown ───────────▶ Open (unchecked) ── the check code ──▶ Open
//!                                  └─▶ Opening, a few times, when nobody scans it in time
//!   scans the code:  Joining ──▶ Greeted ─────────▶ Open
//!   either:          leave: Leaving ──▶ over
//! ```
//!
//! Until the person has compared the check code, nothing that comes over the channel is passed on by the device that showed
//! the code: it is opened, and held back.

mod kept;
pub(crate) mod saved;
pub(crate) mod screens;
mod steps;

use std::time::Duration;

use url::Url;

use crate::cx::{Cx, Wait};
use crate::failure::{Cause, Expiring, Failure, Misbehaviour, Refusal};
use crate::io::{EffectId, Time};
use crate::qr::channel::{Established, Scanning, Showing};
use crate::qr::check_code::TypedCode;
use crate::qr::message::Message;
use crate::qr::payload::Form;
use crate::qr::{Generation, QrPayload, Role};
use crate::rendezvous::{Joining, Opening, Pace, Place, Rendezvous};
use crate::secret::Secret;

/// How often a code that nobody scanned is replaced by a new one.
const RENEWALS: u8 = 4;

/// How often in a row opening or joining is tried where no answer came, and the pause between.
const TRIES: u8 = 4;
const AGAIN: Duration = Duration::from_millis(500);

/// What came of something.
#[derive(Debug)]
pub(crate) enum News {
    /// There is a code to show, or another one.
    Shown,
    /// Somebody has scanned the code: the person types the check code.
    Scanned,
    /// The other device is the one with the code: its person types the check code that is shown here.
    Secure,
    /// What was said is there for the other device to read.
    Sent,
    /// What the other device said.
    Heard(Message),
    /// It is over. [`leave`](SecureChannel::leave) deletes what is left.
    Over(Failure),
    /// After [`leave`](SecureChannel::leave): there is nothing left to do.
    Left,
}

/// What the person has typed as the check code.
#[derive(Debug)]
pub(crate) enum Checked {
    /// It cannot be one: no attempt.
    NoCode,
    Wrong,
    /// With what the other device has said meanwhile.
    Right(Option<Message>),
}

/// What a code is made of that is to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Offering {
    pub(crate) generation: Generation,
    /// Whether the other generation may be taken where the server has not this one.
    pub(crate) may_be_older: bool,
    pub(crate) role: Role,
    /// Where the rendezvous is.
    pub(crate) base: Url,
    /// Of a device that is signed in.
    pub(crate) token: Option<Secret<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SecureChannel {
    /// This device shows the code.
    shows: bool,
    /// What another code is made of, when nobody scans this one in time.
    offering: Option<Offering>,
    renewals: u8,
    /// How often in a row there was no answer to opening or joining.
    tries: u8,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    Opening {
        opening: Opening,
    },
    Shown {
        cell: Rendezvous,
        showing: Box<Showing>,
    },
    Joining {
        joining: Joining,
        payload: Box<QrPayload>,
    },
    /// There was no answer: it is opened, or joined with this code, again.
    Again {
        pause: Wait,
        payload: Option<Box<QrPayload>>,
    },
    Greeted {
        cell: Rendezvous,
        scanning: Box<Scanning>,
    },
    Open {
        cell: Rendezvous,
        channel: Box<Established>,
        /// The check code was not compared yet. What was opened meanwhile is kept.
        unchecked: bool,
        held: Option<Box<Message>>,
    },
    Leaving {
        cell: Rendezvous,
    },
    Over,
}

impl SecureChannel {
    /// Opens a rendezvous, to show a code for it.
    pub(crate) fn show(offering: Offering, cx: &mut Cx<'_>) -> Self {
        let opening = open(&offering, cx);
        Self {
            shows: true,
            offering: Some(offering),
            renewals: 0,
            tries: 0,
            state: State::Opening { opening },
        }
    }

    /// Goes to the rendezvous of a code that was scanned.
    pub(crate) fn scan(payload: QrPayload, cx: &mut Cx<'_>) -> Self {
        let state = join(Box::new(payload), cx);
        Self { shows: false, offering: None, renewals: 0, tries: 0, state }
    }

    /// The code to show, and until when.
    pub(crate) fn shown(&self) -> Option<(&QrPayload, Time)> {
        match &self.state {
            State::Shown { cell, showing } => Some((showing.payload(), cell.until())),
            State::Opening { .. }
            | State::Joining { .. }
            | State::Again { .. }
            | State::Greeted { .. }
            | State::Open { .. }
            | State::Leaving { .. }
            | State::Over => None,
        }
    }

    /// The two digits to show, on the device that scanned.
    pub(crate) fn check_code(&self) -> Option<String> {
        match &self.state {
            State::Open { channel, .. } if !self.shows => Some(channel.check_code().shown()),
            State::Opening { .. }
            | State::Shown { .. }
            | State::Joining { .. }
            | State::Again { .. }
            | State::Greeted { .. }
            | State::Open { .. }
            | State::Leaving { .. }
            | State::Over => None,
        }
    }

    /// The two talk, and the other device has said what there is to answer.
    pub(crate) const fn is_our_turn(&self) -> bool {
        match &self.state {
            State::Open { cell, .. } => cell.is_our_turn(),
            State::Opening { .. } | State::Joining { .. } | State::Again { .. } => false,
            State::Shown { .. } | State::Greeted { .. } | State::Leaving { .. } | State::Over => false,
        }
    }

    /// Whether the code is shown here.
    pub(crate) const fn shows(&self) -> bool {
        self.shows
    }

    /// Whether the check code is to be typed here.
    pub(crate) const fn is_unchecked(&self) -> bool {
        matches!(self.state, State::Open { unchecked: true, .. })
    }

    /// Until when the two can talk, as far as the server says.
    pub(crate) fn end(&self) -> Option<Time> {
        self.cell().map(Rendezvous::until)
    }

    const fn cell(&self) -> Option<&Rendezvous> {
        match &self.state {
            State::Shown { cell, .. }
            | State::Greeted { cell, .. }
            | State::Open { cell, .. }
            | State::Leaving { cell } => Some(cell),
            State::Opening { .. } | State::Joining { .. } | State::Again { .. } | State::Over => None,
        }
    }

    /// Until when the server wants patience, and how it said so.
    pub(crate) const fn limited(&self) -> Option<(Time, &Failure)> {
        match &self.state {
            State::Opening { opening } => opening.limited(),
            State::Joining { joining, .. } => joining.limited(),
            State::Shown { .. }
            | State::Again { .. }
            | State::Greeted { .. }
            | State::Open { .. }
            | State::Leaving { .. }
            | State::Over => None,
        }
    }

    pub(crate) fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        match &self.state {
            State::Opening { opening } => each(opening.wait()),
            State::Joining { joining, .. } => each(joining.wait()),
            State::Again { pause, .. } => each(*pause),
            State::Shown { cell, .. }
            | State::Greeted { cell, .. }
            | State::Open { cell, .. }
            | State::Leaving { cell } => cell.each_wait(each),
            State::Over => {}
        }
    }

    pub(crate) fn holds(&self, id: EffectId) -> bool {
        let mut held = false;
        self.each_wait(&mut |wait| held |= wait.id == id);
        held
    }

    /// Who is next on the other side: how often is looked.
    pub(crate) fn pace(&mut self, pace: Pace, cx: &mut Cx<'_>) {
        match &mut self.state {
            State::Shown { cell, .. } | State::Greeted { cell, .. } | State::Open { cell, .. } => {
                cell.pace(pace, cx);
            }
            State::Opening { .. } | State::Joining { .. } | State::Again { .. } => {}
            State::Leaving { .. } | State::Over => {}
        }
    }

    /// Says `message`, when it is our turn.
    ///
    /// # Errors
    ///
    /// Where it cannot be said: it is too long, or one too many.
    pub(crate) fn say(&mut self, message: &Message, cx: &mut Cx<'_>) -> Result<(), Failure> {
        let State::Open { cell, channel, .. } = &mut self.state else { return Ok(()) };
        let json = message.to_json(channel.payload().generation());
        match channel.seal(&json, cell.version().as_str()) {
            Ok(frame) => {
                cell.send(frame.into(), cx);
                Ok(())
            }
            Err(_) => Err(misbehaved(Misbehaviour::UnexpectedMessage)),
        }
    }

    /// The one attempt at the check code.
    pub(crate) fn check(&mut self, typed: &str, cx: &mut Cx<'_>) -> Checked {
        let State::Open { cell, channel, unchecked, held } = &mut self.state else { return Checked::NoCode };
        match TypedCode::parse(typed) {
            None => Checked::NoCode,
            Some(typed) if channel.check_code().matches(&typed) => {
                *unchecked = false;
                cell.pace(Pace::Machine, cx);
                Checked::Right(held.take().map(|message| *message))
            }
            Some(_) => Checked::Wrong,
        }
    }

    /// Ends it: tells the other device `last`, if there is something to tell and the channel is open, and deletes the
    /// rendezvous. Then [`News::Left`] comes, unless [it is over](Self::is_over) at once.
    pub(crate) fn leave(&mut self, last: Option<&Message>, cx: &mut Cx<'_>) {
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Open { mut cell, mut channel, unchecked, .. } => {
                // What was written before may not have been read yet. A word in its place could not be opened, and
                // would look like an attack; a rendezvous that is gone says no more than that we are.
                let json = last.filter(|_| !unchecked && cell.is_our_turn());
                let json = json.map(|message| message.to_json(channel.payload().generation()));
                let version = cell.version().clone();
                let frame = json.and_then(|json| channel.seal(&json, version.as_str()).ok());
                cell.leave(frame, cx);
                State::Leaving { cell }
            }
            State::Shown { mut cell, .. } | State::Greeted { mut cell, .. } => {
                cell.leave(None, cx);
                State::Leaving { cell }
            }
            State::Leaving { cell } => State::Leaving { cell },
            State::Opening { .. } | State::Joining { .. } | State::Again { .. } | State::Over => State::Over,
        };
    }

    /// Nothing is left to do, and nothing is waited for.
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }
}

/// What the other device's last word means.
pub(crate) fn gave_up(message: &Message) -> Failure {
    use crate::qr::message::Reason;
    Failure::refused(match message {
        Message::Declined => Refusal::Declined,
        Message::Failure(Reason::UserCancelled) => Refusal::CancelledThere,
        Message::Failure(reason) => Refusal::OtherDevice(reason.as_str().to_owned()),
        Message::Protocols { .. }
        | Message::Protocol(_)
        | Message::ProtocolAccepted
        | Message::Success
        | Message::Secrets(_) => return misbehaved(Misbehaviour::UnexpectedMessage),
    })
}

fn join(payload: Box<QrPayload>, cx: &mut Cx<'_>) -> State {
    let place = match payload.form() {
        Form::V2024 { cell, .. } => Place::V2024 { url: cell.clone() },
        Form::V2025 { base_url, cell, .. } => Place::V2025 { base: base_url.base(), id: cell.clone() },
    };
    State::Joining { joining: Joining::start(place, cx), payload }
}

fn open(offering: &Offering, cx: &mut Cx<'_>) -> Opening {
    Opening::start(offering.generation, offering.base.clone(), offering.token.clone(), cx)
}

pub(crate) const fn misbehaved(misbehaviour: Misbehaviour) -> Failure {
    Failure { cause: Cause::Misbehaved { misbehaviour }, evidence: None }
}

pub(crate) const fn expired(what: Expiring) -> Failure {
    Failure { cause: Cause::Expired { what }, evidence: None }
}
