//! What follows what is heard of the rendezvous.

use url::Url;

use crate::cx::{Cx, Event};
use crate::failure::{Cause, Evidence, Expiring, Failure, Misbehaviour, Missing};
use crate::io::EffectId;
use crate::qr::channel::{Scanning, Showing};
use crate::qr::dialect::BoundUrl;
use crate::qr::message::Message;
use crate::qr::payload::Form;
use crate::qr::place::{BaseUrl, Homeserver};
use crate::qr::{Generation, Role};
use crate::rendezvous::{Happened, NotOpened, Order, Pace, Place, Received, Rendezvous};

use super::{AGAIN, News, Offering, RENEWALS, SecureChannel, State, TRIES, expired, join, misbehaved, open};

impl SecureChannel {
    /// Takes in a reply or a timeout of one of its waits.
    pub(crate) fn handle(&mut self, id: EffectId, event: &Event<'_>, cx: &mut Cx<'_>) -> Option<News> {
        match &mut self.state {
            State::Opening { opening } => match opening.handle(event, cx)? {
                Ok(cell) => self.opened(cell, cx),
                Err(no) => self.not_opened(no, cx),
            },
            State::Joining { joining, payload } => match joining.handle(event, cx)? {
                Ok(mut cell) => {
                    let (key, payload) = (cx.chance.secret_bytes(), (**payload).clone());
                    let version = cell.version().as_str().to_owned();
                    let Ok(scanning) = Scanning::new(key, payload, BoundUrl::default(), &version) else {
                        return Some(insecure());
                    };
                    cell.pace(Pace::Machine, cx);
                    cell.send(scanning.greeting().into(), cx);
                    self.state = State::Greeted { cell, scanning: Box::new(scanning) };
                    None
                }
                Err(no) => self.not_opened(no, cx),
            },
            State::Again { payload, .. } => {
                self.state = match payload.take() {
                    Some(payload) => join(payload, cx),
                    None => State::Opening { opening: open(self.offering.as_ref()?, cx) },
                };
                None
            }
            State::Shown { cell, showing } => match cell.handle(id, event, cx)? {
                Happened::Received(received) => {
                    let before = received.sealed_for.first().cloned();
                    let before = before.as_ref().map_or("", |version| version.as_str());
                    let Ok(channel) = showing.answer(&received.data, before, cell.version().as_str()) else {
                        return Some(insecure());
                    };
                    let mut cell = cell.clone();
                    cell.pace(Pace::Person, cx);
                    cell.send(channel.last_frame().into(), cx);
                    let channel = Box::new(channel);
                    self.state = State::Open { cell, channel, unchecked: true, held: None };
                    Some(News::Scanned)
                }
                Happened::Gone => self.renew(cx),
                Happened::Failed(failure) => Some(News::Over(failure)),
                Happened::Sent | Happened::Left => None,
            },
            State::Greeted { cell, scanning } => match cell.handle(id, event, cx)? {
                Happened::Received(received) => {
                    let mut versions = received.sealed_for.iter();
                    let established = versions
                        .find_map(|version| scanning.establish(&received.data, version.as_str()).ok());
                    let Some(channel) = established else { return Some(insecure()) };
                    let (cell, channel) = (cell.clone(), Box::new(channel));
                    self.state = State::Open { cell, channel, unchecked: false, held: None };
                    Some(News::Secure)
                }
                Happened::Gone => Some(News::Over(expired(Expiring::Rendezvous))),
                Happened::Failed(failure) => Some(News::Over(failure)),
                Happened::Sent | Happened::Left => None,
            },
            State::Open { cell, .. } => match cell.handle(id, event, cx)? {
                Happened::Received(received) => self.received(&received),
                Happened::Gone => Some(News::Over(expired(Expiring::Rendezvous))),
                Happened::Failed(failure) => Some(News::Over(failure)),
                Happened::Sent => Some(News::Sent),
                Happened::Left => None,
            },
            State::Leaving { cell } => {
                let _ = cell.handle(id, event, cx)?;
                self.state = State::Over;
                Some(News::Left)
            }
            State::Over => None,
        }
    }

