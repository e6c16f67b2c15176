//! A cell at a server, through which two devices pass messages in turn: MSC4388 (2025), and the rendezvous of MSC4108 as
//! of June 2024.
//!
//! ```text
//!   Opening ──▶ ┐                         ┌── send ──▶ Sending ──┐
//!   Joining ──▶ ┴─▶ Listening ────────────┘                      │ it is there
//!                    ▲   └─ Received: the other device wrote     │
//!                    └───────────────────────────────────────────┘        leave: Leaving ──▶ Left
//! ```
//!
//! It knows nothing of what the messages say. Nothing is sealed here, so what is sent again is the same bytes. What the
//! other device wrote is never overwritten unread.

mod api;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::cx::{Cx, Event, Wait};
use crate::exchange::{Exchange, answer};
use crate::failure::{Cause, Evidence, Failure, Misbehaviour};
use crate::http::{Answer, Call};
use crate::io::{EffectId, Time};
use crate::secret::Secret;

use self::api::{Created, Read, Written};
pub(crate) use self::api::{Generation, MAX_DATA, Place, Version};

/// While a machine is next: before it is first looked again, and what that grows by with each look, in percent.
const QUICK: Duration = Duration::from_millis(150);
const GROWTH: u32 = 130;
/// While a person is next.
const SLOW: Duration = Duration::from_secs(1);
/// How long an answer to writing may take before the cell is looked at beside it.
const OVERDUE: Duration = Duration::from_millis(400);
/// The longest pause before writing is tried again; the first time there is none.
const MAX_PAUSE: Duration = Duration::from_secs(2);
/// How often a server may call a version stale that it gives out itself.
const MAX_STALE: u8 = 3;
/// How long a last word is left to be read before the cell is deleted.
const LINGER: Duration = Duration::from_secs(3);
/// How often creating a cell may be sent elsewhere (MSC4108: once).
const MAX_REDIRECTS: u8 = 1;

/// Why there is no cell.
#[derive(Debug)]
pub(crate) enum NotOpened {
    /// The server has no such API.
    Absent(Box<Evidence>),
    /// The server lets us create none: nobody, or not without an access token that is good.
    Denied(Box<Evidence>),
    /// Another device has written already.
    InUse,
    /// The cell of the code is over.
    Gone,
    Failed(Failure),
}

/// A new cell is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Opening {
    generation: Generation,
    base: Url,
    token: Option<Secret<String>>,
    redirects: u8,
    exchange: Exchange,
}

impl Opening {
    /// Asks the server at `base`, by the access token if there is one.
    pub(crate) fn start(
        generation: Generation,
        base: Url,
        token: Option<Secret<String>>,
        cx: &mut Cx<'_>,
    ) -> Self {
        let exchange = Exchange::new(api::create(generation, &base, token.as_ref(), cx));
        Self { generation, base, token, redirects: 0, exchange }
    }

    pub(crate) const fn wait(&self) -> Wait {
        self.exchange.wait()
    }

    /// Until when the server wants patience, and how it said so.
    pub(crate) const fn limited(&self) -> Option<(Time, &Failure)> {
        self.exchange.limited()
    }

    /// Takes in a reply or a timeout of [`wait`](Self::wait). What came of it in the end: a cell, in which it is the other
    /// device's turn.
    pub(crate) fn handle(
        &mut self,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> Option<Result<Rendezvous, NotOpened>> {
        let (generation, now) = (self.generation, cx.now);
        let Self { base, token, exchange, .. } = self;
        let again = |cx: &mut Cx<'_>| api::create(generation, base, token.as_ref(), cx);
        let read = |answer: &Answer<'_>, _: &Call| {
            Ok((api::created(generation, answer, now)?, Box::new(answer.evidence())))
        };
        Some(match exchange.handle(event, cx, again, read)? {
            Ok((Created::Cell { place, version, until }, _)) => {
                Ok(Rendezvous::new(place, version, until, Turn::Theirs, cx))
            }
            Ok((Created::Elsewhere(url), _)) if self.redirects < MAX_REDIRECTS => {
                self.redirects += 1;
                let call = api::create_at(url, cx);
                self.exchange.repeat(call);
                return None;
            }
            Ok((Created::Elsewhere(_), evidence)) => {
                let misbehaviour = Misbehaviour::Redirect;
                let cause = Cause::Misbehaved { misbehaviour };
                Err(NotOpened::Failed(Failure { cause, evidence: Some(evidence) }))
            }
            Ok((Created::Absent, evidence)) => Err(NotOpened::Absent(evidence)),
            Ok((Created::Denied, evidence)) => Err(NotOpened::Denied(evidence)),
            Err(failure) => Err(NotOpened::Failed(failure)),
        })
    }
}

