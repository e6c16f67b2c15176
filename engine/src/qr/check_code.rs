//! Do both devices show and hear the same two digits?
//!
//! MSC4108, "Check code". It says that the user looks at the device that scanned, once that has verified the other: it
//! guards against somebody between the two.

use std::fmt;

use subtle::ConstantTimeEq as _;

use super::payload::Generation;

/// Two digits that only the two ends of a channel can compute.
///
/// The device that scanned shows them; the one that showed the code compares what the user typed there, **once**: there
/// are but 90 or 100 of them. `Debug` prints none, because on that device they are not to be seen.
#[derive(PartialEq, Eq)]
pub(crate) struct CheckCode([u8; 2]);

impl CheckCode {
    /// Of two bytes of the channel's: `00` to `99` in 2024, `10` to `99` in 2025.
    pub(super) const fn new(bytes: [u8; 2], generation: Generation) -> Self {
        let first = match generation {
            Generation::V2024 => bytes[0] % 10,
            Generation::V2025 => bytes[0] % 9 + 1,
        };
        Self([b'0' + first, b'0' + bytes[1] % 10])
    }

    /// Two characters, to be shown. A zero in front is one of them.
    pub(crate) fn shown(&self) -> String {
        self.0.map(char::from).iter().collect()
    }

    /// The one attempt, in the same time whatever differs.
    pub(crate) fn matches(self, typed: &TypedCode) -> bool {
        self.0.ct_eq(&typed.0).into()
    }
}

impl fmt::Debug for CheckCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[check code]")
    }
}

/// What the user typed, as far as it can be a code. What cannot is no attempt.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TypedCode([u8; 2]);

impl TypedCode {
    /// Two digits. One may be half of them, sent too early: it would spend the attempt.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let &[one, two] = text.trim().as_bytes() else { return None };
        let digits = [one, two];
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Generation; 2] = [Generation::V2024, Generation::V2025];

    /// The values of vodozemac's own tests.
    #[test]
    fn two_bytes_are_two_digits() {
        let shown = |bytes| BOTH.map(|generation| CheckCode::new(bytes, generation).shown());
        assert_eq!(shown([0, 0]), ["00", "10"]);
        assert_eq!(shown([8, 9]), ["89", "99"]);
        assert_eq!(shown([9, 9]), ["99", "19"]);
        assert_eq!(shown([0xff, 0xff]), ["55", "45"]);
    }

    /// Edge case 142.
    #[test]
    fn a_zero_in_front_is_one_of_the_two_digits() {
        for text in ["07", " 07\n"] {
            let typed = TypedCode::parse(text).expect("digits");
            assert!(CheckCode::new([0, 7], Generation::V2024).matches(&typed), "{text:?}");
            assert!(!CheckCode::new([7, 0], Generation::V2024).matches(&typed), "{text:?}");
        }
        assert_eq!(CheckCode::new([0, 7], Generation::V2024).shown(), "07");
    }

    #[test]
    fn only_two_digits_are_an_attempt() {
        for text in ["", " ", "7", "a", "1a", "+1", "-1", "123", "007", "1 2", "٤٢", "４２", "4.", "½"] {
            assert_eq!(TypedCode::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn one_typed_code_of_a_hundred_matches() {
        for generation in BOTH {
            for bytes in [[0, 0], [3, 250], [0xff, 0xff], [41, 2]] {
                let all = (0..100).map(|number| TypedCode::parse(&format!("{number:02}")).expect("digits"));
                let right = all.filter(|typed| CheckCode::new(bytes, generation).matches(typed)).count();
                assert_eq!(right, 1);
            }
        }
        let code = CheckCode::new([4, 2], Generation::V2024);
        assert_eq!(format!("{code:?}"), "[check code]");
    }
}
