//! The same seed and the same inputs at the same times: the same effects and views. Another seed: other secrets.

use narthex::{Config, Effect, Engine, View};

use crate::driver::{Driver, START};
use crate::saved;

const NAMES: [&str; 10] = [
    "register-form",
    "register-confirmation",
    "register-browser",
    "sso",
    "awaiting-approval",
    "stored",
    "oauth-browser",
    "oauth-device",
    "oauth-granted",
    "oauth-stored",
];

fn replayed(driver: &Driver, seed: [u8; 32]) -> (Vec<Effect>, View) {
    let mut engine = Engine::new(Config::default(), seed, START);
    let effects = driver.heard.iter().flat_map(|(now, input)| engine.handle(*now, input.clone())).collect();
    (effects, engine.view())
}

#[test]
fn a_story_that_is_told_again_goes_the_same_way() {
    for name in NAMES {
        let driver = saved::at(name);
        assert_eq!(replayed(&driver, [7; 32]), (driver.asked.clone(), driver.engine.view()), "{name}");
    }
}

#[test]
fn another_seed_draws_other_secrets() {
    for name in ["sso", "oauth-browser", "oauth-device"] {
        let driver = saved::at(name);
        assert_ne!(replayed(&driver, [8; 32]).0, driver.asked, "{name}");
    }
}

/// A tick in between, as a driver's clock may cause at any time, changes nothing.
#[test]
fn ticks_before_the_deadline_change_nothing() {
    for name in NAMES {
        let driver = saved::at(name);
        let mut engine = Engine::new(Config::default(), [7; 32], START);
        let mut effects = Vec::new();
        for (now, input) in &driver.heard {
            effects.extend(engine.handle(*now, input.clone()));
            assert_eq!(engine.handle(*now, narthex::Input::Tick), []);
        }
        assert_eq!((effects, engine), (driver.asked.clone(), driver.engine.clone()), "{name}");
    }
}
