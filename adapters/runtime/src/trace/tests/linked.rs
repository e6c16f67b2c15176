//! A trace of a link opens no channel, not even together with both seeds of the engine.

use std::fmt::Write as _;

use narthex::{Engine, Generation, Input, Reply, Response, Role, Screen, Secret};
use narthex_sim::{PairLuck, Side, pair_sides};
use serde_json::Value;

use super::super::line::{Heard, Line};
use super::super::replay::heard;
use super::super::standin::StandIns;
use super::super::{ask, replay};
use super::{Recorder, Shared, Stopped};

const CELLS: [(Role, Generation); 4] = [
    (Role::Existing, Generation::V2025),
    (Role::New, Generation::V2025),
    (Role::Existing, Generation::V2024),
    (Role::New, Generation::V2024),
];

fn recorded(side: &Side) -> String {
    let written = Shared::default();
    let ids = side.seeds.ids;
    let recorder = Recorder::new(written.clone(), &side.config, side.resumed.as_ref(), ids, side.began);
    let mut recorder = recorder.unwrap();
    for crossed in &side.crossed {
        recorder.input(crossed.now, &crossed.input);
        recorder.outcome(&crossed.effects, &crossed.view);
    }
    recorder.end();
    let bytes = written.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

/// What a screen of the trace says, or what an engine shows that does all that the trace tells, with its own two seeds.
fn is_of_an_open_channel(screen: &Screen) -> bool {
    matches!(
        screen,
        Screen::QrCode { .. }
            | Screen::CheckCode { .. }
            | Screen::EnterCheckCode { .. }
            | Screen::Consent { .. }
            | Screen::ConfirmAccount { .. }
            | Screen::Linked { .. }
    )
}

/// Does all that the trace tells, with the seeds that the engine had: what is not told is left empty.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else is told is as it is replayed")]
fn tried(side: &Side, trace: &str) -> Vec<Screen> {
    let (config, seeds) = (side.config.clone(), side.seeds.clone());
    let mut engine = match side.resumed.clone() {
        Some(saved) => Engine::resume(saved, config, seeds, side.began),
        None => Engine::new(config, seeds, side.began),
    };
    let (mut own, mut screens) = (StandIns::default(), Vec::new());
    for line in trace.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok()) {
        let Line::Input { at, input } = line else { continue };
        let input = match input {
            Heard::Hidden { id, status } => {
                let response = Response { status, headers: Vec::new(), body: Secret::new(Vec::new()) };
                Some(Input::Reply { id: narthex::EffectId(id), reply: Reply::Http(Ok(response)) })
            }
            Heard::Between => None,
            told => heard(told, &own),
        };
        let Some(input) = input else { continue };
        let effects = engine.handle(at, input);
        let _ = ask::outcome(&effects, &engine.view(), &mut own);
        screens.push(engine.view().screen);
    }
    screens
}

#[test]
fn a_trace_with_both_seeds_opens_no_channel() {
    for (shows, generation) in CELLS {
        let sides = pair_sides(1, shows, generation, PairLuck::default()).expect("every law holds");
        for side in &sides.devices {
            // The device itself came there, by what it heard.
            assert!(side.crossed.iter().any(|crossed| is_of_an_open_channel(&crossed.view.screen)));
            let trace = recorded(side);
            let screens = tried(side, &trace);
            assert!(screens.len() > 5, "{screens:?}");
            let open = screens.iter().find(|screen| is_of_an_open_channel(screen));
            assert!(open.is_none(), "{shows:?} shows {generation:?}: {open:?}");
            let replayed = replay(trace.as_bytes()).expect("it replays as far as it goes");
            assert_eq!(replayed.stopped, Some(Stopped::Hidden));
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other screens show nothing that is secret")]
#[test]
fn a_trace_of_a_link_holds_nothing_that_was_between_the_devices() {
    for (shows, generation) in CELLS {
        let sides = pair_sides(2, shows, generation, PairLuck::default()).expect("every law holds");
        let mut secrets: Vec<String> = sides.frames.iter().chain(&sides.cells).cloned().collect();
        // The private keys of the account are 32 times 1, 2, 3 and 4.
        secrets.extend(["AQEBAQEBAQEB", "AgICAgICAgIC", "AwMDAwMDAwMD", "BAQEBAQEBAQE"].map(str::to_owned));
        let mut check_code = None;
        for side in &sides.devices {
            let hex = side.seeds.secrets.expose().iter().fold(String::new(), |mut text, byte| {
                write!(text, "{byte:02x}").unwrap();
                text
            });
            secrets.push(hex);
            for crossed in &side.crossed {
                match &crossed.view.screen {
                    Screen::QrCode { payload, .. } => secrets.push(payload.to_base64()),
                    Screen::CheckCode { check_code: shown, .. } => {
                        check_code = Some(Value::from(shown.as_str()));
                    }
                    _ => {}
                }
            }
        }
        assert!(check_code.is_some() && secrets.len() > 12);
        for trace in sides.devices.iter().map(recorded) {
            for secret in &secrets {
                assert!(!trace.contains(secret.as_str()), "{secret}");
            }
            for line in trace.lines() {
                let line: Value = serde_json::from_str(line).unwrap();
                let shown = line.pointer("/view/check_code");
                assert!(shown.is_none() || shown != check_code.as_ref(), "{line}");
            }
        }
    }
}
