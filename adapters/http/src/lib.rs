//! HTTP for the Narthex engine, on hyper.
//!
//! It performs exchanges exactly as asked: no redirect is followed, no cookie kept, nothing retried. The system's
//! proxies are used (`HTTPS_PROXY`, `NO_PROXY` and so on), except for this machine itself; the system's certificate
//! authorities are trusted. It speaks HTTP/1.1.
#![warn(missing_docs)]

mod agent;
mod answer;
mod connect;
mod lost;
mod packing;
mod tls;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HeaderName, HeaderValue, USER_AGENT};
use hyper_util::client::legacy::Client;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use narthex::{Lost, Method, Request, Response};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::connect::Connector;

/// An answer that came while the process was stopped is read within this time.
const CATCHING_UP: Duration = Duration::from_millis(300);
/// Some proxies add a hundred.
const MOST_HEADERS: usize = 1000;
/// How much is read at once, in bytes, which is also the longest head of an answer. hyper goes through all of it, and
/// through 128 more of them if they are there, before anybody else of this thread has a turn.
const READ_AT_ONCE: usize = 32 * 1024;
/// How many answers may say that the answer is still to come. There is seldom more than one.
const MOST_INFORMATIONAL: usize = 20;

/// Performs the exchanges that an engine asks for. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http {
    /// Through the system's proxies.
    outside: Client<Connector, Full<Bytes>>,
    /// Never through a proxy.
    loopback: Client<Connector, Full<Bytes>>,
    proxies: Arc<Matcher>,
}

/// HTTPS cannot be set up here.
#[derive(Debug)]
pub struct Unusable(Box<dyn std::error::Error + Send + Sync>);

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HTTPS cannot be set up on this system")
    }
}

impl std::error::Error for Unusable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

impl Http {
    /// With the settings of this system.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up.
    pub fn new() -> Result<Self, Unusable> {
        let tls = Arc::new(tls::config().map_err(|error| Unusable(error.into()))?);
        let proxies = Arc::new(Matcher::from_system());
        let client = |connector| {
            Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_max_idle_per_host(5)
                .http1_max_headers(MOST_HEADERS)
                .http1_read_buf_exact_size(READ_AT_ONCE)
                .build(connector)
        };
        let outside = client(Connector::outside(Arc::clone(&tls), Arc::clone(&proxies)));
        Ok(Self { outside, loopback: client(Connector::loopback(tls)), proxies })
    }

    /// Performs one exchange.
    ///
    /// # Errors
    ///
    /// When there is no answer within the patience of the request (10 seconds to be connected), or one that is larger than the request allows,
    /// unpacked, or more than 20 that say that it is still to come; any status is an answer. Plain `http:` to another
    /// machine is refused as [`Lost::Tls`].
    pub async fn send(&self, request: Request) -> Result<Response, Lost> {
        let is_loopback = narthex::is_loopback(&request.url);
        let is_https = request.url.scheme() == "https";
        if !is_https && !(request.url.scheme() == "http" && is_loopback) {
            return Err(Lost::Tls);
        }
        let (limit, patience) = (request.limit, request.patience);
        let client = if is_loopback { &self.loopback } else { &self.outside };
        let mut built = built(request)?;
        let is_proxied = !is_loopback && self.proxies.intercept(built.uri()).is_some();
        let too_many = counted(&mut built);
        let exchange = async move {
            let asking = client.request(built);
            let response = asking.await.map_err(|error| lost::why(&error, is_https, is_proxied))?;
            answer::read(response, limit).await
        };
        let exchange = async move {
            tokio::select! {
                answer = exchange => answer,
                () = too_many.notified() => Err(Lost::TooLarge),
            }
        };
        within(patience, exchange).await.unwrap_or(Err(Lost::Timeout))
    }
}

/// Told when the server says once too often that the answer is still to come (RFC 9110 §15.2).
fn counted(request: &mut hyper::Request<Full<Bytes>>) -> Arc<Notify> {
    let (said, too_many) = (AtomicUsize::new(0), Arc::new(Notify::new()));
    let told = Arc::clone(&too_many);
    hyper::ext::on_informational(request, move |_| {
        if said.fetch_add(1, Ordering::Relaxed) == MOST_INFORMATIONAL {
            told.notify_one();
        }
    });
    too_many
}

/// Host and port of the proxy that this system has set up for servers elsewhere, if there is one. Never its password.
#[must_use]
pub fn proxy() -> Option<String> {
    let elsewhere = hyper::Uri::from_static("https://example.invalid/");
    let proxy = Matcher::from_system().intercept(&elsewhere)?;
    let host = proxy.uri().host()?;
    Some(proxy.uri().port_u16().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// What is ready counts, however late it is: the process may have been stopped since it came, and nobody read it.
async fn within<T>(patience: Duration, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    match timeout(patience, &mut work).await {
        Ok(done) => Some(done),
        Err(_) => timeout(CATCHING_UP, work).await.ok(),
    }
}

fn built(request: Request) -> Result<hyper::Request<Full<Bytes>>, Lost> {
    let address: hyper::Uri = request.url.as_str().parse().map_err(|_| Lost::Broken)?;
    let mut built = hyper::Request::new(Full::from(request.body.expose().clone()));
    *built.method_mut() = request.method.into();
    *built.uri_mut() = address;
    let named = HeaderValue::try_from(agent::name()).map_err(|_| Lost::Broken)?;
    built.headers_mut().insert(USER_AGENT, named);
    built.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(packing::ACCEPTED));
    for (name, value) in &request.headers {
        let mut value = HeaderValue::from_str(value.expose()).map_err(|_| Lost::Broken)?;
        value.set_sensitive(true);
        built.headers_mut().insert(HeaderName::from_static(name), value);
    }
    if request.body.expose().is_empty() && matches!(request.method, Method::Post | Method::Put) {
        // Synapse refuses a POST of a rendezvous that does not say that it is empty.
        built.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Ok(built)
}
