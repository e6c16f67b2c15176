//! Two devices on real servers, with bad luck at every step: `cargo xtask nightly` runs it, and shows its report.
//!
//! `NARTHEX_NIGHTLY` is the file for the report; without it everything is left out, aloud.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that panics has failed, as it should")]
#![allow(dead_code, reason = "what the tests on real servers share has more than is used here")]

#[path = "real_oauth/browser.rs"]
mod browser;
#[path = "real_oauth/devices.rs"]
mod devices;
#[path = "sandbox/linking.rs"]
mod linking;
#[path = "real_synapse/narthex.rs"]
mod narthex;
#[path = "nightly/pair.rs"]
mod pair;
#[path = "real_oauth/people.rs"]
mod people;
#[path = "real_oauth/proxy.rs"]
mod proxy;
#[path = "nightly/report.rs"]
mod report;
#[path = "nightly/scenes.rs"]
mod scenes;
#[path = "real_oauth/seen.rs"]
mod seen;
#[path = "real_synapse/server.rs"]
mod server;
#[path = "real_oauth/servers.rs"]
mod servers;
#[path = "nightly/steps.rs"]
mod steps;
#[path = "nightly/words.rs"]
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use report::{Report, Row};
use scenes::Scene;
use seen::Stranger;
use serde_json::json;
use servers::turned_of;

const PASSWORD: &str = "correct horse battery staple";
/// How many pairs live at once, unless `NARTHEX_NIGHTLY_JOBS` says it.
const JOBS: usize = 2;

/// A scene that fails does not keep the others from being told.
#[test]
fn two_devices_and_bad_luck() {
    let Ok(file) = std::env::var("NARTHEX_NIGHTLY") else {
        return println!("skipped: NARTHEX_NIGHTLY is not set; `cargo xtask nightly` sets it");
    };
    let only = std::env::var("NARTHEX_NIGHTLY_ONLY").unwrap_or_default();
    let jobs = std::env::var("NARTHEX_NIGHTLY_JOBS").ok().and_then(|jobs| jobs.parse().ok()).unwrap_or(JOBS);
    let report = Mutex::new(Report::new(file));
    for profile in ["OAUTH", "OAUTH_PACKED", "OAUTH_WEAK"] {
        // Shorter than a real one, or most of the night would be spent between two polls for tokens.
        let Some(servers) = turned_of(profile, &json!({ "interval": 1 })) else { return };
        let stranger = Stranger::new(&servers);
        let scenes = Scene::all(profile).into_iter().filter(|scene| scene.name().contains(&only));
        let scenes = Mutex::new(scenes.collect::<Vec<_>>().into_iter());
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                scope.spawn(|| {
                    loop {
                        let Some(scene) = scenes.lock().unwrap().next() else { break };
                        let lived = catch_unwind(AssertUnwindSafe(|| scene.lives(&servers, &stranger)));
                        report.lock().unwrap().add(Row { scene, outcome: lived.ok() });
                    }
                });
            }
        });
    }
    let wrong = report.into_inner().unwrap().ends();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
