//! Killed without a word at every step, and started again: nobody loses an account or ends up with two devices.

use narthex_sandbox::Config;

use crate::homeserver::Homeserver;
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
