//! How is a connection made: directly, or through a proxy?

use std::error::Error;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::header::{HeaderMap, HeaderValue, USER_AGENT};
use hyper::{Uri, http::uri::Scheme};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::client::legacy::connect::proxy::{SocksV4, SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::agent;

/// How long it may take to be connected.
const CONNECT: Duration = Duration::from_secs(10);

type Failed = Box<dyn Error + Send + Sync>;
/// To the server, or to the proxy.
type Near = MaybeHttpsStream<TokioIo<TcpStream>>;
/// TLS within what leads there.
type Stream = MaybeHttpsStream<Near>;

/// Connects to servers.
#[derive(Clone)]
pub(crate) struct Connector {
    tcp: HttpConnector<Resolver>,
    tls: Arc<ClientConfig>,
    /// Without, it connects directly.
    proxies: Option<Arc<Matcher>>,
}

impl Connector {
    /// To servers elsewhere, by name, through these proxies.
    pub(crate) fn outside(tls: Arc<ClientConfig>, proxies: Arc<Matcher>) -> Self {
        Self { tcp: tcp(Resolver::System(GaiResolver::new())), tls, proxies: Some(proxies) }
    }

    /// To this machine, whatever its name.
    pub(crate) fn loopback(tls: Arc<ClientConfig>) -> Self {
        Self { tcp: tcp(Resolver::Here), tls, proxies: None }
    }

    async fn connect(mut self, to: Uri) -> Result<Stream, Failed> {
        let proxy = self.proxies.as_ref().and_then(|proxies| proxies.intercept(&to));
        let near = match proxy {
            Some(proxy) => self.through(&proxy, to.clone()).await?,
            None => MaybeHttpsStream::Http(self.tcp.call(to.clone()).await?),
        };
        if to.scheme() != Some(&Scheme::HTTPS) {
            return Ok(MaybeHttpsStream::Http(near));
        }
        let host = to.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned())?;
        let stream = TlsConnector::from(self.tls).connect(name, TokioIo::new(near)).await?;
        Ok(MaybeHttpsStream::Https(TokioIo::new(stream)))
    }

    async fn through(&self, proxy: &Intercept, to: Uri) -> Result<Near, Failed> {
        let (address, tcp) = (proxy.uri().clone(), self.tcp.clone());
        let stream = match address.scheme_str() {
            Some(kind @ ("socks4" | "socks4a")) => {
                SocksV4::new(address.clone(), tcp).local_dns(kind == "socks4").call(to).await?
            }
            Some(kind @ ("socks5" | "socks5h")) => {
                let socks = SocksV5::new(address.clone(), tcp).local_dns(kind == "socks5");
                let mut socks = match proxy.raw_auth() {
                    Some((user, password)) => socks.with_auth(user.to_owned(), password.to_owned()),
                    None => socks,
                };
                socks.call(to).await?
            }
            _ => {
                let inner = HttpsConnector::from((tcp, Arc::clone(&self.tls)));
                let named = HeaderValue::try_from(agent::name())?;
                let tunnel =
                    Tunnel::new(address, inner).with_headers(HeaderMap::from_iter([(USER_AGENT, named)]));
                let mut tunnel = match proxy.basic_auth() {
                    Some(auth) => tunnel.with_auth(auth.clone()),
                    None => tunnel,
                };
                return Ok(tunnel.call(to).await?);
            }
        };
        Ok(MaybeHttpsStream::Http(stream))
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Failed>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connecting = self.clone().connect(to);
        Box::pin(async {
            let late = |_| Err(io::Error::from(ErrorKind::TimedOut).into());
            tokio::time::timeout(CONNECT, connecting).await.unwrap_or_else(late)
        })
    }
}

fn tcp(resolver: Resolver) -> HttpConnector<Resolver> {
    let mut tcp = HttpConnector::new_with_resolver(resolver);
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp
}

/// Where is a name?
#[derive(Clone)]
enum Resolver {
    System(GaiResolver),
    /// A name server has no say in where this machine is.
    Here,
}

/// The name did not resolve.
#[derive(Debug)]
pub(crate) struct NoSuchName;

impl std::fmt::Display for NoSuchName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name did not resolve")
    }
}

impl Error for NoSuchName {}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = NoSuchName;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, NoSuchName>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoSuchName>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        match self {
            Self::System(system) => {
                let asking = system.call(name);
                Box::pin(async {
                    let found = asking.await.map_err(|_| NoSuchName)?;
                    Ok(found.collect::<Vec<_>>().into_iter())
                })
            }
            Self::Here => {
                let here = [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()];
                Box::pin(std::future::ready(Ok(here.map(|ip| (ip, 0).into()).to_vec().into_iter())))
            }
        }
    }
}
