//! Which token is printed, and which is not.

use std::process::Stdio;
use std::time::{Duration, Instant};

use narthex_sandbox::{Config, Refresh};
use serde_json::{Value, json};

use crate::PASSWORD;
use crate::commands::{renewing, signed_in};
use crate::homeserver::{Homeserver, leave};
use crate::narthex::{Home, said};
use crate::oauth::{self, server_with};
use crate::proxy::{Held, Proxy};

/// Found B3: what the server has ended is not handed out.
#[test]
fn a_token_of_an_unknown_life_is_checked_before_it_is_printed() {
    let (server, home) = signed_in(|config| config.refresh = None);
    let token = home.ok(&["token"], "");
    assert!(server.owner(&token).is_some());
    let other = Home::new();
    other.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    other.ok(&["logout", "--everywhere"], "");
    let (code, told) = home.fails(&["token"], "");
    assert_eq!(code, 11, "{told}");
    assert!(!told.contains(&token), "{told}");
    assert_eq!(home.fails(&["whoami"], "").0, 11);
    assert_eq!(home.fails(&["token"], "").0, 11);
}

/// Found B3: what `whoami` has learnt, `token` knows, and asks nobody.
#[test]
fn an_end_that_was_learnt_is_remembered() {
    let server = Homeserver::with(Config::open, renewing);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let (proxy, home, other) = (Proxy::start(server.url(), server.url()), Home::new(), Home::new());
    home.ok(&["login", &proxy.base, "--username=alice", "--password-stdin"], PASSWORD);
    let token = home.ok(&["token"], "");
    other.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    other.ok(&["logout", "--everywhere"], "");
    assert_eq!(home.fails(&["whoami"], "").0, 11);
    let asked = proxy.asked("");
    for args in
        [&["token"][..], &["token", "--exec", "cat"], &["token", "--format=env"], &["token", "--json"]]
    {
        let (code, told) = home.fails(args, "");
        assert!(code == 11 && !told.contains(&token), "{args:?}: {code} {told}");
    }
    assert_eq!(proxy.asked(""), asked, "nobody was asked");
    assert!(home.ok(&["logout"], "").contains("Signed out"));
}

/// Found B5: a server that says "later" is asked once, and it is said when.
#[test]
fn a_server_that_cannot_renew_now_is_asked_once() {
    let server = Homeserver::with(Config::open, renewing);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let (proxy, home) = (Proxy::start(server.url(), server.url()), Home::new());
    home.ok(&["login", &proxy.base, "--username=alice", "--password-stdin"], PASSWORD);
    let busy = r#"{"errcode":"M_LIMIT_EXCEEDED","error":"later"}"#;
    for (status, headers, flag) in [
        ("429 Too Many Requests", "Retry-After: 3600\r\n", None),
        ("429 Too Many Requests", "Retry-After: 3600\r\n", Some("--refresh")),
        ("500 Internal Server Error", "", None),
        ("500 Internal Server Error", "", Some("--refresh")),
    ] {
        leave(&home, 1);
        proxy.answer("/refresh", status, headers, busy);
        let asked = proxy.asked("/refresh");
        let (code, told) = home.fails(&["token"].into_iter().chain(flag).collect::<Vec<_>>(), "");
        assert_eq!(code, 10, "{told}");
        assert_eq!(proxy.asked("/refresh") - asked, 1, "{status} {flag:?}: {told}");
        assert!(!told.contains("syt_"), "{told}");
    }
    proxy.pass();
    assert!(server.owner(&home.ok(&["token"], "")).is_some());
}

