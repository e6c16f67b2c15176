//! A person at a terminal: asked, corrected, waited for, interrupted.

use narthex_sandbox::{Config, Sandbox};
use rustix::process::Signal;

use crate::homeserver::Homeserver;
use crate::narthex::{Home, said};
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
        // `Found E5`.
        tty.sees("Username: ").types("taken\r").sees("This username is taken").sees("Press Enter to");
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
                    // `Found E6`.
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

/// `Found E2`.
#[test]
fn whatever_ends_the_program_leaves_the_terminal_as_it_was() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    for signal in [Signal::TERM, Signal::HUP, Signal::QUIT] {
        let mut command = home.command(&["login", server.url(), "--username=alice"]);
        command.current_dir(home.path());
        let mut tty = Tty::run(command, 80);
        tty.sees("Password of alice: ").types("marker").sees("******");
        assert!(!tty.echoes());
        tty.signals(signal);
        assert_eq!(tty.dies(), Some(signal.as_raw()));
        assert!(tty.echoes(), "{signal:?}");
        assert!(!tty.seen.contains("marker"));
    }
}

/// `Found E1`.
#[test]
fn after_a_stop_a_password_is_as_hidden_as_before() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let mut tty = Tty::shell(&home);
    let program = env!("CARGO_BIN_EXE_narthex");
    tty.types(&format!("{program} login {} --username alice\r", server.url()));
    for _ in 0..2 {
        tty.sees("Password of alice: ").types("mar").sees("***");
        tty.types("\u{1a}").sees("Stopped").sees("prompt> ").types("echo typed-$((40 + 2))\r");
        tty.sees("typed-42").sees("prompt> ").types("fg\r").sees("Password of alice: ***");
        assert!(!tty.echoes());
        tty.types("ker").sees("******").types("\u{15}");
    }
    tty.types(PASSWORD).types("\r").sees("Signed in as @alice").sees("prompt> ");
    tty.types("exit\r");
    assert_eq!(tty.ends(), 0);
    assert!(!tty.seen.contains("ker") && !tty.seen.contains(PASSWORD), "{}", tty.seen);
}

#[test]
fn an_interrupt_is_said_once_and_the_next_run_asks_whether_to_go_on() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    let mut tty = Tty::start(&home, 80, &["register", server.url()]);
    tty.sees("Username: ").types("alice\r").sees("Password: ").types(PASSWORD).types("\r");
    tty.sees("Repeat password: ").types(PASSWORD).types("\r").sees("Registration token: ");
    assert!(!tty.echoes());
    tty.interrupt();
    assert_eq!(tty.rest().matches("Canceled. What was done so far is saved").count(), 1);
    assert_eq!(tty.ends(), 130);
    assert!(tty.echoes());

    let mut tty = Tty::start(&home, 80, &["register"]);
    tty.sees("Resume the registration of alice on http://127.0.0.1").sees("[Y/n]: ").types("\r");
    tty.sees("Registration token: ").types(TOKEN).types("\r").sees("Signed in as @alice");
    assert_eq!(tty.ends(), 0);
}

/// `Found E3`: what is typed blindly is the password.
#[test]
fn a_wrong_password_is_asked_for_again_and_escape_goes_back() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let mut tty = Tty::start(&home, 80, &["login", server.url()]);
    tty.sees("User ID").types("alice\r").sees("Password of alice: ").types("marker\r").sees("do not match");
    tty.sees("Password of alice: ").types("marker-too\r").sees("do not match").sees("Password of alice: ");
    tty.types("\u{1b}").sees("1. Sign in with a password").sees("2. Use another server").types("\r");
    tty.sees("User ID, e-mail or phone: alice").types("\r").sees("Password of alice: ");
    tty.types(PASSWORD).types("\r").sees("Signed in as @alice");
    assert_eq!(tty.ends(), 0);
    assert!(!tty.seen.contains("marker") && !tty.seen.contains(PASSWORD), "{}", tty.seen);
}

/// `Found E3`: not even in a menu, if that is what comes.
#[test]
fn what_is_typed_into_a_menu_is_not_shown() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let mut tty = Tty::start(&home, 80, &["login", server.url(), "--username=alice"]);
    tty.sees("Password of alice: ").types("\u{1b}").sees("2. Use another server").types("marker\r");
    tty.sees("none of them").types("serv\r").sees("Server: ").types("\u{4}");
    assert_eq!(tty.ends(), 130);
    assert!(!tty.seen.contains("ark"), "{}", tty.seen);
}

