//! Is what is slow on purpose, and what a person waits for, optimised in every profile?

use std::fs;

use anyhow::{Context, Result};

use crate::place;

/// What makes a key of a passphrase.
const SLOW: &[&str] = &["scrypt", "salsa20"];
/// The others inherit from these, or are optimised as a whole.
const PROFILES: &[&str] = &["dev", "dist"];

/// A profile in which it would take many seconds.
pub(crate) fn problems() -> Result<Vec<String>> {
    let text = fs::read_to_string(place::root().join("Cargo.toml")).context("cannot read Cargo.toml")?;
    Ok(missing(&text))
}

fn missing(manifest: &str) -> Vec<String> {
    let wanted = PROFILES.iter().flat_map(|profile| SLOW.iter().map(move |slow| (profile, slow)));
    let wanted = wanted.map(|(profile, slow)| format!("[profile.{profile}.package.{slow}]\nopt-level = 3\n"));
    let missing = wanted.filter(|section| !manifest.contains(section.as_str()));
    missing.map(|section| format!("Cargo.toml: lacks {}", section.trim().replace('\n', " "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found E16.
    #[test]
    fn a_passphrase_is_quick_in_every_profile() {
        assert_eq!(problems().unwrap(), Vec::<String>::new());
        assert_eq!(missing("[profile.dev.package.scrypt]\nopt-level = 3\n").len(), 3);
    }
}
