//! The code of a sign-in in a file.

use std::path::Path;

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::devices::{first_device, server};
use crate::narthex::Home;

/// Of either role and generation: the other device scans the file itself.
#[test]
fn a_code_in_a_file_is_there_while_it_can_be_scanned() {
    let server = server();
    let existing = first_device(&server);
    for generation in ["2025", "2024"] {
        for new_shows in [false, true] {
            let new = Home::new();
            let file = new.path().join("code.png");
            let path = file.to_str().unwrap();
            let with = ["--qr-file", path, "--generation", generation, "--yes"];
            let (mut shows, mut scans) = if new_shows {
                let mut shows = new.json(&[&["login", server.url(), "--qr"][..], &with].concat());
                shows.screen("qr_code");
                (shows, existing.json(&["link", "--scan", path, "--yes"]))
            } else {
                let mut shows = existing.json(&[&["link"][..], &with].concat());
                shows.screen("qr_code");
                (shows, new.json(&["login", "--scan", path, "--yes"]))
            };
            let code = scans.screen("check_code")["check_code"].clone();
            shows.screen("enter_check_code");
            assert!(!file.exists(), "{generation} {new_shows}: nobody can scan it any more");
            shows.say(&json!({ "intent": "enter_code", "code": code }));
            let consents = if new_shows { &mut scans } else { &mut shows };
            consents.screen("consent");
            consents.intent("cancel");
            consents.end();
        }
    }
}

#[cfg(unix)]
#[test]
fn it_is_the_users_alone_and_goes_with_the_command() {
    use std::os::unix::fs::PermissionsExt as _;

    let server = server();
    let home = first_device(&server);
    let file = home.path().join("code.png");
    let path = file.to_str().unwrap();
    for signal in [None, Some(Signal::INT), Some(Signal::TERM), Some(Signal::QUIT), Some(Signal::HUP)] {
        let mut link = home.json(&["link", "--yes", "--qr-file", path, "--qr-format", "png"]);
        link.screen("qr_code");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        match signal {
            Some(signal) => kill_process(Pid::from_child(&link.child), signal).unwrap(),
            None => link.intent("cancel"),
        }
        if matches!(signal, None | Some(Signal::INT)) {
            assert_eq!(link.end()["class"], "cancelled");
        }
        link.child.wait().unwrap();
        assert!(!file.exists(), "{signal:?}");
    }
    assert!(home.files().iter().all(|path| !is_ours(path)), "{:?}", home.files());

    std::fs::write(&file, "of somebody else").unwrap();
    let (code, said) = home.fails(&["link", "--yes", "--qr-file", path], "");
    assert!(code == 1 && said.contains(path), "{code} {said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "of somebody else");
    let (code, said) = home.fails(&["link", "--yes", "--qr-format", "png"], "");
    assert!(code == 2 && said.contains("--qr-file"), "{code} {said}");
}

fn is_ours(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().contains("code.png"))
}
