//! Real servers as others see them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

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

/// A name that nobody has taken on a server that other tests use as well.
pub(crate) fn fresh_name(prefix: &str) -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("{prefix}{}", since.as_nanos() % 1_000_000_000_000)
}
