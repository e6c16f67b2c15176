//! The program that embeds the engine: started, killed, suspended, with a disk and a listener.

use narthex::{
    Client, Config, Effect, EffectId, Engine, Input, LeaseProblem, Lost, Reply, Saved, Session,
    StorageProblem, Time,
};

use url::Url;

use super::law::Broken;
use super::plan::{HOUR, MINUTE, SECOND};
use super::run::{Due, Life};

/// The homeserver of a session that is not ours, under the names of ours.
pub(super) const ELSEWHERE: &str = "https://elsewhere.example/";

/// An effect under way.
#[derive(Debug)]
pub(super) enum Open {
    Http,
    Listener { path: String, port: Option<u16> },
    Storage,
}

/// Whether a stored session is that of another homeserver.
pub(super) fn is_elsewhere(session: &Session) -> bool {
    session.homeserver.as_str() == ELSEWHERE
}

/// What survives a kill.
#[derive(Debug, Default)]
pub(super) struct Disk {
    /// The unfinished flow.
    pub(super) saved: Option<Saved>,
    /// The stored sessions; the one stored last is the last.
    pub(super) sessions: Vec<Session>,
    /// One of them is of another homeserver, and nobody's business.
    pub(super) has_bystander: bool,
}

impl Disk {
    fn store(&mut self, session: Session) {
        self.with_bystander(&session);
        self.sessions.retain(|kept| !kept.is_same(&session));
        self.sessions.push(session);
    }

    fn erase(&mut self, homeserver: &Url, user_id: &str, device_id: &str) {
        self.sessions.retain(|kept| !kept.is_of(homeserver, user_id, device_id));
    }
}

impl Life {
    /// The process begins, with what is on the disk.
    pub(super) fn start(&mut self) -> Result<(), Broken> {
        if self.chance.one_in(self.luck.unread) {
            self.tell(format_args!("nothing can be read from the disk"));
            let after = self.chance.between(SECOND, 5 * MINUTE);
            self.later(after, Due::Start);
            return Ok(());
        }
        let saved = self.disk.saved.as_ref().map(|saved| saved.to_json());
        let saved = saved.map(|json| Saved::from_json(json.expose()).expect("it reads what it wrote"));
        let ours = |session: &&Session| !is_elsewhere(session);
        let stored = || self.disk.sessions.iter().rfind(ours).cloned().map(Saved::from);
        let (seeds, now, config) = (self.chance.seeds(), self.engine_time(), config());
        let engine = match saved.or_else(stored) {
            Some(saved) => Engine::resume(saved, config, seeds, now),
            None => Engine::new(config, seeds, now),
        };
        self.tell(format_args!("the program starts"));
        self.show(&engine);
        // What is known to have ended is said at once.
        self.laws.shown(self.view.as_ref(), &engine, &self.disk, &self.server, &self.person)?;
        self.engine = Some(engine);
        Ok(())
    }

    fn kill(&mut self) {
        self.tell(format_args!("the program is killed"));
        self.engine = None;
        self.view = None;
        self.open.clear();
        self.run += 1;
        self.summary.kills += 1;
        self.looks += 1;
        self.laws.killed();
        if self.chance.one_in(self.luck.rollback) {
            self.roll_back();
        }
        self.person.is_confused();
        if self.chance.one_in(self.luck.clock) {
            let day = 24 * HOUR;
            self.clock_ahead = i64::try_from(self.chance.between(0, 2 * day)).unwrap_or(0) - day as i64;
        }
        let after = self.chance.between(SECOND, 5 * MINUTE);
        self.later(after, Due::Start);
    }

    /// Whether bad luck ends the process here.
    fn is_killed(&mut self) -> bool {
        let killed = self.chance.one_in(self.luck.kill);
        if killed {
            self.kill();
        }
        killed
    }

    /// When the engine wants to be called, by the server's clock.
    pub(super) fn deadline(&self) -> Option<u64> {
        let deadline = self.engine.as_ref()?.deadline()?;
        Some(deadline.0.saturating_add_signed(-self.clock_ahead).max(self.awake_at))
    }

    pub(super) const fn wake(&mut self) {
        if self.awake_at <= self.now {
            self.awake_at = 0;
        }
    }

