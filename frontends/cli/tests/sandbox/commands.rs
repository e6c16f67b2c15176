//! Commands as scripts use them: pipes that close, disks that are full, signals, odd files.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Output, Stdio};

use narthex_sandbox::{Config, Refresh};
use serde_json::Value;

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};

pub(crate) fn signed_in(config: impl FnOnce(&mut Config)) -> (Homeserver, Home) {
    let (server, home) = (Homeserver::with(Config::open, config), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    (server, home)
}

pub(crate) fn renewing(config: &mut Config) {
    config.refresh = Some(Refresh::default());
}

/// Standard output is a disk that is full.
fn on_a_full_disk(home: &Home, args: &[&str]) -> Output {
    let full = File::options().write(true).open("/dev/full").unwrap();
    home.command(args).stdin(Stdio::null()).stdout(full).output().unwrap()
}

/// Nobody reads standard output any more.
fn into_a_closed_pipe(home: &Home, args: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    home.command(args).stdin(Stdio::null()).stdout(writer).output().unwrap()
}

/// Found E9.
#[test]
fn what_was_not_printed_is_no_success() {
    let (server, home) = signed_in(renewing);
    for args in [
        &["token"][..],
        &["token", "--json"],
        &["accounts"],
        &["accounts", "--json"],
        &["whoami"],
        &["devices"],
        &["doctor", server.url()],
        &["completions", "bash"],
        &["man"],
        &["schema", "line"],
        &["--help"],
        &["--version"],
    ] {
        let full = on_a_full_disk(&home, args);
        assert_eq!(full.status.code(), Some(1), "{args:?}: {}", said(&full));
        assert!(said(&full).contains("Cannot write to standard output"), "{args:?}: {}", said(&full));
        let closed = into_a_closed_pipe(&home, args);
        assert_eq!((closed.status.code(), said(&closed).as_str()), (Some(141), ""), "{args:?}");
    }
}

/// Found E10: a program that a signal ends has ended so, and a signal for us is one for it.
#[test]
fn a_program_gets_the_token_and_takes_our_place() {
    let (_server, home) = signed_in(renewing);
    let token = home.ok(&["token"], "");
    let run = home.run(&["token", "--exec", "sh", "-c", "read token; kill -TERM $$"], "");
    assert_eq!(run.status.signal(), Some(15), "{}", said(&run));
    let shell = format!("{} token --exec sh -c 'kill -KILL $$'; echo $?", env!("CARGO_BIN_EXE_narthex"));
    let mut command = home.command(&[]);
    let mut sh = std::process::Command::new("sh");
    sh.arg("-c").arg(shell).envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    sh.env_remove("DBUS_SESSION_BUS_ADDRESS");
    assert_eq!(String::from_utf8(sh.output().unwrap().stdout).unwrap().trim(), "137");

    // It is the same process, so every signal is its own.
    let run = ["token", "--exec", "sh", "-c", "trap 'exit 7' TERM; echo $$; while :; do sleep 0.05; done"];
    command.args(run);
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    let mut said = [0; 16];
    let n = child.stdout.as_mut().unwrap().read(&mut said).unwrap();
    let pid: u32 = std::str::from_utf8(&said[..n]).unwrap().trim().parse().unwrap();
    assert_eq!(pid, child.id());
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(7));

    assert_eq!(home.ok(&["token", "--exec", "cat"], ""), token);
    assert_eq!(home.fails(&["token", "--exec", "sh", "-c", "exit 42"], "").0, 42);
    let (code, told) = home.fails(&["token", "--exec", "/no/such/program"], "");
    assert!(code == 127 && told.contains("Cannot run /no/such/program"), "{code} {told}");
    let (code, told) = home.fails(&["token", "--exec", "/etc/passwd"], "");
    assert!(code == 126 && told.contains("Cannot run /etc/passwd"), "{code} {told}");
    let (code, told) = home.fails(&["token", "--json", "--exec", "cat"], "");
    assert!(code == 2 && told.contains("cannot be used with"), "{code} {told}");
}

