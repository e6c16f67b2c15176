//! What is asked of the engine, and what it asks for and shows, on its way into a trace.

use narthex::{Effect, Intent, Request, Secret, Session, View};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::line::{Asked, shown};
use super::standin::StandIns;

/// The intent in the form that it is read in, without its secrets.
pub(crate) fn intent(intent: &Intent, known: &mut StandIns) -> Value {
    let mut hide = |kind: &str, secret: &Secret<String>| known.of(kind, secret.expose());
    match intent {
        Intent::UseServer { server } => json!({"intent": "use_server", "server": server}),
        Intent::CreateAccount => json!({"intent": "create_account"}),
        Intent::CheckUsername { username } => json!({"intent": "check_username", "username": username}),
        Intent::Register { username, password, prefer } => {
            let password = password.as_ref().map(|password| hide("password", password));
            json!({"intent": "register", "username": username, "password": password, "prefer": prefer})
        }
        Intent::AcceptTerms => json!({"intent": "accept_terms"}),
        Intent::UseToken { token } => json!({"intent": "use_token", "token": hide("registration", token)}),
        Intent::UseEmail { address } => json!({"intent": "use_email", "address": address}),
        Intent::UsePhone { country, number } => {
            json!({"intent": "use_phone", "country": country, "number": number})
        }
        Intent::Resend => json!({"intent": "resend"}),
        Intent::EnterCode { code } => json!({"intent": "enter_code", "code": hide("code", code)}),
        Intent::OpenBrowser => json!({"intent": "open_browser"}),
        Intent::CheckNow => json!({"intent": "check_now"}),
        Intent::SignInWithPassword { identifier, password } => json!({
            "intent": "sign_in_with_password",
            "identifier": identifier,
            "password": hide("password", password),
        }),
        Intent::SignInWithSso { provider } => json!({"intent": "sign_in_with_sso", "provider": provider}),
        Intent::SignInWithToken { token } => {
            json!({"intent": "sign_in_with_token", "token": hide("login", token)})
        }
        Intent::SignInWithAccessToken { token, identifier } => json!({
            "intent": "sign_in_with_access_token",
            "token": hide("access_token", token),
            "identifier": identifier,
        }),
        Intent::ShowCode { generation } => json!({"intent": "show_code", "generation": generation}),
        Intent::ScanCode => json!({"intent": "scan_code"}),
        Intent::Understood => json!({"intent": "understood"}),
        Intent::Confirm => json!({"intent": "confirm"}),
        Intent::CannotOpen => json!({"intent": "cannot_open"}),
        Intent::Retry => json!({"intent": "retry"}),
        Intent::Continue => json!({"intent": "continue"}),
        Intent::Cancel => json!({"intent": "cancel"}),
        Intent::CheckSession => json!({"intent": "check_session"}),
        Intent::Refresh => json!({"intent": "refresh"}),
        Intent::SignOut { everywhere } => json!({"intent": "sign_out", "everywhere": everywhere}),
        Intent::Forget => json!({"intent": "forget"}),
        Intent::SignInAgain => json!({"intent": "sign_in_again"}),
        Intent::SignInWithBrowser => json!({"intent": "sign_in_with_browser"}),
        Intent::SignInWithDeviceCode => json!({"intent": "sign_in_with_device_code"}),
        Intent::ListDevices => json!({"intent": "list_devices"}),
        Intent::ManageAccount { action, device_id } => {
            json!({"intent": "manage_account", "action": action, "device_id": device_id})
        }
        // Not replayed, which is better than a secret that nobody knows to hide.
        Intent::UseCode { .. } | _ => json!({"intent": "unknown"}),
    }
}

/// What came of an input, as far as it may be shown. What guards a flow is known from here on.
pub(crate) fn outcome(effects: &[Effect], view: &View, known: &mut StandIns) -> (Vec<Asked>, Value) {
    for effect in effects {
        match effect {
            Effect::Http { request, .. } => sent(request, known),
            Effect::Listen { path, .. } => {
                let last = path.rsplit('/').next().filter(|last| last.len() >= UNGUESSABLE);
                last.iter().for_each(|last| known.uses("path", last));
            }
            Effect::Prove { .. } | Effect::Lease { .. } | Effect::Store { .. } => {}
            Effect::Erase { .. } => {}
            Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => {}
            Effect::Browse { .. } | Effect::Cancel { .. } => {}
        }
    }
    let mut view = shown(view);
    between_devices(&mut view);
    addresses(&view, known);
    scrub(&mut view, known);
    (effects.iter().map(|asked| effect(asked, known)).collect(), view)
}

