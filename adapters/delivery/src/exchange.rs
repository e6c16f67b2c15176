//! One connection to the listener: is it the callback, and what is answered?

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::page;

/// How much of a request is read, in bytes. No browser sends as much before the body.
const MAX_HEAD: usize = 16 * 1024;
/// How long a request may take to arrive, and its answer to leave. A browser takes a fraction of it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers one request; the path and query of a callback, if it was one. Whoever still owes a request when `hurry` is
/// dropped is sent away.
pub(crate) async fn answer(
    mut stream: TcpStream,
    port: u16,
    path: &str,
    hurry: oneshot::Receiver<()>,
) -> Option<String> {
    let head = tokio::select! {
        head = timeout(PATIENCE, read_head(&mut stream)) => head.ok()??,
        _ = hurry => return None,
    };
    let (target, reply) = judged(&head, port, path);
    // A browser that does not wait for the page has delivered the callback all the same. The page comes first: whoever
    // hears of the callback may stop listening at once.
    let sent = async { stream.write_all(reply.as_bytes()).await.and(stream.shutdown().await) };
    let _ = timeout(PATIENCE, sent).await;
    target
}

async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut part = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut part).await.ok()?;
        if count == 0 || head.len() + count > MAX_HEAD {
            return None;
        }
        head.extend_from_slice(&part[..count]);
    }
    String::from_utf8(head).ok()
}

/// What a request head asks for: the callback, if it is that, and the reply.
fn judged(head: &str, port: u16, path: &str) -> (Option<String>, String) {
    let mut lines = head.split("\r\n");
    let mut request = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (request.next().unwrap_or_default(), request.next().unwrap_or_default());
    let named = |name: &'static str| {
        let headers = lines.clone().filter_map(|line| line.split_once(':'));
        headers.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    // Another host would be a page of somebody else that resolves to this machine. Two are an error (RFC 9112 §3.2).
    let hosts: Vec<&str> = named("host").collect();
    let here = ["127.0.0.1", "localhost", "[::1]"].iter().any(|host| hosts == [format!("{host}:{port}")]);
    if !here {
        return (None, reply("400 Bad Request", "", ""));
    }
    if method != "GET" {
        return (None, reply("405 Method Not Allowed", "Allow: GET\r\n", ""));
    }
    let asked = target.split(['?', '#']).next().unwrap_or_default();
    if asked == path {
        // At once, with the page: by the next request we may be gone.
        let page = page::done(named("accept-language").next().unwrap_or_default());
        return (Some(target.to_owned()), reply("200 OK", "", &page));
    }
    (None, reply("404 Not Found", "", ""))
}

fn reply(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
         Content-Security-Policy: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len(),
        page::POLICY,
    )
}
