//! How a story is written down: what was said, sent, answered and shown, without what chance decides.

use narthex::{Effect, Failure, Intent, Request, Response, Screen, View};
use serde_json::Value;

pub(crate) fn intent(intent: &Intent) -> String {
    format!("\n> {intent:?}\n")
}

pub(crate) fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Http { request, .. } => sent(request),
        Effect::Listen { path, port, .. } => format!("  listen for {} on {port:?}\n", without_chance(path)),
        Effect::Prove { .. } => "  prove that a session could be stored\n".to_owned(),
        Effect::Lease { user_id, .. } => format!("  lease the session of {user_id}\n"),
        Effect::Store { session, .. } => format!("  store the session of {}\n", session.user_id),
        Effect::Erase { user_id, .. } => format!("  erase the session of {user_id}\n"),
        Effect::FindSecrets { session, .. } => format!("  find the keys of {}\n", session.user_id),
        Effect::ShareSecrets { session, .. } => format!("  share the keys of {}\n", session.user_id),
        Effect::AdoptSecrets { session, .. } => format!("  adopt the keys of {}\n", session.user_id),
        Effect::Browse { url } => format!("  browse {}\n", page(url.as_str())),
        Effect::Cancel { .. } => "  cancel\n".to_owned(),
    }
}

fn sent(request: &Request) -> String {
    let mut line = format!("  {} {}", request.method.as_str(), without_chance(request.url.as_str()));
    if request.headers.iter().any(|(name, _)| *name == "authorization") {
        line += " as ourselves";
    }
    if let Ok(mut body) = serde_json::from_slice(request.body.expose()) {
        forget_chance(&mut body);
        line += &format!(" {body}");
    } else if !request.body.expose().is_empty() {
        line += &format!(" {}", parameters(&String::from_utf8_lossy(request.body.expose())));
    }
    line + "\n"
}

/// An address; one that asks for a code is written for reading.
fn page(url: &str) -> String {
    match url.split_once('?') {
        Some((page, query)) if query.contains("code_challenge=") => format!("{page} {}", parameters(query)),
        Some(_) | None => without_chance(url),
    }
}

/// The parameters of a form or a query, without what was drawn.
fn parameters(text: &str) -> String {
    let shown = crate::oauth::fields(text).into_iter().map(|(key, value)| match key.as_str() {
        "state" | "code_challenge" | "code_verifier" => format!("{key}=…"),
        _ => format!("{key}={value}"),
    });
    format!("({})", shown.collect::<Vec<_>>().join(", "))
}

pub(crate) fn response(path: &str, response: &Response) -> String {
    let body = String::from_utf8_lossy(response.body.expose());
    let short: String = body.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(400).collect();
    format!("< {path}: {} {short}\n", response.status)
}

pub(crate) fn view(view: &View) -> String {
    let mut value = serde_json::to_value(view).expect("a view serialises");
    // It follows from the screen.
    value.as_object_mut().and_then(|view| view.remove("next"));
    shorten(&mut value);
    let screen = value["screen"].as_str().unwrap_or_default().to_owned();
    let offers: Vec<&str> =
        value["offers"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let offers = offers.join(", ");
    let fields =
        value.as_object().into_iter().flatten().filter(|(key, _)| *key != "screen" && *key != "offers");
    let fields: String = fields.map(|(key, value)| format!("      {key}: {value}\n")).collect();
    format!("  = {screen} ({offers})\n{fields}")
}

/// The failure that a screen shows.
pub(crate) fn problem(screen: &Screen) -> Option<Failure> {
    match screen {
        Screen::Welcome { problem, .. }
        | Screen::Choose { problem, .. }
        | Screen::RegisterForm { problem, .. }
        | Screen::Terms { problem, .. }
        | Screen::RegistrationToken { problem, .. }
        | Screen::Address { problem, .. }
        | Screen::Confirmation { problem, .. }
        | Screen::SignedIn { problem, .. } => problem.clone(),
        Screen::Limited { failure, .. }
        | Screen::Problem { failure, .. }
        | Screen::SessionEnded { failure, .. } => Some(failure.clone()),
        Screen::Paused { .. }
        | Screen::Busy { .. }
        | Screen::InBrowser { .. }
        | Screen::UserCode { .. }
        | Screen::Warning { .. }
        | Screen::Scanner { .. }
        | Screen::QrCode { .. }
        | Screen::CheckCode { .. }
        | Screen::EnterCheckCode { .. }
        | Screen::ConfirmServer { .. }
        | Screen::Consent { .. }
        | Screen::ConfirmAccount { .. }
        | Screen::Linked { .. }
        | Screen::AwaitingApproval { .. }
        | Screen::SignedOut { .. } => None,
    }
}

/// Times, lists that are the server's, and evidence in one line.
fn shorten(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    for hidden in ["versions", "steps", "until", "expires_at", "checked_at", "retry_at"] {
        fields.remove(hidden);
    }
    if let Some(evidence) = fields.get_mut("evidence") {
        let text = |key: &str| evidence[key].as_str().unwrap_or_default().to_owned();
        let line = format!("{} {} {} {}", text("method"), text("path"), evidence["status"], text("errcode"));
        *evidence = line.trim().into();
    }
    if let Some(Value::String(url)) = fields.get_mut("url") {
        *url = page(url);
    }
    fields.values_mut().for_each(shorten);
}

fn forget_chance(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    for (key, value) in fields.iter_mut() {
        if matches!(key.as_str(), "device_id" | "client_secret") {
            *value = "…".into();
        }
        forget_chance(value);
    }
}

/// What is drawn is 32 hexadecimal digits: the path of a callback, the state of a sign-in.
fn without_chance(text: &str) -> String {
    let mut rest = text;
    let mut shown = String::new();
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let run = rest[start..].find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len() - start);
        shown += &rest[..start];
        // A percent sign takes two of them for itself.
        let drawn = if rest[..start].ends_with('%') { run == 34 } else { run == 32 };
        shown += if drawn { &rest[start..start + run - 32] } else { &rest[start..start + run] };
        shown += if drawn { "…" } else { "" };
        rest = &rest[start + run..];
    }
    shown + rest
}
