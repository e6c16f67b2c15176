//! A program that signs in on any server: with a password, by single sign-on, in the browser or by a code.
//!
//! `cargo run --package narthex-app --example sign_in -- SERVER`
//!
//! The parts of Narthex do the rest: `narthex-app` runs the engine and stores the session, `narthex-text` has the words.
#![allow(clippy::print_stdout, reason = "it is read at a shell")]

use std::ops::ControlFlow::{self, Break, Continue};

use narthex::{Actor, Client, Intent, Offer, Secret, Session, View};
use narthex_app::{Application, Browser, Finished, Profile, Setup, Slot, World};
use narthex_runtime::Clock;
use narthex_storage::{Keep, Options, Store};
use narthex_text::Text;

/// What this program can do about a view, in the order in which it prefers to.
const CAN: [Offer; 5] = [
    Offer::SignInWithBrowser,
    Offer::SignInWithSso,
    Offer::SignInWithPassword,
    Offer::SignInWithDeviceCode,
    Offer::Retry,
];

/// What the user does about what is shown: asks for something, waits, or gives up.
pub(crate) type Answer = ControlFlow<(), Option<Intent>>;

/// Signs in at `server`, and returns the session, which is stored. `None` when the user gives up.
pub(crate) async fn sign_in(
    server: &str,
    profile: Profile,
    (keep, browser): (Keep, bool),
    mut user: impl FnMut(&View, &[String]) -> Answer,
) -> Result<Option<Session>, narthex_app::Error> {
    // Who this program is. Servers show it to the user, so say your own.
    let client = Client::new("Sign-in example", "https://sign-in.example/".parse().expect("an address"));
    let application = Application { client, scheme: "example.sign-in".to_owned(), deliver: &[] };
    let (data_dir, name) = (profile.data_dir.clone(), profile.name.clone());
    let store = Store::open(Options { data_dir, profile: name, keep })?;
    let slot = Some(Slot::new());
    let browser = if browser { Browser::System } else { Browser::Nobody };
    let world = World { browser, listens: true, slot, ..World::new(store.clone())? };
    let setup =
        Setup { application, profile, languages: vec!["en".to_owned()], rendezvous: None, trace: None };
    let mut handle = setup.start(None, None, world)?;
    let text = Text::in_language(&setup.languages, &[]);

    handle.ask(Intent::UseServer { server: server.to_owned() }).await;
    loop {
        let view = handle.view();
        let mut lines = text.screen(&view.screen, Clock::start().now());
        lines.extend(narthex_app::problem(&view).into_iter().flat_map(|failure| text.failure(failure)));
        let answer = user(&view, &lines);
        if narthex_app::finished(&view) == Some(Finished::SignedIn) {
            let engine = handle.end().await;
            return Ok(engine.as_ref().and_then(|engine| engine.session()).cloned());
        }
        match answer {
            Continue(Some(intent)) => handle.ask(intent).await,
            Continue(None) if handle.changed().await => {}
            Continue(None) | Break(()) => return Ok(None),
        }
    }
}

/// What may be done now, if anything is left to the user.
pub(crate) fn choices(view: &View) -> Vec<Offer> {
    match view.next {
        Actor::Person => CAN.into_iter().filter(|offer| view.offers.contains(*offer)).collect(),
        Actor::World | Actor::Nobody => Vec::new(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = std::env::args().nth(1).ok_or("Say which server.")?;
    let data_dir = narthex_app::data_dir("narthex-example").ok_or("There is no place for data.")?;
    let profile = Profile { data_dir, name: "default".to_owned() };
    let text = Text::in_language(&[], &[]);
    let show_and_ask = |view: &View, lines: &[String]| {
        println!("{}", lines.join("\n"));
        let choices = choices(view);
        choices.iter().zip(1..).for_each(|(offer, number)| println!("{number}) {}", text.offer(*offer)));
        match choices.as_slice() {
            [] if view.next == Actor::Person => Break(()),
            [] => Continue(None),
            choices => ask(choices).map_or(Break(()), |intent| Continue(Some(intent))),
        }
    };
    let keep = Keep::Best { passphrase: None };
    if let Some(session) = sign_in(&server, profile, (keep, true), show_and_ask).await? {
        println!("The session of device {} is stored.", session.device_id);
    }
    Ok(())
}

/// Asks at the terminal. `None` when there is no answer.
fn ask(choices: &[Offer]) -> Option<Intent> {
    let line = |prompt: &str| {
        println!("{prompt}");
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).ok().filter(|length| *length > 0)?;
        Some(line.trim().to_owned())
    };
    let number: usize = line("Which?")?.parse().ok()?;
    let offer = *choices.get(number.checked_sub(1)?)?;
    Some(if offer == Offer::SignInWithBrowser {
        Intent::SignInWithBrowser
    } else if offer == Offer::SignInWithSso {
        Intent::SignInWithSso { provider: None }
    } else if offer == Offer::SignInWithDeviceCode {
        Intent::SignInWithDeviceCode
    } else if offer == Offer::SignInWithPassword {
        // A real program does not show what is typed.
        Intent::SignInWithPassword { identifier: line("Who?")?, password: Secret::new(line("Password?")?) }
    } else {
        Intent::Retry
    })
}
