//! From what was typed to what the server offers, with evidence for each step.
//!
//! Client-server specification, "Server Discovery". At most two exchanges deep: the delegation, then everything
//! else side by side.
//!
//! ```text
//!   AskingWellKnown ──▶ AskingServer ──▶ found, or failed        an address that was typed needs no delegation
//! ```

mod answers;
mod asked;
mod typed;

use std::sync::Arc;

use statig::Outcome::{self, Handled, Super, Transition};
use statig::blocking::{self, IntoStateMachine};
use url::Url;

use crate::cx::{Cx, Event, Wait};
use crate::exchange::Exchange;
use crate::failure::{Cause, Failure, Outage, Refusal};
use crate::flow::{self, Flow, Shell};
use crate::http::{Answer, Call};
use crate::intent::{Intent, Offer, Offers};
use crate::io::{LOCATION, Time};
use crate::metadata::Metadata;
use crate::report::{Finding, Probe, ServerReport, Step};
use crate::uia::Uia;
use crate::view::{Screen, Task};

use self::asked::{Asked, PATIENCE};
pub(crate) use self::typed::Typed;

/// How often the delegation may redirect.
const MAX_HOPS: usize = 5;

/// How looking for a server ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    Found(Found),
    Cancelled,
    Failed(Failure),
}

/// What was found out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Found {
    pub(crate) report: Box<ServerReport>,
    /// The registration session that asking has opened.
    pub(crate) uia: Option<Arc<Uia>>,
    /// The authorization server, if it can be used.
    pub(crate) metadata: Option<Arc<Metadata>>,
    /// The user id that was typed instead of a server.
    pub(crate) user_id: Option<String>,
    /// An address was typed. It says nothing about the names of the users behind it.
    pub(crate) is_address: bool,
}

pub(crate) type Discovery = Shell<Machine>;

impl Discovery {
    pub(crate) fn start(input: &str, cx: &mut Cx<'_>) -> Result<Self, Refusal> {
        let typed = Typed::parse(input)?;
        Ok(Self::new(Machine { typed, steps: Vec::new() }, cx))
    }

    /// At the address of a homeserver, which is used as it is: nothing is delegated.
    pub(crate) fn of_base(base: &Url, cx: &mut Cx<'_>) -> Self {
        Self::new(Machine { typed: Typed::of_base(base), steps: Vec::new() }, cx)
    }
}

impl Flow for Discovery {
    fn each_wait(&self, each: &mut dyn FnMut(Wait)) {
        match self.state() {
            State::AskingWellKnown { exchange, .. } => each(exchange.wait()),
            State::AskingServer { asked } => asked.waits().for_each(each),
            State::New | State::Ended(_) => {}
        }
    }

    fn offers(&self) -> Offers {
        Offers::of(&[Offer::Cancel])
    }

