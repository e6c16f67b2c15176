//! What happened, line by line, if anybody wants to know.

use std::fmt::{Arguments, Write as _};

/// Told only on demand, because most lives go well.
#[derive(Debug, Default)]
pub(super) struct Story {
    text: Option<String>,
}

impl Story {
    pub(super) fn begin(&mut self) {
        self.text = Some(String::new());
    }

    pub(super) fn tell(&mut self, now: u64, what: Arguments<'_>) {
        if let Some(text) = &mut self.text {
            let (seconds, ms) = (now / 1000, now % 1000);
            let _ = writeln!(text, "{seconds:>8}.{ms:03}  {what}");
        }
    }

    pub(super) const fn is_told(&self) -> bool {
        self.text.is_some()
    }

    pub(super) fn end(self) -> String {
        self.text.unwrap_or_default()
    }
}
