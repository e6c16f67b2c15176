//! What could an authorization server say, truthfully or not?

use narthex::Effect;
use serde_json::{Value, json};

use super::reply::{Named, matrix, ok_json, refused, status, web_page};
use super::session::ended;
use crate::world::{MARK, Open, World};

pub(super) fn introduction() -> Vec<Named> {
    let known = |grants: &[&str]| {
        status(201, json!({ "client_id": "01CLIENT", "grant_types": grants, "client_id_issued_at": 1 }))
    };
    let code = "authorization_code";
    vec![
        ("introduced", known(&[code, "urn:ietf:params:oauth:grant-type:device_code"])),
        ("introduced for the browser", known(&[code])),
        ("introduced as nobody", status(201, json!({ "client_id": "" }))),
        ("introduced, unread", status(201, json!({ "client_id": 7 }))),
        ("redirect refused", refused(400, "invalid_redirect_uri")),
        ("introduction forbidden", refused(403, "access_denied")),
        ("not asked here", web_page(404)),
        ("no introduction", matrix(404, "M_UNRECOGNIZED")),
    ]
}

/// A secret that was never seen before, and that names who it is for.
fn secret(what: &str, open: &Open) -> String {
    let host = match &open.effect {
        Effect::Http { request, .. } => request.url.host_str().unwrap_or_default(),
        Effect::Prove { .. } | Effect::Lease { .. } | Effect::Listen { .. } => "",
        Effect::Store { .. } | Effect::Erase { .. } => "",
        Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => "",
        Effect::Browse { .. } | Effect::Cancel { .. } => "",
    };
    format!("{MARK}oauth-{what}-{host}-{}-", open.serial)
}

/// Tokens for all that was asked for.
fn tokens(world: &World, open: &Open) -> Value {
    let device = world.device().unwrap_or_default();
    json!({
        "access_token": secret("unnamed", open),
        "refresh_token": secret("refresh", open),
        "token_type": "bearer",
        "expires_in": 300,
        "scope": format!("openid urn:matrix:client:api:* urn:matrix:client:device:{device}"),
    })
}

/// What the token endpoint may give for a code, by whichever way it came.
fn granted(world: &World, open: &Open) -> Vec<Named> {
    let but = |field: &str, value: Value| {
        let mut tokens = tokens(world, open);
        tokens[field] = value;
        ok_json(200, tokens)
    };
    let access = secret("unnamed", open);
    vec![
        ("tokens", ok_json(200, tokens(world, open))),
        ("tokens for good", ok_json(200, json!({ "access_token": access, "token_type": "Bearer" }))),
        ("tokens of too little", but("scope", json!("openid"))),
        ("tokens of another kind", but("token_type", json!("mac"))),
        ("tokens of two lines", but("access_token", json!("a\nb"))),
        ("invalid_grant", refused(400, "invalid_grant")),
        ("invalid_client", refused(401, "invalid_client")),
        ("some other OAuth error", refused(400, "invalid_request")),
        ("a Matrix error", matrix(403, "M_FORBIDDEN")),
    ]
}

pub(super) fn exchange(world: &World, open: &Open) -> Vec<Named> {
    granted(world, open)
}

pub(super) fn poll(world: &World, open: &Open) -> Vec<Named> {
    let mut all = granted(world, open);
    // 400 is specified, and 403 is what servers say.
    all.extend([
        ("pending", refused(403, "authorization_pending")),
        ("too fast", refused(400, "slow_down")),
        ("denied", refused(403, "access_denied")),
        ("code expired", refused(400, "expired_token")),
        // A proxy that knows no such path.
        ("nothing there", web_page(404)),
    ]);
    all
}

pub(super) fn device_code(open: &Open) -> Vec<Named> {
    let full = json!({
        "device_code": secret("device-code", open),
        "user_code": "ABCDEF",
        "verification_uri": "https://auth.example.org/link",
        "verification_uri_complete": "https://auth.example.org/link?code=ABCDEF",
        "expires_in": 1200,
        "interval": 5,
    });
    let but = |field: &str, value: Value| {
        let mut body = full.clone();
        body[field] = value;
        body["verification_uri_complete"] = Value::Null;
        body["interval"] = Value::Null;
        ok_json(200, body)
    };
    let mut late = full.clone();
    late["interval"] = late["expires_in"].clone();
    vec![
        ("user code", ok_json(200, full.clone())),
        ("user code, no more", but("expires_in", Value::Null)),
        ("user code for an unsafe page", but("verification_uri", json!("http://auth.example.org/link"))),
        ("user code for this machine", but("verification_uri", json!("http://127.0.0.1:8080/"))),
        ("user code to ask about when it is over", ok_json(200, late)),
        ("user code of no time", but("expires_in", json!(0))),
        ("user code for no page", but("verification_uri", json!("link"))),
        ("empty user code", but("user_code", json!("\n"))),
        ("no device code", but("device_code", json!(""))),
        ("device code refused", refused(401, "unauthorized_client")),
        ("invalid_client", refused(401, "invalid_client")),
        ("some other OAuth error", refused(400, "invalid_scope")),
    ]
}

pub(super) fn identify(world: &World) -> Vec<Named> {
    let device = world.device().unwrap_or_default();
    let user = "@alice:example.org";
    let mut all = vec![
        ("it is you", ok_json(200, json!({ "user_id": user, "device_id": device }))),
        ("it is another device", ok_json(200, json!({ "user_id": user, "device_id": "OTHER" }))),
        ("it is nobody", ok_json(200, json!({ "user_id": "nobody" }))),
        ("token ended", ended(false)),
        ("bare 401", status(401, Value::Null)),
    ];
    // Otherwise anybody may come.
    if world.is_expected() {
        all.push(("it is somebody else", ok_json(200, json!({ "user_id": "@mallory:example.org" }))));
    }
    all
}

pub(super) fn naming() -> Vec<Named> {
    vec![("named", ok_json(200, json!({}))), ("no such device", matrix(404, "M_NOT_FOUND"))]
}

pub(super) fn renew(open: &Open) -> Vec<Named> {
    let (access, refresh) = (secret("access", open), secret("refresh", open));
    let all = json!({ "access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": "300" });
    vec![
        ("renewed", ok_json(200, all)),
        (
            "renewed, same refresh token",
            ok_json(200, json!({ "access_token": access, "token_type": "BEARER", "expires_in": 1 })),
        ),
        ("renewed with nothing", ok_json(200, json!({ "access_token": "", "token_type": "Bearer" }))),
        ("invalid_grant", refused(400, "invalid_grant")),
        ("invalid_client", refused(401, "invalid_client")),
        ("some other OAuth error", refused(400, "invalid_request")),
        // Not what this endpoint says.
        ("token ended", ended(true)),
    ]
}

pub(super) fn revoke() -> Vec<Named> {
    vec![
        ("revoked", status(200, Value::Null)),
        ("revocation refused", refused(401, "unauthorized_client")),
        ("token kind unknown", refused(400, "unsupported_token_type")),
        ("token ended", ended(false)),
    ]
}
