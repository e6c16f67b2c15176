//! What is asked for wins over what an earlier run left unfinished; and nothing unfinished is lost by it.

use narthex_sandbox::{Config, browser};
use url::Url;

use crate::homeserver::Homeserver;
use crate::narthex::Home;
use crate::oauth::{begin, ends_well, server_with};
use crate::sessions::{callback, get};
use crate::spoken::Words;
use crate::{PASSWORD, TOKEN};

const OTHER: &str = "another horse, another battery";

/// Registers as far as without a token; the rest is for another run.
fn begins(home: &Home, server: &Homeserver, user: &str, password: &str) {
    let args = ["register", server.url(), "--username", user, "--password-stdin"];
    let (code, said) = home.fails(&args, password);
    assert!(code == 17 && said.contains("--registration-token"), "{said}");
}

fn signs_in(home: &Home, server: &Homeserver, user: &str, password: &str) {
    home.ok(&["login", server.url(), "--username", user, "--password-stdin"], password);
}

/// `Found A1`.
#[test]
fn an_account_of_somebody_else_is_another_registration_and_what_was_unfinished_is_kept() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    begins(&home, &server, "alice", PASSWORD);
    let bob = ["register", server.url(), "--username=bob", "--password-stdin", "--registration-token", TOKEN];
    let output = home.run(&bob, OTHER);
    let said = crate::narthex::said(&output);
    assert!(output.status.success() && said.contains("Signed in as @bob:"), "{said}");
    assert!(said.contains("An unfinished registration of alice on"), "{said}");
    assert!(said.contains(&format!("narthex register {} --username alice", server.url())), "{said}");
    signs_in(&Home::new(), &server, "bob", OTHER);
    // And alice goes on where she was.
    let alice = ["register", server.url(), "--username=alice", "--registration-token", TOKEN];
    let output = home.run(&alice, "");
    let said = crate::narthex::said(&output);
    assert!(said.contains("Resuming the registration of alice on"), "{said}");
    assert!(said.contains("Signed in as @alice:"), "{said}");
    signs_in(&Home::new(), &server, "alice", PASSWORD);
    assert!(!crate::narthex::said(&home.run(&alice, "")).contains("Resuming"), "it is finished");
}

/// `Found A1`, for a server that is typed as a user id, and for programs.
#[test]
fn whoever_is_named_in_any_form_is_who_is_meant() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    begins(&home, &server, "alice", PASSWORD);
    let host = server.url().trim_start_matches("http://").trim_end_matches('/');
    let mut run = home.json(&["register", &format!("@bob:{host}")]);
    let left = run.next();
    assert_eq!(
        (&left["type"], &left["user"], &left["way"]),
        (&"unfinished".into(), &"alice".into(), &"create_account".into())
    );
    assert_eq!(left["task"], "register");
    assert!(run.screen("register_form").get("username").is_none_or(|name| name != "alice"));
    drop(run);
    let mut run = home.json(&["register", &format!("@alice:{host}")]);
    let paused = run.screen("paused");
    assert_eq!((&paused["user"], &paused["answered_by_flag"]), (&"alice".into(), &true.into()));
    run.screen("registration_token");
}

/// `Found A2`.
#[test]
fn another_password_is_the_one_that_the_account_gets() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    begins(&home, &server, "alice", PASSWORD);
    let args =
        ["register", server.url(), "--username=alice", "--password-stdin", "--registration-token", TOKEN];
    home.ok(&args, OTHER);
    let (code, said) =
        Home::new().fails(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
    assert_eq!(code, 11, "{said}");
    signs_in(&Home::new(), &server, "alice", OTHER);
    assert!(!home.ok(&["status"], "").contains("unfinished"), "what was begun before is over");
}

/// The same command with the flag that was missing: docs/src/bots.md.
#[test]
fn the_same_command_goes_on_where_it_stopped() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    begins(&home, &server, "alice", PASSWORD);
    let args =
        ["register", server.url(), "--username=alice", "--password-stdin", "--registration-token", TOKEN];
    let output = home.run(&args, PASSWORD);
    let said = crate::narthex::said(&output);
    assert!(
        said.contains("Resuming the registration of alice") && said.contains("Signed in as @alice:"),
        "{said}"
    );
}

fn single_sign_on() -> Homeserver {
    let server = Homeserver::start(Config::sso);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    server
}