/// Found D8, D13: a program that we become has our terminal and our limits, and nothing that is secret.
#[test]
fn children_inherit_no_secret() {
    let home = Home::new();
    let server = Homeserver::with(Config::open, renewing);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let secrets = [("NARTHEX_PASSPHRASE", "open sesame"), ("NARTHEX_REGISTRATION_TOKEN", "hunter2")];
    let run = |args: &[&str], input: &str| {
        let path = home.path().join("input");
        std::fs::write(&path, input).unwrap();
        home.command(args).envs(secrets).stdin(File::open(path).unwrap()).output().unwrap()
    };
    let login = run(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    assert!(login.status.success(), "{}", said(&login));
    let seen = run(&["token", "--exec", "sh", "-c", "env; ulimit -S -c"], "");
    let seen = String::from_utf8(seen.stdout).unwrap();
    assert!(seen.contains("PATH="), "{seen}");
    for secret in ["sesame", "hunter2", "NARTHEX_PASSPHRASE", "NARTHEX_REGISTRATION_TOKEN"] {
        assert!(!seen.contains(secret), "{seen}");
    }
}

/// Found D13: a core would hold tokens.
#[test]
fn no_core_is_written() {
    let (server, home) = (Homeserver::start(Config::sso), Home::new());
    let mut run = home.json(&["login", server.url(), "--no-browser", "--sso"]);
    run.screen("in_browser");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", run.child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
}

/// Found E11.
#[test]
fn a_password_file_is_utf_8_and_not_empty_or_it_is_said() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let login = |bytes: &[u8]| {
        let path = home.path().join("password");
        std::fs::write(&path, bytes).unwrap();
        let args = ["register", server.url(), "--username=alice", "--password-stdin"];
        home.command(&args).stdin(File::open(path).unwrap()).output().unwrap()
    };
    for (code, bytes, why) in [
        (1, &b"\xff\xfep\0a\0s\0s\0\n\0"[..], "encoded as UTF-16"),
        (1, b"p\0a\0s\0s\0\n\0", "NUL byte"),
        (1, b"p\xe4ssword-of-latin-1\n", "not valid UTF-8"),
        (17, b"\nsecond line\n", "is empty"),
        (1, &[b'x'; 70_000], "too long"),
    ] {
        let output = login(bytes);
        assert_eq!(output.status.code(), Some(code), "{why}: {}", said(&output));
        assert!(said(&output).contains("The password") && said(&output).contains(why), "{}", said(&output));
    }
    assert!(server.look(|sandbox| sandbox.account("alice").is_none()));
    // A byte order mark is no part of it.
    let output = login(format!("\u{feff}{PASSWORD}\r\n").as_bytes());
    assert!(output.status.success(), "{}", said(&output));
    let other = Home::new();
    other.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);

    let passphrase = home.path().join("passphrase");
    let file = format!("--passphrase-file={}", passphrase.display());
    let file = file.as_str();
    for (bytes, why) in [(&b"\xff\xfes\0"[..], "UTF-16"), (b"\n", "is empty"), (&[b'x'; 5000], "too long")] {
        std::fs::write(&passphrase, bytes).unwrap();
        let (code, told) = home.fails(&["whoami", file], "");
        assert!(code == 1 && told.contains("The passphrase") && told.contains(why), "{code} {told}");
    }
    let (code, told) = home.fails(&["login", server.url(), "--login-token-stdin"], "\n");
    assert!(code == 17 && told.contains("The login token is empty"), "{code} {told}");
}

/// Found E10.
#[test]
fn what_is_wrong_with_the_command_line_is_said() {
    let home = Home::new();
    for profile in ["../x", "", "a b", "x/y"] {
        let (code, told) = home.fails(&["accounts", "--profile", profile], "");
        assert!(code == 2 && told.contains("profile name"), "{profile}: {code} {told}");
    }
    let mut command = home.command(&["accounts"]);
    for variable in ["NARTHEX_DATA_DIR", "HOME", "XDG_DATA_HOME"] {
        command.env_remove(variable);
    }
    let output = command.output().unwrap();
    assert!(said(&output).contains("--data-dir"), "{}", said(&output));
    assert_eq!(output.status.code(), Some(1));
}

/// Found E10: a wrong passphrase is called so.
#[test]
fn a_wrong_passphrase_is_told_from_none() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let run = |args: &[&str], passphrase: Option<&str>| {
        let path = home.path().join("input");
        std::fs::write(&path, PASSWORD).unwrap();
        let mut command = home.command(args);
        command.envs(passphrase.map(|passphrase| ("NARTHEX_PASSPHRASE", passphrase)));
        command.stdin(File::open(path).unwrap()).output().unwrap()
    };
    let login = ["login", server.url(), "--username=alice", "--password-stdin"];
    assert!(run(&login, Some("open sesame")).status.success());
    let wrong = run(&["whoami"], Some("open barley"));
    assert_eq!(wrong.status.code(), Some(16));
    assert!(said(&wrong).contains("The passphrase is wrong"), "{}", said(&wrong));
    let missing = run(&["whoami"], None);
    assert_eq!(missing.status.code(), Some(16));
    assert!(said(&missing).contains("need a passphrase"), "{}", said(&missing));
}