/// A token is refreshed before its end so that it may fail.
#[test]
fn a_token_that_cannot_be_renewed_yet_is_printed_while_it_works() {
    let server = Homeserver::with(Config::open, renewing);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let (proxy, home) = (Proxy::start(server.url(), server.url()), Home::new());
    home.ok(&["login", &proxy.base, "--username=alice", "--password-stdin"], PASSWORD);
    let first = home.ok(&["token"], "");
    let busy = r#"{"errcode":"M_LIMIT_EXCEEDED","error":"later"}"#;
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
        leave(&home, 40);
        proxy.answer("/refresh", status, "Retry-After: 3600\r\n", busy);
        let told = home.run(&["token"], "");
        let printed = String::from_utf8(told.stdout.clone()).unwrap();
        assert_eq!((told.status.code(), printed.trim()), (Some(0), &*first), "{told:?}");
        let said = String::from_utf8(told.stderr).unwrap();
        assert!(said.contains("could not be refreshed") && said.contains("more s"), "{said}");
        let line: Value = serde_json::from_str(&home.ok(&["token", "--json"], "")).unwrap();
        assert_eq!(
            (&line["access_token"], &line["problem"]["class"]),
            (&json!(first), &json!("unavailable"))
        );
        let line: Value = serde_json::from_str(&home.ok(&["token", "--format=json"], "")).unwrap();
        assert_eq!(line["problem"]["class"], "unavailable", "{line}");
        assert_eq!(home.fails(&["token", "--refresh"], "").0, 10, "a new one was asked for");
        leave(&home, 2);
        assert_eq!(home.fails(&["token"], "").0, 10, "it ends before it can be used");
    }
}

/// A server that does not answer, and a session that somebody else refreshes, take nothing away that works.
#[test]
fn a_token_is_printed_while_it_works_and_its_renewal_hangs() {
    let server = Homeserver::with(Config::open, renewing);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let (proxy, home) = (Proxy::start(server.url(), server.url()), Home::new());
    home.ok(&["login", &proxy.base, "--username=alice", "--password-stdin"], PASSWORD);
    let first = home.ok(&["token"], "");
    leave(&home, 40);
    proxy.hold("/refresh", Held::Asking);
    let hanging = home.command(&["token", "--timeout=3"]).stdin(Stdio::null()).spawn().unwrap();
    proxy.holds();
    let told = home.run(&["token", "--timeout=1"], "");
    assert_eq!((told.status.code(), text(&told.stdout)), (Some(0), first.clone()), "{told:?}");
    assert!(text(&told.stderr).contains("Another program"), "{told:?}");
    let line: Value = serde_json::from_str(&home.ok(&["token", "--timeout=1", "--json"], "")).unwrap();
    assert_eq!(line["problem"]["outage"], "session_busy", "{line}");
    let told = home.run(&["token", "--timeout=1", "--exec", "cat"], "");
    assert_eq!((told.status.code(), text(&told.stdout)), (Some(0), first.clone()), "{told:?}");
    assert_eq!(home.fails(&["token", "--timeout=1", "--refresh"], "").0, 10, "a new one was asked for");
    leave(&home, 2);
    assert_eq!(home.fails(&["token", "--timeout=1"], "").0, 10, "it ends before it can be used");
    proxy.pass();
    // An answer might have brought new tokens until now.
    let hanging = hanging.wait_with_output().unwrap();
    assert_eq!((hanging.status.code(), text(&hanging.stdout)), (Some(0), first), "{hanging:?}");
    assert!(text(&hanging.stderr).contains("could not be refreshed"), "{hanging:?}");
}

/// What is under way is waited for longer than `--timeout`, and what is said then is true.
#[test]
fn a_refresh_that_outlasts_the_time_is_said_to() {
    let server = Homeserver::with(Config::open, renewing);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let (proxy, home) = (Proxy::start(server.url(), server.url()), Home::new());
    home.ok(&["login", &proxy.base, "--username=alice", "--password-stdin"], PASSWORD);
    proxy.hold("/refresh", Held::Asking);
    let run = home.command(&["token", "--timeout=1", "--refresh"]).stdin(Stdio::null()).spawn().unwrap();
    proxy.holds();
    let end = Instant::now() + Duration::from_secs(2);
    while Instant::now() < end {
        std::thread::yield_now();
    }
    proxy.pass();
    let told = run.wait_with_output().unwrap();
    assert_eq!((told.status.code(), text(&told.stdout).as_str()), (Some(10), ""), "{told:?}");
    let said = text(&told.stderr);
    assert!(said.contains("waited longer") && !said.contains("Stopped after"), "{said}");
}