/// `Found E4`.
#[test]
fn whoever_signs_in_again_is_asked_for_the_password_alone() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    let device = home.ok(&["accounts"], "").split(' ').nth(1).unwrap().to_owned();
    server.look(|sandbox| sandbox.kill_device("alice", &device));
    let mut tty = Tty::start(&home, 80, &["login", "--again"]);
    tty.sees("Password of @alice:").types(PASSWORD).types("\r").sees("Signed in as @alice");
    assert_eq!(tty.ends(), 0);
    assert!(!tty.seen.contains("User ID"), "{}", tty.seen);
    assert_eq!(server.devices("alice"), 1);
}

/// `Found E5`: nothing else is asked before the name is known to be free, and Enter takes the suggestion.
#[test]
fn a_taken_name_is_said_at_once_and_enter_takes_the_suggestion() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("taken", "x"));
    let mut tty = Tty::start(&home, 80, &["register", server.url(), "--username=taken"]);
    tty.sees("Username: taken").sees("This username is taken").sees("Press Enter to take ");
    assert!(!tty.seen.contains("Password"), "{}", tty.seen);
    tty.types("\r").sees("Username: taken").sees("Password: ").types(PASSWORD).types("\r");
    tty.sees("Repeat password: ").types(PASSWORD).types("\r").sees("Signed in as @taken");
    assert_eq!(tty.ends(), 0);
    assert!(!home.ok(&["whoami"], "").contains("@taken:"), "that one is somebody else's");
}

/// As at a sign-in, what the command line says is not asked again.
#[test]
fn a_username_that_was_said_and_is_free_is_not_asked_for() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let mut tty = Tty::start(&home, 80, &["register", server.url(), "--username=bob"]);
    tty.sees("Username: bob").sees("Password: ").types(PASSWORD).types("\r");
    tty.sees("Repeat password: ").types(PASSWORD).types("\r").sees("Signed in as @bob:");
    assert_eq!(tty.ends(), 0);
}

/// `Found E6`.
#[test]
fn the_same_mistake_is_said_each_time() {
    let (server, home) = (Homeserver::start(Config::terms), Home::new());
    let mut tty = Tty::start(&home, 80, &["register"]);
    for _ in 0..2 {
        tty.sees("Server: ").types("\u{15}not a server\r").sees("This is not a server");
    }
    tty.sees("Server: ").types("\u{15}\r").sees("Nothing was entered");
    tty.types(server.url()).types("\r").sees("Username: ").types("\r").sees("Nothing was entered");
    tty.types("Al\r").sees("cannot have").types("\r").sees("cannot have").types("\u{15}al\r");
    tty.sees("Password: ").types("\r").sees("Nothing was entered").types(PASSWORD).types("\r");
    // `Found E15`: each step is counted.
    tty.sees("Repeat password: ").types(PASSWORD).types("\r").sees("Step 1 of 1: ").sees("[y/n]: ");
    tty.types("perhaps\r").sees("Type y or n").types("y\r").sees("Signed in as @al");
    assert_eq!(tty.ends(), 0);
}

/// `Found E15`.
#[test]
fn a_code_that_came_by_text_message_is_asked_for_as_a_code() {
    let (server, home) = (Homeserver::start(Config::msisdn), Home::new());
    let mut tty = Tty::start(&home, 80, &["register", server.url()]);
    tty.sees("Username: ").types("alice\r").sees("Password: ").types(PASSWORD).types("\r");
    tty.sees("Repeat password: ").types(PASSWORD).types("\r").sees("Step 1 of 1: ").sees("Country");
    tty.types("GB\r").sees("Phone number: ").types("07700900001\r");
    tty.sees("Step 1 of 1: ").sees("Enter the code from the message").sees("Code: ");
    tty.types("\r").sees("Nothing was entered").types("000000\r").sees("The code is wrong").sees("Code: ");
    let code = server.look(|sandbox| sandbox.texts().last().unwrap().code.clone());
    tty.types(&code).types("\r").sees("Signed in as @alice");
    assert_eq!(tty.ends(), 0);
    assert!(!tty.seen.contains("open the link"), "{}", tty.seen);
}

