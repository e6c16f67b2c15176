//! What the server has to know before two devices meet.
#![expect(clippy::wildcard_enum_match_arm, reason = "the server answers what comes over HTTP")]

use narthex::{
    Config, Effect, Engine, Input, Intent, Method, Offer, Reply, Request, Response, Screen, Secret, Seeds,
    Session, Time,
};
use narthex_sandbox::{Person, Sandbox};
use serde_json::{Value, json};

use crate::process::client;

/// Who it is.
pub(super) const USER: &str = "alice";
pub(super) const USER_ID: &str = "@alice:example.org";
pub(super) const PASSWORD: &str = "Correct horse 7!";
/// Somebody else.
pub(super) const STRANGER: &str = "mallory";
pub(super) const STRANGER_ID: &str = "@mallory:example.org";
/// The account's keys: of the seeds 1, 2 and 3, and what opens its backup.
const PUBLISHED: &str = include_str!("../../../../fuzz/corpus/qr_bundle/hand-published-backup");

/// A session that is made by a code for another device.
pub(super) fn signed_in(server: &mut Sandbox, now: Time, seeds: Seeds, user: &str) -> Session {
    let mut engine = Engine::new(Config::new(client()), seeds, now);
    let mut now = now;
    let server_name = "https://matrix.example.org/".to_owned();
    let mut todo = engine.handle(now, Input::Intent(Intent::UseServer { server: server_name }));
    for _ in 0..100 {
        while let Some(effect) = todo.pop() {
            let Some(id) = effect.id() else { continue };
            let reply = match effect {
                Effect::Http { request, .. } => Reply::Http(Ok(server.answer(now, &request))),
                Effect::Lease { .. } => Reply::Leased(Ok(None)),
                _ => Reply::Stored(Ok(())),
            };
            todo.extend(engine.handle(now, Input::Reply { id, reply }));
        }
        if let Some(session) = engine.session() {
            return session.clone();
        }
        if engine.offers().contains(Offer::SignInWithDeviceCode) {
            todo = engine.handle(now, Input::Intent(Intent::SignInWithDeviceCode));
            continue;
        }
        if let Screen::UserCode { user_code, .. } = engine.view().screen {
            server.link_device(now, &user_code, Person::signing_in(user, PASSWORD), true);
        }
        now = engine.deadline().unwrap_or(now).max(now);
        todo = engine.handle(now, Input::Tick);
    }
    panic!("nobody is signed in: {:?}", engine.view());
}

/// The account gets its identity and its backup.
pub(super) fn publish(server: &mut Sandbox, now: Time, session: &Session) {
    let (keys, backup) = PUBLISHED.split_once('\n').expect("two answers");
    let (keys, backup): (Value, Value) =
        (serde_json::from_str(keys).expect("JSON"), serde_json::from_str(backup).expect("JSON"));
    let key = |field: &str| keys[field][USER_ID].clone();
    let identity = json!({
        "master_key": key("master_keys"),
        "self_signing_key": key("self_signing_keys"),
        "user_signing_key": key("user_signing_keys"),
    });
    post(server, now, session, "_matrix/client/v3/keys/device_signing/upload", &identity);
    let backup = json!({ "algorithm": backup["algorithm"], "auth_data": backup["auth_data"] });
    post(server, now, session, "_matrix/client/v3/room_keys/version", &backup);
}

pub(super) fn post(server: &mut Sandbox, now: Time, session: &Session, path: &str, body: &Value) -> Response {
    let token = format!("Bearer {}", session.access_token.expose());
    let request = Request {
        method: Method::Post,
        url: session.homeserver.join(path).expect("a path"),
        headers: vec![
            ("authorization", Secret::new(token)),
            ("content-type", Secret::from("application/json")),
        ],
        body: Secret::new(body.to_string().into_bytes()),
        limit: 65_536,
        patience: std::time::Duration::from_secs(10),
        shown_path: None,
    };
    let response = server.answer(now, &request);
    assert_eq!(response.status, 200, "{path}: {}", String::from_utf8_lossy(response.body.expose()));
    response
}