/// What is handed out works when it is handed out, however long its renewal was waited for.
#[test]
fn a_token_that_dies_while_its_renewal_hangs_is_not_handed_out() {
    let server = Homeserver::with(Config::open, renewing);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let (proxy, home) = (Proxy::start(server.url(), server.url()), Home::new());
    home.ok(&["login", &proxy.base, "--username=alice", "--password-stdin"], PASSWORD);
    let token = home.ok(&["token"], "");
    for args in [&["--exec", "sh", "-c", "echo ran; cat"][..], &[], &["--json"]] {
        leave(&home, 7);
        proxy.hold("/refresh", Held::Asking);
        let args = [&["token", "--timeout=1"], args].concat();
        let run = home.command(&args).stdin(Stdio::null()).spawn().unwrap();
        proxy.holds();
        let end = Instant::now() + Duration::from_secs(3);
        while Instant::now() < end {
            std::thread::yield_now();
        }
        proxy.pass();
        let told = run.wait_with_output().unwrap();
        assert_eq!(told.status.code(), Some(10), "{args:?}: {told:?}");
        let printed = text(&told.stdout);
        assert!(!printed.contains(&token) && !printed.contains("ran"), "{args:?}: {printed}");
    }
}

fn text(printed: &[u8]) -> String {
    String::from_utf8_lossy(printed).trim().to_owned()
}

#[test]
fn a_token_is_renewed_when_that_is_asked_for() {
    let (server, home) = signed_in(renewing);
    let first = home.ok(&["token"], "");
    assert_eq!(home.ok(&["token"], ""), first);
    let second = home.ok(&["token", "--refresh"], "");
    assert_ne!(first, second);
    assert!(server.owner(&second).is_some());
    assert_eq!(home.ok(&["token"], ""), second);
    let (_server, home) = signed_in(|config| config.refresh = None);
    let (code, told) = home.fails(&["token", "--refresh"], "");
    assert!(code == 13 && told.contains("no refresh token"), "{code} {told}");
}

/// Somebody who is sure about the end of the session: the first word is that of `logout`.
fn begun_to_sign_out(home: &Home, proxy: &Proxy, path: &str, at: Held) {
    proxy.hold(path, at);
    let mut run = home.command(&["logout"]).stdin(Stdio::null()).spawn().unwrap();
    proxy.holds();
    run.kill().unwrap();
    run.wait().unwrap();
    proxy.pass();
}

/// A sign-out that was killed may have ended the session: nobody knows but the server.
#[test]
fn a_token_is_not_handed_out_unasked_after_a_sign_out_that_was_killed() {
    for by_oauth in [false, true] {
        let (home, path) = (Home::new(), if by_oauth { "/oauth2/revoke" } else { "/logout" });
        let (server, proxy) = if by_oauth {
            let server = server_with(|_| {});
            let proxy = Proxy::start(server.url(), &format!("{}auth", server.url()));
            oauth::sign_in(&home, &server, &proxy.base);
            (server, proxy)
        } else {
            let server = Homeserver::start(Config::open);
            server.look(|sandbox| {
                sandbox.add_account("alice", PASSWORD);
                sandbox.reconfigure(renewing);
            });
            let proxy = Proxy::start(server.url(), server.url());
            home.ok(&["login", &proxy.base, "--username=alice", "--password-stdin"], PASSWORD);
            (server, proxy)
        };
        // The server has not heard of it: its word is enough, and nobody asks again.
        begun_to_sign_out(&home, &proxy, path, Held::Asking);
        let token = home.ok(&["token"], "");
        assert!(server.owner(&token).is_some(), "{by_oauth}");
        let asked = proxy.asked("/whoami");
        assert!(asked > 0, "{by_oauth}");
        assert_eq!(home.ok(&["token"], ""), token);
        assert_eq!(proxy.asked("/whoami"), asked, "{by_oauth}");

        begun_to_sign_out(&home, &proxy, path, Held::Answering);
        assert_eq!(server.devices("alice"), 0);
        proxy.refuse("/");
        for args in [&["token"][..], &["token", "--json"], &["token", "--exec", "echo", "ran"]] {
            let (code, told) = home.fails(args, "");
            assert!(code == 10 && !told.contains(&token) && !told.contains("ran"), "{args:?} {code} {told}");
        }
        proxy.pass();
        let (code, told) = home.fails(&["token"], "");
        assert!(code == 11 && !told.contains(&token), "{by_oauth} {code} {told}");
        home.ok(&["logout"], "");
        assert!(!home.ok(&["accounts"], "").contains("@alice:"));
    }
}

