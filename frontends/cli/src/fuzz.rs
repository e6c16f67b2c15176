//! What raw bytes are to the command line: lines of another program, keys of a terminal, texts to be shown.
//!
//! The fuzzer includes this file, and those that it is about, as a program has no library.

use crate::json::line::{self, Said};
use crate::lines::{width, wrapped};
use crate::terminal::keys::{self, Key};

/// What is done with raw bytes.
pub(crate) type Target = fn(&[u8]);

/// Every target by name, for the replay of their corpora.
pub(crate) const TARGETS: [(&str, Target); 3] =
    [("json_line", json_line), ("terminal_keys", terminal_keys), ("wrapped", wrapped_text)];

/// A line of another program. Why it is none quotes nothing of it: what the corpus calls a marker may be a password.
pub(crate) fn json_line(data: &[u8]) {
    let line = String::from_utf8_lossy(data);
    if let Said::Invalid(reason) = line::read(&line) {
        assert!(!reason.contains("marker") && reason.is_ascii(), "{reason}");
    }
}

/// What a terminal sends, in pieces as the first byte says: whatever is cut between two bytes, keys are whole, and
/// the last says that it is over.
pub(crate) fn terminal_keys(data: &[u8]) {
    let Some((size, bytes)) = data.split_first() else { return };
    let mut read = Vec::new();
    keys::read(InPieces { bytes, size: usize::from(*size).max(1) }, |key| {
        read.push(key);
        true
    });
    assert!(read.last() == Some(&Key::End) && read.len() <= bytes.len() + 1, "{read:?}");
}

struct InPieces<'b> {
    bytes: &'b [u8],
    size: usize,
}

impl std::io::Read for InPieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.size.min(self.bytes.len()).min(into.len());
        let (now, later) = self.bytes.split_at(count);
        into[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

/// A text in so many columns as the first byte says: every line fits or is one word, and no word is lost.
pub(crate) fn wrapped_text(data: &[u8]) {
    let Some((columns, bytes)) = data.split_first() else { return };
    let text = narthex_text::plain(&String::from_utf8_lossy(bytes));
    let columns = usize::from(*columns).max(20);
    let shown = wrapped(&text, columns, "  ");
    for line in shown.lines() {
        let is_one_word = !line.trim().contains(' ');
        assert!(width(line) <= columns || is_one_word, "{columns}: {line:?}");
    }
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&text), words(&shown));
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_the_fuzzer_keeps_is_fine() {
        for (name, target) in TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
            let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
            assert!(!files.is_empty(), "there is nothing for {name}");
            files.iter().for_each(|file| target(&std::fs::read(file).unwrap()));
        }
    }
}
