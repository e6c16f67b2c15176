//! Signing in, and making an account, in the browser.

use serde_json::json;
use url::Url;

use crate::browser::{Browser, arrive};
use crate::narthex::Home;
use crate::people::{begin, ends_well, sign_in, signed_in};
use crate::proxy::Proxy;
use crate::server::{fresh_name, owner, request};
use crate::servers::{servers, turned};
use crate::spoken::Words;

#[test]
fn a_person_signs_in_in_the_browser_and_the_program_goes_on_by_itself() {
    let Some(servers) = servers() else { return };
    let (home, name) = (Home::new(), servers.person());
    let mut run = Words::start(&home, &["login", &servers.base, "--no-browser"]);
    let page = run.says("/authorize?");
    let callback = Browser::default().sign_in(page.trim(), &name);
    // What every browser asks for, and what any other page may try.
    assert_eq!(request("GET", callback.join("/favicon.ico").unwrap().as_str(), "", "").0, 404);
    let (status, shown) = arrive(&callback);
    assert_eq!(status, 200);
    assert!(!shown.contains("code="), "{shown}");
    let (code, said) = run.ends();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("Signed in as @{name}:localhost")), "{said}");

    assert!(home.ok(&["whoami"], "").contains(&format!("@{name}:localhost")));
    let token = home.ok(&["token"], "");
    let (user, device) = owner(&servers.base, &token).unwrap();
    assert!(user.starts_with(&format!("@{name}:")));
    assert_eq!(servers.devices(&name), [device]);
}

#[test]
fn a_foreign_callback_changes_nothing_and_the_right_one_still_works() {
    let Some(servers) = servers() else { return };
    let (home, name) = (Home::new(), servers.person());
    let (mut run, page) = begin(&home, &servers.base, &[]);
    let callback = Browser::default().sign_in(&page, &name);
    let changed = |parameter: &str, value: &str| {
        let mut url = callback.clone();
        let pairs: Vec<_> = callback.query_pairs().into_owned().collect();
        let pairs =
            pairs.into_iter().map(|(k, v)| if k == parameter { (k, value.to_owned()) } else { (k, v) });
        url.query_pairs_mut().clear().extend_pairs(pairs);
        url
    };
    let (mut bare, mut elsewhere) = (callback.clone(), callback.clone());
    bare.set_query(None);
    elsewhere.set_path("/callback/of/another");
    for foreign in [&changed("state", "another"), &bare] {
        arrive(foreign);
        run.say(&json!({ "link": foreign }));
    }
    assert_eq!(arrive(&elsewhere).0, 404);
    // It is still in the browser, and says so when asked to open it.
    run.intent("check_now");
    while run.next()["type"] != "not_offered" {}
    assert_eq!(arrive(&callback).0, 200);
    ends_well(&mut run);
}

#[test]
fn an_answer_of_another_issuer_ends_the_attempt_and_nothing_is_sent() {
    let Some(servers) = servers() else { return };
    let (home, name) = (Home::new(), servers.person());
    let (mut run, page) = begin(&home, &servers.base, &[]);
    let callback = Browser::default().sign_in(&page, &name);
    let mixed = callback.as_str().replace("iss=http", "iss=https");
    run.say(&json!({ "link": mixed }));
    let choice = run.screen("choose");
    assert_eq!(choice["problem"]["misbehaviour"], "wrong_issuer", "{choice}");
    assert!(servers.devices(&name).is_empty());
}

#[test]
fn whoever_cancels_in_the_browser_is_back_at_the_choice_without_a_word() {
    let Some(servers) = servers() else { return };
    let home = Home::new();
    let (mut run, page) = begin(&home, &servers.base, &[]);
    assert_eq!(arrive(&Browser::default().cancel(&page)).0, 200);
    let choice = run.screen("choose");
    assert!(choice.get("problem").is_none(), "{choice}");
    drop(run);

    // A script has nothing else to try.
    for how in [&["--browser"][..], &[]] {
        let args = [&["login", servers.base.as_str(), "--no-browser"], how].concat();
        let mut run = Words::start(&home, &args);
        let page = run.says("/authorize?");
        arrive(&Browser::default().cancel(page.trim()));
        let (code, said) = run.ends();
        assert_eq!(code, 130, "{said}");
        assert!(!said.contains("What to do"), "{said}");
    }
}

