//! Does a server on this machine answer?

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// The status of `GET path`, or nothing when nobody answers as HTTP.
pub(crate) fn status(port: u16, path: &str) -> Option<u16> {
    ask(port, &format!("GET {path}"), "")
}

/// The status of `POST path` with JSON and a Bearer token.
pub(crate) fn post(port: u16, path: &str, bearer: &str, json: &str) -> Option<u16> {
    let rest = format!(
        "Authorization: Bearer {bearer}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
        json.len()
    );
    ask(port, &format!("POST {path}"), &rest)
}

/// `rest` is what follows the first headers, with the empty line; a request without a body has none.
fn ask(port: u16, first: &str, rest: &str) -> Option<u16> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let rest = if rest.is_empty() { "\r\n" } else { rest };
    let request = format!("{first} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{rest}");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.take(16).read_to_string(&mut answer).ok()?;
    parse(&answer)
}

/// `HTTP/1.1 200 …`
fn parse(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_status_line_is_read_and_nothing_else_is() {
        assert_eq!(parse("HTTP/1.1 200 OK\r\n"), Some(200));
        assert_eq!(parse("HTTP/1.0 404 N"), Some(404));
        for other in ["", "HTTP/1.1", "HTTP/2 200", "SSH-2.0-x 200"] {
            assert_eq!(parse(other), None, "{other:?}");
        }
    }
}
