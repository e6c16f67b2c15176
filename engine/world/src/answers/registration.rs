//! What could be said to a registration, truthfully or not.

use narthex::Reply;
use serde_json::{Value, json};

use super::reply::{Named, matrix, ok_json, status, web_page};
use super::session::session;
use crate::world::{MARK, Open, UIA_MARK, World};

/// A challenge: what is asked for, as a new session would have it.
fn challenge(flows: &Value, completed: &Value, session: &str) -> Value {
    json!({
        "flows": flows,
        "completed": completed,
        "session": session,
        "params": {
            "m.login.terms": { "policies": {
                "privacy": {
                    "version": "1.0",
                    "en": { "name": "Privacy", "url": "https://example.org/privacy" },
                    "de": { "name": "Datenschutz", "url": "https://example.org/datenschutz" },
                },
            } },
            "m.login.recaptcha": { "public_key": "6Le" },
        },
    })
}

fn flow(stages: &[&str]) -> Value {
    json!({ "stages": stages })
}

/// The flows that a server could have.
fn every_flows() -> Vec<(&'static str, Value)> {
    const DUMMY: &str = "m.login.dummy";
    const TOKEN: &str = "m.login.registration_token";
    const TERMS: &str = "m.login.terms";
    const EMAIL: &str = "m.login.email.identity";
    const CAPTCHA: &str = "m.login.recaptcha";
    vec![
        ("open", json!([flow(&[DUMMY])])),
        ("token", json!([flow(&[TOKEN, DUMMY])])),
        ("terms", json!([flow(&[TERMS, DUMMY])])),
        ("e-mail", json!([flow(&[EMAIL])])),
        ("phone", json!([flow(&["m.login.msisdn"])])),
        ("captcha", json!([flow(&[CAPTCHA, DUMMY])])),
        ("e-mail optional", json!([flow(&[DUMMY]), flow(&[EMAIL])])),
        ("e-mail and terms", json!([flow(&[EMAIL, TERMS])])),
        ("unknown stage", json!([flow(&["org.example.dance"])])),
        ("two ways", json!([flow(&["org.example.dance", DUMMY]), flow(&[TERMS, CAPTCHA])])),
        ("no flows", json!([])),
        ("a flow of nothing", json!([flow(&[])])),
    ]
}

pub(super) fn probe(n: u64) -> Vec<Named> {
    let session = format!("{UIA_MARK}{n}-");
    let mut all: Vec<Named> = every_flows()
        .into_iter()
        .map(|(name, flows)| (name, ok_json(401, challenge(&flows, &json!([]), &session))))
        .collect();
    let mut unread = challenge(&json!([flow(&["m.login.terms"])]), &json!([]), &session);
    unread["params"]["m.login.terms"]["policies"]["privacy"] = json!({ "version": 1, "en": 7 });
    let mut nameless = challenge(&json!([flow(&["m.login.dummy"])]), &json!([]), &session);
    nameless["session"] = Value::Null;
    all.extend([
        ("terms that cannot be shown", ok_json(401, unread)),
        ("no session", ok_json(401, nameless)),
        ("registration closed", matrix(403, "M_FORBIDDEN")),
        ("no registration", matrix(404, "M_UNRECOGNIZED")),
        ("username wanted", matrix(400, "M_MISSING_PARAM")),
        ("username refused", matrix(400, "M_INVALID_USERNAME")),
        ("guarded", ok_json(400, json!({ "errcode": "M_UNKNOWN", "error": "Unknown session ID" }))),
        ("refused with flows", ok_json(403, refused_with_flows(&session))),
        ("unguarded", status(200, json!({ "user_id": "@x:example.org" }))),
    ]);
    all
}

/// Some servers do not name the device that they were asked for.
pub(super) fn nameless(n: u64) -> Reply {
    let token = format!("{MARK}access-{n}-");
    status(200, json!({ "user_id": "@alice:example.org", "access_token": token, "device_id": null }))
}

/// Palpo's way to refuse a stage.
fn refused_with_flows(session: &str) -> Value {
    let mut refused = challenge(&json!([flow(&["m.login.registration_token"])]), &json!([]), session);
    refused["errcode"] = json!("M_FORBIDDEN");
    refused["error"] = json!("Invalid registration token.");
    refused
}

pub(super) fn submission(world: &World, open: &Open, n: u64) -> Vec<Named> {
    let user = "@alice:example.org";
    let mut all: Vec<Named> = vec![
        ("registered", session(open, n, user)),
        ("registered without a session", status(200, json!({ "user_id": user }))),
        ("registered without a device", nameless(n)),
        ("registered as nobody", session(open, n, "alice")),
    ];
    all.extend(challenges(world, open, n));
    for (name, code, errcode) in [
        ("name taken", 400, "M_USER_IN_USE"),
        ("name invalid", 400, "M_INVALID_USERNAME"),
        ("name reserved", 400, "M_EXCLUSIVE"),
        ("password weak", 400, "M_WEAK_PASSWORD"),
        ("password too short", 400, "M_PASSWORD_TOO_SHORT"),
        ("address in use", 400, "M_THREEPID_IN_USE"),
        ("address denied", 403, "M_THREEPID_DENIED"),
        ("session unknown", 400, "M_UNKNOWN"),
        ("registration disabled", 403, "M_REGISTRATION_DISABLED"),
        ("approval needed", 403, "ORG.MATRIX.MSC3866_USER_AWAITING_APPROVAL"),
        ("server full", 403, "M_RESOURCE_LIMIT_EXCEEDED"),
        ("registration closed", 403, "M_FORBIDDEN"),
        ("no registration", 404, "M_UNRECOGNIZED"),
        ("some other error", 400, "ORG.EXAMPLE.ERROR"),
    ] {
        all.push((name, matrix(code, errcode)));
    }
    all
}

