//! Why was there no answer?

use std::error::Error;
use std::io::{self, ErrorKind};

use narthex::Lost;

/// The kind of loss behind an error of reqwest. Nothing of the error is shown: it may hold an address with a secret.
pub(crate) fn why(error: &reqwest::Error) -> Lost {
    let causes = || std::iter::successors(error.source(), |&cause| cause.source());
    if error.is_timeout() {
        return Lost::Timeout;
    }
    if causes().any(is_tls) {
        return Lost::Tls;
    }
    if error.is_connect() {
        let is_https = error.url().is_some_and(|url| url.scheme() == "https");
        return if error.is_dns() {
            Lost::Dns
        } else if is_https && causes().any(is_hung_up) {
            Lost::Tls
        } else {
            Lost::Connect
        };
    }
    Lost::Broken
}

/// TLS errors travel inside of I/O errors, which do not count them among their sources.
fn is_tls(cause: &(dyn Error + 'static)) -> bool {
    let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    cause.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
}

/// The other side accepted the connection and then ended it, which while connecting is during the handshake.
fn is_hung_up(cause: &(dyn Error + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::UnexpectedEof
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
        )
    })
}
