//! Two programs whose users compare emoji.

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::{Home, Json};
#[cfg(unix)]
use crate::tty::Tty;
use narthex_sandbox::Config;

/// A server where alice has an account, a device with its keys, and a second one.
fn devices() -> (Homeserver, Home, Home) {
    let server = Homeserver::start(Config::open);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let sign_in = || {
        let home = Home::new();
        home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
        home
    };
    let (old, new) = (sign_in(), sign_in());
    old.ok(&["encryption", "set-up"], "");
    (server, old, new)
}

/// Both, up to where they show emoji.
fn shown(old: &Home, new: &Home) -> (Json, Json) {
    let mut asking = new.json(&["encryption", "verify"]);
    let this = until(&mut asking, "ask_devices")["device_id"].clone();
    let mut asked = old.json(&["encryption", "verify"]);
    assert_eq!(until(&mut asked, "confirm_request")["other_device"], this);
    asked.intent("confirm");
    let (one, other) = (until(&mut asked, "compare_emoji"), until(&mut asking, "compare_emoji"));
    assert_eq!(one["emoji"].as_array().unwrap().len(), 7, "{one}");
    assert_eq!(one["emoji"], other["emoji"]);
    (asked, asking)
}

fn until(run: &mut Json, screen: &str) -> Value {
    loop {
        let line = run.next();
        assert!(line["type"] != "failed", "waited for {screen}: {line}");
        if line["screen"] == screen {
            return line;
        }
    }
}

fn end(run: &mut Json) -> Value {
    loop {
        let line = run.next();
        if line["type"] == "failed" || line["type"] == "encryption" {
            return line;
        }
    }
}

fn is_verified(home: &Home) -> bool {
    let status = home.ok(&["encryption", "status", "--json"], "");
    serde_json::from_str::<Value>(&status).unwrap()["trust"]["is"] == "verified"
}

#[test]
fn two_devices_with_the_same_emoji_are_both_verified() {
    let (_server, old, new) = devices();
    assert!(!is_verified(&new));
    let (mut asked, mut asking) = shown(&old, &new);
    asking.intent("understood");
    assert_eq!(asking.next()["type"], "invalid_intent");
    asking.intent("confirm");
    until(&mut asking, "await_answer");
    asking.intent("mismatch");
    let refused = asking.next();
    assert_eq!(
        (&refused["type"], &refused["offers"]),
        (&json!("not_offered"), &json!(["cancel"])),
        "{refused}"
    );
    asked.intent("confirm");
    for run in [&mut asked, &mut asking] {
        let end = end(run);
        assert_eq!(end["trust"], json!({ "is": "verified", "backup": true }), "{end}");
    }
    assert!(is_verified(&new) && is_verified(&old));
}

#[test]
fn whoever_waits_is_asked_and_a_wrong_sign_verifies_nobody() {
    let (_server, old, new) = devices();
    // Its keys are at the server, so that the other device knows it.
    new.fails(&["encryption", "recover"], "wrong\n");
    // The one with the keys: it need not be told to wait.
    let mut asked = old.json(&["encryption", "verify"]);
    until(&mut asked, "await_request");
    let mut asking = new.json(&["encryption", "verify"]);
    until(&mut asked, "confirm_request");
    asked.intent("confirm");
    until(&mut asked, "compare_emoji");
    until(&mut asking, "compare_emoji");
    asked.intent("mismatch");
    for run in [&mut asked, &mut asking] {
        let end = end(run);
        assert_eq!((&end["reason"], &end["exit_code"]), (&json!("mismatch"), &json!(11)), "{end}");
    }
    assert!(!is_verified(&new));
}

#[cfg(unix)]
#[test]
fn whoever_stops_tells_the_other_however_they_stop() {
    let (_server, old, new) = devices();
    for (by_new, interrupts) in [(true, false), (false, false), (true, true), (false, true)] {
        let (mut asked, mut asking) = shown(&old, &new);
        let (stops, told) = if by_new { (&mut asking, &mut asked) } else { (&mut asked, &mut asking) };
        if interrupts {
            kill_process(Pid::from_child(&stops.child), Signal::INT).unwrap();
        } else {
            stops.intent("cancel");
        }
        let (stopped, told) = (end(stops), end(told));
        assert_eq!(stopped["class"], "cancelled", "{by_new} {interrupts}: {stopped}");
        assert_eq!(told["reason"], "cancelled_there", "{by_new} {interrupts}: {told}");
    }
    assert!(!is_verified(&new));
}

/// Closing the terminal.
#[cfg(unix)]
#[test]
fn whoever_hangs_up_tells_the_other() {
    let (_server, old, new) = devices();
    for by_new in [true, false] {
        let (mut asked, mut asking) = shown(&old, &new);
        let (stops, told) = if by_new { (&mut asking, &mut asked) } else { (&mut asked, &mut asking) };
        kill_process(Pid::from_child(&stops.child), Signal::HUP).unwrap();
        let told = end(told);
        assert_eq!(told["reason"], "cancelled_there", "{by_new}: {told}");
        stops.child.wait().unwrap();
    }
    assert!(!is_verified(&new));
}

