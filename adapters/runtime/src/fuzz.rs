//! What raw bytes are to traces: one that somebody sent, and an answer on its way into one.

use serde_json::Value;

use crate::trace::hidden;

/// What is done with raw bytes.
pub type Target = fn(&[u8]);

/// Every target by name, for the replay of their corpora.
pub const TARGETS: [(&str, Target); 2] = [("trace", trace), ("trace_answer", trace_answer)];

/// A trace of somebody else.
pub fn trace(data: &[u8]) {
    let _ = crate::replay(data);
}

/// An answer that is written down and read again: it stays JSON, as the engine reads it, or none.
///
/// # Panics
///
/// When it does not.
pub fn trace_answer(data: &[u8]) {
    let is_json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).is_ok();
    let again = hidden(data);
    assert_eq!(is_json(data), is_json(&again), "{}", String::from_utf8_lossy(&again));
}
