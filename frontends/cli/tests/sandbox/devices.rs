//! Two programs, one of which signs the other in by a QR code.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use narthex_sandbox::{Config, RendezvousConfig};
#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::linking::{Cell, check, linked, text};
use crate::narthex::{Home, Json};
use crate::oauth::{ALICE, sign_in};

/// A server where two devices can meet, and where alice has an account.
pub(crate) fn server() -> Homeserver {
    server_with(RendezvousConfig::synapse())
}

pub(crate) fn server_with(rendezvous: RendezvousConfig) -> Homeserver {
    let server = Homeserver::with(Config::oauth, |config| config.rendezvous = Some(rendezvous));
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    server
}

/// Signed in, with an identity and a backup.
pub(crate) fn first_device(server: &Homeserver) -> Home {
    let home = Home::new();
    sign_in(&home, server, server.url());
    let said = home.ok(&["encryption", "set-up", "--json"], "");
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[0]["recovery_key"].as_str().is_some_and(|key| key.len() > 40), "{said}");
    assert_eq!(lines[1]["trust"], json!({ "is": "verified", "backup": true }), "{said}");
    home
}

/// Up to the question of the new device whose account it is: both, and the id of the new one. The device that helps goes on.
pub(crate) fn asked(server: &Homeserver, existing: &Home, new: &Home) -> (Json, Json, String) {
    let mut link = existing.json(&["link", "--yes", "--no-browser"]);
    let payload = text(&link.screen("qr_code"), "payload");
    let mut login = new.json(&["login", "--scan", "-"]);
    login.say_text(&payload);
    login.screen("warning");
    login.intent("understood");
    check(&mut login, &mut link);
    assert_eq!(link.screen("consent").get("elsewhere"), None);
    link.intent("open_browser");
    server.enter_code(&text(&login.screen("user_code"), "user_code"), ALICE, true);
    let device = text(&login.screen("confirm_account"), "device_id");
    (link, login, device)
}

/// Which device shows the code, of which generation.
#[test]
fn a_new_device_is_signed_in_and_verified_in_each_of_the_ways() {
    let server = server();
    let existing = first_device(&server);
    for cell in Cell::ALL {
        let new = Home::new();
        let allow = |code: &str| server.enter_code(code, ALICE, true);
        let (end, link) = linked(&existing, &new, server.url(), cell, allow);
        assert_eq!(end["trust"], json!({ "is": "verified", "backup": true }), "{cell:?}: {end}");
        assert_eq!(link["verified"], true, "{cell:?}: {link}");
        assert_eq!(link["device_id"], end["device_id"], "{cell:?}");
        let status = new.ok(&["encryption", "status", "--json"], "");
        assert!(status.contains("\"verified\""), "{cell:?}: {status}");
        // A device that was linked can link another one.
        assert!(new.ok(&["whoami"], "").contains("@alice:"), "{cell:?}");
    }
}

#[test]
fn whoever_declines_signs_nobody_in() {
    let server = server();
    let existing = first_device(&server);
    let before = server.devices("alice");
    let new = Home::new();
    let mut link = existing.json(&["link"]);
    link.screen("warning");
    link.intent("understood");
    let payload = link.screen("qr_code")["payload"].as_str().unwrap().to_owned();
    let mut login = new.json(&["login", server.url(), "--scan", "-", "--yes"]);
    login.say_text(&payload);
    let code = login.screen("check_code")["check_code"].as_str().unwrap().to_owned();
    link.screen("enter_check_code");
    link.say(&json!({ "intent": "enter_code", "code": code }));
    link.screen("consent");
    link.intent("cancel");
    assert_eq!(problem(&mut login)["refusal"], "cancelled_there");
    assert_eq!(link.end()["class"], "cancelled");
    assert_eq!(server.devices("alice"), before);
}

/// Whoever shows the digits, whoever is asked for them, and whoever has the page before them.
#[cfg(unix)]
#[test]
fn an_interrupt_tells_the_other_device() {
    let server = server();
    let existing = first_device(&server);
    let before = server.devices("alice");
    for (screen, by_new) in [("digits", true), ("digits", false), ("page", true), ("page", false)] {
        let new = Home::new();
        let mut link = existing.json(&["link", "--yes"]);
        let payload = link.screen("qr_code")["payload"].as_str().unwrap().to_owned();
        let mut login = new.json(&["login", "--scan", "-", "--yes"]);
        login.say_text(&payload);
        let code = login.screen("check_code")["check_code"].as_str().unwrap().to_owned();
        link.screen("enter_check_code");
        if screen == "page" {
            link.say(&json!({ "intent": "enter_code", "code": code }));
            link.screen("consent");
        }
        let who = if by_new { &login } else { &link };
        kill_process(Pid::from_child(&who.child), Signal::INT).unwrap();
        let (ended, told) = if by_new {
            (login.end(), link.end()["failure"].clone())
        } else {
            (link.end(), problem(&mut login))
        };
        assert_eq!(ended["class"], "cancelled", "{screen} {by_new}: {ended}");
        // Where the last word would overwrite what is not read yet, only the rendezvous is gone.
        let is_told = told["refusal"] == "cancelled_there" || told["what"] == "rendezvous";
        assert!(is_told, "{screen} {by_new}: {told}");
        assert_eq!(server.devices("alice"), before, "{screen} {by_new}");
    }
}

