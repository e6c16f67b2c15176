//! An effect under way.

use narthex::{Effect, EffectId, Time};
use serde_json::Value;

use crate::class::{self, Class};

/// An effect under way.
#[derive(Clone, Debug)]
pub struct Open {
    pub id: EffectId,
    pub effect: Effect,
    pub class: Class,
    /// When the engine gives it up.
    pub due: Time,
    /// Unlike `id`, different in every run.
    pub(crate) serial: u64,
    /// A listener told where it listens; a lease was granted.
    pub(crate) told: bool,
}

impl Open {
    pub(crate) fn body(&self) -> Value {
        match &self.effect {
            Effect::Http { request, .. } => class::body(request),
            Effect::Lease { .. } | Effect::Store { .. } | Effect::Erase { .. } => Value::Null,
            Effect::Prove { .. } | Effect::Listen { .. } => Value::Null,
            Effect::FindSecrets { .. } | Effect::ShareSecrets { .. } | Effect::AdoptSecrets { .. } => {
                Value::Null
            }
            Effect::Browse { .. } | Effect::Cancel { .. } => Value::Null,
        }
    }
}