/// What may still be asked for: one stage less, the same again, or something else.
fn challenges(world: &World, open: &Open, n: u64) -> Vec<Named> {
    let body = open.body();
    let said = &world.said;
    let (flows, done) = (&said["flows"], &said["completed"]);
    let flows = if flows.is_array() { flows.clone() } else { json!([flow(&["m.login.dummy"])]) };
    let done = if done.is_array() { done.clone() } else { json!([]) };
    let session = body["auth"]["session"].as_str().map_or_else(|| format!("{UIA_MARK}{n}-"), str::to_owned);
    let mut more = done.as_array().cloned().unwrap_or_default();
    if let Some(stage) = body["auth"]["type"].as_str() {
        more.push(json!(stage));
    }
    // What the page in the browser was about is done without being told.
    if body["auth"]["type"].is_null() {
        let first = flows[0]["stages"].as_array().into_iter().flatten();
        more.extend(first.filter(|stage| !more.contains(stage)).take(1).cloned().collect::<Vec<_>>());
    }
    let passed = challenge(&flows, &json!(more), &session);
    let same = challenge(&flows, &done, &session);
    let mut failed = same.clone();
    failed["errcode"] = json!("M_UNAUTHORIZED");
    failed["error"] = json!("Not this");
    let other = challenge(&json!([flow(&["m.login.terms"])]), &json!([]), &session);
    let silent = json!({ "completed": more, "session": session });
    vec![
        ("stage passed", ok_json(401, passed)),
        ("stage failed, by 403", ok_json(403, failed.clone())),
        ("stage failed", ok_json(401, failed)),
        ("same again", ok_json(401, same)),
        ("other flows", ok_json(401, other)),
        ("no flows this time", ok_json(401, silent)),
        ("bare 401", matrix(401, "M_UNAUTHORIZED")),
        ("empty flows", ok_json(401, challenge(&json!([]), &json!([]), &session))),
        ("token unknown", matrix(401, "M_UNKNOWN_TOKEN")),
    ]
}

pub(super) fn available() -> Vec<Named> {
    vec![
        ("free", ok_json(200, json!({ "available": true }))),
        ("not free", ok_json(200, json!({ "available": false }))),
        ("taken", matrix(400, "M_USER_IN_USE")),
        ("invalid", matrix(400, "M_INVALID_USERNAME")),
        ("some other error", matrix(400, "M_UNKNOWN")),
        ("not asked here", matrix(404, "M_UNRECOGNIZED")),
    ]
}

pub(super) fn validity() -> Vec<Named> {
    vec![
        ("token good", ok_json(200, json!({ "valid": true }))),
        ("token bad", ok_json(200, json!({ "valid": false }))),
        ("not asked here", matrix(404, "M_UNRECOGNIZED")),
        ("registration closed", matrix(403, "M_FORBIDDEN")),
    ]
}

pub(super) fn confirm(n: u64) -> Vec<Named> {
    let sid = format!("sid{n}");
    let with = |url: &str| ok_json(200, json!({ "sid": sid, "submit_url": url }));
    vec![
        ("link sent", ok_json(200, json!({ "sid": sid }))),
        ("code sent", with("https://matrix.example.org/submit")),
        ("code sent, insecurely", with("http://matrix.example.org/submit")),
        ("code sent to this machine", with("https://localhost/submit")),
        ("code sent into our network", with("https://192.168.0.1/submit")),
        ("sent under an odd name", ok_json(200, json!({ "sid": "a b" }))),
        ("address in use", matrix(400, "M_THREEPID_IN_USE")),
        ("address denied", matrix(403, "M_THREEPID_DENIED")),
        ("address invalid", matrix(400, "M_INVALID_PARAM")),
        ("registration closed", matrix(403, "M_FORBIDDEN")),
        ("some other error", matrix(400, "M_THREEPID_MEDIUM_NOT_SUPPORTED")),
        ("no mail here", matrix(400, "M_UNKNOWN")),
        ("not asked here", web_page(404)),
    ]
}

pub(super) fn code() -> Vec<Named> {
    let said = |success: bool| -> Reply { ok_json(200, json!({ "success": success, "echo": MARK })) };
    vec![
        ("code right", said(true)),
        ("code wrong", said(false)),
        ("code refused", matrix(400, "M_TOKEN_INCORRECT")),
        ("confirmation expired", matrix(400, "M_SESSION_EXPIRED")),
        ("not asked here", web_page(404)),
    ]
}

pub(super) fn page() -> Vec<Named> {
    vec![("page", web_page(200)), ("no page", matrix(404, "M_UNKNOWN")), ("page forbidden", web_page(403))]
}