/// On a disk that is full nothing is ended, since the session could not be removed; to forget it needs no room. Only the
/// superuser can make a disk that small.
#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_nothing_is_ended_and_a_session_can_be_forgotten() {
    let (server, home) = (Homeserver::with(Config::open, renewing), Home::new());
    for user in ["alice", "bob"] {
        server.look(|sandbox| sandbox.add_account(user, PASSWORD));
    }
    let on_a_small_disk = |script: &str| {
        let mount = "mount -t tmpfs -o size=64k,mode=700 tmpfs \"$NARTHEX_DATA_DIR\" || exit 1";
        let mut command = std::process::Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-c"]).arg(format!("{mount}; {script}"));
        command.arg("sh").arg(env!("CARGO_BIN_EXE_narthex")).arg(server.url()).arg(PASSWORD);
        let of_home = home.command(&[]);
        command.envs(of_home.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").output().unwrap()
    };
    if !on_a_small_disk("true").status.success() {
        return;
    }
    let told = on_a_small_disk(
        "for user in alice bob; do \
            echo \"$3\" | \"$1\" login \"$2\" --username=$user --password-stdin >/dev/null || exit 2; \
         done; \
         cat /dev/zero > \"$NARTHEX_DATA_DIR/others\" 2>/dev/null; \
         \"$1\" logout --account=alice; echo logout $?; \
         \"$1\" token --account=alice >/dev/null; echo token $?; \
         \"$1\" logout --account=alice --forget; echo forget $?; \
         \"$1\" token --account=bob >/dev/null; echo other $?; \
         \"$1\" logout --account=bob --forget; echo last $?; \
         \"$1\" accounts",
    );
    let (said, printed) = (said(&told), text(&told.stdout));
    for line in ["logout 16", "token 0", "forget 0", "other 0", "last 0"] {
        assert!(printed.contains(line), "{line}: {said}");
    }
    assert!(said.contains("Nothing was ended"), "{said}");
    assert!(printed.contains("No account is signed in"), "{said}");
    assert_eq!((server.devices("alice"), server.devices("bob")), (0, 0), "{said}");
}

/// What was granted is over when it comes: it is no token to hand out, and no end of the session.
#[test]
fn a_token_that_ended_on_its_way_is_not_handed_out() {
    let short = |config: &mut Config| {
        config.refresh = Some(Refresh { access_lifetime: Duration::from_secs(1), ..Refresh::default() });
    };
    let server = Homeserver::with(Config::open, short);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let (proxy, home) = (Proxy::start(server.url(), server.url()), Home::new());
    home.ok(&["login", &proxy.base, "--username=alice", "--password-stdin"], PASSWORD);
    for args in [&["token", "--refresh", "--json"][..], &["token", "--exec", "cat"], &["whoami"]] {
        let mut run = home.command(args).stdin(Stdio::null()).spawn().unwrap();
        while run.try_wait().unwrap().is_none() {
            proxy.hold("/refresh", Held::Answering);
            if proxy.is_holding() {
                let end = Instant::now() + Duration::from_millis(1200);
                while Instant::now() < end {
                    std::thread::yield_now();
                }
                proxy.pass();
            }
            std::thread::yield_now();
        }
        let told = run.wait_with_output().unwrap();
        assert_eq!(told.status.code(), Some(10), "{args:?}: {told:?}");
        assert!(!text(&told.stdout).contains("syt_") && proxy.asked("/refresh") < 12, "{args:?}: {told:?}");
    }
    proxy.pass();
    home.ok(&["whoami"], "");
}