    pub(super) fn replied(&mut self, id: EffectId, reply: Reply) -> Result<(), Broken> {
        // A kill here comes to the same as one before what `handle` returned was written down.
        if self.is_killed() {
            return Ok(());
        }
        let answer = match &reply {
            Reply::Http(answer) if self.open.contains_key(&id) => answer.clone().ok(),
            Reply::Http(_) | Reply::Listening(_) | Reply::Leased(_) | Reply::Stored(_) => None,
            Reply::SecretsFound(_) | Reply::SecretsShared(_) | Reply::SecretsAdopted(_) => None,
        };
        if !matches!(reply, Reply::Listening(Ok(_)) | Reply::Leased(Ok(_))) {
            self.open.remove(&id);
        }
        self.heard_about = answer.map(|answer| (id, answer));
        self.hear(Input::Reply { id, reply })
    }

    pub(super) fn linked(&mut self, address: &str, pasted: bool) -> Result<(), Broken> {
        // Whoever has the scheme is started by it, or told.
        let heard =
            pasted || address.starts_with(SCHEME) || self.open.values().any(|open| listens(open, address));
        if !heard || self.engine.is_none() {
            self.tell(format_args!("nobody listens for the callback"));
            return Ok(());
        }
        if self.is_killed() {
            return Ok(());
        }
        self.hear(Input::Callback(address.into()))
    }

    /// The engine hears `input`; what it wants is written down and then done, unless the process dies of it.
    pub(super) fn hear(&mut self, input: Input) -> Result<(), Broken> {
        let now = self.set_clock();
        if self.story.is_told() {
            self.tell(format_args!("-> {input:?}"));
        }
        let Some(mut engine) = self.engine.take() else { return Ok(()) };
        self.summary.steps += 1;
        let effects = engine.handle(now, input);
        if let Some((id, answer)) = self.heard_about.take()
            && !effects.contains(&Effect::Cancel { id })
        {
            self.summary.refreshes += u32::from(self.laws.delivered(id, &answer));
        }
        // Durable before visible.
        let saved = engine.save();
        if self.disk.saved != saved {
            self.remember_disk();
            self.disk.saved = saved;
        }
        self.show(&engine);
        self.laws.shown(self.view.as_ref(), &engine, &self.disk, &self.server, &self.person)?;
        self.engine = Some(engine);
        for effect in effects {
            if self.is_killed() {
                return Ok(());
            }
            self.perform(effect)?;
        }
        self.laws.open_have_deadlines(!self.open.is_empty(), self.engine.as_ref())?;
        if self.chance.one_in(self.luck.sleep) {
            let asleep = self.chance.between(MINUTE, 9 * HOUR);
            self.tell(format_args!("the machine sleeps for {} minutes", asleep / MINUTE));
            self.awake_at = self.now + asleep;
        }
        Ok(())
    }

    /// The time for the engine, after somebody may have set the clock: far ahead, back by less than a minute, or once by a
    /// day, for which the engine then waits.
    fn set_clock(&mut self) -> Time {
        if self.luck.clock != 0 && self.chance.one_in(self.luck.clock * 100) {
            let step = if !self.is_set_back && self.chance.one_in(4) {
                self.is_set_back = true;
                -(24 * HOUR as i64)
            } else if self.chance.one_in(2) {
                -(self.chance.between(0, MINUTE) as i64)
            } else {
                24 * HOUR as i64
            };
            self.tell(format_args!("the clock is set by {step} ms"));
            self.clock_ahead += step;
        }
        self.engine_time()
    }

    fn show(&mut self, engine: &Engine) {
        let view = engine.view();
        if self.view.as_ref() == Some(&view) {
            return;
        }
        if self.story.is_told() {
            self.tell(format_args!("   {}", serde_json::to_string(&view).unwrap_or_default()));
        }
        self.view = Some(view);
        let slowness = if self.chance.one_in(self.luck.slow) { HOUR } else { 4 * SECOND };
        let after = self.chance.between(200, slowness);
        self.look_again(after);
    }

    pub(super) fn look_again(&mut self, after: u64) {
        self.looks += 1;
        self.later(after, Due::Look(self.looks));
    }

