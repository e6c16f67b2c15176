//! A trace of a sign-in through the browser replays, and holds nothing that guards it.

mod linked;

use std::io::Write;
use std::sync::{Arc, Mutex};

use narthex::{
    Callback, Client, Config, Effect, EffectId, Engine, Input, Intent, Method, Offer, Reply, Request,
    Response, Saved, Screen, Secret, Seeds, Session, Time,
};
use narthex_sandbox::{Config as Server, Person, Sandbox, browser};
use serde_json::Value;
use url::Url;

use super::{Recorder, ReplayError, Stopped, replay};

const BASE: &str = "http://127.0.0.1:8008/";
const START: Time = Time(1_700_000_000_000);
const PASSWORD: &str = "correct horse battery staple";

/// Bytes that can be looked at while somebody writes them.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A process that is recorded, a server, and a browser.
struct Recorded {
    engine: Engine,
    recorder: Recorder,
    written: Shared,
    server: Sandbox,
    page: Option<Url>,
    stored: Option<Session>,
    now: Time,
}

impl Recorded {
    fn begin(server: Server, secrets: u8) -> Self {
        let mut server = Sandbox::new(server, 7);
        server.add_account("alice", PASSWORD);
        Self::process(server, None, secrets, START)
    }

    fn process(server: Sandbox, saved: Option<Saved>, secrets: u8, now: Time) -> Self {
        let config = Config::new(Client::new("Example", "https://app.example/".parse().unwrap()));
        let (seeds, written) = (Seeds::new([7; 32], [secrets; 32]), Shared::default());
        let recorder = Recorder::new(written.clone(), &config, saved.as_ref(), seeds.ids, now).unwrap();
        let engine = match saved {
            Some(saved) => Engine::resume(saved, config, seeds, now),
            None => Engine::new(config, seeds, now),
        };
        Self { engine, recorder, written, server, page: None, stored: None, now }
    }

    /// The process is killed, and the next one begins.
    fn killed(self, secrets: u8) -> (String, Self) {
        let saved = self.engine.save().unwrap();
        (self.written(), Self::process(self.server, Some(saved), secrets, self.now))
    }

