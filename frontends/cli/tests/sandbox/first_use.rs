//! What strangers try: a user id where a server is expected, a way that is not there, a pipe that nobody writes to.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use narthex_sandbox::Config;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};
use crate::tty::Tty;
use crate::{PASSWORD, TOKEN};

fn user_id(server: &Homeserver, name: &str) -> String {
    format!("@{name}:{}", server.url().trim_start_matches("http://").trim_end_matches('/'))
}

#[test]
fn whoever_registers_by_their_user_id_is_not_asked_for_the_name_in_it() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let told = home.ok(&["register", &user_id(&server, "alice"), "--password-stdin"], PASSWORD);
    assert!(told.contains("Signed in as @alice:"), "{told}");
}

/// Another way may be another account: it is not asked for in the place of the one that was.
#[test]
fn a_way_that_is_not_there_is_said_at_a_terminal_as_well() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    for (flag, words) in [
        ("--device", "does not offer sign-in with a code"),
        ("--browser", "does not offer sign-in with the browser"),
        ("--sso=GitHub", "does not offer sign-in with the browser"),
    ] {
        let mut tty = Tty::start(&home, 100, &["login", server.url(), flag]);
        tty.sees(words).sees("The server has: --username NAME --password-stdin");
        assert_eq!(tty.ends(), 13, "{flag}");
        let (code, told) = home.fails(&["login", server.url(), flag], "");
        assert!(code == 13 && told.contains("The server has: --username"), "{flag}: {told}");
    }
    let server = Homeserver::start(Config::sso);
    let mut tty = Tty::start(&home, 100, &["login", server.url(), "--sso=nobody"]);
    tty.sees("no identity provider “nobody”").sees("oidc-github: GitHub");
    assert_eq!(tty.ends(), 17);
    // One that is there is gone to.
    let mut tty = Tty::start(&home, 100, &["login", server.url(), "--sso=GitHub", "--no-browser"]);
    tty.sees("http");
}

#[test]
fn one_of_several_unfinished_registrations_is_not_guessed() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    let begin = |name: &str| {
        let name = format!("--username={name}");
        assert_eq!(home.fails(&["register", server.url(), &name, "--password-stdin"], PASSWORD).0, 17);
    };
    begin("alice");
    let mut tty = Tty::start(&home, 80, &["register", server.url()]);
    tty.sees("Resume the registration of alice").sees("Y/n");
    tty.interrupt();
    tty.ends();
    begin("bob");
    let (code, told) = home.fails(&["register", server.url(), "--registration-token", TOKEN], "");
    assert_eq!(code, 17, "{told}");
    for words in ["Several registrations", "--username alice", "--username bob"] {
        assert!(told.contains(words), "{told}");
    }
    let named = ["register", server.url(), "--registration-token", TOKEN, "--username=bob"];
    assert!(home.ok(&named, "").contains("Signed in as @bob:"));
    // The only one that is left needs no name.
    let told = home.ok(&["register", server.url(), "--registration-token", TOKEN], "");
    assert!(told.contains("Signed in as @alice:"), "{told}");
}

#[test]
fn a_pipe_that_nobody_writes_to_takes_no_longer_than_it_may() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let pipe = home.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let pipe = pipe.to_str().unwrap();
    for args in [
        &["--passphrase-file", pipe, "login", server.url(), "--username=alice", "--password-stdin"][..],
        &["replay", pipe],
    ] {
        let start = Instant::now();
        let (code, told) = home.fails(&[args, &["--timeout=1"]].concat(), PASSWORD);
        // Found D18.
        assert_eq!(told.contains("Waiting for a line in the pipe"), args.contains(&"login"), "{told}");
        assert!(code == 10 && told.contains("Stopped after 1 second"), "{args:?}: {code} {told}");
        assert!(start.elapsed() < Duration::from_secs(5), "{args:?}");
    }
}

#[test]
fn a_signal_leaves_no_half_of_a_report() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let home = Home::new();
    let report = home.path().join("report");
    let run = home.command(&["doctor", &url, "--report", report.to_str().unwrap()]);
    let mut run = { run }.stdin(Stdio::null()).spawn().unwrap();
    silent.accept().unwrap();
    kill_process(Pid::from_child(&run), Signal::TERM).unwrap();
    use std::os::unix::process::ExitStatusExt as _;
    assert_eq!(run.wait().unwrap().signal(), Some(Signal::TERM.as_raw()));
    assert!(home.files().is_empty(), "{:?}", home.files());
}

#[test]
fn a_wrong_command_line_has_a_last_line_in_json() {
    let home = Home::new();
    for args in [&["login", "--json", "--no-such-flag"][..], &["tokn", "--json"], &["doctor", "--json"]] {
        let output = home.run(args, "");
        let line: Value = serde_json::from_slice(&output.stdout).unwrap();
        let is = |key: &str, value: Value| assert_eq!(line[key], value, "{line}");
        is("type", "failed".into());
        is("class", "usage".into());
        is("exit_code", 2.into());
        is("reason", "usage".into());
        assert!(line["message"].as_str().is_some_and(|message| !message.is_empty()), "{line}");
        assert_eq!(output.status.code(), Some(2));
    }
    assert!(said(&home.run(&["register", "--help", "--json"], "")).contains("Usage"), "help is no mistake");
}

#[test]
fn help_has_only_what_the_command_takes() {
    let home = Home::new();
    let help = home.ok(&["register", "--help"], "");
    for flag in ["--browser", "--device ", "--sso", "--login-token", "--access-token", "--keep-other"] {
        assert!(!help.contains(flag), "{flag}: {help}");
    }
    assert!(help.contains("--paste") && help.contains("--device-name"), "{help}");
    let help = home.ok(&["login", "--help"], "");
    assert!(help.contains("--browser") && help.contains("--keep-other"), "{help}");
}

#[test]
fn a_proxy_that_lets_nobody_through_is_named_without_its_password() {
    let home = Home::new();
    for args in [&["doctor", "https://matrix.example.org"][..], &["doctor", "example.org", "--json"]] {
        let mut command = home.command(args);
        command.env("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:9").env_remove("NO_PROXY");
        let output = command.stdin(Stdio::null()).output().unwrap();
        let told = said(&output);
        assert_eq!(output.status.code(), Some(10), "{told}");
        assert!(told.contains("127.0.0.1:9") && !told.contains("hunter2"), "{told}");
    }
}
