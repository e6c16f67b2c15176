//! What does the rendezvous of 2025 answer (MSC4388)?

use narthex::{Response, Time};
use serde_json::{Value, json};

use crate::answer::{Refusal, ok};
use crate::ask::{Ask, Object};
use crate::sandbox::Sandbox;

use super::cells::{Action, Generation, Rules};
use super::settings::{LARGEST, Manners, Rendezvous2025, RendezvousConfig};
use super::{not_found, too_large};

impl Sandbox {
    pub(super) fn meet_2025(
        &mut self,
        now: Time,
        ask: Ask<'_>,
        config: &RendezvousConfig,
        action: Action<'_>,
    ) -> Result<Response, Refusal> {
        if config.of_2025 == Rendezvous2025::Off {
            return Err(Refusal::unrecognized(404));
        }
        let manners = config.manners;
        self.count_meeting(now, manners, Generation::Of2025)?;
        let rules = Rules {
            manners,
            generation: Generation::Of2025,
            lifetime: config.lifetime_2025,
            capacity: config.capacity,
        };
        self.rendezvous.of_2025.sweep(rules, now);
        match action {
            Action::Discover => {
                self.may_create(now, ask, config)?;
                Ok(ok(&json!({ "create_available": true })))
            }
            Action::Create => {
                self.may_create(now, ask, config)?;
                let data = data(&object(ask)?, config)?;
                let id = self.cell_id(now, manners);
                let cell = self.rendezvous.of_2025.create(rules, now, id, data);
                Ok(ok(&json!({
                    "id": cell.id,
                    "sequence_token": cell.version,
                    "expires_in_ms": cell.expires.0.saturating_sub(now.0),
                })))
            }
            Action::Read(id) => {
                if is_of_a_page(ask) {
                    let error = "Rendezvous content is not accessible from the request destination";
                    return Err(Refusal::new(403, "M_FORBIDDEN", error));
                }
                let cell = self.rendezvous.of_2025.find(now, id).ok_or_else(not_found)?;
                Ok(ok(&json!({
                    "data": String::from_utf8_lossy(&cell.data),
                    "sequence_token": cell.version,
                    "expires_in_ms": cell.expires.0.saturating_sub(now.0),
                })))
            }
            Action::Write(id) => {
                let body = object(ask)?;
                let token = string(&body, "sequence_token")?;
                let data = data(&body, config)?;
                let cell = self.rendezvous.of_2025.find(now, id).ok_or_else(not_found)?;
                if !cell.write(rules, now, |version| version == token, &data) {
                    let (code, error) =
                        ("IO_ELEMENT_MSC4388_CONCURRENT_WRITE", "sequence_token does not match");
                    return Err(Refusal::new(409, code, error));
                }
                Ok(ok(&json!({ "sequence_token": cell.version })))
            }
            Action::Delete(id) => {
                let cell = self.rendezvous.of_2025.remove(id).ok_or_else(not_found)?;
                match manners {
                    Manners::Synapse => Ok(ok(&json!([]))),
                    Manners::Tuwunel if cell.is_alive(now) => Ok(ok(&json!({}))),
                    Manners::Tuwunel => Err(not_found()),
                }
            }
        }
    }

    fn may_create(&mut self, now: Time, ask: Ask<'_>, config: &RendezvousConfig) -> Result<(), Refusal> {
        match (config.of_2025, config.manners) {
            (Rendezvous2025::Off, _) => Err(Refusal::unrecognized(404)),
            (Rendezvous2025::Open, _) => Ok(()),
            (Rendezvous2025::Authenticated, Manners::Tuwunel) if ask.bearer().is_none() => {
                Err(Refusal::new(403, "M_FORBIDDEN", "Only with an access token"))
            }
            (Rendezvous2025::Authenticated, _) => self.requester(now, ask).map(|_| ()),
        }
    }
}

/// Whether a browser would show the answer to somebody, instead of handing it to a script (Fetch Metadata).
fn is_of_a_page(ask: Ask<'_>) -> bool {
    ask.header("sec-fetch-dest").is_some_and(|destination| destination != "empty")
        || ask.header("sec-fetch-mode") == Some("navigate")
        || ask.header("sec-fetch-user") == Some("?1")
        || ask.header("sec-fetch-site") == Some("none")
}

fn invalid() -> Refusal {
    Refusal::new(400, "M_INVALID_PARAM", "Invalid JSON in request body")
}

fn object(ask: Ask<'_>) -> Result<Object, Refusal> {
    ask.json().map_err(|_| invalid())
}

fn string<'a>(body: &'a Object, field: &str) -> Result<&'a str, Refusal> {
    body.get(field).and_then(Value::as_str).ok_or_else(invalid)
}

fn data(body: &Object, config: &RendezvousConfig) -> Result<Vec<u8>, Refusal> {
    let data = string(body, "data")?.as_bytes();
    if data.len() > config.largest.min(LARGEST) { Err(too_large()) } else { Ok(data.to_vec()) }
}
