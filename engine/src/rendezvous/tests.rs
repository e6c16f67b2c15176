//! Two devices at one cell, and everything that can go wrong between them.

use std::collections::VecDeque;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use crate::chance::{Chance, Seeds};
use crate::config::Config;
use crate::cx::{Cx, Event};
use crate::failure::{Cause, Outage};
use crate::http::tests::{config, response};
use crate::io::{Effect, EffectId, Lost, Method, Reply, Request, Response, Time};

use super::{
    Generation, Happened, Joining, NotOpened, Opening, Order, Pace, Place, Received, Rendezvous, Turn,
};

const START: Time = Time(1_700_000_000_000);
const LIFE: Duration = Duration::from_secs(120);

/// How a proxy treats entity tags, and how a server answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Manners {
    weak: bool,
    gzip: bool,
    charset: bool,
    undated: bool,
}

/// A server with one cell, by the digest of the two APIs.
struct Server {
    generation: Generation,
    manners: Manners,
    cell: Option<Cell>,
}

struct Cell {
    data: String,
    version: u32,
    /// Every text that was ever there.
    history: Vec<String>,
    until: Time,
}

impl Server {
    fn new(generation: Generation, manners: Manners) -> Self {
        Self { generation, manners, cell: None }
    }

    fn etag(&self, status: u16, version: u32) -> String {
        let opaque = if self.manners.gzip && status == 200 {
            format!("e{version}-gzip")
        } else {
            format!("e{version}")
        };
        // As nginx does: what has no body keeps the strong form.
        let is_weak = self.manners.weak && status != 202;
        format!("{}\"{opaque}\"", if is_weak { "W/" } else { "" })
    }

    fn answer(&mut self, request: &Request, now: Time) -> Response {
        let is_over = self.cell.as_ref().is_some_and(|cell| cell.until <= now);
        if is_over {
            self.cell = None;
        }
        match self.generation {
            Generation::Of2024 => self.answer_2024(request, now),
            Generation::Of2025 => self.answer_2025(request, now),
        }
    }

