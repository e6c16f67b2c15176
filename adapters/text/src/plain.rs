//! What others wrote, made harmless.

use narthex::is_misleading;

/// What others wrote, as one line of at most 500 characters that cannot touch a terminal.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut clean = String::new();
    for c in text.chars().filter(|c| !is_misleading(*c)).take(500) {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => clean.push(' '),
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
        // Found D12.
        assert_eq!(plain("a\u{61c}b\u{9b}2Jc\u{7f}\u{2028}d\u{feff}"), "ab\\u{9b}2Jc\\u{7f} d");
    }
}
