//! A world that may answer anything: what is open in it, and what it remembers for the laws.

mod lease;
mod memory;
mod open;
mod unfinished;

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use narthex::{
    Client, Config, Effect, EffectId, Engine, Input, Intent, KnownClient, Offer, Reply, Response, Saved,
    Seeds, Session, Time,
};
use serde_json::Value;
use url::Url;

use crate::class::Class;
use crate::page::callback_of;
use crate::step::Kind;

use self::memory::Memory;
pub use self::open::Open;

/// In every secret but a registration session.
pub(crate) const MARK: &str = "M4RK";
/// In every registration session.
pub(crate) const UIA_MARK: &str = "S3SSION";
/// An authorization server, and another one to which the application is known.
pub(crate) const AUTHORITY: &str = "auth.example.org";
pub(crate) const KNOWN_AUTHORITY: &str = "known.example.org";

/// Whether `text` would be taken for a secret of ours, also once it is unescaped or rid of its blanks.
pub(crate) fn is_marked(text: &str) -> bool {
    let unescaped = serde_json::from_str::<Value>(text).map(|value| value.to_string()).unwrap_or_default();
    [text, &unescaped].into_iter().any(|text| {
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        plain.contains(MARK) || plain.contains(UIA_MARK)
    })
}

/// The engine, and all that surrounds it.
#[derive(Clone, Debug)]
pub struct World {
    pub engine: Engine,
    pub now: Time,
    /// The effects that were asked for and neither answered nor cancelled.
    pub open: Vec<Open>,
    /// The effect that was answered or cancelled last.
    pub done: Option<EffectId>,
    /// The newest effect of this engine.
    pub(crate) newest: u64,
    /// How many effects there were in all runs.
    pub(crate) serial: u64,
    /// The page in the browser that leads back to us, and the one before.
    pub(crate) pages: [Option<Url>; 2],
    /// The callback that was used.
    pub(crate) used_link: Option<String>,
    /// What is in the store. Under one user and device only the last counts.
    pub(crate) stored: Vec<Session>,
    pub(crate) memory: Memory,
    /// The last challenge of a registration.
    pub(crate) said: Rc<Value>,
    /// What was answered since a server was named.
    pub(crate) heard: BTreeMap<Class, Rc<str>>,
    pub(crate) redirects: u32,
    /// The last intent that was on offer.
    pub(crate) wished: Option<Rc<Intent>>,
    /// The engine's print-out.
    pub(crate) printed: Rc<str>,
    pub path: Path,
}

/// The names of the steps that led here.
#[derive(Clone, Default)]
pub struct Path(Option<Rc<(Self, String)>>);

impl Path {
    pub(crate) fn then(&self, name: &str) -> Self {
        Self(Some(Rc::new((self.clone(), name.to_owned()))))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let (mut count, mut at) = (0, self);
        while let Self(Some(link)) = at {
            (count, at) = (count + 1, &link.0);
        }
        count
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self(Some(link)) = self {
            write!(f, "{:?} > {}", link.0, link.1)
        } else {
            f.write_str("start")
        }
    }
}

impl Default for World {
    fn default() -> Self {
        Self::of(Engine::new(config(), Seeds::new([7; 32], [7; 32]), START))
    }
}

/// An application with a name, and nothing else.
#[must_use]
pub fn client() -> Client {
    Client::new("Narthex", "https://narthex.example/".parse().expect("it is an address"))
}

/// An application that one authorization server knows, and that has a scheme of its own.
pub(crate) fn config() -> Config {
    let known =
        KnownClient { issuer: format!("https://{KNOWN_AUTHORITY}/"), client_id: "01KNOWN".to_owned() };
    let scheme = Some("example.narthex".to_owned());
    Config::new(Client { scheme, known: vec![known], ..client() })
}

const START: Time = Time(1_000_000);

/// How long the person may stay in the browser, once there is a listener.
const BROWSER: Duration = Duration::from_secs(30 * 60);
/// How long an exchange may take.
const HTTP: Duration = Duration::from_secs(30);

/// How long to wait for a lease, how long to hold it, and how long an exchange under it may take.
const LEASE: Duration = Duration::from_secs(45);
const HELD: Duration = Duration::from_secs(600);
const UNDER_LEASE: Duration = Duration::from_secs(20);
/// How long the name of a device may take.
const NAMING: Duration = Duration::from_secs(3);

