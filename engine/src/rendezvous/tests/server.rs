//! A server with one cell, by the digests of the two APIs.

use std::time::Duration;

use serde_json::{Value, json};

use crate::http::tests::response;
use crate::io::{Method, Reply, Request, Response, Time};
use crate::qr::Generation;

pub(super) const LIFE: Duration = Duration::from_secs(120);

/// How a proxy treats entity tags, and how a server answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Manners {
    pub(super) weak: bool,
    pub(super) gzip: bool,
    pub(super) charset: bool,
    pub(super) undated: bool,
}

/// A server with one cell, by the digest of the two APIs.
pub(super) struct Server {
    pub(super) generation: Generation,
    pub(super) manners: Manners,
    pub(super) cell: Option<Cell>,
}

pub(super) struct Cell {
    pub(super) data: String,
    pub(super) version: u32,
    /// Every text that was ever there.
    pub(super) history: Vec<String>,
    pub(super) until: Time,
}

impl Server {
    pub(super) fn new(generation: Generation, manners: Manners) -> Self {
        Self { generation, manners, cell: None }
    }

    pub(super) fn etag(&self, status: u16, version: u32) -> String {
        let opaque = if self.manners.gzip && status == 200 {
            format!("e{version}-gzip")
        } else {
            format!("e{version}")
        };
        // As nginx does: what has no body keeps the strong form.
        let is_weak = self.manners.weak && status != 202;
        format!("{}\"{opaque}\"", if is_weak { "W/" } else { "" })
    }

    pub(super) fn answer(&mut self, request: &Request, now: Time) -> Response {
        let is_over = self.cell.as_ref().is_some_and(|cell| cell.until <= now);
        if is_over {
            self.cell = None;
        }
        match self.generation {
            Generation::V2024 => self.answer_2024(request, now),
            Generation::V2025 => self.answer_2025(request, now),
        }
    }

    pub(super) fn answer_2024(&mut self, request: &Request, now: Time) -> Response {
        let header = |name: &str| {
            request.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.expose().clone())
        };
        let sent = String::from_utf8(request.body.expose().clone()).unwrap();
        let gone = || http(404, &[], r#"{"errcode":"M_NOT_FOUND"}"#);
        let (status, body) = match (request.method, &mut self.cell) {
            (Method::Post, cell) => {
                assert_eq!((header("content-type").as_deref(), sent.as_str()), (Some("text/plain"), ""));
                *cell =
                    Some(Cell { data: String::new(), version: 0, history: Vec::new(), until: now + LIFE });
                (201, r#"{"url":"https://hs.test/_synapse/client/rendezvous/MARKER"}"#.to_owned())
            }
            (_, None) => return gone(),
            (Method::Get, Some(cell)) => {
                assert_eq!(header("accept-encoding").as_deref(), Some("identity"));
                let known = header("if-none-match");
                let is_same = known.is_some_and(|known| known == format!("\"e{}\"", cell.version));
                if is_same { (304, String::new()) } else { (200, cell.data.clone()) }
            }
            (Method::Put, Some(cell)) => {
                assert_eq!(header("content-type").as_deref(), Some("text/plain"));
                if header("if-match").unwrap() == format!("\"e{}\"", cell.version) {
                    cell.write(sent);
                    (202, String::new())
                } else {
                    (412, r#"{"errcode":"M_UNKNOWN"}"#.to_owned())
                }
            }
            (Method::Delete, cell) => {
                *cell = None;
                return http(204, &[], "");
            }
            (Method::Options, _) => unreachable!(),
        };
        let Some(cell) = &self.cell else { return gone() };
        let etag = self.etag(status, cell.version);
        let date = |at: Time| httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_millis(at.0));
        // A server whose clock is an hour ahead.
        let ahead = Duration::from_secs(3600);
        let (date, expires) = (date(now + ahead), date(cell.until + ahead));
        let kind = if self.manners.charset { "text/plain; charset=utf-8" } else { "text/plain" };
        let kind = if status == 201 { "application/json" } else { kind };
        let mut headers = vec![("etag", etag.as_str()), ("content-type", kind)];
        if !self.manners.undated {
            headers.extend([("date", date.as_str()), ("expires", expires.as_str())]);
        }
        http(status, &headers, &body)
    }

    pub(super) fn answer_2025(&mut self, request: &Request, now: Time) -> Response {
        let sent: Value = serde_json::from_slice(request.body.expose()).unwrap_or_default();
        let gone = || http(404, &[], r#"{"errcode":"M_NOT_FOUND"}"#);
        let token = |version: u32| format!("t{version}");
        match (request.method, &mut self.cell) {
            (Method::Post, cell) => {
                assert_eq!(sent, json!({ "data": "" }));
                *cell =
                    Some(Cell { data: String::new(), version: 0, history: Vec::new(), until: now + LIFE });
                let life = LIFE.as_millis() as u64;
                let body = json!({ "id": "MARKER", "sequence_token": token(0), "expires_in_ms": life });
                http(200, &[], &body.to_string())
            }
            (_, None) => gone(),
            (Method::Get, Some(cell)) => {
                let life = now.until(cell.until).as_millis() as u64;
                let body = json!({ "data": cell.data, "sequence_token": token(cell.version), "expires_in_ms": life });
                http(200, &[], &body.to_string())
            }
            (Method::Put, Some(cell)) => {
                let (known, data) =
                    (sent["sequence_token"].as_str().unwrap(), sent["data"].as_str().unwrap());
                let is_repeated = cell.version > 0 && known == token(cell.version - 1) && cell.data == data;
                if known == token(cell.version) {
                    cell.write(data.to_owned());
                } else if !is_repeated {
                    return http(409, &[], r#"{"errcode":"IO_ELEMENT_MSC4388_CONCURRENT_WRITE"}"#);
                }
                http(200, &[], &json!({ "sequence_token": token(cell.version) }).to_string())
            }
            (Method::Delete, cell) => {
                *cell = None;
                http(200, &[], "null")
            }
            (Method::Options, _) => unreachable!(),
        }
    }
}

impl Cell {
    pub(super) fn write(&mut self, data: String) {
        self.history.push(data.clone());
        self.data = data;
        self.version += 1;
    }
}

pub(super) fn http(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let Reply::Http(Ok(response)) = response(status, headers, body) else { unreachable!() };
    response
}
