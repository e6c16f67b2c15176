//! The two APIs of a rendezvous: what is sent, and what the answers say. Nothing else knows which of them it is.
//!
//! - 2024: MSC4108 as of June 2024. An absolute address; versions are entity tags (RFC 9110 §8.8.3).
//! - 2025: MSC4388. A base address and an id; versions are sequence tokens.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::address::{self, Purpose, Unfit};
use crate::cx::Cx;
use crate::failure::{Failure, Misbehaviour};
use crate::http::{Answer, Call};
use crate::io::{CONTENT_TYPE, DATE, ETAG, EXPIRES, Method, Request, Time};
use crate::qr::Generation;
use crate::qr::place::{CellId, CellUrl};
use crate::secret::Secret;

/// What a cell holds at most, in bytes (MSC4388, "Maximum payload size").
pub(crate) const MAX_DATA: usize = 4096;
/// The longest answer, in bytes: what a cell holds, and JSON around it.
const LIMIT: usize = 8192;
/// For one request. A cell may live for 60 seconds, so that nobody waits half of that for one answer.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long a cell of 2024 lives where the server does not say.
const LIFE: Duration = Duration::from_secs(60);
/// No cell lives longer, whatever the server says.
const MAX_LIFE: Duration = Duration::from_secs(3600);
/// The longest id and the longest version of 2025, in bytes: their lengths are bound into what is sealed, as one byte.
const MAX_NAME: usize = 255;
/// The longest entity tag, in bytes.
const MAX_ETAG: usize = 512;

const CREATE_2024: &str = "_matrix/client/unstable/org.matrix.msc4108/rendezvous";
/// Where a cell of 2025 is created, and where a server says whether we may.
pub(crate) const CREATE_2025: &str = "_matrix/client/unstable/io.element.msc4388/rendezvous";
const SHOWN_2024: &str = "/_matrix/client/unstable/org.matrix.msc4108/rendezvous";
const SHOWN_2025: &str = "/_matrix/client/unstable/io.element.msc4388/rendezvous";

/// Where a cell is. Whoever knows it can write to it and delete it, so it is not printed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "generation")]
pub(crate) enum Place {
    #[serde(rename = "2024")]
    V2024 { url: CellUrl },
    #[serde(rename = "2025")]
    V2025 { base: Url, id: CellId },
}

/// What a cell held when it was read or written, as its server calls it: an entity tag, or a sequence token.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Version(Box<str>);

impl Version {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// An entity tag in its strong form: proxies that pack an answer weaken it, or append how it was packed, and
    /// `If-Match` takes the strong form alone.
    fn of_etag(text: &str) -> Option<Self> {
        let text = text.trim();
        let opaque = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?.strip_suffix('"')?;
        let opaque = opaque.strip_suffix("-gzip").unwrap_or(opaque);
        let fits = !opaque.is_empty() && opaque.len() <= MAX_ETAG && !opaque.contains('"');
        fits.then(|| Self(format!("\"{opaque}\"").into()))
    }

    fn of_token(text: &str) -> Option<Self> {
        (1..=MAX_NAME).contains(&text.len()).then(|| Self(text.into()))
    }
}

/// A cell as it was read.
#[derive(Debug)]
pub(crate) enum Read {
    /// As it was, as far as was asked.
    Same { until: Option<Time> },
    /// What it holds now.
    Now { data: Box<str>, version: Version, until: Option<Time> },
    /// It is over: its time has come, or somebody has deleted it.
    Gone,
}

/// What came of writing.
#[derive(Debug)]
pub(crate) enum Written {
    As {
        version: Version,
        until: Option<Time>,
    },
    /// Somebody has written before.
    Stale,
    Gone,
}

/// What came of asking for a cell.
#[derive(Debug)]
pub(crate) enum Created {
    Cell {
        place: Place,
        version: Version,
        until: Time,
    },
    /// The same is to be asked for there (2024 alone).
    Elsewhere(Url),
    /// There is no such API.
    Absent,
    /// Not for us: for nobody, or only with an access token that is good.
    Denied,
}

/// Asks `base` for a new cell of this generation, which is empty. `token` is sent where there is one (2025 alone).
pub(crate) fn create(
    generation: Generation,
    base: &Url,
    token: Option<&Secret<String>>,
    cx: &mut Cx<'_>,
) -> Call {
    match generation {
        Generation::V2024 => create_at(address::endpoint(base, CREATE_2024), cx),
        Generation::V2025 => {
            let body = json!({ "data": "" });
            let mut headers = json_headers();
            headers.extend(
                token.map(|token| ("authorization", Secret::new(format!("Bearer {}", token.expose())))),
            );
            let url = address::endpoint(base, CREATE_2025);
            ask(Method::Post, url, headers, body.to_string().into_bytes(), SHOWN_2025, cx)
        }
    }
}

