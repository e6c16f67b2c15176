//! Where is the other device met, and which server does it name?

use serde::{Deserialize, Serialize};
use url::Url;

use crate::address::{self, Unfit};
use crate::text::is_misleading;

/// The longest server name that is looked at, in bytes: a host has at most 253 characters.
const MAX_NAME: usize = 262;

/// Where a homeserver's client-server API is, as the other device wrote it: what goes over the channel of 2025 is bound
/// to the bytes (MSC4388, "Additional authenticated data").
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BaseUrl {
    written: String,
    url: Url,
}

impl BaseUrl {
    /// The address, as a code or a message has it.
    pub(crate) fn parse(text: &str) -> Result<Self, Unfit> {
        let url = usable(text)?;
        if url.query().is_some() {
            return Err(Unfit::Invalid);
        }
        Ok(Self { written: text.to_owned(), url })
    }

    /// How we write the address `base`. The deployed programs leave out a slash that is the whole path.
    pub(crate) fn write(base: &Url) -> Result<Self, Unfit> {
        let text = base.as_str();
        Self::parse(if base.path() == "/" { text.trim_end_matches('/') } else { text })
    }

    /// Byte for byte as it was written.
    pub(crate) fn written(&self) -> &str {
        &self.written
    }

    /// As the URL standard of the WHATWG writes it: with a slash where there is no path.
    pub(crate) fn normalised(&self) -> &str {
        self.url.as_str()
    }

    /// Where requests go; ends with a slash.
    pub(crate) fn base(&self) -> Url {
        let mut url = self.url.clone();
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        url
    }
}

/// Names one cell of a rendezvous server (MSC4388). Whoever knows it can write there: it is in no log and no trace.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct CellId(String);

impl CellId {
    /// One to 255 bytes of the opaque identifier grammar, and `=`, which the MSC has in its samples. It becomes a part
    /// of a path, and may lead nowhere else.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let is_plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~-=".contains(&b));
        let is_step = matches!(text, "." | "..");
        ((1..=255).contains(&text.len()) && is_plain && !is_step).then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CellId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text).ok_or("no id of a cell")
    }
}

impl From<CellId> for String {
    fn from(id: CellId) -> Self {
        id.0
    }
}

impl std::fmt::Debug for CellId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[cell]")
    }
}

/// The address of a cell of 2024, on any host. Whoever knows it can write there.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct CellUrl(Url);

impl CellUrl {
    /// It may have a query, and no fragment.
    pub(crate) fn parse(text: &str) -> Result<Self, Unfit> {
        usable(text).map(Self)
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.0
    }
}

/// One that a server has named ([`address::named`]).
impl From<Url> for CellUrl {
    fn from(url: Url) -> Self {
        Self(url)
    }
}

impl std::fmt::Debug for CellUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[cell]")
    }
}

/// The homeserver that a device of 2024 names. The MSC says server name; matrix-rust-sdk writes its base address, and
/// matrix-js-sdk the name. Neither is checked beyond its form: discovery has to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Homeserver {
    /// Its base address: used as it is, nothing is delegated.
    Address(BaseUrl),
    /// Its server name: discovery follows.
    Name(String),
}

impl Homeserver {
    pub(crate) fn parse(text: &str) -> Result<Self, Unfit> {
        let is_url = Url::parse(text).is_ok_and(|url| url.has_host());
        if is_url || text.contains("://") {
            return BaseUrl::parse(text).map(Self::Address);
        }
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
        let is_plain = !text.is_empty() && text.len() <= MAX_NAME && text.chars().all(is_name);
        is_plain.then(|| Self::Name(text.to_owned())).ok_or(Unfit::Invalid)
    }

    /// As it is written in codes and messages.
    pub(crate) fn written(&self) -> &str {
        match self {
            Self::Address(base_url) => base_url.written(),
            Self::Name(name) => name,
        }
    }
}

