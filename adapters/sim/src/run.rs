//! What happens next in a life, and when it is over.

use std::collections::BTreeMap;
use std::time::Duration;

use narthex::{EffectId, Engine, Input, Intent, Offer, Reply, Request, Response, Screen, Time, View};
use narthex_sandbox::Sandbox;

use super::chance::Chance;
use super::errands::Errand;
use super::faults::Past;
use super::law::{Broken, Law};
use super::laws::Laws;
use super::luck::Luck;
use super::network::Fate;
use super::person::Person;
use super::plan::{Elsewhere, Goal, HOUR, Plan, Setup};
use super::process::{Disk, Open};
use super::story::Story;

/// A life of more steps goes round in circles.
const MAX_STEPS: u32 = 20_000;
/// So long after luck has turned, everyone who may get in has got in.
const PATIENCE: u64 = 72 * HOUR;
/// When lives begin.
const BIRTH: u64 = 1_700_000_000_000;

/// How a life ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Signed in, and out again.
    SignedOut,
    /// Signed in, and the session was ended by the server for good.
    Ended,
    /// The server lets nobody in this way, and the engine said so.
    TurnedAway,
}

/// What became of a life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// On which server.
    pub setup: Setup,
    /// By which way.
    pub goal: Goal,
    /// How it ended.
    pub ending: Ending,
    /// How many inputs the engine took.
    pub steps: u32,
    /// How many requests were sent.
    pub exchanges: u32,
    /// How often the process was killed.
    pub kills: u32,
    /// How often a token was renewed.
    pub refreshes: u32,
    /// How much time went by.
    pub lived: Duration,
}

/// What is going to happen.
#[derive(Debug)]
pub(super) enum Due {
    /// A request reaches the server.
    Arrival {
        run: u32,
        id: EffectId,
        request: Request,
        fate: Fate,
    },
    /// A reply reaches the process that waits for it.
    Reply {
        run: u32,
        id: EffectId,
        reply: Reply,
    },
    /// A callback reaches the process, if it still listens.
    Link {
        address: String,
        pasted: bool,
    },
    /// The person looks at the screen; not if they have looked since.
    Look(u64),
    /// A request reaches the server once more.
    Echo(Request),
    Errand(Errand),
    Elsewhere(Elsewhere),
    Start,
}

pub(super) struct Life {
    pub(super) luck: Luck,
    pub(super) chance: Chance,
    pub(super) plan: Plan,
    pub(super) server: Sandbox,
    pub(super) now: u64,
    /// What the process's clock is ahead of the server's.
    pub(super) clock_ahead: i64,
    pub(super) awake_at: u64,
    pub(super) run: u32,
    pub(super) engine: Option<Engine>,
    pub(super) open: BTreeMap<EffectId, Open>,
    /// The answer that is being heard, unless it turns out to be late.
    pub(super) heard_about: Option<(EffectId, Response)>,
    pub(super) disk: Disk,
    pub(super) past: Past,
    /// The server, as it was when somebody signed in for the first time.
    pub(super) backup: Option<Sandbox>,
    /// The clock was set back by a day while a process ran.
    pub(super) is_set_back: bool,
    pub(super) due: BTreeMap<(u64, u64), Due>,
    pub(super) serial: u64,
    pub(super) person: Person,
    pub(super) view: Option<View>,
    pub(super) looks: u64,
    pub(super) laws: Laws,
    pub(super) story: Story,
    pub(super) summary: Summary,
}

impl Life {
    pub(super) fn new(seed: u64, luck: Luck) -> Self {
        let mut chance = Chance::new(seed);
        let plan = Plan::new(&mut chance);
        let server = plan.server(&mut chance);
        let summary = Summary {
            setup: plan.setup,
            goal: plan.goal,
            ending: Ending::TurnedAway,
            steps: 0,
            exchanges: 0,
            kills: 0,
            refreshes: 0,
            lived: Duration::ZERO,
        };
        let mut life = Self {
            luck,
            person: Person::new(plan.goal, luck.slips),
            server,
            now: BIRTH,
            clock_ahead: 0,
            awake_at: 0,
            run: 0,
            engine: None,
            open: BTreeMap::new(),
            heard_about: None,
            disk: Disk::default(),
            past: Past::default(),
            backup: None,
            is_set_back: false,
            due: BTreeMap::new(),
            serial: 0,
            view: None,
            looks: 0,
            laws: Laws::default(),
            story: Story::default(),
            summary,
            plan,
            chance,
        };
        life.later(0, Due::Start);
        if life.chance.one_in(luck.restore) {
            let after = life.chance.between(HOUR, 12 * HOUR);
            life.later(after, Due::Elsewhere(Elsewhere::Restore));
        }
        for (after, what) in std::mem::take(&mut life.plan.elsewhere) {
            if luck != Luck::GOOD {
                life.later(after, Due::Elsewhere(what));
            }
        }
        life
    }

    pub(super) fn told(mut self) -> (Result<Summary, Broken>, String) {
        self.story.begin();
        self.story.tell(0, format_args!("{:?} by {:?}, {:?}", self.plan.setup, self.plan.goal, self.luck));
        let result = self.go_on();
        (result, self.story.end())
    }

    pub(super) fn live(mut self) -> Result<Summary, Broken> {
        self.go_on()
    }

