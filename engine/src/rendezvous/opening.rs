//! A cell is asked for, or one that another device has opened is read for the first time.

use std::time::Duration;

use url::Url;

use crate::cx::{Cx, Event, Wait};
use crate::exchange::Exchange;
use crate::failure::{Cause, Evidence, Failure, Misbehaviour};
use crate::http::{Answer, Call};
use crate::io::Time;
use crate::qr::Generation;
use crate::secret::Secret;

use super::api::{self, Created, Place, Read};
use super::cell::{Rendezvous, Turn};

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
