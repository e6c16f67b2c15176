//! Two devices of one person, one of which signs the other in by a QR code, on an honest server and with bad luck.
//!
//! Who shows the code, of which generation, how long people take, which requests and answers are lost and which process is
//! killed follows from the seed. What has to hold is said in [`Pair::laws`].

mod person;
mod server;

use std::collections::BTreeMap;

use narthex::{
    BackupKey, Config, Effect, EffectId, Engine, Generation, Input, Lost, Reply, Request, Role, Saved,
    Screen, Secret, SecretsBundle, Session, Time, Trust,
};
use narthex_sandbox::{Config as Server, RendezvousConfig, Sandbox};
use serde_json::{Value, json};
use url::Url;

use self::server::{PASSWORD, PUBLISHED, USER, USER_ID, post, publish, signed_in};
use crate::chance::Chance;
use crate::process::client;

const START: u64 = 1_700_000_000_000;
/// Nothing takes longer, in milliseconds.
const LONGEST: u64 = 15 * 60_000;

/// What befalls the two.
#[derive(Clone, Copy, Debug, Default)]
pub struct PairLuck {
    /// One request in so many is lost on its way.
    pub lost_requests: u32,
    /// One answer in so many is lost on its way.
    pub lost_answers: u32,
    /// One step in so many ends in a kill of the process, which is started again.
    pub kills: u32,
    /// People take this many times as long.
    pub slowness: u64,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Of the new device: whether it is signed in, and what is known of its trust.
    pub signed_in: bool,
    /// Whether others see it as one of its owner's.
    pub trust: Option<Trust>,
    /// Of the existing device: whether it says that the other one is linked, and verified.
    pub linked: Option<bool>,
    /// How many requests the rendezvous was asked, by either.
    pub rendezvous_requests: u32,
    /// How long it took, in milliseconds.
    pub took: u64,
}

enum Due {
    Request { run: u32, id: EffectId, request: Request },
    Reply { run: u32, id: EffectId, reply: Reply },
    Look,
    Tick,
}

struct Device {
    role: Role,
    engine: Engine,
    run: u32,
    stored: Option<Session>,
    /// The private keys, if they are here.
    secrets: Option<SecretsBundle>,
    saved: Option<Saved>,
    open: Vec<EffectId>,
    looks: bool,
}

struct Pair {
    chance: Chance,
    luck: PairLuck,
    now: u64,
    serial: u64,
    due: BTreeMap<(u64, u64), (usize, Due)>,
    server: Sandbox,
    devices: [Device; 2],
    shows: Role,
    generation: Generation,
    rendezvous_requests: u32,
    story: Vec<String>,
    /// The new device has begun.
    begun: bool,
    consented: bool,
    handed: bool,
    linked: Option<bool>,
}

/// Links a new device.
///
/// # Panics
///
/// When a law is broken, with the story.
#[must_use]
pub fn pair(seed: u64, shows: Role, generation: Generation, luck: PairLuck) -> Linked {
    let mut pair = Pair::new(seed, shows, generation, luck);
    match pair.live() {
        Ok(linked) => linked,
        Err(why) => {
            panic!("seed {seed}, {shows:?} shows {generation:?}, {luck:?}: {why}\n{}", pair.story.join("\n"))
        }
    }
}

/// The same, told step by step.
#[must_use]
pub fn pair_story(seed: u64, shows: Role, generation: Generation, luck: PairLuck) -> String {
    let mut pair = Pair::new(seed, shows, generation, luck);
    let end = format!("{:?}", pair.live());
    pair.story.push(end);
    pair.story.join("\n")
}

fn config() -> Config {
    Config { encryption: true, ..Config::new(client()) }
}

fn bundle() -> SecretsBundle {
    SecretsBundle {
        master_key: Secret::new([1; 32]),
        self_signing_key: Secret::new([2; 32]),
        user_signing_key: Secret::new([3; 32]),
        backup: Some(BackupKey {
            algorithm: "m.megolm_backup.v1.curve25519-aes-sha2".to_owned(),
            // 32 times 4.
            key: "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ".into(),
            version: "1".to_owned(),
        }),
    }
}

