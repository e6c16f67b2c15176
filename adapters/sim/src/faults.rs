//! What goes wrong now and then: a server and a disk that go back in time, requests that arrive twice, answers of odd
//! lives, callbacks by the dozen.
//!
//! Each is a loss of its own, and `laws` names what it may cost.

use narthex::{Input, Request, Response, Secret, Session};
use serde_json::{Value, json};

use super::law::{Broken, Law};
use super::process::{Disk, ELSEWHERE, is_elsewhere};
use super::run::{Due, Life};

/// What was on the disk before it was written last.
#[derive(Debug, Default)]
pub(super) struct Past(Option<(Option<narthex::Saved>, Vec<Session>)>);

impl Life {
    /// Takes note of what is on the disk, before that changes.
    pub(super) fn remember_disk(&mut self) {
        self.past = Past(Some((self.disk.saved.clone(), self.disk.sessions.clone())));
    }

    /// The last write is lost with the machine: the file of before is there again.
    pub(super) fn roll_back(&mut self) {
        let Some((saved, sessions)) = self.past.0.take() else { return };
        if self.disk.saved == saved && self.disk.sessions == sessions {
            return;
        }
        self.tell(format_args!("the last write is lost"));
        (self.disk.saved, self.disk.sessions) = (saved, sessions);
        self.person.wants_again = None;
        self.laws.lost_the_past();
    }

    /// The server is what it was when somebody signed in for the first time.
    pub(super) fn restore(&mut self) {
        let Some(server) = self.backup.take() else { return };
        self.tell(format_args!("the server is restored from a backup"));
        self.server = server;
        self.laws.lost_the_past();
    }

    /// A proxy sends a request once more, and hears the answer itself. Not one that spends a token: where a server ends a
    /// session because of that, no client can help it.
    pub(super) fn echo_later(&mut self, request: &Request) {
        let path = request.url.path();
        let is_refresh = path.ends_with("/refresh") || path.ends_with("/token");
        if !is_refresh && self.chance.one_in(self.luck.echo) {
            let after = 2 * self.latency();
            self.later(after, Due::Echo(request.clone()));
        }
    }

    pub(super) fn echo(&mut self, request: &Request) {
        let before = self.laws.before_answer(request, &self.server);
        let now = self.server_time();
        let response = self.server.answer(now, request);
        self.tell(format_args!("   {request:?} arrives once more"));
        self.laws.after_answer(request, &response, &self.server, now, before);
        self.laws.echoed(&response);
    }

    /// The server says nonsense about how long the tokens live that it gives.
    pub(super) fn of_an_odd_life(&mut self, mut response: Response) -> Response {
        if !self.chance.one_in(self.luck.odd_life) {
            return response;
        }
        let Ok(Value::Object(mut body)) = serde_json::from_slice(response.body.expose()) else {
            return response;
        };
        let odd =
            self.chance.pick(&[json!(0), json!(-1), json!("soon"), Value::Null, json!("240000")]).clone();
        for name in ["expires_in", "expires_in_ms"] {
            if let Some(life) = body.get_mut(name).filter(|_| response.status == 200) {
                *life = odd.clone();
            }
        }
        response.body = Secret::new(Value::Object(body).to_string().into_bytes());
        response
    }

    /// Callbacks that nobody waits for, as many as anybody likes: none moves anything.
    pub(super) fn flood(&mut self) -> Result<(), Broken> {
        self.hear(Input::Tick)?;
        let now = self.engine_time();
        let Some(engine) = &mut self.engine else { return Ok(()) };
        let before = engine.view();
        for n in 0..self.luck.flood {
            let link = format!("http://127.0.0.1:{}/oauth/0?state={n}&code={n}", 40_000 + n);
            let effects = engine.handle(now, Input::Callback(link.as_str().into()));
            if !effects.is_empty() || engine.view() != before {
                return Err(Broken::new(Law::NotOurs, link));
            }
        }
        Ok(())
    }
}

impl Disk {
    /// A hostile server has given out the names of our session before us.
    pub(super) fn with_bystander(&mut self, of: &Session) {
        if !self.sessions.iter().any(is_elsewhere) {
            let homeserver = ELSEWHERE.parse().expect("an address");
            self.sessions.insert(0, Session { homeserver, access_token: "theirs".into(), ..of.clone() });
            self.has_bystander = true;
        }
    }
}
