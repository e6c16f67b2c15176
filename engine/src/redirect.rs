//! Which addresses may a client be called back at?
//!
//! Client-server specification, "Client registration", "Redirect URI validation" (MSC2966); RFC 8252 §7. Where Matrix
//! Authentication Service is stricter than the text, so are we.

/// What is wrong with a redirect URI of a native client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RedirectProblem {
    /// The client URI is not `https://` and a host, without user information.
    ClientUri,
    /// It is longer than 2000 bytes.
    TooLong,
    /// A fragment is never allowed.
    Fragment,
    /// A user name or a password in it is never allowed.
    UserInfo,
    /// There is no scheme, or one with other characters than `a-z 0-9 . + -`.
    Scheme,
    /// An `https:` address has to be on the host of the client URI, or below it.
    ForeignHost,
    /// Plain `http:` is for `127.0.0.1`, `[::1]` and `localhost` only.
    NotLoopback,
    /// A loopback address is registered without a port, and used with any.
    Port,
    /// A private-use scheme begins with the host of the client URI in reverse: `com.example.app` for `example.com`.
    NotReversedHost,
    /// A private-use scheme has no authority: one slash after the colon, not two.
    Authority,
    /// Without a slash after the colon it is specified, and refused by Matrix Authentication Service.
    NoSlash,
    /// A private-use address has only `A-Z a-z 0-9 / . _ ~ -` after the colon; none has anything but printable ASCII.
    Character,
    /// Its query has a key that the answer will have too: `code`, `state`, `iss`, `error`.
    Query,
}

/// Whether a native client whose home page is `client_uri` may be called back at `redirect_uri`, as it is registered.
///
/// # Errors
///
/// What is wrong with it; the first thing, if there are several.
///
/// ```
/// use narthex::{RedirectProblem, lint};
///
/// assert_eq!(lint("https://example.com/", "com.example.app:/callback"), Ok(()));
/// assert_eq!(lint("https://example.com/", "http://127.0.0.1/callback"), Ok(()));
/// assert_eq!(lint("https://example.com/", "robrix:/callback"), Err(RedirectProblem::NotReversedHost));
/// ```
///
/// Constants are checked when they are compiled:
///
/// ```
/// const _: () = assert!(narthex::lint("https://example.com/", "com.example.app:/callback").is_ok());
/// ```
///
/// ```compile_fail
/// const _: () = assert!(narthex::lint("https://example.com/", "com.example.app://callback").is_ok());
/// ```
pub const fn lint(client_uri: &str, redirect_uri: &str) -> Result<(), RedirectProblem> {
    let Some(home) = home(client_uri) else { return Err(RedirectProblem::ClientUri) };
    let uri = redirect_uri.as_bytes();
    if uri.len() > 2000 {
        return Err(RedirectProblem::TooLong);
    }
    if find(uri, 0, b"#") < uri.len() {
        return Err(RedirectProblem::Fragment);
    }
    let colon = find(uri, 0, b":");
    if colon == uri.len() || !is_scheme(part(uri, 0, colon)) {
        return Err(RedirectProblem::Scheme);
    }
    if !all_printable(uri) {
        return Err(RedirectProblem::Character);
    }
    let scheme = part(uri, 0, colon);
    let rest = part(uri, colon + 1, uri.len());
    if same(scheme, b"https") || same(scheme, b"http") {
        web(home, scheme.len() == 4, rest)
    } else {
        private_use(home, scheme, rest)
    }
}

const fn web(home: &[u8], is_plain: bool, rest: &[u8]) -> Result<(), RedirectProblem> {
    if !(rest.len() > 2 && rest[0] == b'/' && rest[1] == b'/') {
        return Err(RedirectProblem::Scheme);
    }
    let end = find(rest, 2, b"/?");
    let authority = part(rest, 2, end);
    if find(authority, 0, b"@") < authority.len() {
        return Err(RedirectProblem::UserInfo);
    }
    let bracket = find(authority, 0, b"]");
    let port = find(authority, if bracket < authority.len() { bracket } else { 0 }, b":");
    let host = part(authority, 0, port);
    if is_plain {
        if !(same(host, b"127.0.0.1") || same(host, b"[::1]") || same(host, b"localhost")) {
            return Err(RedirectProblem::NotLoopback);
        }
        if port < authority.len() {
            return Err(RedirectProblem::Port);
        }
    } else if !is_below(host, home) {
        return Err(RedirectProblem::ForeignHost);
    } else if !is_host(host) || !is_port(authority, port) {
        return Err(RedirectProblem::Character);
    }
    let query = find(rest, end, b"?");
    if asks_for(rest, query, b"code")
        || asks_for(rest, query, b"state")
        || asks_for(rest, query, b"iss")
        || asks_for(rest, query, b"error")
    {
        return Err(RedirectProblem::Query);
    }
    Ok(())
}

