//! Several programs that want the keys of one device.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::devices::{first_device, server};
use crate::linking::{check, text};
use crate::narthex::{Home, Json, said};
use crate::oauth::ALICE;

/// A program that has the keys open until it is killed.
fn holder(home: &Home) -> Json {
    let mut holder = home.json(&["encryption", "verify", "--answer"]);
    holder.screen("await_request");
    holder
}

#[test]
fn those_that_want_the_keys_at_once_wait_for_each_other() {
    let server = server();
    let home = first_device(&server);
    let started: Vec<_> = (0..4).map(|_| home.command(&["encryption", "status"]).spawn().unwrap()).collect();
    for child in started {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
}

#[test]
fn whoever_waits_for_the_keys_is_told_for_whom() {
    let server = server();
    let home = first_device(&server);
    let holder = holder(&home);
    let pid = holder.child.id().to_string();
    let mut waits = crate::tty::Tty::start(&home, 200, &["encryption", "status"]);
    waits.sees("Waiting for another program").sees(&format!("process {pid}"));
    holder.kill();
    assert_eq!(waits.sees("This device is verified").ends(), 0);
}

/// Another program opens them after the link has found them, and the user has allowed the new device by then.
#[test]
fn a_link_waits_for_another_program_that_has_the_keys() {
    let server = server();
    let (existing, new) = (first_device(&server), Home::new());
    let mut link = existing.json(&["link", "--yes", "--no-browser"]);
    let payload = text(&link.screen("qr_code"), "payload");
    let mut login = new.json(&["login", "--scan", "-", "--yes"]);
    login.say_text(&payload);
    check(&mut login, &mut link);
    link.screen("consent");
    let holder = holder(&existing);
    link.intent("open_browser");
    server.enter_code(&text(&login.screen("user_code"), "user_code"), ALICE, true);
    while link.next()["task"] != "check_secrets" {}
    holder.kill();
    let (end, linked) = (login.end(), link.end());
    assert_eq!(end["trust"], json!({ "is": "verified", "backup": true }), "{end}");
    assert_eq!(linked["verified"], true, "{linked}");
}

#[test]
fn the_files_with_keys_are_for_their_owner_alone() {
    let server = server();
    let home = first_device(&server);
    let keys: Vec<_> = home.files().into_iter().filter(|path| is_of_keys(path)).collect();
    assert!(keys.len() > 1, "{keys:?}");
    for path in keys {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
}

fn is_of_keys(path: &std::path::Path) -> bool {
    path.components().any(|part| part.as_os_str() == "encryption")
}

#[test]
fn a_session_that_was_not_signed_in_by_the_browser_is_nobodys_fault() {
    use crate::PASSWORD;
    use crate::homeserver::Homeserver;
    use narthex_sandbox::Config;

    let server = Homeserver::start(Config::open);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let home = Home::new();
    home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    let (code, told) = home.fails(&["link"], "");
    assert!(code == 13 && told.contains("narthex login SERVER --browser"), "{code}: {told}");
    assert!(!told.contains("Problem with"), "{told}");
    let line: Value = serde_json::from_str(home.fails(&["link", "--json"], "").1.trim()).unwrap();
    assert_eq!(line["failure"]["missing"], "oauth_session", "{line}");
}
