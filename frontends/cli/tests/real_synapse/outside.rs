//! The world outside of the program: the server as others see it, the mailbox, and the browser.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use url::Url;

/// The homeserver of a configuration; `None`, said aloud, if it does not run.
pub(crate) fn server(profile: &str) -> Option<String> {
    let variable = format!("NARTHEX_TESTBED_{profile}");
    let url = std::env::var(&variable).ok();
    if url.is_none() {
        println!("skipped: {variable} is not set; `cargo xtask test` starts the servers");
    }
    url
}

/// One request as a browser would make it; the status, the headers and the body.
pub(crate) fn request(method: &str, url: &str, headers: &str, body: &str) -> (u16, String, String) {
    let url = Url::parse(url).unwrap();
    let address = (url.host_str().unwrap(), url.port_or_known_default().unwrap());
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    write!(
        stream,
        "{method} {target} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len(),
    )
    .unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer from {url}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_owned(), body.to_owned())
}

/// Whose token this is, according to the server; `None` if nobody's.
pub(crate) fn owner(base: &str, token: &str) -> Option<(String, String)> {
    let url = format!("{}/_matrix/client/v3/account/whoami", base.trim_end_matches('/'));
    let (status, _, body) = request("GET", &url, &format!("Authorization: Bearer {token}\r\n"), "");
    let body: Value = serde_json::from_str(body.trim()).unwrap_or_default();
    (status == 200).then(|| {
        (body["user_id"].as_str().unwrap().to_owned(), body["device_id"].as_str().unwrap().to_owned())
    })
}

/// The devices of the owner of this token.
pub(crate) fn devices(base: &str, token: &str) -> usize {
    let url = format!("{}/_matrix/client/v3/devices", base.trim_end_matches('/'));
    let (_, _, body) = request("GET", &url, &format!("Authorization: Bearer {token}\r\n"), "");
    serde_json::from_str::<Value>(body.trim()).unwrap()["devices"].as_array().unwrap().len()
}

/// The link in the newest mail to `address`, once it has come.
pub(crate) fn mailed_link(profile: &str, address: &str) -> String {
    let folder = PathBuf::from(std::env::var(format!("NARTHEX_TESTBED_MAIL_{profile}")).unwrap());
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        let mut mails: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|mail| mail.unwrap().path()).collect();
        mails.sort();
        for mail in mails.iter().rev() {
            let text = parts_of(&std::fs::read_to_string(mail).unwrap_or_default());
            let link = text
                .split_whitespace()
                .find(|word| word.starts_with("http") && word.contains("submit_token"));
            if let (true, Some(link)) = (text.contains(address), link) {
                return link.to_owned();
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no mail for {address}");
}

/// A mail with its parts readable: they come in Base64.
fn parts_of(mail: &str) -> String {
    let mail = mail.replace("\r\n", "\n");
    let parts = mail.split("\n\n").map(|part| {
        let packed: String = part.lines().take_while(|line| !line.starts_with("--")).collect();
        let plain =
            BASE64_STANDARD.decode(packed.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        plain.unwrap_or_else(|| part.to_owned())
    });
    parts.collect::<Vec<_>>().join("\n\n")
}

/// What a person does who opens the link in the mail.
pub(crate) fn open_mailed_link(profile: &str, address: &str) {
    let (status, _, _) = request("GET", &mailed_link(profile, address), "", "");
    assert_eq!(status, 200);
}

/// What a person does who solves the captcha on the page at `url`.
pub(crate) fn solve_captcha(url: &str) {
    let session =
        Url::parse(url).unwrap().query_pairs().find(|(key, _)| key == "session").unwrap().1.into_owned();
    let body = format!("session={session}&g-recaptcha-response=good-captcha");
    let (status, _, _) = request("POST", url, "Content-Type: application/x-www-form-urlencoded\r\n", &body);
    assert_eq!(status, 200);
}

/// A browser that follows redirects, over plain HTTP on this machine, with the cookies it is given.
pub(crate) fn browse(url: &str, at_the_provider: &str) -> u16 {
    let mut url = url.to_owned();
    let mut cookies: Vec<String> = Vec::new();
    for _ in 0..12 {
        if url.contains("/authorize") && !url.contains(at_the_provider) {
            url.push_str(at_the_provider);
        }
        let header =
            if cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", cookies.join("; ")) };
        let (status, head, _) = request("GET", &url, &header, "");
        let named = |name: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            lines
                .filter(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim().to_owned())
                .collect::<Vec<_>>()
        };
        cookies.extend(named("set-cookie").iter().map(|cookie| cookie.split(';').next().unwrap().to_owned()));
        match (status, named("location").first()) {
            (301..=308, Some(to)) => url = Url::parse(&url).unwrap().join(to).unwrap().into(),
            _ => return status,
        }
    }
    panic!("redirected for ever");
}

/// A name that nobody has taken on a server that other tests use as well.
pub(crate) fn fresh_name(prefix: &str) -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("{prefix}{}", since.as_nanos() % 1_000_000_000_000)
}
