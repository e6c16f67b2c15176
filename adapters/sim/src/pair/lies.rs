//! What does a homeserver say that lies?

use narthex::{Request, Response, Secret};
use serde_json::{Value, json};

use super::luck::Lie;
use super::server::{STRANGER_ID, USER_ID};

/// What device `at` (0 the existing one, 1 the new one) hears in place of the truth.
pub(super) fn told(lie: Lie, at: usize, request: &Request, response: Response) -> Response {
    let path = request.url.path();
    let device = path.strip_prefix("/_matrix/client/v3/devices/").filter(|_| at == 0);
    match (lie, device) {
        (Lie::DeviceExists, Some(device)) => answer(200, &json!({ "device_id": device })),
        (Lie::DeviceAbsent, Some(_)) => answer(404, &json!({ "errcode": "M_NOT_FOUND" })),
        (Lie::AnotherDevice, Some(_)) => answer(200, &json!({ "device_id": "ANOTHER" })),
        (Lie::DeviceUnclear, Some(_)) => answer(404, &json!({ "errcode": "M_UNKNOWN" })),
        (Lie::AnotherIdentity, None) if path.ends_with("/keys/query") => {
            // Each key is another one, under its own name and signed as before.
            let text = String::from_utf8_lossy(response.body.expose()).replace("ed25519:", "ed25519:A");
            Response { body: Secret::new(text.into_bytes()), ..response }
        }
        (Lie::NoIdentity, None) if path.ends_with("/keys/query") => answer(200, &json!({})),
        (Lie::AnotherBackup, None) if path.ends_with("/room_keys/version") && response.status == 200 => {
            let mut body: Value = serde_json::from_slice(response.body.expose()).unwrap_or_default();
            body["version"] = "another".into();
            answer(200, &body)
        }
        (Lie::AnotherAccount, None) if at == 1 && path.ends_with("/account/whoami") => {
            let text = String::from_utf8_lossy(response.body.expose()).replace(USER_ID, STRANGER_ID);
            Response { body: Secret::new(text.into_bytes()), ..response }
        }
        _ => response,
    }
}

fn answer(status: u16, body: &Value) -> Response {
    Response {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: Secret::new(body.to_string().into_bytes()),
    }
}
