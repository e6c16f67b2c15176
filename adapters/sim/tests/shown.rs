//! What is between two devices is in nothing that is printed, and in what is kept by the files of version 1.
#![expect(clippy::wildcard_enum_match_arm, reason = "few screens and kinds of JSON are looked at")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use narthex::{Engine, Generation, Role, Saved, Screen, Seeds, Time};
use narthex_sim::{PairLuck, Sides, Stranger, pair_sides};
use serde_json::Value;

const CELLS: [(Role, Generation); 4] = [
    (Role::Existing, Generation::V2025),
    (Role::New, Generation::V2025),
    (Role::Existing, Generation::V2024),
    (Role::New, Generation::V2024),
];

fn sides(shows: Role, generation: Generation, luck: PairLuck) -> Sides {
    pair_sides(1, shows, generation, luck).expect("every law holds")
}

fn lost() -> PairLuck {
    PairLuck { stranger: Some(Stranger::Leaves), ..PairLuck::default() }
}

/// The private keys of the account, as they are written.
const KEYS: [&str; 4] = [
    "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
    "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI",
    "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM",
    "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ",
];

#[test]
fn nothing_that_is_between_two_devices_is_printed() {
    for (shows, generation) in CELLS {
        let sides = sides(shows, generation, PairLuck::default());
        let screens = sides.devices.iter().flat_map(|side| &side.crossed).map(|crossed| &crossed.view.screen);
        let mut secrets: Vec<String> = KEYS.map(str::to_owned).to_vec();
        for screen in screens {
            match screen {
                Screen::QrCode { payload, .. } => secrets.push(payload.to_base64()),
                Screen::CheckCode { check_code, .. } => secrets.push(format!("\"{}\"", check_code.as_str())),
                _ => {}
            }
        }
        secrets.extend(sides.frames.iter().chain(&sides.cells).cloned());
        // All of it was there.
        assert!(secrets.len() > 4 + 2 + 6 && sides.cells.len() == 1, "{}", secrets.len());
        for crossed in sides.devices.iter().flat_map(|side| &side.crossed) {
            let (input, effects, saved) = (&crossed.input, &crossed.effects, &crossed.saved);
            for printed in
                [crossed.printed.clone(), format!("{input:?}"), format!("{effects:?}"), format!("{saved:?}")]
            {
                for secret in &secrets {
                    assert!(!printed.contains(secret.as_str()), "{secret} in {printed}");
                }
            }
            // What is shown as a picture and as two digits is shown nowhere else.
            let view = serde_json::to_string(&crossed.view).expect("it serialises");
            let is_code = matches!(crossed.view.screen, Screen::QrCode { .. } | Screen::CheckCode { .. });
            for secret in secrets.iter().filter(|_| !is_code) {
                assert!(!view.contains(secret.as_str()), "{secret} in {view}");
            }
        }
    }
}

/// What a link keeps on its way, by the name of the file that has one of its kind.
fn kept() -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (shows, generation) in CELLS {
        for luck in [PairLuck::default(), lost()] {
            for side in sides(shows, generation, luck).devices {
                for saved in side.crossed.iter().filter_map(|crossed| crossed.saved.as_ref()) {
                    let json = saved.to_json().expose().clone();
                    if let Some(name) = kind(&json) {
                        kept.entry(name).or_insert(json);
                    }
                }
            }
        }
    }
    kept
}

/// The name of the file for a link that was kept like this; `None` for what is no link.
fn kind(json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).expect("JSON");
    let flow = value["flow"].as_str()?;
    let of = match flow {
        "with_device" => &value["talk"],
        "link" | "adopting" => &value,
        _ => return None,
    };
    let step = match &of["step"] {
        Value::String(step) => step.clone(),
        Value::Object(step) => step.keys().next().cloned().unwrap_or_default(),
        _ => format!("{}-{}", of["is_stored"], of["is_theirs"]),
    };
    let channel = of["channel"]["channel"].as_str().unwrap_or("none");
    let generation = of["channel"]["cell"]["place"]["generation"].as_str().unwrap_or("any");
    Some(format!("saved-v1-{flow}-{step}-{channel}-{generation}.json").replace('_', "-"))
}

fn golden() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../engine/tests/golden")
}

/// Each file of a link, with its name.
fn files() -> BTreeMap<String, String> {
    let all = std::fs::read_dir(golden()).expect("there are files").flatten();
    let text = |path: PathBuf| std::fs::read_to_string(path).expect("it reads");
    let all = all.map(|file| (file.file_name().to_string_lossy().into_owned(), text(file.path())));
    all.filter(|(name, json)| name.starts_with("saved-v1-") && kind(json.trim_end()).is_some()).collect()
}

/// The names of all fields, at any depth.
fn fields(path: &str, value: &Value, into: &mut BTreeSet<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        into.insert(format!("{path}.{key}"));
        fields(&format!("{path}.{key}"), value, into);
    }
    value.as_array().into_iter().flatten().for_each(|value| fields(path, value, into));
}

/// Writes a file that is not there yet. Those that are there are never written again.
#[test]
fn every_kind_of_link_that_is_kept_has_a_file_of_version_1_with_the_same_fields() {
    let named = |json: &str| {
        let mut names = BTreeSet::new();
        fields("", &serde_json::from_str(json).expect("JSON"), &mut names);
        names
    };
    for (name, json) in kept() {
        let path = golden().join(&name);
        if !path.exists() && std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, format!("{json}\n")).expect("it can be written");
        }
        let file = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        // What may be there or not, as the version of a device's last look.
        let optional = |fields: BTreeSet<String>| -> BTreeSet<String> {
            fields
                .into_iter()
                .filter(|field| !field.ends_with(".previous") && !field.ends_with(".sending"))
                .collect()
        };
        assert_eq!(optional(named(&json)), optional(named(file.trim_end())), "{name}");
    }
}

/// As every other file of version 1 (`engine/tests/suite/saved.rs`).
#[test]
fn what_version_1_kept_of_a_link_is_read_written_again_the_same_and_gone_on_with() {
    let files = files();
    assert!(files.len() >= 20, "{}", files.len());
    for (name, json) in files {
        let json = json.trim_end();
        let saved = Saved::from_json(json).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(saved.to_json().expose(), json, "{name}");
        let config = pair_sides(1, Role::New, Generation::V2025, PairLuck::default());
        let config = config.expect("every law holds").devices.remove(0).config;
        let engine = Engine::resume(saved, config, Seeds::new([1; 32], [2; 32]), Time(1_700_000_000_000));
        let screen = engine.view().screen;
        assert!(matches!(screen, Screen::Paused { .. }), "{name}: {screen:?}");
        let again = engine.save().map(|saved| saved.to_json().expose().clone());
        assert_eq!(again.as_deref(), Some(json), "{name}");
        // A part of it is damaged, and nothing else.
        for end in (0..json.len()).step_by(7).filter(|end| json.is_char_boundary(*end)) {
            assert!(Saved::from_json(&json[..end]).is_err(), "{name}: {end}");
        }
    }
}