/// Whichever is started first: the keys of the new device are not at the server yet.
#[test]
fn the_device_with_the_keys_may_be_the_first() {
    let (_server, old, new) = devices();
    let mut asked = old.json(&["encryption", "verify"]);
    let waits = until(&mut asked, "await_request");
    assert_eq!(waits["verified"], true, "{waits}");
    let mut asking = new.json(&["encryption", "verify"]);
    until(&mut asked, "confirm_request");
    asked.intent("confirm");
    for run in [&mut asked, &mut asking] {
        until(run, "compare_emoji");
        run.intent("confirm");
    }
    assert_eq!(end(&mut asked)["trust"]["is"], "verified");
    assert_eq!(end(&mut asking)["trust"]["is"], "verified");
}

/// The other one notices within the minute that a step may take; here it is not waited for that long. Then both may begin
/// again.
#[test]
fn one_that_is_killed_leaves_nothing_in_the_way() {
    let (_server, old, new) = devices();
    let (asked, mut asking) = shown(&old, &new);
    asked.kill();
    asking.intent("cancel");
    assert_eq!(end(&mut asking)["class"], "cancelled");
    let (mut asked, mut asking) = shown(&old, &new);
    asked.intent("confirm");
    asking.intent("confirm");
    assert_eq!(end(&mut asking)["trust"]["is"], "verified");
    assert_eq!(end(&mut asked)["trust"]["is"], "verified");
}

#[test]
fn where_nobody_can_compare_nothing_begins() {
    let (_server, old, new) = devices();
    let (code, said) = new.fails(&["encryption", "verify"], "");
    assert!(code == 17 && said.contains("--json"), "{code} {said}");
    // A program that goes away while the user is asked: the other one is told.
    let (mut asked, mut asking) = shown(&old, &new);
    asking.closes();
    let told = end(&mut asked);
    assert_eq!(told["reason"], "cancelled_there", "{told}");
    let mut alone = old.json(&["encryption", "verify", "--answer", "--timeout", "2"]);
    let end = end(&mut alone);
    assert_eq!((&end["reason"], &end["class"]), (&json!("timeout"), &json!("unavailable")), "{end}");
}

/// As `set-up` that is killed after it made the key, and before anybody saw it.
#[test]
fn a_recovery_key_that_nobody_saw_is_replaced() {
    let (_server, old, new) = devices();
    let (code, said) = old.fails(&["encryption", "set-up"], "");
    assert!(code == 11 && said.contains("set-up --new-recovery-key"), "{code} {said}");
    let said = old.ok(&["encryption", "set-up", "--new-recovery-key", "--json"], "");
    let first: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    let key = first["recovery_key"].as_str().unwrap();
    new.ok(&["encryption", "recover"], &format!("{key}\n"));
    assert!(is_verified(&new));
}

#[cfg(unix)]
#[test]
fn a_recovery_key_is_typed_unseen_and_again_where_it_is_wrong() {
    let (_server, old, new) = devices();
    let said = old.ok(&["encryption", "set-up", "--new-recovery-key", "--json"], "");
    let first: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    let key = first["recovery_key"].as_str().unwrap();
    let mut recover = Tty::start(&new, 400, &["encryption", "recover"]);
    for wrong in ["marker-one", "marker-two"] {
        recover.sees("Recovery key: ").types(wrong).types("\r");
        recover.sees("This is not the recovery key of the account.");
    }
    recover.sees("Recovery key: ").types(key).types("\r");
    assert_eq!(recover.sees("This device is verified").ends(), 0);
    assert!(!recover.seen.contains("marker") && !recover.seen.contains(&key[..4]), "{}", recover.seen);
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_compares_at_a_terminal() {
    use crate::tty::Tty;

    let (_server, old, new) = devices();
    let mut asking = Tty::start(&new, 80, &["encryption", "verify"]);
    asking.sees("are asked to verify");
    let mut asked = Tty::start(&old, 80, &["encryption", "verify"]);
    asked.sees("asks to be verified").sees("just now?").types("y\r");
    asking.sees("Compare these").sees("in the same order?");
    asked.sees("Compare these").sees("in the same order?").types("y\r");
    asked.sees("Waiting for the answer");
    asking.types("y\r");
    asking.sees("This device is verified");
    asked.sees("This device is verified");
    assert_eq!((asking.ends(), asked.ends()), (0, 0));
    let mut alone = Tty::start(&old, 80, &["encryption", "verify", "--answer"]);
    alone.sees("needs no verification").sees("Waiting for a request");
    alone.types("\u{1b}");
    assert_eq!(alone.ends(), 130);
}
