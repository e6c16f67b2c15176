//! What is left of untrusted text before anybody reads it.

/// Whether this is a code, such as `invalid_grant`, and not a sentence.
pub(crate) fn is_error_code(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.".contains(&b))
}

/// Untrusted text, fit to show: one line without control characters, of at most so many characters.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect();
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_is_cut_to_one_clean_line() {
        assert_eq!(one_line("  a\u{1b}[2Jb\nc ", 100), "a [2Jb c");
        assert_eq!(one_line(&"x".repeat(500), 200).len(), 200);
    }
}
