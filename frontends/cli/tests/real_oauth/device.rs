//! A code that is entered on another device.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::{Browser, arrive};
use crate::narthex::{Home, Json};
use crate::people::{begin, ends_well};
use crate::proxy::Proxy;
use crate::server::owner;
use crate::servers::{servers, turned};
use crate::spoken::Words;

fn text(view: &Value, field: &str) -> String {
    view[field].as_str().unwrap_or_else(|| panic!("no {field}: {view}")).to_owned()
}

fn begin_by_code(home: &Home, base: &str) -> (Json, Value) {
    let mut run = home.json(&["login", base, "--device", "--no-browser"]);
    let shown = run.screen("user_code");
    (run, shown)
}

#[test]
fn a_code_is_shown_entered_elsewhere_and_the_program_goes_on() {
    let Some(servers) = servers() else { return };
    let (home, name) = (Home::new(), servers.person());
    let mut run = Words::start(&home, &["login", &servers.base, "--device"]);
    let page = run.says("/device");
    let code = run.says("Code: ");
    // As a person types it who reads it aloud.
    let typed = code.trim_start_matches("Code: ").to_lowercase().replace('-', " ");
    assert_eq!(Browser::default().enter_code(page.trim(), &typed, &name, true), "Done");
    let (code, said) = run.ends();
    assert_eq!(code, 0, "{said}");
    assert!(owner(&servers.base, &home.ok(&["token"], "")).unwrap().0.contains(&name));
}

#[test]
fn whoever_was_killed_shows_the_same_code_and_is_not_put_off_by_a_server_that_wants_patience() {
    let Some(servers) = servers() else { return };
    let proxy = Proxy::start(&servers.base, &servers.authorization);
    let (home, name) = (Home::new(), servers.person());
    let (run, shown) = begin_by_code(&home, &proxy.base);
    let until = Instant::now() + Duration::from_secs(30);
    while proxy.asked("/oauth2/token") == 0 {
        assert!(Instant::now() < until, "it never asked");
        std::thread::sleep(Duration::from_millis(50));
    }
    run.kill();

    // It asks at once, which is too soon for the server.
    let mut again = home.json(&["login", &proxy.base, "--no-browser"]);
    let still = again.screen("user_code");
    assert_eq!(still["user_code"], shown["user_code"]);
    while proxy.asked("/oauth2/token") < 2 {
        std::thread::sleep(Duration::from_millis(50));
    }
    let (page, code) = (text(&shown, "verification_uri"), text(&shown, "user_code"));
    assert_eq!(Browser::default().enter_code(&page, &code, &name, true), "Done");
    ends_well(&mut again);
    assert_eq!(servers.devices(&name).len(), 1);
}

#[test]
fn a_person_may_say_no_elsewhere() {
    let Some(servers) = servers() else { return };
    let (home, name) = (Home::new(), servers.person());
    let mut run = Words::start(&home, &["login", &servers.base, "--device"]);
    let (page, code) = (run.says("/device"), run.says("Code: "));
    let code = code.trim_start_matches("Code: ").to_owned();
    assert_eq!(Browser::default().enter_code(page.trim(), &code, &name, false), "Cancelled");
    let (code, said) = run.ends();
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("declined") && said.contains("What to do"), "{said}");
}

#[test]
fn a_code_that_was_not_entered_in_time_is_replaced_by_another() {
    let Some(servers) = turned(&json!({ "deviceTtl": 3, "interval": 1 })) else { return };
    let home = Home::new();
    let (mut run, first) = begin_by_code(&home, &servers.base);
    let problem = run.screen("problem");
    assert_eq!(problem["failure"]["what"], "user_code", "{problem}");
    run.intent("retry");
    assert_ne!(run.screen("user_code")["user_code"], first["user_code"]);
    drop(run);

    let (code, said) = Home::new().fails(&["login", &servers.base, "--device"], "");
    assert_eq!(code, 12, "{said}");
}

#[test]
fn after_a_while_in_the_browser_a_code_is_offered_instead() {
    let Some(servers) = servers() else { return };
    let (home, name) = (Home::new(), servers.person());
    let since = Instant::now();
    let (mut run, page) = begin(&home, &servers.base, &[]);
    run.intent("sign_in_with_device_code");
    while run.next()["type"] != "not_offered" {}
    let view = run.screen("in_browser");
    assert!(view["offers"].as_array().unwrap().contains(&json!("sign_in_with_device_code")), "{view}");
    assert!(since.elapsed() >= Duration::from_secs(20));
    run.intent("sign_in_with_device_code");
    let shown = run.screen("user_code");
    // The page that is still open leads nowhere any more.
    let callback = Browser::default().sign_in(&page, &name);
    assert!(std::panic::catch_unwind(|| arrive(&callback)).is_err(), "nobody listens");
    run.say(&json!({ "link": callback }));
    let (page, code) = (text(&shown, "verification_uri"), text(&shown, "user_code"));
    Browser::default().enter_code(&page, &code, &name, true);
    ends_well(&mut run);
    assert_eq!(servers.devices(&name).len(), 1);
}
