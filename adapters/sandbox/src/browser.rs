//! What does a person's browser send?

use std::collections::BTreeMap;
use std::time::Duration;

use narthex::{Method, Request, Response, Secret};
use url::{Url, form_urlencoded};

/// The largest page that a browser of ours reads, in bytes.
const PAGE_LIMIT: usize = 1024 * 1024;
/// How long it waits for one.
const PATIENCE: Duration = Duration::from_secs(30);

/// Opens a page or follows a link.
#[must_use]
pub fn open(url: &Url) -> Request {
    Request {
        method: Method::Get,
        url: url.clone(),
        headers: Vec::new(),
        body: Secret::new(Vec::new()),
        limit: PAGE_LIMIT,
        patience: PATIENCE,
        shown_path: None,
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

/// The cookies of one browser, for the pages on which a person is signed in. Their paths and times are not looked at.
#[derive(Clone, Debug, Default)]
pub struct Jar(BTreeMap<String, Secret<String>>);

impl Jar {
    /// Keeps what this answer sets.
    pub fn keep(&mut self, response: &Response) {
        let set = response.headers.iter().filter(|(name, _)| name == "set-cookie");
        for (name, value) in set.filter_map(|(_, value)| value.split(';').next()?.split_once('=')) {
            self.0.insert(name.trim().to_owned(), value.trim().into());
        }
    }

    /// The request with what was kept.
    #[must_use]
    pub fn carry(&self, mut request: Request) -> Request {
        if !self.0.is_empty() {
            let pairs: Vec<String> =
                self.0.iter().map(|(name, value)| format!("{name}={}", value.expose())).collect();
            request.headers.push(("cookie", Secret::new(pairs.join("; "))));
        }
        request
    }
}
