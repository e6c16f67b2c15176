//! What could be said about a session, truthfully or not.

use narthex::Reply;
use serde_json::{Value, json};

use super::reply::{Named, matrix, ok_json, status};
use crate::world::{MARK, Open, World};

/// A session with tokens that were never seen before.
pub(super) fn session(open: &Open, n: u64, user_id: &str) -> Reply {
    let device = open.body()["device_id"].as_str().unwrap_or("SERVERSOWN").to_owned();
    status(
        200,
        json!({
            "user_id": user_id,
            "device_id": device,
            "access_token": format!("{MARK}access-{n}-"),
            "refresh_token": format!("{MARK}refresh-{n}-"),
            "expires_in_ms": 300_000,
        }),
    )
}

pub(super) fn login(open: &Open, n: u64) -> Vec<Named> {
    let user = "@alice:example.org";
    let mut all = vec![
        ("signed in", session(open, n, user)),
        ("signed in as another", session(open, n, "@mallory:example.org")),
        (
            "signed in for good",
            status(
                200,
                json!({ "user_id": user, "device_id": "OLD", "access_token": format!("{MARK}access-{n}-") }),
            ),
        ),
        ("signed in without a token", status(200, json!({ "user_id": user, "device_id": "D" }))),
        ("signed in as nobody", session(open, n, "")),
    ];
    for (name, code, errcode) in [
        ("wrong credentials", 403, "M_FORBIDDEN"),
        ("deactivated", 403, "M_USER_DEACTIVATED"),
        ("locked", 403, "M_USER_LOCKED"),
        ("approval needed", 403, "ORG.MATRIX.MSC3866_USER_AWAITING_APPROVAL"),
        ("server full", 403, "M_RESOURCE_LIMIT_EXCEEDED"),
        ("no login", 404, "M_UNRECOGNIZED"),
        ("some other error", 400, "ORG.EXAMPLE.ERROR"),
    ] {
        all.push((name, matrix(code, errcode)));
    }
    let page = "https://matrix.example.org/_matrix/consent";
    let consent = json!({ "errcode": "M_CONSENT_NOT_GIVEN", "consent_uri": page });
    all.push(("consent needed", status(403, consent)));
    all
}

pub(super) fn whoami(world: &World) -> Vec<Named> {
    let session = world.engine.session();
    let user = session.map_or("", |session| session.user_id.as_str());
    let device = session.map_or("", |session| session.device_id.as_str());
    vec![
        ("it is you", ok_json(200, json!({ "user_id": user, "device_id": device }))),
        ("it is somebody else", ok_json(200, json!({ "user_id": "@mallory:example.org" }))),
        ("it is another device", ok_json(200, json!({ "user_id": user, "device_id": "OTHER" }))),
        ("token ended", ended(false)),
        ("token ended softly", ended(true)),
        ("bare 401", status(401, Value::Null)),
        ("locked", matrix(401, "M_USER_LOCKED")),
        ("forbidden", matrix(403, "M_FORBIDDEN")),
    ]
}

pub(super) fn refresh(n: u64) -> Vec<Named> {
    let access = format!("{MARK}access-{n}-");
    vec![
        (
            "renewed",
            ok_json(
                200,
                json!({ "access_token": access, "refresh_token": format!("{MARK}refresh-{n}-"), "expires_in_ms": 300_000 }),
            ),
        ),
        ("renewed, same refresh token", ok_json(200, json!({ "access_token": access, "expires_in_ms": 1 }))),
        ("renewed with nothing", ok_json(200, json!({ "access_token": "" }))),
        ("token ended", ended(false)),
        ("token ended softly", ended(true)),
        ("refresh token unknown", matrix(403, "M_FORBIDDEN")),
        ("not asked here", matrix(404, "M_UNRECOGNIZED")),
        ("invalid_grant", status(400, json!({ "error": "invalid_grant" }))),
    ]
}

pub(super) fn devices() -> Vec<Named> {
    let list = json!([
        { "device_id": "D", "display_name": "A phone", "last_seen_ts": 1_700_000_000_000_u64 },
        { "device_id": "E" },
    ]);
    vec![
        ("devices", ok_json(200, json!({ "devices": list }))),
        ("no list", ok_json(200, json!({ "devices": 7 }))),
        ("token ended", ended(false)),
        ("token ended softly", ended(true)),
        ("not asked here", matrix(404, "M_UNRECOGNIZED")),
    ]
}

pub(super) fn logout() -> Vec<Named> {
    vec![
        ("signed out", ok_json(200, json!({}))),
        ("token ended", ended(false)),
        ("not asked here", matrix(404, "M_UNRECOGNIZED")),
        ("forbidden", matrix(403, "M_FORBIDDEN")),
    ]
}

pub(super) fn ended(soft: bool) -> Reply {
    status(401, json!({ "errcode": "M_UNKNOWN_TOKEN", "error": "Gone", "soft_logout": soft }))
}
