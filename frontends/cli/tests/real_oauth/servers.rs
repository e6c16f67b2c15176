//! The two servers, and what a test can do to them that no program can.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::{Value, json};

use crate::PASSWORD;
use crate::server::{fresh_name, request, server};

/// The knobs are the same for all tests: whoever turns one is alone.
static KNOBS: RwLock<()> = RwLock::new(());

/// The homeserver and its authorization server.
pub(crate) struct Servers {
    pub(crate) base: String,
    pub(crate) authorization: String,
    control: String,
    turned: Option<Value>,
    _others: Others,
}

#[expect(dead_code, reason = "they are only held")]
enum Others {
    Welcome(RwLockReadGuard<'static, ()>),
    Kept(RwLockWriteGuard<'static, ()>),
}

/// The servers as they are; `None`, said aloud, if they do not run.
pub(crate) fn servers() -> Option<Servers> {
    servers_of("OAUTH")
}

/// Those of another profile, by the end of its variables' names.
pub(crate) fn servers_of(profile: &str) -> Option<Servers> {
    found(profile, || Others::Welcome(KNOBS.read().unwrap_or_else(PoisonError::into_inner)))
}

/// The servers with these knobs, until it is dropped.
pub(crate) fn turned(knobs: &Value) -> Option<Servers> {
    turned_of("OAUTH", knobs)
}

/// Those of another profile with these knobs, until it is dropped.
pub(crate) fn turned_of(profile: &str, knobs: &Value) -> Option<Servers> {
    let mut servers = found(profile, || Others::Kept(KNOBS.write().unwrap_or_else(PoisonError::into_inner)))?;
    servers.turned = Some(servers.control("POST", "knobs", &json!({})));
    servers.turn(knobs);
    Some(servers)
}

fn found(profile: &str, others: impl FnOnce() -> Others) -> Option<Servers> {
    let base = server(profile)?;
    let variable = |name: &str| std::env::var(format!("NARTHEX_TESTBED_{name}_{profile}")).unwrap();
    let (authorization, control) = (variable("AUTHORIZATION"), variable("CONTROL"));
    Some(Servers { base, authorization, control, turned: None, _others: others() })
}

impl Servers {
    /// Once more, while they are held.
    pub(crate) fn turn(&self, knobs: &Value) {
        assert!(self.turned.is_some(), "others would see it");
        self.control("POST", "knobs", knobs);
    }

    /// A person with an account; the username.
    pub(crate) fn person(&self) -> String {
        let name = fresh_name("who");
        self.control("POST", "users", &json!({ "username": name, "password": PASSWORD }));
        name
    }

    /// The devices on which this person is signed in.
    pub(crate) fn devices(&self, name: &str) -> Vec<String> {
        let all = self.control("GET", "sessions", &json!({}));
        let theirs = all.as_array().unwrap().iter().filter(|session| session["localpart"] == name);
        theirs.map(|session| session["device_id"].as_str().unwrap().to_owned()).collect()
    }

    /// Ends the person's sessions.
    pub(crate) fn end_sessions(&self, name: &str) {
        for device in self.devices(name) {
            self.control("POST", "kill", &json!({ "device_id": device }));
        }
    }

    fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}/_test/{path}", self.authorization);
        let headers = format!("Authorization: Bearer {}\r\n", self.control);
        let body = if method == "GET" { String::new() } else { body.to_string() };
        let (status, _, answer) = request(method, &url, &headers, &body);
        assert_eq!(status, 200, "{path}: {answer}");
        serde_json::from_str(&answer).unwrap()
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        if let Some(before) = self.turned.take() {
            self.control("POST", "knobs", &before);
        }
    }
}