/// An address over which secrets may go, without a user and without a fragment.
fn usable(text: &str) -> Result<Url, Unfit> {
    // A parser of URLs leaves some of these out, or reads a slash, and asks somebody else than a person reads.
    let is_broken = |c: char| c.is_control() || c.is_whitespace() || c == '\\' || is_misleading(c);
    let url = Url::parse(text).ok().filter(|_| text.contains("://") && !text.contains(is_broken));
    let url = url.ok_or(Unfit::Invalid)?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    match () {
        () if !is_plain => Err(Unfit::Invalid),
        () if !address::is_secure(&url) => Err(Unfit::Insecure),
        () => Ok(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_kept_as_it_was_written() {
        for (written, normalised, base) in [
            ("https://a.b", "https://a.b/", "https://a.b/"),
            ("https://a.b/", "https://a.b/", "https://a.b/"),
            ("https://A.b:443", "https://a.b/", "https://a.b/"),
            ("https://a.b/m", "https://a.b/m", "https://a.b/m/"),
            ("http://127.0.0.1:8008", "http://127.0.0.1:8008/", "http://127.0.0.1:8008/"),
        ] {
            let url = BaseUrl::parse(written).expect("an address");
            assert_eq!((url.written(), url.normalised()), (written, normalised));
            assert_eq!(url.base().as_str(), base);
        }
        let write =
            |text: &str| BaseUrl::write(&Url::parse(text).expect("an address")).expect("usable").written;
        assert_eq!(write("https://a.b/"), "https://a.b");
        assert_eq!(write("https://a.b/m/"), "https://a.b/m/");
    }

    /// Edge case 108.
    #[test]
    fn an_address_that_is_not_what_it_seems_is_refused() {
        for text in [
            "",
            "x",
            "https:a.b",
            "https://",
            "https://u@a.b",
            "https://u:p@a.b",
            "https://a.b#x",
            "https://a.b\\@c.d",
            "https://a.b/\n",
            " https://a.b",
            "https://a.\u{202e}b",
            "https://a\u{200b}.b",
        ] {
            assert_eq!(BaseUrl::parse(text), Err(Unfit::Invalid), "{text:?}");
            assert_eq!(CellUrl::parse(text), Err(Unfit::Invalid), "{text:?}");
        }
        for text in ["http://a.b", "file:///etc/passwd", "ftp://a.b", "http://localhost.a.b"] {
            assert_eq!(BaseUrl::parse(text), Err(Unfit::Insecure), "{text:?}");
        }
        assert_eq!(BaseUrl::parse("https://a.b?x"), Err(Unfit::Invalid));
        assert!(CellUrl::parse("https://a.b/rz?x").is_ok());
        // Another alphabet's letter is seen for what it is.
        let url = BaseUrl::parse("https://m\u{430}trix.org").expect("an address");
        assert_eq!(url.base().host_str(), Some("xn--mtrix-4ve.org"));
    }

    /// Edge case 107.
    #[test]
    fn an_id_is_a_part_of_a_path_and_no_way_out_of_it() {
        for text in ["", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "ä", "a b", "a\\b", &"a".repeat(256)] {
            assert_eq!(CellId::new(text), None, "{text:?}");
        }
        for text in ["01HX9K00Q1H6KPD47EG4G1T3XG", "e8da6355-550b", "a._~-=", "...", &"a".repeat(255)] {
            assert_eq!(CellId::new(text).expect("an id").as_str(), text);
        }
    }

    /// Edge case 111.
    #[test]
    fn a_homeserver_is_named_by_its_name_or_its_address() {
        let parse = |text: &str| Homeserver::parse(text);
        let name = |text: &str| Ok(Homeserver::Name(text.to_owned()));
        assert_eq!(parse("matrix.org"), name("matrix.org"));
        assert_eq!(parse("localhost:8448"), name("localhost:8448"));
        assert_eq!(parse("[::1]:8448"), name("[::1]:8448"));
        let address = BaseUrl::parse("https://a.b/").expect("an address");
        assert_eq!(parse("https://a.b/"), Ok(Homeserver::Address(address)));
        assert_eq!(parse("http://a.b/"), Err(Unfit::Insecure));
        for text in ["", "a b", "a/b", "a@b", "a?b", "https:/a.b", &"a".repeat(300)] {
            assert_eq!(parse(text), Err(Unfit::Invalid), "{text:?}");
        }
    }
}
