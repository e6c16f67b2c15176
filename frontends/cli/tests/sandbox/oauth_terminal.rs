//! A person at a terminal who signs in through the browser, or by a code.

use std::time::Duration;

use narthex_sandbox::{DeviceGrant, Person};

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::Home;
use crate::oauth::{ALICE, server_with};
use crate::sessions::get;
use crate::tty::Tty;

/// The address that is shown, which a narrow terminal breaks and we do not.
fn page(tty: &mut Tty) -> String {
    tty.sees("Continue in your browser:").sees("http").sees("\r\n");
    let line = tty.seen[..tty.upto].trim_end().rsplit('\n').next().unwrap();
    line.trim().to_owned()
}

#[test]
fn the_ways_are_named_and_whoever_comes_back_is_asked_again() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let mut tty = Tty::start(&home, 80, &["login", server.url(), "--no-browser"]);
    tty.sees("How do you want to sign in to");
    tty.sees("> 1. Sign in with the browser").sees("  2. Enter a code on another device");
    tty.types("x\r").sees("none of them").types("1\r");
    let first = page(&mut tty);
    // `Found E6`.
    tty.sees("Or paste the callback address: ")
        .sees("c: enter a code")
        .types("nonsense\r")
        .sees("neither an address");
    tty.types("https://elsewhere.test/?code=x\r").sees("not from this sign-in").types("\r");
    tty.sees("comes back by itself").types("o\r").sees("because of --no-browser").types("q\r");
    tty.sees("1. Sign in with the browser").types("\r");
    let second = page(&mut tty);
    assert_ne!(first, second);
    get(server.decline(&second, ALICE).as_str());
    assert!(!tty.seen.contains("o: open"), "nothing may be opened: {}", tty.seen);
    tty.sees("1. Sign in with the browser").types("brow\r");
    let third = page(&mut tty);
    get(server.consent(&third, ALICE).as_str());
    tty.sees("Signed in as @alice:");
    assert_eq!(tty.ends(), 0);
    assert!(tty.echoes());
}

#[test]
fn the_only_way_is_taken_by_itself_once() {
    for command in ["login", "register"] {
        let (server, home) = (server_with(|oauth| oauth.device_grant = None), Home::new());
        server.look(|sandbox| sandbox.reconfigure(|config| config.login = None));
        let mut tty = Tty::start(&home, 80, &[command, server.url(), "--no-browser"]);
        let page = page(&mut tty);
        get(server.decline(&page, ALICE).as_str());
        // Otherwise the browser would open again and again.
        tty.sees("Use another server").types("\u{1b}").sees("Server: ").types("\u{4}");
        assert_eq!(tty.ends(), 130);
    }
}

#[test]
fn an_address_is_pasted() {
    for columns in [40, 80] {
        let (server, home) = (server_with(|_| {}), Home::new());
        let mut tty = Tty::start(&home, columns, &["register", server.url(), "--no-browser"]);
        let page = page(&mut tty);
        let callback = server.consent(&page, Person::registering("bob", PASSWORD));
        tty.sees("Or paste the callback address: ");
        let before = tty.upto;
        tty.types("http://127.0.0.1/of/another?code=x\r").types(callback.as_str());
        // What is typed stays on its line, however long it is.
        tty.sees(&callback.as_str()[callback.as_str().len() - 8..]);
        assert!(!tty.seen[before..].replace("\r\n", "").contains(callback.as_str()));
        tty.types("\r").sees("Signed in as @bob:");
        assert_eq!(tty.ends(), 0);
    }
}

fn with_codes(complete: bool) -> Homeserver {
    let grant = DeviceGrant { complete, interval: Duration::from_secs(1), ..DeviceGrant::default() };
    server_with(|oauth| oauth.device_grant = Some(grant))
}

#[test]
fn a_code_is_shown_as_it_is_typed_and_as_it_is_read_and_as_a_picture_where_that_fits() {
    for (columns, complete, fits) in
        [(80, true, true), (80, false, true), (40, true, false), (32, true, false)]
    {
        let (server, home) = (with_codes(complete), Home::new());
        let mut tty = Tty::start(&home, columns, &["login", server.url(), "--device"]);
        tty.sees("/auth/link").sees("Code: ");
        let has_picture = tty.seen.contains('\u{2588}');
        assert_eq!(has_picture, fits, "{columns} {complete}: {}", tty.seen);
        assert_eq!(tty.seen.contains("Scan"), has_picture);
        tty.sees(" (read as ");
        let code =
            tty.seen[..tty.upto].rsplit("Code: ").next().unwrap().split(' ').next().unwrap().to_owned();
        tty.sees(&format!("{} {})", &code[..3], &code[3..])).sees("expires").sees("20").sees("back.");
        // `Found E7`: all of it is on the screen at once, of 24 rows.
        let from = tty.seen.find(['\u{2588}', '\u{2580}']).unwrap_or(0);
        assert!(tty.seen[from..].lines().count() <= 24, "{}", tty.seen);
        for line in tty.seen.replace('\r', "").lines().filter(|line| !line.contains("://")) {
            // What a prompt was before it was drawn anew is gone.
            let row = line.rsplit('\u{1b}').next().unwrap();
            assert!(row.chars().count() <= usize::from(columns) + 2, "{row}");
        }
        server.enter_code(&code, ALICE, true);
        tty.types("\r").sees("Signed in as").sees("@alice:");
        assert_eq!(tty.ends(), 0);
    }
}

#[test]
fn after_a_while_a_code_is_offered_and_q_leads_back() {
    let (server, home) = (with_codes(false), Home::new());
    let mut tty = Tty::start(&home, 80, &["login", server.url(), "--browser", "--no-browser"]);
    page(&mut tty);
    tty.types("c\r").types("half an addr");
    tty.sees("c: enter a code");
    assert!(!tty.seen.contains("Code: "), "it was not on offer yet");
    // What was typed meanwhile is still there.
    tty.sees("half an addr").types("\u{15}c\r").sees("Code: ").types("c\r").sees("asked to copy");
    // The code, in base64.
    tty.types("q\r").sees("Your choice: ");
    assert!(tty.seen.contains("\u{1b}]52;c;"), "{:?}", tty.seen);
    tty.interrupt();
    assert_eq!(tty.ends(), 130);
}

#[test]
fn without_a_display_a_code_is_the_first_choice() {
    let (server, home) = (with_codes(false), Home::new());
    let mut tty = Tty::start(&home, 80, &["login", server.url()]);
    tty.sees("1. Enter a code on another device").sees("2. Sign in with the browser").types("\u{4}");
    assert_eq!(tty.ends(), 130);
}

/// `Found E6`: whether a browser could be started is said, and it is started when the user is ready.
#[test]
fn enter_opens_the_browser_and_one_that_cannot_start_is_said() {
    for (browser, said) in
        [("true", "Opening 127.0.0.1"), ("/nowhere/browser", "No browser could be started")]
    {
        let (server, home) = (server_with(|_| {}), Home::new());
        let mut command = home.command(&["login", server.url(), "--browser"]);
        command.env("BROWSER", browser);
        let mut tty = Tty::run(command, 80);
        let page = page(&mut tty);
        tty.sees("Press Enter to open 127.0.0.1 in your browser").sees("Enter: open").types("\r").sees(said);
        tty.sees("Or paste the callback address: ").types("o\r").sees(said);
        get(server.consent(&page, ALICE).as_str());
        tty.sees("Signed in as @alice:");
        assert_eq!(tty.ends(), 0);
    }
}