#[test]
fn two_at_once_get_what_is_theirs() {
    let Some(servers) = servers() else { return };
    let (one, two) = (Home::new(), Home::new());
    let (alice, bob) = (servers.person(), fresh_name("bob"));
    let (mut first, first_page) = begin(&one, &servers.base, &[]);
    let mut second = two.json(&["register", &servers.base, "--no-browser"]);
    let second_page = second.screen("in_browser")["url"].as_str().unwrap().to_owned();
    let to_second = Browser::default().create(&second_page, &bob);
    let to_first = Browser::default().sign_in(&first_page, &alice);
    // Each at the other's door.
    let port = |url: &Url| url.port().unwrap();
    assert_ne!(port(&to_first), port(&to_second));
    let mut wrong = to_first.clone();
    wrong.set_port(to_second.port()).unwrap();
    arrive(&wrong);
    arrive(&to_second);
    assert!(ends_well(&mut second)["user_id"].as_str().unwrap().contains(&bob));
    arrive(&to_first);
    assert!(ends_well(&mut first)["user_id"].as_str().unwrap().contains(&alice));
}

#[test]
fn two_accounts_in_one_place_are_told_apart() {
    let Some(servers) = servers() else { return };
    let (home, first) = signed_in(&servers);
    let second = servers.person();
    sign_in(&home, &servers.base, &second);
    let token = home.ok(&["token", "--account", &first], "");
    assert!(owner(&servers.base, &token).unwrap().0.contains(&first));
    for newest in [&["token"][..], &["token", "--account", &second]] {
        let token = home.ok(newest, "");
        assert!(owner(&servers.base, &token).unwrap().0.contains(&second));
    }
}

#[test]
fn an_account_is_made_in_the_browser() {
    let Some(servers) = servers() else { return };
    let (home, name) = (Home::new(), fresh_name("new"));
    let mut run = Words::start(&home, &["register", &servers.base, "--no-browser"]);
    let page = run.says("/authorize?");
    assert!(page.contains("prompt=create"), "{page}");
    arrive(&Browser::default().create(page.trim(), &name));
    let (code, said) = run.ends();
    assert_eq!(code, 0, "{said}");
    assert!(home.ok(&["whoami"], "").contains(&format!("@{name}:localhost")));
}

#[test]
fn a_server_that_is_closed_to_new_people_says_so_before_any_browser() {
    let Some(servers) = turned(&json!({ "registration": false })) else { return };
    let home = Home::new();
    // Synapse asks its authorization server once and for all, so it has not heard of it: the browser tells.
    let mut run = Words::start(&home, &["register", &servers.base, "--no-browser"]);
    let page = run.says("/authorize?");
    arrive(&Browser::default().open(page.trim()).left());
    let (code, said) = run.ends();
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("What to do"), "{said}");

    // As one that has heard of it passes it on.
    let proxy = Proxy::telling(&servers.base, &servers.authorization, ("\"create\"", "\"login\""));
    let (code, said) = home.fails(&["register", &proxy.base, "--no-browser"], "");
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("takes no new accounts") && !said.contains("/authorize"), "{said}");
}

#[test]
fn a_browser_on_another_machine_comes_back_by_hand() {
    let Some(servers) = servers() else { return };
    for trailing in ["", "#"] {
        let (home, name) = (Home::new(), servers.person());
        let mut run = home.json(&["login", &servers.base, "--paste", "--no-browser"]);
        let page = run.screen("in_browser");
        let callback = Browser::default().sign_in(page["url"].as_str().unwrap(), &name);
        // Nothing listens there, so the browser shows an error, and the address is copied from it.
        run.say(&json!({ "link": "http://127.0.0.1/nonsense" }));
        run.say(&json!({ "link": format!("  {callback}{trailing} ") }));
        ends_well(&mut run);
        assert!(owner(&servers.base, &home.ok(&["token"], "")).is_some());
    }
    // Without JSON and without a terminal it is a line of standard input.
    let (home, name) = (Home::new(), servers.person());
    let mut run = Words::start(&home, &["login", &servers.base, "--paste", "--no-browser"]);
    let page = run.says("/authorize?");
    run.is_told("nonsense");
    run.is_told(Browser::default().sign_in(page.trim(), &name).as_str());
    let (code, said) = run.ends();
    assert_eq!(code, 0, "{said}");
}
