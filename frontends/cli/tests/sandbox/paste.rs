//! A sign-in whose callback address is pasted: nothing listens where its browser ends up.

use narthex_sandbox::{Config, Person};

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};
use crate::oauth::{ALICE, server_with};
use crate::spoken::Words;

const BOB: Person<'_> = Person::registering("bob", PASSWORD);

fn single_sign_on() -> Homeserver {
    let server = Homeserver::start(Config::sso);
    server.look(|sandbox| sandbox.reconfigure(|config| config.login.as_mut().unwrap().password = false));
    server
}

/// The address of the page among what was said.
fn page(said: &str) -> String {
    said.lines()
        .map(str::trim)
        .find(|line| line.starts_with("http"))
        .unwrap_or_else(|| panic!("no page in {said}"))
        .to_owned()
}

#[test]
fn what_waits_for_a_pasted_address_is_resumed_only_by_pasting() {
    for (server, command, ways) in [
        (server_with(|_| {}), "login", &["--browser", ""][..]),
        (server_with(|_| {}), "register", &[""]),
        (single_sign_on(), "login", &["--browser", "--sso"]),
    ] {
        let home = Home::new();
        let paste = [command, server.url(), "--paste", "--no-browser"];
        let (code, told) = home.fails(&paste, "");
        let first = page(&told);
        assert_eq!(code, 17, "{told}");
        for way in ways {
            let mut args = vec![command, server.url(), "--no-browser", way];
            args.retain(|arg| !arg.is_empty());
            let mut run = Words::start(&home, &args);
            let kept = run.says("--paste");
            assert!(kept.contains("kept") && kept.contains(&format!("narthex {command} ")), "{kept}");
            let other = run.says("127.0.0.1%3A");
            assert_ne!(other.trim(), first, "{command} {way}");
        }
        // A program is told the same.
        let mut program = home.json(&[command, server.url(), "--no-browser"]);
        let left = loop {
            let line = program.next();
            if line["type"] == "unfinished" && line["paste"] == true {
                break line;
            }
        };
        assert!(left["way"].is_string(), "{left}");
        program.kill();
        let status = home.ok(&["status", "--json"], "");
        assert!(status.contains(r#""paste":true"#), "{status}");
        // The one that is left is the one that an address is pasted of.
        let (code, told) = home.fails(&paste, "");
        assert_eq!((code, page(&told)), (17, first.clone()), "{told}");
        if first.contains("/authorize?") {
            let person = if command == "login" { ALICE } else { BOB };
            let output = home.run(&paste, &format!("{}\n", server.consent(&first, person)));
            assert!(output.status.success() && said(&output).contains("Signed in as @"), "{}", said(&output));
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn at_a_terminal_nobody_waits_for_a_browser_that_cannot_come_back() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let paste = ["login", server.url(), "--paste", "--no-browser"];
    let (_, told) = home.fails(&paste, "");
    let first = page(&told);
    let mut tty = crate::tty::Tty::start(&home, 200, &["login", server.url(), "--browser", "--no-browser"]);
    tty.sees("--paste")
        .sees("Continue in your browser:")
        .sees("127.0.0.1%3A")
        .sees("Waiting for the browser");
    tty.types("\u{4}");
    assert_eq!(tty.ends(), 130);
    let mut tty = crate::tty::Tty::start(&home, 200, &paste);
    tty.sees(&first).sees("Paste the callback address: ").sees("paste here where it ends up").types("\r");
    tty.sees("Nothing was entered yet").types(server.consent(&first, ALICE).as_str()).types("\r");
    tty.sees("Signed in as @alice:");
    assert!(!tty.seen.contains("Waiting for the browser"), "{}", tty.seen);
    assert_eq!(tty.ends(), 0);
}

/// The expected one is not signed in, and nobody is sent to the browser again.
#[test]
fn a_pasted_address_of_somebody_else_is_told() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let host = server.url().trim_start_matches("http://").trim_end_matches('/');
    let alice = format!("@alice:{host}");
    let paste = ["login", &alice, "--paste", "--no-browser"];
    let (_, told) = home.fails(&paste, "");
    let pasted = server.consent(&page(&told), BOB);
    let (code, told) = home.fails(&paste, &format!("{pasted}\n"));
    assert!(
        code == 11 && told.contains("@bob:") && told.matches("/authorize?").count() == 1,
        "{code} {told}"
    );
    assert_eq!(server.devices("bob"), 0);
}
