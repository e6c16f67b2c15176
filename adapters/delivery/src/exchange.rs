//! One connection to the listener: is it the callback, and what is answered?

use std::time::Duration;

use narthex::Callback;
use narthex_runtime::{Arrival, Outcome};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use url::Url;

use crate::limit::Hurry;
use crate::page;
use crate::question;

/// How much of a request is read, in bytes. No browser sends as much before the body.
const MAX_HEAD: usize = 16 * 1024;
/// How long a request may take to arrive, and its answer to leave. A browser takes a fraction of it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a request may still take that has to make room. A browser has sent all of it by then, and shall have a page.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Where the browser comes back to.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) origin: Url,
    pub(crate) path: String,
}

/// Answers one request: a callback by what becomes of it. Whoever still owes a request when it has to make room, or
/// when nobody listens any more, is sent away.
pub(crate) async fn answer(
    mut stream: TcpStream,
    address: Address,
    queue: mpsc::Sender<Arrival>,
    mut hurry: Hurry,
) {
    let Some((head, is_hurried)) = head(&mut stream, &mut hurry).await else { return };
    let reply = match judged(&head, &address) {
        Judged::Refused(reply) => reply,
        Judged::Callback { callback, languages } => {
            let outcome = match is_hurried {
                true => Outcome::Busy,
                false => question::ask(callback, &queue, &mut hurry).await,
            };
            let status = match outcome {
                Outcome::Taken | Outcome::Stopped => "200 OK",
                Outcome::NotMine => "404 Not Found",
                Outcome::Busy => "503 Service Unavailable",
            };
            let wait = if outcome == Outcome::Busy { "Retry-After: 1\r\n" } else { "" };
            reply(status, wait, &page::of(outcome, languages))
        }
    };
    // A browser that does not wait for the page has delivered the callback all the same.
    let sent = async { stream.write_all(reply.as_bytes()).await.and(stream.shutdown().await) };
    let _ = timeout(PATIENCE, sent).await;
}

/// The head of the request, and whether it has to be answered at once.
async fn head(stream: &mut TcpStream, hurry: &mut Hurry) -> Option<(String, bool)> {
    let mut reading = std::pin::pin!(read_head(stream));
    tokio::select! {
        head = timeout(PATIENCE, &mut reading) => head.ok()?.map(|head| (head, false)),
        hurried = hurry => {
            hurried.ok()?;
            timeout(LAST_WORDS, reading).await.ok()?.map(|head| (head, true))
        }
    }
}

pub(crate) async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
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

pub(crate) enum Judged<'h> {
    Callback {
        callback: Callback,
        /// As the browser says it.
        languages: &'h str,
    },
    Refused(String),
}

/// What a request head asks for.
pub(crate) fn judged<'h>(head: &'h str, address: &Address) -> Judged<'h> {
    let mut lines = head.split("\r\n");
    let mut request = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (request.next().unwrap_or_default(), request.next().unwrap_or_default());
    let named = |name: &'static str| {
        let headers = lines.clone().filter_map(|line| line.split_once(':'));
        headers.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let port = address.origin.port_or_known_default().unwrap_or_default();
    // Another host would be a page of somebody else that resolves to this machine. Two are an error (RFC 9112 §3.2).
    let hosts: Vec<&str> = named("host").collect();
    let here = ["127.0.0.1", "localhost", "[::1]"].iter().any(|host| hosts == [format!("{host}:{port}")]);
    // No browser sends a control character (RFC 9112 §3).
    if !here || target.chars().any(char::is_control) {
        return Judged::Refused(reply("400 Bad Request", "", ""));
    }
    if method != "GET" {
        return Judged::Refused(reply("405 Method Not Allowed", "Allow: GET\r\n", ""));
    }
    if target.split(['?', '#']).next() != Some(&address.path) {
        return Judged::Refused(reply("404 Not Found", "", ""));
    }
    let callback = format!("{}{target}", address.origin.as_str().trim_end_matches('/'));
    Judged::Callback {
        callback: Callback::from(callback),
        languages: named("accept-language").next().unwrap_or_default(),
    }
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
