//! Why was there no answer?

use std::error::Error;
use std::io;

use narthex::Lost;

/// The kind of loss behind an error of reqwest. Nothing of the error is shown: it may hold an address with a secret.
pub(crate) fn why(error: &reqwest::Error) -> Lost {
    if error.is_timeout() {
        return Lost::Timeout;
    }
    let causes = || std::iter::successors(error.source(), |&cause| cause.source());
    if causes().any(is_tls) {
        return Lost::Tls;
    }
    if error.is_connect() {
        // The resolver has no error type of its own that could be told apart.
        let dns = causes().any(|cause| cause.to_string().starts_with("dns error"));
        return if dns { Lost::Dns } else { Lost::Connect };
    }
    Lost::Broken
}

/// TLS errors travel inside of I/O errors, which do not count them among their sources.
fn is_tls(cause: &(dyn Error + 'static)) -> bool {
    let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    cause.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
}
