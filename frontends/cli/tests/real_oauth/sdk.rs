//! The form of 2024 with matrix-sdk as the other device: `adapters/matrix/examples/qr_peer.rs`, which knows nothing of ours.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::browser::{Browser, arrive};
use crate::devices::first_device;
use crate::narthex::{Home, Json};
use crate::seen::{Stranger, devices_that_are_signed};
use crate::servers::{Servers, servers};
use crate::spoken::Words;

/// `None`, said aloud, where the example was not built.
fn peer(servers: &Servers, role: &str, how: &str) -> Option<Words> {
    // Cargo says where a program is only to tests of its own package; of several builds the newest is the one.
    let folder = Path::new(env!("CARGO_BIN_EXE_narthex")).with_file_name("examples");
    let builds = std::fs::read_dir(folder).into_iter().flatten().map_while(Result::ok);
    let is_it = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("qr_peer-"))
            && path.extension().is_none()
    };
    let written = |path: &PathBuf| path.metadata().and_then(|file| file.modified()).ok();
    let Some(program) = builds.map(|entry| entry.path()).filter(is_it).max_by_key(written) else {
        println!("skipped: the example qr_peer is not built; `cargo xtask test` does that");
        return None;
    };
    let mut command = Command::new(program);
    command.args([role, how, &servers.base]).stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(Words::of(command))
}

/// What it says under this name.
fn word(peer: &mut Words, name: &str) -> String {
    let line = peer.says(&format!("{name} "));
    line.split_once(' ').unwrap().1.to_owned()
}

fn text(line: &Value, field: &str) -> String {
    line[field].as_str().unwrap_or_else(|| panic!("no {field} in {line}")).to_owned()
}

fn allow(servers: &Servers, code: &str, name: &str) {
    let page = format!("{}/device", servers.authorization);
    assert_eq!(Browser::default().enter_code(&page, code, name, true), "Done");
}

fn both_are_signed(servers: &Servers, name: &str, user_id: &str) {
    let mut signed = devices_that_are_signed(&Stranger::new(servers).keys_of(user_id), user_id);
    let mut here = servers.devices(name);
    assert_eq!(here.len(), 2, "{here:?}");
    signed.sort_unstable();
    here.sort_unstable();
    assert_eq!(signed, here);
}

/// Ours helps; matrix-sdk's is new.
#[test]
fn a_device_of_matrix_sdk_is_signed_in_and_verified_whoever_shows_the_code() {
    let Some(servers) = servers() else { return };
    for ours_shows in [true, false] {
        let how = if ours_shows { "scan" } else { "show" };
        let Some(mut peer) = peer(&servers, "new", how) else { return };
        let (existing, name) = first_device(&servers);
        let mut link = if ours_shows {
            let mut link = existing.json(&["link", "--generation", "2024", "--yes", "--no-browser"]);
            peer.is_told(&text(&link.screen("qr_code"), "payload"));
            let code = word(&mut peer, "check_code");
            link.screen("enter_check_code");
            link.say(&json!({ "intent": "enter_code", "code": code }));
            link
        } else {
            let mut link = existing.json(&["link", "--scan", "-", "--yes", "--no-browser"]);
            link.say_text(&word(&mut peer, "code"));
            let code = text(&link.screen("check_code"), "check_code");
            word(&mut peer, "enter_check_code");
            peer.is_told(&code);
            link
        };
        link.screen("consent");
        link.intent("open_browser");
        allow(&servers, &word(&mut peer, "user_code"), &name);
        let device = word(&mut peer, "verified");
        let end = link.end();
        assert_eq!((&end["type"], &end["verified"]), (&json!("linked"), &json!(true)), "{end}");
        assert_eq!(end["device_id"], device.as_str(), "{end}");
        both_are_signed(&servers, &name, &text(&end, "user_id"));
    }
}

/// matrix-sdk's helps; ours is new.
#[test]
fn a_device_of_matrix_sdk_signs_in_and_verifies_one_of_ours_whoever_shows_the_code() {
    let Some(servers) = servers() else { return };
    for ours_shows in [true, false] {
        let how = if ours_shows { "scan" } else { "show" };
        let Some(mut peer) = peer(&servers, "existing", how) else { return };
        let (new, name) = (Home::new(), servers.person());
        arrive(&Browser::default().sign_in(&word(&mut peer, "page"), &name));
        let mut login = if ours_shows {
            let mut login = new.json(&["login", &servers.base, "--qr", "--generation", "2024"]);
            peer.is_told(&text(&login.screen("qr_code"), "payload"));
            let code = word(&mut peer, "check_code");
            login.screen("enter_check_code");
            login.say(&json!({ "intent": "enter_code", "code": code }));
            login
        } else {
            let mut login = new.json(&["login", &servers.base, "--scan", "-", "--yes"]);
            login.say_text(&word(&mut peer, "code"));
            let code = text(&login.screen("check_code"), "check_code");
            word(&mut peer, "enter_check_code");
            peer.is_told(&code);
            login
        };
        word(&mut peer, "open");
        allow(&servers, &text(&login.screen("user_code"), "user_code"), &name);
        is_verified(&mut login, &servers, &name);
        word(&mut peer, "verified");
    }
}

fn is_verified(login: &mut Json, servers: &Servers, name: &str) {
    login.screen("confirm_account");
    login.intent("confirm");
    let end = login.end();
    assert_eq!(end["trust"], json!({ "is": "verified", "backup": true }), "{end}");
    both_are_signed(servers, name, &text(&end, "user_id"));
}