/// Whoever says that the account is not theirs keeps nothing of it, and the command ends.
#[test]
fn an_account_of_somebody_else_is_left_at_once() {
    let server = server();
    let existing = first_device(&server);
    let before = server.devices("alice");
    let new = Home::new();
    for waits in [false, true] {
        let (mut link, mut login, _) = asked(&server, &existing, &new);
        // Once it has heard that the new device is signed in, it asks for no word of it any more, but what the account shows.
        while waits && link.next()["task"] != "share_secrets" {}
        if waits {
            assert_ne!(link.next()["task"], "share_secrets");
        }
        login.intent("cancel");
        assert_eq!(login.end()["class"], "cancelled");
        assert_eq!(new.fails(&["whoami"], "").0, 1);
        assert_eq!(server.devices("alice"), before);
        let told = link.end();
        let told = &told["failure"];
        assert!(told["refusal"] == "cancelled_there" || told["class"] == "expired", "{waits}: {told}");
    }
}

#[test]
fn a_wrong_code_ends_both() {
    let server = server();
    let existing = first_device(&server);
    let new = Home::new();
    let mut link = existing.json(&["link", "--yes"]);
    let payload = link.screen("qr_code")["payload"].as_str().unwrap().to_owned();
    let mut login = new.json(&["login", "--scan", "-", "--yes"]);
    login.say_text(&payload);
    let code: u32 = login.screen("check_code")["check_code"].as_str().unwrap().parse().unwrap();
    link.screen("enter_check_code");
    // Twice, and each is answered at once: it is no attempt.
    for nonsense in ["4", "forty-two"] {
        link.say(&json!({ "intent": "enter_code", "code": nonsense }));
        while link.next()["type"] != "invalid_intent" {}
    }
    let wrong = if code == 99 { 10 } else { code + 1 };
    link.say(&json!({ "intent": "enter_code", "code": format!("{wrong:02}") }));
    assert_eq!(link.end()["failure"]["refusal"], "check_code_wrong");
    // No other server is asked for.
    let end = login.end();
    let problem = &end["failure"];
    assert_eq!((&problem["class"], &problem["what"]), (&json!("expired"), &json!("rendezvous")), "{end}");
}

/// `link --json | head -n 3`: nobody can read what comes, so the other device is told.
#[test]
fn whoever_reads_no_more_does_not_leave_the_other_device_waiting() {
    let server = server();
    let existing = first_device(&server);
    let mut link = existing.command(&["link", "--yes", "--json"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(link.stdout.take().unwrap()).lines();
    let payload = loop {
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        if let Some(payload) = line["payload"].as_str() {
            break payload.to_owned();
        }
    };
    drop(lines);
    let new = Home::new();
    let mut login = new.json(&["login", "--scan", "-", "--yes"]);
    login.say_text(&payload);
    assert_eq!(login.end()["failure"]["what"], "rendezvous");
    assert_eq!(link.wait().unwrap().code(), Some(141));
}

/// What a view names as a problem, once one does.
fn problem(run: &mut Json) -> Value {
    loop {
        let line = run.next();
        if line["problem"].is_object() {
            return line["problem"].clone();
        }
    }
}

#[test]
fn a_device_without_the_keys_links_nobody() {
    let (server, home) = (server(), Home::new());
    sign_in(&home, &server, server.url());
    let mut link = home.json(&["link", "--yes"]);
    let end = link.end();
    assert_eq!(end["failure"]["missing"], "cross_signing_keys", "{end}");
}

#[test]
fn what_is_no_code_is_told_for_what_it_is() {
    let (server, home) = (server(), Home::new());
    let mut login = home.json(&["login", server.url(), "--scan", "-", "--yes"]);
    login.say_text("https://example.org/a/page");
    let problem = problem(&mut login);
    assert_eq!(problem["refusal"], json!({ "wrong_kind_of_code": "link" }), "{problem}");
    login.intent("cancel");
}

#[test]
fn a_session_of_a_password_is_said_to_let_nobody_in() {
    let (server, home) = (server(), Home::new());
    home.ok(&["login", server.url(), "--username", "alice", "--password-stdin"], PASSWORD);
    for args in [&["link", "--json"][..], &["link", "--json", "--scan", "-"]] {
        let (code, said) = home.fails(args, "TUFUUklY\n");
        assert!(code == 13 && said.contains("\"missing\":\"oauth_session\""), "{code}: {said}");
    }
    let (code, said) = home.fails(&["link"], "");
    assert!(code == 13 && said.contains("This session cannot let another device in."), "{code}: {said}");
}
