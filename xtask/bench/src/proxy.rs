//! A server that is far away: every exchange takes longer, and is written down.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// One exchange, as the client sees it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The first line of the request.
    pub line: String,
    /// When the client began to ask.
    pub began: Instant,
    /// When it had the answer.
    pub ended: Option<Instant>,
}

type Log = Arc<Mutex<Vec<Exchange>>>;

/// The server as it is reached from far away.
#[derive(Debug)]
pub struct Proxy {
    /// Where it is reached.
    pub url: Url,
    log: Log,
}

impl Proxy {
    /// Starts in front of this port of this machine. Half of the latency is on the way there, half on the way back.
    pub async fn start(to: u16, latency: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/", listener.local_addr()?).parse().map_err(io::Error::other)?;
        let log = Log::default();
        let logged = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let log = Arc::clone(&logged);
                tokio::spawn(async move { pass(client, to, latency / 2, &log).await });
            }
        });
        Ok(Self { url, log })
    }

    /// What was exchanged since the last time.
    #[must_use]
    pub fn taken(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// HTTP/1.1 without pipelining: what comes from the client is a request, what comes back ends it.
async fn pass(client: TcpStream, to: u16, half: Duration, log: &Log) -> io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).await?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let current = Mutex::new(None);
    let there = async {
        let asked = |piece: &[u8]| {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            let mut current = current.lock().unwrap_or_else(PoisonError::into_inner);
            // The rest of a request that came in pieces is not another.
            if current.is_none() {
                *current = Some(log.len());
                let line = piece.split(|byte| *byte == b'\r').next().unwrap_or_default();
                let line = String::from_utf8_lossy(line).into_owned();
                log.push(Exchange { line, began: Instant::now(), ended: None });
            }
        };
        carry(&mut from_client, &mut to_server, half, asked, || {}).await
    };
    let back = async {
        let answered = || {
            let current = current.lock().unwrap_or_else(PoisonError::into_inner).take();
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(exchange) = current.and_then(|n| log.get_mut(n)) {
                exchange.ended = Some(Instant::now());
            }
        };
        carry(&mut from_server, &mut to_client, half, |_| {}, answered).await
    };
    tokio::select! {
        there = there => there,
        back = back => back,
    }
}

async fn carry(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    delay: Duration,
    read: impl Fn(&[u8]),
    written: impl Fn(),
) -> io::Result<()> {
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        read(&piece[..length]);
        tokio::time::sleep(delay).await;
        to.write_all(&piece[..length]).await?;
        written();
    }
}
