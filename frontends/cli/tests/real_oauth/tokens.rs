//! Handing out access tokens: fresh ones, to as many as ask.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::narthex::Home;
use crate::people::{sign_in, signed_in};
use crate::proxy::Proxy;
use crate::server::owner;
use crate::servers::turned;

#[test]
fn a_token_that_ends_soon_is_renewed_and_one_that_does_not_is_not() {
    let Some(servers) = turned(&json!({ "accessTtl": 20 })) else { return };
    let (home, _) = signed_in(&servers);
    let first = home.ok(&["token"], "");
    assert_eq!(first, home.ok(&["token"], ""));
    servers.turn(&json!({ "accessTtl": 300 }));
    // The last fifth of its life: it still works, and not for long.
    std::thread::sleep(Duration::from_secs(17));
    assert!(owner(&servers.base, &first).is_some());
    let second = home.ok(&["token"], "");
    assert_ne!(first, second);
    assert!(owner(&servers.base, &second).is_some());
    assert_eq!(second, home.ok(&["token"], ""));
    assert_eq!(second, home.ok(&["token"], ""));
    assert!(home.ok(&["whoami"], "").contains('@'));
}

#[test]
fn programs_that_ask_at_once_for_what_has_expired_share_one_renewal() {
    for rotation in ["tolerant", "strict"] {
        let Some(servers) = turned(&json!({ "accessTtl": 2, "rotation": rotation })) else { return };
        let proxy = Proxy::start(&servers.base, &servers.authorization);
        let (home, name) = (Home::new(), servers.person());
        sign_in(&home, &proxy.base, &name);
        let before = proxy.asked("/oauth2/token");
        servers.turn(&json!({ "accessTtl": 300 }));
        std::thread::sleep(Duration::from_millis(2500));
        let tokens: Vec<String> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| home.ok(&["token"], ""))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(proxy.asked("/oauth2/token") - before, 1, "{rotation}: one renewal");
        assert!(tokens.iter().all(|token| *token == tokens[0]), "{rotation}");
        assert!(owner(&servers.base, &tokens[0]).unwrap().0.contains(&name));
        assert!(home.ok(&["whoami"], "").contains(&name));
    }
}

#[test]
fn programs_that_come_when_the_token_has_expired_do_not_end_the_session() {
    for rotation in ["tolerant", "strict"] {
        let Some(servers) = turned(&json!({ "accessTtl": 2, "rotation": rotation })) else { return };
        let (home, name) = signed_in(&servers);
        for _ in 0..3 {
            // So that somebody has to refresh, whoever comes first.
            std::thread::sleep(Duration::from_millis(2500));
            std::thread::scope(|scope| {
                for args in [&["token"][..], &["whoami"], &["token"], &["devices"], &["token"], &["token"]] {
                    scope.spawn(|| home.ok(args, ""));
                }
            });
        }
        assert!(owner(&servers.base, &home.ok(&["token"], "")).is_some(), "{rotation}");
        assert_eq!(servers.devices(&name).len(), 1, "{rotation}");
    }
}

#[test]
fn a_token_comes_in_the_form_that_is_asked_for() {
    let Some(servers) = crate::servers::servers() else { return };
    let (home, name) = signed_in(&servers);
    let token = home.ok(&["token"], "");
    assert_eq!(home.ok(&["token", "--format=header"], ""), format!("Authorization: Bearer {token}"));
    let described: Value = serde_json::from_str(&home.ok(&["token", "--format=json"], "")).unwrap();
    assert_eq!(described["access_token"], token);
    assert!(described["user_id"].as_str().unwrap().contains(&name));
    assert!(described["expires_at"].is_u64());

    // Read by a shell.
    let script = "eval \"$(cat)\"; printf %s \"$MATRIX_ACCESS_TOKEN $MATRIX_USER_ID $MATRIX_HOMESERVER\"";
    let env = home.ok(&["token", "--format=env", "--exec", "sh", "-c", script], "");
    let mut words = env.split(' ');
    assert_eq!(words.next(), Some(token.as_str()));
    assert!(words.next().unwrap().contains(&name));
    assert!(words.next().unwrap().trim_end_matches('/').ends_with(servers.base.trim_end_matches('/')));

    let cat = home.ok(&["token", "--exec", "cat"], "");
    assert_eq!(cat, token);
}

#[test]
fn a_command_that_is_run_ends_as_it_ends() {
    let Some(servers) = crate::servers::servers() else { return };
    let (home, _) = signed_in(&servers);
    assert_eq!(home.fails(&["token", "--exec", "sh", "-c", "exit 42"], "").0, 42);
    let (code, said) = home.fails(&["token", "--exec", "/no/such/program"], "");
    assert_eq!(code, 127);
    assert!(said.contains("/no/such/program"), "{said}");
    // One that does not read is not waited for.
    assert_eq!(home.ok(&["token", "--exec", "true"], ""), "");
}

#[test]
fn a_reader_that_goes_away_is_as_for_any_program() {
    let Some(servers) = crate::servers::servers() else { return };
    let (home, _) = signed_in(&servers);
    for args in [&["token"][..], &["devices"], &["whoami", "--json"]] {
        let mut child = home.command(args).stdin(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(141), "{args:?}");
    }
}
