//! Do files import each other in circles?

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::imports::{self, Imports};
use super::source::Source;
use crate::place;

/// Files whose own imports are not counted, each with its reason: one value that is put together of parts, where the
/// file of each part has the methods of the whole that are about it.
const TOLERATED: &[(&str, &str)] = &[
    ("adapters/sandbox/src/sandbox.rs", "a homeserver is all that its endpoints remember"),
    ("adapters/sim/src/run.rs", "a life is a person, a process, a network and the laws"),
    (
        "frontends/cli/src/interactive.rs",
        "one user interface, whose cards and fields have files of their own",
    ),
];

pub(crate) fn problems(sources: &[Source]) -> Result<Vec<String>> {
    let is_root = |path: &str| path.ends_with("/src/lib.rs") || path.ends_with("/src/main.rs");
    let mut all = Imports::new();
    for source in sources.iter().filter(|source| is_root(&source.path)) {
        all.extend(imports::of_crate(&place::root().join(Path::new(&source.path)))?);
    }
    for (hub, reason) in TOLERATED {
        println!("may import what imports it: {hub} ({reason})");
    }
    Ok(judge(&all, TOLERATED))
}

fn judge(all: &Imports, tolerated: &[(&str, &str)]) -> Vec<String> {
    let mut left = all.clone();
    for (hub, _) in tolerated {
        left.remove(*hub);
    }
    let mut found: Vec<String> = circles(&left).into_iter().map(|circle| said(&circle, &left)).collect();
    for (hub, reason) in tolerated {
        let imports = all.get(*hub).into_iter().flat_map(|imports| imports.keys());
        if !imports.into_iter().any(|part| reachable(part, &left).contains(*hub)) {
            found.push(format!("{hub} is in no circle (any more), and need not be tolerated: {reason}"));
        }
    }
    found
}

/// The largest sets of files, of two and more, in which each reaches each.
fn circles(imports: &Imports) -> BTreeSet<BTreeSet<&str>> {
    let around = |file: &str| {
        reachable(file, imports)
            .into_iter()
            .filter(|other| reachable(other, imports).contains(file))
            .collect()
    };
    imports.keys().map(|file| around(file)).filter(|circle: &BTreeSet<&str>| circle.len() > 1).collect()
}

/// What can be reached by one import and more.
fn reachable<'a>(file: &str, imports: &'a Imports) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let direct = |file: &str| imports.get(file).into_iter().flat_map(|all| all.keys().map(String::as_str));
    let mut todo: Vec<&str> = direct(file).collect();
    while let Some(next) = todo.pop() {
        if seen.insert(next) {
            todo.extend(direct(next));
        }
    }
    seen
}

fn said(circle: &BTreeSet<&str>, imports: &Imports) -> String {
    let mut text = "files that import each other in a circle:".to_owned();
    for from in circle {
        for (to, names) in imports[*from].iter().filter(|(to, _)| circle.contains(to.as_str())) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            text += &format!("\n    {from} -> {to} ({})", names.join(", "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(edges: &[(&str, &str)]) -> Imports {
        let mut all = Imports::new();
        for (from, to) in edges {
            let names = BTreeSet::from(["X".to_owned()]);
            all.entry((*from).to_owned()).or_default().insert((*to).to_owned(), names);
            all.entry((*to).to_owned()).or_default();
        }
        all
    }

    #[test]
    fn files_that_import_downwards_are_fine() {
        assert!(judge(&imports(&[("a", "b"), ("a", "c"), ("b", "c")]), &[]).is_empty());
    }

    #[test]
    fn a_circle_is_told_once_with_its_imports() {
        let found = judge(&imports(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]), &[]);
        let said =
            "files that import each other in a circle:\n    a -> b (X)\n    b -> c (X)\n    c -> a (X)";
        assert_eq!(found, [said]);
        assert_eq!(judge(&imports(&[("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]), &[]).len(), 2);
    }

    #[test]
    fn what_is_tolerated_has_to_be_in_a_circle() {
        let all = imports(&[("a", "b"), ("b", "a"), ("b", "c")]);
        assert!(judge(&all, &[("b", "why")]).is_empty());
        assert_eq!(judge(&all, &[("b", "why"), ("c", "old")]).len(), 1);
        assert_eq!(judge(&all, &[("b", "why"), ("x", "gone")]).len(), 1);
    }
}
