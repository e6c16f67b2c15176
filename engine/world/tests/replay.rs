//! The same seed and the same inputs lead to the same outputs; and chance comes from the seed alone.

use narthex::{Config, Effect, Engine, Input, Seeds, Time};
use narthex_world::{Deed, World, client};

/// A registration with an e-mail address, single sign-on, a session renewed and ended; the same by OAuth 2.0, in the
/// browser and by a code.
const STORY: &[&str] = &[
    "UseServer",
    "delegated",
    "a homeserver",
    "every login",
    "no OAuth",
    "no OAuth",
    "no rendezvous",
    "e-mail and terms",
    "CreateAccount",
    "proved",
    "CheckUsername",
    "deadline",
    "taken",
    "Register",
    "UseEmail",
    "link sent",
    "Resend",
    "link sent",
    "deadline",
    "stage passed",
    "AcceptTerms",
    "lost",
    "Retry",
    "name taken",
    "wrong credentials",
    "Cancel",
    "SignInWithSso provider",
    "proved",
    "listening",
    "link",
    "signed in",
    "stored",
    "CheckSession",
    "token ended",
    "leased",
    "renewed",
    "stored",
    "it is you",
    "SignOut",
    "leased",
    "signed out",
    "stored",
    "UseServer",
    "delegated",
    "a homeserver",
    "every login",
    "OAuth",
    "no OAuth",
    "no rendezvous",
    "no registration",
    "SignInWithBrowser",
    "proved",
    "introduced",
    "listening",
    "link: foreign state",
    "OpenBrowser",
    "link",
    "tokens",
    "named",
    "it is you",
    "stored",
    "ListDevices",
    "devices",
    "ManageAccount device",
    "Refresh",
    "leased",
    "renewed",
    "stored",
    "SignOut",
    "leased",
    "revoked",
    "stored",
    "UseServer",
    "delegated",
    "a homeserver",
    "every login",
    "OAuth",
    "no OAuth",
    "no rendezvous",
    "no registration",
    "SignInWithDeviceCode",
    "proved",
    "introduced",
    "user code",
    "CheckNow",
    "deadline",
    "pending",
    "deadline",
    "tokens",
    "it is another device",
    "revoked",
];

/// What was told to the engine on the way.
fn told() -> Vec<(Time, Input)> {
    let mut world = World::default();
    let mut told = Vec::new();
    for name in STORY {
        let menu = world.menu();
        let step = menu.iter().find(|step| step.name == *name);
        let step = step.unwrap_or_else(|| panic!("{name} is not on the menu after {:?}", world.path));
        if let Deed::Input(input) = &step.deed {
            told.push((step.now, input.clone()));
        }
        world = world.step(step);
    }
    told
}

/// All that came of it, as it prints, with the bodies and addresses that do not print.
fn run(seed: u8, told: &[(Time, Input)]) -> Vec<String> {
    let mut engine = Engine::new(Config::new(client()), Seeds::new([seed; 32], [seed; 32]), told[0].0);
    let mut all = Vec::new();
    for (now, input) in told {
        let effects = engine.handle(*now, input.clone());
        for effect in &effects {
            all.push(format!("{effect:?} {}", contents(effect)));
        }
        let saved = engine.save().map(|saved| saved.to_json().expose().clone());
        all.push(format!("{:?} {:?} {saved:?}", engine.view(), engine.deadline()));
    }
    all
}

fn contents(effect: &Effect) -> String {
    match effect {
        Effect::Http { request, .. } => {
            format!("{} {}", request.url, String::from_utf8_lossy(request.body.expose()))
        }
        Effect::Store { session, .. } => session.to_json().expose().clone(),
        Effect::Browse { url } => url.to_string(),
        Effect::Listen { path, .. } => path.clone(),
        Effect::Prove { .. } | Effect::Erase { .. } => String::new(),
        Effect::Lease { .. } | Effect::Cancel { .. } => String::new(),
        Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => {
            String::new()
        }
    }
}

#[test]
fn a_story_told_twice_is_the_same_story() {
    let told = told();
    assert_eq!(run(7, &told), run(7, &told));
}

#[test]
fn another_seed_makes_other_secrets() {
    let told = told();
    assert_ne!(run(7, &told), run(8, &told));
}

#[test]
fn an_engine_is_the_same_as_its_copy_whatever_follows() {
    let told = told();
    let mut engine = Engine::new(Config::new(client()), Seeds::new([7; 32], [7; 32]), told[0].0);
    let mut copies = Vec::new();
    for (now, input) in &told {
        copies.push(engine.clone());
        for copy in &mut copies {
            copy.handle(*now, input.clone());
        }
        engine.handle(*now, input.clone());
        assert!(copies.iter().all(|copy| *copy == engine));
    }
}
