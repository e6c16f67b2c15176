//! Signing in again where the server has ended the session: as the same person, on the same device.

use serde_json::Value;

use crate::browser::{Browser, arrive};
use crate::narthex::Home;
use crate::people::{ends_well, sign_in, signed_in};
use crate::proxy::{Held, Proxy};
use crate::server::owner;
use crate::servers::servers;
use crate::spoken::Words;

fn device(home: &Home) -> String {
    let told: Value = serde_json::from_str(&home.ok(&["accounts", "--json"], "")).unwrap();
    assert_eq!(told["accounts"].as_array().unwrap().len(), 1, "{told}");
    told["accounts"][0]["device_id"].as_str().unwrap().to_owned()
}

#[test]
fn whoever_signs_in_again_is_on_the_same_device() {
    let Some(servers) = servers() else { return };
    let (home, name) = signed_in(&servers);
    let before = device(&home);
    servers.end_sessions(&name);
    let mut run = Words::start(&home, &["login", "--again", "--no-browser"]);
    let page = run.says("/authorize?");
    assert!(page.contains("login_hint="), "{page}");
    arrive(&Browser::default().sign_in(page.trim(), &name));
    let (code, said) = run.ends();
    assert_eq!(code, 0, "{said}");
    assert_eq!((device(&home), servers.devices(&name)), (before.clone(), vec![before]));
    assert!(owner(&servers.base, &home.ok(&["token"], "")).is_some());
}

#[test]
fn a_session_that_is_still_good_needs_no_browser() {
    let Some(servers) = servers() else { return };
    let (home, name) = signed_in(&servers);
    let before = home.ok(&["token"], "");
    let said = home.ok(&["login", "--again", "--no-browser"], "");
    assert!(said.contains(&format!("@{name}:")) && said.contains("still valid"), "{said}");
    assert_eq!(home.ok(&["token"], ""), before);
}

#[test]
fn another_account_is_refused_and_its_session_is_ended() {
    let Some(servers) = servers() else { return };
    let (home, name) = signed_in(&servers);
    let before = device(&home);
    servers.end_sessions(&name);
    let other = servers.person();
    let mut run = home.json(&["login", "--again", "--browser", "--no-browser"]);
    let page = run.screen("in_browser")["url"].as_str().unwrap().to_owned();
    arrive(&Browser::default().sign_in(&page, &other));
    let choice = run.screen("choose");
    let wrong = &choice["problem"]["refusal"]["wrong_account"];
    assert!(wrong["found"].as_str().unwrap().contains(&other), "{choice}");
    assert!(wrong["expected"].as_str().unwrap().contains(&name), "{choice}");
    assert!(servers.devices(&other).is_empty());
    run.intent("sign_in_with_browser");
    let page = run.screen("in_browser")["url"].as_str().unwrap().to_owned();
    arrive(&Browser::default().sign_in(&page, &name));
    ends_well(&mut run);
    assert_eq!(device(&home), before);

    // A script is told what to do.
    servers.end_sessions(&name);
    let mut run = Words::start(&home, &["login", "--again", "--no-browser"]);
    let page = run.says("/authorize?");
    arrive(&Browser::default().sign_in(page.trim(), &other));
    let (code, said) = run.ends();
    assert_eq!(code, 11, "{said}");
    assert!(said.contains(&format!("not as @{name}")) && said.contains("What to do"), "{said}");
    assert!(servers.devices(&other).is_empty());
}

#[test]
fn whoever_is_killed_while_signing_in_again_comes_back_to_the_same_device() {
    let Some(servers) = servers() else { return };
    for (path, at) in [("/oauth2/token", Held::Asking), ("/whoami", Held::Asking)] {
        let proxy = Proxy::start(&servers.base, &servers.authorization);
        let (home, name) = (Home::new(), servers.person());
        sign_in(&home, &proxy.base, &name);
        let before = device(&home);
        servers.end_sessions(&name);
        let mut run = home.json(&["login", "--again", "--browser", "--no-browser"]);
        let page = run.screen("in_browser")["url"].as_str().unwrap().to_owned();
        proxy.hold(path, at);
        arrive(&Browser::default().sign_in(&page, &name));
        proxy.holds();
        run.kill();
        proxy.pass();
        let mut run = home.json(&["login", &proxy.base, "--no-browser"]);
        ends_well(&mut run);
        assert_eq!((device(&home), servers.devices(&name)), (before.clone(), vec![before]), "{path}");
    }
}
