//! Nothing secret is printed, traced or lies open; and a trace replays.

use narthex_sandbox::Config;
use serde_json::json;

use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};
use crate::{PASSWORD, TOKEN};

#[test]
fn a_trace_replays_and_holds_no_secret() {
    let (server, home) = (Homeserver::start(Config::everything), Home::new());
    let trace = home.path().join("trace.jsonl");
    let trace = trace.to_str().unwrap();
    let mut run = home.json(&["register", server.url(), "--no-browser", "--trace", trace]);
    let end = server.answer_everything(&mut run, "alice");
    assert_eq!(end["type"], "signed_in", "{end}");
    drop(run);
    let token = home.ok(&["token"], "");
    let content = std::fs::read_to_string(trace).unwrap();
    for secret in [PASSWORD, TOKEN, &token, "syt_", "syr_"] {
        assert!(!content.contains(secret), "{secret} is in the trace");
    }
    assert!(content.lines().count() > 20);
    let replayed = home.ok(&["replay", trace], "");
    assert!(replayed.contains("all identical"), "{replayed}");
    // A trace is never written over.
    let (code, _) = home.fails(&["register", "--trace", trace], "");
    assert_eq!(code, 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(trace).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_trace_that_was_changed_says_where() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let trace = home.path().join("trace.jsonl");
    let path = trace.to_str().unwrap();
    let args = ["register", server.url(), "--username=alice", "--password-stdin", "--trace", path];
    home.ok(&args, PASSWORD);
    let content = std::fs::read_to_string(&trace).unwrap();
    std::fs::write(&trace, content.replace("\"status\":200", "\"status\":500")).unwrap();
    let (code, told) = home.fails(&["replay", path], "");
    assert_eq!(code, 1);
    assert!(told.contains("After input"), "{told}");
    // What a process that was killed has written replays as far as it goes.
    std::fs::write(&trace, &content[..content.len() / 2]).unwrap();
    home.ok(&["replay", path], "");
    for wrong in ["", "nonsense\n", "{}\n"] {
        std::fs::write(&trace, wrong).unwrap();
        let (code, told) = home.fails(&["replay", path], "");
        assert_eq!(code, 1, "{told}");
    }
}

#[test]
fn nothing_secret_is_printed_or_lies_open() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    let mut run = home.json(&["register", server.url()]);
    run.screen("register_form");
    run.say(&json!({ "intent": "register", "username": "alice", "password": PASSWORD }));
    run.say(&json!({ "intent": "register", "username": "alice", "password": [PASSWORD] }));
    run.screen("registration_token");
    run.say(&json!({ "intent": "use_token", "token": TOKEN, "surplus": PASSWORD }));
    run.say(&json!({ "intent": "use_token", "token": TOKEN }));
    let mut printed = String::new();
    loop {
        let line = run.next();
        printed.push_str(&line.to_string());
        if matches!(line["type"].as_str().unwrap(), "signed_in" | "failed") {
            break;
        }
    }
    drop(run);
    let token = home.ok(&["token"], "");
    let whoami = home.run(&["whoami"], "");
    printed.push_str(&said(&whoami));
    for secret in [PASSWORD, TOKEN, &token] {
        assert!(!printed.contains(secret), "{secret} was printed");
    }
    for file in home.files() {
        let content = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        for secret in [PASSWORD, &token, "syt_", "syr_"] {
            assert!(!content.contains(secret), "{secret} in {}", file.display());
        }
    }
}