/// Found E10: to look changes nothing.
#[test]
fn a_look_makes_no_folder() {
    let home = Home::new();
    let folder = home.path().join("none");
    let dir = format!("--data-dir={}", folder.display());
    assert!(home.ok(&["accounts", &dir], "").contains("No account is signed in"));
    let listed: Value = serde_json::from_str(&home.ok(&["accounts", "--json", &dir], "")).unwrap();
    assert_eq!(listed["accounts"], Value::Array(Vec::new()));
    for command in ["whoami", "token", "devices", "manage", "logout"] {
        let (code, told) = home.fails(&[command, &dir], "");
        assert!(code == 1 && told.contains("No account is signed in"), "{command}: {code} {told}");
    }
    assert!(!folder.exists());
}

#[test]
fn a_trace_of_nothing_is_said() {
    let (_server, home) = signed_in(renewing);
    let trace = home.path().join("trace");
    let run = home.run(&["token", "--trace", trace.to_str().unwrap()], "");
    assert!(run.status.success() && said(&run).contains("No trace was written"), "{}", said(&run));
    assert!(!trace.exists());
}

#[test]
fn a_callback_may_come_by_standard_input() {
    let home = Home::new();
    let (code, told) = home.fails(&["deliver", "-"], "http://127.0.0.1:1/oauth?state=a&code=b\n");
    assert!(code == 1 && told.contains("No sign-in waits for this address"), "{code} {told}");
    let (code, told) = home.fails(&["deliver", "-"], "");
    assert!(code == 17 && told.contains("standard input is empty"), "{code} {told}");
}

#[test]
fn a_command_takes_no_longer_than_it_may() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let home = Home::new();
    let (code, told) = home.fails(&["doctor", &url, "--timeout", "1"], "");
    assert_eq!(code, 10, "{told}");
    assert!(
        told.contains("Stopped after 1 second, as --timeout says, while waiting for the server to answer."),
        "{told}"
    );
    let (_, told) = home.fails(&["doctor", &url, "--timeout", "1", "--json"], "");
    let last: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!((&last["reason"], &last["awaited"]["screen"]), (&"timeout".into(), &"busy".into()), "{last}");
}

#[test]
fn a_session_that_was_made_elsewhere_is_stored_by_its_token() {
    let (server, home) = signed_in(renewing);
    let (token, other) = (home.ok(&["token"], ""), Home::new());
    let args = ["login", server.url(), "--access-token-stdin"];
    assert!(other.ok(&args, &format!("{token}\n")).contains("Signed in as @alice:"));
    assert_eq!(other.ok(&["token"], ""), token);
    assert_eq!(server.devices("alice"), 1);
    for expected in ["@zoe:127.0.0.1", "zoe"] {
        let named = [&args[..], &["--username", expected]].concat();
        let wary = Home::new();
        let (code, _) = wary.fails(&named, &format!("{token}\n"));
        assert_eq!((code, wary.fails(&["token"], "").0), (11, 1), "{expected}");
    }
    assert_eq!(server.devices("alice"), 1, "whose session it is keeps it");
    let (code, told) = Home::new().fails(&args, "unknown\n");
    assert!(code == 11 && told.contains("This access token is not valid"), "{code} {told}");
    let (code, told) = Home::new().fails(&args, "\n");
    assert!(code == 17 && told.contains("The access token is empty"), "{code} {told}");
}

#[test]
fn a_token_of_the_environment_is_used_and_never_stored() {
    let (server, home) = signed_in(renewing);
    let (token, other) = (home.ok(&["token"], ""), Home::new());
    let run = |args: &[&str], token: &str| {
        let mut command = other.command(args);
        let command = command.env("NARTHEX_TOKEN", token).env("NARTHEX_HOMESERVER", server.url());
        command.stdin(Stdio::null()).output().unwrap()
    };
    let whoami = said(&run(&["whoami"], &token));
    assert!(
        whoami.contains("@alice:") && whoami.contains("From the environment (NARTHEX_TOKEN)"),
        "{whoami}"
    );
    assert!(!whoami.contains("ends with this program"), "{whoami}");
    assert_eq!(said(&run(&["token"], &token)).trim(), token);
    assert!(said(&run(&["devices"], &token)).contains("this device"));
    let refused = run(&["token"], "unknown");
    assert_eq!(refused.status.code(), Some(11), "{}", said(&refused));
    assert!(said(&refused).contains("This access token is not valid"), "{}", said(&refused));
    assert_eq!(run(&["whoami"], "").status.code(), Some(1));
    assert!(said(&run(&["logout"], &token)).contains("Signed out"));
    assert_eq!(server.devices("alice"), 0);
    assert!(other.files().is_empty(), "{:?}", other.files());
    let mut command = other.command(&["whoami"]);
    let alone = command.env("NARTHEX_TOKEN", &token).output().unwrap();
    assert!(said(&alone).contains("NARTHEX_HOMESERVER is not"), "{}", said(&alone));
}