    fn answer_2024(&mut self, request: &Request, now: Time) -> Response {
        let header = |name: &str| {
            request.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.expose().clone())
        };
        let sent = String::from_utf8(request.body.expose().clone()).unwrap();
        let gone = || http(404, &[], r#"{"errcode":"M_NOT_FOUND"}"#);
        let (status, body) = match (request.method, &mut self.cell) {
            (Method::Post, cell) => {
                assert_eq!((header("content-type").as_deref(), sent.as_str()), (Some("text/plain"), ""));
                *cell =
                    Some(Cell { data: String::new(), version: 0, history: Vec::new(), until: now + LIFE });
                (201, r#"{"url":"https://hs.test/_synapse/client/rendezvous/MARKER"}"#.to_owned())
            }
            (_, None) => return gone(),
            (Method::Get, Some(cell)) => {
                assert_eq!(header("accept-encoding").as_deref(), Some("identity"));
                let known = header("if-none-match");
                let is_same = known.is_some_and(|known| known == format!("\"e{}\"", cell.version));
                if is_same { (304, String::new()) } else { (200, cell.data.clone()) }
            }
            (Method::Put, Some(cell)) => {
                assert_eq!(header("content-type").as_deref(), Some("text/plain"));
                if header("if-match").unwrap() == format!("\"e{}\"", cell.version) {
                    cell.write(sent);
                    (202, String::new())
                } else {
                    (412, r#"{"errcode":"M_UNKNOWN"}"#.to_owned())
                }
            }
            (Method::Delete, cell) => {
                *cell = None;
                return http(204, &[], "");
            }
            (Method::Options, _) => unreachable!(),
        };
        let Some(cell) = &self.cell else { return gone() };
        let etag = self.etag(status, cell.version);
        let date = |at: Time| httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_millis(at.0));
        // A server whose clock is an hour ahead.
        let ahead = Duration::from_secs(3600);
        let (date, expires) = (date(now + ahead), date(cell.until + ahead));
        let kind = if self.manners.charset { "text/plain; charset=utf-8" } else { "text/plain" };
        let kind = if status == 201 { "application/json" } else { kind };
        let mut headers = vec![("etag", etag.as_str()), ("content-type", kind)];
        if !self.manners.undated {
            headers.extend([("date", date.as_str()), ("expires", expires.as_str())]);
        }
        http(status, &headers, &body)
    }

    fn answer_2025(&mut self, request: &Request, now: Time) -> Response {
        let sent: Value = serde_json::from_slice(request.body.expose()).unwrap_or_default();
        let gone = || http(404, &[], r#"{"errcode":"M_NOT_FOUND"}"#);
        let token = |version: u32| format!("t{version}");
        match (request.method, &mut self.cell) {
            (Method::Post, cell) => {
                assert_eq!(sent, json!({ "data": "" }));
                *cell =
                    Some(Cell { data: String::new(), version: 0, history: Vec::new(), until: now + LIFE });
                let life = LIFE.as_millis() as u64;
                let body = json!({ "id": "MARKER", "sequence_token": token(0), "expires_in_ms": life });
                http(200, &[], &body.to_string())
            }
            (_, None) => gone(),
            (Method::Get, Some(cell)) => {
                let life = now.until(cell.until).as_millis() as u64;
                let body = json!({ "data": cell.data, "sequence_token": token(cell.version), "expires_in_ms": life });
                http(200, &[], &body.to_string())
            }
            (Method::Put, Some(cell)) => {
                let (known, data) =
                    (sent["sequence_token"].as_str().unwrap(), sent["data"].as_str().unwrap());
                let is_repeated = cell.version > 0 && known == token(cell.version - 1) && cell.data == data;
                if known == token(cell.version) {
                    cell.write(data.to_owned());
                } else if !is_repeated {
                    return http(409, &[], r#"{"errcode":"IO_ELEMENT_MSC4388_CONCURRENT_WRITE"}"#);
                }
                http(200, &[], &json!({ "sequence_token": token(cell.version) }).to_string())
            }
            (Method::Delete, cell) => {
                *cell = None;
                http(200, &[], "null")
            }
            (Method::Options, _) => unreachable!(),
        }
    }
}

impl Cell {
    fn write(&mut self, data: String) {
        self.history.push(data.clone());
        self.data = data;
        self.version += 1;
    }
}

fn http(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let Reply::Http(Ok(response)) = response(status, headers, body) else { unreachable!() };
    response
}

/// A side of a cell, with an engine's means around it.
struct Side {
    config: Config,
    chance: Chance,
    next_id: u64,
    now: Time,
    at: At,
    open: Vec<(EffectId, Request)>,
    heard: Vec<Received>,
    sent: u32,
    over: Option<Happened>,
}

enum At {
    Opening(Opening),
    Joining(Joining),
    Open(Rendezvous),
    Nowhere(NotOpened),
}

impl Side {
    fn begin(begin: impl FnOnce(&mut Cx<'_>) -> At) -> Self {
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

    fn opening(generation: Generation) -> Self {
        let base = Url::parse("https://hs.test/").unwrap();
        Self::begin(|cx| At::Opening(Opening::start(generation, base, None, cx)))
    }

    fn joining(place: Place) -> Self {
        Self::begin(|cx| At::Joining(Joining::start(place, cx)))
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::Http { id, request } = effect else { panic!("it asks over HTTP alone") };
            self.open.push((id, request));
        }
        let mut held = Vec::new();
        self.each_wait(|id, _| held.push(id));
        self.open.retain(|(id, _)| held.contains(id));
    }

    fn each_wait(&self, mut each: impl FnMut(EffectId, Time)) {
        match &self.at {
            At::Opening(opening) => each(opening.wait().id, opening.wait().until),
            At::Joining(joining) => each(joining.wait().id, joining.wait().until),
            At::Open(open) if self.over.is_none() => open.each_wait(&mut |wait| each(wait.id, wait.until)),
            At::Open(_) | At::Nowhere(_) => {}
        }
    }

    fn with(&mut self, act: impl FnOnce(&mut At, &mut Cx<'_>) -> Option<Happened>) {
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

    fn hear(&mut self, id: EffectId, event: &Event<'_>) {
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

    fn reply(&mut self, id: EffectId, response: Response) {
        self.open.retain(|(open, _)| *open != id);
        self.hear(id, &Event::Reply(id, &Reply::Http(Ok(response))));
    }

    fn lost(&mut self, id: EffectId) {
        self.open.retain(|(open, _)| *open != id);
        self.hear(id, &Event::Reply(id, &Reply::Http(Err(Lost::Broken))));
    }

    fn deadline(&self) -> Option<Time> {
        let mut deadline = None;
        self.each_wait(|_, until| {
            deadline = Some(deadline.map_or(until, |earliest: Time| earliest.min(until)))
        });
        deadline
    }

    fn advance(&mut self, now: Time) {
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

    fn cell(&mut self) -> &mut Rendezvous {
        match &mut self.at {
            At::Open(open) => open,
            At::Opening(_) | At::Joining(_) | At::Nowhere(_) => panic!("there is no cell"),
        }
    }

    fn send(&mut self, data: &str) {
        self.with(|at, cx| {
            let At::Open(open) = at else { panic!("there is no cell") };
            open.send(data.into(), cx);
            None
        });
    }

    /// The only request that is open.
    fn asked(&self) -> (EffectId, Request) {
        assert_eq!(self.open.len(), 1, "{:?}", self.open);
        self.open[0].clone()
    }
}

/// Both sides at an open cell.
fn met(generation: Generation, manners: Manners) -> (Server, Side, Side) {
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
    assert_eq!((shower.cell().turn(), scanner.cell().turn()), (Turn::Theirs, Turn::Ours));
    (server, shower, scanner)
}

const BOTH: [Generation; 2] = [Generation::Of2024, Generation::Of2025];

fn all_manners() -> Vec<Manners> {
    let with = |n: u8| Manners { weak: n & 1 > 0, gzip: n & 2 > 0, charset: n & 4 > 0, undated: n & 8 > 0 };
    (0..16).map(with).collect()
}

/// Answers what is open, in order, until `done` or much time has passed.
fn run(server: &mut Server, sides: &mut [&mut Side], mut done: impl FnMut(&[&mut Side]) -> bool) {
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

#[test]
fn messages_pass_in_turn_through_any_proxy_that_keeps_entity_tags() {
    // Edge cases 134 and 135.
    for generation in BOTH {
        for manners in all_manners() {
            let (mut server, mut shower, mut scanner) = met(generation, manners);
            for round in 0..3 {
                scanner.send(&format!("s{round}"));
                run(&mut server, &mut [&mut scanner, &mut shower], |sides| sides[1].heard.len() == round + 1);
                shower.send(&format!("g{round}"));
                run(&mut server, &mut [&mut scanner, &mut shower], |sides| sides[0].heard.len() == round + 1);
            }
            let said = |side: &Side| {
                side.heard.iter().map(|heard| (heard.data.to_string(), heard.order)).collect::<Vec<_>>()
            };
            let told = |who| (0..3).map(|round| (format!("{who}{round}"), Order::InTurn)).collect::<Vec<_>>();
            assert_eq!((said(&shower), said(&scanner)), (told('s'), told('g')), "{generation:?} {manners:?}");
        }
    }
}

#[test]
fn what_is_received_was_sealed_for_the_version_that_was_known() {
    let (mut server, mut shower, mut scanner) = met(Generation::Of2025, Manners::default());
    let sealed_for = scanner.cell().version().clone();
    scanner.send("initiate");
    run(&mut server, &mut [&mut scanner, &mut shower], |sides| !sides[1].heard.is_empty());
    assert_eq!(shower.heard[0].sealed_for[0], sealed_for);
    let sealed_for = shower.cell().version().clone();
    shower.send("ok");
    run(&mut server, &mut [&mut scanner, &mut shower], |sides| !sides[0].heard.is_empty());
    assert_eq!(scanner.heard[0].sealed_for[0], sealed_for);
}

/// Edge cases 117 and 118: the same bytes again, at once; and it is there once.
#[test]
fn writing_whose_answer_is_lost_is_repeated_with_the_same_bytes() {
    for generation in BOTH {
        for manners in all_manners() {
            for arrives in [true, false] {
                let (mut server, mut shower, mut scanner) = met(generation, manners);
                scanner.send("hello");
                let (id, first) = scanner.asked();
                if arrives {
                    server.answer(&first, START);
                }
                scanner.lost(id);
                let (_, second) = scanner.asked();
                assert_eq!(first.body, second.body);
                run(&mut server, &mut [&mut scanner, &mut shower], |sides| !sides[1].heard.is_empty());
                run(&mut server, &mut [&mut scanner, &mut shower], |sides| sides[0].sent == 1);
                assert_eq!(server.cell.as_ref().unwrap().history, ["hello"], "{generation:?} {manners:?}");
            }
        }
    }
}

/// While the answer is overdue, the cell says that it arrived.
#[test]
fn writing_that_is_not_answered_is_seen_in_the_cell() {
    for generation in BOTH {
        let (mut server, _, mut scanner) = met(generation, Manners::default());
        scanner.send("hello");
        let (_, put) = scanner.asked();
        server.answer(&put, START);
        scanner.advance(START + Duration::from_millis(500));
        let (id, get) = scanner.open.last().cloned().unwrap();
        assert_eq!((scanner.open.len(), get.method), (2, Method::Get));
        let seen = server.answer(&get, scanner.now);
        scanner.reply(id, seen);
        assert_eq!((scanner.sent, scanner.open.len(), scanner.cell().turn()), (1, 0, Turn::Theirs));
    }
}

/// Edge case 119.
#[test]
fn what_somebody_else_wrote_is_read_and_never_overwritten() {
    for generation in BOTH {
        let (mut server, mut shower, mut scanner) = met(generation, Manners::default());
        server.cell.as_mut().unwrap().write("stranger".to_owned());
        scanner.send("hello");
        run(&mut server, &mut [&mut scanner], |sides| !sides[0].heard.is_empty());
        assert_eq!((&*scanner.heard[0].data, scanner.heard[0].order), ("stranger", Order::Unclear));
        assert_eq!(server.cell.as_ref().unwrap().history, ["stranger"]);
        // And where it was not our turn.
        run(&mut server, &mut [&mut shower], |sides| !sides[0].heard.is_empty());
        server.cell.as_mut().unwrap().write("last word".to_owned());
        run(&mut server, &mut [&mut shower], |sides| sides[0].heard.len() == 2);
        let last = &shower.heard[1];
        assert_eq!((&*last.data, last.order, last.sealed_for.len()), ("last word", Order::OutOfTurn, 2));
    }
}

/// Edge case 123.
#[test]
fn the_same_version_with_other_data_is_no_message() {
    let (mut server, mut shower, _) = met(Generation::Of2025, Manners::default());
    server.cell.as_mut().unwrap().data = "forged".to_owned();
    for _ in 0..10 {
        let now = shower.deadline().unwrap();
        shower.advance(now);
        for (id, request) in shower.open.clone() {
            let read = server.answer(&request, now);
            shower.reply(id, read);
        }
    }
    assert!(shower.heard.is_empty() && shower.over.is_none());
}

/// Edge cases 114, 120 and 137: 404 is the end of the cell, and nothing else is.
#[test]
fn a_cell_is_over_by_404_and_by_its_time_alone() {
    for generation in BOTH {
        let (mut server, mut shower, _) = met(generation, Manners::default());
        let until = shower.cell().until();
        assert!(until.0.abs_diff((START + LIFE).0) < 1000, "{until:?}");
        let outages = [
            http(500, &[], ""),
            http(502, &[("content-type", "text/html")], "<html>"),
            http(404, &[], "<html>"),
        ];
        for outage in outages.into_iter().chain([http(429, &[("retry-after", "2")], "{}")]) {
            let now = shower.deadline().unwrap();
            shower.advance(now);
            let (id, _) = shower.asked();
            shower.reply(id, outage);
            assert!(shower.over.is_none());
        }
        assert!(shower.deadline().unwrap() >= shower.now + Duration::from_secs(2), "429 is obeyed");
        server.cell = None;
        let now = shower.deadline().unwrap();
        shower.advance(now);
        let (id, request) = shower.asked();
        let gone = server.answer(&request, now);
        shower.reply(id, gone);
        assert!(matches!(shower.over, Some(Happened::Gone)));

        let (_, mut shower, _) = met(generation, Manners::default());
        shower.advance(until + Duration::from_secs(1));
        assert!(matches!(shower.over, Some(Happened::Gone)), "{:?}", shower.over);
    }
}

/// Edge case 131.
#[test]
fn how_long_a_cell_lives_is_believed_as_far_as_it_can_be() {
    let life = |ms: Value| {
        let mut shower = Side::opening(Generation::Of2025);
        let (id, _) = shower.asked();
        let body = json!({ "id": "a", "sequence_token": "t", "expires_in_ms": ms });
        shower.reply(id, http(200, &[], &body.to_string()));
        match &shower.at {
            At::Open(open) => Some(START.until(open.until())),
            At::Opening(_) | At::Joining(_) | At::Nowhere(_) => None,
        }
    };
    assert_eq!(life(json!(120_000)), Some(LIFE));
    assert_eq!(life(json!(-1)), Some(Duration::ZERO));
    assert_eq!(life(json!(1e18)), Some(Duration::from_secs(3600)));
    assert_eq!(life(Value::Null), None);
}

/// Edge cases 107, 124 and 125.
#[test]
fn ids_and_versions_that_cannot_be_used_are_refused() {
    let open = |id: &str, token: &str| {
        let mut shower = Side::opening(Generation::Of2025);
        let (effect, _) = shower.asked();
        let body = json!({ "id": id, "sequence_token": token, "expires_in_ms": 1000 });
        shower.reply(effect, http(200, &[], &body.to_string()));
        matches!(shower.at, At::Open(_))
    };
    assert!(open("01HX9K00Q1H6KPD47EG4G1T3XG", "a=b="));
    for id in ["", "a/b", "..", ".", "a?b", "ä", "a b", &"x".repeat(256)] {
        assert!(!open(id, "t"), "{id}");
    }
    assert!(!open("a", "") && !open("a", &"t".repeat(256)) && open("a", &"t".repeat(255)));
}

/// Edge cases 126 and 132, and the servers that have none.
#[test]
fn why_there_is_no_cell_is_told_apart() {
    for generation in BOTH {
        let opened = |answer: Response| {
            let mut shower = Side::opening(generation);
            let (id, _) = shower.asked();
            shower.reply(id, answer);
            shower.at
        };
        let code = |code: &str| json!({ "errcode": code }).to_string();
        assert!(matches!(opened(http(404, &[], &code("M_UNRECOGNIZED"))), At::Nowhere(NotOpened::Absent(_))));
        assert!(matches!(
            opened(http(401, &[], &code("M_MISSING_TOKEN"))),
            At::Nowhere(NotOpened::Denied(_))
        ));
        assert!(matches!(opened(http(403, &[], &code("M_FORBIDDEN"))), At::Nowhere(NotOpened::Denied(_))));
        let At::Nowhere(NotOpened::Failed(failure)) = opened(http(404, &[], "<html>")) else { panic!() };
        assert!(matches!(failure.cause, Cause::Unavailable { outage: Outage::NotTheServer, .. }));
        let (server, _, _) = met(generation, Manners::default());
        let place = match generation {
            Generation::Of2024 => Place::Of2024 { url: "https://hs.test/x".parse().unwrap() },
            Generation::Of2025 => Place::Of2025 { base: "https://hs.test/".parse().unwrap(), id: "x".into() },
        };
        let joined = |change: fn(&mut Server)| {
            let mut server = Server { cell: None, ..server_like(&server) };
            let mut first = Side::opening(generation);
            let (id, request) = first.asked();
            let created = server.answer(&request, START);
            first.reply(id, created);
            change(&mut server);
            let mut side = Side::joining(place.clone());
            let (id, request) = side.asked();
            let read = server.answer(&request, START);
            side.reply(id, read);
            side.at
        };
        assert!(matches!(joined(|_| ()), At::Open(_)));
        let written = joined(|server| server.cell.as_mut().unwrap().write("x".to_owned()));
        assert!(matches!(written, At::Nowhere(NotOpened::InUse)));
        assert!(matches!(joined(|server| server.cell = None), At::Nowhere(NotOpened::Gone)));
    }
}

fn server_like(server: &Server) -> Server {
    Server::new(server.generation, server.manners)
}

/// Edge case 133.
#[test]
fn creating_is_sent_elsewhere_once() {
    let moved = |to: &str| http(307, &[("location", to)], "");
    let mut shower = Side::opening(Generation::Of2024);
    let (id, first) = shower.asked();
    shower.reply(id, moved("https://other.test/rz"));
    let (id, second) = shower.asked();
    assert_eq!(
        (second.url.as_str(), second.method, &second.body),
        ("https://other.test/rz", first.method, &first.body)
    );
    shower.reply(id, moved("https://third.test/rz"));
    assert!(matches!(shower.at, At::Nowhere(NotOpened::Failed(_))));
    for to in ["http://other.test/rz", "https://127.0.0.1/rz", "file:///etc/passwd", ""] {
        let mut shower = Side::opening(Generation::Of2024);
        let (id, _) = shower.asked();
        shower.reply(id, moved(to));
        // An empty one is the address that was asked.
        assert_eq!(matches!(shower.at, At::Opening(_)), to.is_empty(), "{to}");
    }
    let mut shower = Side::opening(Generation::Of2024);
    let (id, _) = shower.asked();
    shower.reply(id, http(302, &[("location", "https://other.test/rz")], ""));
    assert!(matches!(shower.at, At::Nowhere(NotOpened::Failed(_))));
}

/// Edge case 134.
#[test]
fn an_entity_tag_that_is_missing_is_told() {
    let mut shower = Side::opening(Generation::Of2024);
    let (id, _) = shower.asked();
    shower.reply(id, http(201, &[], r#"{"url":"https://hs.test/rz"}"#));
    let At::Nowhere(NotOpened::Failed(failure)) = &shower.at else { panic!() };
    assert!(format!("{:?}", failure.cause).contains("etag"), "{failure:?}");
}

/// Edge case 138.
#[test]
fn a_cell_on_our_own_network_is_no_business_of_a_server_elsewhere() {
    for url in ["http://hs.test/rz", "https://127.0.0.1/rz", "https://192.168.1.1/rz", "https://u@hs.test/rz"]
    {
        let mut shower = Side::opening(Generation::Of2024);
        let (id, _) = shower.asked();
        shower.reply(id, http(201, &[("etag", "\"e\"")], &json!({ "url": url }).to_string()));
        assert!(matches!(shower.at, At::Nowhere(NotOpened::Failed(_))), "{url}");
    }
}

/// Edge case 136: and the last word can be read before.
#[test]
fn whoever_leaves_says_why_and_deletes_the_cell() {
    for generation in BOTH {
        for fails in [false, true] {
            let (mut server, mut shower, mut scanner) = met(generation, Manners::default());
            scanner.with(|at, cx| {
                let At::Open(open) = at else { panic!() };
                open.leave(Some("cancelled"), cx);
                None
            });
            run(&mut server, &mut [&mut scanner, &mut shower], |sides| !sides[1].heard.is_empty());
            assert_eq!(&*shower.heard[0].data, "cancelled");
            while scanner.over.is_none() {
                let now = scanner.deadline().unwrap();
                match scanner.open.first().cloned() {
                    Some((id, _)) if fails => scanner.lost(id),
                    Some((id, request)) => {
                        let deleted = server.answer(&request, now);
                        scanner.reply(id, deleted);
                    }
                    None => scanner.advance(now),
                }
            }
            assert!(matches!(scanner.over, Some(Happened::Left)));
            assert_eq!(server.cell.is_none(), !fails);
        }
    }
}

#[test]
fn while_a_machine_is_next_it_is_looked_quickly_and_less_and_less() {
    let (mut server, mut shower, _) = met(Generation::Of2025, Manners::default());
    shower.with(|at, cx| {
        let At::Open(open) = at else { panic!() };
        open.pace(Pace::Machine, cx);
        None
    });
    let (mut looks, mut pauses, mut last) = (0, Vec::new(), START);
    while shower.now < START + Duration::from_secs(20) {
        let now = shower.deadline().unwrap();
        shower.advance(now);
        for (id, request) in shower.open.clone() {
            looks += 1;
            pauses.push(last.until(now));
            last = now;
            let read = server.answer(&request, now);
            shower.reply(id, read);
        }
    }
    assert!(pauses.is_sorted() && pauses[1] < Duration::from_millis(200), "{pauses:?}");
    assert_eq!(pauses.last(), Some(&Duration::from_secs(1)));
    assert!(looks < 32, "{looks}");
}

#[test]
fn a_cell_is_printed_nowhere() {
    for generation in BOTH {
        let (_, mut shower, mut scanner) = met(generation, Manners::default());
        scanner.send("hello");
        let saved = scanner.cell().save();
        let printed = format!("{:?} {:?} {saved:?}", shower.cell(), scanner.cell());
        assert!(!printed.contains("MARKER"), "{printed}");
    }
}

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Luck {
    Fine,
    /// The request does not arrive.
    Lost,
    /// It arrives, and the answer does not.
    Unheard,
    /// Neither a request nor an answer for now: time passes.
    Late,
    Limited,
    /// The process is killed, and goes on from what it saved.
    Killed,
}

fn luck() -> impl Strategy<Value = Luck> {
    prop_oneof![
        6 => Just(Luck::Fine),
        1 => Just(Luck::Lost),
        2 => Just(Luck::Unheard),
        1 => Just(Luck::Late),
        1 => Just(Luck::Limited),
        1 => Just(Luck::Killed),
    ]
}

impl Side {
    fn killed(&mut self) {
        let At::Open(open) = &self.at else { return };
        let json = serde_json::to_string(&open.save()).unwrap();
        let saved = serde_json::from_str(&json).unwrap();
        self.open.clear();
        self.with(|at, cx| {
            *at = At::Open(Rendezvous::resume(saved, cx));
            None
        });
    }
}

proptest! {
    /// The law: whatever is lost, late or killed, each message arrives once, in order, as it was sent, and none is
    /// overwritten before it was read.
    #[test]
    fn messages_arrive_once_and_in_order(
        is_2024 in any::<bool>(),
        manners in 0..16_usize,
        mut lucks in prop::collection::vec(luck(), 0..120),
    ) {
        let generation = if is_2024 { Generation::Of2024 } else { Generation::Of2025 };
        let (mut server, mut shower, mut scanner) = met(generation, all_manners()[manners]);
        let mut lucks: VecDeque<Luck> = lucks.drain(..).collect();
        const MESSAGES: usize = 6;
        let mut said = 0;
        scanner.send("0");
        loop {
            let is_scanners = said % 2 == 0;
            let (speaker, listener) = if is_scanners { (&mut scanner, &mut shower) } else { (&mut shower, &mut scanner) };
            // Whoever has heard what was said last answers, also where the other does not know yet that it arrived.
            if listener.heard.len() > said / 2 {
                said += 1;
                let expected = (said - 1).to_string();
                prop_assert_eq!(&*listener.heard.last().unwrap().data, expected.as_str());
                if said == MESSAGES {
                    break;
                }
                listener.send(&said.to_string());
                continue;
            }
            prop_assert!(speaker.over.is_none() && listener.over.is_none(), "{:?} {:?}", speaker.over, listener.over);
            let now = [&*speaker, &*listener].iter().filter_map(|side| side.deadline()).min().unwrap();
            let open: Vec<(bool, EffectId, Request)> = [(true, &*speaker), (false, &*listener)]
                .iter()
                .flat_map(|(is, side)| side.open.iter().map(move |(id, request)| (*is, *id, request.clone())))
                .collect();
            if open.is_empty() {
                speaker.advance(now);
                listener.advance(now);
            }
            for (is_speaker, id, request) in open {
                let side = if is_speaker { &mut *speaker } else { &mut *listener };
                match lucks.pop_front().unwrap_or(Luck::Fine) {
                    Luck::Fine => {
                        let response = server.answer(&request, now);
                        side.reply(id, response);
                    }
                    Luck::Lost => side.lost(id),
                    Luck::Unheard => {
                        server.answer(&request, now);
                        side.lost(id);
                    }
                    Luck::Late => side.advance(now),
                    Luck::Limited => side.reply(id, http(429, &[("retry-after", "1")], "{}")),
                    Luck::Killed => side.killed(),
                }
            }
        }
        let history = &server.cell.as_ref().unwrap().history;
        prop_assert_eq!(history, &(0..MESSAGES).map(|n| n.to_string()).collect::<Vec<_>>());
    }
}
