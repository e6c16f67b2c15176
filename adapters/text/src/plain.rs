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

/// An id of a user, of a device or of a server as what it is, as one line of at most 500 characters: what is not seen in it,
/// or turns the direction of text, is written as `\u{200b}`, and so is what such an escape begins with.
#[must_use]
pub fn id(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(500) {
        if c == '\\' || is_unseen(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The id that [`id`] shows so.
#[must_use]
pub fn of_shown_id(shown: &str) -> String {
    let mut parts = shown.split("\\u{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let escaped = part.split_once('}').and_then(|(code, rest)| {
            Some((u32::from_str_radix(code, 16).ok().and_then(char::from_u32)?, rest))
        });
        match escaped {
            Some((c, rest)) => text.extend([&*c.to_string(), rest]),
            None => text.extend(["\\u{", part]),
        }
    }
    text
}

/// Whether nothing of it is seen where it stands in a word.
fn is_unseen(c: char) -> bool {
    // Behind a letter, so that a mark that combines with it is none.
    let is_escaped = !matches!(c, '\'' | '"') && format!("a{c}").escape_debug().count() > 2;
    // Letters and marks by their category, and yet without a shape.
    let is_empty = matches!(
        c,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0100}'..='\u{e01ef}'
    );
    c.is_whitespace() || is_escaped || is_empty || is_misleading(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found D15.
    #[test]
    fn an_id_is_shown_as_what_it_is() {
        for (text, shown) in [
            ("@alice:example.org", "@alice:example.org"),
            ("@al\u{200b}ice:a.b", "@al\\u{200b}ice:a.b"),
            ("a\u{202e}b\u{61c}c\u{2066}", "a\\u{202e}b\\u{61c}c\\u{2066}"),
            ("a b\tc\n\u{a0}\u{2028}\u{3000}", "a\\u{20}b\\u{9}c\\u{a}\\u{a0}\\u{2028}\\u{3000}"),
            ("\u{1b}[31m\u{9b}\u{7f}", "\\u{1b}[31m\\u{9b}\\u{7f}"),
            ("a\u{200c}b\u{200d}c\u{ad}\u{34f}\u{fe0f}", "a\\u{200c}b\\u{200d}c\\u{ad}\\u{34f}\\u{fe0f}"),
            ("\u{3164}\u{e0041}\u{600}\u{110bd}\u{1d173}", "\\u{3164}\\u{e0041}\\u{600}\\u{110bd}\\u{1d173}"),
            ("a\\u{200b}'\"", "a\\u{5c}u{200b}'\""),
            ("жанна-é-हिंदी-e\u{301}-名-🦀", "жанна-é-हिंदी-e\u{301}-名-🦀"),
        ] {
            assert_eq!(id(text), shown);
            assert_eq!(of_shown_id(shown), text);
        }
        for none in ["\\u{", "a\\u{}b", "\\u{zz}", "\\u{d800}", "\\u{110000}", "\\x"] {
            assert_eq!(of_shown_id(none), none);
        }
        assert_eq!(id(&"x".repeat(501)).len(), 500);
    }

    /// Found D12.
    #[test]
    fn what_a_server_says_cannot_touch_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\nc\u{202e}d"), "a\\u{1b}[31mb cd");
        // Found D12.
        assert_eq!(plain("a\u{61c}b\u{9b}2Jc\u{7f}\u{2028}d\u{feff}"), "ab\\u{9b}2Jc\\u{7f} d");
    }
}
