//! Raw bytes as what a server answers.

use narthex::{Cause, Input, Outage, Rendezvous, Reply, Response, Screen, Secret};

use serde_json::Value;

use crate::class::Class;
use crate::step::{Deed, Kind, Step};
use crate::world::{World, is_marked};

/// What the first digit means.
pub const STATUSES: [u16; 10] = [200, 401, 400, 403, 404, 429, 302, 500, 204, 405];

/// How far a server may delay what goes on by itself, in milliseconds.
const MOST_PATIENCE: u64 = 3_600_000;

/// The delegation of a server name.
pub fn well_known(data: &[u8]) {
    thread_local!(static START: World = World::after("UseServer"));
    START.with(|start| told(start, Class::WellKnown, data));
}

/// The flows of `/login`, the versions, and the rendezvous.
///
/// # Panics
///
/// When a rendezvous is open that nobody has said to be.
pub fn login(data: &[u8]) {
    thread_local!(static STARTS: [World; 2] =
        [World::after("UseServer loopback"), World::after(&format!("{ASKED} > open"))]);
    STARTS.with(|[first, last]| {
        told(first, Class::LoginFlows, data);
        told(first, Class::Versions, data);
        let Some(found) = heard(last, Class::Rendezvous, data) else { return };
        if let Screen::Choose { report, .. } = found.engine.view().screen
            && report.rendezvous.v2025 == Rendezvous::Open
        {
            let is_ok = STATUSES[usize::from(data[0].wrapping_sub(b'0')) % STATUSES.len()] == 200;
            let body = data[2..].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&data[2..]);
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            assert!(is_ok && body["create_available"] == true, "{body} opens it");
        }
    });
}

const ASKED: &str = "UseServer loopback > a homeserver > no login flows > no OAuth > no OAuth";
const FORM: &str = "UseServer loopback > a homeserver > no login flows > no OAuth > no OAuth > no rendezvous";

/// What is asked for before there is an account, at each place where it may come.
pub fn uia(data: &[u8]) {
    thread_local!(static STARTS: Vec<(World, Class)> = [
        ("UseServer loopback".to_owned(), Class::Probe),
        (format!("{FORM} > open > CreateAccount > proved > Register"), Class::Register),
        (format!("{FORM} > token > CreateAccount > proved > Register > UseToken"), Class::Validity),
        (format!("{FORM} > token > CreateAccount > proved > Register > UseToken > token good"), Class::Register),
        (format!("{FORM} > e-mail > CreateAccount > proved > Register > UseEmail"), Class::Confirm),
        (format!("{FORM} > e-mail > CreateAccount > proved > Register > UseEmail > link sent > CheckNow"), Class::Register),
        (format!("{FORM} > phone > CreateAccount > proved > Register > UsePhone > code sent > EnterCode"), Class::Code),
        (format!("{FORM} > captcha > CreateAccount > proved > Register > page > CheckNow"), Class::Register),
        (format!("{FORM} > open > CreateAccount > proved > CheckUsername > deadline"), Class::Available),
        (format!("{FORM} > open > CreateAccount > proved > Register > lost > Retry > name taken"), Class::Login),
    ]
    .map(|(path, class)| (World::after(&path), class))
    .to_vec());
    let Some((which, data)) = data.split_first() else { return };
    STARTS.with(|starts| {
        let (start, class) = &starts[usize::from(which.wrapping_sub(b'0') % 10)];
        told(start, *class, data);
    });
}

/// What is said about a session.
pub fn session(data: &[u8]) {
    const CHOICE: &str =
        "UseServer loopback > a homeserver > every login > no OAuth > no OAuth > no rendezvous > open";
    thread_local!(static STARTS: Vec<(World, Class)> = [
        ("SignInWithPassword > proved", Class::Login),
        ("SignInWithPassword > proved > signed in > stored > Refresh > leased", Class::Refresh),
        ("SignInWithPassword > proved > signed in > stored > CheckSession", Class::Whoami),
        ("SignInWithPassword > proved > signed in > stored > SignOut > leased", Class::Logout),
        ("CreateAccount > proved > Register", Class::Register),
    ]
    .map(|(path, class)| (World::after(&format!("{CHOICE} > {path}")), class))
    .to_vec());
    let Some((which, data)) = data.split_first() else { return };
    STARTS.with(|starts| {
        let (start, class) = &starts[usize::from(which.wrapping_sub(b'0') % 5)];
        told(start, *class, data);
    });
}

/// How long to wait, by header and by body.
pub fn retry_after(data: &[u8]) {
    thread_local!(static START: World = World::after(
        "UseServer loopback > a homeserver > every login > no OAuth > no OAuth > no rendezvous > open > SignInWithPassword > proved"
    ));
    let text = String::from_utf8_lossy(data).into_owned();
    START.with(|start| {
        for (headers, body) in [
            (vec![("retry-after".to_owned(), text.clone())], String::new()),
            (Vec::new(), format!("{{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":{text}}}")),
        ] {
            let response = Response { status: 429, headers, body: Secret::new(body.into_bytes()) };
            let after = answered(start, Class::Login, response);
            let screen = after.engine.view().screen;
            let (until, waits) = if let Screen::Limited { until, .. } = screen {
                (until, true)
            } else if let Screen::Problem { failure, .. } = screen
                && let Cause::Unavailable { outage: Outage::RateLimited, retry_at: Some(at) } = failure.cause
            {
                (at, false)
            } else {
                panic!("not limited by {text:?}")
            };
            let pause = until.0.saturating_sub(after.now.0);
            assert!(pause > 0 && (pause <= MOST_PATIENCE) == waits, "a pause of {pause} ms for {text:?}");
            assert!(waits || after.engine.deadline().is_none(), "waits for {text:?}");
        }
    });
}

/// Two digits and a body, as the answer to the open request of this class; and then the process is killed.
pub(super) fn told(start: &World, class: Class, data: &[u8]) {
    let Some(after) = heard(start, class, data) else { return };
    for step in after.menu() {
        let goes_on = matches!(step.kind, Kind::Kill | Kind::Due);
        if goes_on || matches!(step.name.as_str(), "AcceptTerms" | "stored" | "OpenBrowser") {
            let _ = after.step(&step);
        }
    }
}

/// The world after such an answer; `None` if it is none.
pub(super) fn heard(start: &World, class: Class, data: &[u8]) -> Option<World> {
    let [status, flags, body @ ..] = data else { return None };
    let text = String::from_utf8_lossy(body);
    if is_marked(&text) {
        return None;
    }
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let kind = if flags & 1 == 0 { "application/json" } else { "text/html" };
    let mut headers = vec![header("content-type", kind)];
    if flags & 2 != 0 {
        headers.push(header("location", &text));
    }
    if flags & 4 != 0 {
        headers.push(header("retry-after", &text));
    }
    let status = STATUSES[usize::from(status.wrapping_sub(b'0')) % STATUSES.len()];
    let response = Response { status, headers, body: Secret::new(body.to_vec()) };
    Some(answered(start, class, response))
}

fn answered(start: &World, class: Class, response: Response) -> World {
    let open = start.open.iter().find(|open| open.class == class);
    let id = open.expect("the path ends with this request").id;
    let deed = Deed::Input(Input::Reply { id, reply: Reply::Http(Ok(response)) });
    start.step(&Step { name: "bytes".to_owned(), now: start.now, deed, kind: Kind::Raw })
}
