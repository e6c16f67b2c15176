//! Two people at two terminals, one of whom brings the other in.

use std::fs;

use rustix::process::Signal;
use serde_json::Value;

use crate::devices::{first_device, server};
use crate::narthex::Home;
use crate::oauth::{ALICE, sign_in};
use crate::tty::Tty;

/// Wide enough for a line of base64.
const WIDE: u16 = 400;

/// The code of whoever shows one as text, which is the last line before it waits.
fn shown(tty: &mut Tty) -> String {
    tty.sees("Scan this code with the other device:").sees("\r\n").sees("\r\n");
    tty.seen[..tty.upto].trim_end().rsplit('\n').next().unwrap().trim().to_owned()
}

fn word_after(tty: &mut Tty, text: &str) -> String {
    tty.sees(text).sees("\r\n");
    let line = tty.seen[..tty.upto].trim_end().rsplit(text).next().unwrap();
    line.trim().split(' ').next().unwrap().to_owned()
}

fn unfinished(home: &Home) -> Value {
    let status = home.ok(&["status", "--json"], "");
    serde_json::from_str::<Value>(&status).unwrap()["profiles"][0]["unfinished"].clone()
}

#[test]
fn each_of_two_people_is_told_what_the_other_has_to_do() {
    let server = server();
    let (existing, new) = (first_device(&server), Home::new());
    let mut link = Tty::start(&existing, WIDE, &["link", "--no-browser", "--qr-format", "none"]);
    link.sees("full access to your account").sees("[y/n]").types("y\r");
    let payload = shown(&mut link);
    link.sees("Waiting for the other device to scan it (");
    let mut login = Tty::start(&new, WIDE, &["login", "--scan", "-", "--no-browser"]);
    login.sees("Only scan a code that your own other device shows").sees("[y/n]").types("y\r");
    login.sees("Content of the code in base64, or the file of its picture: ").types(&payload).types("\r");
    let code = word_after(&mut login, "and then allow the sign-in there: ");
    login.sees("Waiting for the other device (");
    link.sees("The two digits: ").sees("A wrong code ends it on both devices.");
    link.types("x\r").sees("That cannot be the code").types(&code[..1]).types("\r");
    // Half of it, sent too early.
    link.sees("That cannot be the code").types(&code).types("\r");
    // Nothing is offered to be opened where nothing may be.
    link.sees("Allow it on the page at").sees("Go on: I open the page myself");
    // Whoever opened it now would be asked there for a code that no device shows yet.
    assert!(!link.seen.contains("/link"), "{}", link.seen);
    link.types("\r").sees("/link").sees(
        "Waiting for the new device. Allow it within 2 min: later it can still sign in, but gets no keys.",
    );
    let user_code = word_after(&mut login, "Code: ");
    login.sees("Waiting for the sign-in to be allowed, within 2 min: later this device gets no keys.");
    server.enter_code(&user_code, ALICE, true);
    login.sees("signed in as @alice:").sees("Is that your account?");
    link.sees("Waiting for you to confirm the account on the new device");
    login.sees("[y/n]").types("y\r");
    assert!(!login.seen.contains("right?") && !login.seen.contains("is secure"), "{}", login.seen);
    login.sees("This device is verified, and the backup of your message keys is in use.");
    assert_eq!((login.ends(), link.sees("It is verified.").ends()), (0, 0));
    assert!(!link.seen.contains("o: open") && !login.seen.contains("o: open"), "{}", link.seen);
}

