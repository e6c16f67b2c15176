//! Several sign-ins at once: each callback finds its own, whoever else waits, was killed or is broken.

use std::fs;
use std::os::unix::fs::symlink;

use narthex_sandbox::{Config, browser};
use url::Url;

use crate::homeserver::Homeserver;
use crate::narthex::{Home, Json};
use crate::oauth::{ALICE, begin, ends_well, server_with};
use crate::sessions::{callback, get, returned};
use crate::spoken::Words;
use crate::{PASSWORD, TOKEN};

/// A home in which callbacks by the scheme are wanted.
fn home_with_handler() -> Home {
    let home = Home::new();
    fs::write(home.path().join("handler"), "").unwrap();
    home
}

/// Begins a sign-in whose browser comes back by the scheme; the page.
fn begin_by_scheme(home: &Home, server: &Homeserver, profile: &str) -> (Json, String) {
    let (run, page) = begin(home, server.url(), &["--paste", "--profile", profile]);
    assert!(page.contains("redirect_uri=example.narthex"), "{page}");
    (run, page)
}

fn delivers(home: &Home, callback: &Url) -> String {
    home.ok(&["deliver", callback.as_str()], "")
}

/// `Found D5`, `Found F5`.
#[test]
fn the_page_says_what_became_of_the_callback() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let mut run = Words::start(&home, &["login", server.url(), "--no-browser"]);
    let page = run.says("/authorize?");
    let callback = server.consent(page.trim(), ALICE);
    let mut foreign = callback.clone();
    foreign.set_query(Some("state=another&code=another"));
    for url in [foreign.as_str(), &format!("{}?", callback.as_str().split('?').next().unwrap())] {
        let shown = returned(url);
        assert!(shown.starts_with("HTTP/1.1 404") && shown.contains("does not belong"), "{shown}");
    }
    let shown = returned(callback.as_str());
    assert!(shown.starts_with("HTTP/1.1 200") && shown.contains("<h1>Done"), "{shown}");
    assert_eq!(run.ends().0, 0);

    let mut run = Words::start(&home, &["login", server.url(), "--no-browser"]);
    let page = run.says("/authorize?");
    let shown = returned(server.decline(page.trim(), ALICE).as_str());
    assert!(shown.starts_with("HTTP/1.1 200") && shown.contains("was cancelled"), "{shown}");
    assert_eq!(run.ends().0, 130);
}

/// `Found A4`.
#[test]
fn one_waits_in_the_browser_while_another_signs_in_by_password() {
    let (server, home) = (Homeserver::start(Config::sso), Home::new());
    server.look(|sandbox| sandbox.add_account("bob", PASSWORD));
    let mut waiting = home.json(&["login", server.url(), "--no-browser", "--sso"]);
    let page = Url::parse(waiting.screen("in_browser")["url"].as_str().unwrap()).unwrap();
    let said = home.ok(&["login", server.url(), "--username=bob", "--password-stdin"], PASSWORD);
    assert!(said.contains("Signed in as @bob"), "{said}");
    let form = server.browse(&browser::open(&page));
    get(&callback(&server, &page, &form));
    let end = waiting.end();
    assert_eq!(end["type"], "signed_in", "{end}");
    let listed = home.ok(&["accounts"], "");
    assert!(listed.contains("@alice:") && listed.contains("@bob:"), "{listed}");
}

/// Its first session is not there when the other begins, so that nobody knows to replace it.
#[test]
fn what_another_process_has_saved_meanwhile_is_said() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let mut waiting = Words::start(&home, &["login", server.url(), "--no-browser"]);
    let page = waiting.says("/authorize?");
    let mut program = home.json(&["login", server.url(), "--no-browser", "--browser"]);
    let other_page = program.screen("in_browser")["url"].as_str().unwrap().to_owned();
    crate::oauth::sign_in(&home, &server, server.url());
    let first = home.ok(&["accounts"], "").split(' ').nth(1).unwrap().to_owned();
    get(server.consent(page.trim(), ALICE).as_str());
    let (code, told) = waiting.ends();
    assert_eq!(code, 0, "{told}");
    let line = told.lines().find(|line| line.contains("meanwhile")).unwrap_or_else(|| panic!("{told}"));
    assert!(line.contains(&first) && !told.contains("Signed out"), "{told}");
    get(server.consent(&other_page, ALICE).as_str());
    let mut said = Vec::new();
    loop {
        let line = program.next();
        match line["type"].as_str().unwrap() {
            "saved_meanwhile" => said.push(line["device_id"].as_str().unwrap().to_owned()),
            "signed_in" => break,
            kind => assert_eq!(kind, "view", "{line}"),
        }
    }
    assert!(said.len() == 2 && said.contains(&first), "{said:?}");
    assert_eq!(server.oauth_sessions("alice"), 3);
    // One that was there before is replaced, as ever.
    assert!(!home.ok(&["login", "--again", "--account", &first], "").contains("meanwhile"));
}

