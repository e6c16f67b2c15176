//! What is left of untrusted text before anybody reads it.

use std::ops::Range;

/// Whether this is a code, such as `invalid_grant`, and not a sentence.
pub(crate) fn is_error_code(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.".contains(&b))
}

/// Whether a character is not seen, and changes how what is around it is read: the marks that turn the direction of
/// text, and those without a width. Nobody needs them in a line of an error message; a frontend leaves them out.
///
/// The joiners (U+200C, U+200D) are none of them: several scripts are not written without.
#[must_use]
pub const fn is_misleading(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Where `part` is in `text`, whatever the case of either's letters; what a character becomes in the other case counts as
/// the character. The ranges are in bytes, and none overlaps another.
#[must_use]
pub fn occurrences(text: &str, part: &str) -> Vec<Range<usize>> {
    // By way of capital letters, which `ß` and `ς` have only with others.
    let alike = |c: char| c.to_uppercase().flat_map(char::to_lowercase);
    let (mut low, mut starts) = (String::new(), Vec::new());
    for (at, c) in text.char_indices() {
        low.extend(alike(c));
        starts.resize(low.len(), at);
    }
    let part: String = part.chars().flat_map(alike).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in low.match_indices(&part).filter(|_| !part.is_empty()) {
        let (start, last) = (starts[at], starts[at + part.len() - 1]);
        let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
        if found.last().is_none_or(|before| before.end <= start) {
            found.push(start..end);
        }
    }
    found
}

/// Whether it joins two letters, or keeps them apart, and is not seen itself.
pub(crate) const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Untrusted text, fit to show: one line, of at most so many characters, without what moves or hides what is around it.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let ends_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let seen = text.chars().filter(|c| !is_misleading(*c));
    let clean: String = seen.map(|c| if ends_line(c) { ' ' } else { c }).take(most).collect();
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_any_case() {
        for (text, part, found) in [
            ("a Pä, PÄ and pä", "pä", &[(2, 5), (7, 10), (15, 18)][..]),
            ("STRASSE straße", "Straße", &[(0, 7), (8, 15)]),
            ("ΟΔΟΣ οδος", "οδος", &[(0, 8), (9, 17)]),
            ("ßx", "sx", &[(0, 3)]),
            ("ß", "s", &[(0, 2)]),
            ("aaa", "aa", &[(0, 2)]),
            ("a", "", &[]),
            ("", "a", &[]),
        ] {
            let ranges: Vec<_> = occurrences(text, part).into_iter().map(|at| (at.start, at.end)).collect();
            assert_eq!(ranges, found, "{part} in {text}");
        }
    }

    #[test]
    fn untrusted_text_is_cut_to_one_clean_line() {
        assert_eq!(one_line("  a\u{1b}[2Jb\nc ", 100), "a [2Jb c");
        assert_eq!(one_line(&"x".repeat(500), 200).len(), 200);
    }

    /// Found D12.
    #[test]
    fn marks_that_turn_or_hide_text_are_left_out() {
        let marks = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}\u{feff}\u{200b}\u{ad}\u{e0041}";
        assert_eq!(one_line(&format!("{marks}a{marks}b"), 100), "ab");
        assert_eq!(one_line("a\u{7f}b\u{9b}31mc\u{85}d\u{2028}e", 100), "a b 31mc d e");
        assert_eq!(one_line("می\u{200c}خواهم", 100), "می\u{200c}خواهم", "a joiner is a part of the word");
    }
}
