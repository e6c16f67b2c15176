//! Which addresses may be used, and how those of a homeserver are put together.
//!
//! Every address that a server names comes in by [`named`], which is told what it is for and who names it.

use std::net::Ipv4Addr;

use url::{Host, Url};

/// The longest address of a page that is taken, in bytes.
const MAX_PAGE: usize = 2048;

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

/// The longest address that is taken, in bytes.
const MAX: usize = 2048;

/// What an address is for that a server names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Requests go there, with secrets in them.
    Endpoint,
    /// The user opens it.
    Page,
}

/// Why an address that a server names is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It is none.
    Invalid,
    /// Others can read what is sent there, or it is this machine's, or our network's, which are no business of a server
    /// elsewhere.
    Insecure,
}

/// The address that a server at `by` names for `purpose`.
pub(crate) fn named(text: &str, purpose: Purpose, by: &Url) -> Result<Url, Unfit> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= MAX).ok_or(Unfit::Invalid)?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    // RFC 6749 §3.1 and §3.2.
    let may_end_so = purpose == Purpose::Page || url.fragment().is_none();
    match is_plain && may_end_so {
        false => Err(Unfit::Invalid),
        true if !may_lead_to(by, &url) => Err(Unfit::Insecure),
        true if purpose == Purpose::Endpoint && is_local(&url) && !is_local(by) && !is_this_machine(by) => {
            Err(Unfit::Insecure)
        }
        true => Ok(url),
    }
}

/// Whether only the network that we are in leads there, as far as the address tells: a name may lead anywhere.
fn is_local(url: &Url) -> bool {
    let v4 = |ip: Ipv4Addr| ip.is_private() || ip.is_link_local();
    match url.host() {
        Some(Host::Ipv4(ip)) => v4(ip),
        Some(Host::Ipv6(ip)) => {
            ip.is_unique_local() || ip.is_unicast_link_local() || ip.to_ipv4_mapped().is_some_and(v4)
        }
        Some(Host::Domain(_)) | None => false,
    }
}

/// Whether a server at `by` may lead us to `url`.
pub(crate) fn may_lead_to(by: &Url, url: &Url) -> bool {
    is_secure(url) && (is_loopback(by) || !is_this_machine(url))
}

/// Whether both are of one server: of one origin, or on this machine, where people put parts of a server behind ports.
pub(crate) fn are_together(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin() || (is_loopback(one) && is_loopback(other))
}

/// By whichever name. [`is_loopback`] is narrower: it permits, and this forbids.
fn is_this_machine(url: &Url) -> bool {
    let v4 = |ip: Ipv4Addr| ip.is_loopback() || ip.is_unspecified();
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(ip)) => v4(ip),
        Some(Host::Ipv6(ip)) => {
            ip.is_loopback() || ip.is_unspecified() || ip.to_ipv4_mapped().is_some_and(v4)
        }
        None => false,
    }
}

/// A homeserver's base address with one trailing slash; `None` if it cannot be one.
pub(crate) fn base_url(text: &str) -> Option<Url> {
    let mut url = Url::parse(text.trim()).ok()?;
    let plain = url.has_host() && url.username().is_empty() && url.password().is_none();
    if !plain || text.len() > MAX || !matches!(url.scheme(), "https" | "http") {
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

/// A web page whose host can be shown for what it is.
pub(crate) fn page(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= MAX_PAGE)?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    (is_plain && matches!(url.scheme(), "https" | "http")).then_some(url)
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

    /// Found D1, D2, D3: who names it decides.
    #[test]
    fn a_server_elsewhere_does_not_lead_to_this_machine_by_any_name() {
        let by = |server: &str| Url::parse(server).expect("valid");
        let (elsewhere, here) = (by("https://a.b/"), by("http://127.0.0.1:8008/"));
        for text in [
            "http://127.0.0.1:1/x",
            "https://127.0.0.1/",
            "http://localhost/",
            "https://x.localhost./",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "http://a.b/",
            "javascript:alert(1)",
            "file:///etc/passwd",
        ] {
            for purpose in [Purpose::Endpoint, Purpose::Page] {
                assert_eq!(named(text, purpose, &elsewhere), Err(Unfit::Insecure), "{text}");
            }
        }
        assert!(named("http://127.0.0.1:1/x", Purpose::Endpoint, &here).is_ok());
        assert_eq!(named("http://a.b/", Purpose::Endpoint, &here), Err(Unfit::Insecure));
        for text in [
            "",
            "x",
            "https://",
            "https://u@a.b/",
            "https://a.b/#x",
            &format!("https://a.b/{}", "x".repeat(MAX)),
        ] {
            assert_eq!(named(text, Purpose::Endpoint, &elsewhere), Err(Unfit::Invalid), "{text:.40}");
        }
        assert!(named("https://a.b/#x", Purpose::Page, &elsewhere).is_ok());
    }

    /// Found D2.
    #[test]
    fn a_server_elsewhere_sends_nothing_into_our_network() {
        let by = |server: &str| Url::parse(server).expect("valid");
        let near =
            ["https://10.1.2.3", "https://192.168.0.1", "https://169.254.169.254", "https://[fd00::1]"];
        for text in near.into_iter().chain(["https://[fe80::1]", "https://[::ffff:10.0.0.1]"]) {
            for server in ["https://a.b", "https://8.8.8.8"] {
                assert_eq!(named(text, Purpose::Endpoint, &by(server)), Err(Unfit::Insecure), "{text}");
            }
            for server in ["https://10.0.0.1", "https://[fd00::2]", "http://localhost:8008"] {
                assert!(named(text, Purpose::Endpoint, &by(server)).is_ok(), "{text}");
            }
        }
        assert!(named("https://8.8.8.8", Purpose::Endpoint, &by("https://a.b")).is_ok());
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let secure = |s| is_secure(&Url::parse(s).expect("valid"));
        assert!(secure("https://a.b") && secure("http://localhost:1") && secure("http://127.0.0.1"));
        assert!(secure("http://[::1]:8"));
        assert!(!secure("http://a.b") && !secure("http://localhost.a.b") && !secure("ftp://localhost"));
    }
}
