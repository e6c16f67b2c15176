//! An open cell, from either side: looking at it, and what is found there.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cx::{Cx, Event, Wait};
use crate::exchange::answer;
use crate::failure::{Cause, Failure};
use crate::http::Call;
use crate::io::{EffectId, Time};

use super::api::{MAX_DATA, Place, Read, Version};

/// While a machine is next: before it is first looked again, and what that grows by with each look, in percent.
pub(super) const QUICK: Duration = Duration::from_millis(60);
const GROWTH: u32 = 120;
/// How exactly the end of a cell is told, in milliseconds.
const STEP: u64 = 2000;
/// While a person is next.
const SLOW: Duration = Duration::from_secs(1);
/// While they are at a page, what that grows by with each look, in percent, and what it grows to.
const PAGE_GROWTH: u32 = 110;
const SLOWEST: Duration = Duration::from_secs(3);
/// How long an answer to writing may take before the cell is looked at beside it.
pub(super) const OVERDUE: Duration = Duration::from_millis(400);

/// Whose turn it is to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Turn {
    Ours,
    Theirs,
}

/// Who is next: how often is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Pace {
    Machine,
    Person,
    /// A person who is at a page of the server, which takes as long as it takes.
    Page,
}

/// What came of something.
#[derive(Debug)]
pub(crate) enum Happened {
    /// What was to be sent is there: it is the other device's turn.
    Sent,
    Received(Received),
    /// It was deleted, its time has come, or the server has forgotten it.
    Gone,
    Failed(Failure),
    /// After [`Rendezvous::leave`]: there is nothing left to do.
    Left,
}

/// What the other device wrote, or somebody who knows the cell.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) data: Box<str>,
    /// Which version it may have been sealed for, the likeliest first (MSC4388, "associated data").
    pub(crate) sealed_for: Vec<Version>,
    pub(crate) order: Order,
}

/// Was it their turn?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    InTurn,
    /// Only a last word is in order.
    OutOfTurn,
    /// We were writing, and do not know whether that arrived: it is the answer to it, if it can be opened and is no last
    /// word.
    Unclear,
}

/// An open cell, from either side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Rendezvous {
    pub(super) place: Place,
    /// As it was last known.
    pub(super) version: Version,
    /// The one before.
    pub(super) previous: Option<Version>,
    pub(super) turn: Turn,
    pub(super) pace: Pace,
    pub(super) until: Time,
    /// Nothing is waited for after `until`.
    pub(super) end: Wait,
    pub(super) state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum State {
    Listening { look: Look, looks: u32 },
    Sending(Sending),
    Leaving(Leaving),
}

/// A request for the cell, or the pause before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Look {
    Asking(Call),
    Resting(Wait),
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Sending {
    pub(super) data: Box<str>,
    /// `None` while it depends on what the cell holds.
    pub(super) put: Option<Look>,
    pub(super) look: Look,
    pub(super) lost: u32,
    pub(super) stale: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Leaving {
    Telling(Call),
    /// The last word may be read meanwhile.
    Lingering(Wait),
    Deleting(Call),
}

/// What outlives the process of an open cell. Whoever has it can write to the cell.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SavedRendezvous {
    place: Place,
    version: Version,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Version>,
    turn: Turn,
    until: Time,
    /// What was to be sent, and may have arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sending: Option<Box<str>>,
}

impl SavedRendezvous {
    /// Until when it lives, as far as the server said.
    pub(crate) const fn until(&self) -> Time {
        self.until
    }
}

impl std::fmt::Debug for SavedRendezvous {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.place)
    }
}

/// Without what is sent: with the keys of the channel, it would say what is between two devices.
impl std::fmt::Debug for Sending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { data, put, look, lost, stale } = self;
        write!(f, "{} bytes, {put:?}, {look:?}, lost {lost}, stale {stale}", data.len())
    }
}

impl Look {
    const fn wait(&self) -> Wait {
        match self {
            Self::Asking(call) => call.wait,
            Self::Resting(wait) => *wait,
        }
    }
}