/// `Found A3`: a browser was opened, and now the flags say another way.
#[test]
fn the_flags_say_how_to_sign_in_whatever_was_opened_before() {
    let (server, home) = (single_sign_on(), Home::new());
    server.look(|sandbox| sandbox.add_account("bob", PASSWORD));
    let mut run = home.json(&["login", server.url(), "--no-browser", "--sso=oidc-github"]);
    let page = run.screen("in_browser")["url"].as_str().unwrap().to_owned();
    run.kill();
    let said = home.run(&["login", server.url(), "--username=bob", "--password-stdin"], PASSWORD);
    let said = crate::narthex::said(&said);
    assert!(said.contains("Signed in as @bob:"), "{said}");
    assert!(said.contains("--sso=oidc-github” resumes it"), "{said}");
    let mut run = home.json(&["login", server.url(), "--no-browser", "--sso=oidc-uni"]);
    assert!(run.screen("in_browser")["url"].as_str().unwrap().contains("oidc-uni"));
    run.kill();
    let (code, said) = home.fails(&["login", server.url(), "--login-token-stdin"], "nonsense");
    assert!(code == 11 && said.contains("login token"), "{said}");
    // It has lost nothing by that.
    let mut run = home.json(&["login", server.url(), "--no-browser", "--sso=oidc-github"]);
    assert_eq!(run.screen("in_browser")["url"], page);
    let page = Url::parse(&page).unwrap();
    get(&callback(&server, &page, &server.browse(&browser::open(&page))));
    ends_well(&mut run);
}

/// `Found A3`, on a server with OAuth 2.0.
#[test]
fn a_code_is_shown_although_a_browser_was_opened_before() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let (run, page) = begin(&home, server.url(), &[]);
    run.kill();
    let mut run = home.json(&["login", server.url(), "--device"]);
    assert_eq!(run.next()["type"], "unfinished");
    run.screen("user_code");
    run.kill();
    let host = server.url().trim_start_matches("http://").trim_end_matches('/');
    let alice = format!("--username=@alice:{host}");
    let mut run = home.json(&["login", host, "--browser", "--no-browser", &alice]);
    let other = run.screen("in_browser")["url"].as_str().unwrap().to_owned();
    assert_ne!(other, page, "nobody was named for the page that was opened");
    run.kill();
    assert_eq!(
        begin(&home, server.url(), &[]).1.split_once("state=").unwrap().0,
        page.split_once("state=").unwrap().0
    );
}

/// `Found A4`.
#[test]
fn two_who_sign_in_at_once_do_not_meet() {
    let (server, home) = (single_sign_on(), Home::new());
    server.look(|sandbox| sandbox.add_account("bob", PASSWORD));
    let mut waits = home.json(&["login", server.url(), "--no-browser", "--sso"]);
    let page = Url::parse(waits.screen("in_browser")["url"].as_str().unwrap()).unwrap();
    signs_in(&home, &server, "bob", PASSWORD);
    // Another waits as well, and is killed.
    let mut other = home.json(&["login", server.url(), "--no-browser", "--sso"]);
    assert_ne!(other.screen("in_browser")["url"], page.as_str());
    other.kill();
    get(&callback(&server, &page, &server.browse(&browser::open(&page))));
    ends_well(&mut waits);
    let listed = home.ok(&["accounts"], "");
    assert!(listed.contains("@alice:") && listed.contains("@bob:"), "{listed}");
}

/// `Found A8`.
#[test]
fn signing_in_again_leaves_an_unfinished_registration_alone() {
    let (server, home) = (Homeserver::start(Config::token), Home::new());
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    signs_in(&home, &server, "alice", PASSWORD);
    begins(&home, &server, "bob", OTHER);
    server
        .look(|sandbox| sandbox.reconfigure(|config| config.login.as_mut().unwrap().sso = Some(Vec::new())));
    let device = home.ok(&["accounts"], "").split(' ').nth(1).unwrap().to_owned();
    server.look(|sandbox| sandbox.kill_device("alice", &device));
    let mut run = home.json(&["login", "--again", "--sso", "--no-browser"]);
    run.screen("in_browser");
    run.kill();
    home.ok(&["login", "--again", "--username=alice", "--password-stdin"], PASSWORD);
    let said = home.run(&["register", server.url(), "--username=bob", "--registration-token", TOKEN], "");
    let said = crate::narthex::said(&said);
    assert!(
        said.contains("Resuming the registration of bob") && said.contains("Signed in as @bob:"),
        "{said}"
    );
}

/// `Found C15`.
#[test]
fn the_page_of_single_sign_on_is_shown_and_the_address_is_taken_later() {
    let (server, home) = (single_sign_on(), Home::new());
    server.look(|sandbox| sandbox.reconfigure(|config| config.login.as_mut().unwrap().password = false));
    let paste = ["login", server.url(), "--paste", "--no-browser"];
    let (code, said) = home.fails(&paste, "");
    assert_eq!(code, 17, "{said}");
    let page = said.lines().find(|line| line.contains("/login/sso/redirect")).unwrap().trim().to_owned();
    let page = Url::parse(&page).unwrap();
    let address = callback(&server, &page, &server.browse(&browser::open(&page)));
    let output = home.run(&paste, &format!("{address}\n"));
    let said = crate::narthex::said(&output);
    assert!(output.status.success() && said.contains("Signed in as @alice:"), "{said}");

    // Or in one go.
    let home = Home::new();
    let mut run = Words::start(&home, &paste);
    let page = Url::parse(run.says("/login/sso/redirect").trim()).unwrap();
    run.is_told(&callback(&server, &page, &server.browse(&browser::open(&page))));
    assert_eq!(run.ends().0, 0);
}
