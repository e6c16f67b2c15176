//! Paragraphs, and below them a prompt that is drawn again.

use std::io::{self, IsTerminal as _, Write as _};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::paint::{Paint, Tone, is_dumb};
use crate::lines::{columns, head, rows, width, wrapped};

/// A hint takes no more of the screen.
const HINT_ROWS: usize = 8;

/// Standard error, as something to draw on.
#[derive(Debug)]
pub(crate) struct Canvas {
    paint: Paint,
    is_dumb: bool,
    /// There is a prompt, this wide, on the lines from the cursor on.
    drawn: Option<usize>,
    /// What a terminal without escape sequences was told last about the prompt.
    told: Vec<String>,
}

impl Canvas {
    pub(crate) fn of_stderr() -> Self {
        let paint = Paint::of(io::stderr().is_terminal());
        Self { paint, is_dumb: is_dumb(), drawn: None, told: Vec::new() }
    }

    /// Whether the cursor can be moved.
    pub(crate) const fn can_redraw(&self) -> bool {
        !self.is_dumb
    }

    /// Prints a paragraph above the prompt.
    pub(crate) fn print(&mut self, text: &str, tone: Tone) {
        self.clear();
        let text = self.paint.toned(&wrapped(text, columns(), ""), tone);
        writeln!(io::stderr(), "{text}").ok();
    }

    /// Draws the prompt: one line, with the cursor at its end, and a hint below it.
    pub(crate) fn draw(&mut self, line: &str, hint: &str) {
        let hint = wrapped(hint, columns().saturating_sub(1), "");
        let hint: Vec<(String, Tone)> =
            hint.lines().take(HINT_ROWS).map(|row| (row.to_owned(), Tone::Dim)).collect();
        self.draw_above(line, &hint);
    }

    /// Draws the prompt with these rows below it, as far as there is room.
    pub(crate) fn draw_above(&mut self, line: &str, below: &[(String, Tone)]) {
        let room = columns().saturating_sub(1);
        if self.is_dumb {
            return self.write_again(line, below);
        }
        self.clear();
        let mut out = io::stderr().lock();
        // Below first, then back up: the cursor stays with what is typed.
        let below = fitting(below, room, rows().saturating_sub(1));
        for (row, tone) in &below {
            write!(out, "\n{}", self.paint.toned(row, *tone)).ok();
        }
        if !below.is_empty() {
            write!(out, "\r\x1b[{}A", below.len()).ok();
        }
        write!(out, "{line}").ok();
        out.flush().ok();
        self.drawn = Some(width(line));
    }

    /// Without escape sequences: what is below comes before, when it is something new, and the line is overwritten.
    fn write_again(&mut self, line: &str, below: &[(String, Tone)]) {
        let below: Vec<String> =
            below.iter().map(|(row, _)| row.clone()).filter(|row| !row.is_empty()).collect();
        self.clear();
        let mut out = io::stderr().lock();
        if below != self.told {
            below.iter().for_each(|row| drop(writeln!(out, "{row}")));
            self.told = below;
        }
        write!(out, "{line}").ok();
        out.flush().ok();
        self.drawn = Some(width(line));
    }

    /// Leaves the prompt as it is and continues below it.
    pub(crate) fn keep(&mut self, line: &str) {
        self.clear();
        writeln!(io::stderr(), "{line}").ok();
        self.told.clear();
    }

    /// Takes the prompt away.
    pub(crate) fn clear(&mut self) {
        if let Some(width) = self.drawn.take() {
            let mut out = io::stderr().lock();
            if self.is_dumb {
                write!(out, "\r{}\r", " ".repeat(width)).ok();
            } else {
                write!(out, "\r\x1b[J").ok();
            }
            out.flush().ok();
        }
    }

    /// Asks the terminal to copy `text` (OSC 52); whether it does, it does not say. `false` if it cannot be asked.
    pub(crate) fn copy(&self, text: &str) -> bool {
        let asks = || write!(io::stderr(), "\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text));
        !self.is_dumb && asks().is_ok()
    }
}

/// The rows as they fit, each in as many as it needs, as far as there is room for `most`.
fn fitting(below: &[(String, Tone)], room: usize, most: usize) -> Vec<(String, Tone)> {
    let fitting = below.iter().flat_map(|(row, tone)| {
        let row = wrapped(row, room, "");
        row.lines().map(|row| (head(row, room).to_owned(), *tone)).collect::<Vec<_>>()
    });
    fitting.take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCALES: [&str; 3] = [
        include_str!("../../locales/en/cli.ftl"),
        include_str!("../../locales/de/cli.ftl"),
        include_str!("../../locales/fr/cli.ftl"),
    ];

    #[test]
    fn a_row_that_is_too_long_goes_on_in_the_next() {
        let long = "> 2. Mit einem Konto der Universität anmelden (Shibboleth)";
        let rows = fitting(&[(long.to_owned(), Tone::Strong), ("  3. B".to_owned(), Tone::Normal)], 39, 23);
        assert!(rows.iter().all(|(row, _)| width(row) <= 39), "{rows:?}");
        let (marked, others): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|(_, tone)| *tone == Tone::Strong);
        assert_eq!(marked.into_iter().map(|(row, _)| row).collect::<Vec<_>>().join(" "), long);
        assert_eq!(others, [("  3. B".to_owned(), Tone::Normal)]);
    }

    #[test]
    fn forty_columns_are_enough_for_every_hint() {
        let hints = LOCALES.iter().flat_map(|locale| locale.lines()).filter(|line| line.starts_with("hint-"));
        for hint in hints {
            let rows = wrapped(hint.split_once(" = ").map_or(hint, |(_, words)| words), 39, "");
            assert!(rows.lines().count() <= HINT_ROWS, "{hint}");
        }
    }
}
