//! Which addresses may be used, and how those of a homeserver are put together.

use url::{Host, Url};

/// Whether secrets may be sent there: `https`, or `http` on this machine.
pub(crate) fn is_secure(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether `url` is on this machine: `localhost`, `127.0.0.0/8` or `[::1]`. Plain `http` is for such addresses alone.
///
/// An HTTP client that follows the engine needs the same rule: nothing on this machine goes through a proxy, and nothing
/// elsewhere is asked in the clear.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// A homeserver's base address with one trailing slash; `None` if it cannot be one.
pub(crate) fn base_url(text: &str) -> Option<Url> {
    let mut url = Url::parse(text.trim()).ok()?;
    let plain = url.has_host() && url.username().is_empty() && url.password().is_none();
    if !plain || text.len() > 2048 || !matches!(url.scheme(), "https" | "http") {
        return None;
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Some(url)
}

/// An endpoint below a base address, which keeps its own path.
pub(crate) fn endpoint(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path()));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_keeps_its_path_and_ends_with_one_slash() {
        let base = |s| base_url(s).map(String::from);
        assert_eq!(base("https://a.b").as_deref(), Some("https://a.b/"));
        assert_eq!(base("https://a.b/m/x//").as_deref(), Some("https://a.b/m/x/"));
        assert_eq!(base("https://u@a.b"), None);
        assert_eq!(base("mailto:a@b"), None);
        assert_eq!(base("a.b"), None);
    }

    /// Edge case 16.
    #[test]
    fn an_endpoint_joins_without_a_double_slash() {
        let base = base_url("https://a.b/matrix/").expect("valid");
        assert_eq!(
            endpoint(&base, "_matrix/client/versions").as_str(),
            "https://a.b/matrix/_matrix/client/versions"
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let secure = |s| is_secure(&Url::parse(s).expect("valid"));
        assert!(secure("https://a.b") && secure("http://localhost:1") && secure("http://127.0.0.1"));
        assert!(secure("http://[::1]:8"));
        assert!(!secure("http://a.b") && !secure("http://localhost.a.b") && !secure("ftp://localhost"));
    }
}