/// Asks at `url` itself for a new cell of 2024.
pub(crate) fn create_at(url: Url, cx: &mut Cx<'_>) -> Call {
    ask(Method::Post, url, vec![plain_text()], Vec::new(), SHOWN_2024, cx)
}

/// What the answer to [`create`] says.
pub(crate) fn created(generation: Generation, answer: &Answer<'_>, now: Time) -> Result<Created, Failure> {
    match (answer.status(), generation) {
        (200..=299, Generation::V2024) => {
            #[derive(Deserialize)]
            struct Body {
                url: String,
            }
            let Body { url } = answer.json()?;
            let url = answer.named(&url, Purpose::Endpoint).map_err(|unfit| match unfit {
                Unfit::Invalid => answer.misbehaved(Misbehaviour::InvalidField("url")),
                Unfit::Insecure => answer.misbehaved(Misbehaviour::InsecureAddress("url")),
            })?;
            let until = until_2024(answer, now).unwrap_or(now + LIFE);
            Ok(Created::Cell { place: Place::V2024 { url: url.into() }, version: etag(answer)?, until })
        }
        (200..=299, Generation::V2025) => {
            #[derive(Deserialize)]
            struct Body {
                id: String,
                sequence_token: String,
                #[serde(default)]
                expires_in_ms: Value,
            }
            let body: Body = answer.json()?;
            let id = CellId::new(&body.id);
            let id = id.ok_or_else(|| answer.misbehaved(Misbehaviour::InvalidField("id")))?;
            let place = Place::V2025 { base: base_of(answer.from()), id };
            let (version, until) =
                (token(&body.sequence_token, answer)?, until_2025(&body.expires_in_ms, now));
            let until =
                until.ok_or_else(|| answer.misbehaved(Misbehaviour::InvalidField("expires_in_ms")))?;
            Ok(Created::Cell { place, version, until })
        }
        (307, Generation::V2024) => {
            let to = answer.response.header(crate::io::LOCATION).unwrap_or_default();
            let to =
                answer.from().join(to).ok().and_then(|to| answer.named(to.as_str(), Purpose::Endpoint).ok());
            let to = to.ok_or_else(|| answer.misbehaved(Misbehaviour::InsecureAddress("location")))?;
            Ok(Created::Elsewhere(to))
        }
        (401 | 403, _) => Ok(Created::Denied),
        _ if answer.is_unrecognized() && !answer.is_web_page() => Ok(Created::Absent),
        _ => Err(answer.unexpected()),
    }
}

impl Place {
    /// Reads the cell; where it is as `known`, the answer may say only that.
    pub(crate) fn get(&self, known: Option<&Version>, cx: &mut Cx<'_>) -> Call {
        let mut headers = vec![("accept-encoding", Secret::from("identity"))];
        if let (Self::V2024 { .. }, Some(known)) = (self, known) {
            headers.push(("if-none-match", Secret::from(known.as_str())));
        }
        self.ask(Method::Get, headers, Vec::new(), cx)
    }

    /// Writes `data`, unless the cell is another one than `known`.
    pub(crate) fn put(&self, known: &Version, data: &str, cx: &mut Cx<'_>) -> Call {
        match self {
            Self::V2024 { .. } => {
                let headers = vec![
                    plain_text(),
                    ("accept-encoding", Secret::from("identity")),
                    ("if-match", Secret::from(known.as_str())),
                ];
                self.ask(Method::Put, headers, data.as_bytes().to_vec(), cx)
            }
            Self::V2025 { .. } => {
                let body = json!({ "sequence_token": known, "data": data });
                self.ask(Method::Put, json_headers(), body.to_string().into_bytes(), cx)
            }
        }
    }

    pub(crate) fn delete(&self, cx: &mut Cx<'_>) -> Call {
        self.ask(Method::Delete, Vec::new(), Vec::new(), cx)
    }

    /// What the answer to [`get`](Self::get) says.
    pub(crate) fn read(&self, answer: &Answer<'_>, now: Time) -> Result<Read, Failure> {
        match (answer.status(), self) {
            (304, Self::V2024 { .. }) => Ok(Read::Same { until: until_2024(answer, now) }),
            (200, Self::V2024 { .. }) => {
                let kind = answer.response.header(CONTENT_TYPE).unwrap_or("text/plain");
                let essence = kind.split(';').next().unwrap_or_default().trim();
                if !essence.eq_ignore_ascii_case("text/plain") {
                    return Err(answer.unexpected());
                }
                let data = std::str::from_utf8(answer.response.body.expose());
                let data = data.ok().filter(|data| data.len() <= MAX_DATA);
                let data = data.ok_or_else(|| answer.misbehaved(Misbehaviour::MalformedBody))?;
                Ok(Read::Now { data: data.into(), version: etag(answer)?, until: until_2024(answer, now) })
            }
            (200, Self::V2025 { .. }) => {
                #[derive(Deserialize)]
                struct Body {
                    data: String,
                    sequence_token: String,
                    #[serde(default)]
                    expires_in_ms: Value,
                }
                let body: Body = answer.json()?;
                if body.data.len() > MAX_DATA {
                    return Err(answer.misbehaved(Misbehaviour::InvalidField("data")));
                }
                let version = token(&body.sequence_token, answer)?;
                match until_2025(&body.expires_in_ms, now) {
                    Some(until) if until <= now => Ok(Read::Gone),
                    until => Ok(Read::Now { data: body.data.into(), version, until }),
                }
            }
            _ if is_gone(answer) => Ok(Read::Gone),
            _ => Err(answer.unexpected()),
        }
    }

