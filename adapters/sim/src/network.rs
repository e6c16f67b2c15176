//! Between the process and the server: what gets through, when, and what comes instead.

use narthex::{EffectId, Lost, Reply, Request, Response, Secret};

use super::plan::{HOSTS, SECOND};
use super::run::{Due, Life};

/// What becomes of an answer on its way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Arrives,
    /// The connection breaks.
    Breaks,
    /// Silence.
    Vanishes,
    /// A proxy's own page comes instead.
    Replaced(u16),
}

impl Life {
    /// Sends a request on its way.
    pub(super) fn send(&mut self, id: EffectId, request: Request) {
        self.summary.exchanges += 1;
        let luck = self.luck;
        if !request.url.host_str().is_some_and(|host| HOSTS.contains(&host)) {
            return self.reply_later(id, Reply::Http(Err(Lost::Dns)));
        }
        if self.chance.one_in(luck.lose) {
            self.tell(format_args!("   {id:?}: the request is lost"));
            if self.chance.one_in(2) {
                self.reply_later(id, Reply::Http(Err(Lost::Connect)));
            }
            return;
        }
        let status = *self.chance.pick(&[500, 502, 503, 504]);
        let fate = if self.chance.one_in(luck.proxy) {
            if self.chance.one_in(2) {
                return self.reply_later(id, Reply::Http(Ok(of_a_proxy(status))));
            }
            Fate::Replaced(status)
        } else if self.chance.one_in(luck.limit) {
            let seconds = self.chance.between(1, 90);
            return self.reply_later(id, Reply::Http(Ok(patience_please(seconds))));
        } else if self.chance.one_in(luck.lose) {
            if self.chance.one_in(2) { Fate::Breaks } else { Fate::Vanishes }
        } else {
            Fate::Arrives
        };
        self.echo_later(&request);
        let (after, run) = (self.latency(), self.run);
        self.later(after, Due::Arrival { run, id, request, fate });
    }

    /// The server answers. It neither knows nor cares whether anybody still waits.
    pub(super) fn arrive(&mut self, run: u32, id: EffectId, request: &Request, fate: Fate) {
        // A connection that was closed carries nothing any more; what arrives, arrives in order.
        if run != self.run || !self.open.contains_key(&id) {
            return;
        }
        let before = self.laws.before_answer(request, &self.server);
        let now = self.server_time();
        let response = self.server.answer(now, request);
        if self.story.is_told() {
            let text = String::from_utf8_lossy(response.body.expose()).into_owned();
            self.tell(format_args!(
                "   {id:?}: the server answers {} {text}, which {fate:?}",
                response.status
            ));
        }
        self.laws.after_answer(request, &response, &self.server, now, before);
        let reply = match fate {
            Fate::Arrives => Ok(self.of_an_odd_life(response)),
            Fate::Breaks => Err(Lost::Broken),
            Fate::Replaced(status) => Ok(of_a_proxy(status)),
            Fate::Vanishes => return,
        };
        self.reply_later(id, Reply::Http(reply));
    }
}

fn of_a_proxy(status: u16) -> Response {
    Response {
        status,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: Secret::new(b"<html><h1>Bad gateway</h1></html>".to_vec()),
    }
}

fn patience_please(seconds: u64) -> Response {
    let body = format!(r#"{{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":{}}}"#, seconds * SECOND);
    Response {
        status: 429,
        headers: vec![("retry-after".to_owned(), seconds.to_string())],
        body: Secret::new(body.into_bytes()),
    }
}