const fn private_use(home: &[u8], scheme: &[u8], rest: &[u8]) -> Result<(), RedirectProblem> {
    // One without a dot is not private (RFC 8252 §8.4), whatever the home is.
    if find(scheme, 0, b".") == scheme.len() || !begins_with_reversed(scheme, home) {
        return Err(RedirectProblem::NotReversedHost);
    }
    if rest.is_empty() || rest[0] != b'/' {
        return Err(RedirectProblem::NoSlash);
    }
    if rest.len() > 1 && rest[1] == b'/' {
        return Err(RedirectProblem::Authority);
    }
    let mut at = 0;
    while at < rest.len() {
        if !(rest[at].is_ascii_alphanumeric() || find(b"/._~-", 0, &[rest[at]]) < 5) {
            return Err(RedirectProblem::Character);
        }
        at += 1;
    }
    Ok(())
}

/// The host of a client URI; `None` if it cannot be one.
const fn home(client_uri: &str) -> Option<&[u8]> {
    let uri = client_uri.as_bytes();
    if uri.len() < 9 || !same(part(uri, 0, 8), b"https://") || !all_printable(uri) {
        return None;
    }
    let end = find(uri, 8, b"/?#");
    let authority = part(uri, 8, end);
    let port = find(authority, 0, b":");
    let host = part(authority, 0, port);
    let is_plain = find(authority, 0, b"@[") == authority.len();
    if !is_plain
        || !is_host(host)
        || !is_port(authority, port)
        || host.is_empty()
        || host[0] == b'.'
        || host[host.len() - 1] == b'.'
    {
        return None;
    }
    Some(host)
}

/// Whether the labels of `scheme` begin with those of `home` in reverse.
const fn begins_with_reversed(scheme: &[u8], home: &[u8]) -> bool {
    let (mut from, mut until) = (0, home.len());
    loop {
        let mut label = until;
        while label > 0 && home[label - 1] != b'.' {
            label -= 1;
        }
        let end = from + (until - label);
        if end > scheme.len() || !same(part(scheme, from, end), part(home, label, until)) {
            return false;
        }
        if end < scheme.len() && scheme[end] != b'.' {
            return false;
        }
        if label == 0 {
            // What follows the host has to be a label of its own.
            return end == scheme.len() || end + 1 < scheme.len();
        }
        (from, until) = (end + 1, label - 1);
    }
}

const fn is_below(host: &[u8], home: &[u8]) -> bool {
    if host.len() <= home.len() {
        return same(host, home);
    }
    let start = host.len() - home.len();
    start > 1 && host[start - 1] == b'.' && same(part(host, start, host.len()), home)
}

/// Of the characters of a name. A browser ends a host at `\`, and goes elsewhere than others would.
const fn is_host(host: &[u8]) -> bool {
    let mut at = 0;
    while at < host.len() {
        if !(host[at].is_ascii_alphanumeric() || find(b"._-", 0, &[host[at]]) < 3) {
            return false;
        }
        at += 1;
    }
    true
}

/// Whether what follows the colon at `colon`, if there is one, is a number that a port can be.
const fn is_port(authority: &[u8], colon: usize) -> bool {
    let (mut at, mut port) = (colon + 1, 0_u32);
    while at < authority.len() {
        if !authority[at].is_ascii_digit() || port > 6553 {
            return false;
        }
        port = port * 10 + (authority[at] - b'0') as u32;
        at += 1;
    }
    port <= 65535
}

const fn is_scheme(scheme: &[u8]) -> bool {
    let mut at = 0;
    while at < scheme.len() {
        let c = scheme[at];
        if !(c.is_ascii_lowercase() || at > 0 && (c.is_ascii_digit() || find(b".+-", 0, &[c]) < 3)) {
            return false;
        }
        at += 1;
    }
    !scheme.is_empty()
}

/// Whether the query that begins at `from` has this key.
const fn asks_for(text: &[u8], from: usize, key: &[u8]) -> bool {
    let mut at = from;
    while at < text.len() {
        let end = at + 1 + key.len();
        let ends = end == text.len() || end < text.len() && (text[end] == b'=' || text[end] == b'&');
        if ends && same(part(text, at + 1, end), key) {
            return true;
        }
        at = find(text, at + 1, b"&");
    }
    false
}

const fn all_printable(text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() {
        if !text[at].is_ascii_graphic() {
            return false;
        }
        at += 1;
    }
    true
}

/// Where one of `any` stands first, from `from` on; the length if none does.
const fn find(text: &[u8], from: usize, any: &[u8]) -> usize {
    let mut at = from;
    while at < text.len() {
        let mut n = 0;
        while n < any.len() {
            if text[at] == any[n] {
                return at;
            }
            n += 1;
        }
        at += 1;
    }
    text.len()
}

