//! Where everything that is left to chance comes from: the seed.

use narthex::Seeds;

/// SplitMix64: small, fast, and even enough for a life.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed ^ 0x6e61_7274_6865_7821)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` up to, but not including, `high`.
    pub(super) const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low)
    }

    /// One chance in so many; never in zero.
    pub(super) const fn one_in(&mut self, many: u32) -> bool {
        many != 0 && self.next().is_multiple_of(many as u64)
    }

    pub(super) fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.between(0, among.len() as u64) as usize]
    }

    /// Seeds for an engine.
    pub(super) fn seeds(&mut self) -> Seeds {
        let mut seed = [0; 32];
        for part in seed.chunks_mut(8) {
            part.copy_from_slice(&self.next().to_le_bytes());
        }
        Seeds::new(seed, seed.map(|byte| !byte))
    }
}