    fn screen(&self) -> Screen {
        let server = self.machine().typed.server.clone();
        let (task, limited): (_, Option<(Time, &Failure)>) = match self.state() {
            State::New => (Task::FindServer, None),
            State::AskingWellKnown { exchange, .. } => (Task::FindServer, exchange.limited()),
            State::AskingServer { asked } => (Task::AskServer, asked.limited()),
            State::Ended(_) => (Task::AskServer, None),
        };
        match limited {
            Some((until, failure)) => Screen::Limited { server, task, until, failure: failure.clone() },
            None => Screen::Busy { server, task },
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Machine {
    typed: Typed,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum State {
    New,
    /// The delegation was asked for; it redirected `hops` times so far.
    AskingWellKnown {
        url: Url,
        exchange: Box<Exchange>,
        hops: usize,
    },
    /// Everything else was asked, side by side.
    AskingServer {
        asked: Box<Asked>,
    },
    Ended(Box<End>),
}

impl IntoStateMachine for Machine {
    type Event<'e> = Event<'e>;
    type Context<'c> = Cx<'c>;
    type State = State;
    type Superstate<'s> = ();

    fn initial() -> State {
        State::New
    }
}

impl flow::Machine for Machine {
    type End = End;

    fn end(state: &State) -> Option<End> {
        match state {
            State::Ended(end) => Some((**end).clone()),
            State::New | State::AskingWellKnown { .. } | State::AskingServer { .. } => None,
        }
    }
}

impl blocking::State<Machine> for State {
    fn call_handler(&mut self, machine: &mut Machine, event: &Event<'_>, cx: &mut Cx<'_>) -> Outcome<Self> {
        match (self, event) {
            (_, Event::Intent(Intent::Cancel)) => Transition(ended(End::Cancelled)),
            (Self::New, Event::Start) => Transition(match machine.typed.well_known.clone() {
                Some(url) => asking_well_known(url, 0, cx),
                None => machine.ask_server(None, cx),
            }),
            (Self::AskingWellKnown { url, exchange, hops }, Event::Reply(..) | Event::TimedOut(_)) => {
                machine.well_known(url, exchange, *hops, event, cx).map_or(Handled, Transition)
            }
            (Self::AskingServer { asked }, Event::Reply(id, _) | Event::TimedOut(id)) => {
                asked.hear(*id, event, cx);
                machine.heard(asked).map_or(Handled, |end| Transition(ended(end)))
            }
            (Self::New | Self::AskingWellKnown { .. } | Self::AskingServer { .. } | Self::Ended(_), _) => {
                Super
            }
        }
    }
}

fn ended(end: End) -> State {
    State::Ended(Box::new(end))
}

fn failed(failure: Failure) -> State {
    ended(End::Failed(failure))
}

fn asking_well_known(url: Url, hops: usize, cx: &mut Cx<'_>) -> State {
    let exchange = Exchange::new(Call::get(url.clone(), cx)).until(cx.now + PATIENCE);
    State::AskingWellKnown { url, exchange: Box::new(exchange), hops }
}

impl Machine {
    fn well_known(
        &mut self,
        url: &Url,
        exchange: &mut Exchange,
        hops: usize,
        event: &Event<'_>,
        cx: &mut Cx<'_>,
    ) -> Option<State> {
        let again = |cx: &mut Cx<'_>| Call::get(url.clone(), cx);
        let delegation = exchange.handle(event, cx, again, |answer, call| self.hop(answer, call, hops))?;
        Some(match delegation {
            Ok(Hop::On(url)) => asking_well_known(url, hops + 1, cx),
            Ok(Hop::Done(base)) => self.ask_server(base, cx),
            Err(Failure {
                cause: Cause::Unavailable { outage: Outage::ServerError(_) | Outage::NotTheServer, .. },
                evidence,
            }) => {
                let cause = Cause::Refused { refusal: Refusal::HomeserverUnclear };
                failed(Failure { cause, evidence })
            }
            Err(failure) => failed(failure),
        })
    }

    fn hop(&mut self, answer: &Answer<'_>, call: &Call, hops: usize) -> Result<Hop, Failure> {
        if let 301 | 302 | 303 | 307 | 308 = answer.status() {
            let target = answer.response.header(LOCATION).and_then(|to| call.url().join(to).ok());
            let target = target.filter(|to| hops < MAX_HOPS && to.scheme() == "https");
            let unclear = || answer.failure(Cause::Refused { refusal: Refusal::HomeserverUnclear });
            return target.map(Hop::On).ok_or_else(unclear);
        }
        let base = answers::well_known(answer)?;
        let finding = if base.is_some() { Finding::Present } else { Finding::Absent };
        let (evidence, left_out) = (answer.evidence(), Vec::new());
        self.steps.push(Step { probe: Probe::WellKnown, finding, evidence, left_out });
        Ok(Hop::Done(base))
    }

    fn ask_server(&mut self, delegated_to: Option<Url>, cx: &mut Cx<'_>) -> State {
        let delegated = delegated_to.is_some();
        let base = delegated_to.unwrap_or_else(|| self.typed.fallback.clone());
        State::AskingServer { asked: Box::new(Asked::start(base, delegated, cx)) }
    }

    /// The end, once there is nothing left to wait for.
    fn heard(&mut self, asked: &mut Asked) -> Option<End> {
        if let Some(failure) = asked.fatal() {
            return Some(End::Failed(failure));
        }
        if asked.waits().next().is_some() {
            return None;
        }
        // A server whose every offer is hidden by an outage has not said that it offers nothing.
        if let Some(outage) = asked.outage() {
            return Some(End::Failed(outage));
        }
        let Typed { server, user_id, is_address, .. } = self.typed.clone();
        let (metadata, uia) = (asked.metadata(), asked.uia());
        let report = Box::new(asked.report(server, std::mem::take(&mut self.steps)));
        Some(End::Found(Found { report, uia, metadata, user_id, is_address }))
    }
}

enum Hop {
    On(Url),
    Done(Option<Url>),
}
