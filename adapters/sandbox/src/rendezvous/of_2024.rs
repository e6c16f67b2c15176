//! What does the rendezvous of 2024 answer (MSC4108 as of June 2024)?

use std::time::{Duration, UNIX_EPOCH};

use narthex::{Response, Secret, Time};
use serde_json::json;

use crate::answer::{self, Refusal};
use crate::ask::Ask;
use crate::sandbox::Sandbox;

use super::cells::{Action, Cell, Generation, Rules};
use super::settings::{LARGEST, Manners, Rendezvous2024, RendezvousConfig};
use super::{API_2024, CELLS_2024, not_found, too_large};

/// The end of the year 9999, in milliseconds: later cannot be written as a date.
const LAST_DATE: u64 = 253_402_300_799_999;

const TEXT: &str = "text/plain";

impl Sandbox {
    pub(super) fn meet_2024(
        &mut self,
        now: Time,
        ask: Ask<'_>,
        config: &RendezvousConfig,
        action: Action<'_>,
    ) -> Response {
        let answer = self.answer_2024(now, ask, config, action);
        dressed(now, answer.unwrap_or_else(Refusal::into_response))
    }

    fn answer_2024(
        &mut self,
        now: Time,
        ask: Ask<'_>,
        config: &RendezvousConfig,
        action: Action<'_>,
    ) -> Result<Response, Refusal> {
        let manners = config.manners;
        let (home, is_home) = match manners {
            Manners::Synapse => (CELLS_2024, ask.is_below(CELLS_2024)),
            Manners::Tuwunel => (API_2024, ask.is_below(API_2024)),
        };
        match &config.of_2024 {
            Rendezvous2024::On if is_home || action == Action::Create => {}
            Rendezvous2024::Elsewhere(url) if action == Action::Create => {
                return Ok(bare(307, vec![("location", url.to_string())]));
            }
            Rendezvous2024::On | Rendezvous2024::Elsewhere(_) | Rendezvous2024::Off => {
                return Err(Refusal::unrecognized(404));
            }
        }
        self.count_meeting(now, manners, Generation::Of2024)?;
        let rules = Rules {
            manners,
            generation: Generation::Of2024,
            lifetime: config.lifetime_2024,
            capacity: config.capacity,
        };
        self.rendezvous.of_2024.sweep(rules, now);
        match action {
            Action::Create => {
                let data = text(ask, config)?.to_vec();
                let id = self.cell_id(now, manners);
                let url = self.config.address(&format!("{home}/{id}"));
                let cell = self.rendezvous.of_2024.create(rules, now, id, data);
                Ok(told(cell, answer::json(201, &json!({ "url": url }))))
            }
            Action::Read(id) => {
                let cell = self.rendezvous.of_2024.find(now, id).ok_or_else(not_found)?;
                let is_known = ask.header("if-none-match").is_some_and(|tags| {
                    // Synapse compares weakly (RFC 9110 §13.1.2), tuwunel byte by byte.
                    let weakly = tags.replace("W/", "");
                    names(if manners == Manners::Synapse { &weakly } else { tags }, &cell.version)
                });
                if is_known {
                    return Ok(told(cell, bare(304, Vec::new())));
                }
                let mut response = bare(200, vec![("content-type", TEXT.to_owned())]);
                response.body = Secret::new(cell.data.clone());
                Ok(told(cell, response))
            }
            Action::Write(id) => {
                let data = text(ask, config)?;
                let tags = ask.header("if-match").ok_or_else(|| missing("if-match"))?;
                let cell = self.rendezvous.of_2024.find(now, id).ok_or_else(not_found)?;
                if !cell.write(rules, now, |version| names(tags, version), data) {
                    let stale = Refusal::new(412, "M_UNKNOWN", "ETag does not match")
                        .with("org.matrix.msc4108.errcode", "M_CONCURRENT_WRITE");
                    return Ok(told(cell, stale.into_response()));
                }
                Ok(told(cell, bare(202, vec![("content-type", TEXT.to_owned())])))
            }
            Action::Delete(id) => {
                self.rendezvous.of_2024.remove(id).ok_or_else(not_found)?;
                Ok(bare(204, Vec::new()))
            }
            Action::Discover => Err(Refusal::unrecognized(405)),
        }
    }
}

/// What is to be written.
fn text<'a>(ask: Ask<'a>, config: &RendezvousConfig) -> Result<&'a [u8], Refusal> {
    let data = ask.body();
    if config.manners == Manners::Synapse && !ask.says_length {
        return Err(missing("content-length"));
    }
    if data.len() > config.largest.min(LARGEST) {
        return Err(too_large());
    }
    let kind = ask.header("content-type").ok_or_else(|| missing("content-type"))?;
    let kind = match config.manners {
        Manners::Synapse => kind,
        Manners::Tuwunel => kind.split(';').next().unwrap_or_default().trim(),
    };
    if !kind.eq_ignore_ascii_case(TEXT) {
        return Err(Refusal::new(400, "M_INVALID_PARAM", "Content-Type must be text/plain"));
    }
    Ok(data)
}

fn missing(header: &str) -> Refusal {
    Refusal::new(400, "M_MISSING_PARAM", format!("Missing required header: {header}"))
}

/// Whether one of these entity tags is that of `version`; `*` is that of every version (RFC 9110 §13.1.1).
fn names(tags: &str, version: &str) -> bool {
    let etag = etag(version);
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag == etag)
}

fn etag(version: &str) -> String {
    format!("\"{version}\"")
}

/// An answer without a body.
fn bare(status: u16, headers: Vec<(&str, String)>) -> Response {
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Response { status, headers, body: Secret::new(Vec::new()) }
}

/// The answer, with what is to be known of the cell.
fn told(cell: &Cell, mut response: Response) -> Response {
    let headers = [
        ("etag", etag(&cell.version)),
        ("expires", date(cell.expires)),
        ("last-modified", date(cell.modified)),
        ("cache-control", "no-store, no-transform".to_owned()),
        ("pragma", "no-cache".to_owned()),
    ];
    response.headers.extend(headers.map(|(name, value)| (name.to_owned(), value)));
    response
}

/// The answer, with its date, and for scripts of any origin.
fn dressed(now: Time, mut response: Response) -> Response {
    let exposed = match response.status {
        204 => None,
        200..=299 | 304 => Some("etag"),
        _ => Some(answer::EXPOSED_WITH_ETAG),
    };
    let exposed = exposed.map(|exposed| ("access-control-expose-headers", exposed.to_owned()));
    let always = [("date", date(now)), ("access-control-allow-origin", "*".to_owned())];
    let headers = always.into_iter().chain(exposed);
    response.headers.extend(headers.map(|(name, value)| (name.to_owned(), value)));
    response
}

fn date(at: Time) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(at.0.min(LAST_DATE)))
}
