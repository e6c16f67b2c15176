//! An intent or an effect on its way into a trace.

use narthex::{Effect, Intent, Secret};
use serde_json::{Value, json};

use super::line::Asked;
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
    }
}

/// The effect as far as it may be shown.
pub(crate) fn effect(effect: &Effect, known: &StandIns) -> Asked {
    match effect {
        Effect::Http { id, request } => Asked::Http {
            id: id.0,
            method: request.method,
            origin: request.url.origin().ascii_serialization(),
            path: known.scrub(request.url.path()),
        },
        Effect::Listen { id, path, port } => Asked::Listen { id: id.0, path: path.clone(), port: *port },
        Effect::Store { id, session } => {
            Asked::Store { id: id.0, user_id: session.user_id.clone(), device_id: session.device_id.clone() }
        }
        Effect::Erase { id, user_id, device_id } => {
            Asked::Erase { id: id.0, user_id: user_id.clone(), device_id: device_id.clone() }
        }
        Effect::Browse { url } => {
            Asked::Browse { origin: url.origin().ascii_serialization(), path: known.scrub(url.path()) }
        }
        Effect::Cancel { id } => Asked::Cancel { id: id.0 },
    }
}
