//! Writing to a cell until it is there, and leaving it.

use std::time::Duration;

use crate::cx::{Cx, Event};
use crate::exchange::answer;
use crate::failure::{Cause, Failure, Misbehaviour};

use super::api::{Version, Written};
use super::cell::{Happened, Leaving, Look, Looked, OVERDUE, QUICK, Rendezvous, State, Turn, is_beyond};

/// The longest pause before writing is tried again; the first time there is none.
const MAX_PAUSE: Duration = Duration::from_secs(2);
/// How often a server may call a version stale that it gives out itself.
const MAX_STALE: u8 = 3;
/// How long a last word is left to be read before the cell is deleted.
const LINGER: Duration = Duration::from_secs(3);

impl Rendezvous {
    /// What came of writing, or the pause before it is over.
    pub(super) fn put(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<Happened> {
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
                self.live(until, cx);
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
            // It was written by nobody, and cannot be any more.
            Err(failure) if sending.lost == 0 && is_beyond(&failure, self.until) => {
                Some(Happened::Failed(failure))
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
    pub(super) fn looked_beside(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<Happened> {
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

    pub(super) fn left(&mut self, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<Happened> {
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