/// `Found E15`.
#[test]
fn a_terminal_that_understands_no_escapes_gets_none() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("taken", "x"));
    let mut command = home.command(&["register", server.url()]);
    command.env("TERM", "dumb").env_remove("NO_COLOR");
    let mut tty = Tty::run(command, 80);
    tty.sees("Username: ").types("taken\r").sees("This username is taken").types("\u{15}alice\r");
    tty.sees("Password: ").types("abc").types("\u{15}").types(PASSWORD).types("\r");
    tty.sees("Repeat password: ").types(PASSWORD).types("\r").sees("Signed in as @alice");
    assert_eq!(tty.ends(), 0);
    assert!(!tty.seen.contains('\u{1b}'), "{:?}", tty.seen);
    assert!(!tty.seen.contains(PASSWORD));
}

/// `Found E8`.
#[test]
fn every_wait_has_words() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let url = server.url().to_owned();
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    let silent = |_: &mut Sandbox| {
        for (args, words) in [
            (&["doctor", url.as_str()][..], "Checking what"),
            (&["whoami"], "Checking the session"),
            (&["devices"], "Listing devices"),
            (&["logout"], "Signing out"),
        ] {
            let mut tty = Tty::start(&home, 80, args);
            tty.sees(words);
            tty.interrupt();
            assert_eq!(tty.ends(), 130, "{args:?}");
        }
    };
    // While the sandbox is looked at, it answers nothing.
    server.look(silent);
}

#[test]
fn a_terminal_that_goes_away_ends_the_program() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let mut tty = Tty::start(&home, 80, &["register", server.url()]);
    tty.sees("Username: ").types("\u{4}").sees("Canceled. No account was created");
    assert_eq!(tty.ends(), 130);
}

#[test]
fn a_sign_out_asks_which_session_is_meant() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    for user in ["alice", "bob"] {
        server.look(|sandbox| sandbox.add_account(user, PASSWORD));
        home.ok(&["login", server.url(), "--username", user, "--password-stdin"], PASSWORD);
    }
    let mut tty = Tty::start(&home, 80, &["logout"]);
    tty.sees("Sign out of which session?")
        .sees("@bob:")
        .sees("@alice:")
        .types("2\r")
        .sees("Signed out @alice:");
    assert_eq!(tty.ends(), 0);
    assert!(tty.echoes());
    assert_eq!((server.devices("alice"), server.devices("bob")), (0, 1));
}

#[test]
fn a_name_of_several_sessions_is_asked_about_before_one_of_them_ends() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let sign_in = || {
        let args = ["login", server.url(), "--username=alice", "--password-stdin", "--keep-other", "--json"];
        let said = home.ok(&args, PASSWORD);
        let end: serde_json::Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
        end["device_id"].as_str().unwrap().to_owned()
    };
    let (older, newer) = (sign_in(), sign_in());
    let mut tty = Tty::start(&home, 120, &["logout", "--account", "alice"]);
    tty.sees("Sign out of which session?").sees(&newer).sees(&older).types("2\r");
    tty.sees("Signed out @alice:").sees(&older);
    assert_eq!(tty.ends(), 0);
    assert!(home.ok(&["accounts"], "").contains(&newer));
}

#[test]
fn what_is_set_off_is_so_only_where_there_are_colours() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let shown = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = home.command(args);
        command.env("TERM", "xterm").env("NO_COLOR", "").envs(variables.iter().copied());
        Tty::run(command, 80).rest().to_owned()
    };
    let (doctor, failure) = (["doctor", server.url()], ["doctor", "not a server"]);
    let told = shown(&doctor, &[]);
    assert!(told.contains("\x1b[1;32m\u{2713} ") && told.contains("\x1b[1m"), "{told}");
    assert!(!told.contains("[x]") && !told.contains("[ ]"), "{told}");
    assert!(shown(&failure, &[]).contains("\x1b[1;31mThis is not a server"));
    for variables in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let told = shown(&doctor, &[variables]);
        assert!(told.contains("[x]") && !told.contains('\x1b') && !told.contains('\u{2713}'), "{told}");
        assert!(!shown(&failure, &[variables]).contains('\x1b'), "{variables:?}");
    }
    let piped = home.command(&doctor).env("NO_COLOR", "").output().unwrap();
    assert!(said(&piped).contains("[x]") && !said(&piped).contains('\x1b'), "{}", said(&piped));
}
