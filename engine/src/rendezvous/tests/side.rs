//! A device at a cell.

use std::time::Duration;

use url::Url;

use crate::chance::{Chance, Seeds};
use crate::config::Config;
use crate::cx::{Cx, Event};
use crate::http::tests::config;
use crate::io::{Effect, EffectId, Lost, Reply, Request, Response, Time};
use crate::qr::Generation;

use super::super::cell::Turn;
use super::super::{Happened, Joining, NotOpened, Opening, Place, Received, Rendezvous};
use super::server::{Manners, Server};

pub(super) const START: Time = Time(1_700_000_000_000);

/// A side of a cell, with an engine's means around it.
pub(super) struct Side {
    pub(super) config: Config,
    pub(super) chance: Chance,
    pub(super) next_id: u64,
    pub(super) now: Time,
    pub(super) at: At,
    pub(super) open: Vec<(EffectId, Request)>,
    pub(super) heard: Vec<Received>,
    pub(super) sent: u32,
    pub(super) over: Option<Happened>,
}

pub(super) enum At {
    Opening(Opening),
    Joining(Joining),
    Open(Rendezvous),
    Nowhere(NotOpened),
}

impl Side {
    pub(super) fn begin(begin: impl FnOnce(&mut Cx<'_>) -> At) -> Self {
        let mut chance = Chance::new(&Seeds::new([1; 32], [2; 32]));
        let (config, mut next_id, mut effects) = (config(), 0, Vec::new());
        let (now, asked) = (START, &mut effects);
        let at = begin(&mut Cx {
            now,
            config: &config,
            chance: &mut chance,
            next_id: &mut next_id,
            effects: asked,
        });
        let mut this = Self {
            config,
            chance,
            next_id,
            now,
            at,
            open: Vec::new(),
            heard: Vec::new(),
            sent: 0,
            over: None,
        };
        this.take(effects);
        this
    }

    pub(super) fn opening(generation: Generation) -> Self {
        let base = Url::parse("https://hs.test/").unwrap();
        Self::begin(|cx| At::Opening(Opening::start(generation, base, None, cx)))
    }

    pub(super) fn joining(place: Place) -> Self {
        Self::begin(|cx| At::Joining(Joining::start(place, cx)))
    }

    pub(super) fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::Http { id, request } = effect else { panic!("it asks over HTTP alone") };
            self.open.push((id, request));
        }
        let mut held = Vec::new();
        self.each_wait(|id, _| held.push(id));
        self.open.retain(|(id, _)| held.contains(id));
    }

    pub(super) fn each_wait(&self, mut each: impl FnMut(EffectId, Time)) {
        match &self.at {
            At::Opening(opening) => each(opening.wait().id, opening.wait().until),
            At::Joining(joining) => each(joining.wait().id, joining.wait().until),
            At::Open(open) if self.over.is_none() => open.each_wait(&mut |wait| each(wait.id, wait.until)),
            At::Open(_) | At::Nowhere(_) => {}
        }
    }

    pub(super) fn with(&mut self, act: impl FnOnce(&mut At, &mut Cx<'_>) -> Option<Happened>) {
        let mut effects = Vec::new();
        let (now, chance, next_id) = (self.now, &mut self.chance, &mut self.next_id);
        let mut cx = Cx { now, config: &self.config, chance, next_id, effects: &mut effects };
        match act(&mut self.at, &mut cx) {
            Some(Happened::Received(received)) => self.heard.push(received),
            Some(Happened::Sent) => self.sent += 1,
            Some(happened @ (Happened::Gone | Happened::Failed(_) | Happened::Left)) => {
                self.over = Some(happened)
            }
            None => {}
        }
        self.take(effects);
    }

    pub(super) fn hear(&mut self, id: EffectId, event: &Event<'_>) {
        self.with(|at, cx| {
            let came = match at {
                At::Opening(opening) => opening.handle(event, cx),
                At::Joining(joining) => joining.handle(event, cx),
                At::Open(open) => return open.handle(id, event, cx),
                At::Nowhere(_) => None,
            };
            if let Some(came) = came {
                *at = came.map_or_else(At::Nowhere, At::Open);
            }
            None
        });
    }

    pub(super) fn reply(&mut self, id: EffectId, response: Response) {
        self.open.retain(|(open, _)| *open != id);
        self.hear(id, &Event::Reply(id, &Reply::Http(Ok(response))));
    }

    pub(super) fn lost(&mut self, id: EffectId) {
        self.open.retain(|(open, _)| *open != id);
        self.hear(id, &Event::Reply(id, &Reply::Http(Err(Lost::Broken))));
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        let mut deadline = None;
        self.each_wait(|_, until| {
            deadline = Some(deadline.map_or(until, |earliest: Time| earliest.min(until)))
        });
        deadline
    }

    pub(super) fn advance(&mut self, now: Time) {
        self.now = now;
        loop {
            let mut overdue = None;
            self.each_wait(|id, until| {
                if until <= now && overdue.is_none_or(|(_, earliest)| until < earliest) {
                    overdue = Some((id, until));
                }
            });
            let Some((id, _)) = overdue else { return };
            self.open.retain(|(open, _)| *open != id);
            self.hear(id, &Event::TimedOut(id));
        }
    }

    pub(super) fn cell(&mut self) -> &mut Rendezvous {
        match &mut self.at {
            At::Open(open) => open,
            At::Opening(_) | At::Joining(_) | At::Nowhere(_) => panic!("there is no cell"),
        }
    }

    pub(super) fn send(&mut self, data: &str) {
        self.with(|at, cx| {
            let At::Open(open) = at else { panic!("there is no cell") };
            open.send(data.into(), cx);
            None
        });
    }

    /// The only request that is open.
    pub(super) fn asked(&self) -> (EffectId, Request) {
        assert_eq!(self.open.len(), 1, "{:?}", self.open);
        self.open[0].clone()
    }
}

