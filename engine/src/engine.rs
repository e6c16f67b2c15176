//! The one type a driver holds.

use std::hash::{Hash, Hasher};

use crate::account::Account;
use crate::chance::{Chance, Seeds};
use crate::config::Config;
use crate::cx::{Cx, Event};
use crate::intent::Offers;
use crate::io::{Callback, Effect, EffectId, Input, Time};
use crate::saved::Saved;
use crate::session::Session;
use crate::view::View;

/// More waits than all flows together hold at once.
const MAX_OVERDUE: usize = 64;

/// One account's life: signed out, through a flow, signed in, signed out.
///
/// Call [`handle`](Self::handle) with each thing that happens; write [`save`](Self::save) down; perform what
/// `handle` returned, in order; show [`view`](Self::view); call again, with [`Input::Tick`], no later than
/// [`deadline`](Self::deadline).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    account: Account,
    config: Config,
    now: Time,
    chance: Chance,
    last_id: u64,
    /// The effects under way: exactly those that a state waits for and that were not answered yet.
    open: Vec<EffectId>,
}

/// What can follow: the state that it is in, but not when, with which seeds and for whom.
impl Hash for Engine {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.account.hash(hasher);
    }
}

/// For whoever explores it: what no view tells.
#[cfg(feature = "world")]
impl Engine {
    /// Whether a sign-in by OAuth 2.0 runs.
    #[must_use]
    pub const fn is_authorizing(&self) -> bool {
        self.account.is_authorizing()
    }

    /// Where whoever signs in replaces a session that has ended: on which device, and whether nothing is stored of it.
    #[must_use]
    pub fn signs_in_again(&self) -> Option<(&str, bool)> {
        self.account.signs_in_again()
    }
}

impl Engine {
    /// A signed-out engine, which draws everything that is random from `seeds`.
    #[must_use]
    pub fn new(config: Config, seeds: Seeds, now: Time) -> Self {
        Self::at(|_| Account::new(), config, &seeds, now)
    }

    /// Goes on from what an earlier process saved, or from a stored session. `seeds` must be fresh.
    ///
    /// An unfinished flow is shown as [`Paused`](crate::Screen::Paused): nothing happens before the user agrees.
    #[must_use]
    pub fn resume(saved: Saved, config: Config, seeds: Seeds, now: Time) -> Self {
        Self::at(|cx| Account::resume(saved, cx), config, &seeds, now)
    }

    fn at(start: impl FnOnce(&mut Cx<'_>) -> Account, config: Config, seeds: &Seeds, now: Time) -> Self {
        let mut chance = Chance::new(seeds);
        let (mut last_id, mut effects) = (0, Vec::new());
        let mut cx =
            Cx { now, config: &config, chance: &mut chance, next_id: &mut last_id, effects: &mut effects };
        let account = start(&mut cx);
        debug_assert!(effects.is_empty(), "an engine that nobody has asked yet asks for nothing");
        Self { account, config, now, chance, last_id, open: Vec::new() }
    }

    /// Lets `input` have its consequences, and returns what is to be done about them, in order.
    ///
    /// Never fails and never panics. A reply that nothing waits for, an intent that is not on offer and a callback
    /// that is not awaited change nothing. Time never goes back: an earlier `now` counts as the latest one.
    pub fn handle(&mut self, now: Time, input: Input) -> Vec<Effect> {
        self.now = self.now.max(now);
        let mut effects = Vec::new();
        // An answer in hand is worth more than that it is late: the process may have been stopped since it came.
        if let Input::Reply { id, reply } = &input
            && self.open.contains(id)
        {
            if !reply.is_progress() {
                self.open.retain(|open| open != id);
            }
            self.step(&Event::Reply(*id, reply), &mut effects);
        }
        // What is overdue goes before all else, so that the order in which a driver polls cannot matter.
        for _ in 0..MAX_OVERDUE {
            let Some(id) = self.overdue() else { break };
            self.step(&Event::TimedOut(id), &mut effects);
        }
        match &input {
            Input::Intent(intent) if self.offers().contains(intent.offer()) => {
                self.step(&Event::Intent(intent), &mut effects);
            }
            Input::Callback(callback) => {
                if let Some(url) = callback.url() {
                    self.step(&Event::Callback(&url), &mut effects);
                }
            }
            Input::Reply { .. } | Input::Intent(_) | Input::Tick => {}
        }
        effects
    }

    /// Whether [`handle`](Self::handle) would take this callback now: it is awaited, and something follows from it.
    ///
    /// Exact, for whoever has to tell a browser, or another process that offers it, whether it found its owner. An
    /// engine that was resumed and is still [`Paused`](crate::Screen::Paused) takes the callback of an authorization
    /// request too. What is overdue is not looked at: pass [`Input::Tick`] before.
    #[must_use]
    pub fn accepts(&self, callback: &Callback) -> bool {
        let Some(url) = callback.url() else { return false };
        // Tried on a copy: a second opinion on what is awaited could differ from the first.
        let (mut tried, mut effects) = (self.clone(), Vec::new());
        tried.step(&Event::Callback(&url), &mut effects);
        !effects.is_empty() || tried != *self
    }

    /// What to show now, and what may be done about it.
    #[must_use]
    pub fn view(&self) -> View {
        self.account.view(&self.config)
    }

    /// What would be accepted now: the offers of the view, without making the view.
    #[must_use]
    pub fn offers(&self) -> Offers {
        self.account.offers(&self.config)
    }

    /// When `handle` must be called again at the latest, if nothing else happens.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        let mut deadline = None;
        self.account.each_wait(|wait| {
            deadline = Some(deadline.map_or(wait.until, |earliest: Time| earliest.min(wait.until)));
        });
        deadline
    }

    /// What must be on disk before the effects run; `None` when nothing would be lost.
    ///
    /// Write it whenever it differs from what was written last, and erase it when it is `None`.
    #[must_use]
    pub fn save(&self) -> Option<Saved> {
        self.account.save()
    }

    /// The session, once it is stored and until it ends.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.account.session()
    }

    /// The wait that is over the longest.
    fn overdue(&self) -> Option<EffectId> {
        let mut overdue = None;
        self.account.each_wait(|wait| {
            if wait.until <= self.now && overdue.is_none_or(|(until, _)| wait.until < until) {
                overdue = Some((wait.until, wait.id));
            }
        });
        overdue.map(|(_, id)| id)
    }

    fn step(&mut self, event: &Event<'_>, effects: &mut Vec<Effect>) {
        let mut asked = Vec::new();
        let Self { account, config, now, chance, last_id, open } = self;
        let mut cx = Cx { now: *now, config, chance, next_id: last_id, effects: &mut asked };
        account.handle(event, &mut cx);
        // An effect lives exactly as long as some state waits for it. What ends goes before what begins, so that
        // a port or a lock is free again.
        open.retain(|id| {
            let mut held = false;
            account.each_wait(|wait| held |= wait.id == *id);
            if !held {
                effects.push(Effect::Cancel { id: *id });
            }
            held
        });
        open.extend(asked.iter().filter_map(Effect::id));
        effects.append(&mut asked);
    }
}
