//! A new device is killed while it asks whether the account is its user's.

use std::time::Duration;

use narthex_sandbox::RendezvousConfig;
use serde_json::{Value, json};

use crate::devices::{asked, first_device, server, server_with};
use crate::narthex::Home;

fn profile(home: &Home) -> Value {
    let status = home.ok(&["status", "--json"], "");
    serde_json::from_str::<Value>(&status).unwrap()["profiles"][0].clone()
}

#[test]
fn whoever_was_killed_at_the_question_is_asked_again() {
    let server = server();
    let (existing, new) = (first_device(&server), Home::new());
    let (mut link, login, device) = asked(&server, &existing, &new);
    // While it runs as well: another program must not use what may be somebody else's.
    assert_eq!(new.fails(&["token"], "").0, 17);
    login.kill();
    let there = profile(&new);
    assert_eq!(there["accounts"][0]["unconfirmed"], true, "{there}");
    assert_eq!((&there["accounts"].as_array().unwrap().len(), &there["unfinished"]), (&1, &json!([])));
    let said = new.ok(&["status"], "");
    assert_eq!(said.matches(&device).count(), 1, "{said}");
    assert!(said.contains("nobody has said yet whether that is your account"), "{said}");
    assert!(new.ok(&["accounts"], "").contains("(not confirmed)"));
    assert!(new.ok(&["whoami"], "").contains("nobody has said yet"));
    for command in [&["token"][..], &["encryption", "set-up"], &["link", "--yes"]] {
        let (code, said) = new.fails(command, "");
        assert!(code == 17 && said.contains("narthex login"), "{command:?} {code}: {said}");
    }
    let failed: Value = serde_json::from_str(&new.fails(&["token", "--json"], "").1).unwrap();
    assert_eq!((&failed["class"], &failed["question"]), (&json!("unanswered"), &json!("confirm")));

    let mut again = new.json(&["login", server.url()]);
    again.screen("confirm_account");
    again.intent("confirm");
    let end = again.end();
    assert_eq!(end["trust"], json!({ "is": "verified", "backup": true }), "{end}");
    assert_eq!(link.end()["verified"], true);
    assert!(profile(&new)["accounts"][0].get("unconfirmed").is_none());
    new.ok(&["token"], "");
}

#[test]
fn whoever_signs_out_instead_leaves_nothing() {
    let server = server();
    let existing = first_device(&server);
    let before = server.devices("alice");
    for (command, says) in [(&["logout"][..], "@alice"), (&["logout", "--unfinished"], "@alice")] {
        let new = Home::new();
        let (link, login, _) = asked(&server, &existing, &new);
        login.kill();
        let said = new.ok(command, "");
        assert!(said.contains(says), "{said}");
        let there = profile(&new);
        assert_eq!((&there["accounts"], &there["unfinished"]), (&json!([]), &json!([])), "{command:?}");
        assert_eq!(server.devices("alice"), before, "{command:?}");
        assert!(new.ok(&["logout", "--unfinished"], "").contains("No sign-in is unfinished"), "{command:?}");
        // It would be gone on with.
        link.kill();
        existing.ok(&["logout", "--unfinished"], "");
    }
}

/// The two have lost each other by then: the question is still there, and no keys come.
#[test]
fn the_question_outlives_the_rendezvous() {
    let server = server_with(RendezvousConfig {
        lifetime_2025: Duration::from_secs(20),
        ..RendezvousConfig::synapse()
    });
    let (existing, new) = (first_device(&server), Home::new());
    let (mut link, login, _) = asked(&server, &existing, &new);
    login.kill();
    // It ends with the rendezvous, or has been told of the sign-in before the kill: then there is a device, unverified.
    let end = link.end();
    assert!(end["type"] == "failed" || end["type"] == "linked" && end["verified"] == false, "{end}");
    for _ in 0..2 {
        let mut again = new.json(&["login", server.url()]);
        again.screen("confirm_account");
        again.kill();
        assert_eq!(profile(&new)["accounts"][0]["unconfirmed"], true);
    }
    let mut again = new.json(&["login", server.url()]);
    again.screen("confirm_account");
    again.intent("confirm");
    let end = again.end();
    assert_eq!(end["trust"]["is"], "needs_verification", "{end}");
    assert!(profile(&new)["accounts"][0].get("unconfirmed").is_none());
}

/// Nothing is left of it, neither the session nor the keys that were taken for it.
#[test]
fn who_signs_out_elsewhere_while_the_question_is_asked_is_not_signed_in() {
    let server = server();
    let (existing, new) = (first_device(&server), Home::new());
    let before = server.devices("alice");
    let (link, mut login, device) = asked(&server, &existing, &new);
    new.ok(&["logout", "--account", &device], "");
    login.intent("confirm");
    let end = login.end();
    assert_eq!((&end["type"], &end["class"]), (&json!("failed"), &json!("refused")), "{end}");
    assert_eq!(end["failure"]["refusal"], "signed_out_elsewhere", "{end}");
    assert_eq!(profile(&new)["accounts"], json!([]));
    assert_eq!(server.devices("alice"), before);
    let places = new.path().join("default/encryption");
    let left = std::fs::read_dir(places).map_or(0, |entries| entries.count());
    assert_eq!(left, 0);
    drop(link);
}
