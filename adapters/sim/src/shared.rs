//! Three processes share one stored session: an application that stays for days, a program that wants a token now and
//! then, and one that is killed at bad moments.
//!
//! A request that is given up arrives before all else, or never: one that overtakes a newer one would end the session,
//! and no client could help that. Nothing but the store outlives a process: tokens that were refreshed and not stored
//! are lost with it, which is good as long as nobody has used them.
//!
//! - **No session lost by accident.** Where the server lets a refresh be repeated, the session never ends, whatever is
//!   lost and whoever is killed. Where it does not, it ends only after an answer was lost, or what it brought.
//! - **Spent once.** No refresh token is sent but the one that is stored.
//! - **One refresh for each life.** Tokens that are fresh are not replaced, unless an answer was lost.
//! - **No dead token is handed out**, to whoever wants one.
//! - **One at a time** holds the lease, and nobody who is gone.
//! - **Nobody left behind.** There is one device all the time, and none once it is signed out, also where others refresh it
//!   at that moment.
//! - **Liveness.** Once luck has turned, the session can be checked and signed out.

mod close;
mod lease;
mod network;
mod outing;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use narthex::{
    Config, Effect, EffectId, Engine, Input, Intent, Offer, Reply, Request, Saved, Screen, Session,
    StorageProblem, Time,
};
use narthex_sandbox::{OauthConfig, Rotation, Sandbox};

use self::outing::{Outing, signed_in};
use super::chance::Chance;
use super::luck::Luck;
use super::plan::{HOUR, MEMBER, MINUTE, PASSWORD, SECOND};
use super::process::client;

/// How many processes there are at a time.
const PROCESSES: usize = 3;
/// The application that stays, and the program that is killed at bad moments. The third comes and goes.
const STAYS: usize = 0;
const KILLED: usize = 2;
/// When they begin.
const BIRTH: u64 = 1_700_000_000_000;

/// Who gets the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leases {
    /// One at a time.
    One,
    /// Whoever asks, which is a mistake.
    All,
}

/// What became of a session that many used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// How many processes there were.
    pub runs: u32,
    /// How many of them were killed.
    pub kills: u32,
    /// How many tokens were handed out.
    pub tokens: u32,
    /// How often the tokens were refreshed.
    pub refreshes: u32,
    /// How often somebody had to wait for the lease.
    pub waits: u32,
    /// Whether the server ended it, because it does not forgive a lost answer.
    pub ended: bool,
}

#[derive(Debug)]
enum Due {
    /// Somebody wants to use the session.
    Start(usize),
    /// Whoever stays does something with it.
    Wish,
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
    leases: Leases,
    server: Sandbox,
    now: u64,
    store: Option<Session>,
    /// Who holds the lease, by which effect.
    lease: Option<(usize, EffectId)>,
    waiting: VecDeque<(usize, EffectId)>,
    places: [Outing; PROCESSES],
    due: BTreeMap<(u64, u64), Due>,
    serial: u64,
    /// An answer to a refresh was lost, or what it brought; ever, and since something was stored.
    lost: bool,
    in_doubt: bool,
    is_strict: bool,
    /// Whoever stays signs out, while others want to refresh.
    is_closing: bool,
    shared: Shared,
}

/// Three processes use one session for two days under `luck`; then luck turns, and it is checked and signed out.
///
/// # Errors
///
/// When a law is broken: which, and how.
pub fn shared(seed: u64, luck: Luck, leases: Leases) -> Result<Shared, String> {
    let mut house = House::new(seed, luck, leases);
    house.go_on(BIRTH + 48 * HOUR)?;
    house.luck = Luck::GOOD;
    house.go_on(BIRTH + 60 * HOUR)?;
    house.close()?;
    Ok(house.shared)
}

