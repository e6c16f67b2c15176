//! A homeserver in this process, whose network and clock do as they are told, and what people do at its pages.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use narthex::{Request, Response, Secret, Time};
use narthex_sandbox::serve::{Fate, Server};
use narthex_sandbox::{Config, Person, Refresh, Sandbox, browser};
use tokio::runtime::Runtime;
use url::Url;

use crate::PASSWORDS;
use crate::program::Event;
use crate::step::{Fault, Kind, User};

pub(crate) const TOKEN: &str = "narthex-demo-token";

/// The part of user ids after the colon.
const NAME: &str = "hs.test";

pub(crate) struct Homeserver {
    server: Server,
    clock: Arc<Clock>,
    network: Arc<Mutex<Network>>,
}

/// It stands still, but for what [`Homeserver::pass`] adds: a run is the same however fast it is.
struct Clock {
    began: u64,
    passed: AtomicU64,
}

impl Clock {
    fn now(&self) -> Time {
        Time(self.began + self.passed.load(Ordering::SeqCst))
    }
}

/// What the network has in store.
#[derive(Default)]
struct Network {
    heard: u32,
    outage: Option<(Fault, u32, u32)>,
    kill: Option<(u32, bool, Sender<Event>)>,
}

impl Network {
    fn fate(&mut self) -> Fate {
        let at = self.heard;
        self.heard += 1;
        if let Some((kill, heard, reached)) = &self.kill
            && *kill == at
        {
            let _ = reached.send(Event::Reached);
            return Fate::Held { heard: *heard };
        }
        match self.outage {
            Some((fault, from, times)) if (from..from + times).contains(&at) => match fault {
                Fault::Unavailable => Fate::Instead(answer(503, &[], "{}")),
                Fault::Limited => Fate::Instead(answer(
                    429,
                    &[("retry-after", "0")],
                    r#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests","retry_after_ms":20}"#,
                )),
                Fault::Cut => Fate::Cut { heard: false },
                Fault::AnswerLost => Fate::Cut { heard: true },
            },
            Some(_) | None => Fate::Answered,
        }
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let headers = [&[("content-type", "application/json")], headers].concat();
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Response { status, headers, body: Secret::new(body.as_bytes().to_vec()) }
}

/// One for all servers.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
    })
}

impl Homeserver {
    pub(crate) fn start(kind: Kind) -> Self {
        let here = Url::parse("http://127.0.0.1/").unwrap();
        let mut config = match kind {
            Kind::Legacy => Config { flows: Config::token(here.clone()).flows, ..Config::sso(here) },
            Kind::Fleeting => Config {
                flows: Config::token(here.clone()).flows,
                refresh: Some(Refresh { access_lifetime: Duration::from_millis(1), ..Refresh::default() }),
                ..Config::sso(here)
            },
            Kind::Oauth => Config::oauth(here),
        };
        config.server_name = Some(NAME.to_owned());
        config.registration_tokens.push((TOKEN.to_owned(), None, None));
        let mut sandbox = Sandbox::new(config, 1);
        for user in [User::Alice, User::Bob] {
            sandbox.add_account(user.name(), PASSWORDS[0]);
        }
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let clock = Arc::new(Clock { began: u64::try_from(began).unwrap(), passed: AtomicU64::new(0) });
        let network = Arc::new(Mutex::new(Network::default()));
        let (its_clock, its_network) = (Arc::clone(&clock), Arc::clone(&network));
        let starting = Server::start_behind(
            sandbox,
            ([127, 0, 0, 1], 0).into(),
            move || its_clock.now(),
            move |_| its_network.lock().unwrap().fate(),
        );
        Self { server: runtime().block_on(starting).unwrap(), clock, network }
    }

    pub(crate) fn url(&self) -> &str {
        self.server.url().as_str()
    }

    pub(crate) fn look<T>(&self, at: impl FnOnce(&mut Sandbox) -> T) -> T {
        at(&mut self.server.sandbox())
    }

    fn ask(&self, request: &Request) -> Response {
        self.look(|sandbox| sandbox.answer(self.clock.now(), request))
    }

    /// Time passes.
    pub(crate) fn pass(&self, time: Duration) {
        self.clock.passed.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// From now on the next command's requests are counted, and meet this.
    pub(crate) fn meet(&self, outage: Option<(Fault, u8, u8)>, kill: Option<(u8, bool, Sender<Event>)>) {
        let outage = outage.map(|(fault, from, times)| (fault, from.into(), times.into()));
        let kill = kill.map(|(at, heard, reached)| (at.into(), heard, reached));
        *self.network.lock().unwrap() = Network { heard: 0, outage, kill };
    }

    /// How many requests there were since.
    pub(crate) fn heard(&self) -> u32 {
        self.network.lock().unwrap().heard
    }

    pub(crate) fn user_id(&self, user: User) -> String {
        format!("@{}:{NAME}", user.name())
    }

    /// Whose token this is.
    pub(crate) fn owner(&self, token: &str) -> Option<(String, String)> {
        let holder = |sandbox: &mut Sandbox| {
            let (user, device) = sandbox.holder(self.clock.now(), token)?;
            Some((user.to_owned(), device.to_owned()))
        };
        self.look(holder)
    }

    /// The devices of an account; `None` if there is no such account.
    pub(crate) fn devices(&self, user: User) -> Option<BTreeSet<String>> {
        self.look(|sandbox| Some(sandbox.account(user.name())?.devices.keys().cloned().collect()))
    }

    pub(crate) fn login_token(&self, user: User) -> String {
        let back = self.single_sign_on("http://localhost/", user);
        back.query_pairs().find(|(key, _)| key == "loginToken").unwrap().1.into_owned()
    }

    /// Somebody signs in at their provider: where their browser is sent.
    fn single_sign_on(&self, redirect_url: &str, user: User) -> Url {
        let form = self.server.url().join("_sandbox/sso").unwrap();
        let fields = [("redirectUrl", redirect_url), ("username", user.name())];
        let answer = self.ask(&browser::submit(&form, &fields));
        Url::parse(answer.header("location").unwrap()).unwrap()
    }

    /// What a person does at the page of a sign-in: the callback, if they get that far.
    pub(crate) fn decide(&self, page: &str, user: User, consent: bool) -> Option<Url> {
        let page = Url::parse(page).unwrap();
        if let Some((_, back)) = page.query_pairs().find(|(key, _)| key == "redirectUrl") {
            return consent.then(|| self.single_sign_on(&back, user));
        }
        let (now, person) = (self.clock.now(), self.person(user));
        self.look(|sandbox| match consent {
            true => sandbox.consent(now, &page, person),
            false => sandbox.decline(now, &page, person),
        })
    }

    /// What a person does with a code.
    pub(crate) fn link(&self, code: &str, user: User, allow: bool) -> bool {
        let (now, person) = (self.clock.now(), self.person(user));
        self.look(|sandbox| sandbox.link_device(now, code, person, allow))
    }

    /// Whoever has no account makes one.
    fn person(&self, user: User) -> Person<'static> {
        let passwords =
            PASSWORDS.iter().find(|password| self.look(|s| s.has_password(user.name(), password)));
        match passwords {
            Some(password) => Person::signing_in(user.name(), password),
            None => Person::registering(user.name(), PASSWORDS[0]),
        }
    }
}
