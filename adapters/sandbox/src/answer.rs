//! What does the server send back: JSON, a page, a redirect, a refusal?

use narthex::{Response, Secret};
use serde_json::{Map, Value, json};
use url::Url;

pub(crate) fn json(status: u16, body: &Value) -> Response {
    respond(status, "application/json", body.to_string().into_bytes())
}

pub(crate) fn ok(body: &Value) -> Response {
    json(200, body)
}

pub(crate) fn text(status: u16, content_type: &str, body: &str) -> Response {
    respond(status, content_type, body.as_bytes().to_vec())
}

/// Light or dark, as the browser likes it; one narrow column, fields as wide as it.
const STYLE: &str = ":root { color-scheme: light dark } \
    body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem 1rem } main { max-width: 26rem; margin: auto } \
    input:not([type=checkbox]) { display: block; width: 100%; box-sizing: border-box } \
    input, button { font: inherit; padding: .4rem .6rem } [role=alert] { color: light-dark(#a00, #f99) }";

/// A page for the person's browser. `body` is HTML; what comes from outside in it must be [`escape`]d.
pub(crate) fn page(status: u16, title: &str, body: &str) -> Response {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\n\
         <style>{STYLE}</style></head>\n\
         <body><main><h1>{title}</h1>\n{body}\n</main></body>\n</html>\n"
    );
    respond(status, "text/html; charset=utf-8", html.into_bytes())
}

pub(crate) fn redirect(to: &Url) -> Response {
    let mut response = respond(302, "text/html", Vec::new());
    response.headers.push(("location".to_owned(), to.as_str().to_owned()));
    response
}

/// The way from a form to the next page. The address is sent as it is written, an empty fragment included.
pub(crate) fn see_other(to: &str) -> Response {
    let mut response = respond(303, "text/html", Vec::new());
    response.headers.push(("location".to_owned(), to.to_owned()));
    response
}

/// What is wrong with what the person submitted, if anything is.
pub(crate) fn alert(error: Option<&str>) -> String {
    error.map(|error| format!("<p role=\"alert\">{}</p>", escape(error))).unwrap_or_default()
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Which headers of an answer a script of another origin may read.
const EXPOSED: &str = "Synapse-Trace-Id, Server";
/// The same, where there are entity tags.
pub(crate) const EXPOSED_WITH_ETAG: &str = "Synapse-Trace-Id, Server, ETag";

/// What a browser is told that asks what a script of another origin may do, as it is told for any path.
pub(crate) fn preflight(has_etags: bool) -> Response {
    let (allowed, exposed) = if has_etags {
        ("Content-Type, If-Match, If-None-Match", EXPOSED_WITH_ETAG)
    } else {
        ("X-Requested-With, Content-Type, Authorization, Date", EXPOSED)
    };
    let headers = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET, HEAD, POST, PUT, DELETE, OPTIONS"),
        ("access-control-allow-headers", allowed),
        ("access-control-expose-headers", exposed),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    Response { status: 204, headers, body: Secret::new(Vec::new()) }
}

fn respond(status: u16, content_type: &str, body: Vec<u8>) -> Response {
    Response {
        status,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: Secret::new(body),
    }
}

/// A Matrix error, before it becomes an answer.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: u16,
    body: Map<String, Value>,
}

impl Refusal {
    pub(crate) fn new(status: u16, errcode: &str, error: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("errcode".to_owned(), errcode.into());
        body.insert("error".to_owned(), error.into().into());
        Self { status, body }
    }

    pub(crate) fn unrecognized(status: u16) -> Self {
        Self::new(status, "M_UNRECOGNIZED", "Unrecognized request")
    }

    pub(crate) fn missing(field: &str) -> Self {
        Self::new(400, "M_MISSING_PARAM", format!("Missing params: ['{field}']"))
    }

    pub(crate) fn limited(milliseconds: u64) -> Self {
        Self::new(429, "M_LIMIT_EXCEEDED", "Too Many Requests").with("retry_after_ms", milliseconds)
    }

    pub(crate) fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.body.insert(field.to_owned(), value.into());
        self
    }

    pub(crate) fn errcode(&self) -> &str {
        self.body.get("errcode").and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn error(&self) -> &str {
        self.body.get("error").and_then(Value::as_str).unwrap_or_default()
    }

    /// The answer; a rate limit also gets its `Retry-After`, in whole seconds.
    pub(crate) fn into_response(self) -> Response {
        let wait = self.body.get("retry_after_ms").and_then(Value::as_u64);
        let mut response = json(self.status, &json!(self.body));
        if let Some(milliseconds) = wait {
            response.headers.push(("retry-after".to_owned(), milliseconds.div_ceil(1000).to_string()));
        }
        response
    }
}
