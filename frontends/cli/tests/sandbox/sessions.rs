//! Signing in, handing out tokens, signing out.

use narthex_sandbox::{Config, Refresh, browser};
use serde_json::json;
use url::Url;

use crate::PASSWORD;
use crate::homeserver::{Homeserver, grow_old};
use crate::narthex::Home;

fn server_with_alice() -> Homeserver {
    let server = Homeserver::start(Config::open);
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    server
}

fn sign_in(home: &Home, server: &Homeserver) {
    home.ok(&["login", server.url(), "--username=alice", "--password-stdin"], PASSWORD);
}

#[test]
fn a_password_signs_in_and_a_wrong_one_does_not() {
    let (server, home) = (server_with_alice(), Home::new());
    let (code, said) = home.fails(&["login", server.url(), "--username=alice", "--password-stdin"], "wrong");
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("do not match"), "{said}");
    let (code, said) = home.fails(&["whoami"], "");
    assert_eq!(code, 1, "{said}");
    sign_in(&home, &server);
    assert!(home.ok(&["whoami"], "").contains("@alice:"));
    assert!(home.ok(&["accounts"], "").contains("@alice:"));
}

#[test]
fn signing_out_ends_the_device_and_everywhere_ends_all() {
    let (server, one, two) = (server_with_alice(), Home::new(), Home::new());
    sign_in(&one, &server);
    sign_in(&two, &server);
    assert_eq!(server.devices("alice"), 2);
    assert!(one.ok(&["logout"], "").contains("Signed out"));
    assert_eq!(server.devices("alice"), 1);
    assert!(!one.ok(&["accounts"], "").contains("@alice"));
    sign_in(&one, &server);
    one.ok(&["logout", "--everywhere"], "");
    assert_eq!(server.devices("alice"), 0);
    let (code, said) = two.fails(&["whoami"], "");
    assert_eq!(code, 11, "{said}");
    assert!(two.ok(&["logout"], "").contains("Signed out"));
}

#[test]
fn a_server_that_is_gone_keeps_the_session_unless_it_is_to_be_forgotten() {
    let (server, home) = (server_with_alice(), Home::new());
    sign_in(&home, &server);
    drop(server);
    let (code, said) = home.fails(&["logout"], "");
    assert_eq!(code, 10, "{said}");
    assert!(home.ok(&["accounts"], "").contains("@alice:"));
    assert!(home.ok(&["logout", "--forget"], "").contains("may still list this device"));
    assert!(!home.ok(&["accounts"], "").contains("@alice:"));
}

#[test]
fn a_token_is_renewed_by_one_program_at_a_time() {
    let server = Homeserver::with(Config::open, |config| config.refresh = Some(Refresh::default()));
    server.look(|sandbox| sandbox.add_account("alice", PASSWORD));
    let home = Home::new();
    sign_in(&home, &server);
    let first = home.ok(&["token"], "");
    assert!(server.owner(&first).is_some());
    grow_old(&home);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| home.ok(&["token"], ""))).collect();
        runs.into_iter().for_each(|run| assert!(!run.join().unwrap().is_empty()));
    });
    assert!(server.owner(&home.ok(&["token"], "")).is_some());
    server.look(|sandbox| sandbox.expire_access_tokens());
    grow_old(&home);
    assert!(server.owner(&home.ok(&["token"], "")).is_some());
    assert!(home.ok(&["whoami"], "").contains("@alice:"));
}

#[test]
fn single_sign_on_comes_back_through_the_listener_or_is_pasted() {
    for pasted in [false, true] {
        let (server, home) = (Homeserver::start(Config::sso), Home::new());
        let mut run = home.json(&["login", server.url(), "--no-browser", "--sso"]);
        let page = run.screen("in_browser");
        let page = Url::parse(page["url"].as_str().unwrap()).unwrap();
        let form = server.browse(&browser::open(&page));
        let callback = callback(&server, &page, &form);
        if pasted {
            run.say(&json!({ "link": callback }));
        } else {
            get(&callback);
        }
        let end = run.end();
        assert_eq!(end["type"], "signed_in", "{end}");
    }
}

/// Where the provider sends the browser once alice has signed in there.
pub(crate) fn callback(server: &Homeserver, page: &Url, form: &narthex::Response) -> String {
    let body = String::from_utf8(form.body.expose().clone()).unwrap();
    let action = body.split("action=\"").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let action = page.join(&action.unwrap_or_default()).unwrap();
    let hidden: Vec<(String, String)> = body
        .split("<input")
        .skip(1)
        .filter_map(|input| {
            let attribute = |name: &str| {
                let (_, rest) = input.split_once(&format!("{name}=\""))?;
                Some(rest.split('"').next()?.replace("&amp;", "&"))
            };
            Some((attribute("name")?, attribute("value").unwrap_or_default()))
        })
        .collect();
    let fields: Vec<(&str, &str)> = hidden
        .iter()
        .map(|(name, value)| (name.as_str(), if name == "username" { "alice" } else { value.as_str() }))
        .collect();
    let answer = server.browse(&browser::submit(&action, &fields));
    answer.header("location").unwrap_or_else(|| panic!("{answer:?} to {fields:?}: {body}")).to_owned()
}

/// The browser is sent to the program, which has waited for it.
pub(crate) fn get(url: &str) {
    let answer = returned(url);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// The browser is sent to the program: what it shows.
pub(crate) fn returned(url: &str) -> String {
    use std::io::{Read as _, Write as _};
    let url = Url::parse(url).unwrap();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let (path, query) = (url.path(), url.query().unwrap_or_default());
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    write!(stream, "GET {path}?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
