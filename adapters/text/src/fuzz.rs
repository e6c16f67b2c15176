//! What raw bytes are to whoever shows what others wrote.

use crate::plain;

/// What is done with raw bytes.
pub type Target = fn(&[u8]);

/// Every target by name, for the replay of their corpora.
pub const TARGETS: [(&str, Target); 1] = [("plain", plain_text)];

/// What others wrote is one short line that cannot touch a terminal, and stays so.
///
/// # Panics
///
/// When it is not.
pub fn plain_text(data: &[u8]) {
    let text = plain(&String::from_utf8_lossy(data));
    let turns = ['\u{61c}', '\u{200e}', '\u{200f}'].into_iter();
    let turns: Vec<char> = turns.chain('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}').collect();
    assert!(!text.chars().any(|c| c.is_control() || turns.contains(&c)), "{text:?}");
    assert!(text.chars().count() <= 500 * "\\u{9f}".len(), "{}", text.len());
}
