//! HTTP for the Narthex engine, on reqwest.
//!
//! It performs exchanges exactly as asked: no redirect is followed, no cookie kept, nothing retried. The system's
//! proxies are used (`HTTPS_PROXY`, `NO_PROXY` and so on), except for this machine itself; the system's certificate
//! authorities are trusted. It speaks HTTP/1.1.
#![warn(missing_docs)]

mod answer;
mod lost;
mod packing;
mod tls;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use narthex::{Lost, Method, Request, Response};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use tokio::time::timeout;

/// How long it may take to be connected.
const CONNECT: Duration = Duration::from_secs(10);
/// An answer that came while the process was stopped is read within this time.
const CATCHING_UP: Duration = Duration::from_millis(300);
/// Some proxies add a hundred.
const MOST_HEADERS: usize = 1000;

/// Performs the exchanges that an engine asks for. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http {
    /// Through the system's proxies.
    outside: reqwest::Client,
    /// Never through a proxy.
    loopback: reqwest::Client,
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
        let tls = tls::config().map_err(|error| Unusable(error.into()))?;
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                .connect_timeout(CONNECT)
                .http1_max_headers(MOST_HEADERS)
                .pool_max_idle_per_host(5)
                .user_agent(user_agent())
                // Unpacked here, whatever another crate of the same build has switched on.
                .no_gzip()
                .no_brotli()
                .no_zstd()
                .no_deflate()
        };
        // A name server has no say in where this machine is.
        let here = [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()].map(|ip| (ip, 0).into());
        let loopback = builder().no_proxy().resolve_to_addrs("localhost", &here);
        let client =
            |builder: reqwest::ClientBuilder| builder.build().map_err(|error| Unusable(error.into()));
        let proxies = Arc::new(Matcher::from_system());
        Ok(Self { outside: client(builder())?, loopback: client(loopback)?, proxies })
    }

    /// Performs one exchange.
    ///
    /// # Errors
    ///
    /// When there is no answer within the patience of the request (10 seconds to be connected), or one that is larger than the request allows,
    /// unpacked; any status is an answer. Plain `http:` to another machine is refused as [`Lost::Tls`].
    pub async fn send(&self, request: Request) -> Result<Response, Lost> {
        let is_loopback = narthex::is_loopback(&request.url);
        if request.url.scheme() != "https" && !(request.url.scheme() == "http" && is_loopback) {
            return Err(Lost::Tls);
        }
        let (limit, patience) = (request.limit, request.patience);
        let client = if is_loopback { &self.loopback } else { &self.outside };
        let is_proxied = !is_loopback && self.is_proxied(&request.url);
        let why = |error: &reqwest::Error| lost::why(error, is_proxied);
        let built = built(request)?;
        let exchange = async move {
            let response = client.execute(built).await.map_err(|error| why(&error))?;
            answer::read(response, limit, why).await
        };
        within(patience, exchange).await.unwrap_or(Err(Lost::Timeout))
    }

    fn is_proxied(&self, url: &url::Url) -> bool {
        url.as_str().parse::<hyper::Uri>().is_ok_and(|address| self.proxies.intercept(&address).is_some())
    }
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

/// The program, its version, and the system twice, as a model and by its name: so Matrix Authentication Service reads
/// it, and shows it in the account's list of devices.
fn user_agent() -> String {
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        "freebsd" => "FreeBSD",
        other => other,
    };
    format!("Narthex/{} ({system}; {system})", env!("CARGO_PKG_VERSION"))
}

fn built(request: Request) -> Result<reqwest::Request, Lost> {
    let mut built = reqwest::Request::new(request.method.into(), request.url);
    built.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(packing::ACCEPTED));
    for (name, value) in &request.headers {
        let mut value = HeaderValue::from_str(value.expose()).map_err(|_| Lost::Broken)?;
        value.set_sensitive(true);
        built.headers_mut().insert(HeaderName::from_static(name), value);
    }
    if !request.body.expose().is_empty() {
        *built.body_mut() = Some(request.body.expose().clone().into());
    } else if matches!(request.method, Method::Post | Method::Put) {
        // Synapse refuses a POST of a rendezvous that does not say that it is empty.
        built.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Ok(built)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found F3.
    #[test]
    fn the_program_and_its_system_are_named_as_servers_read_it() {
        let (name, rest) =
            user_agent().split_once('/').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap_or_default();
        let (_, systems) = rest.split_once(" (").unwrap_or_default();
        let systems: Vec<_> = systems.trim_end_matches(')').split("; ").collect();
        assert_eq!((name.as_str(), systems.len()), ("Narthex", 2));
        assert!(systems[0] == systems[1] && !systems[0].is_empty(), "{systems:?}");
    }
}
