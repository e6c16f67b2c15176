//! A homeserver in this process, and what a person does elsewhere: in the browser, in the mailbox.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use narthex::{Request, Session, Time};
use narthex_sandbox::serve::{Fate, Server};
use narthex_sandbox::{Config, Person, Sandbox, browser};
use narthex_storage::{Keep, Options, Store};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use url::Url;

use crate::narthex::{Home, Json};
use crate::{PASSWORD, TOKEN};

/// A homeserver in this process.
pub(crate) struct Homeserver {
    server: Server,
    _runtime: Runtime,
}

pub(crate) fn now() -> Time {
    Time(u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap())
}

/// The stored sessions, as they will be shortly before the end of their tokens.
pub(crate) fn grow_old(home: &Home) {
    leave(home, 10);
}

/// The tokens of all sessions have so many seconds of five minutes left.
pub(crate) fn leave(home: &Home, seconds: u64) {
    let (data_dir, profile) = (home.path().to_owned(), "default".to_owned());
    let store = Store::open(Options { data_dir, profile, keep: Keep::Best { passphrase: None } }).unwrap();
    for account in store.accounts().unwrap() {
        let session = store.session(&account).unwrap().unwrap();
        let (granted_at, expires_at) =
            (now() - Duration::from_secs(300 - seconds), now() + Duration::from_secs(seconds));
        store
            .put(&Session { granted_at: Some(granted_at), expires_at: Some(expires_at), ..session })
            .unwrap();
    }
}

impl Homeserver {
    pub(crate) fn start(config: fn(Url) -> Config) -> Self {
        Self::with(config, |_| {})
    }

    pub(crate) fn with(config: fn(Url) -> Config, change: impl FnOnce(&mut Config)) -> Self {
        Self::behind(config, change, |_| Fate::Answered)
    }

    /// Behind a network that may do something to each exchange.
    pub(crate) fn behind(
        config: fn(Url) -> Config,
        change: impl FnOnce(&mut Config),
        network: impl Fn(&Request) -> Fate + Send + Sync + 'static,
    ) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut config = config(Url::parse("http://127.0.0.1/").unwrap());
        config.registration_tokens.push((TOKEN.to_owned(), None, None));
        change(&mut config);
        let sandbox = Sandbox::new(config, 1);
        let starting = Server::start_behind(sandbox, ([127, 0, 0, 1], 0).into(), now, network);
        let server = runtime.block_on(starting).unwrap();
        Self { server, _runtime: runtime }
    }

    pub(crate) fn url(&self) -> &str {
        self.server.url().as_str()
    }

    pub(crate) fn look<T>(&self, at: impl FnOnce(&mut Sandbox) -> T) -> T {
        at(&mut self.server.sandbox())
    }

    /// Whose token this is.
    pub(crate) fn owner(&self, token: &str) -> Option<String> {
        self.look(|sandbox| sandbox.holder(now(), token).map(|(user, _)| user.to_owned()))
    }

    pub(crate) fn devices(&self, localpart: &str) -> usize {
        self.look(|sandbox| sandbox.account(localpart).map_or(0, |account| account.devices.len()))
    }

    /// How many sessions by OAuth 2.0 there are.
    pub(crate) fn oauth_sessions(&self, localpart: &str) -> usize {
        self.look(|sandbox| sandbox.oauth_sessions(localpart))
    }

    /// What a browser does, without going through a socket.
    pub(crate) fn browse(&self, request: &Request) -> narthex::Response {
        self.look(|sandbox| sandbox.answer(now(), request))
    }

    /// Somebody signs in at the page and lets the program in: the callback.
    pub(crate) fn consent(&self, page: &str, person: Person<'_>) -> Url {
        let page = Url::parse(page).unwrap();
        self.look(|sandbox| sandbox.consent(now(), &page, person)).unwrap()
    }

    /// Somebody changes their mind at the page: the callback.
    pub(crate) fn decline(&self, page: &str, person: Person<'_>) -> Url {
        let page = Url::parse(page).unwrap();
        self.look(|sandbox| sandbox.decline(now(), &page, person)).unwrap()
    }

    /// Somebody enters the code of a device, and lets it in or not.
    pub(crate) fn enter_code(&self, code: &str, person: Person<'_>, allow: bool) {
        assert!(self.look(|sandbox| sandbox.link_device(now(), code, person, allow)), "{code}");
    }

    pub(crate) fn open_mailed_link(&self, address: &str) {
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            let link =
                self.look(|s| s.mail().iter().rev().find(|mail| mail.to == address).map(|m| m.link.clone()));
            if let Some(link) = link {
                assert_eq!(self.browse(&browser::open(&link)).status, 200);
                return;
            }
            std::thread::yield_now();
        }
        panic!("no mail came to {address}");
    }

    pub(crate) fn solve_captcha(&self, page: &str) {
        let page = Url::parse(page).unwrap();
        let session = page.query_pairs().find(|(key, _)| key == "session").unwrap().1.into_owned();
        let fields = [("session", session.as_str()), ("g-recaptcha-response", "good-captcha")];
        assert_eq!(self.browse(&browser::submit(&page, &fields)).status, 200);
    }

    /// What a person does about one line.
    pub(crate) fn answer(&self, run: &mut Json, line: &Value, name: &str) {
        let address = format!("{name}@example.invalid");
        let offers =
            |offer: &str| line["offers"].as_array().is_some_and(|offers| offers.contains(&json!(offer)));
        match line["screen"].as_str().unwrap_or_default() {
            "paused" => run.intent("continue"),
            "register_form" if offers("register") => {
                run.say(&json!({ "intent": "register", "username": name, "password": PASSWORD }));
            }
            "registration_token" => run.say(&json!({ "intent": "use_token", "token": TOKEN })),
            "terms" => run.intent("accept_terms"),
            "address" => run.say(&json!({ "intent": "use_email", "address": address })),
            "in_browser" if offers("check_now") => {
                self.solve_captcha(line["url"].as_str().unwrap());
                run.intent("check_now");
            }
            "confirmation" if offers("check_now") => {
                self.open_mailed_link(&address);
                run.intent("check_now");
            }
            "problem" if offers("retry") => run.intent("retry"),
            _ => {}
        }
    }

    /// A person who answers whatever is asked, until they are signed in or it failed.
    pub(crate) fn answer_everything(&self, run: &mut Json, name: &str) -> Value {
        loop {
            let line = run.next();
            if matches!(line["type"].as_str().unwrap(), "signed_in" | "failed") {
                return line;
            }
            self.answer(run, &line, name);
        }
    }
}
