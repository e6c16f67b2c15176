//! The terminal: keys in, paragraphs and a prompt that is drawn again out.

mod keys;
mod mode;

use std::io::{self, IsTerminal as _, Write as _};

use tokio::sync::mpsc;

use crate::lines::{columns, wrapped};
pub(crate) use keys::Key;
pub(crate) use mode::restore;

/// A hint takes no more of the screen.
const HINT_ROWS: usize = 3;

/// A terminal that a user sits at.
#[derive(Debug)]
pub(crate) struct Terminal {
    keys: mpsc::Receiver<Key>,
    color: bool,
    /// There is a prompt on the lines from the cursor on.
    drawn: bool,
}

/// How text is set off, where there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Normal,
    Dim,
    Strong,
    Bad,
}

impl Terminal {
    /// `None` when there is none, to read from and to write to.
    pub(crate) fn open() -> Option<Self> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() || !mode::take_over() {
            return None;
        }
        let (to, keys) = mpsc::channel(64);
        std::thread::spawn(move || keys::read(io::stdin(), |key| to.blocking_send(key).is_ok()));
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        Some(Self { keys, color: !set("NO_COLOR") && !dumb, drawn: false })
    }

    /// The next key; `None` when the terminal is gone.
    pub(crate) async fn key(&mut self) -> Option<Key> {
        self.keys.recv().await
    }

    /// Prints a paragraph above the prompt.
    pub(crate) fn print(&mut self, text: &str, tone: Tone) {
        self.clear();
        let text = self.toned(&wrapped(text, columns(), ""), tone);
        writeln!(io::stderr(), "{text}").ok();
    }

    /// Draws the prompt: one line, with the cursor at its end, and a hint below it.
    pub(crate) fn draw(&mut self, line: &str, hint: &str) {
        self.clear();
        let room = columns().saturating_sub(1);
        let mut out = io::stderr().lock();
        // Below first, then back up: the cursor stays with what is typed.
        let hint = wrapped(hint, room, "");
        let rows: Vec<&str> = hint.lines().take(HINT_ROWS).map(|row| crate::lines::head(row, room)).collect();
        for row in &rows {
            write!(out, "\n{}", self.toned(row, Tone::Dim)).ok();
        }
        if !rows.is_empty() {
            write!(out, "\r\x1b[{}A", rows.len()).ok();
        }
        write!(out, "{line}").ok();
        out.flush().ok();
        self.drawn = true;
    }

    /// Leaves the prompt as it is and continues below it.
    pub(crate) fn keep(&mut self, line: &str) {
        self.clear();
        writeln!(io::stderr(), "{line}").ok();
    }

    /// Takes the prompt away.
    pub(crate) fn clear(&mut self) {
        if self.drawn {
            write!(io::stderr(), "\r\x1b[J").ok();
            io::stderr().flush().ok();
            self.drawn = false;
        }
    }

    fn toned(&self, text: &str, tone: Tone) -> String {
        let code = match tone {
            Tone::Dim => "2",
            Tone::Strong => "1",
            Tone::Bad => "1;31",
            Tone::Normal => return text.to_owned(),
        };
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
