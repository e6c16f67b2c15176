//! What does a person's browser send?

use narthex::{Method, Request, Secret};
use url::{Url, form_urlencoded};

/// The largest page that a browser of ours reads, in bytes.
const PAGE_LIMIT: usize = 1024 * 1024;

/// Opens a page or follows a link.
#[must_use]
pub fn open(url: &Url) -> Request {
    Request {
        method: Method::Get,
        url: url.clone(),
        headers: Vec::new(),
        body: Secret::new(Vec::new()),
        limit: PAGE_LIMIT,
    }
}

/// Submits the form of a page with these fields.
///
/// A fallback page takes `session`, and `token` or `g-recaptcha-response`; the page of single sign-on takes
/// `idp`, `redirectUrl` and `username`.
#[must_use]
pub fn submit(url: &Url, fields: &[(&str, &str)]) -> Request {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Request {
        method: Method::Post,
        headers: vec![("content-type", Secret::from("application/x-www-form-urlencoded"))],
        body: Secret::new(body.into_bytes()),
        ..open(url)
    }
}
