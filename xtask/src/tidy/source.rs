//! Which source files are ours, and which of their lines are tests?

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::place;

/// One Rust file.
pub(crate) struct Source {
    /// From the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// What is built, fetched or kept by tools is not ours.
const NOT_OURS: &[&str] = &["target", "node_modules", "artifacts", "corpus"];

/// Every Rust file of the checkout, in order.
pub(crate) fn all() -> Result<Vec<Source>> {
    let mut all = Vec::new();
    walk(&place::root(), &mut all)?;
    all.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(all)
}

fn walk(folder: &Path, all: &mut Vec<Source>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", place::shown(folder)))? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && !NOT_OURS.contains(&&*name) {
                walk(&path, all)?;
            }
        } else if name.ends_with(".rs") {
            all.push(Source { path: place::shown(&path), text: fs::read_to_string(&path)? });
        }
    }
    Ok(())
}

impl Source {
    /// Is all of it a test?
    pub(crate) fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// Does it test against real servers, where one has to wait?
    pub(crate) fn is_real_server_test(&self) -> bool {
        self.is_test() && self.path.split('/').any(|part| part.starts_with("real_"))
    }

    /// Its lines with their numbers.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Those of its lines that are tests: all of them, or what follows `#[cfg(test)]`, as tests come last.
    pub(crate) fn test_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let all = self.is_test();
        self.lines().skip_while(move |(_, line)| !all && line.trim() != "#[cfg(test)]")
    }
}
