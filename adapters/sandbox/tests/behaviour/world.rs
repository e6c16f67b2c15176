//! A sandbox with a clock, and the few requests that every story makes.

use std::time::Duration;

use narthex::{Method, Request, Response, Secret, Time};
use narthex_sandbox::{Config, Sandbox, browser};
use serde_json::{Value, json};
use url::Url;

pub(crate) const REGISTER: &str = "_matrix/client/v3/register";
pub(crate) const LOGIN: &str = "_matrix/client/v3/login";
pub(crate) const WHOAMI: &str = "_matrix/client/v3/account/whoami";

pub(crate) struct World {
    pub(crate) server: Sandbox,
    pub(crate) now: Time,
}

/// A status and a JSON body.
pub(crate) type Answer = (u16, Value);

impl World {
    pub(crate) fn new(configure: impl FnOnce(Url) -> Config) -> Self {
        let config = configure("https://example.org/".parse().unwrap());
        Self { server: Sandbox::new(config, 1), now: Time(1_000_000) }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        self.server.config().base_url.join(path).unwrap()
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    pub(crate) fn send(&mut self, request: &Request) -> Response {
        self.server.answer(self.now, request)
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Answer {
        let request = Request {
            method: Method::Post,
            body: Secret::new(body.to_string().into_bytes()),
            ..browser::open(&self.url(path))
        };
        read(&self.send(&request))
    }

    pub(crate) fn get(&mut self, path: &str, access_token: &str) -> Answer {
        let bearer = Secret::new(format!("Bearer {access_token}"));
        let request = Request { headers: vec![("authorization", bearer)], ..browser::open(&self.url(path)) };
        read(&self.send(&request))
    }

    /// Registers, with whatever `auth` says.
    pub(crate) fn register(&mut self, username: &str, auth: &Value) -> Answer {
        let mut body = json!({ "username": username, "password": "correct horse" });
        if !auth.is_null() {
            body["auth"] = auth.clone();
        }
        self.post(REGISTER, &body)
    }

    /// The session of a probe.
    pub(crate) fn probe(&mut self, username: &str) -> String {
        let (status, body) = self.register(username, &Value::Null);
        assert_eq!(status, 401, "{body}");
        text(&body, "session")
    }

    pub(crate) fn fallback(&self, stage: &str, session: &str) -> Url {
        self.url(&format!("_matrix/client/v3/auth/{stage}/fallback/web?session={session}"))
    }

    pub(crate) fn login(&mut self, identifier: &Value, password: &str) -> Answer {
        let body = json!({ "type": "m.login.password", "identifier": identifier, "password": password });
        self.post(LOGIN, &body)
    }
}

pub(crate) fn read(response: &Response) -> Answer {
    (response.status, serde_json::from_slice(response.body.expose()).unwrap_or(Value::Null))
}

pub(crate) fn html(response: &Response) -> String {
    assert!(response.header("content-type").unwrap().starts_with("text/html"));
    String::from_utf8(response.body.expose().clone()).unwrap()
}

pub(crate) fn text(body: &Value, field: &str) -> String {
    body[field].as_str().unwrap_or_else(|| panic!("no {field} in {body}")).to_owned()
}
