//! A driver for tests: it holds what the engine asked for until the test answers it, and writes down what happens.

use std::collections::BTreeMap;
use std::time::Duration;

use narthex::{
    Client, Config, Effect, EffectId, Engine, Failure, Input, Intent, LeaseProblem, Lost, Method, Offer,
    Reply, Request, Response, Saved, Screen, Secret, Seeds, Session, StorageProblem, Time,
};
use serde_json::Value;
use url::Url;

use crate::answers::UNRECOGNIZED;
use crate::show;

pub(crate) const START: Time = Time(1_700_000_000_000);

#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) engine: Engine,
    pub(crate) now: Time,
    config: Config,
    open: BTreeMap<EffectId, Effect>,
    /// Every request that was sent, in order.
    pub(crate) sent: Vec<Request>,
    /// Every input, and when.
    pub(crate) heard: Vec<(Time, Input)>,
    /// Every effect, in order.
    pub(crate) asked: Vec<Effect>,
    /// Every page that was shown.
    pub(crate) browsed: Vec<String>,
    pub(crate) trace: String,
    /// What is stored: whoever takes the lease reads it.
    pub(crate) stored: Vec<Session>,
    /// Leases are granted at once, unless a test answers them itself.
    pub(crate) leases: bool,
    /// What the store answers at once when it is to remember that a session has ended, unless a test does.
    pub(crate) marks: Option<Result<(), StorageProblem>>,
    /// A device is given its name at once, unless a test answers that itself.
    pub(crate) names: bool,
    /// What is said at once about the rendezvous of 2025, unless a test answers that itself.
    pub(crate) rendezvous: Option<(u16, &'static str)>,
    /// What the store answers at once when it is to prove itself, unless a test does.
    pub(crate) proof: Option<Result<(), StorageProblem>>,
}

/// Narthex, in English.
pub(crate) fn config() -> Config {
    Config::new(client())
}

/// Narthex, with a home page and nothing else.
pub(crate) fn client() -> Client {
    Client::new("Narthex", "https://narthex.example/".parse().expect("it is an address"))
}

/// Both seeds, of this byte.
pub(crate) fn seeds(byte: u8) -> Seeds {
    Seeds::new([byte; 32], [byte; 32])
}

impl Driver {
    pub(crate) fn new() -> Self {
        Self::with(config())
    }

    pub(crate) fn with(config: Config) -> Self {
        Self::holding(Engine::new(config.clone(), seeds(7), START), config, START)
    }

    pub(crate) fn resumed(saved: Saved) -> Self {
        let now = START + Duration::from_secs(60);
        let config = config();
        Self::holding(Engine::resume(saved, config.clone(), seeds(8), now), config, now)
    }

