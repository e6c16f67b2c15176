//! What does an attacker do who is the rendezvous, or who knows where it is?
//!
//! Reads everything; drops, delays, replays, reorders, substitutes and deletes.

use std::collections::BTreeMap;

use narthex::{Lost, Method, Request, Response, Secret};
use serde_json::json;

use super::cell;
use crate::chance::Chance;

/// What is known of the cells.
#[derive(Debug, Default)]
pub(super) struct Wiretap {
    /// Everything that was ever written, by cell, and by which device.
    written: BTreeMap<String, Vec<(usize, String)>>,
}

/// What is done about one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// It never arrives.
    Drop,
    /// Its answer comes after these milliseconds.
    Delay(u64),
    /// The cell is deleted first.
    Delete,
    /// What was written before is told again, as if it were new.
    Replay,
    /// What the device wrote itself comes back.
    Reflect,
    /// One character is another one.
    Flip,
    /// A part of it is missing.
    Cut,
    /// It is as long as a cell may be, or longer.
    Stuff,
    /// Something is in the cell that nobody wrote.
    Invent,
    /// What is there is told as the version that was known.
    SameVersion,
    /// It is not written, and said to be.
    Swallow,
    /// It is written, and said to be stale.
    CallStale,
    /// The server says this.
    Status(u16),
    /// The cell lives no longer, or for ever.
    Age(bool),
}

const ACTS: [Act; 17] = [
    Act::Drop,
    Act::Delay(3_000),
    Act::Delay(20_000),
    Act::Delete,
    Act::Replay,
    Act::Reflect,
    Act::Flip,
    Act::Cut,
    Act::Stuff,
    Act::Invent,
    Act::SameVersion,
    Act::Swallow,
    Act::CallStale,
    Act::Status(404),
    Act::Status(500),
    Act::Age(false),
    Act::Age(true),
];

impl Wiretap {
    pub(super) fn choose(chance: &mut Chance) -> Act {
        *chance.pick(&ACTS)
    }

    /// A device writes to a cell.
    pub(super) fn hears(&mut self, at: usize, request: &Request) {
        if let (Some(cell), Some(data)) = (cell::cell(request), cell::written(request)) {
            self.written.entry(cell.to_owned()).or_default().push((at, data));
        }
    }

    /// Whether this device has written to a cell.
    pub(super) fn has_written(&self, at: usize) -> bool {
        self.written.values().flatten().any(|(author, _)| *author == at)
    }

    /// The cells that there were, and all that was written to them.
    pub(super) fn all(&self) -> (Vec<String>, Vec<String>) {
        let frames = self.written.values().flatten().map(|(_, frame)| frame.clone());
        (self.written.keys().cloned().collect(), frames.collect())
    }

    /// What the device hears in place of `response`.
    pub(super) fn meddle(
        &self,
        act: Act,
        at: usize,
        request: &Request,
        response: Response,
        chance: &mut Chance,
    ) -> Result<Response, Lost> {
        let before = cell::cell(request).and_then(|cell| self.written.get(cell));
        let before = before.map(Vec::as_slice).unwrap_or_default();
        let held = cell::held(&response);
        let version = format!("v{}", chance.next());
        let substitute = |data: &str| Ok(cell::tell(&response, data, Some(&version)));
        let reads = request.method == Method::Get && response.status < 400;
        match (act, held) {
            (Act::Drop, _) => Err(Lost::Timeout),
            (Act::Replay, _) if reads && !before.is_empty() => {
                let (_, data) = chance.pick(before);
                Ok(cell::tell(&found(&response), data, Some(&version)))
            }
            (Act::Reflect, _) if reads => match before.iter().rfind(|(author, _)| *author == at) {
                Some((_, data)) => Ok(cell::tell(&found(&response), data, Some("reflected"))),
                None => Ok(response),
            },
            (Act::Flip, Some(data)) => {
                let place = chance.between(0, data.len() as u64) as usize;
                let flip =
                    |(i, c): (usize, char)| if i == place { if c == 'A' { 'B' } else { 'A' } } else { c };
                substitute(&data.chars().enumerate().map(flip).collect::<String>())
            }
            (Act::Cut, Some(data)) => {
                let rest = chance.between(0, data.len() as u64) as usize;
                substitute(&data.chars().take(rest).collect::<String>())
            }
            (Act::Stuff, Some(data)) => {
                let longer = chance.between(4_000, 5_000) as usize;
                substitute(&data.chars().cycle().take(longer).collect::<String>())
            }
            (Act::Invent, _) if reads => {
                let invented = ["AAAA", "null", "{\"type\":\"m.login.success\"}", "|", "\u{0}", "AAAA|AAAA"];
                Ok(cell::tell(&found(&response), chance.pick::<&str>(&invented), Some("invented")))
            }
            (Act::SameVersion, Some(data)) => Ok(cell::tell(&response, &data, Some("the same"))),
            (Act::CallStale, _) if request.method == Method::Put && response.status < 300 => {
                let status = if response.body.expose().is_empty() { 412 } else { 409 };
                Ok(Response { status, ..response })
            }
            (Act::Status(status), _) => Ok(Response {
                status,
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body: Secret::new(json!({ "errcode": "M_NOT_FOUND" }).to_string().into_bytes()),
            }),
            (Act::Age(false), _) if reads => Ok(cell::age(&response, json!(-1))),
            (Act::Age(true), _) if reads => Ok(cell::age(&response, json!(1e18))),
            _ => Ok(response),
        }
    }
}

/// The answer of a cell that holds something, in place of one that says that nothing is new.
fn found(response: &Response) -> Response {
    Response { status: 200, ..response.clone() }
}
