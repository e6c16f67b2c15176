//! Several processes share one stored session: each takes the lock, reads what is stored, goes on from it, and ends.
//!
//! So do the commands about a session that is kept. A request that is given up arrives before all else, or never: one
//! that overtakes a newer one would end the session, and no client could help that. Nothing but the store outlives a process: tokens that were renewed
//! and not stored are lost with it, which is good as long as nobody has used them.
//!
//! - **No session lost by accident.** Where the server lets a renewal be repeated, the session never ends, whatever is
//!   lost and whoever is killed. Where it does not, it ends only after an answer was lost.
//! - **Stored before used.** Every token that is sent is in the store.
//! - **Nobody left behind.** There is one device all the time, and none once it is signed out.
//! - **Liveness.** Once luck has turned, the session can be checked and signed out.

mod outing;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use narthex::{
    Config, Effect, EffectId, Engine, Input, Intent, Lost, Reply, Request, Saved, Screen, Session,
    StorageProblem, Time,
};
use narthex_sandbox::{OauthConfig, Rotation, Sandbox};

use self::outing::{Outing, ask, signed_in};
use super::chance::Chance;
use super::luck::Luck;
use super::plan::{HOUR, MEMBER, MINUTE, PASSWORD, SECOND};
use super::process::client;

/// How many processes there are at most at a time.
const PROCESSES: usize = 3;
/// When they begin.
const BIRTH: u64 = 1_700_000_000_000;

/// When a process reads what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Once it has the lock.
    Locked,
    /// Before, which is a mistake.
    Early,
}

/// What became of a session that many used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// How many processes there were.
    pub runs: u32,
    /// How many of them were killed.
    pub kills: u32,
    /// How often the tokens were renewed.
    pub renewals: u32,
    /// Whether the server ended it, because it does not forgive a lost answer.
    pub ended: bool,
}

#[derive(Debug)]
enum Due {
    /// Somebody wants to use the session.
    Start(usize),
    Arrival {
        at: usize,
        run: u32,
        id: EffectId,
        request: Request,
    },
    Reply {
        at: usize,
        run: u32,
        id: EffectId,
        reply: Reply,
    },
}

struct House {
    luck: Luck,
    chance: Chance,
    reads: Reads,
    server: Sandbox,
    now: u64,
    store: Option<Session>,
    lock: Option<usize>,
    waiting: VecDeque<usize>,
    places: [Outing; PROCESSES],
    due: BTreeMap<(u64, u64), Due>,
    serial: u64,
    /// An answer to a renewal was lost, or what it brought.
    lost: bool,
    is_strict: bool,
    shared: Shared,
}

/// Many processes use one session for two days under `luck`; then luck turns, and it is checked and signed out.
///
/// # Errors
///
/// When a law is broken: which, and how.
pub fn shared(seed: u64, luck: Luck, reads: Reads) -> Result<Shared, String> {
    let mut house = House::new(seed, luck, reads);
    house.go_on(BIRTH + 48 * HOUR)?;
    house.luck = Luck::GOOD;
    house.go_on(BIRTH + 60 * HOUR)?;
    house.close()?;
    Ok(house.shared)
}

impl House {
    fn new(seed: u64, luck: Luck, reads: Reads) -> Self {
        let mut chance = Chance::new(seed);
        let is_strict = chance.one_in(5);
        let mut config =
            narthex_sandbox::Config::oauth("https://matrix.example.org/".parse().expect("an address"));
        config.oauth = Some(OauthConfig {
            access_lifetime: Duration::from_mins(*chance.pick(&[5, 30, 120])),
            rotation: if is_strict { Rotation::Strict } else { Rotation::Tolerant },
            ..OauthConfig::default()
        });
        let mut server = Sandbox::new(config, chance.next());
        server.add_account(MEMBER, PASSWORD);
        let store = signed_in(&mut server, Time(BIRTH), chance.seeds());
        let places = [Outing::default(), Outing::default(), Outing::default()];
        let mut house = Self {
            luck,
            chance,
            reads,
            server,
            now: BIRTH,
            store,
            lock: None,
            waiting: VecDeque::new(),
            places,
            due: BTreeMap::new(),
            serial: 0,
            lost: false,
            is_strict,
            shared: Shared::default(),
        };
        for at in 0..PROCESSES {
            house.start_later(at);
        }
        house
    }