/// A cell that another device has opened is read for the first time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Joining {
    place: Place,
    exchange: Exchange,
}

impl Joining {
    pub(crate) fn start(place: Place, cx: &mut Cx<'_>) -> Self {
        let exchange = Exchange::new(place.get(None, cx));
        Self { place, exchange }
    }

    pub(crate) const fn wait(&self) -> Wait {
        self.exchange.wait()
    }

    /// Until when the server wants patience, and how it said so.
    pub(crate) const fn limited(&self) -> Option<(Time, &Failure)> {
        self.exchange.limited()
    }

    /// Takes in a reply or a timeout of [`wait`](Self::wait). What came of it in the end: a cell, in which it is our turn.
    pub(crate) fn handle(
        &mut self,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> Option<Result<Rendezvous, NotOpened>> {
        let (place, now) = (self.place.clone(), cx.now);
        let again = |cx: &mut Cx<'_>| place.get(None, cx);
        let read = self.exchange.handle(event, cx, again, |answer, _| place.read(answer, now))?;
        Some(match read {
            Ok(Read::Now { data, version, until }) if data.is_empty() => {
                // A cell that does not say how long it lives is given up by whoever is next.
                let until = until.unwrap_or(now + Duration::from_secs(60));
                Ok(Rendezvous::new(self.place.clone(), version, until, Turn::Ours, cx))
            }
            Ok(Read::Now { .. }) => Err(NotOpened::InUse),
            Ok(Read::Gone) => Err(NotOpened::Gone),
            // Nobody said which version is known.
            Ok(Read::Same { .. }) => Err(NotOpened::Gone),
            Err(failure) => Err(NotOpened::Failed(failure)),
        })
    }
}

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
    place: Place,
    /// As it was last known.
    version: Version,
    /// The one before.
    previous: Option<Version>,
    turn: Turn,
    pace: Pace,
    until: Time,
    /// Nothing is waited for after `until`.
    end: Wait,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    Listening { look: Look, looks: u32 },
    Sending(Sending),
    Leaving(Leaving),
}

