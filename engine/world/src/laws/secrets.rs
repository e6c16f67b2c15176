//! What must not be seen, and what must not be said twice.

use narthex::{Effect, Request, Screen, View};
use serde_json::Value;

use crate::class::{self, Class};
use crate::step::{Deed, Step};
use crate::world::{MARK, Path, UIA_MARK, World};

/// 8: nothing that is shown or printed has a secret in it.
///
/// The address of a page in the browser has to be shown, and so is printed with the state that shows it: it holds a
/// registration session or the guarded path of a callback, which are nowhere else.
pub(super) fn of_state(world: &World, view: &View) {
    let mut shown = serde_json::to_value(view).expect("a view is JSON");
    if let Screen::InBrowser { .. } = view.screen {
        shown["url"] = Value::Null;
    }
    hidden(world, &shown.to_string(), "shown", true);
    hidden(world, &world.printed, "printed of the engine", false);
    hidden(world, &format!("{:?}", world.engine.save()), "printed of what is saved", true);
    for open in &world.open {
        hidden(world, &format!("{:?}", open.effect), "printed of an effect", true);
    }
    of_unfinished(world, &shown.to_string());
}

/// What guards a sign-in by OAuth 2.0 is in its notes, and nowhere that can be seen.
fn of_unfinished(world: &World, shown: &str) {
    let Some(flow) = world.unfinished() else { return };
    let step = &flow["step"];
    let made = [&step["request"]["state"], &step["request"]["verifier"]];
    let given = [&step["code"], &step["code"]["device_code"], &step["access_token"]];
    // What is not marked was made up by a fuzzer, and may look like anything.
    let given = given.into_iter().filter_map(Value::as_str).filter(|given| given.contains(MARK));
    for guard in made.into_iter().filter_map(Value::as_str).chain(given) {
        let open: String = world.open.iter().map(|open| format!("{:?}", open.effect)).collect();
        let seen = [shown, &world.printed, &open].into_iter().any(|text| text.contains(guard));
        assert!(!seen, "{guard} can be seen: {:?}", world.path);
    }
}

fn hidden(world: &World, text: &str, how: &str, guards_too: bool) {
    let guards = world.memory.made.iter().map(|made| &**made).chain([UIA_MARK]).filter(|_| guards_too);
    for secret in guards.chain([MARK]) {
        let path = &world.path;
        assert!(!text.contains(secret), "{how}: a secret in {}: {path:?}", around(text, secret));
    }
}

fn around<'t>(text: &'t str, what: &str) -> &'t str {
    let at = text.find(what).unwrap_or_default();
    text.get(at.saturating_sub(200)..(at + 60).min(text.len())).unwrap_or(text)
}

pub(super) fn of_input(step: &Step, path: &Path) {
    if let Deed::Input(input) = &step.deed {
        let printed = format!("{input:?}");
        assert!(!printed.contains(MARK), "an input prints a secret: {printed}: {path:?}");
    }
}

/// 6, 7: what goes out goes over a safe way, was not used before, and is stored first.
pub(super) fn of_effect(before: &World, after: &World, effect: &Effect) {
    let path = &after.path;
    match effect {
        Effect::Http { request, .. } => of_request(before, after, request),
        Effect::Store { session, .. } => {
            let token = session.access_token.expose();
            // That it has ended is another thing to store.
            let is_end = session.ended.is_some();
            let told = !is_end && before.memory.told_stored.iter().any(|stored| **stored == **token);
            assert!(!told, "stores the same session twice: {path:?}");
        }
        Effect::Browse { url } => {
            let safe = url.scheme() == "https" || class::is_loopback(url);
            assert!(safe && !url.as_str().contains(MARK), "browses to {url}: {path:?}");
        }
        Effect::Prove { .. } | Effect::Erase { .. } | Effect::Lease { .. } => {}
        Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => {
            panic!("asks a host for what it cannot: {effect:?}: {path:?}");
        }
        Effect::Listen { .. } | Effect::Cancel { .. } => {}
    }
}

fn of_request(before: &World, after: &World, request: &Request) {
    let path = &after.path;
    assert!(
        request.url.scheme() == "https" || class::is_loopback(&request.url),
        "{request:?} is not safe: {path:?}"
    );
    let body = String::from_utf8_lossy(request.body.expose()).into_owned();
    let bearer = class::bearer(request);
    for spent in &before.memory.spent {
        let again = body.contains(&**spent) || bearer.is_some_and(|token| token == &**spent);
        let in_url = request.url.query().is_some_and(|query| query.contains(&**spent));
        assert!(!again && !in_url, "sends {spent} after it was used: {path:?}");
    }
    let effect = Effect::Http { id: narthex::EffectId(0), request: request.clone() };
    let Some(class) = Class::of(&effect, &after.engine) else { return };
    if let (Some(token), Class::Whoami | Class::Devices) = (bearer, class) {
        let stored = after.stored.iter().any(|session| session.access_token.expose() == token);
        assert!(stored, "uses a token that is not stored: {path:?}");
    }
    of_oauth(after, request, class);
}

/// What an authorization server gave goes back to it alone, and what the homeserver gave never goes there.
fn of_oauth(after: &World, request: &Request, class: Class) {
    let path = &after.path;
    let body = class::body(request);
    let bearer = class::bearer(request).unwrap_or_default();
    let is_oauths = |text: &str| text.contains("oauth-");
    let of_form = match class {
        Class::Exchange => &body["code"],
        Class::Poll => &body["device_code"],
        Class::Renew => &body["refresh_token"],
        Class::Revoke => &body["token"],
        Class::Identify | Class::Whoami | Class::Devices => &Value::Null,
        Class::WellKnown | Class::Versions | Class::LoginFlows | Class::AuthMetadata => &Value::Null,
        Class::AuthMetadataUnstable | Class::Probe | Class::Page | Class::Available => &Value::Null,
        Class::Validity | Class::IssuerMetadata | Class::Rendezvous | Class::Naming => &Value::Null,
        Class::Register
        | Class::Confirm
        | Class::Code
        | Class::Login
        | Class::Refresh
        | Class::Logout
        | Class::Introduce
        | Class::DeviceCode => {
            let text = String::from_utf8_lossy(request.body.expose());
            assert!(!is_oauths(&text) && !is_oauths(bearer), "{request:?} knows too much: {path:?}");
            return;
        }
        Class::Prove | Class::Lease | Class::Store | Class::Erase | Class::Listen => return,
    };
    let Some(secret) = of_form.as_str() else { return };
    assert!(bearer.is_empty(), "{request:?} says too much: {path:?}");
    let host = request.url.host_str().unwrap_or_default();
    // What is not marked was made up by a fuzzer.
    let is_its_own = !secret.contains(MARK) || secret.contains(&format!("-{host}-"));
    assert!(is_its_own, "sends {secret} to {host}: {path:?}");
    let is_stored = || {
        let mut tokens = after.stored.iter().filter_map(|session| session.refresh_token.as_ref());
        // Nobody knows yet whose they are.
        let is_kept = || after.engine.save().is_some_and(|saved| saved.to_json().expose().contains(secret));
        tokens.any(|token| token.expose() == secret) || is_kept()
    };
    assert!(class != Class::Renew || is_stored(), "renews what is not stored: {path:?}");
    let sent = after.memory.sent.iter().filter(|code| ***code == *secret).count();
    assert!(sent <= 2, "sends {secret} {sent} times: {path:?}");
}
