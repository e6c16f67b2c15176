//! What an unfinished sign-in is called.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// Names an unfinished sign-in: 16 characters by chance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowId(String);

impl FlowId {
    pub(super) fn random() -> Self {
        // Seeded by the system each time.
        Self(format!("{:016x}", RandomState::new().build_hasher().finish()))
    }

    /// As it is in the name of a file.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_plain =
            (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_plain.then(|| Self(text.to_owned()))
    }

    pub(super) fn secret(&self) -> String {
        format!("flow/{}", self.0)
    }
}

impl fmt::Display for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