/// A request for the cell, or the pause before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Look {
    Asking(Call),
    Resting(Wait),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Sending {
    data: Box<str>,
    /// `None` while it depends on what the cell holds.
    put: Option<Look>,
    look: Look,
    lost: u32,
    stale: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Leaving {
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

impl std::fmt::Debug for SavedRendezvous {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.place)
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
    fn new(place: Place, version: Version, until: Time, turn: Turn, cx: &mut Cx<'_>) -> Self {
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

    pub(crate) const fn turn(&self) -> Turn {
        self.turn
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
        let is_quicker = (self.pace, pace) == (Pace::Person, Pace::Machine);
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
    fn looked(&mut self, read: Result<Read, Failure>, cx: &mut Cx<'_>) -> Looked {
        let mut live = |until: Option<Time>| {
            if let Some(until) = until.filter(|until| *until != self.until) {
                (self.until, self.end) = (until, cx.pause_until(until));
            }
        };
        match read {
            Ok(Read::Same { until }) => {
                live(until);
                Looked::Same
            }
            Ok(Read::Now { data, version, until }) => {
                live(until);
                // An empty cell says nothing: in 2024, the first version is one.
                let is_same = version == self.version
                    || (data.is_empty() && matches!(self.place, Place::Of2024 { .. }));
                if is_same { Looked::Same } else { Looked::New(data, version) }
            }
            Ok(Read::Gone) => Looked::Over(Happened::Gone),
            Err(Failure { cause: Cause::Unavailable { retry_at, .. }, .. }) => Looked::Later(retry_at),
            Err(failure) => Looked::Over(Happened::Failed(failure)),
        }
    }

    fn received(&mut self, data: Box<str>, version: Version, cx: &mut Cx<'_>) -> Happened {
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

    fn rest(&mut self, looks: u32, at: Option<Time>, cx: &mut Cx<'_>) {
        let pause = match (self.pace, self.turn) {
            (Pace::Machine, Turn::Theirs) => {
                let grown = (0..looks.min(16)).fold(QUICK, |pause, _| pause * GROWTH / 100);
                grown.min(SLOW)
            }
            (Pace::Person, _) | (Pace::Machine, Turn::Ours) => SLOW,
        };
        let at = (cx.now + pause).max(at.unwrap_or_default());
        self.state = State::Listening { look: Look::Resting(cx.pause_until(at)), looks };
    }

    /// What came of writing, or the pause before it is over.
    fn put(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<Happened> {
        let State::Sending(sending) = &mut self.state else { return None };
        let call = match &sending.put {
            Some(Look::Asking(call)) => call,
            Some(Look::Resting(_)) | None => {
                sending.put = Some(Look::Asking(self.place.put(&self.version, &sending.data, cx)));
                return None;
            }
        };
        let written = answer(call, event, cx.now).and_then(|answer| self.place.written(&answer, cx.now));
        match written {
            Ok(Written::As { version, until }) => {
                if let Some(until) = until.filter(|until| *until != self.until) {
                    (self.until, self.end) = (until, cx.pause_until(until));
                }
                Some(self.sent(version, cx))
            }
            Ok(Written::Gone) => Some(Happened::Gone),
            Ok(Written::Stale) => {
                sending.stale += 1;
                sending.put = None;
                // What is there decides; a look that is under way may be older than that.
                sending.look = Look::Asking(self.place.get(None, cx));
                None
            }
            Err(Failure { cause: Cause::Unavailable { retry_at, .. }, .. }) => {
                let again = match (retry_at, sending.lost) {
                    (None, 0) => Look::Asking(self.place.put(&self.version, &sending.data, cx)),
                    (at, lost) => {
                        let pause = (OVERDUE * (1 << lost.min(6))).min(MAX_PAUSE);
                        Look::Resting(cx.pause_until((cx.now + pause).max(at.unwrap_or_default())))
                    }
                };
                sending.lost = sending.lost.saturating_add(1);
                sending.put = Some(again);
                None
            }
            Err(failure) => Some(Happened::Failed(failure)),
        }
    }

    fn sent(&mut self, version: Version, cx: &mut Cx<'_>) -> Happened {
        self.previous = Some(std::mem::replace(&mut self.version, version));
        self.turn = Turn::Theirs;
        self.rest(0, None, cx);
        Happened::Sent
    }

    /// What the cell holds while it is written to: did what we wrote arrive?
    fn looked_beside(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<Happened> {
        let State::Sending(sending) = &mut self.state else { return None };
        let call = match &sending.look {
            Look::Asking(call) => call,
            Look::Resting(_) => {
                sending.look = Look::Asking(self.place.get(Some(&self.version), cx));
                return None;
            }
        };
        let read = answer(call, event, cx.now).and_then(|answer| self.place.read(&answer, cx.now));
        let at = match self.looked(read, cx) {
            Looked::Over(happened) => return Some(happened),
            Looked::New(data, version) => {
                let State::Sending(sending) = &self.state else { return None };
                if sending.data == data {
                    return Some(self.sent(version, cx));
                }
                // Somebody else's. Ours may have been there before it, and this be the answer: whoever opens it knows.
                return Some(self.received(data, version, cx));
            }
            // Only what the cell holds decides.
            Looked::Later(at) => at,
            Looked::Same => {
                let State::Sending(sending) = &mut self.state else { return None };
                if sending.put.is_none() {
                    // It is stale, and yet what we know.
                    if sending.stale >= MAX_STALE {
                        let Look::Asking(call) = &sending.look else { return None };
                        let cause = Cause::Misbehaved { misbehaviour: Misbehaviour::NoProgress };
                        let evidence = Some(Box::new(call.evidence(cx.now)));
                        return Some(Happened::Failed(Failure { cause, evidence }));
                    }
                    sending.put = Some(Look::Resting(cx.pause(QUICK)));
                }
                None
            }
        };
        let State::Sending(sending) = &mut self.state else { return None };
        let at = (cx.now + 2 * OVERDUE).max(at.unwrap_or_default());
        sending.look = Look::Resting(cx.pause_until(at));
        None
    }

    fn left(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<Happened> {
        let State::Leaving(leaving) = &mut self.state else { return None };
        *leaving = match leaving {
            Leaving::Telling(call) => {
                let written =
                    answer(call, event, cx.now).and_then(|answer| self.place.written(&answer, cx.now));
                match written {
                    Ok(Written::As { .. }) => Leaving::Lingering(cx.pause(LINGER)),
                    Ok(Written::Gone) => return Some(Happened::Left),
                    // It may have arrived.
                    Err(_) => Leaving::Lingering(cx.pause(LINGER)),
                    // Nobody reads it.
                    Ok(Written::Stale) => Leaving::Deleting(self.place.delete(cx)),
                }
            }
            Leaving::Lingering(_) => Leaving::Deleting(self.place.delete(cx)),
            Leaving::Deleting(_) => return Some(Happened::Left),
        };
        None
    }
}

/// What a look says.
enum Looked {
    Same,
    New(Box<str>, Version),
    /// It says nothing; where the server wants patience, until then.
    Later(Option<Time>),
    Over(Happened),
}