impl Rendezvous {
    pub(super) fn new(place: Place, version: Version, until: Time, turn: Turn, cx: &mut Cx<'_>) -> Self {
        let (end, look) = (cx.pause_until(until), Look::Resting(cx.pause(QUICK)));
        let state = State::Listening { look, looks: 0 };
        Self { place, version, previous: None, turn, pace: Pace::Person, until, end, state }
    }

    /// Goes on with what an earlier process had. What it was sending is sent again: the same bytes.
    pub(crate) fn resume(saved: SavedRendezvous, cx: &mut Cx<'_>) -> Self {
        let SavedRendezvous { place, version, previous, turn, until, sending } = saved;
        let mut this = Self { previous, ..Self::new(place, version, until, turn, cx) };
        if let Some(data) = sending {
            this.send(data, cx);
        }
        this
    }

    pub(crate) fn save(&self) -> SavedRendezvous {
        let sending = match &self.state {
            State::Sending(sending) => Some(sending.data.clone()),
            State::Listening { .. } | State::Leaving(_) => None,
        };
        SavedRendezvous {
            place: self.place.clone(),
            version: self.version.clone(),
            previous: self.previous.clone(),
            turn: self.turn,
            until: self.until,
            sending,
        }
    }

    /// Where it is, for whoever shows it as a code.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }

    /// As it was last known: what is sent next is sealed for this version.
    pub(crate) const fn version(&self) -> &Version {
        &self.version
    }

    /// What we wrote was answered, or we have written nothing yet.
    pub(crate) const fn is_our_turn(&self) -> bool {
        matches!((self.turn, &self.state), (Turn::Ours, State::Listening { .. }))
    }

    /// Until when it lives, as far as the server says.
    pub(crate) const fn until(&self) -> Time {
        self.until
    }

