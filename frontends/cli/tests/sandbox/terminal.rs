//! A person at a terminal: asked, corrected, waited for, interrupted.

use narthex_sandbox::Config;

use crate::homeserver::Homeserver;
use crate::narthex::Home;
use crate::tty::Tty;
use crate::{PASSWORD, TOKEN};

#[test]
fn an_account_is_made_by_answering_what_is_asked() {
    for columns in [40, 80] {
        let (server, home) = (Homeserver::start(Config::everything), Home::new());
        server.look(|sandbox| sandbox.add_account("taken", "x"));
        let mut tty = Tty::start(&home, columns, &["register", "--no-browser"]);
        tty.sees("Server: ").types("not a server\r").sees("This is not a server").sees("What to do: ");
        tty.sees("Server: not a server").types("\u{15}").types(server.url()).types("\r");
        tty.sees("Username: ").types("taken").sees("This username is taken").sees("Try ");
        tty.types("\u{15}Al").sees("cannot have").types("\u{15}alice").sees("Available").types("\r");
        tty.sees("Password: ").types("password").sees("Very weak").types("\u{15}");
        tty.types(PASSWORD)
            .sees("Strong")
            .types("\r")
            .sees("Repeat password: ")
            .types("other\r")
            .sees("passwords differ");
        tty.sees("Password: ")
            .types(PASSWORD)
            .types("\r")
            .sees("Repeat password: ")
            .types(PASSWORD)
            .types("\r");
        loop {
            let step =
                ["Registration token: ", "Waiting: ", "[y/n]: ", "E-mail address: ", "Signed in as @alice"]
                    .into_iter()
                    .find(|step| tty.shows(step));
            match step {
                Some("Registration token: ") => {
                    tty.sees("Registration token: ").types("wrong\r").sees("not valid");
                    tty.sees("Registration token: ").types(TOKEN).types("\r");
                    tty.sees("\r\n");
                }
                Some("[y/n]: ") => drop(tty.sees("[y/n]: ").types("y\r").sees("\r\n")),
                Some("Waiting: ") => {
                    let page = tty.seen[..tty.seen.rfind("Waiting: ").unwrap()].to_owned();
                    let page = page.rsplit("http").find(|part| part.contains("session=")).unwrap();
                    server.solve_captcha(&format!("http{}", page.split_whitespace().next().unwrap()));
                    tty.sees("Waiting: ").types("\r");
                    tty.upto = tty.seen.len();
                }
                Some("E-mail address: ") => {
                    tty.sees("E-mail address: ").types("a@example.invalid\r").sees("confirmation was sent");
                    server.open_mailed_link("a@example.invalid");
                    tty.types("\r");
                    tty.upto = tty.seen.len();
                }
                Some(_) => break,
                None => tty.more(),
            }
        }
        assert_eq!(tty.ends(), 0);
        assert!(tty.echoes());
        assert!(!tty.seen.contains(PASSWORD));
        let whoami = home.ok(&["whoami"], "");
        assert!(whoami.contains("@alice:"), "{whoami} {}", tty.seen);
    }
}

#[test]
fn an_interrupt_is_silent_and_the_next_run_asks_whether_to_go_on() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    let mut tty = Tty::start(&home, 80, &["register", server.url()]);
    tty.sees("Username: ").types("alice\r").sees("Password: ").types(PASSWORD).types("\r");
    tty.sees("Repeat password: ").types(PASSWORD).types("\r").sees("Registration token: ");
    assert!(!tty.echoes());
    tty.interrupt();
    assert_eq!(tty.ends(), 130);
    assert!(tty.echoes());
    assert!(!tty.seen[tty.upto..].contains(|c: char| c.is_alphabetic()), "{:?}", &tty.seen[tty.upto..]);

    let mut tty = Tty::start(&home, 80, &["register"]);
    tty.sees("Resume the registration of alice on http://127.0.0.1").sees("[Y/n]: ").types("\r");
    tty.sees("Registration token: ").types(TOKEN).types("\r").sees("Signed in as @alice");
    assert_eq!(tty.ends(), 0);
}

#[test]
fn a_wrong_password_is_asked_for_again_and_escape_goes_back() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let mut tty = Tty::start(&home, 80, &["login", server.url()]);
    tty.sees("User ID").types("alice\r").sees("Password: ").types("wrong\r").sees("do not match");
    tty.sees("Your choice: ").types("1\r").sees("User ID").types("alice\r").sees("Password: ");
    tty.types("\u{1b}").sees("Server: ").types("\r").sees("User ID").types("alice\r");
    tty.sees("Password: ").types(PASSWORD).types("\r").sees("Signed in as @alice");
    assert_eq!(tty.ends(), 0);
}

#[test]
fn a_terminal_that_goes_away_ends_the_program() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let mut tty = Tty::start(&home, 80, &["register", server.url()]);
    tty.sees("Username: ").types("\u{4}");
    assert_eq!(tty.ends(), 130);
}
