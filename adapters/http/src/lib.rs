//! HTTP for the Narthex engine, on reqwest.
//!
//! It performs one exchange at a time, exactly as asked: no redirect is followed, no cookie kept, nothing retried. The
//! system's proxies are used, except for this machine itself; the system's certificate authorities are trusted.
#![warn(missing_docs)]

mod lost;

use std::time::Duration;

use narthex::{Lost, Method, Request, Response, Secret};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use url::{Host, Url};

/// How long it may take to be connected.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the whole exchange may take; the engine gives up about then.
const WHOLE: Duration = Duration::from_secs(30);
/// The engine reads a handful of headers.
const MAX_HEADERS: usize = 64;
/// In bytes.
const MAX_HEADER: usize = 8 * 1024;

/// Performs the exchanges that an engine asks for. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http {
    /// Through the system's proxies.
    outside: reqwest::Client,
    /// Never through a proxy.
    loopback: reqwest::Client,
}

/// The system's certificate authorities or proxies could not be read.
#[derive(Debug)]
pub struct Unusable(reqwest::Error);

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HTTPS cannot be set up on this system")
    }
}

impl std::error::Error for Unusable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

impl Http {
    /// With the settings of this system.
    ///
    /// # Errors
    ///
    /// When the system's TLS or proxy settings cannot be used.
    pub fn new() -> Result<Self, Unusable> {
        Self::with_patience(WHOLE)
    }

    /// With another limit on the time that a whole exchange may take.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_patience(whole: Duration) -> Result<Self, Unusable> {
        // Whoever embeds us may have chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            reqwest::Client::builder()
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                .connect_timeout(CONNECT.min(whole))
                .timeout(whole)
                .pool_max_idle_per_host(5)
                .user_agent(concat!("narthex/", env!("CARGO_PKG_VERSION")))
        };
        let outside = builder().build().map_err(Unusable)?;
        let loopback = builder().no_proxy().build().map_err(Unusable)?;
        Ok(Self { outside, loopback })
    }

    /// Performs one exchange.
    ///
    /// # Errors
    ///
    /// When there is no answer, or one that is larger than the request allows; any status is an answer. Plain `http:`
    /// to another machine is refused as [`Lost::Tls`].
    pub async fn send(&self, request: Request) -> Result<Response, Lost> {
        let is_loopback = is_loopback(&request.url);
        if request.url.scheme() != "https" && !(request.url.scheme() == "http" && is_loopback) {
            return Err(Lost::Tls);
        }
        let limit = request.limit;
        let client = if is_loopback { &self.loopback } else { &self.outside };
        let mut response = client.execute(built(request)?).await.map_err(|error| lost::why(&error))?;
        let headers = text_headers(response.headers());
        let status = response.status().as_u16();
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(Lost::TooLarge);
        }
        // Counted as it is unpacked: a small body may hold a large one.
        let mut body = Secret::new(Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(|error| lost::why(&error))? {
            if body.expose().len() + chunk.len() > limit {
                return Err(Lost::TooLarge);
            }
            let mut longer = Vec::with_capacity(body.expose().len() + chunk.len());
            longer.extend_from_slice(body.expose());
            longer.extend_from_slice(&chunk);
            body = Secret::new(longer);
        }
        Ok(Response { status, headers, body })
    }
}

fn built(request: Request) -> Result<reqwest::Request, Lost> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
    };
    let mut built = reqwest::Request::new(method, request.url);
    for (name, value) in &request.headers {
        let mut value = HeaderValue::from_str(value.expose()).map_err(|_| Lost::Broken)?;
        value.set_sensitive(true);
        built.headers_mut().insert(HeaderName::from_static(name), value);
    }
    if !request.body.expose().is_empty() {
        *built.body_mut() = Some(request.body.expose().clone().into());
    }
    Ok(built)
}

fn text_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let small = headers.iter().filter(|(_, value)| value.len() <= MAX_HEADER);
    let text =
        small.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    text.take(MAX_HEADERS).collect()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
