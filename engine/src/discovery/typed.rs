//! What did the user mean by what they typed as a server?

use std::net::Ipv6Addr;

use url::{Host, Url};

use crate::address;
use crate::failure::Refusal;
use crate::session::server_of;

/// The longest input that is looked at, in bytes.
const MAX: usize = 2048;

/// A server, as understood.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Typed {
    /// What to call it: its server name, or the address that was typed.
    pub(crate) server: String,
    /// Where to ask for the delegation; `None` if there is nothing to ask.
    pub(crate) well_known: Option<Url>,
    /// The homeserver's address when nothing is delegated.
    pub(crate) fallback: Url,
    /// The user id that was typed instead of a server.
    pub(crate) user_id: Option<String>,
    /// An address was typed, and no name.
    pub(crate) is_address: bool,
}

impl Typed {
    /// Understands a user id, a server name, a URL, or a matrix.to or matrix: link.
    pub(crate) fn parse(input: &str) -> Result<Self, Refusal> {
        let input = input.trim();
        // A parser of URLs would leave them out, and ask somebody else.
        let is_broken = input.contains(|c: char| c.is_control() || c.is_whitespace());
        if input.is_empty() || input.len() > MAX || is_broken {
            return Err(Refusal::ServerNotUnderstood);
        }
        let linked = linked_id(input);
        let input = linked.as_deref().unwrap_or(input);
        if input.starts_with('@') {
            let server = server_of(input).ok_or(Refusal::ServerNotUnderstood)?;
            let typed = Self::of_name(server)?;
            let localpart = &input[..input.len() - server.len()];
            return Ok(Self { user_id: Some(format!("{localpart}{}", typed.server)), ..typed });
        }
        if let Some((_, server)) = input.split_once(':').filter(|_| input.starts_with(['#', '!'])) {
            return Self::of_name(server);
        }
        if input.contains("://") { Self::of_url(input) } else { Self::of_name(input) }
    }

    /// The base address of a homeserver, which ends with a slash.
    pub(crate) fn of_base(base: &Url) -> Self {
        let bare = base.path() == "/" && base.port().is_none() && base.scheme() == "https";
        let host = base.host_str().filter(|_| bare);
        let server = host.map_or_else(|| base.to_string(), str::to_owned);
        Self { server, well_known: None, fallback: base.clone(), user_id: None, is_address: true }
    }

    /// A server name: host, optional port. Appendix "Server Name".
    fn of_name(name: &str) -> Result<Self, Refusal> {
        let name = name.trim_end_matches('/');
        let name = name.strip_suffix('.').unwrap_or(name);
        let bracketed = if is_bare_ipv6(name) { format!("[{name}]") } else { name.to_owned() };
        let parse = |scheme| {
            Url::parse(&format!("{scheme}://{bracketed}/")).ok().filter(|url| is_of(url, &bracketed))
        };
        let url = parse("https").ok_or(Refusal::ServerNotUnderstood)?;
        // Nobody has a certificate for this machine.
        let url = if address::is_loopback(&url) { parse("http").unwrap_or(url) } else { url };
        let server = match (bracketed.is_ascii(), url.host_str(), url.port()) {
            (false, Some(host), Some(port)) => format!("{host}:{port}"),
            (false, Some(host), None) => host.to_owned(),
            (true, _, _) | (false, None, _) => bracketed.to_lowercase(),
        };
        Ok(Self { server, well_known: well_known(&url), fallback: url, user_id: None, is_address: false })
    }

    /// An address: the homeserver's own, or, if it is no more than `https://host`, that of its server name.
    fn of_url(text: &str) -> Result<Self, Refusal> {
        // The address of one of its endpoints is that of the homeserver.
        let (base, is_endpoint) = match text.split_once("/_matrix") {
            Some((base, rest)) if rest.is_empty() || rest.starts_with('/') => (base, true),
            Some(_) | None => (text, false),
        };
        let authority = base.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
        let url = address::base_url(base).filter(|url| authority.is_some_and(|text| is_of(url, text)));
        let url = url.ok_or(Refusal::ServerNotUnderstood)?;
        if !address::is_secure(&url) {
            return Err(Refusal::ServerInsecure);
        }
        let bare = url.path() == "/" && url.port().is_none() && url.scheme() == "https" && !is_endpoint;
        let server = if bare { url.host_str().unwrap_or_default().to_owned() } else { url.to_string() };
        let well_known = if bare { well_known(&url) } else { None };
        Ok(Self { server, well_known, fallback: url, user_id: None, is_address: true })
    }
}

