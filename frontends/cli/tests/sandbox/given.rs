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
fn what_only_prints_is_not_begun_without_standard_output() {
    let (server, home) = signed_in();
    let proxy = Proxy::start(server.url(), server.url());
    let token = home.ok(&["token"], "");
    let closed =
        |args: &[&str], variables: &str| by_shell(&home, &format!(r#"{variables} "$0" "$@" >&-"#), args);
    let brought = format!("NARTHEX_TOKEN={token} NARTHEX_HOMESERVER={}", proxy.base);
    for args in [
        &["token"][..],
        &["devices"],
        &["accounts"],
        &["accounts", "--json"],
        &["status"],
        &["schema", "line"],
        &["completions", "bash"],
        &["man"],
    ] {
        let lost = closed(args, &brought);
        assert_eq!(lost.status.code(), Some(1), "{args:?}: {}", said(&lost));
        assert!(said(&lost).contains("Cannot write to standard output: it is closed"), "{}", said(&lost));
    }
    assert_eq!(proxy.asked(""), 0, "nothing was asked for nobody");
    // What these do or find out is in their exit code.
    for args in [&["whoami"][..], &["doctor", server.url()], &["switch", "alice"], &["logout"]] {
        let done = closed(args, "");
        assert!(done.status.success(), "{args:?}: {}", said(&done));
    }
    assert_eq!(server.devices("alice"), 0);
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
    for nothing in [&["token", "--exec", "--"][..], &["token", "--exec", ""], &["token", "--exec", "--", ""]]
    {
        let (code, told) = home.fails(nothing, "");
        assert!(code == 2 && !told.contains(&token), "{code} {told}");
        assert!(told.contains("--exec needs a command"), "{told}");
    }
    // All that follows is the command's own.
    let own = ["token", "--exec", "printf", "%s ", "--", "-x", "--json", "--profile", "b"];
    assert_eq!(home.ok(&own, ""), "-- -x --json --profile b");
}

#[test]
fn an_empty_variable_is_named() {
    let (server, home) = signed_in();
    let run = |variable: &str, value: &str| {
        let mut command = home.command(&["whoami"]);
        command.env("NARTHEX_HOMESERVER", server.url()).env(variable, value).output().unwrap()
    };
    for (variable, value) in [
        ("NARTHEX_TOKEN", ""),
        ("NARTHEX_TOKEN", " \n"),
        ("NARTHEX_PASSPHRASE", ""),
        ("NARTHEX_PROFILE", ""),
        ("NARTHEX_DATA_DIR", ""),
        ("NARTHEX_PASSPHRASE_FILE", ""),
    ] {
        let empty = run(variable, value);
        let told = said(&empty);
        assert!(told.contains(&format!("{variable} is empty")) && !told.contains("first line"), "{told}");
        let is_of_a_flag = !["NARTHEX_TOKEN", "NARTHEX_PASSPHRASE"].contains(&variable);
        assert_eq!(empty.status.code(), Some(if is_of_a_flag { 2 } else { 1 }), "{told}");
    }
    // It needs no variable to be wrong.
    let (code, told) = home.fails(&["whoami", "--profile="], "");
    assert!(code == 2 && told.contains("--profile") && !told.contains("variable"), "{told}");
    let mut command = home.command(&["whoami"]);
    let token = home.ok(&["token"], "");
    let brought = command.env("NARTHEX_TOKEN", token).env("NARTHEX_HOMESERVER", "").output().unwrap();
    assert!(said(&brought).contains("NARTHEX_HOMESERVER is empty"), "{}", said(&brought));
    let mut command = home.command(&["register", server.url(), "--username=bob", "--password-stdin"]);
    let vain = command.env("NARTHEX_REGISTRATION_TOKEN", "").stdin(Stdio::null()).output().unwrap();
    assert!(said(&vain).contains("NARTHEX_REGISTRATION_TOKEN is empty"), "{}", said(&vain));
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
    for wrong in ["syt_\u{1}a", "syt_\u{7f}a", "syt_\u{200b}a", "syt_é"] {
        for ended in [brought(wrong), piped(wrong)] {
            let told = said(&ended);
            assert_eq!(ended.status.code(), Some(1), "{told}");
            assert!(
                told.contains("contains a character that no token has") && !told.contains(wrong),
                "{told}"
            );
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
fn no_input_is_missing_input() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let proxy = Proxy::start(server.url(), server.url());
    for (flags, what) in [
        (&["--username=alice", "--password-stdin"][..], "The password"),
        (&["--username=alice", "--password-stdin", "--paste"], "The password"),
        (&["--login-token-stdin"], "The login token"),
        (&["--access-token-stdin"], "The access token"),
    ] {
        let args = [&["login", &proxy.base], flags].concat();
        let nothing = home.fails(&args, "");
        assert!(nothing.1.contains(&format!("{what} is missing: standard input is empty.")), "{nothing:?}");
        let line = home.fails(&args, "\n");
        assert!(line.1.contains(&format!("{what} is empty. Put it on the first line.")), "{line:?}");
        assert_eq!((nothing.0, line.0), (17, 17));
        for from in ["</dev/null", "<&-"] {
            let none = by_shell(&home, &format!(r#""$0" "$@" {from}"#), &args);
            assert_eq!((none.status.code().unwrap(), said(&none)), nothing, "{from}");
        }
    }
    let end = home.run(&["login", &proxy.base, "--access-token-stdin", "--json"], "");
    let end: Value = serde_json::from_slice(&end.stdout).unwrap();
    assert_eq!((&end["class"], &end["exit_code"]), (&json!("unanswered"), &json!(17)), "{end}");
    assert_eq!((&end["reason"], &end["problem"]), (&json!("bad_line"), &json!("no_input")), "{end}");
    assert_eq!(home.fails(&["deliver", "-"], "").0, 17);
    assert_eq!(proxy.asked(""), 0, "nothing was sent");
}

#[test]
fn a_file_that_is_asked_for_holds_something_or_is_not_there() {
    let (server, home) = signed_in();
    let proxy = Proxy::start(server.url(), server.url());
    let (good, bad) = (home.path().join("file"), home.path().join("none/file"));
    let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());
    for flag in ["--trace", "--report"] {
        let args = ["login", &proxy.base, "--username=alice", "--password-stdin", flag, bad];
        let (code, told) = home.fails(&args, PASSWORD);
        assert_eq!((code, told), (1, format!("Cannot use {bad}: no such file or directory\n")), "{flag}");
        assert_eq!(proxy.asked(""), 0, "nothing was sent");
        for args in [
            &["doctor", "not a server"][..],
            &["whoami", "--account=nobody"],
            &["whoami", "--data-dir=/dev/null/none"],
            &["login", &proxy.base, "--username=alice", "--password-stdin", "--data-dir=/dev/null/none"],
            &["token"],
        ] {
            home.run(&[args, &[flag, good]].concat(), PASSWORD);
            assert!(std::fs::metadata(good).map_or(1, |file| file.len()) > 0, "{flag} {args:?}");
            let others = home.files().into_iter().filter(|file| file.to_string_lossy().starts_with(good));
            assert!(others.count() <= 1, "{flag} {args:?}");
            std::fs::remove_file(good).ok();
        }
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

/// What was done is said, and what was not: a session that is over at the server and still saved here.
#[test]
fn a_session_that_cannot_be_removed_is_said_to_be_over_and_where_it_is_saved() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    for name in ["alice", "bob", "carol"] {
        server.look(|sandbox| sandbox.add_account(name, PASSWORD));
        home.ok(&["login", server.url(), "--username", name, "--password-stdin"], PASSWORD);
    }
    let full = |args: &[&str]| by_shell(&home, r#"ulimit -f 0; exec "$0" "$@""#, args);
    let of = |name: &str| {
        let server = server.url().trim_start_matches("http://").trim_end_matches('/');
        format!("--account=@{name}:{server}")
    };
    let (alice, bob, carol) = (of("alice"), of("bob"), of("carol"));
    // Where nothing can be written, only who insists ends it.
    let told = full(&["logout", &alice]);
    assert!(told.status.code() == Some(16) && said(&told).contains("Nothing was ended"), "{}", said(&told));
    assert!(server.owner(&home.ok(&["token", &alice], "")).is_some());
    let told = full(&["logout", &alice, "--forget"]);
    let words = said(&told);
    assert_eq!(told.status.code(), Some(16), "{words}");
    assert!(
        words.contains("is over at the server, but it could not be removed from this computer"),
        "{words}"
    );
    assert!(words.contains(home.path().to_str().unwrap()), "{words}");
    assert!(home.ok(&["accounts"], "").contains("alice"));
    let json = said(&full(&["logout", &carol, "--forget", "--json"]));
    assert!(json.contains(r#""server_told":true"#), "{json}");
    assert!(home.ok(&["logout", &carol], "").contains("Signed out"));
    // As soon as there is room; or where it needs none.
    assert!(home.ok(&["logout", &alice], "").contains("Signed out"));
    let told = full(&["logout", &bob, "--forget"]);
    assert!(told.status.success() && said(&told).contains("Signed out"), "{}", said(&told));
    assert!(!home.ok(&["accounts"], "").contains("bob"));
}

/// Where nothing can be removed, nothing is ended: a dead token would be printed to whoever asks for one.
#[cfg(target_os = "linux")]
#[test]
fn a_session_in_a_folder_that_is_read_only_is_not_ended() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    const NOBODY: u32 = 65534;
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    home.ok(&["login", server.url(), "--username", "alice", "--password-stdin"], PASSWORD);
    let token = home.ok(&["token"], "");
    // Nothing is forbidden to root.
    let is_root = std::fs::metadata(home.path()).unwrap().uid() == 0;
    let mut all = home.files();
    all.extend(home.files().iter().flat_map(|file| file.ancestors().skip(1)).map(Into::into));
    all.retain(|path| path.starts_with(home.path()));
    for path in &all {
        let mode = if path.is_dir() { 0o500 } else { 0o400 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        if is_root {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    let shell = match is_root {
        true => r#"exec setpriv --reuid=65534 --regid=65534 --clear-groups -- "$0" "$@""#,
        false => r#"exec "$0" "$@""#,
    };
    for (args, words) in [
        (&["logout"][..], "Nothing was ended"),
        (&["logout", "--everywhere"], "Nothing was ended"),
        (&["logout", "--forget"], "could not be removed from this computer"),
    ] {
        let told = by_shell(&home, shell, args);
        assert_eq!(told.status.code(), Some(16), "{args:?}: {}", said(&told));
        assert!(said(&told).contains(words), "{args:?}: {}", said(&told));
    }
    let printed = by_shell(&home, shell, &["token"]);
    assert_eq!(String::from_utf8_lossy(&printed.stdout).trim(), token, "{}", said(&printed));
    let me = std::fs::metadata("/proc/self").unwrap().uid();
    for path in &all {
        if is_root {
            chown(path, Some(me), None).unwrap();
        }
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    assert!(home.ok(&["whoami"], "").contains("@alice"), "it is still there");
}
