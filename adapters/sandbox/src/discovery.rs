//! What does the server say about itself?

use narthex::Response;
use serde_json::json;

use crate::answer::{Refusal, json, ok, text};
use crate::sandbox::Sandbox;
use crate::settings::WellKnown;

/// As recorded from Synapse 1.163.2.
const VERSIONS: &str = include_str!("versions.json");

impl Sandbox {
    pub(crate) fn well_known(&self) -> Response {
        match &self.config.well_known {
            WellKnown::Absent => text(404, "text/plain; charset=utf-8", ".well-known not available"),
            WellKnown::Raw { status, body } => text(*status, "application/json", body),
            WellKnown::Own | WellKnown::Elsewhere(_) => {
                ok(&json!({ "m.homeserver": { "base_url": self.config.told_base_url() } }))
            }
        }
    }

    pub(crate) fn versions(&self) -> Response {
        let flag = |is_on: bool| format!("\"org.matrix.msc4108\":{is_on}");
        let versions = VERSIONS.replace(&flag(false), &flag(self.has_rendezvous_2024()));
        text(200, "application/json", &versions)
    }

    pub(crate) fn auth_metadata(&self, stable: bool) -> Result<Response, Refusal> {
        if self.config.oauth.is_some() {
            return self.oauth_metadata(stable);
        }
        match &self.config.delegation {
            Some(delegation) if delegation.stable_path || !stable => Ok(json(200, &delegation.metadata)),
            Some(_) | None => Err(Refusal::unrecognized(404)),
        }
    }
}
