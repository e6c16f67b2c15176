//! Which redirect URIs may a client register, and which of them does a request mean? RFC 8252 §7 and §8.4.

use url::{Host, Url};

/// A loopback redirect: the host, the path and the query; the port only if one was registered.
const LOOPBACK_HOSTS: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// What a client says that it is (OpenID Connect Dynamic Client Registration 1.0 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApplicationType {
    Native,
    Web,
}

/// Whether a client of this `client_uri` may register `uri`.
pub(crate) fn may_be_registered(uri: &str, kind: ApplicationType, client_uri: &Url) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    match (url.scheme(), kind) {
        ("https", _) => is_on_host_of(&url, client_uri),
        ("http", ApplicationType::Native) => is_loopback(&url),
        ("http", ApplicationType::Web) | (_, ApplicationType::Web) => false,
        (scheme, ApplicationType::Native) => {
            let rest = uri.get(scheme.len() + 1..).unwrap_or_default();
            is_reverse_of(scheme, client_uri) && is_private_path(rest)
        }
    }
}

/// Whether a request for `asked` means `registered`: the same, or a loopback address on any port.
pub(crate) fn is_meant(asked: &Url, registered: &Url) -> bool {
    if asked == registered {
        return true;
    }
    let mut without_port = asked.clone();
    is_loopback(asked) && without_port.set_port(None).is_ok() && without_port == *registered
}

/// The host of `client_uri`, or a subdomain of it. Ports and paths may differ.
pub(crate) fn is_on_host_of(url: &Url, client_uri: &Url) -> bool {
    let (Some(host), Some(base)) = (url.host_str(), client_uri.host_str()) else { return false };
    let is_plain = url.username().is_empty() && url.password().is_none();
    is_plain && (host == base || host.strip_suffix(base).is_some_and(|sub| sub.ends_with('.')))
}

fn is_loopback(url: &Url) -> bool {
    url.scheme() == "http" && url.host_str().is_some_and(|host| LOOPBACK_HOSTS.contains(&host))
}

/// The scheme begins with the labels of the host, from the last to the first.
fn is_reverse_of(scheme: &str, client_uri: &Url) -> bool {
    let Some(Host::Domain(host)) = client_uri.host() else { return false };
    let mut labels = scheme.split('.');
    host.rsplit('.').all(|label| labels.next() == Some(label))
}

/// One slash, or the three of an empty authority. No slash at all is specified, but not accepted.
fn is_private_path(rest: &str) -> bool {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._~-".contains(&b))
}
