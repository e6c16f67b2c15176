//! What others wrote, made harmless.

/// What others wrote, as one line of at most 500 characters that cannot touch a terminal.
#[must_use]
pub fn plain(text: &str) -> String {
    // Also the marks that turn the direction of what follows around.
    let turns = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut clean = String::new();
    for c in text.chars().filter(|c| !turns(*c)).take(500) {
        match c {
            '\n' | '\r' | '\t' => clean.push(' '),
            c if c.is_control() => clean.extend(c.escape_default()),
            c => clean.push(c),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found D12.
    #[test]
    fn what_a_server_says_cannot_touch_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\nc\u{202e}d"), "a\\u{1b}[31mb cd");
        assert_eq!(plain("a\u{61c}b\u{9b}c\u{7f}"), "ab\\u{9b}c\\u{7f}");
    }
}