    fn go_on(&mut self, until: u64) -> Result<(), String> {
        while !self.shared.ended {
            let due = self.due.first_key_value().map(|((at, _), _)| *at);
            let holder = self.lock.and_then(|at| self.places[at].engine.as_ref());
            let deadline = holder.and_then(Engine::deadline).map(|deadline| deadline.0);
            let next = due.into_iter().chain(deadline).min().ok_or("nothing will ever happen")?;
            if next > until {
                return Ok(());
            }
            self.now = self.now.max(next);
            if deadline.is_some_and(|deadline| deadline <= self.now) {
                let at = self.lock.ok_or("a deadline of nobody")?;
                self.hear(at, Input::Tick)?;
                continue;
            }
            match self.due.pop_first().map(|(_, due)| due) {
                Some(Due::Start(at)) => self.start(at)?,
                Some(Due::Arrival { at, run, id, request }) if run == self.places[at].run => {
                    self.arrive(at, id, &request);
                }
                Some(Due::Reply { at, run, id, reply }) if run == self.places[at].run => {
                    self.hear(at, Input::Reply { id, reply })?;
                }
                Some(Due::Arrival { .. } | Due::Reply { .. }) | None => {}
            }
        }
        Ok(())
    }

    fn start_later(&mut self, at: usize) {
        let after = self.chance.between(SECOND, 20 * MINUTE);
        self.later(after, Due::Start(at));
    }

    /// A process begins, and waits for the lock.
    fn start(&mut self, at: usize) -> Result<(), String> {
        self.places[at].read = self.store.clone();
        if self.lock.is_some() {
            self.waiting.push_back(at);
            return Ok(());
        }
        self.enter(at)
    }

    fn enter(&mut self, at: usize) -> Result<(), String> {
        self.lock = Some(at);
        if self.reads == Reads::Locked {
            // Another process may have renewed it until we had the lock.
            self.places[at].read = self.store.clone();
        }
        let read = self.places[at].read.take().ok_or("the session is gone from the store")?;
        let seeds = self.chance.seeds();
        let wishes = [Intent::CheckSession, Intent::ListDevices, Intent::Refresh];
        let wish = self.chance.pick(&wishes).clone();
        self.shared.runs += 1;
        let engine = Engine::resume(Saved::from(read), Config::new(client()), seeds, Time(self.now));
        self.places[at].begin(engine, wish);
        self.hear(at, Input::Tick)
    }

    /// The process is over, and the next has the lock.
    fn leave(&mut self, at: usize) -> Result<(), String> {
        self.places[at].end();
        self.lock = None;
        self.start_later(at);
        match self.waiting.pop_front() {
            Some(next) => self.enter(next),
            None => Ok(()),
        }
    }

    fn hear(&mut self, at: usize, input: Input) -> Result<(), String> {
        if self.chance.one_in(self.luck.kill) {
            return self.kill(at);
        }
        let now = Time(self.now);
        let Some(engine) = &mut self.places[at].engine else { return Ok(()) };
        let effects = engine.handle(now, input);
        for effect in effects {
            if self.chance.one_in(self.luck.kill) {
                return self.kill(at);
            }
            self.perform(at, effect)?;
        }
        self.look(at)
    }

    fn kill(&mut self, at: usize) -> Result<(), String> {
        self.shared.kills += 1;
        self.hang_up(at, None);
        self.lost |= self.places[at].renewed;
        self.leave(at)
    }

    /// Nobody waits any more for this, or for anything: what is on its way arrives before all else, or never.
    fn hang_up(&mut self, at: usize, only: Option<EffectId>) {
        let flying: Vec<_> = self.due.keys().copied().collect();
        for key in flying {
            let is_meant = matches!(&self.due[&key], Due::Arrival { at: of, run, id, .. }
                if *of == at && *run == self.places[at].run && only.is_none_or(|only| only == *id));
            if is_meant && let Some(Due::Arrival { request, .. }) = self.due.remove(&key) {
                if self.chance.one_in(2) {
                    self.server.answer(Time(self.now), &request);
                }
                self.lost |= is_renewal(&request);
            }
        }
    }

    /// Whoever looks at the screen asks for one thing once nothing is under way, and leaves once nothing is again.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a session that is stored has few screens")]
    fn look(&mut self, at: usize) -> Result<(), String> {
        let Some(engine) = &self.places[at].engine else { return Ok(()) };
        match engine.view().screen {
            Screen::Busy { .. } | Screen::SignedIn { task: Some(_), .. } => Ok(()),
            Screen::SessionEnded { failure, .. } => {
                self.shared.ended = true;
                let excused = self.is_strict && self.lost;
                if excused { Ok(()) } else { Err(format!("the session is lost: {failure:?}")) }
            }
            Screen::SignedIn { .. } if engine.deadline().is_some_and(|due| due.0 <= self.now + 1) => Ok(()),
            Screen::SignedIn { .. } => match self.places[at].wish.take() {
                Some(wish) => self.hear(at, Input::Intent(wish)),
                None => self.leave(at),
            },
            // What was renewed could not be stored: it goes with the process.
            Screen::Problem { .. } => {
                self.lost = true;
                self.leave(at)
            }
            other => Err(format!("came to {other:?}")),
        }
    }

