//! What is given to a command and is not what it takes: said, and never passed over.

use std::process::{Output, Stdio};

use narthex_sandbox::Config;
use serde_json::{Value, json};

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};
use crate::proxy::Proxy;

fn signed_in() -> (Homeserver, Home) {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    (server, home)
}

/// The program as a shell starts it; `"$0" "$@"` is the command.
fn by_shell(home: &Home, script: &str, args: &[&str]) -> Output {
    let narthex = home.command(&[]);
    let mut sh = std::process::Command::new("sh");
    sh.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_narthex")).args(args).stdin(Stdio::null());
    for (name, value) in narthex.get_envs() {
        match value {
            Some(value) => sh.env(name, value),
            None => sh.env_remove(name),
        };
    }
    sh.output().unwrap()
}

#[test]
fn an_account_that_is_named_where_none_is_meant_is_refused() {
    let (server, home) = signed_in();
    let url = server.url();
    for (args, advice) in [
        (&["login", url, "--account=alice", "--username=alice", "--password-stdin"][..], "--again"),
        (&["login", "--account=alice"], "--again"),
        (&["register", url, "--account=bob", "--password-stdin"], "--username"),
        (&["logout", "--unfinished", "--account=alice"], "--unfinished"),
        (&["switch", "alice", "--account=bob"], "twice"),
    ] {
        let (code, told) = home.fails(args, PASSWORD);
        assert!(code == 2 && told.contains("account") && told.contains(advice), "{args:?}: {code} {told}");
    }
    assert_eq!(server.devices("alice"), 1);
    assert!(server.look(|sandbox| sandbox.account("bob").is_none()));
    home.ok(&["login", "--again", "--account=alice", "--username=alice", "--password-stdin"], PASSWORD);
    home.ok(&["switch", "--account=alice"], "");
}

#[test]
fn a_flag_that_a_token_has_no_use_for_is_said() {
    let (server, home) = signed_in();
    let token = home.ok(&["token"], "");
    let args = ["login", server.url(), "--access-token-stdin", "--device-name=Bot", "--device"];
    let told = said(&Home::new().run(&args, &token));
    assert!(told.contains("Not used for this: --device, --device-name.\n"), "{told}");
    assert!(told.contains("Signed in as @alice:"), "{told}");
    let other = Home::new();
    let output = other.run(&[&args[..], &["--json"]].concat(), &format!("{token}\n"));
    let mut lines = std::str::from_utf8(&output.stdout).unwrap().lines();
    let flags = lines.find_map(|line| {
        Some(serde_json::from_str::<Value>(line).unwrap()["flags"].take()).filter(|flags| !flags.is_null())
    });
    assert_eq!(flags, Some(json!(["--device", "--device-name"])));
}

#[test]
fn a_token_without_standard_output_is_not_printed() {
    let (_server, home) = signed_in();
    for args in [&["token"][..], &["token", "--json"], &["token", "--format=env"]] {
        let closed = by_shell(&home, r#""$0" "$@" >&-"#, args);
        assert_eq!(closed.status.code(), Some(1), "{}", said(&closed));
        assert!(said(&closed).contains("Cannot write to standard output: it is closed"), "{}", said(&closed));
    }
    // Whoever throws it away wants to.
    for script in [r#""$0" "$@" >/dev/null"#, r#""$0" "$@" --exec true >&-"#] {
        let thrown = by_shell(&home, script, &["token"]);
        assert!(thrown.status.success(), "{script}: {}", said(&thrown));
    }
}

#[test]
fn a_command_may_follow_two_hyphens() {
    let (_server, home) = signed_in();
    let token = home.ok(&["token"], "");
    assert_eq!(home.ok(&["token", "--exec", "--", "cat"], ""), token);
    assert_eq!(
        home.ok(&["token", "--exec", "--", "sh", "-c", "cat; echo $0", "--"], ""),
        format!("{token}\n--")
    );
    let (code, told) = home.fails(&["token", "--exec", "--"], "");
    assert!(code == 2 && !told.contains(&token) && told.contains("--exec needs a command"), "{code} {told}");
}

#[test]
fn an_empty_variable_is_named() {
    let (server, home) = signed_in();
    let run = |variable: &str, value: &str| {
        let mut command = home.command(&["whoami"]);
        command.env("NARTHEX_HOMESERVER", server.url()).env(variable, value).output().unwrap()
    };
    for (variable, value) in [("NARTHEX_TOKEN", ""), ("NARTHEX_TOKEN", " \n"), ("NARTHEX_PASSPHRASE", "")] {
        let empty = run(variable, value);
        let told = said(&empty);
        assert!(told.contains(&format!("{variable} is empty")) && !told.contains("first line"), "{told}");
        assert_eq!(empty.status.code(), Some(1), "{told}");
    }
}

#[test]
fn a_token_is_one_word_or_nothing_is_sent() {
    let (server, home) = signed_in();
    let token = home.ok(&["token"], "");
    let proxy = Proxy::start(server.url(), server.url());
    let brought = |token: &str| {
        let mut command = Home::new().command(&["token"]);
        command.env("NARTHEX_HOMESERVER", &proxy.base).env("NARTHEX_TOKEN", token).output().unwrap()
    };
    let piped = |token: &str| Home::new().run(&["login", &proxy.base, "--access-token-stdin"], token);
    let half = &token[..8];
    for wrong in [format!("{half} {token}"), format!("{token}\n{half}\n"), format!("{token}\t{half}")] {
        for ended in [brought(&wrong), piped(&wrong)] {
            let told = said(&ended);
            assert_eq!(ended.status.code(), Some(1), "{told}");
            assert!(told.contains("contains spaces") && !told.contains(half), "{told}");
        }
    }
    let end = Home::new().run(&["login", &proxy.base, "--access-token-stdin", "--json"], "a b\n");
    let end: Value = serde_json::from_slice(&end.stdout).unwrap();
    assert_eq!((&end["reason"], &end["problem"]), (&json!("bad_line"), &json!("whitespace")), "{end}");
    assert_eq!(proxy.asked(""), 0, "nothing was sent");
    for fine in [format!(" {token} \n"), format!("{token}\r\n\n"), format!("\t{token}")] {
        assert_eq!(said(&brought(&fine)).trim(), token);
        let told = said(&piped(&fine));
        assert!(told.contains("Signed in as @alice:"), "{told}");
    }
}

#[test]
fn no_input_is_an_empty_line() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    for (flags, what) in [
        (&["--username=alice", "--password-stdin"][..], "The password"),
        (&["--login-token-stdin"], "The login token"),
        (&["--access-token-stdin"], "The access token"),
    ] {
        let args = [&["login", server.url()], flags].concat();
        let nothing = home.fails(&args, "");
        assert!(nothing.0 == 1 && nothing.1.contains(&format!("{what} is empty")), "{nothing:?}");
        assert_eq!(nothing, home.fails(&args, "\n"));
    }
}

/// Nothing may be written to files, as where a disk is full.
#[test]
fn a_file_that_cannot_be_written_is_not_left_behind() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let path = home.path().join("file");
    let path = path.to_str().unwrap();
    for args in [
        &["doctor", server.url(), "--trace", path][..],
        &["doctor", server.url(), "--report", path],
        &["accounts", "--report", path],
    ] {
        let full = by_shell(&home, r#"ulimit -f 0; exec "$0" "$@""#, args);
        assert_eq!(full.status.code(), Some(1), "{args:?}: {}", said(&full));
        assert!(said(&full).contains("Cannot use"), "{}", said(&full));
        assert!(home.files().is_empty(), "{args:?}: {:?}", home.files());
    }
}
