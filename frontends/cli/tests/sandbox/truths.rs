//! What a command says of what it did, and of what it did not do, is so.

use narthex_sandbox::Config;

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::Home;
use crate::oauth::server_with;

#[test]
fn a_session_that_is_still_valid_is_left_alone_and_the_password_was_not_used() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    let before = home.ok(&["accounts"], "");
    let again = ["login", "--again", "--username=alice", "--password-stdin"];
    let said = home.ok(&again, "wrong");
    assert!(
        said.contains("The session of @alice:") && said.contains("is still valid; nothing was done."),
        "{said}"
    );
    assert!(said.contains("The password was not used.") && !said.contains("Signed in"), "{said}");
    assert_eq!(home.ok(&["accounts"], ""), before);
    let said = home.ok(&[&again[..], &["--json"]].concat(), "wrong");
    assert!(said.contains("not_used") && said.contains("--password-stdin"), "{said}");
}

#[test]
fn a_replay_says_nothing_of_a_trace_that_nobody_asked_for() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let trace = home.path().join("trace.jsonl");
    let trace = trace.to_str().unwrap();
    home.ok(&["doctor", server.url(), "--trace", trace], "");
    for args in [&["replay", trace][..], &["replay", "/nowhere/missing"]] {
        let said = crate::narthex::said(&home.run(args, ""));
        assert!(!said.contains("No trace was written"), "{said}");
    }
    let other = home.path().join("other.jsonl");
    let said = crate::narthex::said(&home.run(&["replay", trace, "--trace", other.to_str().unwrap()], ""));
    assert!(said.contains("all identical") && said.contains("No trace was written"), "{said}");
}

#[test]
fn an_address_that_answers_nothing_is_no_name_that_exists() {
    let home = Home::new();
    for address in ["127.0.0.1:1", "http://127.0.0.1:1", "http://[::1]:1"] {
        let (code, said) = home.fails(&["login", address], "");
        assert!(code == 10 && !said.contains("name exists"), "{said}");
        assert!(said.contains("What to do: Check the address and the port."), "{said}");
        assert!(!said.contains("Problem with: the server"), "{said}");
    }
}

#[test]
fn under_a_path_that_the_server_does_not_know_it_is_the_path_that_is_wrong() {
    let (server, home) = (Homeserver::start(Config::open), Home::new());
    let base = format!("{}/foo/", server.url().trim_end_matches('/'));
    let (code, said) = home.fails(&["login", &base], "");
    assert!(code == 13 && !said.contains("There is no Matrix server"), "{said}");
    assert!(said.contains("/foo.") && said.contains("What to do: Check the path of the address."), "{said}");
    assert!(said.contains("Problem with: your input."), "{said}");
}

#[test]
fn a_command_that_took_too_long_says_in_a_sentence_what_it_waited_for() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let args = ["login", server.url(), "--browser", "--no-browser", "--timeout=2"];
    let (code, said) = home.fails(&args, "");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(code, 10, "{said}");
    let sentence = "Stopped after 2 seconds, as --timeout says, while waiting for the browser.";
    assert!(said.contains(sentence) && said.contains("run the same command again to resume it"), "{said}");
    assert_eq!(said.matches("Continue in your browser:").count(), 1, "{said}");
}
