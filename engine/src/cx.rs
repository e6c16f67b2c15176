//! What a handler may touch besides its own state: the time, chance, and the way out.

use std::time::Duration;

use url::Url;

use crate::chance::Chance;
use crate::config::Config;
use crate::intent::Intent;
use crate::io::{Effect, EffectId, Reply, Request, Time};
use crate::secret::Secret;
use crate::secrets::SecretsBundle;
use crate::session::Session;

/// How long an HTTP exchange may take before we give it up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// How long storage may take: a user may have to unlock a keyring.
const STORE_PATIENCE: Duration = Duration::from_secs(120);

/// What reaches a flow. The engine has already dropped what nothing waits for and what is not on offer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'e> {
    Start,
    Intent(&'e Intent),
    Reply(EffectId, &'e Reply),
    TimedOut(EffectId),
    Callback(&'e Url),
}

/// Something a state waits for, and until when.
///
/// An effect is open exactly as long as some state holds its `Wait`. A pause is a `Wait` without an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wait {
    pub(crate) id: EffectId,
    pub(crate) until: Time,
}

pub(crate) struct Cx<'a> {
    pub(crate) now: Time,
    pub(crate) config: &'a Config,
    pub(crate) chance: &'a mut Chance,
    pub(crate) next_id: &'a mut u64,
    pub(crate) effects: &'a mut Vec<Effect>,
}

impl Cx<'_> {
    pub(crate) fn http(&mut self, request: Request) -> Wait {
        self.effect(request.patience, |id| Effect::Http { id, request })
    }

    pub(crate) fn prove(&mut self) -> Wait {
        self.effect(STORE_PATIENCE, |id| Effect::Prove { id })
    }

    pub(crate) fn store(&mut self, session: Session) -> Wait {
        self.effect(STORE_PATIENCE, |id| Effect::Store { id, session })
    }

    /// The wait is for the lease to be granted; whoever holds it then has a longer wait of the same id.
    pub(crate) fn lease(&mut self, session: &Session, patience: Duration) -> Wait {
        let Session { homeserver, user_id, device_id, .. } = session.clone();
        self.effect(patience, |id| Effect::Lease { id, homeserver, user_id, device_id })
    }

    pub(crate) fn erase(&mut self, session: &Session) -> Wait {
        let Session { homeserver, user_id, device_id, .. } = session.clone();
        self.effect(STORE_PATIENCE, |id| Effect::Erase { id, homeserver, user_id, device_id })
    }

    pub(crate) fn find_secrets(&mut self, session: Session) -> Wait {
        self.effect(STORE_PATIENCE, |id| Effect::FindSecrets { id, session })
    }

    pub(crate) fn share_secrets(&mut self, session: Session) -> Wait {
        self.effect(STORE_PATIENCE, |id| Effect::ShareSecrets { id, session })
    }

    pub(crate) fn adopt_secrets(&mut self, session: Session, secrets: SecretsBundle) -> Wait {
        self.effect(STORE_PATIENCE, |id| Effect::AdoptSecrets { id, session, secrets })
    }

    /// The wait is for the listener to be there; whoever goes on listening holds a longer one of the same id.
    pub(crate) fn listen(&mut self, path: String, port: Option<u16>) -> Wait {
        self.effect(PATIENCE, |id| Effect::Listen { id, path, port })
    }

    pub(crate) fn browse(&mut self, url: Url) {
        self.effects.push(Effect::Browse { url });
    }

    /// Nothing but time.
    pub(crate) fn pause(&mut self, length: Duration) -> Wait {
        self.pause_until(self.now + length)
    }

    pub(crate) fn pause_until(&mut self, until: Time) -> Wait {
        // Never in the past: a deadline has to be ahead.
        Wait { id: self.fresh_id(), until: until.max(self.now + Duration::from_millis(1)) }
    }

    /// `N` secret bytes in hexadecimal: unguessable from 16 on, and safe in a path, a query and a header.
    pub(crate) fn secret_hex<const N: usize>(&mut self) -> Secret<String> {
        let bytes = self.chance.secret_bytes::<N>();
        let mut text = String::with_capacity(2 * N);
        for byte in bytes.expose() {
            text.extend([byte >> 4, byte & 15].map(|n| char::from_digit(n.into(), 16).expect("below 16")));
        }
        Secret::new(text)
    }

    /// A number below `most`, near enough to evenly. Others may see it.
    pub(crate) fn random_below(&mut self, most: u32) -> u32 {
        u32::from_le_bytes(self.chance.id_bytes()) % most
    }

    /// Ten upper-case letters: what every server and every client accepts.
    pub(crate) fn random_device_id(&mut self) -> String {
        (0..10)
            .filter_map(|_| char::from_digit(10 + self.random_below(26), 36))
            .map(|c| c.to_ascii_uppercase())
            .collect()
    }

    fn effect(&mut self, patience: Duration, make: impl FnOnce(EffectId) -> Effect) -> Wait {
        let id = self.fresh_id();
        self.effects.push(make(id));
        Wait { id, until: self.now + patience }
    }

    fn fresh_id(&mut self) -> EffectId {
        *self.next_id += 1;
        EffectId(*self.next_id)
    }
}