    pub(crate) fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        match &self.state {
            State::Listening { look, .. } => each(look.wait()),
            State::Sending(Sending { put, look, .. }) => {
                put.iter().for_each(|put| each(put.wait()));
                each(look.wait());
            }
            State::Leaving(leaving) => {
                each(match leaving {
                    Leaving::Telling(call) | Leaving::Deleting(call) => call.wait,
                    Leaving::Lingering(wait) => *wait,
                });
                return;
            }
        }
        each(self.end);
    }

    /// How often is looked from now on.
    pub(crate) fn pace(&mut self, pace: Pace, cx: &mut Cx<'_>) {
        let is_quicker = self.pace != Pace::Machine && pace == Pace::Machine;
        self.pace = pace;
        if is_quicker && let State::Listening { look: look @ Look::Resting(_), looks } = &mut self.state {
            (*look, *looks) = (Look::Resting(cx.pause(QUICK)), 0);
        }
    }

    /// Writes `data`, when it is our turn. Nothing is sent twice but the same bytes.
    pub(crate) fn send(&mut self, data: Box<str>, cx: &mut Cx<'_>) {
        debug_assert!(data.len() <= MAX_DATA, "longer than a cell");
        let put = Some(Look::Asking(self.place.put(&self.version, &data, cx)));
        let look = Look::Resting(cx.pause(OVERDUE));
        self.state = State::Sending(Sending { data, put, look, lost: 0, stale: 0 });
    }

    /// Leaves: tells the other device `last`, if there is something to tell, and deletes the cell. Best effort: nothing
    /// that goes wrong is told.
    pub(crate) fn leave(&mut self, last: Option<&str>, cx: &mut Cx<'_>) {
        self.state = State::Leaving(match last {
            Some(last) => Leaving::Telling(self.place.put(&self.version, last, cx)),
            None => Leaving::Deleting(self.place.delete(cx)),
        });
    }

    /// Takes in a reply or a timeout of one of its waits.
    pub(crate) fn handle(&mut self, id: EffectId, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<Happened> {
        match &mut self.state {
            State::Leaving(_) => self.left(event, cx),
            State::Listening { .. } | State::Sending(_) if id == self.end.id => Some(Happened::Gone),
            State::Listening { look: Look::Resting(_), looks } => {
                let looks = *looks + 1;
                let look = Look::Asking(self.place.get(Some(&self.version), cx));
                self.state = State::Listening { look, looks };
                None
            }
            State::Listening { look: Look::Asking(call), looks } => {
                let looks = *looks;
                let read = answer(call, event, cx.now).and_then(|answer| self.place.read(&answer, cx.now));
                if let Err(failure) = &read
                    && is_beyond(failure, self.until)
                {
                    return Some(Happened::Failed(failure.clone()));
                }
                match self.looked(read, cx) {
                    Looked::New(data, version) => Some(self.received(data, version, cx)),
                    Looked::Same => {
                        self.rest(looks, None, cx);
                        None
                    }
                    Looked::Later(at) => {
                        self.rest(looks, at, cx);
                        None
                    }
                    Looked::Over(happened) => Some(happened),
                }
            }
            State::Sending(sending) if sending.put.as_ref().is_some_and(|put| put.wait().id == id) => {
                self.put(event, cx)
            }
            State::Sending(_) => self.looked_beside(event, cx),
        }
    }

    /// What a look says, apart from how long the cell lives.
    pub(super) fn looked(&mut self, read: Result<Read, Failure>, cx: &mut Cx<'_>) -> Looked {
        let mut live = |until| self.live(until, cx);
        match read {
            Ok(Read::Same { until }) => {
                live(until);
                Looked::Same
            }
            Ok(Read::Now { data, version, until }) => {
                live(until);
                // An empty cell says nothing: in 2024, the first version is one.
                let is_same =
                    version == self.version || (data.is_empty() && matches!(self.place, Place::V2024 { .. }));
                if is_same { Looked::Same } else { Looked::New(data, version) }
            }
            Ok(Read::Gone) => Looked::Over(Happened::Gone),
            Err(Failure { cause: Cause::Unavailable { retry_at, .. }, .. }) => Looked::Later(retry_at),
            Err(failure) => Looked::Over(Happened::Failed(failure)),
        }
    }

    /// The cell lives until then. Servers tell it in seconds, so that a little more or less is the same.
    pub(super) fn live(&mut self, until: Option<Time>, cx: &mut Cx<'_>) {
        let is_another = |until: &Time| until.0.abs_diff(self.until.0) > STEP;
        if let Some(until) = until.filter(is_another) {
            (self.until, self.end) = (until, cx.pause_until(until));
        }
    }

    pub(super) fn received(&mut self, data: Box<str>, version: Version, cx: &mut Cx<'_>) -> Happened {
        let order = match (&self.state, self.turn) {
            (State::Sending(_), _) => Order::Unclear,
            (_, Turn::Ours) => Order::OutOfTurn,
            (_, Turn::Theirs) => Order::InTurn,
        };
        let known = std::mem::replace(&mut self.version, version);
        let sealed_for = [Some(known.clone()), self.previous.replace(known)].into_iter().flatten().collect();
        self.turn = Turn::Ours;
        self.rest(0, None, cx);
        Happened::Received(Received { data, sealed_for, order })
    }

    pub(super) fn rest(&mut self, looks: u32, at: Option<Time>, cx: &mut Cx<'_>) {
        let pause = match (self.pace, self.turn) {
            (Pace::Machine, Turn::Theirs) => grown(QUICK, GROWTH, looks).min(SLOW),
            (Pace::Page, _) => grown(SLOW, PAGE_GROWTH, looks).min(SLOWEST),
            (Pace::Person, _) | (Pace::Machine, Turn::Ours) => SLOW,
        };
        let at = (cx.now + pause).max(at.unwrap_or_default());
        self.state = State::Listening { look: Look::Resting(cx.pause_until(at)), looks };
    }
}

/// What a pause has become after so many looks.
fn grown(pause: Duration, percent: u32, looks: u32) -> Duration {
    (0..looks.min(16)).fold(pause, |pause, _| pause * percent / 100)
}

/// Whether the server wants to be asked no more for as long as the cell lives.
pub(super) fn is_beyond(failure: &Failure, until: Time) -> bool {
    matches!(failure.cause, Cause::Unavailable { retry_at: Some(at), .. } if at >= until)
}

/// What a look says.
pub(super) enum Looked {
    Same,
    New(Box<str>, Version),
    /// It says nothing; where the server wants patience, until then.
    Later(Option<Time>),
    Over(Happened),
}
