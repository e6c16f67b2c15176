//! Why was there no answer?

use std::error::Error;
use std::io::{self, ErrorKind};

use narthex::{Lost, Time};
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

/// The kind of loss behind an error of reqwest. Nothing of the error is shown: it may hold an address with a secret.
pub(crate) fn why(error: &reqwest::Error, is_proxied: bool) -> Lost {
    let causes = || std::iter::successors(error.source(), |&cause| cause.source());
    if error.is_timeout() {
        return Lost::Timeout;
    }
    if let Some(tls) = causes().find_map(of_tls) {
        return tls;
    }
    if error.is_connect() {
        let is_https = error.url().is_some_and(|url| url.scheme() == "https");
        return if causes().any(is_of_tunnel) {
            Lost::ProxyRefused
        } else if is_https && causes().any(is_hung_up) {
            Lost::Tls
        } else if is_proxied {
            Lost::ProxyUnreachable
        } else if error.is_dns() {
            Lost::Dns
        } else {
            Lost::Connect
        };
    }
    match causes().find_map(|cause| cause.downcast_ref::<hyper::Error>()) {
        Some(error) if error.is_parse_too_large() => Lost::TooLarge,
        Some(error) if error.is_parse() => Lost::NotHttp,
        Some(_) | None => Lost::Broken,
    }
}

/// TLS errors travel inside of I/O errors, which do not count them among their sources.
fn of_tls(cause: &(dyn Error + 'static)) -> Option<Lost> {
    if let Some(error) = cause.downcast_ref::<rustls::Error>() {
        return Some(tls(error));
    }
    cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref).and_then(|inner| of_tls(inner))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "rustls' kinds grow")]
fn tls(error: &rustls::Error) -> Lost {
    match error {
        rustls::Error::InvalidCertificate(problem) => certificate(problem),
        // What came was no TLS: plain HTTP, most likely.
        rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => Lost::NoTls,
        _ => Lost::Tls,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "rustls' kinds grow")]
fn certificate(problem: &CertificateError) -> Lost {
    let time = |at: &UnixTime| Time(at.as_secs().saturating_mul(1000));
    match problem {
        CertificateError::ExpiredContext { not_after, .. } => Lost::TlsExpired { at: time(not_after) },
        CertificateError::NotValidYetContext { not_before, .. } => {
            Lost::TlsNotYetValid { at: time(not_before) }
        }
        // An issuer of that name is known, and did not sign it.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Lost::TlsUntrusted,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Lost::TlsOtherName
        }
        // What `openssl req -x509` makes: an authority that vouches for itself.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            Lost::TlsUntrusted
        }
        _ => Lost::Tls,
    }
}

/// The proxy was asked for a tunnel to the server, and made none. The type of this error cannot be named.
fn is_of_tunnel(cause: &(dyn Error + 'static)) -> bool {
    cause.to_string().starts_with("tunnel error: ") && !cause.to_string().contains("failed to create")
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
