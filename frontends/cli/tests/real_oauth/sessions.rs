//! What is known of a session: its devices, its page, and that the server has ended it.

use serde_json::{Value, json};

use crate::narthex::Home;
use crate::people::{sign_in, signed_in};
use crate::server::owner;
use crate::servers::{servers, turned};

#[test]
fn the_devices_are_listed_and_this_one_is_marked() {
    let Some(servers) = servers() else { return };
    let (home, name) = signed_in(&servers);
    let other = Home::new();
    sign_in(&other, &servers.base, &name);
    let (_, here) = owner(&servers.base, &home.ok(&["token"], "")).unwrap();
    let listed = home.ok(&["devices"], "");
    assert_eq!(listed.lines().count(), 2, "{listed}");
    for line in listed.lines() {
        assert_eq!(line.starts_with(&here), line.contains("this device"), "{listed}");
        assert!(line.contains("Narthex"), "{listed}");
    }
    let told: Value = serde_json::from_str(&home.ok(&["devices", "--json"], "")).unwrap();
    assert_eq!(told["type"], "devices");
    let marked: Vec<_> =
        told["devices"].as_array().unwrap().iter().filter(|device| device["is_this"] == true).collect();
    assert!(matches!(marked[..], [one] if one["device_id"] == here.as_str()), "{told}");
}

#[test]
fn the_page_of_the_account_is_told_whether_the_action_is_announced_or_not() {
    let Some(servers) = servers() else { return };
    let (home, _) = signed_in(&servers);
    let account = format!("{}/account", servers.authorization);
    assert_eq!(home.ok(&["manage", "--no-browser"], ""), account);
    // This server announces no action at all.
    let output = home.run(&["manage", "--no-browser", "--action", "devices-list"], "");
    let (page, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success() && page.starts_with(&account), "{page}");
    assert!(said.contains("does not announce"), "{said}");
    let args = ["manage", "--json", "--no-browser", "--action=device-view", "--device=A B"];
    let told: Value = serde_json::from_str(&home.ok(&args, "")).unwrap();
    assert_eq!((&told["type"], &told["announced"]), (&json!("account_page"), &json!(false)));
    assert_eq!(home.fails(&["manage", "--action=dance"], "").0, 2);
}

#[test]
fn a_session_that_the_server_has_ended_is_told_and_nothing_is_forgotten() {
    let Some(servers) = servers() else { return };
    let (home, name) = signed_in(&servers);
    servers.end_sessions(&name);
    for command in ["whoami", "devices"] {
        let (code, said) = home.fails(&[command], "");
        assert_eq!(code, 11, "{said}");
        assert!(said.contains("has ended") && said.contains("narthex login --again"), "{command}: {said}");
    }
    assert!(home.ok(&["accounts"], "").contains(&name));
    let told = home.run(&["whoami", "--json"], "");
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!((&told["type"], &told["exit_code"]), (&json!("failed"), &json!(11)));
    assert_eq!(told["reason"], "session_ended");
    // Signing out of it is what was asked for.
    assert!(home.ok(&["logout"], "").contains("Signed out"));
    assert_eq!(home.ok(&["accounts"], "").lines().count(), 1);
}

#[test]
fn a_session_whose_renewal_is_refused_is_told_by_the_token_command() {
    let Some(servers) = turned(&json!({ "accessTtl": 2 })) else { return };
    let (home, name) = signed_in(&servers);
    servers.end_sessions(&name);
    // The access token expires.
    std::thread::sleep(std::time::Duration::from_millis(2500));
    let (code, said) = home.fails(&["token"], "");
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("has ended"), "{said}");
    assert!(home.ok(&["accounts"], "").contains(&name));
}
