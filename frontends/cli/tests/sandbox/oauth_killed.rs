//! Killed without a word at every step of a sign-in by OAuth 2.0, and started again.

use std::process::Stdio;

use serde_json::json;

use crate::homeserver::{Homeserver, grow_old};
use crate::narthex::{Home, Json};
use crate::oauth::{ALICE, begin, ends_well, server_with, sign_in};
use crate::proxy::{Held, Proxy};
use crate::sessions::get;

fn finish(run: &mut Json, server: &Homeserver) {
    loop {
        let line = run.next();
        match line["screen"].as_str().unwrap_or_default() {
            "in_browser" => {
                get(server.consent(line["url"].as_str().unwrap(), ALICE).as_str());
                return ends_well(run);
            }
            "problem" => run.intent("retry"),
            _ => assert_ne!(line["type"], "failed", "{line}"),
        }
        if line["type"] == "signed_in" {
            return;
        }
    }
}

fn is_whole(server: &Homeserver, home: &Home, when: &str) {
    let listed = home.ok(&["accounts"], "");
    assert_eq!(listed.matches("@alice:").count(), 1, "{when}: {listed}");
    assert!(server.owner(&home.ok(&["token"], "")).is_some(), "{when}");
    assert_eq!((server.oauth_sessions("alice"), server.devices("alice")), (1, 1), "{when}");
}

#[test]
fn whoever_is_killed_while_the_program_asks_goes_on_where_they_were() {
    for (path, at) in [
        ("/auth_metadata", Held::Asking),
        ("/oauth2/registration", Held::Asking),
        ("/oauth2/registration", Held::Answering),
        ("/oauth2/token", Held::Asking),
        ("/oauth2/token", Held::Answering),
        ("/account/whoami", Held::Asking),
        ("/account/whoami", Held::Answering),
    ] {
        let (server, home) = (server_with(|_| {}), Home::new());
        let proxy = Proxy::start(server.url(), &format!("{}auth", server.url()));
        proxy.hold(path, at);
        let args = ["login", &proxy.base, "--no-browser", "--browser"];
        let mut run = home.json(&args);
        if !path.ends_with("registration") && !path.ends_with("metadata") {
            let page = run.screen("in_browser")["url"].as_str().unwrap().to_owned();
            get(server.consent(&page, ALICE).as_str());
        }
        proxy.holds();
        run.kill();
        proxy.pass();
        finish(&mut home.json(&args), &server);
        is_whole(&server, &home, &format!("{path} {at:?}"));
    }
}

#[test]
fn a_page_that_was_open_when_it_was_killed_still_leads_back() {
    for pasted in [false, true] {
        let (server, home) = (server_with(|_| {}), Home::new());
        let (run, page) = begin(&home, server.url(), &[]);
        run.kill();
        let callback = server.consent(&page, ALICE);
        let mut again = home.json(&["login", server.url(), "--no-browser"]);
        assert_eq!(again.screen("in_browser")["url"], page, "the same page");
        if pasted {
            again.say(&json!({ "link": callback }));
        } else {
            get(callback.as_str());
        }
        ends_well(&mut again);
        is_whole(&server, &home, "in the browser");
    }
}

#[test]
fn a_code_that_was_shown_is_shown_again() {
    let (server, home) = (server_with(|_| {}), Home::new());
    let mut run = home.json(&["login", server.url(), "--device"]);
    let code = run.screen("user_code")["user_code"].as_str().unwrap().to_owned();
    run.kill();
    server.enter_code(&code, ALICE, true);
    let mut again = home.json(&["login", server.url()]);
    assert_eq!(again.screen("user_code")["user_code"], code.as_str());
    ends_well(&mut again);
    is_whole(&server, &home, "with a code");
}

#[test]
fn a_renewal_that_was_killed_is_done_again() {
    for at in [Held::Asking, Held::Answering] {
        let (server, home) = (server_with(|_| {}), Home::new());
        let proxy = Proxy::start(server.url(), &format!("{}auth", server.url()));
        sign_in(&home, &server, &proxy.base);
        grow_old(&home);
        proxy.hold("/oauth2/token", at);
        let mut child = home.command(&["token"]).stdin(Stdio::null()).spawn().unwrap();
        proxy.holds();
        child.kill().unwrap();
        child.wait().unwrap();
        proxy.pass();
        is_whole(&server, &home, &format!("{at:?}"));
    }
}
