//! Killed without a word at every step, and started again: nobody loses a session or ends up with two devices.

use serde_json::json;

use crate::browser::{Browser, arrive};
use crate::narthex::{Home, Json};
use crate::people::{begin, ends_well, sign_in};
use crate::proxy::{Held, Proxy};
use crate::server::owner;
use crate::servers::{Servers, servers, turned};

/// Goes on with whatever was left, until signed in.
fn finish(run: &mut Json, name: &str) {
    loop {
        let line = run.next();
        match line["screen"].as_str().unwrap_or_default() {
            "in_browser" => {
                arrive(&Browser::default().sign_in(line["url"].as_str().unwrap(), name));
                return drop(ends_well(run));
            }
            "problem" => run.intent("retry"),
            "welcome" if line["problem"].is_object() => {
                run.intent("retry");
            }
            "choose" => run.intent("sign_in_with_browser"),
            _ => assert_ne!(line["type"], "failed", "{line}"),
        }
        if line["type"] == "signed_in" {
            return;
        }
    }
}

fn is_whole(servers: &Servers, home: &Home, name: &str, when: &str) {
    let listed = home.ok(&["accounts"], "");
    assert_eq!(listed.matches(name).count(), 1, "{when}: {listed}");
    let (_, device) = owner(&servers.base, &home.ok(&["token"], "")).unwrap();
    assert_eq!(servers.devices(name), [device], "{when}");
}

#[test]
fn whoever_is_killed_while_the_program_asks_goes_on_where_they_were() {
    let Some(servers) = servers() else { return };
    for (path, at) in [
        ("/auth_metadata", Held::Asking),
        ("/oauth2/registration", Held::Asking),
        ("/oauth2/registration", Held::Answering),
        ("/oauth2/token", Held::Asking),
        ("/oauth2/token", Held::Answering),
        ("/account/whoami", Held::Asking),
        ("/account/whoami", Held::Answering),
    ] {
        let when = format!("{path} {at:?}");
        let proxy = Proxy::start(&servers.base, &servers.authorization);
        let (home, name) = (Home::new(), servers.person());
        proxy.hold(path, at);
        let mut run = home.json(&["login", &proxy.base, "--no-browser", "--browser"]);
        if !path.ends_with("registration") && !path.ends_with("metadata") {
            let page = run.screen("in_browser")["url"].as_str().unwrap().to_owned();
            arrive(&Browser::default().sign_in(&page, &name));
        }
        proxy.holds();
        run.kill();
        proxy.pass();
        finish(&mut home.json(&["login", &proxy.base, "--no-browser", "--browser"]), &name);
        is_whole(&servers, &home, &name, &when);
    }
}

#[test]
fn a_page_that_was_open_when_it_was_killed_still_leads_back() {
    let Some(servers) = servers() else { return };
    for pasted in [false, true] {
        let (home, name) = (Home::new(), servers.person());
        let (run, page) = begin(&home, &servers.base, &[]);
        run.kill();
        let callback = Browser::default().sign_in(&page, &name);
        let mut again = home.json(&["login", &servers.base, "--no-browser"]);
        let shown = again.screen("in_browser");
        assert_eq!(shown["url"], page, "the same page");
        if pasted {
            again.say(&json!({ "link": callback }));
        } else {
            // At the same port, or the browser would not find it.
            arrive(&callback);
        }
        ends_well(&mut again);
        is_whole(&servers, &home, &name, "in the browser");
    }
}

#[test]
fn whoever_is_killed_when_all_is_done_is_signed_in() {
    let Some(servers) = servers() else { return };
    let (home, name) = (Home::new(), servers.person());
    let (mut run, page) = begin(&home, &servers.base, &[]);
    arrive(&Browser::default().sign_in(&page, &name));
    run.screen("signed_in");
    run.kill();
    is_whole(&servers, &home, &name, "done");
}

#[test]
fn a_renewal_that_was_killed_is_done_again() {
    let Some(servers) = turned(&json!({ "accessTtl": 2 })) else { return };
    for (at, rotation) in
        [(Held::Asking, "tolerant"), (Held::Answering, "tolerant"), (Held::Asking, "strict")]
    {
        servers.turn(&json!({ "rotation": rotation }));
        let proxy = Proxy::start(&servers.base, &servers.authorization);
        let (home, name) = (Home::new(), servers.person());
        sign_in(&home, &proxy.base, &name);
        for command in ["token", "whoami"] {
            // The access token expires.
            std::thread::sleep(std::time::Duration::from_millis(2500));
            proxy.hold(if command == "token" { "/oauth2/token" } else { "/account/whoami" }, at);
            let mut child = home.command(&[command]).stdin(std::process::Stdio::null()).spawn().unwrap();
            proxy.holds();
            child.kill().unwrap();
            child.wait().unwrap();
            proxy.pass();
            is_whole(&servers, &home, &name, &format!("{command} {at:?} {rotation}"));
        }
    }
}

#[test]
fn a_sign_out_that_was_killed_is_finished_by_the_next() {
    let Some(servers) = servers() else { return };
    for at in [Held::Asking, Held::Answering] {
        let proxy = Proxy::start(&servers.base, &servers.authorization);
        let (home, name) = (Home::new(), servers.person());
        sign_in(&home, &proxy.base, &name);
        proxy.hold("/oauth2/revoke", at);
        let mut child = home.command(&["logout"]).stdin(std::process::Stdio::null()).spawn().unwrap();
        proxy.holds();
        child.kill().unwrap();
        child.wait().unwrap();
        proxy.pass();
        assert!(home.ok(&["accounts"], "").contains(&name), "{at:?}");
        home.ok(&["logout"], "");
        assert!(servers.devices(&name).is_empty(), "{at:?}");
        assert!(!home.ok(&["accounts"], "").contains(&name), "{at:?}");
    }
}