const fn part(text: &[u8], from: usize, until: usize) -> &[u8] {
    text.split_at(until).0.split_at(from).1
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "https://example.com/about?lang=en";

    #[test]
    fn what_the_specification_lists_as_valid_is_valid() {
        for uri in [
            "com.example:/",
            "com.example:/callback",
            "com.example.app:/",
            "com.example.app:/oauth/call-back_1.html",
            "http://127.0.0.1/",
            "http://127.0.0.1",
            "http://[::1]/callback",
            "http://localhost/callback",
            "http://localhost/callback?from=here",
            "https://example.com/callback",
            "https://app.example.com/callback",
            "https://example.com:5678/callback?lang=en&encode=1",
        ] {
            assert_eq!(lint(HOME, uri), Ok(()), "{uri}");
        }
        assert_eq!(lint("https://app.element.io", "io.element.app:/x"), Ok(()));
    }

    /// edge case 20: and says why
    #[test]
    fn what_cannot_be_registered_is_refused_with_its_reason() {
        for (uri, problem) in [
            ("", RedirectProblem::Scheme),
            ("nothing", RedirectProblem::Scheme),
            (":/callback", RedirectProblem::Scheme),
            ("Com.Example:/callback", RedirectProblem::Scheme),
            ("1com.example:/callback", RedirectProblem::Scheme),
            ("com_example:/callback", RedirectProblem::Scheme),
            ("https:/example.com/", RedirectProblem::Scheme),
            ("http://", RedirectProblem::Scheme),
            ("com.example:/a b", RedirectProblem::Character),
            ("com.example:/caf\u{e9}", RedirectProblem::Character),
            ("com.example:/callback?a=b", RedirectProblem::Character),
            ("com.example:callback", RedirectProblem::NoSlash),
            ("com.example:", RedirectProblem::NoSlash),
            ("com.example://callback", RedirectProblem::Authority),
            ("com.example:///callback", RedirectProblem::Authority),
            ("com.example:/callback#here", RedirectProblem::Fragment),
            ("https://example.com/#", RedirectProblem::Fragment),
            ("robrix:/callback", RedirectProblem::NotReversedHost),
            ("com.examples:/callback", RedirectProblem::NotReversedHost),
            ("com.example.:/callback", RedirectProblem::NotReversedHost),
            ("com:/callback", RedirectProblem::NotReversedHost),
            ("example.com:/callback", RedirectProblem::NotReversedHost),
            ("com.example-app:/callback", RedirectProblem::NotReversedHost),
            ("https://example.org/callback", RedirectProblem::ForeignHost),
            (r"https://evil.org\.example.com/callback", RedirectProblem::Character),
            ("https://app.example.com:x/", RedirectProblem::Character),
            ("https://app.example.com:65536/", RedirectProblem::Character),
            ("https://badexample.com/callback", RedirectProblem::ForeignHost),
            ("https://.example.com/callback", RedirectProblem::ForeignHost),
            ("https://localhost/callback", RedirectProblem::ForeignHost),
            ("https://user@example.com/callback", RedirectProblem::UserInfo),
            ("http://user:word@localhost/callback", RedirectProblem::UserInfo),
            ("http://example.com/callback", RedirectProblem::NotLoopback),
            ("http://127.0.0.2/callback", RedirectProblem::NotLoopback),
            ("http://127.0.0.1.example.com/", RedirectProblem::NotLoopback),
            ("http://127.0.0.1:8080/callback", RedirectProblem::Port),
            ("http://[::1]:8080/callback", RedirectProblem::Port),
            ("http://localhost:/callback", RedirectProblem::Port),
            ("https://example.com/?state=1", RedirectProblem::Query),
            ("https://example.com/?a=b&code", RedirectProblem::Query),
            ("http://localhost/?iss=x&c=d", RedirectProblem::Query),
            ("http://localhost/?a&error=", RedirectProblem::Query),
        ] {
            assert_eq!(lint(HOME, uri), Err(problem), "{uri}");
        }
        assert_eq!(lint("https://com/", "com:/callback"), Err(RedirectProblem::NotReversedHost));
        let of_length = |length: usize| format!("com.example:/{}", "a".repeat(length - 13));
        assert_eq!(lint(HOME, &of_length(2000)), Ok(()));
        assert_eq!(lint(HOME, &of_length(2001)), Err(RedirectProblem::TooLong));
        let keys_that_only_look_like_it = "http://localhost/?codec=1&my_state=2&mission=3&errors=4";
        assert_eq!(lint(HOME, keys_that_only_look_like_it), Ok(()));
    }

    #[test]
    fn a_client_uri_is_https_and_a_host() {
        for home in [
            "",
            "http://example.com/",
            "https://",
            "https://.com/",
            "https://com./",
            "https://a@example.com/",
            "https://exam ple.com/",
            "https://[::1]/",
            r"https://evil.org\.example.com/",
            "https://example.com:x/",
            "https://example.com:65536/",
        ] {
            assert_eq!(lint(home, "com.example:/"), Err(RedirectProblem::ClientUri), "{home}");
        }
        assert_eq!(lint("https://example.com:8443", "com.example:/"), Ok(()));
    }
}
