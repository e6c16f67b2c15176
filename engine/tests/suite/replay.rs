//! The same seed and the same inputs at the same times: the same effects and views. Another seed: other secrets.

use narthex::{Effect, Engine, Seeds, View};

use crate::driver::{Driver, START, config, seeds};
use crate::saved;
use serde_json::Value;

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

fn replayed(driver: &Driver, seeds: Seeds) -> (Vec<Effect>, View) {
    let mut engine = Engine::new(config(), seeds, START);
    let effects = driver.heard.iter().flat_map(|(now, input)| engine.handle(*now, input.clone())).collect();
    (effects, engine.view())
}

#[test]
fn a_story_that_is_told_again_goes_the_same_way() {
    for name in NAMES {
        let driver = saved::at(name);
        assert_eq!(replayed(&driver, seeds(7)), (driver.asked.clone(), driver.engine.view()), "{name}");
    }
}

/// What guards a sign-in follows from the second seed alone, and what others may see from the first.
#[test]
fn another_seed_for_secrets_draws_other_secrets_and_the_same_ids() {
    for name in ["sso", "oauth-browser", "register-confirmation"] {
        let driver = saved::at(name);
        let (ids, secrets) = (Seeds::new([8; 32], [7; 32]), Seeds::new([7; 32], [8; 32]));
        let told = |seeds| {
            let mut engine = Engine::new(config(), seeds, START);
            for (now, input) in &driver.heard {
                engine.handle(*now, input.clone());
            }
            let saved = engine.save().expect("it is unfinished").to_json();
            serde_json::from_str::<Value>(saved.expose()).expect("it is JSON")
        };
        let [ours, ids, secrets] = [seeds(7), ids, secrets].map(told);
        assert_eq!((device_id(&secrets), guards(&ids)), (device_id(&ours), guards(&ours)), "{name}");
        assert_ne!(device_id(&ids), device_id(&ours), "{name}");
        for (one, other) in guards(&secrets).iter().zip(guards(&ours)) {
            assert_ne!(*one, other, "{name}");
        }
    }
}

fn device_id(saved: &Value) -> &str {
    let id = saved["device_id"].as_str().or_else(|| saved["goal"]["device_id"].as_str());
    id.expect("a device was chosen")
}

/// The callback's path of a single sign-on, the state and the verifier, or the client secret of a confirmation.
fn guards(saved: &Value) -> Vec<&str> {
    let request = &saved["step"]["request"];
    let all = [&saved["path"], &request["state"], &request["verifier"], client_secret(saved)];
    let all: Vec<_> = all.into_iter().filter_map(Value::as_str).collect();
    assert!(!all.is_empty(), "{saved}");
    all
}

fn client_secret(value: &Value) -> &Value {
    match value {
        Value::Object(map) => match map.get("client_secret") {
            Some(secret) => secret,
            None => map.values().map(client_secret).find(|found| !found.is_null()).unwrap_or(&Value::Null),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => &Value::Null,
    }
}

/// A tick in between, as a driver's clock may cause at any time, changes nothing.
#[test]
fn ticks_before_the_deadline_change_nothing() {
    for name in NAMES {
        let driver = saved::at(name);
        let mut engine = Engine::new(config(), seeds(7), START);
        let mut effects = Vec::new();
        for (now, input) in &driver.heard {
            effects.extend(engine.handle(*now, input.clone()));
            assert_eq!(engine.handle(*now, narthex::Input::Tick), []);
        }
        assert_eq!((effects, engine), (driver.asked.clone(), driver.engine.clone()), "{name}");
    }
}
