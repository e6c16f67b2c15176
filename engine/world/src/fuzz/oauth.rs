//! Raw bytes as what an authorization server says, and as what comes back from its pages.

use narthex::{Callback, Input};
use url::Url;

use super::answer::{heard, told};
use crate::class::Class;
use crate::page::callback_of;
use crate::step::{Deed, Kind, Step};
use crate::world::{World, is_marked};

const FOUND: &str = "UseServer loopback > a homeserver > every login";
const CHOICE: &str =
    "UseServer loopback > a homeserver > every login > OAuth > no OAuth > no rendezvous > open";
const BROWSER: &str = "SignInWithBrowser > proved > introduced > listening";

/// What an authorization server says about itself; and what comes of it when the person signs in there.
pub fn metadata(data: &[u8]) {
    thread_local!(static STARTS: [World; 2] = [
        World::after("UseServer loopback"),
        World::after(&format!("{FOUND} > no OAuth > no rendezvous > open")),
    ]);
    STARTS.with(|[first, last]| {
        told(first, Class::AuthMetadata, data);
        let Some(found) = heard(last, Class::AuthMetadataUnstable, data) else { return };
        let browser = ["CreateAccount", "proved", "introduced", "listening", "killed"];
        let code = ["SignInWithDeviceCode", "proved", "introduced", "user code", "killed"];
        for way in [browser, code] {
            let _ = way.iter().try_fold(found.clone(), |world, name| take(&world, name));
        }
    });
}

/// The world after the step of this name, if it can be taken.
fn take(world: &World, name: &str) -> Option<World> {
    let step = world.menu().into_iter().find(|step| step.name == name && !step.kind.is_idle());
    step.map(|step| world.step(&step))
}

/// What the token, revocation and identity endpoints answer.
pub fn token_answer(data: &[u8]) {
    thread_local!(static STARTS: Vec<(World, Class)> = [
        (format!("{BROWSER} > link"), Class::Exchange),
        ("SignInWithDeviceCode > proved > introduced > user code > deadline".to_owned(), Class::Poll),
        (format!("{BROWSER} > link > tokens"), Class::Identify),
        (format!("{BROWSER} > link > tokens > named > it is you > stored > Refresh > leased"), Class::Renew),
        (format!("{BROWSER} > link > tokens > named > it is you > stored > SignOut > leased"), Class::Revoke),
        (format!("{BROWSER} > link > tokens of too little"), Class::Revoke),
        (format!("{BROWSER} > link > tokens > named > it is you > stored > ListDevices"), Class::Devices),
    ]
    .map(|(path, class)| (World::after(&format!("{CHOICE} > {path}")), class))
    .to_vec());
    let Some((which, data)) = data.split_first() else { return };
    STARTS.with(|starts| {
        let (start, class) = &starts[usize::from(which.wrapping_sub(b'0')) % starts.len()];
        told(start, *class, data);
    });
}

/// What is answered to the application that introduces itself, and to one that wants a code for another device.
pub fn device_answer(data: &[u8]) {
    thread_local!(static STARTS: Vec<(World, Class)> = [
        ("SignInWithDeviceCode > proved > introduced", Class::DeviceCode),
        ("SignInWithDeviceCode > proved", Class::Introduce),
        ("SignInWithBrowser > proved > listening", Class::Introduce),
    ]
    .map(|(path, class)| (World::after(&format!("{CHOICE} > {path}")), class))
    .to_vec());
    let Some((which, data)) = data.split_first() else { return };
    STARTS.with(|starts| {
        let (start, class) = &starts[usize::from(which.wrapping_sub(b'0')) % starts.len()];
        told(start, *class, data);
    });
}

/// A callback address, to whoever waits for one or has been killed since. The first byte chooses whom; if the second
/// is odd, the rest follows the address and the state that are awaited.
pub fn callback(data: &[u8]) {
    thread_local!(static STARTS: Vec<World> = {
        let spare = CHOICE.replacen("> OAuth", "> spare OAuth", 1);
        [
            format!("{CHOICE} > {BROWSER}"),
            format!("{CHOICE} > {BROWSER} > killed"),
            format!("{spare} > {BROWSER}"),
            format!("{spare} > {BROWSER} > killed"),
            format!("{CHOICE} > {BROWSER} > killed > Continue"),
            format!("{CHOICE} > SignInWithBrowser > proved > cannot listen > introduced"),
            format!("{CHOICE} > {BROWSER} > killed > Continue > proved"),
        ]
        .map(|path| World::after(&path))
        .to_vec()
    });
    let [which, how, rest @ ..] = data else { return };
    let rest = String::from_utf8_lossy(rest).into_owned();
    STARTS.with(|starts| {
        let start = &starts[usize::from(which.wrapping_sub(b'0')) % starts.len()];
        let page = start.pages[0].as_ref().expect("a page is open");
        let state = state_of(page);
        let ours = callback_of(page).expect("it leads back");
        let text = if how & 1 == 1 { format!("{ours}?state={state}{rest}") } else { rest };
        if is_marked(&text) {
            return;
        }
        let kind = if is_ours(&text, &ours, &state) { Kind::Raw } else { Kind::Noise };
        let deed = Deed::Input(Input::Callback(Callback::from(text)));
        let after = start.step(&Step { name: "bytes".to_owned(), now: start.now, deed, kind });
        for step in after.menu().iter().filter(|step| matches!(step.kind, Kind::Kill | Kind::Due)) {
            let _ = after.step(step);
        }
    });
}

fn state_of(page: &Url) -> String {
    let state = page.query_pairs().find(|(name, _)| name == "state");
    state.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Whether it is the awaited callback, whatever it says.
fn is_ours(text: &str, ours: &str, state: &str) -> bool {
    let (Ok(link), Ok(ours)) = (Url::parse(text.trim()), Url::parse(ours)) else { return false };
    let place = |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port());
    let plain = link.username().is_empty() && link.password().is_none();
    let at = place(&link) == place(&ours) && link.path() == ours.path();
    let bare = link.fragment().is_none_or(str::is_empty);
    let states: Vec<_> = link.query_pairs().filter(|(name, _)| name == "state").collect();
    plain && at && bare && text.len() <= 32 * 1024 && states.len() == 1 && states[0].1 == state
}
