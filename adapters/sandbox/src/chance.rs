//! Where do session ids, tokens and device ids come from? From the seed alone.

use narthex::Time;

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const CAPITALS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Crockford's, without the letters that look like digits.
const BASE32: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DIGITS: &[u8] = b"0123456789";

/// SplitMix64: small, fast, and plenty for names that only must differ.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn letters(&mut self, length: usize) -> String {
        self.draw(LETTERS, length)
    }

    pub(crate) fn capitals(&mut self, length: usize) -> String {
        self.draw(CAPITALS, length)
    }

    pub(crate) fn digits(&mut self, length: usize) -> String {
        self.draw(DIGITS, length)
    }

    /// What a person types from another screen.
    pub(crate) fn user_code(&mut self, length: usize) -> String {
        self.draw(BASE32, length)
    }

    /// An id that sorts by time: 48 bits of it, and 80 of chance.
    pub(crate) fn ulid(&mut self, now: Time) -> String {
        let time =
            (0..10).rev().map(|place| char::from(BASE32[(now.0 >> (5 * place)) as usize % BASE32.len()]));
        let time: String = time.collect();
        time + &self.draw(BASE32, 16)
    }

    fn draw(&mut self, alphabet: &[u8], length: usize) -> String {
        let size = alphabet.len() as u64;
        (0..length).map(|_| char::from(alphabet[(self.next() % size) as usize])).collect()
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_names_and_another_others() {
        let draw = |seed| Chance::new(seed).letters(24);
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }
}