/// How long the engine waits for an effect of this class.
const fn patience(class: Class) -> Duration {
    match class {
        Class::Lease => LEASE,
        Class::Prove | Class::Store | Class::Erase => Duration::from_secs(120),
        Class::WellKnown | Class::Versions | Class::LoginFlows | Class::AuthMetadata => HTTP,
        Class::AuthMetadataUnstable | Class::IssuerMetadata | Class::Rendezvous | Class::Probe => HTTP,
        Class::Register | Class::Available => HTTP,
        Class::Validity | Class::Confirm | Class::Code | Class::Page | Class::Login => HTTP,
        Class::Whoami | Class::Devices | Class::Refresh | Class::Logout | Class::Listen => HTTP,
        Class::Introduce | Class::Exchange | Class::DeviceCode | Class::Poll => HTTP,
        Class::Identify | Class::Renew | Class::Revoke => HTTP,
        Class::Naming => NAMING,
    }
}

impl World {
    /// One in which `session` is stored, and its engine has just begun.
    #[must_use]
    pub fn kept(session: Session) -> Self {
        let engine = Engine::resume(session.clone().into(), config(), Seeds::new([7; 32], [8; 32]), START);
        Self { stored: vec![session], ..Self::of(engine) }
    }

    fn of(engine: Engine) -> Self {
        Self {
            printed: format!("{engine:?}").into(),
            engine,
            now: START,
            open: Vec::new(),
            done: None,
            newest: 0,
            serial: 0,
            pages: [None, None],
            used_link: None,
            stored: Vec::new(),
            memory: Memory::default(),
            said: Rc::default(),
            heard: BTreeMap::new(),
            redirects: 0,
            wished: None,
            path: Path::default(),
        }
    }

    /// What the input means for the world, once the engine has heard it.
    pub(crate) fn account(&mut self, input: &Input, effects: &[Effect], kind: Kind) {
        match input {
            Input::Intent(intent)
                if self.engine.view().offers.contains(intent.offer()) || !effects.is_empty() =>
            {
                if matches!(intent, Intent::UseServer { .. } | Intent::SignInAgain | Intent::Retry) {
                    self.heard.clear();
                    self.redirects = 0;
                }
                self.wished = Some(Rc::new(intent.clone()));
                self.memory.named(intent);
                self.memory.browsed = false;
            }
            Input::Intent(intent) => self.wished = Some(Rc::new(intent.clone())),
            Input::Reply { id, reply } => {
                let given_up = effects.contains(&Effect::Cancel { id: *id });
                self.answered(*id, reply, given_up, kind);
            }
            Input::Callback(link) if kind == Kind::Answer => {
                (self.used_link, self.memory.browsed) = (Some(link.address().expose().clone()), false);
            }
            Input::Callback(_) => self.memory.browsed = false,
            Input::Tick => {}
        }
    }

    /// Which session need not outlive a kill any more: one that the person drops. One that nobody wants outlives it until
    /// the server was told.
    pub(crate) fn give_up(&self, next: &mut Self, input: &Input) {
        let forgets =
            matches!(input, Input::Intent(Intent::Forget)) && self.engine.offers().contains(Offer::Forget);
        if forgets || self.lets_go(next) {
            next.memory.issued = None;
        }
    }

    fn answered(&mut self, id: EffectId, reply: &Reply, given_up: bool, kind: Kind) {
        let Some(at) = self.open.iter().position(|open| open.id == id) else { return };
        if let (Effect::Store { session, .. }, Reply::Stored(Ok(()))) = (&self.open[at].effect, reply) {
            self.stored.push(session.clone());
            // Tokens alone are no session yet.
            self.memory.server_told &= session.oauth.is_none() || session.ended.is_some();
            if !given_up {
                self.memory.told_stored.push(session.access_token.expose().as_str().into());
            }
        }
        self.memory.proved |=
            matches!((&self.open[at].effect, reply), (Effect::Prove { .. }, Reply::Stored(Ok(()))));
        if let (Effect::Erase { homeserver, user_id, device_id, .. }, Reply::Stored(Ok(()))) =
            (&self.open[at].effect, reply)
        {
            let key = (homeserver.clone(), user_id.clone(), device_id.clone());
            self.stored.retain(|session| !session.is_of(&key.0, &key.1, &key.2));
        }
        if let (Reply::Leased(reply), false) = (reply, self.open[at].told) {
            self.leased_with(at, reply);
        }
        if given_up {
            return;
        }
        if let Reply::Listening(Ok(_)) = reply {
            if !self.open[at].told {
                (self.open[at].told, self.open[at].due) =
                    (true, self.stays_until().unwrap_or(self.now + BROWSER));
            }
            return;
        }
        if let Reply::Leased(Ok(_)) = reply {
            if !self.open[at].told {
                (self.open[at].told, self.open[at].due) = (true, self.now + HELD);
            }
            return;
        }
        let open = self.open.remove(at);
        self.done = Some(id);
        match reply {
            // Whatever it says, the engine may be right about it.
            Reply::Http(_) if kind == Kind::Raw => {
                (self.memory.issued, self.memory.server_told) = (None, true)
            }
            Reply::Http(Ok(response)) => self.heard_http(&open, response),
            Reply::Http(Err(_)) | Reply::Listening(_) | Reply::Leased(_) | Reply::Stored(_) => {}
            Reply::SecretsFound(_) | Reply::SecretsShared(_) | Reply::SecretsAdopted(_) => {}
        }
    }