impl Pair {
    fn new(seed: u64, shows: Role, generation: Generation, luck: PairLuck) -> Self {
        let mut chance = Chance::new(seed);
        let base: Url = "https://matrix.example.org/".parse().expect("an address");
        let mut server = Server::oauth(base);
        server.server_name = Some("example.org".to_owned());
        server.rendezvous = Some(RendezvousConfig::synapse());
        let mut server = Sandbox::new(server, seed);
        server.add_account(USER, PASSWORD);
        let now = START;
        let session = signed_in(&mut server, Time(now), chance.seeds());
        publish(&mut server, Time(now), &session);
        let existing = Engine::resume(Saved::from(session.clone()), config(), chance.seeds(), Time(now));
        let new = Engine::new(config(), chance.seeds(), Time(now));
        let device = |role, engine, stored, secrets| {
            let (run, saved, open, looks) = (0, None, Vec::new(), false);
            Device { role, engine, run, stored, secrets, saved, open, looks }
        };
        let existing = device(Role::Existing, existing, Some(session), Some(bundle()));
        let devices = [existing, device(Role::New, new, None, None)];
        Self {
            chance,
            luck,
            now,
            serial: 0,
            due: BTreeMap::new(),
            server,
            devices,
            shows,
            generation,
            rendezvous_requests: 0,
            story: Vec::new(),
            begun: false,
            consented: false,
            handed: false,
            linked: None,
        }
    }

    fn live(&mut self) -> Result<Linked, String> {
        for at in [0, 1] {
            self.look_later(at, 1);
        }
        while let Some(((time, _), (at, due))) = self.due.pop_first() {
            self.now = time.max(self.now);
            if self.now > START + LONGEST {
                return Err(format!("it does not end: {:?}", self.screens()));
            }
            match due {
                Due::Request { run, id, request } => self.arrives(at, run, id, &request),
                Due::Reply { run, id, reply } => {
                    let device = &self.devices[at];
                    if device.run == run && device.open.contains(&id) {
                        self.hear(at, Input::Reply { id, reply })?;
                    }
                }
                Due::Look => {
                    self.devices[at].looks = false;
                    self.look(at)?;
                }
                Due::Tick => {
                    let deadline = self.devices[at].engine.deadline();
                    if deadline.is_some_and(|due| due.0 <= self.now) {
                        self.hear(at, Input::Tick)?;
                    }
                }
            }
            if self.is_over() {
                break;
            }
        }
        let Screen::SignedIn { trust, .. } = self.devices[1].engine.view().screen else {
            return Ok(self.ended(false, None));
        };
        Ok(self.ended(true, trust))
    }

    fn ended(&self, signed_in: bool, trust: Option<Trust>) -> Linked {
        let (rendezvous_requests, took) = (self.rendezvous_requests, self.now - START);
        Linked { signed_in, trust, linked: self.linked, rendezvous_requests, took }
    }

    fn screens(&self) -> [Screen; 2] {
        [0, 1].map(|at| self.devices[at].engine.view().screen)
    }

    /// The new device is at rest, and the existing one is back.
    fn is_over(&self) -> bool {
        let [existing, new] = self.screens();
        let is_there = matches!(new, Screen::SignedIn { task: None, .. });
        let failed = self.begun
            && matches!(
                new,
                Screen::Choose { problem: Some(_), .. } | Screen::Welcome { problem: Some(_), .. }
            );
        let is_back = matches!(existing, Screen::Problem { .. })
            || ((self.linked.is_some() || self.handed)
                && matches!(existing, Screen::SignedIn { task: None, .. }));
        failed || (is_there && is_back)
    }

    fn tell(&mut self, at: usize, what: &str) {
        let (role, now) = (self.devices[at].role, self.now - START);
        self.story.push(format!("{now:>7} {role:?}: {what}"));
    }

    fn later(&mut self, after: u64, at: usize, due: Due) {
        self.serial += 1;
        self.due.insert((self.now + after, self.serial), (at, due));
    }

    fn look_later(&mut self, at: usize, after: u64) {
        if !self.devices[at].looks {
            self.devices[at].looks = true;
            self.later(after, at, Due::Look);
        }
    }

    fn arrives(&mut self, at: usize, run: u32, id: EffectId, request: &Request) {
        let reply = if self.chance.one_in(self.luck.lost_requests) {
            self.tell(at, &format!("lost: {request:?}"));
            Reply::Http(Err(Lost::Timeout))
        } else {
            if request.url.path().contains("rendezvous") {
                self.rendezvous_requests += 1;
            }
            let response = self.server.answer(Time(self.now), request);
            self.tell(at, &format!("{request:?} -> {}", response.status));
            if self.chance.one_in(self.luck.lost_answers) {
                self.tell(at, "the answer is lost");
                Reply::Http(Err(Lost::Broken))
            } else {
                Reply::Http(Ok(response))
            }
        };
        let after = self.chance.between(10, 60);
        self.later(after, at, Due::Reply { run, id, reply });
    }

