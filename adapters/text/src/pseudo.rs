//! English in other letters, to see what is not translated and whether longer words fit.

use std::borrow::Cow;

const SMALL: [char; 26] = [
    'ȧ', 'ƀ', 'ƈ', 'ḓ', 'ḗ', 'ƒ', 'ɠ', 'ħ', 'ī', 'ĵ', 'ķ', 'ŀ', 'ḿ', 'ƞ', 'ǿ', 'ƥ', 'ɋ', 'ř', 'ş', 'ŧ', 'ŭ',
    'ṽ', 'ẇ', 'ẋ', 'ẏ', 'ẑ',
];
const LARGE: [char; 26] = [
    'Ȧ', 'Ɓ', 'Ƈ', 'Ḓ', 'Ḗ', 'Ƒ', 'Ɠ', 'Ħ', 'Ī', 'Ĵ', 'Ķ', 'Ŀ', 'Ḿ', 'Ƞ', 'Ǿ', 'Ƥ', 'Ɋ', 'Ř', 'Ş', 'Ŧ', 'Ŭ',
    'Ṽ', 'Ẇ', 'Ẋ', 'Ẏ', 'Ẑ',
];

/// The same text in other letters, and about a third longer.
pub(crate) fn letters(text: &str) -> Cow<'_, str> {
    let mut other = String::with_capacity(3 * text.len());
    for c in text.chars() {
        match c {
            'a'..='z' => {
                let letter = SMALL[usize::from(c as u8 - b'a')];
                other.push(letter);
                if matches!(c, 'a' | 'e' | 'o') {
                    other.push(letter);
                }
            }
            'A'..='Z' => other.push(LARGE[usize::from(c as u8 - b'A')]),
            c => other.push(c),
        }
    }
    other.into()
}