impl House {
    fn new(seed: u64, luck: Luck, leases: Leases) -> Self {
        let mut chance = Chance::new(seed);
        let is_strict = chance.one_in(3);
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
            leases,
            server,
            now: BIRTH,
            store,
            lease: None,
            waiting: VecDeque::new(),
            places,
            due: BTreeMap::new(),
            serial: 0,
            lost: false,
            in_doubt: false,
            is_strict,
            is_closing: false,
            shared: Shared::default(),
        };
        for at in 0..PROCESSES {
            house.start_later(at);
        }
        house.later(HOUR, Due::Wish);
        house
    }

    fn go_on(&mut self, until: u64) -> Result<(), String> {
        while !self.shared.ended {
            let due = self.due.first_key_value().map(|((at, _), _)| *at);
            let deadlines = self.places.iter().enumerate();
            let deadlines =
                deadlines.filter_map(|(at, place)| Some((place.engine.as_ref()?.deadline()?.0, at)));
            let deadline = deadlines.min();
            let next = due.into_iter().chain(deadline.map(|(deadline, _)| deadline)).min();
            let Some(next) = next else {
                return if self.is_closing { Ok(()) } else { Err("nothing will ever happen".to_owned()) };
            };
            if next > until {
                return Ok(());
            }
            self.now = self.now.max(next);
            if let Some((_, at)) = deadline.filter(|(deadline, _)| *deadline <= self.now) {
                self.hear(at, Input::Tick)?;
                continue;
            }
            match self.due.pop_first().map(|(_, due)| due) {
                Some(Due::Start(at)) => self.start(at)?,
                Some(Due::Wish) => self.wish()?,
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

    /// A process begins. Whoever only wants a token asks nobody as long as the stored one is fresh.
    fn start(&mut self, at: usize) -> Result<(), String> {
        if self.is_closing && self.store.is_none() {
            return Ok(());
        }
        let read = self.store.clone().ok_or("the session is gone from the store")?;
        self.shared.runs += 1;
        if at != STAYS && read.is_fresh(Time(self.now)) {
            self.start_later(at);
            return self.hand_out(&read);
        }
        let seeds = self.chance.seeds();
        let engine = Engine::resume(Saved::from(read), Config::new(client()), seeds, Time(self.now));
        self.places[at].begin(engine);
        self.hear(at, Input::Tick)
    }

    fn hand_out(&mut self, session: &Session) -> Result<(), String> {
        self.shared.tokens += 1;
        let is_alive = self.server.holder(Time(self.now), session.access_token.expose()).is_some();
        if is_alive { Ok(()) } else { Err("a dead token is handed out".to_owned()) }
    }

    /// The process is over.
    fn leave(&mut self, at: usize) -> Result<(), String> {
        self.places[at].end();
        self.start_later(at);
        self.waiting.retain(|(of, _)| *of != at);
        match self.lease {
            Some((holder, id)) if holder == at => self.let_go(at, id),
            Some(_) | None => Ok(()),
        }
    }

    /// Whoever stays checks the session, lists the devices, or tries again what did not work.
    fn wish(&mut self) -> Result<(), String> {
        let after = self.chance.between(MINUTE, 2 * HOUR);
        self.later(after, Due::Wish);
        let wishes = [Intent::CheckSession, Intent::ListDevices];
        let wish = self.chance.pick(&wishes).clone();
        let Some(engine) = &self.places[STAYS].engine else { return Ok(()) };
        let offers = engine.offers();
        let wish = if offers.contains(Offer::Retry) { Intent::Retry } else { wish };
        if offers.contains(wish.offer()) { self.hear(STAYS, Input::Intent(wish)) } else { Ok(()) }
    }

    fn hear(&mut self, at: usize, input: Input) -> Result<(), String> {
        if self.is_killed(at) {
            return self.kill(at);
        }
        let now = Time(self.now);
        let Some(engine) = &mut self.places[at].engine else { return Ok(()) };
        let effects = engine.handle(now, input);
        for effect in effects {
            if self.is_killed(at) {
                return self.kill(at);
            }
            self.perform(at, effect)?;
        }
        self.look(at)
    }

    fn is_killed(&mut self, at: usize) -> bool {
        let one_in = if at == KILLED { self.luck.kill.div_ceil(10) } else { self.luck.kill };
        self.places[at].engine.is_some() && self.chance.one_in(one_in)
    }

    fn kill(&mut self, at: usize) -> Result<(), String> {
        self.shared.kills += 1;
        self.hang_up(at, None);
        if self.places[at].refreshed {
            self.lose();
        }
        self.leave(at)
    }

    fn lose(&mut self) {
        (self.lost, self.in_doubt) = (true, true);
    }

    /// Whoever comes for a token leaves with it once nothing is under way, or without one.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a session that is stored has few screens")]
    fn look(&mut self, at: usize) -> Result<(), String> {
        let Some(engine) = &self.places[at].engine else { return Ok(()) };
        match engine.view().screen {
            Screen::Busy { .. } | Screen::SignedIn { task: Some(_), .. } => Ok(()),
            // Whoever stays has signed it out, or has not got to that yet.
            Screen::SignedOut { server_told: true, .. } | Screen::SessionEnded { .. }
                if self.is_closing && self.store.is_none() =>
            {
                self.leave(at)
            }
            Screen::SignedIn { task: None, .. } if at == STAYS && self.is_closing => {
                self.hear(at, Input::Intent(Intent::SignOut { everywhere: false }))
            }
            Screen::SessionEnded { failure, .. } => {
                self.shared.ended = true;
                let excused = self.is_strict && self.lost;
                if excused { Ok(()) } else { Err(format!("the session is lost: {failure:?}")) }
            }
            Screen::SignedIn { .. } | Screen::Problem { .. } if at == STAYS => Ok(()),
            Screen::SignedIn { .. } if engine.deadline().is_some_and(|due| due.0 <= self.now + 1) => Ok(()),
            Screen::SignedIn { problem: None, .. } => {
                let session = engine.session().cloned().ok_or("signed in without a session")?;
                self.hand_out(&session)?;
                self.leave(at)
            }
            Screen::SignedIn { .. } => self.leave(at),
            // What was refreshed could not be stored: it goes with the process.
            Screen::Problem { .. } => {
                self.lose();
                self.leave(at)
            }
            other => Err(format!("came to {other:?}")),
        }
    }

    fn perform(&mut self, at: usize, effect: Effect) -> Result<(), String> {
        match effect {
            Effect::Http { id, request } => self.send(at, id, request),
            Effect::Lease { id, .. } => {
                self.ask_for_lease(at, id);
                Ok(())
            }
            Effect::Store { id, session } => {
                let refused = self.chance.one_in(self.luck.disk);
                if !refused {
                    self.places[at].refreshed = false;
                    self.in_doubt = false;
                    self.shared.refreshes += 1;
                    self.store = Some(session);
                }
                self.reply(at, id, Reply::Stored(if refused { Err(StorageProblem::Full) } else { Ok(()) }));
                Ok(())
            }
            Effect::Erase { id, .. } => {
                self.store = None;
                self.reply(at, id, Reply::Stored(Ok(())));
                Ok(())
            }
            Effect::Cancel { id } => {
                self.hang_up(at, Some(id));
                self.waiting.retain(|waiting| *waiting != (at, id));
                if self.lease == Some((at, id)) { self.let_go(at, id) } else { Ok(()) }
            }
            Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => Ok(()),
            Effect::Prove { .. } | Effect::Browse { .. } | Effect::Listen { .. } => Ok(()),
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