    fn hear(&mut self, at: usize, input: Input) -> Result<(), String> {
        if let Input::Reply { id, reply } = &input
            && !matches!(reply, Reply::Listening(Ok(_)) | Reply::Leased(Ok(_)))
        {
            self.devices[at].open.retain(|open| open != id);
        }
        let before = self.devices[at].engine.view();
        let effects = self.devices[at].engine.handle(Time(self.now), input);
        self.devices[at].saved = self.devices[at].engine.save();
        if self.chance.one_in(self.luck.kills) {
            self.kill(at);
            return Ok(());
        }
        for effect in effects {
            self.perform(at, effect)?;
        }
        let view = self.devices[at].engine.view();
        if view != before {
            let screen = format!("{:?}", view.screen);
            self.tell(at, &screen.chars().take(160).collect::<String>());
        }
        self.tick_later(at);
        self.look_later(at, 1);
        Ok(())
    }

    /// The process ends, and another one goes on with what was kept.
    fn kill(&mut self, at: usize) {
        let (now, seeds) = (Time(self.now), self.chance.seeds());
        let device = &mut self.devices[at];
        let saved = device.saved.clone().or_else(|| device.stored.clone().map(Saved::from));
        device.engine = match saved {
            // What is kept is what is read again.
            Some(saved) => {
                let json = saved.to_json();
                let saved = Saved::from_json(json.expose()).expect("it was written just now");
                Engine::resume(saved, config(), seeds, now)
            }
            None => Engine::new(config(), seeds, now),
        };
        device.run += 1;
        device.open.clear();
        let screen = format!("is killed: {:?}", device.engine.view().screen);
        self.tell(at, &screen.chars().take(120).collect::<String>());
        self.look_later(at, 300);
        self.tick_later(at);
    }

    fn tick_later(&mut self, at: usize) {
        if let Some(deadline) = self.devices[at].engine.deadline() {
            self.later(deadline.0.saturating_sub(self.now), at, Due::Tick);
        }
    }

    fn perform(&mut self, at: usize, effect: Effect) -> Result<(), String> {
        let run = self.devices[at].run;
        self.devices[at].open.extend(effect.id());
        let reply = |this: &mut Self, id, reply, after| this.later(after, at, Due::Reply { run, id, reply });
        match effect {
            Effect::Http { id, request } => {
                let after = self.chance.between(10, 60);
                self.later(after, at, Due::Request { run, id, request });
            }
            Effect::Prove { id } => reply(self, id, Reply::Stored(Ok(())), 2),
            Effect::Store { id, session } => {
                self.devices[at].stored = Some(session);
                reply(self, id, Reply::Stored(Ok(())), 5);
            }
            Effect::Erase { id, .. } => {
                self.devices[at].stored = None;
                reply(self, id, Reply::Stored(Ok(())), 5);
            }
            Effect::Lease { id, .. } => {
                let stored = self.devices[at].stored.clone().map(Box::new);
                reply(self, id, Reply::Leased(Ok(stored)), 2);
            }
            Effect::Listen { id, .. } => reply(self, id, Reply::Listening(Err(Lost::Listen)), 2),
            Effect::FindSecrets { id, .. } => {
                let found = self.devices[at].secrets.is_some();
                reply(self, id, Reply::SecretsFound(Ok(found)), 20);
            }
            Effect::ShareSecrets { id, .. } => {
                if !self.consented || !self.new_device_exists() {
                    return Err("the keys are read before the device is there".to_owned());
                }
                self.handed = true;
                let secrets = self.devices[at].secrets.clone().ok_or("no keys are here")?;
                reply(self, id, Reply::SecretsShared(Ok(secrets)), 20);
            }
            Effect::AdoptSecrets { id, session, secrets } => {
                if secrets != bundle() {
                    return Err("other keys are adopted".to_owned());
                }
                self.sign(&session);
                self.devices[at].secrets = Some(secrets);
                reply(self, id, Reply::SecretsAdopted(Ok(Trust::Verified { backup: true })), 100);
            }
            Effect::Browse { url } => self.tell(at, &format!("opens {url}")),
            Effect::Cancel { id } => self.devices[at].open.retain(|open| *open != id),
        }
        Ok(())
    }

    fn new_device_exists(&self) -> bool {
        self.server.oauth_sessions(USER) > 1
    }

    /// The new device is signed with the key that its user signs devices with, and tells the server.
    fn sign(&mut self, session: &Session) {
        let (keys, _) = PUBLISHED.split_once('\n').expect("two answers");
        let keys: Value = serde_json::from_str(keys).expect("JSON");
        let of_devices = &keys["self_signing_keys"][USER_ID]["keys"];
        let name = of_devices.as_object().and_then(|keys| keys.keys().next()).expect("a key").clone();
        let id = &session.device_id;
        let body = json!({ "device_keys": {
            "user_id": USER_ID,
            "device_id": id,
            "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
            "keys": { format!("curve25519:{id}"): "AA", format!("ed25519:{id}"): "AA" },
            "signatures": { USER_ID: { format!("ed25519:{id}"): "AA", name: "AA" } },
        }});
        post(&mut self.server, Time(self.now), session, "_matrix/client/v3/keys/upload", &body);
    }
}