/// Both sides at an open cell.
pub(super) fn met(generation: Generation, manners: Manners) -> (Server, Side, Side) {
    let mut server = Server::new(generation, manners);
    let mut shower = Side::opening(generation);
    let (id, request) = shower.asked();
    let created = server.answer(&request, START);
    shower.reply(id, created);
    let place = shower.cell().place().clone();
    let mut scanner = Side::joining(place);
    let (id, request) = scanner.asked();
    let read = server.answer(&request, START);
    scanner.reply(id, read);
    assert_eq!((shower.cell().turn, scanner.cell().turn), (Turn::Theirs, Turn::Ours));
    (server, shower, scanner)
}

pub(super) const BOTH: [Generation; 2] = [Generation::V2024, Generation::V2025];

pub(super) fn all_manners() -> Vec<Manners> {
    let with = |n: u8| Manners { weak: n & 1 > 0, gzip: n & 2 > 0, charset: n & 4 > 0, undated: n & 8 > 0 };
    (0..16).map(with).collect()
}

/// Answers what is open, in order, until `done` or much time has passed.
pub(super) fn run(server: &mut Server, sides: &mut [&mut Side], mut done: impl FnMut(&[&mut Side]) -> bool) {
    let end = sides[0].now + Duration::from_secs(20);
    while !done(sides) {
        let now = sides.iter().filter_map(|side| side.deadline()).min().unwrap();
        assert!(now <= end, "nothing comes of it");
        let asked: Vec<(usize, EffectId, Request)> = sides
            .iter()
            .enumerate()
            .flat_map(|(at, side)| side.open.iter().map(move |(id, request)| (at, *id, request.clone())))
            .collect();
        if asked.is_empty() {
            sides.iter_mut().for_each(|side| side.advance(now));
        }
        for (at, id, request) in asked {
            let response = server.answer(&request, sides[at].now);
            sides[at].reply(id, response);
        }
    }
}