    fn holding(engine: Engine, config: Config, now: Time) -> Self {
        let (open, trace) = (BTreeMap::new(), String::new());
        let (sent, heard, asked, browsed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        // What an engine is resumed from is stored.
        let (stored, leases) = (engine.session().into_iter().cloned().collect(), true);
        let (marks, proof) = (Some(Ok(())), Some(Ok(())));
        Self {
            engine,
            now,
            config,
            open,
            sent,
            heard,
            asked,
            browsed,
            trace,
            stored,
            leases,
            names: true,
            rendezvous: Some((404, UNRECOGNIZED)),
            marks,
            proof,
        }
    }

    /// The process dies, and the next one goes on from what was written down.
    pub(crate) fn kill(&mut self) {
        let saved = self.engine.save().expect("something was saved");
        let saved = Saved::from_json(saved.to_json().expose()).expect("it reads what it wrote");
        let now = self.now + Duration::from_secs(10);
        self.engine = Engine::resume(saved, self.config.clone(), seeds(9), now);
        self.now = now;
        self.open.clear();
        self.trace += "! killed and started again\n";
        self.tell_view();
    }

    /// Lets the engine hear `input`, and returns what it asks for.
    pub(crate) fn hear(&mut self, input: Input) -> Vec<Effect> {
        let before = self.engine.view();
        self.heard.push((self.now, input.clone()));
        let effects = self.engine.handle(self.now, input);
        self.asked.extend(effects.iter().cloned());
        for effect in &effects {
            self.trace += &show::effect(effect);
            match effect {
                Effect::Cancel { id } => {
                    self.open.remove(id);
                }
                Effect::Browse { url } => self.browsed.push(url.to_string()),
                Effect::Http { id, request } => {
                    self.sent.push(request.clone());
                    self.open.insert(*id, effect.clone());
                }
                Effect::Listen { id, .. }
                | Effect::Prove { id }
                | Effect::Lease { id, .. }
                | Effect::Store { id, .. }
                | Effect::FindSecrets { id, .. }
                | Effect::ShareSecrets { id, .. }
                | Effect::AdoptSecrets { id, .. }
                | Effect::Erase { id, .. } => {
                    self.open.insert(*id, effect.clone());
                }
            }
        }
        if self.engine.view() != before {
            self.tell_view();
        }
        let is_naming =
            |effect: &Effect| matches!(effect, Effect::Http { request, .. } if request.method == Method::Put);
        if self.names
            && let Some(id) = effects.iter().find(|effect| is_naming(effect)).and_then(Effect::id)
        {
            self.open.remove(&id);
            let mut all = effects;
            all.extend(self.hear(Input::Reply { id, reply: Reply::Http(Ok(response(200, &[], "{}"))) }));
            return all;
        }
        let is_rendezvous = |effect: &&Effect| matches!(effect, Effect::Http { request, .. } if request.url.path().ends_with("msc4388/rendezvous"));
        if let Some((status, body)) = self.rendezvous
            && let Some(id) = effects.iter().find(is_rendezvous).and_then(Effect::id)
        {
            self.open.remove(&id);
            let mut all = effects;
            all.extend(self.hear(Input::Reply { id, reply: Reply::Http(Ok(response(status, &[], body))) }));
            return all;
        }
        if let (Some(result), Some(_)) = (self.proof, self.proof_asked()) {
            let mut all = effects;
            all.extend(self.prove(result));
            return all;
        }
        let is_mark =
            |effect: &&Effect| matches!(effect, Effect::Store { session, .. } if session.ended.is_some());
        if let (Some(result), Some(_)) = (self.marks, effects.iter().find(is_mark)) {
            self.stored(result);
            return effects;
        }
        if self.leases
            && let Some(Effect::Lease { .. }) = effects.iter().find(|e| matches!(e, Effect::Lease { .. }))
        {
            let mut all = effects;
            all.extend(self.grant());
            return all;
        }
        effects
    }

    fn proof_asked(&self) -> Option<EffectId> {
        self.open.iter().find_map(|(id, effect)| matches!(effect, Effect::Prove { .. }).then_some(*id))
    }

    /// The store shows that it can keep a session, or that it cannot.
    pub(crate) fn prove(&mut self, result: Result<(), StorageProblem>) -> Vec<Effect> {
        let id = self.proof_asked().expect("a proof was asked for");
        self.open.remove(&id);
        self.trace +=
            if result.is_ok() { "< a session could be stored\n" } else { "< none could be stored\n" };
        self.hear(Input::Reply { id, reply: Reply::Stored(result) })
    }

    /// Grants the lease, with what is stored.
    pub(crate) fn grant(&mut self) -> Vec<Effect> {
        let (_, homeserver, user_id, device_id) = self.lease().expect("a lease was asked for");
        let is_it = |session: &&Session| session.is_of(&homeserver, &user_id, &device_id);
        let stored = self.stored.iter().find(is_it).cloned().map(Box::new);
        self.trace += "< the lease\n";
        self.leased(Ok(stored))
    }

    pub(crate) fn leased(&mut self, result: Result<Option<Box<Session>>, LeaseProblem>) -> Vec<Effect> {
        let (id, ..) = self.lease().expect("a lease was asked for");
        if result.is_err() {
            self.trace += "< no lease\n";
            self.open.remove(&id);
        }
        self.hear(Input::Reply { id, reply: Reply::Leased(result) })
    }

    /// The lease that was asked for or is held, and of whose session.
    pub(crate) fn lease(&self) -> Option<(EffectId, Url, String, String)> {
        self.open.iter().find_map(|(id, effect)| match effect {
            Effect::Lease { homeserver, user_id, device_id, .. } => {
                Some((*id, homeserver.clone(), user_id.clone(), device_id.clone()))
            }
            _ => None,
        })
    }

    fn tell_view(&mut self) {
        self.trace += &show::view(&self.engine.view());
    }

    /// Says something that is on offer.
    pub(crate) fn say(&mut self, intent: Intent) -> &mut Self {
        self.trace += &show::intent(&intent);
        assert!(self.offers(intent.offer()), "{:?} is not on offer: {}", intent.offer(), self.trace);
        self.now = self.now + Duration::from_secs(1);
        self.hear(Input::Intent(intent));
        self
    }

    /// Answers the open request whose path ends so.
    pub(crate) fn answer(&mut self, path: &str, status: u16, body: &str) -> &mut Self {
        self.respond(path, response(status, &[], body))
    }

    pub(crate) fn respond(&mut self, path: &str, response: Response) -> &mut Self {
        self.trace += &show::response(path, &response);
        self.reply(path, Reply::Http(Ok(response)))
    }

    pub(crate) fn lose(&mut self, path: &str) -> &mut Self {
        self.trace += &format!("< {path}: the connection breaks\n");
        self.reply(path, Reply::Http(Err(Lost::Broken)))
    }

    fn reply(&mut self, path: &str, reply: Reply) -> &mut Self {
        let id = self.id_of(path);
        self.now = self.now + Duration::from_millis(100);
        self.open.remove(&id);
        self.hear(Input::Reply { id, reply });
        self
    }

    pub(crate) fn stored(&mut self, result: Result<(), StorageProblem>) -> &mut Self {
        let storage = |effect: &Effect| matches!(effect, Effect::Store { .. } | Effect::Erase { .. });
        let id = *self.open.iter().find(|(_, effect)| storage(effect)).expect("storage was asked").0;
        self.trace += &format!("< storage: {}\n", if result.is_ok() { "done" } else { "failed" });
        match self.open.remove(&id) {
            Some(Effect::Store { session, .. }) if result.is_ok() => {
                self.stored.retain(|stored| !stored.is_same(&session));
                self.stored.push(session);
            }
            Some(Effect::Erase { homeserver, user_id, device_id, .. }) if result.is_ok() => {
                self.stored.retain(|stored| !stored.is_of(&homeserver, &user_id, &device_id));
            }
            Some(_) | None => {}
        }
        self.hear(Input::Reply { id, reply: Reply::Stored(result) });
        self
    }

    pub(crate) fn listening(&mut self, port: u16) -> &mut Self {
        self.listening_at(&format!("http://127.0.0.1:{port}/"))
    }

    pub(crate) fn listening_at(&mut self, origin: &str) -> &mut Self {
        let (id, _) = self.listener().expect("a listener was asked for");
        self.trace += &format!("< listening on {origin}\n");
        let origin = origin.parse().expect("an address");
        self.hear(Input::Reply { id, reply: Reply::Listening(Ok(origin)) });
        self
    }

    /// Nothing can listen, or what did has stopped.
    pub(crate) fn deaf(&mut self) -> &mut Self {
        let (id, _) = self.listener().expect("a listener was asked for");
        self.trace += "< nothing can listen\n";
        self.open.remove(&id);
        self.hear(Input::Reply { id, reply: Reply::Listening(Err(Lost::Listen)) });
        self
    }

    /// The listener that was asked for, and the path it listens to.
    pub(crate) fn listener(&self) -> Option<(EffectId, String)> {
        self.open.iter().find_map(|(id, effect)| match effect {
            Effect::Listen { path, .. } => Some((*id, path.clone())),
            Effect::Http { .. }
            | Effect::Prove { .. }
            | Effect::Lease { .. }
            | Effect::Store { .. }
            | Effect::Erase { .. }
            | Effect::FindSecrets { .. }
            | Effect::ShareSecrets { .. }
            | Effect::AdoptSecrets { .. }
            | Effect::Browse { .. }
            | Effect::Cancel { .. } => None,
        })
    }

    pub(crate) fn link(&mut self, link: &str) -> &mut Self {
        self.trace += "< a callback\n";
        self.hear(Input::Callback(link.into()));
        self
    }

    /// Lets this much time pass.
    pub(crate) fn after(&mut self, time: Duration) -> &mut Self {
        self.trace += &format!("... {} ms\n", time.as_millis());
        self.now = self.now + time;
        self.hear(Input::Tick);
        self
    }

    /// Waits for the next deadline.
    pub(crate) fn wait(&mut self) -> &mut Self {
        let until = self.engine.deadline().expect("a deadline");
        self.trace += &format!("... {} ms\n", self.now.until(until).as_millis());
        self.now = self.now.max(until);
        self.hear(Input::Tick);
        self
    }

    pub(crate) fn offers(&self, offer: Offer) -> bool {
        self.engine.offers().contains(offer)
    }

    pub(crate) fn screen(&self) -> Screen {
        self.engine.view().screen
    }

    /// The failure that is shown.
    pub(crate) fn problem(&self) -> Failure {
        show::problem(&self.screen()).unwrap_or_else(|| panic!("no problem is shown:\n{}", self.trace))
    }

    /// The cause of the failure that is shown, as JSON.
    pub(crate) fn cause(&self) -> Value {
        serde_json::to_value(self.problem().cause).expect("it serialises")
    }

    fn id_of(&self, path: &str) -> EffectId {
        let is_it = |effect: &Effect| matches!(effect, Effect::Http { request, .. } if request.url.path().ends_with(path));
        let found: Vec<_> = self.open.iter().filter(|(_, effect)| is_it(effect)).map(|(id, _)| *id).collect();
        assert_eq!(found.len(), 1, "requests to {path} that are open:\n{}", self.trace);
        found[0]
    }

    /// The open request whose path ends so.
    pub(crate) fn request(&self, path: &str) -> Request {
        match &self.open[&self.id_of(path)] {
            Effect::Http { request, .. } => request.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// Its body.
    pub(crate) fn body(&self, path: &str) -> Value {
        serde_json::from_slice(self.request(path).body.expose()).expect("JSON")
    }

    pub(crate) fn is_open(&self, path: &str) -> bool {
        let is_it = |effect: &Effect| matches!(effect, Effect::Http { request, .. } if request.url.path().ends_with(path));
        self.open.values().any(is_it)
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.open.is_empty()
    }
}

pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Response { status, headers, body: Secret::new(body.as_bytes().to_vec()) }
}
