//! What every flow does alike about an answer that does not come, or says "later".

use crate::cx::{Cx, Event, Wait};
use crate::failure::{Cause, Failure, Outage};
use crate::http::{Answer, Call};
use crate::io::{Reply, StorageProblem, Time};

/// How often in a row a server may ask for patience before the user is asked.
const MAX_RATE_LIMITS: u32 = 20;

/// What came of `call`, which `event` answers: an answer that can be read, or why there is none.
pub(crate) fn answer<'r>(call: &Call, event: &Event<'r>, now: Time) -> Result<Answer<'r>, Failure> {
    match event {
        Event::Reply(_, reply) => call.answer(reply, now),
        Event::Start | Event::Intent(_) | Event::TimedOut(_) | Event::Callback(_) => Err(call.timed_out(now)),
    }
}

/// Why `event`, which answers a request to store or to erase, is no success.
pub(crate) fn not_stored(event: &Event<'_>) -> Failure {
    match event {
        Event::Reply(_, Reply::Stored(Err(problem))) => Failure::storage(*problem),
        Event::TimedOut(_) => {
            Failure { cause: Cause::Unavailable { outage: Outage::TimedOut, retry_at: None }, evidence: None }
        }
        Event::Reply(..) | Event::Start | Event::Intent(_) | Event::Callback(_) => {
            Failure::storage(StorageProblem::Other)
        }
    }
}

/// How often in a row the server has asked for patience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct RateLimits(u32);

impl RateLimits {
    /// When to ask again; `None` if `failure` is no rate limit, or they have come too often.
    pub(crate) fn again_at(&mut self, failure: &Failure) -> Option<Time> {
        let at = failure.rate_limited_until()?;
        self.0 += 1;
        (self.0 <= MAX_RATE_LIMITS).then_some(at)
    }
}

/// A request that is sent again as often as the server asks for patience.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Exchange {
    state: State,
    limits: RateLimits,
    /// Until when the server may ask for patience; for as long as it likes, if there is no such time.
    patient_until: Option<Time>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    Asking { call: Call },
    Limited { pause: Wait, failure: Failure },
}

impl Exchange {
    pub(crate) fn new(call: Call) -> Self {
        Self { state: State::Asking { call }, limits: RateLimits::default(), patient_until: None }
    }

    /// The same, not sent again after `until`.
    pub(crate) fn until(self, until: Time) -> Self {
        Self { patient_until: Some(until), ..self }
    }

    /// The same exchange, begun anew.
    pub(crate) fn repeat(&mut self, call: Call) {
        self.state = State::Asking { call };
    }

    pub(crate) const fn wait(&self) -> Wait {
        match &self.state {
            State::Asking { call } => call.wait,
            State::Limited { pause, .. } => *pause,
        }
    }

    /// The request that is on its way.
    pub(crate) const fn call(&self) -> Option<&Call> {
        match &self.state {
            State::Asking { call } => Some(call),
            State::Limited { .. } => None,
        }
    }

    /// Until when the server wants patience, and how it said so.
    pub(crate) const fn limited(&self) -> Option<(Time, &Failure)> {
        match &self.state {
            State::Limited { pause, failure } => Some((pause.until, failure)),
            State::Asking { .. } => None,
        }
    }

    /// Takes in a reply or a timeout. Gives what came of it in the end; `send` repeats the request.
    pub(crate) fn handle<T>(
        &mut self,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
        send: impl FnOnce(&mut Cx<'_>) -> Call,
        read: impl FnOnce(&Answer<'_>, &Call) -> Result<T, Failure>,
    ) -> Option<Result<T, Failure>> {
        let call = match &self.state {
            State::Asking { call } => call,
            State::Limited { .. } => {
                self.state = State::Asking { call: send(cx) };
                return None;
            }
        };
        let result = answer(call, event, cx.now).and_then(|answer| read(&answer, call));
        let Err(failure) = result else { return Some(result) };
        let again_at = self.limits.again_at(&failure);
        match again_at.filter(|at| self.patient_until.is_none_or(|until| *at <= until)) {
            Some(at) => {
                self.state = State::Limited { pause: cx.pause_until(at), failure };
                None
            }
            None => Some(Err(failure)),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