/// `Found A4`: each browser finds its own, and what was killed is found again.
#[test]
fn two_wait_in_the_browser_and_one_of_them_is_killed() {
    let (server, home) = (server_with(|_| {}), home_with_handler());
    let (mut first, first_page) = begin_by_scheme(&home, &server, "default");
    let (second, second_page) = begin_by_scheme(&home, &server, "default");
    assert_ne!(first_page, second_page);
    second.kill();
    assert!(delivers(&home, &server.consent(&second_page, ALICE)).contains("Signed in as @alice"));
    delivers(&home, &server.consent(&first_page, ALICE));
    ends_well(&mut first);
    assert_eq!(server.oauth_sessions("alice"), 2);
    let (code, said) = home.fails(&["deliver", "example.narthex:/callback?state=1&code=2"], "");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("No sign-in waits"), "{said}");
}

/// `Found A8`.
#[test]
fn signing_in_again_leaves_an_unfinished_registration_as_it_is() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    let device = home.ok(&["accounts"], "").split(' ').nth(1).unwrap().to_owned();
    server.look(|sandbox| sandbox.kill_device("alice", &device));
    let register = ["register", server.url(), "--username=bob", "--password-stdin"];
    assert_eq!(home.fails(&register, PASSWORD).0, 17);
    let said = home.ok(&["login", "--again", "--username=alice", "--password-stdin"], PASSWORD);
    assert!(said.contains("Signed in as @alice"), "{said}");
    let with_token = ["register", server.url(), "--password-stdin", "--registration-token", TOKEN];
    let said = home.ok(&with_token, PASSWORD);
    assert!(said.contains("Signed in as @bob"), "{said}");
}

/// `Found D6`, `Found D7`.
#[test]
fn a_callback_finds_its_own_past_all_others() {
    let (server, home) = (server_with(|_| {}), home_with_handler());
    // A profile whose note of the place is damaged, which is made anew, one that nothing here unlocks, one of an odd name, one that is a
    // file, a link to nowhere, and one whose folder is somebody's photographs.
    for (profile, place) in
        [("aa-damaged", "nonsense"), ("ab-locked", "passphrase\n"), ("ac odd.name", "key-file\n")]
    {
        fs::create_dir(home.path().join(profile)).unwrap();
        fs::write(home.path().join(profile).join("place"), place).unwrap();
    }
    fs::write(home.path().join("ad-file"), "").unwrap();
    symlink("nowhere", home.path().join("ae-link")).unwrap();
    fs::create_dir(home.path().join("af-photographs")).unwrap();

    let (mut one, one_page) = begin_by_scheme(&home, &server, "one");
    let (mut two, two_page) = begin_by_scheme(&home, &server, "two");
    let (killed, killed_page) = begin_by_scheme(&home, &server, "zz-killed");
    killed.kill();
    let said = delivers(&home, &server.consent(&killed_page, ALICE));
    assert!(said.contains("Signed in as @alice"), "{said}");
    assert!(home.ok(&["accounts", "--profile", "zz-killed"], "").contains("@alice:"));
    for (run, page) in [(&mut two, two_page), (&mut one, one_page)] {
        assert_eq!(delivers(&home, &server.consent(&page, ALICE)), "");
        ends_well(run);
    }
    assert_eq!(server.oauth_sessions("alice"), 3);
    assert_eq!(fs::read_dir(home.path().join("af-photographs")).unwrap().count(), 0, "it is not ours");
    // It may have been for the one that is locked.
    let (code, said) = home.fails(&["deliver", "example.narthex:/callback?state=1&code=2"], "");
    assert_eq!(code, 16, "{said}");
    assert!(said.contains("Path: ") && said.contains("ab-locked"), "{said}");
}

/// `Found F5`, of a sign-in that was killed.
#[test]
fn a_sign_in_that_was_cancelled_in_the_browser_after_a_kill_is_over() {
    let (server, home) = (server_with(|_| {}), home_with_handler());
    let (run, page) = begin_by_scheme(&home, &server, "default");
    run.kill();
    let declined = server.decline(&page, ALICE);
    assert_eq!(home.fails(&["deliver", declined.as_str()], "").0, 130);
    let (code, said) = home.fails(&["deliver", declined.as_str()], "");
    assert_eq!(code, 1, "{said}");
}

/// One that stands still may be the one that waits for it.
#[test]
fn a_process_that_does_not_answer_is_told_of() {
    let (server, home) = (server_with(|_| {}), home_with_handler());
    let (run, page) = begin_by_scheme(&home, &server, "default");
    let callback = server.consent(&page, ALICE);
    let signal = |signal: &str| {
        let kill = format!("kill -{signal} {}", run.child.id());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    };
    signal("STOP");
    let (code, said) = home.fails(&["deliver", callback.as_str()], "");
    signal("CONT");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("does not answer"), "{said}");
}
