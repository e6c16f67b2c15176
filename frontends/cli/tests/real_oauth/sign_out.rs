//! Signing out: the server ends the session and the device, or it is said that it could not be told.

use serde_json::{Value, json};

use crate::narthex::Home;
use crate::people::{sign_in, signed_in};
use crate::proxy::Proxy;
use crate::server::{devices, owner};
use crate::servers::{servers, turned};

#[test]
fn signing_out_ends_the_session_and_the_device() {
    let Some(servers) = servers() else { return };
    let (home, name) = signed_in(&servers);
    let other = Home::new();
    sign_in(&other, &servers.base, &name);
    let (token, others) = (home.ok(&["token"], ""), other.ok(&["token"], ""));
    assert_eq!(devices(&servers.base, &others), 2);
    let said = home.ok(&["logout"], "");
    assert!(said.contains(&format!("Signed out @{name}")), "{said}");
    assert_eq!(owner(&servers.base, &token), None);
    assert_eq!(devices(&servers.base, &others), 1);
    assert_eq!(servers.devices(&name).len(), 1);
    let (code, said) = home.fails(&["whoami"], "");
    assert_eq!(code, 1, "{said}");
}

#[test]
fn an_expired_token_is_no_obstacle() {
    for rotation in ["tolerant", "strict"] {
        let Some(servers) = turned(&json!({ "accessTtl": 1, "rotation": rotation })) else { return };
        let (home, name) = signed_in(&servers);
        std::thread::sleep(std::time::Duration::from_millis(1500));
        home.ok(&["logout"], "");
        assert!(servers.devices(&name).is_empty(), "{rotation}");
    }
}

#[test]
fn a_server_that_cannot_be_told_leaves_the_session_unless_it_is_to_be_forgotten() {
    let Some(servers) = servers() else { return };
    let proxy = Proxy::start(&servers.base, &servers.authorization);
    let (home, name) = (Home::new(), servers.person());
    sign_in(&home, &proxy.base, &name);
    proxy.refuse("/oauth2/");
    let (code, said) = home.fails(&["logout"], "");
    assert_eq!(code, 10, "{said}");
    assert!(said.contains("--forget"), "{said}");
    assert!(home.ok(&["accounts"], "").contains(&name));
    assert_eq!(servers.devices(&name).len(), 1);

    proxy.pass();
    assert!(home.ok(&["whoami"], "").contains(&name), "nothing was lost");
    proxy.refuse("/oauth2/");
    let said = home.run(&["logout", "--forget", "--json"], "");
    let told: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!((&told["type"], &told["server_told"]), (&json!("signed_out"), &json!(false)));
    assert!(!home.ok(&["accounts"], "").contains(&name));
    assert_eq!(servers.devices(&name).len(), 1, "nobody has told the server");
}

#[test]
fn all_sessions_at_once_are_not_ended_here_and_it_is_said_where() {
    let Some(servers) = servers() else { return };
    let (home, name) = signed_in(&servers);
    let (code, said) = home.fails(&["logout", "--everywhere"], "");
    assert_eq!(code, 13, "{said}");
    assert!(said.contains("narthex manage"), "{said}");
    assert_eq!(servers.devices(&name).len(), 1);
    assert!(home.ok(&["whoami"], "").contains(&name), "nothing was lost");
}
