//! How an answer is put together.

use narthex::{Reply, Response, Secret};
use serde_json::{Value, json};

/// An answer with its name.
pub(crate) type Named = (&'static str, Reply);

/// A JSON answer; null is no body.
pub(crate) fn status(status: u16, body: Value) -> Reply {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Reply::Http(Ok(Response { status, headers, body: Secret::new(body) }))
}

pub(crate) fn ok_json(code: u16, body: Value) -> Reply {
    status(code, body)
}

pub(crate) fn matrix(code: u16, errcode: &str) -> Reply {
    status(code, json!({ "errcode": errcode, "error": "The server's own words" }))
}

/// An error of an authorization server (RFC 6749 §5.2).
pub(crate) fn refused(code: u16, error: &str) -> Reply {
    status(code, json!({ "error": error, "error_description": "The server's own words" }))
}

pub(crate) fn web_page(status: u16) -> Reply {
    let headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
    Reply::Http(Ok(Response { status, headers, body: Secret::new(b"<html>Hello</html>".to_vec()) }))
}

pub(crate) fn with_header(mut reply: Reply, name: &str, value: &str) -> Reply {
    if let Reply::Http(Ok(response)) = &mut reply {
        response.headers.push((name.to_owned(), value.to_owned()));
    }
    reply
}