    /// What the answer to [`put`](Self::put) says.
    pub(crate) fn written(&self, answer: &Answer<'_>, now: Time) -> Result<Written, Failure> {
        match (answer.status(), self) {
            (200..=299, Self::V2024 { .. }) => {
                Ok(Written::As { version: etag(answer)?, until: until_2024(answer, now) })
            }
            (200..=299, Self::V2025 { .. }) => {
                #[derive(Deserialize)]
                struct Body {
                    sequence_token: String,
                }
                let Body { sequence_token } = answer.json()?;
                Ok(Written::As { version: token(&sequence_token, answer)?, until: None })
            }
            (412, Self::V2024 { .. }) | (409, Self::V2025 { .. }) => Ok(Written::Stale),
            _ if is_gone(answer) => Ok(Written::Gone),
            _ => Err(answer.unexpected()),
        }
    }

    fn ask(
        &self,
        method: Method,
        headers: Vec<(&'static str, Secret<String>)>,
        body: Vec<u8>,
        cx: &mut Cx<'_>,
    ) -> Call {
        match self {
            Self::V2024 { url } => ask(method, url.url().clone(), headers, body, "/…", cx),
            Self::V2025 { base, id } => {
                let mut url = address::endpoint(base, CREATE_2025);
                if let Ok(mut path) = url.path_segments_mut() {
                    path.push(id.as_str());
                }
                ask(method, url, headers, body, SHOWN_2025, cx)
            }
        }
    }
}

fn plain_text() -> (&'static str, Secret<String>) {
    ("content-type", Secret::from("text/plain"))
}

fn json_headers() -> Vec<(&'static str, Secret<String>)> {
    vec![("accept", Secret::from("application/json")), ("content-type", Secret::from("application/json"))]
}

fn ask(
    method: Method,
    url: Url,
    headers: Vec<(&'static str, Secret<String>)>,
    body: Vec<u8>,
    shown: &'static str,
    cx: &mut Cx<'_>,
) -> Call {
    let (body, shown_path) = (Secret::new(body), Some(shown));
    Call::of(Request { method, url, headers, body, limit: LIMIT, patience: PATIENCE, shown_path }, cx)
}

/// The base address that [`create`] of 2025 went to.
fn base_of(created_at: &Url) -> Url {
    let mut base = created_at.clone();
    let path = base.path().strip_suffix(CREATE_2025).unwrap_or("/").to_owned();
    base.set_path(&path);
    base
}

fn is_gone(answer: &Answer<'_>) -> bool {
    answer.status() == 404 && !answer.is_web_page()
}

fn etag(answer: &Answer<'_>) -> Result<Version, Failure> {
    let etag = answer.response.header(ETAG).and_then(Version::of_etag);
    etag.ok_or_else(|| answer.misbehaved(Misbehaviour::InvalidField("etag")))
}

fn token(text: &str, answer: &Answer<'_>) -> Result<Version, Failure> {
    Version::of_token(text).ok_or_else(|| answer.misbehaved(Misbehaviour::InvalidField("sequence_token")))
}

/// By the server's clock alone, if it says what that is.
fn until_2024(answer: &Answer<'_>, now: Time) -> Option<Time> {
    let at = |header| httpdate::parse_http_date(answer.response.header(header)?.trim()).ok();
    let expires = at(EXPIRES)?;
    let life = match at(DATE) {
        Some(date) => expires.duration_since(date).unwrap_or_default(),
        None => {
            let expires = expires.duration_since(std::time::UNIX_EPOCH).ok()?;
            now.until(Time(0) + expires)
        }
    };
    Some(now + life.min(MAX_LIFE))
}

/// `None` if it is none: it cannot be told then. Less than nothing is nothing.
fn until_2025(life: &Value, now: Time) -> Option<Time> {
    let ms = life.as_f64()?.clamp(0.0, MAX_LIFE.as_millis() as f64);
    Some(now + Duration::from_millis(ms as u64))
}
