//! How does a text fit the terminal?

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How wide a string shows.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// How many columns there are on standard error, where the dialogue is.
pub(crate) fn columns() -> usize {
    columns_of(std::io::stderr())
}

/// How many columns there are: of the terminal, else of `COLUMNS`. What goes to a pipe or a file is not wrapped.
#[cfg(unix)]
pub(crate) fn columns_of(out: impl std::os::fd::AsFd) -> usize {
    match rustix::termios::tcgetwinsize(out) {
        Ok(size) if size.ws_col > 0 => usize::from(size.ws_col).max(20),
        Ok(_) | Err(_) => columns_said(),
    }
}

/// How many columns there are, if `COLUMNS` says.
#[cfg(not(unix))]
pub(crate) fn columns_of(_: impl Sized) -> usize {
    columns_said()
}

/// How many rows the terminal has where the dialogue is; what goes to a pipe or a file has no end.
#[cfg(unix)]
pub(crate) fn rows() -> usize {
    match rustix::termios::tcgetwinsize(std::io::stderr()) {
        Ok(size) if size.ws_row > 0 => usize::from(size.ws_row),
        Ok(_) | Err(_) => usize::MAX,
    }
}

/// There is no dialogue yet.
#[cfg(not(unix))]
pub(crate) const fn rows() -> usize {
    usize::MAX
}

fn columns_said() -> usize {
    std::env::var("COLUMNS").ok().and_then(|n| n.parse().ok()).map_or(usize::MAX, |n: usize| n.max(20))
}

/// `text` in lines of at most `columns`, each with `indent`. A word that is longer (an address) stays whole, and a paragraph
/// keeps the spaces that it begins with.
pub(crate) fn wrapped(text: &str, columns: usize, indent: &str) -> String {
    // What is drawn in colours stays as it is.
    if text.starts_with('\u{1b}') {
        return text.to_owned();
    }
    let mut lines: Vec<String> = Vec::new();
    for whole in text.lines() {
        let paragraph = whole.trim_start_matches(' ');
        let own = &whole[..whole.len() - paragraph.len()];
        let room = columns.saturating_sub(width(indent) + own.len()).max(10);
        let first = lines.len();
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && width(&line) + 1 + width(word) > room {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
        lines[first..].iter_mut().for_each(|line| line.insert_str(0, own));
    }
    lines.iter().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join("\n")
}

/// The end of `text` that fits into `room` columns.
pub(crate) fn tail(text: &str, room: usize) -> &str {
    let (mut used, mut start) = (0, text.len());
    for (at, c) in text.char_indices().rev() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        start = at;
    }
    &text[start..]
}

/// The beginning of `text` that fits into `room` columns.
pub(crate) fn head(text: &str, room: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > room {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_addresses_stay_whole() {
        let text = wrapped("one two three https://example.org/a/very/long/address four", 14, "  ");
        assert_eq!(text, "  one two\n  three\n  https://example.org/a/very/long/address\n  four");
        assert_eq!(wrapped("  one two three\n four\n\nfive", 9, ""), "  one two\n  three\n four\n\nfive");
        assert_eq!(tail("abcdef", 3), "def");
        assert_eq!(tail("日本語", 4), "本語");
    }
}
