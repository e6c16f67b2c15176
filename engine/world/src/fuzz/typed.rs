//! Raw bytes as what is typed, pasted, sent by another program, or found in a file.

use narthex::{Callback, Config, Engine, Input, Intent, Saved, Seeds, Session, Time};
use url::Url;

use crate::class::is_loopback;
use crate::step::{Deed, Kind, Step};
use crate::world::client;
use crate::world::{World, is_marked};

const CHOICE: &str = "UseServer loopback > a homeserver > every login > no OAuth > no OAuth > no rendezvous > e-mail and terms";

const OAUTH: &str =
    "UseServer loopback > a homeserver > every login > OAuth > no OAuth > no rendezvous > open";

/// A callback address. If the first byte is odd, the rest follows the address that is awaited.
pub fn link(data: &[u8]) {
    thread_local!(static START: World = World::after(&format!("{CHOICE} > SignInWithSso > proved > listening")));
    let Some((how, rest)) = data.split_first() else { return };
    let rest = String::from_utf8_lossy(rest).into_owned();
    START.with(|start| {
        let ours = start.callback().expect("a page is open");
        let text = if how & 1 == 1 { format!("{ours}{rest}") } else { rest };
        if is_marked(&text) {
            return;
        }
        let kind = if is_ours(&text, &ours) { Kind::Raw } else { Kind::Noise };
        let deed = Deed::Input(Input::Callback(Callback::from(text)));
        let _ = start.step(&Step { name: "bytes".to_owned(), now: start.now, deed, kind });
    });
}

/// Whether it is the awaited callback, with a token in it.
fn is_ours(text: &str, ours: &str) -> bool {
    let (Ok(link), Ok(ours)) = (Url::parse(text.trim()), Url::parse(ours)) else { return false };
    let token = link.query_pairs().filter(|(key, _)| key == "loginToken").last();
    let good = token.is_some_and(|(_, token)| (1..=16 * 1024).contains(&token.len()));
    is_loopback(&link) && link.path() == ours.path() && good && text.len() <= 32 * 1024
}

/// A server, as typed.
pub fn server_name(data: &[u8]) {
    thread_local!(static START: World = World::default());
    let server = String::from_utf8_lossy(data).into_owned();
    if is_marked(&server) {
        return;
    }
    START.with(|start| {
        let after = wished(start, Intent::UseServer { server });
        let safe = |url: &Url| url.username().is_empty() && url.password().is_none() && url.query().is_none();
        for open in &after.open {
            if let narthex::Effect::Http { request, .. } = &open.effect {
                assert!(safe(&request.url), "asks {}", request.url);
            }
        }
    });
}

/// A redirect URI, and the home of its client before a space: what may be registered is an address without a fragment,
/// on this machine, at the client's home or below it, or of its scheme.
pub fn lint(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (home, redirect) = text.split_once(' ').unwrap_or(("https://app.example.com/", &text));
    if narthex::lint(home, redirect).is_err() {
        return;
    }
    let (Ok(home), Ok(redirect)) = (Url::parse(home), Url::parse(redirect)) else { return };
    assert!(redirect.fragment().is_none() && redirect.password().is_none(), "{redirect}");
    match redirect.scheme() {
        "http" => assert!(is_loopback(&redirect), "{redirect}"),
        "https" => {
            let (host, whose) = (redirect.host_str().expect("a host"), home.host_str().expect("a host"));
            assert!(host == whose || host.ends_with(&format!(".{whose}")), "{redirect}");
        }
        scheme => assert!(scheme.contains('.') && redirect.host_str().is_none(), "{redirect}"),
    }
}

/// An intent of another program, in several states.
pub fn intent_json(data: &[u8]) {
    thread_local!(static STARTS: Vec<World> = [
        "UseServer loopback".to_owned(),
        CHOICE.to_owned(),
        format!("{CHOICE} > CreateAccount > proved"),
        format!("{CHOICE} > CreateAccount > proved > Register"),
        format!("{CHOICE} > CreateAccount > proved > Register > UseEmail > code sent"),
        format!("{CHOICE} > SignInWithPassword > proved > signed in > stored"),
        format!("{CHOICE} > SignInWithPassword > proved > signed in > killed"),
        OAUTH.to_owned(),
        format!("{OAUTH} > SignInWithBrowser > proved > introduced > listening"),
        format!("{OAUTH} > SignInWithDeviceCode > proved > introduced > user code"),
        format!("{OAUTH} > SignInWithBrowser > proved > introduced > listening > link > tokens > named > it is you > stored"),
    ]
    .map(|path| World::after(&path))
    .to_vec());
    let Ok(intent) = serde_json::from_slice::<Intent>(data) else { return };
    if is_marked(&format!("{intent:?}")) || is_marked(&String::from_utf8_lossy(data)) {
        return;
    }
    STARTS.with(|starts| {
        for start in starts.iter().chain([&World::default()]) {
            let _ = wished(start, intent.clone());
        }
    });
}

fn wished(start: &World, intent: Intent) -> World {
    let offered = start.engine.offers().contains(intent.offer());
    let kind = if offered { Kind::Wish } else { Kind::Unwished };
    let deed = Deed::Input(Input::Intent(intent));
    start.step(&Step { name: "bytes".to_owned(), now: start.now, deed, kind })
}

/// What an earlier run saved, damaged or forged. Where it leads to is the business of who could write there; that
/// it is read, written and gone on from without a panic is ours.
pub fn saved_json(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(session) = Session::from_json(text) {
        assert_eq!(Session::from_json(session.to_json().expose()), Ok(session));
    }
    let Ok(saved) = Saved::from_json(text) else { return };
    assert_eq!(Saved::from_json(saved.to_json().expose()).as_ref(), Ok(&saved));
    let resumed =
        Engine::resume(saved.clone(), Config::new(client()), Seeds::new([1; 32], [1; 32]), Time(1_000));
    assert!(resumed.save().is_none_or(|again| again == saved), "what is saved changes by being resumed");
    for intent in [Intent::Continue, Intent::Cancel, Intent::Refresh, Intent::SignOut { everywhere: true }] {
        let (mut engine, mut now) = (resumed.clone(), Time(1_000));
        let _ = engine.handle(now, Input::Intent(intent));
        for _ in 0..4 {
            let _ = (engine.view(), engine.save());
            let Some(due) = engine.deadline() else { break };
            assert!(due > now, "a deadline in the past");
            now = due;
            let _ = engine.handle(now, Input::Tick);
        }
    }
}
