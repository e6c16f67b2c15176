//! One process of those that share a session; and how the session is made and ended, by an engine that has only luck.

use std::collections::VecDeque;

use narthex::{Config, Effect, Engine, Input, Intent, Reply, Request, Screen, Seeds, Session, Time};
use narthex_sandbox::{Person, Sandbox};
use url::form_urlencoded;

use crate::plan::{MEMBER, PASSWORD};
use crate::process::client;

/// A process, if it runs.
#[derive(Debug, Default)]
pub(super) struct Outing {
    pub(super) engine: Option<Engine>,
    /// Which process this is.
    pub(super) run: u32,
    /// New tokens are on their way to it, or not stored yet.
    pub(super) refreshed: bool,
}

impl Outing {
    pub(super) fn begin(&mut self, engine: Engine) {
        (self.engine, self.refreshed) = (Some(engine), false);
    }

    pub(super) fn end(&mut self) {
        self.engine = None;
        self.run += 1;
    }
}

/// The token that a request sends.
pub(super) fn ask(request: &Request) -> String {
    let bearer = request.headers.iter().find(|(name, _)| *name == "authorization");
    let bearer = bearer.and_then(|(_, value)| value.expose().strip_prefix("Bearer ").map(str::to_owned));
    let mut fields = form_urlencoded::parse(request.body.expose());
    let field = || {
        let token = fields.find(|(name, _)| name == "refresh_token" || name == "token");
        token.map(|(_, value)| value.into_owned())
    };
    bearer.or_else(field).unwrap_or_default()
}

/// A session that was made in the browser.
pub(super) fn signed_in(server: &mut Sandbox, now: Time, seeds: Seeds) -> Option<Session> {
    let mut engine = Engine::new(Config::new(client()), seeds, now);
    let server_name = "https://matrix.example.org/".to_owned();
    let found = engine.handle(now, Input::Intent(Intent::UseServer { server: server_name }));
    settle(server, now, &mut engine, found, &mut None);
    let begun = engine.handle(now, Input::Intent(Intent::SignInWithBrowser));
    settle(server, now, &mut engine, begun, &mut None);
    engine.session().cloned()
}

/// Where signing out leads to.
pub(super) fn sign_out(server: &mut Sandbox, now: Time, mut engine: Engine) -> Option<Screen> {
    let (mut now, mut stored) = (now, engine.session().cloned());
    for _ in 0..4 {
        // What is due at once goes first.
        now = engine.deadline().filter(|due| due.0 <= now.0 + 1).unwrap_or(now);
        let effects = engine.handle(now, Input::Tick);
        settle(server, now, &mut engine, effects, &mut stored);
    }
    let effects = engine.handle(now, Input::Intent(Intent::SignOut { everywhere: false }));
    settle(server, now, &mut engine, effects, &mut stored);
    Some(engine.view().screen)
}

/// Does what is wanted until nothing is.
fn settle(
    server: &mut Sandbox,
    now: Time,
    engine: &mut Engine,
    effects: Vec<Effect>,
    stored: &mut Option<Session>,
) {
    let mut todo = VecDeque::from(effects);
    while let Some(effect) = todo.pop_front() {
        let input = match effect {
            Effect::Http { id, request } => {
                Input::Reply { id, reply: Reply::Http(Ok(server.answer(now, &request))) }
            }
            Effect::Listen { id, .. } => {
                let origin = "http://127.0.0.1:49152/".parse().expect("an address");
                Input::Reply { id, reply: Reply::Listening(Ok(origin)) }
            }
            Effect::Lease { id, .. } => {
                Input::Reply { id, reply: Reply::Leased(Ok(stored.clone().map(Box::new))) }
            }
            Effect::Store { id, session } => {
                *stored = Some(session);
                Input::Reply { id, reply: Reply::Stored(Ok(())) }
            }
            Effect::Prove { id } => Input::Reply { id, reply: Reply::Stored(Ok(())) },
            Effect::Erase { id, .. } => {
                *stored = None;
                Input::Reply { id, reply: Reply::Stored(Ok(())) }
            }
            Effect::Browse { url } => match server.consent(now, &url, Person::signing_in(MEMBER, PASSWORD)) {
                Some(back) => Input::Callback(String::from(back).as_str().into()),
                None => continue,
            },
            Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => {
                continue;
            }
            Effect::Cancel { .. } => continue,
        };
        todo.extend(engine.handle(now, input));
    }
}
