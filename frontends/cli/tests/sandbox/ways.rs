//! Which ways in there are, as the program says it: what is out of order is not switched off, and whoever is named is who
//! signs in.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use narthex_sandbox::Person;

use crate::PASSWORD;
use crate::homeserver::Homeserver;
use crate::narthex::Home;
use crate::oauth::{ALICE, begin, ends_well, server_with};
use crate::sessions::get;
use crate::spoken::Words;

const VERSIONS: &str = r#"{"versions":["v1.11"]}"#;
const PASSWORDS: &str = r#"{"flows":[{"type":"m.login.password"}]}"#;
const WRONG: &str = r#"{"errcode":"M_FORBIDDEN","error":"Invalid username or password"}"#;

/// A homeserver that says the same for ever: `/versions`, and these statuses and bodies for `GET` and `POST /login`.
fn server(versions: &'static str, login: (u16, &'static str), answer: (u16, &'static str)) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", socket.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in socket.incoming().map_while(Result::ok) {
            std::thread::spawn(move || serve(stream, versions, login, answer));
        }
    });
    url
}

fn serve(
    mut stream: TcpStream,
    versions: &str,
    login: (u16, &str),
    answer: (u16, &str),
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        lines.push(line.to_lowercase());
    }
    let length = lines.iter().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    reader.take(length.unwrap_or_default()).read_to_end(&mut Vec::new())?;
    let first = lines.first().cloned().unwrap_or_default();
    let (status, body) = match first.split(' ').collect::<Vec<_>>()[..] {
        ["get", path, ..] if path.ends_with("/versions") => (200, versions),
        ["get", path, ..] if path.ends_with("/login") => login,
        ["post", path, ..] if path.ends_with("/login") => answer,
        _ => (404, r#"{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}"#),
    };
    write!(stream, "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// How `login --username --password-stdin` ends there.
fn with_password(server: &str) -> (i32, String) {
    Home::new().fails(&["login", server, "--username", "alice", "--password-stdin"], PASSWORD)
}

/// Found C1.
#[test]
fn a_password_that_is_out_of_order_is_not_switched_off() {
    for (status, body, told) in [
        (500, "{}", "internal error (status 500)"),
        (403, r#"{"errcode":"M_FORBIDDEN","error":"Not from here"}"#, "did not say whether"),
        (302, "", "did not say whether"),
        (200, "{\"flows\":", "did not say whether"),
    ] {
        let (code, said) = with_password(&server(VERSIONS, (status, body), (403, WRONG)));
        assert_eq!(code, 10, "{said}");
        assert!(said.contains(told) && said.contains("/_matrix/client/v3/login -> "), "{said}");
        assert!(!said.contains("does not offer"), "{said}");
    }
}

/// Found C1, for the ways of an authorization server.
#[test]
fn another_way_that_is_asked_for_is_lacking_only_if_the_server_says_so() {
    let url = server(VERSIONS, (200, PASSWORDS), (403, WRONG));
    for (flags, told) in [
        (&["--browser"][..], "does not offer sign-in with the browser"),
        (&["--device"], "does not offer sign-in with a code"),
    ] {
        let (code, said) = Home::new().fails(&[&["login", url.as_str()], flags].concat(), "");
        assert!(code == 13 && said.contains(told), "{code} {said}");
    }
}

/// Found C2: beside something odd. Found C4: beside a browser that the server would rather have.
#[test]
fn a_password_that_is_listed_is_used() {
    let odd =
        r#"{"flows":[null,{"type":"m.login.sso","identity_providers":null},{"type":"m.login.password"}]}"#;
    let preferred =
        r#"{"flows":[{"type":"m.login.password"},{"type":"m.login.sso","oauth_aware_preferred":true}]}"#;
    for flows in [odd, preferred] {
        let (code, said) = with_password(&server(VERSIONS, (200, flows), (403, WRONG)));
        assert!(code == 11 && said.contains("do not match"), "it was asked: {said}");
    }
}

/// Found C3.
#[test]
fn a_server_with_other_ways_is_not_said_to_have_oauth() {
    let (code, said) =
        with_password(&server(VERSIONS, (200, r#"{"flows":[{"type":"org.example.card"}]}"#), (403, WRONG)));
    assert!(code == 13 && said.contains("no way to sign in that Narthex knows"), "{said}");
    assert!(said.contains("org.example.card") && !said.contains("OAuth"), "{said}");
}

/// Found C5.
#[test]
fn a_server_of_2020_is_said_to_be_too_old() {
    let unknown = r#"{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}"#;
    let url = server(r#"{"versions":["r0.6.0","r0.6.1"]}"#, (404, unknown), (404, unknown));
    let (code, said) = with_password(&url);
    assert!(code == 13 && said.contains("too old") && said.contains("r0.6.1"), "{said}");
    let (code, said) = Home::new().fails(&["doctor", &url], "");
    assert!(code == 13 && said.contains("too old"), "{said}");
}

/// Found C6.
#[test]
fn what_the_server_says_to_a_sign_in_is_shown() {
    let not_found = r#"{"errcode":"M_NOT_FOUND","error":"No such user here"}"#;
    let (code, said) = with_password(&server(VERSIONS, (200, PASSWORDS), (404, not_found)));
    assert!(code == 11 && said.contains("No such user here") && !said.contains("OAuth"), "{said}");
    let consent =
        r#"{"errcode":"M_CONSENT_NOT_GIVEN","error":"Agree","consent_uri":"https://hs.test/consent?u=a"}"#;
    let (code, said) = with_password(&server(VERSIONS, (200, PASSWORDS), (403, consent)));
    assert!(code == 11 && said.contains("https://hs.test/consent?u=a"), "{said}");
}

fn user_id(server: &Homeserver) -> String {
    server.look(|sandbox| sandbox.account("alice").unwrap().user_id.clone())
}

/// Found A6.
#[test]
fn whoever_is_named_is_who_consents() {
    let (server, home) = (server_with(|_| {}), Home::new());
    server.look(|sandbox| sandbox.add_account("mallory", PASSWORD));
    let alice = user_id(&server);
    let mut run = Words::start(&home, &["login", &alice, "--browser", "--no-browser"]);
    let page = run.says("/authorize?");
    get(server.consent(page.trim(), Person::signing_in("mallory", PASSWORD)).as_str());
    let (code, said) = run.ends();
    let told = format!("not as {alice}");
    assert!(code == 11 && said.contains("You signed in as @mallory:") && said.contains(&told), "{said}");
    assert_eq!(server.oauth_sessions("mallory"), 0, "nothing is left of it");
    let (mut run, page) = begin(&home, &alice, &[]);
    get(server.consent(&page, ALICE).as_str());
    ends_well(&mut run);
}

/// Found F3.
#[test]
fn a_device_has_the_name_that_was_asked_for() {
    for (flags, name) in [(&["--device-name", "The bot"][..], "The bot"), (&[], "Narthex on ")] {
        let (server, home) = (server_with(|_| {}), Home::new());
        let (mut run, page) = begin(&home, server.url(), flags);
        get(server.consent(&page, ALICE).as_str());
        ends_well(&mut run);
        let names: Vec<_> = server.look(|sandbox| {
            let devices = sandbox.account("alice").unwrap().devices.values();
            devices.filter_map(|device| device.display_name.clone()).collect()
        });
        assert!(names.len() == 1 && names[0].starts_with(name), "{names:?}");
    }
}
