//! Signing in, keeping the session fresh, and signing out.

use std::time::Duration;

use serde_json::json;

use crate::PASSWORD;
use crate::narthex::Home;
use crate::outside::browse;
use crate::server::{devices, fresh_name, owner, request, server};

fn signed_in(base: &str) -> (Home, String) {
    let (home, name) = (Home::new(), fresh_name("ses"));
    let username = format!("--username={name}");
    home.ok(&["register", base, &username, "--password-stdin"], PASSWORD);
    (home, name)
}

fn sign_in(home: &Home, base: &str, name: &str) {
    home.ok(&["login", base, &format!("--username={name}"), "--password-stdin"], PASSWORD);
}

#[test]
fn a_password_signs_in_and_a_wrong_one_does_not() {
    let Some(base) = server("OPEN") else { return };
    let (_, name) = signed_in(&base);
    let home = Home::new();
    let username = format!("--username={name}");
    let (code, said) = home.fails(&["login", &base, &username, "--password-stdin"], "wrong");
    assert_eq!(code, 11, "{said}");
    let (code, _) = home.fails(&["whoami"], "");
    assert_ne!(code, 0);
    sign_in(&home, &base, &name);
    assert!(home.ok(&["whoami"], "").contains(&name));
    let listed = home.ok(&["accounts"], "");
    assert!(listed.contains(&format!("@{name}:localhost")), "{listed}");
}

#[test]
fn signing_out_ends_the_token_and_the_device() {
    let Some(base) = server("OPEN") else { return };
    let (first, name) = signed_in(&base);
    let second = Home::new();
    sign_in(&second, &base, &name);
    let (one, two) = (first.ok(&["token"], ""), second.ok(&["token"], ""));
    assert_eq!(devices(&base, &one), 2);
    second.ok(&["logout"], "");
    assert_eq!(owner(&base, &two), None);
    assert_eq!(devices(&base, &one), 1);
    assert!(!second.ok(&["accounts"], "").contains(&name));

    sign_in(&second, &base, &name);
    let two = second.ok(&["token"], "");
    second.ok(&["logout", "--everywhere"], "");
    assert_eq!((owner(&base, &one), owner(&base, &two)), (None, None));
    let (code, said) = first.fails(&["whoami"], "");
    assert!(code != 0 && !said.is_empty());
}

/// Edge case 66.
#[test]
fn a_token_is_always_fresh_and_two_programs_do_not_end_each_others() {
    let Some(base) = server("REFRESH") else { return };
    let (home, _) = signed_in(&base);
    let old = home.ok(&["token"], "");
    // Longer than an access token lives on this server.
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!(owner(&base, &old), None);
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| home.ok(&["token"], ""))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    // On this server no token lives long enough to be handed out twice: the last run has renewed those before it.
    assert!(tokens.iter().any(|token| owner(&base, token).is_some()));
    assert!(home.ok(&["whoami"], "").contains('@'));
}

#[test]
fn single_sign_on_comes_back_from_the_browser() {
    let Some(base) = server("SSO") else { return };
    let (home, name) = (Home::new(), fresh_name("sso"));
    let mut run = home.json(&["login", &base, "--no-browser"]);
    let choose = run.screen("choose");
    let providers = choose["report"]["login"]["sso"]["providers"].as_array().unwrap();
    assert_eq!(providers.len(), 2, "{choose}");
    run.say(&json!({ "intent": "sign_in_with_sso", "provider": providers[0]["id"] }));
    let page = run.screen("in_browser");
    let origin = page["url"].as_str().unwrap();
    let callback = url::Url::parse(origin).unwrap().query_pairs().next().unwrap().1.into_owned();
    // What every browser asks for, and what any other page may try.
    let favicon = url::Url::parse(&callback).unwrap().join("/favicon.ico").unwrap();
    assert_eq!(request("GET", favicon.as_str(), "", "").0, 404);
    assert_eq!(browse(origin, &format!("&user={name}")), 200);
    let end = run.end();
    assert_eq!(end["type"], "signed_in", "{end}");
    assert!(home.ok(&["whoami"], "").contains(&name));
}

#[test]
fn nothing_secret_lies_open_or_is_printed() {
    let Some(base) = server("OPEN") else { return };
    let (home, name) = signed_in(&base);
    let trace = home.path().join("trace.jsonl");
    let token = home.ok(&["token", "--trace", trace.to_str().unwrap()], "");
    for file in home.files() {
        let content = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        for secret in [PASSWORD, &token, "syt_", "syr_"] {
            assert!(!content.contains(secret), "{secret} in {}", file.display());
        }
    }
    let whoami = home.ok(&["whoami"], "");
    assert!(whoami.contains(&name) && !whoami.contains(&token));
}