    fn hear(&mut self, input: Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            self.now = Time(self.now.0 + 10);
            self.recorder.input(self.now, &input);
            let effects = self.engine.handle(self.now, input);
            self.recorder.outcome(&effects, &self.engine.view());
            inputs.extend(effects.into_iter().filter_map(|effect| self.perform(effect)));
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<Input> {
        let (id, reply) = match effect {
            Effect::Http { id, request } => (id, Reply::Http(Ok(self.server.answer(self.now, &request)))),
            Effect::Listen { id, port, .. } => {
                let port = port.unwrap_or(49_152);
                (id, Reply::Listening(Ok(format!("http://127.0.0.1:{port}/").parse().unwrap())))
            }
            Effect::Lease { id, .. } => (id, Reply::Leased(Ok(self.stored.clone().map(Box::new)))),
            Effect::Store { id, session } => {
                self.stored = Some(session);
                (id, Reply::Stored(Ok(())))
            }
            Effect::Prove { id } | Effect::Erase { id, .. } => (id, Reply::Stored(Ok(()))),
            Effect::Browse { url } => {
                self.page = Some(url);
                return None;
            }
            Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => {
                return None;
            }
            Effect::Cancel { .. } => return None,
        };
        Some(Input::Reply { id, reply })
    }

    /// Up to the browser.
    fn opens(&mut self, intent: Intent) -> &Url {
        self.hear(Input::Intent(Intent::UseServer { server: BASE.into() }));
        assert!(self.engine.offers().contains(intent.offer()), "{:?}", self.engine.view());
        self.hear(Input::Intent(intent));
        self.page.as_ref().expect("a page was opened")
    }

    /// The person does what the page is for: where the browser ends up.
    fn comes_back(&mut self) -> Callback {
        let page = self.page.take().expect("a page was opened");
        if let Some((_, back)) = page.query_pairs().find(|(key, _)| key == "redirectUrl") {
            let form = Url::parse(BASE).unwrap().join("_sandbox/sso").unwrap();
            let form = browser::submit(&form, &[("redirectUrl", &back), ("username", "alice")]);
            let answer = self.server.answer(self.now, &form);
            return answer.header("location").expect("a way back").into();
        }
        let person = Person::signing_in("alice", PASSWORD);
        String::from(self.server.consent(self.now, &page, person).expect("they may")).into()
    }

    fn written(&self) -> String {
        String::from_utf8(self.written.0.lock().unwrap().clone()).unwrap()
    }

    /// What guards the sign-in that waits in the browser.
    fn guards(&self) -> Vec<String> {
        let saved: Value = serde_json::from_str(self.engine.save().unwrap().to_json().expose()).unwrap();
        let request = &saved["step"]["request"];
        let path = saved["path"].as_str().map(|path| path.replace("/sso/", ""));
        let guards = [request["state"].as_str(), request["verifier"].as_str(), path.as_deref()];
        let guards: Vec<_> = guards.into_iter().flatten().map(str::to_owned).collect();
        assert!(!guards.is_empty());
        guards
    }
}

fn ways() -> [(Server, Intent); 2] {
    let base = || Url::parse(BASE).unwrap();
    [
        (Server::oauth(base()), Intent::SignInWithBrowser),
        (Server::sso(base()), Intent::SignInWithSso { provider: None }),
    ]
}

fn last_screen(trace: &str) -> Value {
    let replayed = replay(trace.as_bytes()).unwrap_or_else(|error| panic!("{error:?}\n{trace}"));
    replayed.views.last().unwrap().1["screen"].clone()
}

#[test]
fn a_sign_in_through_the_browser_replays_and_its_trace_does_not_depend_on_the_seed_of_secrets() {
    for (server, intent) in ways() {
        let traces = [1, 2].map(|secrets| {
            let mut process = Recorded::begin(server.clone(), secrets);
            process.opens(intent.clone());
            let guards = process.guards();
            let callback = process.comes_back();
            process.hear(Input::Callback("http://127.0.0.1:49152/oauth/x?state=theirs&code=theirs".into()));
            process.hear(Input::Callback(callback));
            assert!(matches!(process.engine.view().screen, Screen::SignedIn { .. }), "{:?}", process.engine);
            for guard in guards {
                assert!(!process.written().contains(&guard), "{guard} in {}", process.written());
            }
            assert_eq!(last_screen(&process.written()), "signed_in");
            process.written()
        });
        assert_eq!(traces[0], traces[1]);
    }
}

/// Found D10: while a sign-in can still be gone on with, its trace is already harmless, and replays.
#[test]
fn a_process_that_is_killed_in_the_browser_leaves_a_trace_and_so_does_the_next() {
    for (server, intent) in ways() {
        let mut process = Recorded::begin(server, 1);
        process.opens(intent);
        let (guards, callback) = (process.guards(), process.comes_back());
        let (first, mut process) = process.killed(2);
        process.hear(Input::Intent(Intent::Continue));
        process.hear(Input::Callback(callback));
        assert!(process.engine.offers().contains(Offer::SignOut), "{:?}", process.engine);
        let second = process.written();
        for guard in guards {
            assert!(!first.contains(&guard) && !second.contains(&guard), "{guard} in {first}{second}");
        }
        assert_eq!((last_screen(&first), last_screen(&second)), ("in_browser".into(), "signed_in".into()));
    }
}

#[test]
fn a_trace_of_another_version_is_told_from_a_damaged_one() {
    let old = "{\"line\":\"header\",\"version\":1,\"at\":1,\"device_name\":\"\",\"languages\":[]}\n";
    assert!(matches!(replay(old.as_bytes()), Err(ReplayError::Version(1))));
    let damaged = old.replace(":1,\"at\"", ":2,\"at\"");
    assert!(matches!(replay(damaged.as_bytes()), Err(ReplayError::Malformed(1))));
}

/// A request that another device may see, and nobody else.
fn hidden_request() -> Request {
    Request {
        method: Method::Put,
        url: "https://hs.test/rendezvous/marker-id".parse().unwrap(),
        headers: vec![("if-match", "marker-etag".into())],
        body: Secret::new(b"marker-sent".to_vec()),
        limit: 4096,
        patience: std::time::Duration::from_secs(3),
        shown_path: Some("/rendezvous/…"),
    }
}

#[test]
fn what_is_between_two_devices_is_in_no_trace() {
    let (config, written) =
        (Config::new(Client::new("Example", "https://app.example/".parse().unwrap())), Shared::default());
    let seeds = Seeds::new([7; 32], [1; 32]);
    let mut recorder = Recorder::new(written.clone(), &config, None, seeds.ids, START).unwrap();
    let engine = Engine::new(config, seeds, START);
    let (id, request) = (EffectId(1), hidden_request());
    let shown = format!("{request:?}");
    recorder.outcome(&[Effect::Http { id, request }], &engine.view());
    let headers = [("etag", "marker"), ("location", "https://hs.test/marker")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let response =
        Response { status: 200, headers, body: Secret::new(br#"{"id":"marker","data":"marker"}"#.to_vec()) };
    recorder.input(START, &Input::Reply { id, reply: Reply::Http(Ok(response)) });
    let trace = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(!trace.contains("marker") && !shown.contains("marker"), "{shown} {trace}");
    assert!(
        trace.contains("/rendezvous/…") && trace.contains(r#""what":"hidden","id":1,"status":200"#),
        "{trace}"
    );
}

#[test]
fn a_replay_ends_where_the_trace_holds_no_more() {
    let (config, written) =
        (Config::new(Client::new("Example", "https://app.example/".parse().unwrap())), Shared::default());
    Recorder::new(written.clone(), &config, None, [7; 32], START).unwrap();
    let header = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let trace =
        header + r#"{"line":"input","at":1700000000000,"what":"hidden","id":1,"status":200}"# + "\n?\n";
    assert!(matches!(replay(trace.as_bytes()), Err(ReplayError::Malformed(3))), "lines are read before");
    let trace = trace.replace("?\n", "");
    assert_eq!(replay(trace.as_bytes()).unwrap().stopped, Some(Stopped::Hidden));
}
