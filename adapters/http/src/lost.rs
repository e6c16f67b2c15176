//! Why was there no answer?

use std::error::Error;
use std::io::{self, ErrorKind};

use hyper_util::client::legacy;
use narthex::{Lost, Time};
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

use crate::connect::NoSuchName;

/// The kind of loss behind an error before there was an answer. Nothing of the error is shown: it may hold an address
/// with a secret.
pub(crate) fn why(error: &legacy::Error, is_https: bool, is_proxied: bool) -> Lost {
    if !error.is_connect() {
        return midway(error);
    }
    if causes(error).any(is_late) {
        Lost::Timeout
    } else if let Some(tls) = causes(error).find_map(of_tls) {
        tls
    } else if causes(error).any(is_of_tunnel) {
        Lost::ProxyRefused
    } else if is_https && causes(error).any(is_hung_up) {
        Lost::Tls
    } else if is_proxied {
        Lost::ProxyUnreachable
    } else if causes(error).any(|cause| cause.is::<NoSuchName>()) {
        Lost::Dns
    } else {
        Lost::Connect
    }
}

/// The kind of loss behind an error of a connection that was there.
pub(crate) fn midway(error: &(dyn Error + 'static)) -> Lost {
    if causes(error).any(is_late) {
        return Lost::Timeout;
    }
    if let Some(tls) = causes(error).find_map(of_tls) {
        return tls;
    }
    match causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>()) {
        Some(error) if error.is_parse_too_large() => Lost::TooLarge,
        Some(error) if error.is_parse() => Lost::NotHttp,
        Some(_) | None => Lost::Broken,
    }
}

/// The error, and what is behind it.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}

fn is_late(cause: &(dyn Error + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::TimedOut)
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
