//! Where does an engine's randomness come from?

use std::fmt;

use chacha20::rand_core::{Rng as _, SeedableRng as _};
use chacha20::{ChaCha12Rng, SerializedRngState};

use crate::secret::Secret;

/// The two seeds of an engine, of 32 bytes each.
///
/// Both come from the operating system's randomness ([`draw`](Self::draw)), and serve one engine only; a resumed engine
/// gets new ones. They are two so that a trace can hold the first one, and so be replayed, and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds {
    /// For what others may see: device ids, suggestions. It may be written down.
    pub ids: [u8; 32],
    /// For what guards a sign-in: `state`, the PKCE verifier, the path of a single sign-on's callback, client secrets.
    /// Write it nowhere.
    pub secrets: Secret<[u8; 32]>,
}

impl Seeds {
    /// Both from the same source, such as `getrandom::fill`.
    ///
    /// # Errors
    ///
    /// Those of `fill`.
    pub fn draw<E>(mut fill: impl FnMut(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut seeds = Self { ids: [0; 32], secrets: Secret::new([0; 32]) };
        fill(&mut seeds.ids)?;
        fill(seeds.secrets.expose_mut())?;
        Ok(seeds)
    }

    /// Known ones, for a run that is to be repeated.
    #[must_use]
    pub const fn new(ids: [u8; 32], secrets: [u8; 32]) -> Self {
        Self { ids, secrets: Secret::new(secrets) }
    }
}

/// What an engine draws from: one stream for each seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chance {
    ids: Stream,
    secrets: Stream,
}

impl Chance {
    pub(crate) fn new(seeds: &Seeds) -> Self {
        Self { ids: Stream::new(&seeds.ids), secrets: Stream::new(seeds.secrets.expose()) }
    }

    /// Bytes that others may see, and that a trace tells.
    pub(crate) fn id_bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.ids.fill(&mut bytes);
        bytes
    }

    /// Bytes that guard something: unguessable from 16 on.
    pub(crate) fn secret_bytes<const N: usize>(&mut self) -> Secret<[u8; N]> {
        let mut bytes = Secret::new([0; N]);
        self.secrets.fill(bytes.expose_mut());
        bytes
    }
}

/// Where a stream is, in the few bytes that say it: an engine draws rarely, and a whole generator is six times as large.
#[derive(Clone, PartialEq, Eq)]
struct Stream(Secret<SerializedRngState>);

impl Stream {
    fn new(seed: &[u8; 32]) -> Self {
        Self(Secret::new(ChaCha12Rng::from_seed(*seed).serialize_state()))
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        // Wiped when it is dropped, by the feature `zeroize` of its crate.
        let mut generator = ChaCha12Rng::deserialize_state(self.0.expose());
        generator.fill_bytes(bytes);
        self.0 = Secret::new(generator.serialize_state());
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[generator]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_a_stream_goes_on_where_it_was() {
        let mut one = Chance::new(&Seeds::new([1; 32], [2; 32]));
        for _ in 0..100 {
            let mut two = one.clone();
            assert_eq!(one, two);
            assert_eq!(one.id_bytes::<7>(), two.id_bytes::<7>());
            assert_eq!(one.secret_bytes::<33>(), two.secret_bytes::<33>());
        }
    }

    #[test]
    fn each_seed_has_a_stream_of_its_own() {
        let of = |ids, secrets| {
            let mut chance = Chance::new(&Seeds::new([ids; 32], [secrets; 32]));
            (chance.id_bytes::<16>(), chance.secret_bytes::<16>())
        };
        let (ids, secrets) = of(1, 2);
        assert_eq!(of(1, 3).0, ids);
        assert_ne!(of(1, 3).1, secrets);
        assert_ne!(of(3, 2).0, ids);
        assert_eq!(of(3, 2).1, secrets);
    }

    #[test]
    fn seeds_are_drawn_apart_and_print_no_secret() {
        let mut next = 0;
        let fill = |bytes: &mut [u8]| {
            next += 1;
            bytes.fill(next);
            Ok::<(), ()>(())
        };
        let seeds = Seeds::draw(fill).unwrap();
        assert_eq!(seeds, Seeds::new([1; 32], [2; 32]));
        assert!(!format!("{seeds:?}").contains("2, 2"));
        assert_eq!(Seeds::draw(|_| Err("no randomness")), Err("no randomness"));
    }
}
