//! Signing in through the browser or by a code, at a server with OAuth 2.0.

use std::io::BufRead as _;
use std::time::Duration;

use narthex_sandbox::{Config, DeviceGrant, OauthConfig, Person};
use serde_json::{Value, json};
use url::Url;

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::{Home, Json, said};
use crate::sessions::get;
use crate::spoken::Words;

pub(crate) const ALICE: Person<'_> = Person::signing_in("alice", PASSWORD);

/// A server on which alice has an account.
pub(crate) fn server_with(change: impl FnOnce(&mut OauthConfig)) -> Homeserver {
    let server = Homeserver::with(Config::oauth, |config| change(config.oauth.as_mut().unwrap()));
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    server
}

/// Begins to sign in; the page for the browser.
pub(crate) fn begin(home: &Home, base: &str, more: &[&str]) -> (Json, String) {
    let way = if more.contains(&"--paste") { &[][..] } else { &["--browser"] };
    let mut run = home.json(&[&["login", base, "--no-browser"], way, more].concat());
    let page = run.screen("in_browser")["url"].as_str().unwrap().to_owned();
    (run, page)
}

pub(crate) fn sign_in(home: &Home, server: &Homeserver, base: &str) {
    let (mut run, page) = begin(home, base, &[]);
    get(server.consent(&page, ALICE).as_str());
    ends_well(&mut run);
}

pub(crate) fn ends_well(run: &mut Json) {
    let end = run.end();
    assert_eq!(end["type"], "signed_in", "{end}");
}

#[test]
fn a_person_signs_in_in_the_browser() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let mut run = Words::start(&home, &["login", server.url(), "--no-browser"]);
    let page = run.says("/authorize?");
    get(server.consent(page.trim(), ALICE).as_str());
    let (code, said) = run.ends();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("Signed in as @alice:"), "{said}");
    assert!(home.ok(&["whoami"], "").contains("@alice:"));
    assert!(server.owner(&home.ok(&["token"], "")).is_some());
}

#[test]
fn an_account_is_made_in_the_browser() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let mut run = Words::start(&home, &["register", server.url(), "--no-browser"]);
    let page = run.says("/authorize?");
    assert!(page.contains("prompt=create"), "{page}");
    get(server.consent(page.trim(), Person::registering("bob", PASSWORD)).as_str());
    let (code, said) = run.ends();
    assert_eq!(code, 0, "{said}");
    assert!(home.ok(&["whoami"], "").contains("@bob:"));
}

#[test]
fn a_closed_server_says_so_before_any_browser() {
    let (server, home) = (server_with(|oauth| oauth.registration = false), Home::new());
    let (code, said) = home.fails(&["register", server.url()], "");
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("takes no new accounts") && !said.contains("/authorize"), "{said}");
}

#[test]
fn only_the_right_callback_counts_however_it_comes() {
    for pasted in [false, true] {
        let (server, home) = (server_with(|oauth| oauth.iss = true), Home::new());
        let (mut run, page) = begin(&home, server.url(), if pasted { &["--paste"][..] } else { &[] });
        let callback = server.consent(&page, ALICE);
        for (parameter, value) in [("state", "another"), ("unknown", "x")] {
            let mut foreign = callback.clone();
            let pairs: Vec<_> = callback.query_pairs().into_owned().collect();
            let pairs = pairs.into_iter().filter(|(key, _)| key != "state" && key != parameter);
            foreign.query_pairs_mut().clear().extend_pairs(pairs).append_pair(parameter, value);
            run.say(&json!({ "callback": foreign }));
        }
        run.say(&json!({ "callback": "nonsense" }));
        run.intent("check_now");
        while run.next()["type"] != "not_offered" {}
        if pasted {
            run.say(&json!({ "link": format!("  {callback} ") }));
        } else {
            get(callback.as_str());
        }
        ends_well(&mut run);
        assert_eq!(server.devices("alice"), 1);
    }
}

#[test]
fn whoever_cancels_in_the_browser_is_back_at_the_choice_without_a_word() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let (mut run, page) = begin(&home, server.url(), &[]);
    get(server.decline(&page, ALICE).as_str());
    let choice = run.screen("choose");
    assert!(choice.get("problem").is_none(), "{choice}");
    drop(run);

    for command in ["login", "register"] {
        let mut run = Words::start(&home, &[command, server.url(), "--no-browser"]);
        let page = run.says("/authorize?");
        get(server.decline(page.trim(), ALICE).as_str());
        let (code, said) = run.ends();
        assert_eq!(code, 130, "{said}");
        assert!(!said.contains("What to do"), "{said}");
    }

    // Also when an earlier run had opened the page.
    let (run, page) = begin(&home, server.url(), &[]);
    run.kill();
    let mut run = Words::start(&home, &["login", server.url(), "--no-browser"]);
    run.says("/authorize?");
    get(server.decline(&page, ALICE).as_str());
    assert_eq!(run.ends().0, 130);
}

#[test]
fn a_way_that_the_server_has_not_is_said_to_be_none() {
    let (server, home) = (server_with(|oauth| oauth.device_grant = None), Home::new());
    server.look(|sandbox| sandbox.reconfigure(|config| config.login.as_mut().unwrap().password = false));
    let password = ["login", server.url(), "--username=alice", "--password-stdin"];
    for (args, input) in [(&password[..], PASSWORD), (&["login", server.url(), "--device"], "")] {
        let (code, said) = home.fails(args, input);
        assert_eq!(code, 13, "{said}");
        assert!(said.contains("narthex doctor") || said.contains("--browser"), "{said}");
    }
    // What people used to say for the browser is understood.
    let mut run = home.json(&["login", server.url(), "--sso", "--no-browser"]);
    run.screen("in_browser");
    let (legacy, mut run) = (Homeserver::start(Config::sso), None);
    let opened = run.insert(home.json(&["login", legacy.url(), "--browser", "--no-browser"]));
    assert!(opened.screen("in_browser")["url"].as_str().unwrap().contains("/login/sso/redirect"));
    let (code, said) = home.fails(&["login", Homeserver::start(Config::open).url(), "--browser"], "");
    assert_eq!(code, 13, "{said}");
}

