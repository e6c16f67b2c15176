//! What may an application, a profile or a process be called?

use std::fmt;

/// Not the name of an application or of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadName;

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a name such as io.example.app, or of a profile")
    }
}

impl std::error::Error for BadName {}

/// What is a name everywhere: of a file, and on the bus.
pub(super) fn app_name(app: &str) -> Result<&str, BadName> {
    let part = |part: &str| part.bytes().all(plain) && part.starts_with(|c: char| !c.is_ascii_digit());
    let is_name = app.len() <= 100 && app.contains('.') && app.split('.').all(part);
    is_name.then_some(app).ok_or(BadName)
}

pub(super) const fn plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}
