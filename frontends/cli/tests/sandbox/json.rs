//! The JSON lines: views out, intents in, and nothing wrong changes anything.

use narthex_sandbox::Config;
use serde_json::{Value, json};

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::Home;

fn lines(output: &std::process::Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_line_is_an_object_that_begins_with_its_type() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let args = ["--json", "register", server.url(), "--username=alice", "--password-stdin"];
    let output = home.run(&args, PASSWORD);
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(text.lines().all(|line| line.starts_with("{\"type\":\"")), "{text}");
    let lines = lines(&output);
    let (last, views) = lines.split_last().unwrap();
    assert!(views.iter().all(|line| line["type"] == "view" && line["offers"].is_array()));
    // The form is answered by flags; what the world does, nobody has to answer.
    let by_flag = |view: &&Value| view["answered_by_flag"] == true;
    assert!(views.iter().filter(by_flag).any(|view| view["screen"] == "register_form"), "{text}");
    assert!(views.iter().filter(by_flag).all(|view| view["next"] == "person"), "{text}");
    assert_eq!(views.last().unwrap()["next"], "nobody", "{text}");
    assert_eq!(last["type"], "signed_in");
    assert_eq!(last["kept"], "key_file");
    for (args, kind) in [
        (&["whoami", "--json"][..], "account"),
        (&["accounts", "--json"], "accounts"),
        (&["token", "--json"], "token"),
        (&["doctor", server.url(), "--json"], "server_report"),
        (&["logout", "--json"], "signed_out"),
    ] {
        let said: Value = serde_json::from_str(&home.ok(args, "")).unwrap();
        assert_eq!(said["type"], kind, "{said}");
    }
}

#[test]
fn a_wrong_line_is_answered_and_changes_nothing() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let long = format!("{{\"intent\":\"cancel\",\"x\":\"{}\"}}", "x".repeat(70_000));
    let wrong = ["nonsense", "[]", "{}", "{\"intent\":\"fly\"}", "{\"intent\":\"sign_out\",\"x\":1}", &long];
    let mut input = wrong.join("\n");
    input.push_str("\n{\"intent\":\"sign_out\"}\n{\"assess_password\":\"password\"}\n");
    let output = home.run(&["register", "--json"], &input);
    let lines = lines(&output);
    let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
    assert_eq!((of("view"), of("invalid_intent"), of("not_offered")), (1, wrong.len(), 1), "{lines:?}");
    let strength = lines.iter().find(|line| line["type"] == "password_strength").unwrap();
    assert_eq!((&strength["score"], &strength["warning"]), (&json!(0), &json!("top10")));
    let last = lines.last().unwrap();
    assert_eq!((&last["type"], &last["exit_code"]), (&json!("failed"), &json!(17)));
    assert_eq!((&last["question"], &last["intent"]), (&json!("server"), &json!("use_server")));
    assert_eq!(output.status.code(), Some(17));
    drop(server);
}

#[test]
fn a_problem_is_mended_and_the_form_goes_on() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", "x"));
    let mut run = home.json(&["register", server.url()]);
    run.screen("register_form");
    run.say(&json!({ "intent": "register", "username": "alice", "password": PASSWORD }));
    let form = loop {
        let form = run.screen("register_form");
        if form["problem"] != Value::Null {
            break form;
        }
    };
    assert_eq!(form["problem"]["refusal"], "username_taken");
    run.say(&json!({ "intent": "register", "username": "alice2" }));
    assert_eq!(run.end()["type"], "signed_in");
}

#[test]
fn a_failure_has_its_class_and_its_evidence() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let args = ["login", server.url(), "--json", "--username=nobody", "--password-stdin"];
    let output = home.run(&args, PASSWORD);
    let last = lines(&output).pop().unwrap();
    assert_eq!(output.status.code(), Some(11));
    assert_eq!((&last["type"], &last["class"]), (&json!("failed"), &json!("refused")));
    assert_eq!(last["failure"]["refusal"], "wrong_credentials");
    assert_eq!(last["failure"]["evidence"]["errcode"], "M_FORBIDDEN");
}