    fn heard_http(&mut self, open: &Open, response: &Response) {
        let bytes = response.body.expose().trim_ascii();
        // To say nothing is to agree.
        let bytes = if bytes.is_empty() { b"{}" } else { bytes };
        let body: Value = serde_json::from_slice(bytes).unwrap_or_default();
        if response.status == 401 && body["flows"].is_array() {
            self.said = Rc::new(body.clone());
        }
        if open.class == Class::WellKnown && response.status == 302 {
            self.redirects += 1;
        }
        self.memory.learn(open, response.status, &body);
    }

    pub(crate) fn take(&mut self, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Cancel { id } = effect {
                let before = self.open.len();
                self.open.retain(|open| open.id != *id);
                assert_eq!(before, self.open.len() + 1, "cancelled what was not open: {:?}", self.path);
                self.done = Some(*id);
            }
            if let Effect::Browse { url } = effect {
                self.memory.browsed = true;
                if callback_of(url).is_some() && self.pages[0].as_ref() != Some(url) {
                    self.pages = [Some(url.clone()), self.pages[0].take()];
                }
            }
            if let (Some(id), Some(class)) = (effect.id(), Class::of(effect, &self.engine)) {
                assert!(id.0 > self.newest, "an id was used twice: {:?}", self.path);
                (self.newest, self.serial) = (id.0, self.serial + 1);
                // Where the person is in the browser already, listening is not waited for alone.
                let stays = self.stays_until().filter(|_| class == Class::Listen);
                if class.is_under_lease() || matches!(class, Class::Store | Class::Erase) {
                    self.hold_on();
                }
                let is_hurried = self.is_leased() && class.is_under_lease();
                let patience = if is_hurried { UNDER_LEASE } else { patience(class) };
                let due = stays.unwrap_or(self.now + patience);
                let (effect, serial) = (effect.clone(), self.serial);
                let open = Open { id, effect, class, due, serial, told: false };
                self.memory.made_up(&open);
                self.open.push(open);
            }
        }
        // Listening ends with the stay in the browser, which begins when there is a page.
        if let Some(at) = self.open.iter().position(|open| open.class == Class::Listen && open.told)
            && let Some(until) = self.stays_until()
        {
            self.open[at].due = until;
        }
    }

    /// The process ends and a new one begins. With `stored`, what was being stored was.
    pub(crate) fn kill(&mut self, stored: bool) {
        for open in std::mem::take(&mut self.open) {
            match open.effect {
                Effect::Store { session, .. } if stored => self.stored.push(session),
                Effect::Erase { homeserver, user_id, device_id, .. } if stored => {
                    self.stored.retain(|session| !session.is_of(&homeserver, &user_id, &device_id));
                }
                Effect::Http { .. } | Effect::Store { .. } | Effect::Erase { .. } => {}
                Effect::Prove { .. }
                | Effect::Lease { .. }
                | Effect::Listen { .. }
                | Effect::FindSecrets { .. }
                | Effect::ShareSecrets { .. }
                | Effect::AdoptSecrets { .. }
                | Effect::Browse { .. }
                | Effect::Cancel { .. } => {}
            }
        }
        let saved = self.engine.save().or_else(|| self.stored.last().cloned().map(Saved::from));
        if self.engine.save().is_none() {
            self.memory.expects = None;
        }
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.serial.to_le_bytes());
        let seeds = Seeds::new(seed, seed);
        self.engine = match saved {
            Some(saved) => Engine::resume(saved, config(), seeds, self.now),
            None => Engine::new(config(), seeds, self.now),
        };
        (self.done, self.newest, self.wished) = (None, 0, None);
        self.memory.told_stored.clear();
        self.memory.sent.clear();
        (self.memory.browsed, self.memory.proved) = (false, false);
        // The new process knows only what was stored: that this session is over is for the server to tell.
        let (stored, is_over) = (&self.stored, self.memory.issued.is_none());
        let is_stored = |spent: &Rc<str>| {
            stored.iter().any(|session| session.to_json().expose().contains(&**spent)) && is_over
        };
        self.memory.spent.retain(|spent| !is_stored(spent));
    }
}