    fn go_on(&mut self) -> Result<Summary, Broken> {
        loop {
            if self.summary.steps > MAX_STEPS {
                return Err(Broken::new(Law::Bounded, "it goes round in circles"));
            }
            if self.now > BIRTH + self.plan.turns && self.luck != Luck::GOOD {
                self.tell(format_args!("luck turns"));
                (self.luck, self.person.slips) = (Luck::GOOD, 0);
            }
            if self.now > BIRTH + self.plan.turns + self.plan.stay + PATIENCE {
                return Err(Broken::new(Law::Liveness, "luck has turned long ago"));
            }
            if let Some(ending) = self.person.ending {
                self.laws.at_the_end(&self.server, &self.disk, ending)?;
                self.summary.ending = ending;
                self.summary.lived = Duration::from_millis(self.now - BIRTH);
                return Ok(self.summary);
            }
            self.next()?;
        }
    }

    fn next(&mut self) -> Result<(), Broken> {
        let due = self.due.first_key_value().map(|((at, _), _)| *at);
        let deadline = self.deadline();
        match (due, deadline) {
            (due, Some(deadline)) if due.is_none_or(|due| deadline <= due) => {
                self.now = self.now.max(deadline);
                self.wake();
                self.hear(Input::Tick)?;
                self.laws.after_tick(self.engine_time(), self.engine.as_ref())
            }
            (None, None) => Err(Broken::new(Law::NeverStuck, "nothing will ever happen")),
            (_, Some(_)) | (Some(_), None) => {
                let Some(((at, _), due)) = self.due.pop_first() else { return Ok(()) };
                self.now = self.now.max(at);
                self.happen(due)
            }
        }
    }

    fn happen(&mut self, due: Due) -> Result<(), Broken> {
        let asleep = self.now < self.awake_at;
        match due {
            Due::Arrival { run, id, request, fate } => {
                self.arrive(run, id, &request, fate);
                Ok(())
            }
            Due::Reply { run, id, reply } if asleep => {
                let reply = if self.chance.one_in(2) { reply.broken() } else { reply };
                self.at(self.awake_at, Due::Reply { run, id, reply });
                Ok(())
            }
            Due::Reply { run, id, reply } if run == self.run => self.replied(id, reply),
            Due::Reply { .. } => Ok(()),
            Due::Link { .. } | Due::Look(_) if asleep => {
                self.at(self.awake_at, due);
                Ok(())
            }
            Due::Link { address, pasted } => self.linked(&address, pasted),
            Due::Look(look) if look == self.looks => self.look(),
            Due::Look(_) => Ok(()),
            Due::Echo(request) => {
                self.echo(&request);
                Ok(())
            }
            Due::Errand(errand) => {
                self.run_errand(errand);
                Ok(())
            }
            Due::Elsewhere(what) => {
                self.meanwhile(what);
                Ok(())
            }
            Due::Start => self.start(),
        }
    }

    /// What others do.
    fn meanwhile(&mut self, what: Elsewhere) {
        self.tell(format_args!("elsewhere: {what:?}"));
        match what {
            Elsewhere::TakeName => {
                let name = super::plan::NAMES[0];
                if self.server.account(name).is_none() {
                    self.server.add_account(name, "somebody else's");
                    self.server.approve(name);
                }
            }
            Elsewhere::ForgetRegistrations => self.server.expire_sessions(),
            Elsewhere::EndSession => {
                if let Some((user, device)) = self.laws.current() {
                    self.server.kill_device(&user, &device);
                }
            }
            Elsewhere::ForgetClients if self.nobody_is_signed_in() => self.server.forget_clients(),
            Elsewhere::ForgetClients => {}
            Elsewhere::Restore => self.restore(),
            Elsewhere::Lock(locked) => {
                if let Some((user, _)) = self.laws.current() {
                    self.server.lock(&user, locked);
                } else if !locked {
                    self.unlock_all();
                }
            }
        }
    }

    fn unlock_all(&mut self) {
        let locked: Vec<_> =
            self.server.accounts().filter(|a| a.locked).map(|account| account.localpart.clone()).collect();
        for account in locked {
            self.server.lock(&account, false);
        }
    }

    pub(super) fn say(&mut self, intent: Intent) -> Result<(), Broken> {
        let offered = self.view.as_ref().is_some_and(|view| view.offers.contains(intent.offer()));
        if !offered {
            return Err(Broken::new(Law::Person, format!("{intent:?} is not on offer")));
        }
        self.laws.said(&intent, self.view.as_ref().map(|view| &view.screen));
        self.hear(Input::Intent(intent))
    }

    pub(super) fn offers(&self, offer: Offer) -> bool {
        self.view.as_ref().is_some_and(|view| view.offers.contains(offer))
    }

    pub(super) fn screen(&self) -> Option<&Screen> {
        self.view.as_ref().map(|view| &view.screen)
    }

    /// The server's time.
    pub(super) const fn server_time(&self) -> Time {
        Time(self.now)
    }

    /// The process's time.
    pub(super) fn engine_time(&self) -> Time {
        Time(self.now.saturating_add_signed(self.clock_ahead))
    }

    pub(super) fn later(&mut self, after: u64, what: Due) {
        self.at(self.now + after, what);
    }

    pub(super) fn at(&mut self, at: u64, what: Due) {
        self.serial += 1;
        self.due.insert((at, self.serial), what);
    }

    pub(super) fn tell(&mut self, what: std::fmt::Arguments<'_>) {
        self.story.tell(self.now.saturating_sub(BIRTH), what);
    }
}

trait Breaks {
    fn broken(self) -> Self;
}

impl Breaks for Reply {
    /// What a sleeping machine hears of its connections.
    fn broken(self) -> Self {
        match self {
            Self::Http(_) => Self::Http(Err(narthex::Lost::Broken)),
            Self::Listening(_) | Self::Leased(_) | Self::Stored(_) => self,
            Self::SecretsFound(_) | Self::SecretsShared(_) | Self::SecretsAdopted(_) => self,
        }
    }
}