    fn perform(&mut self, at: usize, effect: Effect) -> Result<(), String> {
        match effect {
            Effect::Http { id, request } => self.send(at, id, request),
            Effect::Store { id, session } => {
                self.places[at].renewed = false;
                let refused = self.chance.one_in(self.luck.disk);
                self.shared.renewals += u32::from(!refused);
                self.lost |= refused;
                if !refused {
                    self.store = Some(session);
                }
                self.reply(at, id, Reply::Stored(if refused { Err(StorageProblem::Full) } else { Ok(()) }));
                Ok(())
            }
            Effect::Lease { id, .. } => {
                let stored = self.store.clone().map(Box::new);
                self.reply(at, id, Reply::Leased(Ok(stored)));
                Ok(())
            }
            Effect::Erase { id, .. } => {
                self.store = None;
                self.reply(at, id, Reply::Stored(Ok(())));
                Ok(())
            }
            Effect::Cancel { id } => {
                self.hang_up(at, Some(id));
                // It came too late.
                self.lost |= self.places[at].renewed;
                Ok(())
            }
            Effect::Browse { .. } | Effect::Listen { .. } => Ok(()),
        }
    }

    fn send(&mut self, at: usize, id: EffectId, request: Request) -> Result<(), String> {
        let stored = self.store.as_ref().ok_or("asks without a session")?;
        let tokens = [Some(&stored.access_token), stored.refresh_token.as_ref()];
        let sent = ask(&request);
        let is_stored = tokens.into_iter().flatten().any(|token| *token.expose() == sent);
        if self.reads == Reads::Locked && !is_stored {
            return Err(format!("{request:?} with a token that is not stored"));
        }
        if self.chance.one_in(self.luck.lose) {
            // Lost before it arrives.
            self.reply(at, id, Reply::Http(Err(Lost::Connect)));
            return Ok(());
        }
        let (run, after) = (self.places[at].run, self.latency());
        self.later(after, Due::Arrival { at, run, id, request });
        Ok(())
    }

    fn arrive(&mut self, at: usize, id: EffectId, request: &Request) {
        let response = self.server.answer(Time(self.now), request);
        let fails = self.chance.one_in(self.luck.lose) || self.chance.one_in(self.luck.proxy);
        self.lost |= fails && is_renewal(request);
        self.places[at].renewed |= !fails && is_renewal(request);
        let silent = fails && self.chance.one_in(2);
        if !silent {
            self.reply(at, id, Reply::Http(if fails { Err(Lost::Broken) } else { Ok(response) }));
        }
    }

    /// Luck has turned: the session is checked, and then signed out.
    fn close(&mut self) -> Result<(), String> {
        let devices = |server: &Sandbox| server.account(MEMBER).map_or(0, |account| account.devices.len());
        if self.shared.ended {
            return Ok(());
        }
        if devices(&self.server) != 1 {
            return Err(format!("{} devices", devices(&self.server)));
        }
        let read = self.store.take().ok_or("the session is gone from the store")?;
        let engine =
            Engine::resume(Saved::from(read), Config::new(client()), self.chance.seeds(), Time(self.now));
        match outing::sign_out(&mut self.server, Time(self.now), engine) {
            Some(Screen::SignedOut { server_told: true, .. }) if devices(&self.server) == 0 => Ok(()),
            other => Err(format!("signed out to {other:?}, with {} devices", devices(&self.server))),
        }
    }

    fn reply(&mut self, at: usize, id: EffectId, reply: Reply) {
        let (run, after) = (self.places[at].run, self.latency());
        self.later(after, Due::Reply { at, run, id, reply });
    }

    fn latency(&mut self) -> u64 {
        if self.chance.one_in(self.luck.slow) {
            self.chance.between(SECOND, MINUTE)
        } else {
            self.chance.between(2, 400)
        }
    }

    fn later(&mut self, after: u64, what: Due) {
        self.serial += 1;
        self.due.insert((self.now + after, self.serial), what);
    }
}

fn is_renewal(request: &Request) -> bool {
    request.url.path().ends_with("/token")
}
