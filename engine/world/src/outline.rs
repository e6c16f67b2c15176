//! What of a value makes a difference to what can follow?
//!
//! The engine's types say it by `Hash`: each gives what it holds. Here that is written down, but for what differs from
//! run to run and leads nowhere else: times, ids and texts.

use std::hash::{Hash, Hasher};

/// What `value` gives, and what of that it sets aside. Values of one type are alike if both are the same.
pub(crate) fn of(value: &impl Hash) -> (Vec<u8>, Vec<u8>) {
    let mut outline = Outline::default();
    value.hash(&mut outline);
    (outline.of, outline.aside)
}

#[derive(Default)]
struct Outline {
    of: Vec<u8>,
    aside: Vec<u8>,
    is_aside: bool,
}

impl Outline {
    fn add(&mut self, bytes: &[u8]) {
        let to = if self.is_aside { &mut self.aside } else { &mut self.of };
        to.extend_from_slice(bytes);
    }
}

impl Hasher for Outline {
    /// A text. Who somebody is makes a difference, and so does which stage it is; what else is said does not.
    fn write(&mut self, text: &[u8]) {
        if text.starts_with(b"@") || text.starts_with(b"m.login.") {
            self.add(text);
        }
    }

    /// Whether something is so, or how often it was tried.
    fn write_u8(&mut self, number: u8) {
        self.add(&[number.min(5)]);
    }

    /// Which variant it is.
    fn write_isize(&mut self, number: isize) {
        self.add(&[number as u8]);
    }

    /// How many there are.
    fn write_usize(&mut self, number: usize) {
        self.add(&[number as u8]);
    }

    /// What follows is set aside, or no more.
    fn write_i8(&mut self, number: i8) {
        self.is_aside = number > 0;
    }

    fn write_u16(&mut self, _: u16) {}

    fn write_u32(&mut self, _: u32) {}

    fn write_u64(&mut self, _: u64) {}

    /// Nobody asks for it: the outline itself is compared.
    fn finish(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use narthex::{Stage, Time};

    use super::*;

    #[test]
    fn times_and_texts_make_no_difference_but_variants_and_users_do() {
        assert_eq!(of(&(Time(1), "a", Some(2_u32))), of(&(Time(2), "b", Some(3_u32))));
        assert_ne!(of(&Some(Time(1))), of(&None::<Time>));
        assert_ne!(of(&"@alice:example.org"), of(&"@mallory:example.org"));
        assert_ne!(of(&Stage::parse("m.login.terms")), of(&Stage::parse("m.login.dummy")));
        assert_ne!(of(&vec!["a"]), of(&vec!["a", "b"]));
    }

    #[test]
    fn what_is_set_aside_is_apart() {
        struct Both(bool, bool);
        impl Hash for Both {
            fn hash<H: Hasher>(&self, hasher: &mut H) {
                hasher.write_i8(1);
                self.0.hash(hasher);
                hasher.write_i8(-1);
                self.1.hash(hasher);
            }
        }
        let ((rest, aside), (other_rest, other_aside)) = (of(&Both(true, true)), of(&Both(false, true)));
        assert_eq!(rest, other_rest);
        assert_ne!(aside, other_aside);
    }
}