/// Whether `url` is of a host and at most a port, as people write them: letters of any language, digits, dots and
/// hyphens. A parser of URLs takes much more for a host, and `1.2` for 1.0.0.2.
fn is_of(url: &Url, text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        Some(_) | None => (text, None),
    };
    let is_port = |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    let is_label = |label: &str| {
        let plain = label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        plain && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_host = match url.host() {
        Some(Host::Domain(name)) => {
            name.split('.').all(|label| label.len() <= 63) && host.split('.').all(is_label)
        }
        Some(Host::Ipv4(ip)) => host == ip.to_string(),
        Some(Host::Ipv6(_)) => true,
        None => false,
    };
    is_host && host.len() <= 255 && port.is_none_or(is_port)
}

/// Where a server name's delegation is: `https`, without the port. Neither an IP address nor this machine has one.
fn well_known(url: &Url) -> Option<Url> {
    match url.host()? {
        Host::Domain(name) if !address::is_loopback(url) => {
            Url::parse(&format!("https://{name}/.well-known/matrix/client")).ok()
        }
        Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

fn is_bare_ipv6(name: &str) -> bool {
    name.parse::<Ipv6Addr>().is_ok()
}

/// The user or room that a `https://matrix.to/#/…` or `matrix:…` link leads to, also without its scheme.
fn linked_id(input: &str) -> Option<String> {
    let bare = input.get(..10).filter(|start| start.eq_ignore_ascii_case("matrix.to/"));
    let url = Url::parse(&bare.map_or_else(|| input.to_owned(), |_| format!("https://{input}"))).ok()?;
    if url.scheme() == "matrix" {
        let (kind, id) = url.path().split_once('/')?;
        let sigil = match kind {
            "u" | "user" => '@',
            "r" | "room" => '#',
            "roomid" => '!',
            _ => return None,
        };
        return Some(format!("{sigil}{}", decoded(id.split('/').next()?)));
    }
    let fragment = url.fragment().filter(|_| url.host_str() == Some("matrix.to"))?;
    let id = fragment.trim_start_matches('/').split(['/', '?']).next()?;
    Some(decoded(id))
}

fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(input: &str) -> (String, Option<String>, String) {
        let typed = Typed::parse(input).expect("understood");
        (typed.server, typed.well_known.map(String::from), typed.fallback.into())
    }

    fn named(server: &str, host: &str, fallback: &str) -> (String, Option<String>, String) {
        let well_known = (!host.is_empty()).then(|| format!("https://{host}/.well-known/matrix/client"));
        (server.into(), well_known, fallback.into())
    }

    #[test]
    fn a_server_name_is_asked_for_its_delegation() {
        let expected = named("example.org", "example.org", "https://example.org/");
        for input in
            ["example.org", " Example.ORG ", "https://example.org", "https://example.org/", "example.org/"]
        {
            assert_eq!(typed(input), expected, "{input}");
        }
        assert_eq!(typed("@alice:example.org"), expected);
        assert_eq!(Typed::parse("@a:b.c").expect("understood").user_id.as_deref(), Some("@a:b.c"));
    }

    /// Edge case 17.
    #[test]
    fn ports_and_ip_addresses_do_not_break_it() {
        assert_eq!(typed("a.b:8448"), named("a.b:8448", "a.b", "https://a.b:8448/"));
        assert_eq!(typed("192.0.2.1:80"), named("192.0.2.1:80", "", "https://192.0.2.1:80/"));
        assert_eq!(
            typed("[2001:db8::1]:8448"),
            named("[2001:db8::1]:8448", "", "https://[2001:db8::1]:8448/")
        );
        assert_eq!(typed("2001:db8::1"), named("[2001:db8::1]", "", "https://[2001:db8::1]/"));
        assert_eq!(typed("@a:[::1]:8008"), named("[::1]:8008", "", "http://[::1]:8008/"));
    }

    #[test]
    fn this_machine_needs_no_certificate() {
        assert_eq!(typed("localhost:8008"), named("localhost:8008", "", "http://localhost:8008/"));
        assert_eq!(
            typed("http://127.0.0.1:8008/"),
            named("http://127.0.0.1:8008/", "", "http://127.0.0.1:8008/")
        );
        assert_eq!(Typed::parse("http://example.org"), Err(Refusal::ServerInsecure));
    }

    #[test]
    fn a_full_address_is_the_homeservers_own() {
        assert_eq!(typed("https://a.b:8448"), named("https://a.b:8448/", "", "https://a.b:8448/"));
        assert_eq!(typed("https://a.b/m"), named("https://a.b/m/", "", "https://a.b/m/"));
    }

    #[test]
    fn links_lead_to_the_server_in_them() {
        let expected = named("example.org", "example.org", "https://example.org/");
        for input in [
            "https://matrix.to/#/@alice:example.org",
            "https://matrix.to/#/%40alice%3Aexample.org?via=a.b",
            "https://matrix.to/#/#room:example.org/$event",
            "matrix:u/alice:example.org",
            "matrix:r/room:example.org?action=join",
        ] {
            assert_eq!(typed(input), expected, "{input}");
        }
    }

    /// Found E12.
    #[test]
    fn the_address_of_an_endpoint_and_a_bare_link_are_understood() {
        for input in ["https://hs.test/_matrix", "https://hs.test/_matrix/client/versions"] {
            assert_eq!(typed(input), named("https://hs.test/", "", "https://hs.test/"), "{input}");
        }
        let below = "https://hs.test/m/_matrix/client/v3/login?x=y#z";
        assert_eq!(typed(below), named("https://hs.test/m/", "", "https://hs.test/m/"));
        for input in ["matrix.to/#/@u:hs.test", "Matrix.to/#/%40u%3Ahs.test"] {
            assert_eq!(typed(input), named("hs.test", "hs.test", "https://hs.test/"), "{input}");
            assert_eq!(Typed::parse(input).expect("understood").user_id.as_deref(), Some("@u:hs.test"));
        }
        assert_eq!(
            typed("hs.test."),
            named("hs.test", "hs.test", "https://hs.test/"),
            "the end of a sentence"
        );
        let abroad = named("xn--bcher-kva.test", "xn--bcher-kva.test", "https://xn--bcher-kva.test/");
        assert_eq!(typed("B\u{fc}cher.test"), abroad);
    }

    /// Found E12.
    #[test]
    fn what_is_no_name_is_asked_of_nobody() {
        let quoted = "\u{201c}hs.test\u{201d}";
        let names = [
            "hs.test,",
            ".",
            "--",
            "-hs.test",
            "hs-.test",
            "hs..test",
            ".hs.test",
            "hs.test:",
            "hs.test:0x50",
        ];
        let odd = [
            "a\nb.test",
            "a\tb.test",
            "hs\u{200b}.test",
            "<hs.test>",
            "hs;test",
            "'hs.test'",
            "1.2",
            "0x7f.1",
        ];
        let long = format!("{}.test", "a".repeat(64));
        for name in names.into_iter().chain(odd).chain([quoted, &long]) {
            for input in [name.to_owned(), format!("@alice:{name}"), format!("https://{name}")] {
                assert_eq!(Typed::parse(&input), Err(Refusal::ServerNotUnderstood), "{input:?}");
            }
        }
    }

    #[test]
    fn nonsense_is_not_understood() {
        let long = "a".repeat(5000);
        for input in ["", " ", "a b", "@alice", "@:a", "https://", "ftp://a.b", "a.b/c?d", "user@a.b", &long]
        {
            assert_eq!(Typed::parse(input), Err(Refusal::ServerNotUnderstood), "{input}");
        }
    }
}