    fn opened(&mut self, cell: Rendezvous, cx: &mut Cx<'_>) -> Option<News> {
        let offering = self.offering.as_ref()?;
        let form = match cell.place() {
            Place::V2024 { url } => {
                let homeserver = match offering.role {
                    Role::New => None,
                    Role::Existing => Some(Homeserver::Address(written(&offering.base)?)),
                };
                Form::V2024 { cell: url.clone(), homeserver }
            }
            Place::V2025 { id, .. } => Form::V2025 {
                shown_by: offering.role,
                base_url: written(&offering.base)?,
                cell: id.clone(),
                stable: false,
            },
        };
        let (key, nonce) = (cx.chance.secret_bytes(), cx.chance.secret_bytes());
        match Showing::new(key, nonce, form) {
            Some(showing) => {
                self.state = State::Shown { cell, showing: Box::new(showing) };
                Some(News::Shown)
            }
            None => Some(News::Over(misbehaved(Misbehaviour::InvalidField("url")))),
        }
    }

    fn not_opened(&mut self, no: NotOpened, cx: &mut Cx<'_>) -> Option<News> {
        let unsupported = |missing, evidence: Box<Evidence>| {
            News::Over(Failure { cause: Cause::Unsupported { missing }, evidence: Some(evidence) })
        };
        Some(match no {
            NotOpened::Absent(_) | NotOpened::Denied(_) if self.take_older() => {
                let opening = open(self.offering.as_ref()?, cx);
                self.state = State::Opening { opening };
                return None;
            }
            NotOpened::Absent(evidence) => unsupported(Missing::Rendezvous, evidence),
            NotOpened::Denied(evidence) => match self.offering.as_ref().map(|offering| offering.role) {
                Some(Role::New) => unsupported(Missing::OpenRendezvous, evidence),
                Some(Role::Existing) | None => unsupported(Missing::Rendezvous, evidence),
            },
            NotOpened::InUse => insecure(),
            NotOpened::Gone => News::Over(expired(Expiring::Rendezvous)),
            NotOpened::Failed(failure)
                if matches!(failure.cause, Cause::Unavailable { .. }) && self.tries < TRIES =>
            {
                self.tries += 1;
                let payload = match &self.state {
                    State::Joining { payload, .. } => Some(payload.clone()),
                    State::Opening { .. }
                    | State::Shown { .. }
                    | State::Again { .. }
                    | State::Greeted { .. }
                    | State::Open { .. }
                    | State::Leaving { .. }
                    | State::Over => None,
                };
                self.state = State::Again { pause: cx.pause(AGAIN), payload };
                return None;
            }
            NotOpened::Failed(failure) => News::Over(failure),
        })
    }

    /// Whether the server is to be asked for the generation before.
    fn take_older(&mut self) -> bool {
        match &mut self.offering {
            Some(offering @ Offering { generation: Generation::V2025, may_be_older: true, .. }) => {
                offering.generation = Generation::V2024;
                true
            }
            Some(_) | None => false,
        }
    }

    /// Nobody has scanned the code in time: there is another one, with another key.
    fn renew(&mut self, cx: &mut Cx<'_>) -> Option<News> {
        match &self.offering {
            Some(offering) if self.renewals < RENEWALS => {
                self.renewals += 1;
                self.state = State::Opening { opening: open(offering, cx) };
                None
            }
            Some(_) | None => Some(News::Over(expired(Expiring::Rendezvous))),
        }
    }

    fn received(&mut self, received: &Received) -> Option<News> {
        let State::Open { channel, unchecked, held, .. } = &mut self.state else { return None };
        let mut versions = received.sealed_for.iter();
        let opened = versions.find_map(|version| channel.open(&received.data, version.as_str()).ok());
        let Some(opened) = opened else {
            // What does not open out of turn may be the end of a message that nobody has read, and never will.
            return Some(match received.order {
                Order::InTurn => insecure(),
                Order::OutOfTurn | Order::Unclear => News::Over(expired(Expiring::OtherDevice)),
            });
        };
        let Ok(message) = Message::from_json(&opened, channel.payload().generation()) else {
            return Some(News::Over(misbehaved(Misbehaviour::UnexpectedMessage)));
        };
        let is_last = matches!(message, Message::Failure(_) | Message::Declined);
        match () {
            () if is_last => Some(News::Heard(message)),
            () if received.order == Order::OutOfTurn => {
                Some(News::Over(misbehaved(Misbehaviour::UnexpectedMessage)))
            }
            () if *unchecked => {
                *held = Some(Box::new(message));
                None
            }
            () => Some(News::Heard(message)),
        }
    }
}

fn written(base: &Url) -> Option<BaseUrl> {
    BaseUrl::write(base).ok()
}

const fn insecure() -> News {
    News::Over(misbehaved(Misbehaviour::InsecureChannel))
}
