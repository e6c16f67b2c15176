//! Who can show a QR code at a server, as the doctor says it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use serde_json::{Value, json};

use crate::narthex::Home;

const UNRECOGNIZED: (u16, &str) = (404, r#"{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}"#);
const OPEN: (u16, &str) = (200, r#"{"create_available":true}"#);
const AUTHENTICATED: (u16, &str) = (401, r#"{"errcode":"M_MISSING_TOKEN","error":"Missing access token"}"#);
const PAGE: (u16, &str) = (200, "<html>Welcome to nginx!</html>");
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A homeserver with an authorization server that says the same for ever: whether it has the device grant, and what it says
/// of its rendezvous.
fn server(device_grant: bool, of_2024: bool, of_2025: (u16, &'static str)) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", socket.local_addr().unwrap());
    let at = |path: &str| format!("{url}{path}");
    let metadata = json!({
        "issuer": url,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "revocation_endpoint": at("revoke"),
        "registration_endpoint": at("registration"),
        "device_authorization_endpoint": device_grant.then(|| at("device")),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_CODE],
        "code_challenge_methods_supported": ["S256"],
    });
    let versions = json!({ "versions": ["v1.11"], "unstable_features": { "org.matrix.msc4108": of_2024 } });
    let says = move |path: &str| match path {
        _ if path.ends_with("/versions") => (200, versions.to_string()),
        _ if path.ends_with("/v1/auth_metadata") => (200, metadata.to_string()),
        _ if path.ends_with("io.element.msc4388/rendezvous") => (of_2025.0, of_2025.1.to_owned()),
        _ => (UNRECOGNIZED.0, UNRECOGNIZED.1.to_owned()),
    };
    std::thread::spawn(move || {
        for stream in socket.incoming().map_while(Result::ok) {
            let says = says.clone();
            std::thread::spawn(move || serve(stream, says));
        }
    });
    url
}

fn serve(mut stream: TcpStream, says: impl Fn(&str) -> (u16, String)) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        let value =
            line.to_lowercase().strip_prefix("content-length:").and_then(|value| value.trim().parse().ok());
        length = value.unwrap_or(length);
    }
    reader.take(length).read_to_end(&mut Vec::new())?;
    let (status, body) = says(first.split(' ').nth(1).unwrap_or_default());
    write!(stream, "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// What the doctor says between two of its headings.
fn said(url: &str) -> String {
    let told = Home::new().ok(&["doctor", url], "");
    let part = told.split_once("Sign-in with a QR code:\n").unwrap_or_else(|| panic!("{told}")).1;
    part.split_once("\n\n").unwrap().0.replace("\n      ", " ").replace("\n    ", " ").replace("\n  ", " ")
}

#[test]
fn the_doctor_says_who_can_show_a_code_and_what_to_change_where_nobody_can() {
    let new = |generation| format!("- a new device can show the code (generation {generation})");
    let existing =
        |generation| format!("- a device that is signed in can show the code (generation {generation})");
    let scans = "- a new device can scan the code, but not show it".to_owned();
    for (of_2024, of_2025, told) in [
        (false, OPEN, vec![new(2025), existing(2025)]),
        (true, AUTHENTICATED, vec![new(2024), existing(2025)]),
        (false, AUTHENTICATED, vec![existing(2025), scans, "-> 401 M_MISSING_TOKEN".to_owned()]),
        (true, UNRECOGNIZED, vec![new(2024), existing(2024)]),
    ] {
        let said = said(&server(true, of_2024, of_2025));
        assert!(told.iter().all(|told| said.contains(told)), "{said}");
        assert!(!said.contains("Admin:"), "{said}");
    }
    let off = said(&server(true, false, UNRECOGNIZED));
    for told in [
        "- no device can show a code:",
        "-> 404 M_UNRECOGNIZED",
        r#"msc4388_mode: "authenticated""#,
        "msc4108_enabled: true",
    ] {
        assert!(off.contains(told), "{told}: {off}");
    }
    let without = said(&server(false, true, OPEN));
    assert!(
        without.contains("no device can show") && without.contains("device authorization grant"),
        "{without}"
    );
    assert!(!without.contains("msc4388_mode"), "{without}");
    // A page in front of the server has not said that there is none.
    let unclear = said(&server(true, false, PAGE));
    assert!(
        unclear.contains("- unknown:") && unclear.contains("-> 200") && !unclear.contains("Admin:"),
        "{unclear}"
    );
}

#[test]
fn a_program_is_told_what_a_person_is() {
    for (of_2024, of_2025, said) in [
        (true, OPEN, json!({ "2025": "open", "2024": "open" })),
        (false, AUTHENTICATED, json!({ "2025": "authenticated", "2024": "off" })),
        (false, UNRECOGNIZED, json!({ "2025": "off", "2024": "off" })),
        (false, PAGE, json!({ "2025": "unclear", "2024": "off" })),
    ] {
        let told = Home::new().ok(&["doctor", &server(true, of_2024, of_2025), "--json"], "");
        let line: Value =
            told.lines().filter_map(|line| serde_json::from_str(line).ok()).next_back().unwrap();
        assert_eq!(line["report"]["rendezvous"], said, "{told}");
        let steps = line["report"]["steps"].as_array().unwrap();
        let step = steps.iter().find(|step| step["question"] == "rendezvous").unwrap();
        assert_eq!(step["evidence"]["status"], of_2025.0, "{step}");
    }
}

#[test]
fn it_is_said_in_each_language() {
    let url = server(true, false, UNRECOGNIZED);
    for (language, told) in [
        ("de_DE.UTF-8", "Anmeldung mit einem QR-Code:"),
        ("fr_FR.UTF-8", "Connexion par code QR\u{a0}:"),
        ("zh_CN.UTF-8", "二维码登录："),
    ] {
        let home = Home::new();
        let mut command: Command = home.command(&["doctor", &url]);
        let output =
            command.env("LC_ALL", language).env("LANG", language).env_remove("LANGUAGE").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(told) && said.contains("msc4388_mode: \"authenticated\""), "{said}");
    }
}