/// What is only to be seen on the screen: with it one could take part.
fn between_devices(view: &mut Value) {
    for field in ["payload", "check_code"] {
        if let Some(field) = view.get_mut(field) {
            *field = json!("…");
        }
    }
}

/// A path whose last segment is shorter guards nothing, in characters.
const UNGUESSABLE: usize = 16;

/// Takes note of the secrets in the body of a request.
fn sent(request: &Request, known: &mut StandIns) {
    let body = request.body.expose();
    match serde_json::from_slice(body) {
        Ok(json) => fields(&json, known),
        // What is neither JSON nor a form has pairs that nobody looks for.
        Err(_) => pairs(form_urlencoded::parse(body), known),
    }
}

fn fields(value: &Value, known: &mut StandIns) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        Value::Array(list) => list.iter().for_each(|value| fields(value, known)),
        Value::Object(map) => {
            for (key, value) in map {
                let text = value.as_str().filter(|_| StandIns::is_secret(key));
                text.iter().for_each(|secret| known.uses(key, secret));
                fields(value, known);
            }
        }
    }
}

/// Takes note of the secrets in the addresses of a view.
fn addresses(value: &Value, known: &mut StandIns) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => {
            if let Ok(url) = Url::parse(text) {
                pairs(url.query_pairs(), known);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| addresses(value, known)),
        Value::Object(map) => map.values().for_each(|value| addresses(value, known)),
    }
}

fn pairs(pairs: form_urlencoded::Parse<'_>, known: &mut StandIns) {
    for (key, value) in pairs.filter(|(key, _)| StandIns::is_secret(key)) {
        known.uses(&key, &value);
    }
}

fn scrub(value: &mut Value, known: &StandIns) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => *text = known.scrub(text),
        Value::Array(list) => list.iter_mut().for_each(|value| scrub(value, known)),
        Value::Object(map) => map.values_mut().for_each(|value| scrub(value, known)),
    }
}

/// The effect as far as it may be shown.
fn effect(effect: &Effect, known: &StandIns) -> Asked {
    // A server may put what it was told anywhere.
    let of = |session: &Session| (known.scrub(&session.user_id), known.scrub(&session.device_id));
    match effect {
        Effect::Http { id, request } => Asked::Http {
            id: id.0,
            method: request.method,
            origin: request.url.origin().ascii_serialization(),
            path: known.scrub(request.shown_path()),
        },
        Effect::Listen { id, path, port } => Asked::Listen { id: id.0, path: known.scrub(path), port: *port },
        Effect::Prove { id } => Asked::Prove { id: id.0 },
        Effect::Lease { id, user_id, device_id, .. } => {
            Asked::Lease { id: id.0, user_id: known.scrub(user_id), device_id: known.scrub(device_id) }
        }
        Effect::Store { id, session } => {
            let (user_id, device_id) = of(session);
            Asked::Store { id: id.0, user_id, device_id }
        }
        Effect::Erase { id, user_id, device_id, .. } => {
            Asked::Erase { id: id.0, user_id: known.scrub(user_id), device_id: known.scrub(device_id) }
        }
        Effect::FindSecrets { id, session } => {
            let (user_id, device_id) = of(session);
            Asked::FindSecrets { id: id.0, user_id, device_id }
        }
        Effect::ShareSecrets { id, session } => {
            let (user_id, device_id) = of(session);
            Asked::ShareSecrets { id: id.0, user_id, device_id }
        }
        Effect::AdoptSecrets { id, session, .. } => {
            let (user_id, device_id) = of(session);
            Asked::AdoptSecrets { id: id.0, user_id, device_id }
        }
        Effect::Browse { url } => {
            Asked::Browse { origin: url.origin().ascii_serialization(), path: known.scrub(url.path()) }
        }
        Effect::Cancel { id } => Asked::Cancel { id: id.0 },
    }
}