    fn perform(&mut self, effect: Effect) -> Result<(), Broken> {
        if self.story.is_told() {
            self.tell(format_args!("<- {effect:?}"));
        }
        match effect {
            Effect::Http { id, request } => {
                self.open.insert(id, Open::Http);
                self.laws.sending(id, &request, &self.disk, &self.server)?;
                self.send(id, request);
            }
            Effect::Listen { id, path, port } => self.listen(id, path, port),
            Effect::Prove { id } => {
                self.open.insert(id, Open::Storage);
                self.keep(id, |_| {});
            }
            Effect::Lease { id, homeserver, user_id, device_id } => {
                self.lease(id, &homeserver, &user_id, &device_id);
            }
            Effect::Store { id, session } => {
                self.open.insert(id, Open::Storage);
                self.remember_disk();
                self.keep(id, |disk| disk.store(session));
            }
            Effect::Erase { id, homeserver, user_id, device_id } => {
                self.open.insert(id, Open::Storage);
                self.remember_disk();
                self.keep(id, |disk| disk.erase(&homeserver, &user_id, &device_id));
            }
            // Nobody has encryption here.
            Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => {}
            Effect::Browse { .. } => {}
            Effect::Cancel { id } => {
                self.open.remove(&id);
            }
        }
        Ok(())
    }

    fn keep(&mut self, id: EffectId, change: impl FnOnce(&mut Disk)) {
        let refused = self.chance.one_in(self.luck.disk);
        let silent = refused && self.chance.one_in(3);
        // Without an answer it may have happened or not.
        if !refused || (silent && self.chance.one_in(2)) {
            change(&mut self.disk);
        }
        let problem =
            *self.chance.pick(&[StorageProblem::Locked, StorageProblem::Full, StorageProblem::Denied]);
        let result = if refused { Err(problem) } else { Ok(()) };
        if !silent {
            self.reply_later(id, Reply::Stored(result));
        }
    }

    /// Nobody else is there to hold it, but the disk may not have it.
    fn lease(&mut self, id: EffectId, homeserver: &Url, user_id: &str, device_id: &str) {
        self.open.insert(id, Open::Storage);
        if self.chance.one_in(self.luck.disk) {
            let problems = [
                LeaseProblem::Storage(StorageProblem::Full),
                LeaseProblem::Storage(StorageProblem::Locked),
                LeaseProblem::Storage(StorageProblem::Corrupt),
                LeaseProblem::Busy,
            ];
            let problem = *self.chance.pick(&problems);
            if !self.chance.one_in(3) {
                self.reply_later(id, Reply::Leased(Err(problem)));
            }
            return;
        }
        let is_it = |session: &&Session| session.is_of(homeserver, user_id, device_id);
        let stored = self.disk.sessions.iter().find(is_it).cloned();
        self.reply_later(id, Reply::Leased(Ok(stored.map(Box::new))));
        if self.chance.one_in(self.luck.disk) {
            let after = self.chance.between(SECOND, MINUTE);
            let run = self.run;
            self.later(after, Due::Reply { run, id, reply: Reply::Leased(Err(LeaseProblem::Lost)) });
        }
    }

    fn listen(&mut self, id: EffectId, path: String, port: Option<u16>) {
        let fails = self.chance.one_in(self.luck.disk * 2);
        let wanted = port.filter(|_| !self.chance.one_in(self.luck.disk));
        let port = wanted.unwrap_or_else(|| self.chance.between(40_000, 60_000) as u16);
        let origin = format!("http://127.0.0.1:{port}/").parse().expect("an address");
        self.open.insert(id, Open::Listener { path, port: (!fails).then_some(port) });
        self.reply_later(id, Reply::Listening(if fails { Err(Lost::Listen) } else { Ok(origin) }));
    }

    pub(super) fn reply_later(&mut self, id: EffectId, reply: Reply) {
        let after = self.latency();
        let run = self.run;
        if self.chance.one_in(self.luck.twice) {
            let again = after + self.latency();
            self.later(again, Due::Reply { run, id, reply: reply.clone() });
        }
        self.later(after, Due::Reply { run, id, reply });
    }

    pub(super) fn latency(&mut self) -> u64 {
        if self.chance.one_in(self.luck.slow) {
            self.chance.between(SECOND, MINUTE)
        } else {
            self.chance.between(2, 400)
        }
    }
}

const SCHEME: &str = "example.narthex";

/// An application without a scheme of its own.
pub(super) fn client() -> Client {
    Client::new("Narthex", "https://narthex.example/".parse().expect("it is an address"))
}

/// An application with a scheme of its own.
fn config() -> Config {
    let client = Client { scheme: Some(SCHEME.to_owned()), ..client() };
    Config::new(client)
}

fn listens(open: &Open, address: &str) -> bool {
    let Open::Listener { path, port: Some(port) } = open else { return false };
    address.starts_with(&format!("http://127.0.0.1:{port}{path}?"))
}
