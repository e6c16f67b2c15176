//! Two devices that lose each other on the way, or are let in to another account.

use narthex_sandbox::Person;

use crate::PASSWORD;
use crate::devices::{first_device, server};
use crate::linking::{check, text};
use crate::narthex::Home;
use crate::oauth::ALICE;
use crate::tty::Tty;

/// The one that helps leaves while the page is open. The new one says that it gets no keys; killed then, it goes on by the
/// command that `status` names.
#[test]
fn a_new_device_that_is_left_says_so_and_goes_on_as_it_began() {
    let server = server();
    let (existing, new) = (first_device(&server), Home::new());
    let mut login = new.json(&["login", server.url(), "--qr"]);
    let payload = text(&login.screen("qr_code"), "payload");
    let mut link = existing.json(&["link", "--scan", "-", "--yes", "--no-browser"]);
    link.say_text(&payload);
    check(&mut link, &mut login);
    link.screen("consent");
    link.intent("open_browser");
    let shown = login.screen("user_code");
    assert!(shown["keys_until"].as_u64().unwrap() < shown["until"].as_u64().unwrap(), "{shown}");
    link.screen("in_browser");
    link.intent("cancel");
    let left = login.screen("user_code");
    assert_eq!(left.get("keys_until"), None, "{left}");
    login.kill();
    let hint = format!("narthex login {} --qr", server.url());
    let status = new.ok(&["status"], "");
    assert!(status.contains(&hint), "{status}");
    let mut login = Tty::start(&new, 400, &["login", server.url(), "--qr", "--no-browser"]);
    login.sees("Code: ").sees("This one can still be signed in, but gets no keys");
    server.enter_code(&text(&left, "user_code"), ALICE, true);
    login.sees("Is that your account?").sees("[y/n]").types("y\r");
    login.sees("Signed in as @alice:");
    assert_eq!(login.ends(), 19);
}

/// The new one leaves while the other user reads the menu.
#[test]
fn whoever_is_at_the_menu_of_the_page_hears_that_the_new_device_has_left() {
    let server = server();
    let (existing, new) = (first_device(&server), Home::new());
    let mut link = Tty::start(&existing, 400, &["link", "--yes", "--no-browser", "--qr-format", "none"]);
    link.sees("Scan this code with the other device:").sees("\r\n").sees("\r\n");
    let payload = link.seen[..link.upto].trim_end().rsplit('\n').next().unwrap().trim().to_owned();
    let mut login = new.json(&["login", "--scan", "-", "--yes"]);
    login.say_text(&payload);
    let code = text(&login.screen("check_code"), "check_code");
    link.sees("The two digits: ").types(&code).types("\r").sees("Go on: I open the page myself");
    login.intent("cancel");
    link.sees("The QR code is no longer valid");
    assert_eq!(link.ends(), 12);
}

/// The page is signed in to the account of somebody else. Nothing between the two says so.
#[test]
fn a_device_that_was_allowed_for_another_account_is_not_said_to_be_silent() {
    let server = server();
    server.look(|sandbox| sandbox.add_account("bob", PASSWORD));
    let (existing, new) = (first_device(&server), Home::new());
    let mut link = existing.json(&["link", "--yes", "--no-browser"]);
    let payload = text(&link.screen("qr_code"), "payload");
    let mut login = new.json(&["login", "--scan", "-", "--yes"]);
    login.say_text(&payload);
    check(&mut login, &mut link);
    link.screen("consent");
    link.intent("open_browser");
    let bob = Person::signing_in("bob", PASSWORD);
    server.enter_code(&text(&login.screen("user_code"), "user_code"), bob, true);
    let end = link.end();
    assert_eq!(end["failure"]["refusal"], "new_device_absent", "{end}");
}

/// Another program of the same user signs out beside the link.
#[test]
fn a_link_whose_session_another_program_has_signed_out_says_that() {
    let server = server();
    let (existing, new) = (first_device(&server), Home::new());
    let mut link = Tty::start(&existing, 400, &["link", "--yes", "--no-browser", "--qr-format", "none"]);
    link.sees("Scan this code with the other device:").sees("\r\n").sees("\r\n");
    let payload = link.seen[..link.upto].trim_end().rsplit('\n').next().unwrap().trim().to_owned();
    let mut login = new.json(&["login", "--scan", "-", "--yes"]);
    login.say_text(&payload);
    let code = text(&login.screen("check_code"), "check_code");
    link.sees("The two digits: ").types(&code).types("\r").sees("Go on: I open the page myself");
    existing.ok(&["logout"], "");
    link.types("\r");
    server.enter_code(&text(&login.screen("user_code"), "user_code"), ALICE, true);
    link.sees("Another program signed out of this session.").sees("narthex login");
    assert!(!link.rest().contains("--again"), "{}", link.seen);
    assert_eq!(link.ends(), 11);
    login.child.kill().unwrap();
}
