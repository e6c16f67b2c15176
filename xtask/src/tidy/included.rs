//! Is the code that the book shows the code that is compiled?
//!
//! A block of code in `docs/src` that stands below `<!-- code: FILE ANCHOR -->` is what stands between
//! `// ANCHOR: ANCHOR` and `// ANCHOR_END: ANCHOR` in that file, so that it can be read wherever the book is.

use std::fs;

use anyhow::{Context, Result};

use crate::place;

const BOOK: &str = "docs/src";
const MARK: &str = "<!-- code: ";

/// Pages whose blocks differ from the code.
pub(crate) fn problems() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (path, text) in pages()? {
        if written(&text)? != text {
            found.push(format!("{path}: shows code that is different now: cargo xtask golden"));
        }
    }
    Ok(found)
}

/// Writes the blocks anew.
pub(crate) fn write() -> Result<()> {
    for (path, text) in pages()? {
        fs::write(place::root().join(path), written(&text)?)?;
    }
    Ok(())
}

/// The pages that show code.
fn pages() -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(place::root().join(BOOK))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path)?;
            if text.contains(MARK) {
                all.push((place::shown(&path), text));
            }
        }
    }
    Ok(all)
}

fn written(page: &str) -> Result<String> {
    let mut parts = page.split(MARK);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (what, rest) = part.split_once(" -->\n").context("a mark without an end")?;
        let (file, anchor) = what.split_once(' ').context("a mark says a file and an anchor")?;
        let source = fs::read_to_string(place::root().join(file)).with_context(|| format!("no {file}"))?;
        let code = between(&source, anchor).with_context(|| format!("no {anchor} in {file}"))?;
        // What stands there now ends with its fence.
        let after = rest.strip_prefix("\n```rust\n").and_then(|block| block.split_once("```\n"));
        let after = after.map_or(rest, |(_, after)| after);
        text += &format!("{MARK}{what} -->\n\n```rust\n{code}```\n{after}");
    }
    Ok(text)
}

fn between<'s>(source: &'s str, anchor: &str) -> Option<&'s str> {
    let (_, rest) = source.split_once(&format!("// ANCHOR: {anchor}\n"))?;
    Some(rest.split_once(&format!("// ANCHOR_END: {anchor}\n"))?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_the_anchors_is_shown() {
        let source = "a\n// ANCHOR: x\nb\nc\n// ANCHOR_END: x\nd\n";
        assert_eq!(between(source, "x"), Some("b\nc\n"));
        assert_eq!(between(source, "y"), None);
    }
}
