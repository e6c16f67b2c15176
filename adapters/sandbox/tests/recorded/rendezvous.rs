//! Does the rendezvous answer as Synapse's did?

use narthex_sandbox::{Config, Rendezvous2025, RendezvousConfig};
use serde_json::{Value, json};

use crate::replay::Replay;

fn replay(of_2025: Rendezvous2025) -> Replay {
    let rendezvous = Some(RendezvousConfig { of_2025, ..RendezvousConfig::synapse() });
    Replay::new(8448, |url| Config { rendezvous, ..Config::oauth(url) })
}

#[test]
fn both_generations_are_as_recorded() {
    replay(Rendezvous2025::Open).play(include_str!("../recordings/rendezvous_open.json"));
}

#[test]
fn cells_for_who_has_a_token_are_as_recorded() {
    replay(Rendezvous2025::Authenticated).play(include_str!("../recordings/rendezvous_authenticated.json"));
}

#[test]
fn the_older_generation_alone_is_as_recorded() {
    replay(Rendezvous2025::Off).play(include_str!("../recordings/rendezvous_2024.json"));
}

#[test]
fn only_the_older_generation_is_advertised_as_recorded() {
    let versions = |mut replay: Replay| -> Value {
        let path = "/_matrix/client/versions";
        let request = replay.request(&json!({ "method": "GET", "path": path }));
        let answer = replay.server.answer(narthex::Time(replay.now), &request);
        serde_json::from_slice(answer.body.expose()).unwrap()
    };
    let with = versions(replay(Rendezvous2025::Open));
    let mut without = versions(Replay::new(8101, Config::open));
    assert_eq!(without["unstable_features"]["org.matrix.msc4108"], false);
    without["unstable_features"]["org.matrix.msc4108"] = true.into();
    assert_eq!(with, without);
}
