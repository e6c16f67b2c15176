//! Killed without a word at every step, and started again: nobody loses an account or ends up with two devices.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use narthex_sandbox::Config;

use crate::PASSWORD;
use crate::homeserver::{Homeserver, grow_old};
use crate::narthex::Home;

/// Registers, killed as soon as it has shown `after` lines; whether it got that far.
fn killed_after(after: usize, config: fn(url::Url) -> Config) -> bool {
    let (server, home) = (Homeserver::start(config), Home::new());
    let mut run = home.json(&["register", server.url(), "--no-browser"]);
    let mut reached = true;
    for _ in 0..after {
        let line = run.next();
        if line["type"] != "view" {
            reached = false;
            break;
        }
        server.answer(&mut run, &line, "alice");
    }
    run.kill();
    if !home.ok(&["accounts"], "").contains("@alice:") {
        let mut again = home.json(&["register", server.url(), "--no-browser"]);
        let end = server.answer_everything(&mut again, "alice");
        assert_eq!(end["type"], "signed_in", "killed after {after}: {end}");
    }
    let token = home.ok(&["token"], "");
    assert!(server.owner(&token).is_some(), "killed after {after}");
    assert_eq!(server.devices("alice"), 1, "killed after {after}");
    reached
}

#[test]
fn whoever_is_killed_while_registering_goes_on_where_they_were() {
    for config in [Config::open as fn(_) -> _, Config::everything] {
        let mut after = 1;
        while killed_after(after, config) {
            after += 1;
            assert!(after < 60, "it never ended");
        }
    }
}

/// How often each command is killed: `NARTHEX_TEST_KILLS` for more.
fn kills() -> u32 {
    std::env::var("NARTHEX_TEST_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(12)
}

/// Runs the command and kills it after this time, unless it has ended before.
fn killed_within(home: &Home, args: &[&str], input: &str, time: Duration) {
    let (mut child, start) = (home.command(args).stdin(Stdio::piped()).spawn().unwrap(), Instant::now());
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    while start.elapsed() < time {
        std::thread::yield_now();
    }
    // SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Begun and killed at moments spread over its whole run, each time after `before`; each time it ends well in the end.
fn killed_all_along(home: &Home, args: &[&str], input: &str, before: impl Fn(), ends_well: impl Fn()) {
    before();
    let start = Instant::now();
    home.ok(args, input);
    let whole = start.elapsed();
    ends_well();
    for kill in 1..=kills() {
        before();
        killed_within(home, args, input, whole * kill / kills());
        ends_well();
    }
}

/// `Found B9`: real kills of the program while it signs in, refreshes and signs out. No session is lost, and no file that
/// is half written is left.
#[test]
fn whoever_is_killed_while_signing_in_refreshing_or_signing_out_loses_nothing_and_leaves_nothing() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let login = ["login", server.url(), "--username", "alice", "--password-stdin", "--no-browser"];
    let is_in = || home.ok(&["accounts"], "").contains("@alice:");
    let sign_in = || {
        if !is_in() {
            home.ok(&login, PASSWORD);
        }
    };
    let sign_out = || {
        // Killed between the session and the list, it says once that nobody is signed in.
        for _ in 0..2 {
            home.run(&["logout"], "");
        }
        assert!(!is_in());
        let half = home.files().into_iter().filter(|path| path.to_string_lossy().contains("/.new-"));
        assert_eq!(half.collect::<Vec<_>>(), Vec::<PathBuf>::new());
    };
    let lives = || {
        let token = home.ok(&["token"], "");
        let accounts = home.ok(&["accounts"], "");
        assert!(server.owner(&token).is_some(), "a dead token: {token}, of {accounts}");
    };

    killed_all_along(&home, &login, PASSWORD, sign_out, || {
        sign_in();
        lives();
    });
    let old = || {
        sign_in();
        grow_old(&home);
    };
    killed_all_along(&home, &["token"], "", old, lives);
    killed_all_along(&home, &["logout"], "", sign_in, sign_out);
}
