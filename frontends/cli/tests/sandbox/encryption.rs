//! What is said where a server lies about the encryption of an account, or cannot answer.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use narthex::{Response, Secret};
use narthex_sandbox::Config;
use narthex_sandbox::serve::Fate;
use serde_json::{Value, json};

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};

type Fails = Arc<Mutex<Option<(&'static str, Fate)>>>;

/// A server where alice has an account and a device; what is asked at a path with this in it can be made to fail.
fn device() -> (Homeserver, Fails, Home) {
    let fails = Fails::default();
    let failing = fails.clone();
    let server = Homeserver::behind(
        Config::open,
        |_| {},
        move |request| {
            let failing = failing.lock().unwrap();
            let failing = failing.as_ref().filter(|(path, _)| request.url.path().contains(path));
            failing.map_or(Fate::Answered, |(_, fate)| fate.clone())
        },
    );
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let home = signed_in(&server);
    (server, fails, home)
}

fn signed_in(server: &Homeserver) -> Home {
    let home = Home::new();
    home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    home
}

fn instead(status: u16, body: &Value) -> Fate {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Fate::Instead(Response { status, headers, body: Secret::new(body.to_string().into_bytes()) })
}

/// The code, what a program reads and what a person does.
fn failed(home: &Home, args: &[&str], input: &str) -> (i32, Value, String) {
    let (code, said) = home.fails(args, input);
    let (_, line) = home.fails(&[args, &["--json"]].concat(), input);
    let line = line.lines().rev().find_map(|line| serde_json::from_str(line).ok());
    (code, line.unwrap_or_default(), said)
}

#[test]
fn an_outage_is_told_with_the_server_and_with_when_to_come_again() {
    let (server, fails, home) = device();
    let host = server.url().trim_start_matches("http://").trim_end_matches('/').to_owned();
    let limited = json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "slowly", "retry_after_ms": 3_600_000 });
    for (fate, reason, words) in [
        (instead(429, &limited), "rate_limited", "rate limiting".to_owned()),
        (
            instead(500, &json!({ "errcode": "M_UNKNOWN", "error": "x" })),
            "server_error",
            "status 500".to_owned(),
        ),
        (instead(503, &json!("down")), "server_error", "status 503".to_owned()),
        (Fate::Cut { heard: false }, "lost", host),
    ] {
        *fails.lock().unwrap() = Some(("keys/query", fate));
        let (code, line, said) = failed(&home, &["encryption", "status"], "");
        assert_eq!(
            (code, &line["class"], &line["reason"]),
            (10, &json!("unavailable"), &json!(reason)),
            "{line}"
        );
        assert!(said.contains(&words) && !said.contains("refuses"), "{said}");
        assert_eq!(line["retry_at"].is_u64(), reason == "rate_limited", "{line}");
    }
    *fails.lock().unwrap() = Some(("keys/query", instead(401, &json!({ "errcode": "M_UNKNOWN_TOKEN" }))));
    let (_, line, said) = failed(&home, &["encryption", "status"], "");
    assert_eq!(line["reason"], "token_not_in_force", "{line}");
    assert!(!said.contains("refuses"), "{said}");
}

#[test]
fn an_identity_that_is_hidden_and_a_set_up_that_is_dropped_are_the_servers_fault() {
    let (server, fails, home) = device();
    *fails.lock().unwrap() = Some(("keys/device_signing", instead(200, &json!({}))));
    let (code, line, said) = failed(&home, &["encryption", "set-up"], "");
    assert_eq!((code, &line["class"]), (14, &json!("misbehaved")), "{line}");
    assert!(!said.contains("Keep this recovery key"), "{said}");
    *fails.lock().unwrap() = None;
    server.look(|sandbox| sandbox.add_account("bob", PASSWORD));
    let home = Home::new();
    home.ok(&["login", server.url(), "--username=bob", "--password-stdin"], PASSWORD);
    home.ok(&["encryption", "set-up"], "");
    *fails.lock().unwrap() = Some(("keys/query", instead(200, &json!({}))));
    let (code, line, said) = failed(&home, &["encryption", "status"], "");
    assert_eq!((code, &line["class"]), (14, &json!("misbehaved")), "{line}");
    assert!(!said.contains("no identity"), "{said}");
}

/// Whatever the server says of a recovery key, `--timeout` holds.
#[test]
fn a_recovery_takes_no_longer_than_it_may() {
    let (server, fails, old) = device();
    old.ok(&["encryption", "set-up"], "");
    let new = signed_in(&server);
    let passphrase =
        json!({ "algorithm": "m.pbkdf2", "iterations": 2_000_000_000_u64, "salt": "abc", "bits": 256 });
    let content = json!({ "algorithm": "m.secret_storage.v1.aes-hmac-sha2", "passphrase": passphrase });
    *fails.lock().unwrap() = Some(("/m.secret_storage.key.", instead(200, &content)));
    let begun = Instant::now();
    let (code, line, _) = failed(&new, &["encryption", "recover", "--timeout", "20"], "a passphrase\n");
    assert_eq!((code, &line["reason"]), (14, &json!("misbehaved")), "{line}");
    assert!(begun.elapsed() < Duration::from_secs(20));
    // As many as are borne, in a build that is not quick: the interrupt comes first.
    let mut content = content;
    content["passphrase"]["iterations"] = json!(10_000_000);
    *fails.lock().unwrap() = Some(("/m.secret_storage.key.", instead(200, &content)));
    let (code, line, _) = failed(&new, &["encryption", "recover", "--timeout", "1"], "a passphrase\n");
    assert_eq!((code, &line["reason"]), (10, &json!("timeout")), "{line}");
}

#[test]
fn only_a_web_page_is_shown_to_allow_something_on() {
    let (_server, fails, home) = device();
    for (url, shown) in [
        ("javascript:alert(1)\u{1b}[2J", None),
        ("https://account.example/\u{1b}[2J\u{202e}", Some("https://account.example/%1B[2J%E2%80%AE")),
    ] {
        let (params, flows) = (json!({ "m.oauth": { "url": url } }), json!([{ "stages": ["m.oauth"] }]));
        let challenge = json!({ "session": "s", "flows": flows, "params": params });
        *fails.lock().unwrap() = Some(("keys/device_signing", instead(401, &challenge)));
        let (code, line, said) = failed(&home, &["encryption", "set-up"], "");
        assert_eq!((code, &line["reason"]), (11, &json!("needs_approval")), "{line}");
        assert!(!said.contains("javascript") && !said.contains("1b") && !said.contains('?'), "{said}");
        assert!(shown.is_none_or(|shown| said.contains(shown)), "{said}");
    }
}

#[test]
fn a_redirect_is_no_answer() {
    let (_server, fails, home) = device();
    let headers = vec![("location".to_owned(), "https://elsewhere.invalid/".to_owned())];
    let redirect = Response { status: 307, headers, body: Secret::new(Vec::new()) };
    *fails.lock().unwrap() = Some(("keys/query", Fate::Instead(redirect)));
    let mut command = home.command(&["encryption", "status"]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(14), "{}", said(&output));
}
