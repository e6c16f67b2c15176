//! Accounts are made, whatever the server asks for; and it is said why when they are not.

use narthex_sandbox::Config;

use crate::homeserver::Homeserver;
use crate::narthex::Home;
use crate::{PASSWORD, TOKEN};

fn by_flags(server: &Homeserver, more: &[&str]) -> Home {
    let home = Home::new();
    let args = [&["register", server.url(), "--username=alice", "--password-stdin"], more].concat();
    let said = home.ok(&args, PASSWORD);
    assert!(said.contains("@alice:"), "{said}");
    let token = home.ok(&["token"], "");
    assert!(server.owner(&token).unwrap().contains("alice"));
    home
}

fn fails(server: &Homeserver, more: &[&str]) -> (i32, String) {
    let args = [&["register", server.url(), "--username=alice", "--password-stdin"], more].concat();
    Home::new().fails(&args, PASSWORD)
}

#[test]
fn flags_answer_what_is_asked() {
    by_flags(&Homeserver::start(Config::open), &[]);
    by_flags(&Homeserver::start(Config::token), &["--registration-token", TOKEN]);
    by_flags(&Homeserver::start(Config::terms), &["--accept-terms"]);
}

#[test]
fn a_missing_flag_is_named() {
    for (config, flag) in
        [(Config::token as fn(_) -> _, "--registration-token"), (Config::terms, "--accept-terms")]
    {
        let (code, said) = fails(&Homeserver::start(config), &[]);
        assert_eq!(code, 17, "{said}");
        assert!(said.contains(flag), "{said}");
    }
    let server = Homeserver::start(Config::email);
    let (code, said) = fails(&server, &[]);
    assert_eq!(code, 17, "{said}");
    assert!(said.contains("--email"), "{said}");
    for (args, flag) in [
        (&["register", server.url()][..], "--username"),
        (&["register", server.url(), "--username=alice"], "--password-stdin"),
        (&["register"], "Name it after the command"),
        (&["login", server.url()], "--password-stdin"),
    ] {
        let (code, said) = Home::new().fails(args, "");
        assert_eq!(code, 17, "{said}");
        assert!(said.contains(flag), "{said}");
    }
}

#[test]
fn a_wrong_token_and_a_taken_name_are_refused() {
    let server = Homeserver::start(Config::token);
    let (code, said) = fails(&server, &["--registration-token=wrong"]);
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("not valid") && said.contains("What to do: "), "{said}");
    server.look(|sandbox| sandbox.add_account("alice", "x"));
    let (code, said) = fails(&server, &["--registration-token", TOKEN]);
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("taken") && said.contains("M_USER_IN_USE"), "{said}");
}

#[test]
fn a_closed_server_says_so() {
    let server = Homeserver::start(Config::disabled);
    let (code, said) = fails(&server, &[]);
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("no new accounts"), "{said}");
    assert!(Home::new().ok(&["doctor", server.url()], "").contains("registration is disabled"));
}

#[test]
fn a_mailed_link_and_a_captcha_and_all_the_rest_are_passed() {
    for config in [Config::email as fn(_) -> _, Config::recaptcha, Config::everything] {
        let (server, home) = (Homeserver::start(config), Home::new());
        let mut run = home.json(&["register", server.url(), "--no-browser"]);
        let end = server.answer_everything(&mut run, "alice");
        assert_eq!(end["type"], "signed_in", "{end}");
        assert!(home.ok(&["whoami"], "").contains("@alice:"));
    }
}

#[test]
fn an_address_flag_waits_for_the_link() {
    let (server, home) = (Homeserver::start(Config::email), Home::new());
    std::thread::scope(|scope| {
        scope.spawn(|| server.open_mailed_link("a@example.invalid"));
        let email = "--email=a@example.invalid";
        home.ok(&["register", server.url(), "--username=alice", "--password-stdin", email], PASSWORD);
    });
}

#[test]
fn an_account_that_awaits_approval_has_an_end_of_its_own() {
    let server = Homeserver::with(Config::open, |config| config.approval_required = true);
    let (code, said) = fails(&server, &[]);
    assert_eq!(code, 18, "{said}");
    assert!(said.contains("approve"), "{said}");
}

#[test]
fn the_doctor_tells_what_a_server_needs() {
    let said = Home::new().ok(&["doctor", Homeserver::start(Config::everything).url()], "");
    for words in ["a registration token", "a captcha", "accepting the terms", "e-mail address", "- password"]
    {
        assert!(said.contains(words), "{words} in {said}");
    }
    let nobody = Homeserver::with(Config::disabled, |config| config.login = None);
    let (code, said) = Home::new().fails(&["doctor", nobody.url()], "");
    assert_eq!(code, 13, "{said}");
    assert!(said.contains("Admin:"), "{said}");
    let (code, said) = Home::new().fails(&["doctor", "http://127.0.0.1:9/"], "");
    assert_eq!(code, 10, "{said}");
    assert!(said.contains("does not accept connections"), "{said}");
}