fn with_codes(lifetime: u64, complete: bool) -> Homeserver {
    let grant = DeviceGrant {
        lifetime: Duration::from_secs(lifetime),
        interval: Duration::from_secs(1),
        complete,
        slow_down: true,
    };
    server_with(|oauth| oauth.device_grant = Some(grant))
}

fn text(view: &Value, field: &str) -> String {
    view[field].as_str().unwrap_or_else(|| panic!("no {field}: {view}")).to_owned()
}

#[test]
fn a_code_is_entered_elsewhere() {
    let (server, home) = (with_codes(600, false), Home::new());
    let mut run = home.json(&["login", server.url(), "--device"]);
    let shown = run.screen("user_code");
    assert!(shown["until"].is_u64() && shown.get("verification_uri_complete").is_none(), "{shown}");
    run.intent("check_now");
    server.enter_code(&text(&shown, "user_code"), ALICE, true);
    ends_well(&mut run);
    assert_eq!(server.oauth_sessions("alice"), 1);
}

#[test]
fn without_a_display_the_code_is_what_is_chosen() {
    let (server, home) = (with_codes(600, false), Home::new());
    let mut run = Words::start(&home, &["login", server.url()]);
    run.says("enter the code");
    let code = run.says("Code: ");
    let code = code.split(' ').nth(1).unwrap();
    // Another device has somebody else at it, who says no.
    server.enter_code(code, ALICE, false);
    let (code, said) = run.ends();
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("declined"), "{said}");
}

#[test]
fn a_code_that_is_too_old_is_replaced() {
    let (server, home) = (with_codes(1, false), Home::new());
    let mut run = home.json(&["login", server.url(), "--device"]);
    let first = text(&run.screen("user_code"), "user_code");
    let problem = run.screen("problem");
    assert_eq!(problem["failure"]["what"], "user_code", "{problem}");
    run.intent("retry");
    assert_ne!(text(&run.screen("user_code"), "user_code"), first);
    assert_eq!(home.fails(&["login", server.url(), "--device"], "").0, 12);
}

#[test]
fn a_trace_of_it_replays_and_holds_no_secret() {
    for way in ["--browser", "--device"] {
        let (server, home) = (with_codes(600, true), Home::new());
        let trace = home.path().join("trace.jsonl");
        let trace = trace.to_str().unwrap();
        let mut run = home.json(&["login", server.url(), way, "--no-browser", "--trace", trace]);
        let mut secrets = vec![PASSWORD.to_owned()];
        if way == "--browser" {
            let callback = server.consent(&text(&run.screen("in_browser"), "url"), ALICE);
            get(callback.as_str());
            secrets.push(of(&callback, "code"));
        } else {
            let code = text(&run.screen("user_code"), "user_code");
            server.enter_code(&code, ALICE, true);
            secrets.push(code);
        }
        ends_well(&mut run);
        drop(run);
        let again = home.path().join("again.jsonl");
        let whoami = home.run(&["whoami", "--trace", again.to_str().unwrap()], "");
        secrets.push(home.ok(&["token"], ""));
        for trace in [trace, again.to_str().unwrap()] {
            let content = std::fs::read_to_string(trace).unwrap();
            for secret in secrets.iter().map(String::as_str).chain(["mat_", "mar_"]) {
                assert!(!content.contains(secret), "{way}: {secret} is in the trace");
                assert!(!said(&whoami).contains(secret), "{way}: {secret} was printed");
            }
            let replayed = home.ok(&["replay", trace], "");
            assert!(replayed.contains("all identical"), "{way}: {replayed}");
        }
    }
}

fn of(url: &Url, parameter: &str) -> String {
    url.query_pairs().find(|(key, _)| key == parameter).unwrap().1.into_owned()
}

#[test]
fn an_address_may_come_by_a_pipe() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let mut run = Words::start(&home, &["login", server.url(), "--paste", "--no-browser"]);
    let page = run.says("/authorize?");
    run.is_told("nonsense");
    run.is_told(server.consent(page.trim(), ALICE).as_str());
    let (code, said) = run.ends();
    assert_eq!(code, 0, "{said}");
}

/// A script opens the page in one run, and brings the address in another.
#[test]
fn whoever_says_no_address_may_bring_it_later() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let paste = ["login", server.url(), "--paste", "--no-browser"];
    let mut page = String::new();
    for input in ["", "nonsense\n"] {
        let (code, said) = home.fails(&paste, input);
        let why = if input.is_empty() { "callback address is missing" } else { "not the callback" };
        assert!(code == 17 && said.contains(why), "{said}");
        let shown = said.lines().find(|line| line.contains("/authorize?")).unwrap().trim().to_owned();
        assert!(page.is_empty() || page == shown, "it is still the same sign-in");
        page = shown;
    }
    let output = home.run(&[&paste[..], &["--json"]].concat(), "");
    let end: Value =
        serde_json::from_slice(output.stdout.lines().last().unwrap().unwrap().as_bytes()).unwrap();
    assert_eq!((&end["question"], &end["intent"]), (&json!("callback"), &Value::Null), "{end}");

    let address = server.consent(&page, ALICE);
    home.ok(&paste, &format!("{address}\n"));
    assert!(home.ok(&["whoami"], "").contains("@alice:"));
}