/// At each screen before the account is asked for, on the side that is interrupted: the other one is told, and nothing is
/// kept of it.
#[test]
fn whoever_interrupts_or_closes_the_terminal_keeps_nothing_and_tells_the_other() {
    let server = server();
    let existing = first_device(&server);
    let before = server.devices("alice");
    for (screen, signal) in
        [("code", Signal::INT), ("code", Signal::HUP), ("digits", Signal::INT), ("digits", Signal::HUP)]
    {
        let new = Home::new();
        let shows = ["login", server.url(), "--qr", "--qr-format", "none", "--no-browser"];
        let mut login = Tty::start(&new, WIDE, &shows);
        let payload = shown(&mut login);
        let mut link = (screen != "code").then(|| {
            let mut link = existing.json(&["link", "--scan", "-", "--yes", "--no-browser"]);
            link.say_text(&payload);
            link.screen("check_code");
            login.sees("The two digits: ");
            link
        });
        login.signals(signal);
        if signal == Signal::INT {
            let rest = login.rest();
            assert!(rest.contains("Canceled.") && !rest.contains("How do you want"), "{screen}: {rest}");
            assert_eq!(login.ends(), 130, "{screen}");
        } else {
            assert_eq!(login.dies(), Some(1), "{screen}");
        }
        if let Some(link) = &mut link {
            let told = link.end();
            assert_eq!(told["failure"]["what"], "rendezvous", "{screen} {signal:?}: {told}");
        }
        assert_eq!(unfinished(&new), Value::Array(Vec::new()), "{screen} {signal:?}");
        assert_eq!(server.devices("alice"), before);
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let (server, home) = (server(), Home::new());
    let path = |name: &str| home.path().join(name).display().to_string();
    fs::write(path("junk"), [0xff, 0xd8, 0xff, 0, 1, 2, 3]).unwrap();
    fs::write(path("empty"), "").unwrap();
    // The library that looks for a code panics on this one.
    fs::write(path("hostile"), include_bytes!("../../../../fuzz/corpus/picture/found-01")).unwrap();
    for (file, says) in [
        (path("missing"), "no such file"),
        (path("junk"), "neither a picture (PNG or JPEG) nor base64"),
        (path("empty"), "is empty"),
        (path("hostile"), "cannot be read"),
        ("/dev/null".to_owned(), "/dev/null is empty"),
    ] {
        let args = ["login", server.url(), "--scan", &file];
        let (code, said) = home.fails(&args, "");
        assert!(code == 1 && said.contains(says), "{file} {code}: {said}");
        // Whoever sits there can still paste it, or name another file.
        let mut tty = Tty::start(&home, 200, &args);
        tty.sees(says).sees("[y/n]").types("y\r").sees("or the file of its picture: ");
        tty.types("nofile.png\r").sees("Cannot use nofile.png: no such file");
        tty.sees("or the file of its picture: ");
        tty.types(&path("junk")).types("\r").sees("neither a picture (PNG or JPEG) nor base64");
        tty.sees("or the file of its picture: ").types("\u{4}");
        assert_eq!(tty.ends(), 130);
    }
    let (code, said) = home.fails(&["login", server.url(), "--scan", "-"], "");
    assert!(code == 17 && said.contains("the QR code is missing"), "{code}: {said}");
}

#[test]
fn nobody_is_kept_waiting_for_what_nobody_can_answer() {
    let server = server();
    let (existing, new) = (first_device(&server), Home::new());
    for (home, args, says) in [
        (&existing, &["link", "--yes"][..], "The other device shows two digits."),
        (&existing, &["link", "--yes", "--scan", "-"], "The new device has to be allowed on a page."),
        (&new, &["login", server.url(), "--qr", "--yes"], "The other device shows two digits."),
    ] {
        let (code, said) = home.fails(args, "TUFUUklY");
        assert!(code == 17 && said.contains(says), "{args:?} {code}: {said}");
        assert_eq!(unfinished(home), Value::Array(Vec::new()), "{args:?}");
    }
}

#[test]
fn a_code_of_a_device_in_the_same_role_is_told_for_what_it_is() {
    let server = server();
    let (existing, new) = (first_device(&server), Home::new());
    let mut link = existing.json(&["link", "--yes"]);
    let of_existing = link.screen("qr_code")["payload"].as_str().unwrap().to_owned();
    let mut login = Home::new().json(&["login", server.url(), "--qr"]);
    let of_new = login.screen("qr_code")["payload"].as_str().unwrap().to_owned();
    let (code, said) = new.fails(&["login", server.url(), "--scan", "-", "--yes"], &of_new);
    assert!(code == 11 && said.contains("this one is new as well"), "{code}: {said}");
    let mut again = existing.json(&["link", "--scan", "-", "--yes"]);
    again.say_text(&of_existing);
    loop {
        let line = again.next();
        if line["problem"].is_object() {
            assert_eq!(line["problem"]["refusal"]["wrong_kind_of_code"], "both_signed_in", "{line}");
            break;
        }
    }
}

#[test]
fn whoever_lacks_the_keys_is_told_the_command() {
    let (server, home) = (server(), Home::new());
    sign_in(&home, &server, server.url());
    let status = home.ok(&["encryption", "status"], "");
    assert!(status.contains("Next: “narthex encryption set-up”"), "{status}");
    let mut link = Tty::start(&home, 80, &["link"]);
    link.sees("does not have the keys of the account").sees("narthex encryption recover");
    // Nothing is wrong that we could mend.
    assert!(!link.rest().contains("--report"), "{}", link.seen);
    assert_ne!(link.ends(), 0);
    home.ok(&["encryption", "set-up"], "");
    let other = Home::new();
    sign_in(&other, &server, server.url());
    let status = other.ok(&["encryption", "status"], "");
    for command in ["Next: “narthex encryption verify”", "“narthex encryption recover”"] {
        assert!(status.contains(command), "{status}");
    }
}

#[test]
fn a_terminal_that_is_too_small_for_the_code_is_said_to_be() {
    let server = server();
    let existing = first_device(&server);
    let mut link = Tty::start(&existing, 80, &["link", "--yes", "--no-browser"]);
    link.sees("Scan this code with the other device:")
        .sees("This terminal is too small to draw it: that takes");
    link.sees("rows").sees("--qr-file, or paste this there:").sees("Waiting for the other device");
    link.interrupt();
    assert_eq!(link.ends(), 130);
}
