//! How is a sandbox reached over HTTP? A small server for the loopback interface.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method as HttpMethod, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use narthex::{Method, Request, Response, Secret, Time};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use crate::answer::Refusal;
use crate::ask::{Ask, BODY_LIMIT};
use crate::sandbox::Sandbox;

/// How long a stopping server waits for requests under way.
const GRACE: Duration = Duration::from_secs(2);
/// How long a client may take to send the head of a request, and then its body.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a patient sync looks whether there is something new.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The headers that a sandbox looks at.
const HEADERS_READ: [&str; 9] = [
    "authorization",
    "content-type",
    "cookie",
    "if-match",
    "if-none-match",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "sec-fetch-user",
];

/// A sandbox that is being served. Dropping it stops the server.
#[derive(Debug)]
pub struct Server {
    url: Url,
    sandbox: Arc<Mutex<Sandbox>>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

type Clock = Arc<dyn Fn() -> Time + Send + Sync>;
type Network = Arc<dyn Fn(&Request) -> Fate + Send + Sync>;

/// What the network makes of an exchange.
#[derive(Clone, Debug)]
pub enum Fate {
    /// The request arrives, and so does the answer.
    Answered,
    /// The connection breaks, before the server has heard the request or after it.
    Cut {
        /// Whether the server has heard it.
        heard: bool,
    },
    /// No answer ever comes.
    Held {
        /// Whether the server has heard the request.
        heard: bool,
    },
    /// Something before the server answers.
    Instead(Response),
}

impl Server {
    /// Serves `sandbox` on `address`, whose port may be 0, by the time of `clock`.
    ///
    /// The base URL of the sandbox becomes the address it is served on.
    ///
    /// # Errors
    /// The address is not a loopback address, or cannot be bound.
    pub async fn start(
        sandbox: Sandbox,
        address: SocketAddr,
        clock: impl Fn() -> Time + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::start_behind(sandbox, address, clock, |_| Fate::Answered).await
    }

    /// The same, behind a network that may do something to each exchange.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_behind(
        mut sandbox: Sandbox,
        address: SocketAddr,
        clock: impl Fn() -> Time + Send + Sync + 'static,
        network: impl Fn(&Request) -> Fate + Send + Sync + 'static,
    ) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            let error = "the sandbox is served on loopback addresses only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
        }
        let listener = TcpListener::bind(address).await?;
        let url = Url::parse(&format!("http://{}/", listener.local_addr()?))
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        sandbox.set_base_url(url.clone());
        let sandbox = Arc::new(Mutex::new(sandbox));
        let (stop, stopped) = oneshot::channel();
        let front = Front {
            url: url.clone(),
            sandbox: Arc::clone(&sandbox),
            clock: Arc::new(clock),
            network: Arc::new(network),
        };
        let serving = serve(listener, front, stopped);
        let running = tokio::spawn(serving);
        Ok(Self { url, sandbox, stop, running })
    }

    /// The base URL.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// The sandbox, to look into and to change. Nothing is answered while it is held.
    pub fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        lock(&self.sandbox)
    }

    /// Stops listening, lets requests under way finish, and hands the sandbox back.
    pub async fn stop(self) -> Sandbox {
        // If nobody listens any more, the server has stopped already.
        let _ = self.stop.send(());
        let _ = self.running.await;
        lock(&self.sandbox).clone()
    }
}

fn lock(sandbox: &Mutex<Sandbox>) -> MutexGuard<'_, Sandbox> {
    sandbox.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a connection needs.
#[derive(Clone)]
struct Front {
    url: Url,
    sandbox: Arc<Mutex<Sandbox>>,
    clock: Clock,
    network: Network,
}

impl Front {
    /// `None` if the connection breaks.
    async fn answer(&self, request: hyper::Request<Incoming>) -> Option<Response> {
        let says_length = request.headers().contains_key(header::CONTENT_LENGTH);
        let request = match read(&self.url, request).await {
            Ok(request) => request,
            Err(refusal) => return Some(refusal.into_response()),
        };
        let hear = || lock(&self.sandbox).hear((self.clock)(), Ask { request: &request, says_length });
        match (self.network)(&request) {
            Fate::Answered => {
                self.wait_for_news(Ask { request: &request, says_length }).await;
                Some(hear())
            }
            Fate::Instead(response) => Some(response),
            Fate::Cut { heard } => {
                heard.then(hear);
                None
            }
            Fate::Held { heard } => {
                heard.then(hear);
                std::future::pending().await
            }
        }
    }

    /// A patient sync is answered once there is something new.
    async fn wait_for_news(&self, ask: Ask<'_>) {
        let patience = || lock(&self.sandbox).may_wait((self.clock)(), ask);
        let Some(longest) = patience() else { return };
        let waiting = async {
            while patience().is_some() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        // Nothing new is an answer too.
        let _ = tokio::time::timeout(longest, waiting).await;
    }
}

async fn serve(listener: TcpListener, front: Front, mut stopped: oneshot::Receiver<()>) {
    let connections = GracefulShutdown::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connect(stream, &connections, front.clone()),
                // Out of sockets, most likely: others will close theirs.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    tokio::select! {
        () = connections.shutdown() => {}
        () = tokio::time::sleep(GRACE) => {}
    }
}

fn connect(stream: TcpStream, connections: &GracefulShutdown, front: Front) {
    let service = service_fn(move |request| {
        let front = front.clone();
        async move {
            let response = front.answer(request).await;
            let response = response.ok_or_else(|| io::Error::from(io::ErrorKind::ConnectionReset))?;
            write(&response).map_err(io::Error::other)
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        // A connection that breaks is the client's own affair.
        let _ = connection.await;
    });
}

async fn read(url: &Url, request: hyper::Request<Incoming>) -> Result<Request, Refusal> {
    let method = if request.method() == HttpMethod::GET {
        Method::Get
    } else if request.method() == HttpMethod::POST {
        Method::Post
    } else if request.method() == HttpMethod::PUT {
        Method::Put
    } else if request.method() == HttpMethod::DELETE {
        Method::Delete
    } else if request.method() == HttpMethod::OPTIONS {
        Method::Options
    } else {
        return Err(Refusal::unrecognized(405));
    };
    let mut url = url.clone();
    url.set_path(request.uri().path());
    url.set_query(request.uri().query());
    let headers = HEADERS_READ.into_iter().filter_map(|name| {
        let value = request.headers().get(name)?.to_str().ok()?;
        Some((name, Secret::from(value)))
    });
    let headers = headers.collect();
    let collecting = Limited::new(request.into_body(), BODY_LIMIT).collect();
    let body = tokio::time::timeout(PATIENCE, collecting)
        .await
        .map_err(|_| Refusal::new(408, "M_UNKNOWN", "Timed out reading the request"))?
        .map_err(|_| Refusal::new(413, "M_TOO_LARGE", "Payload too large"))?;
    Ok(Request {
        method,
        url,
        headers,
        body: Secret::new(body.to_bytes().to_vec()),
        limit: BODY_LIMIT,
        patience: PATIENCE,
        shown_path: None,
    })
}

fn write(response: &Response) -> Result<hyper::Response<Full<Bytes>>, hyper::http::Error> {
    let body = Full::new(Bytes::copy_from_slice(response.body.expose()));
    let mut written = hyper::Response::builder().status(response.status);
    for (name, value) in &response.headers {
        written = written.header(name, value);
    }
    if response.header("cache-control").is_none() {
        written = written.header("cache-control", "no-store");
    }
    written.body(body)
}
