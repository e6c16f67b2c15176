//! Which entries of our lists does a test cite?

use std::collections::BTreeSet;
use std::fmt;
use std::fs;

use anyhow::{Context, Result};

use super::source::Source;
use crate::place;

/// Its tests cite what there is not.
const THIS_FILE: &str = "xtask/src/tidy/cited.rs";

/// A list whose entries tests cite.
struct List {
    name: &'static str,
    file: &'static str,
    /// What stands before a citation, in small letters.
    phrases: &'static [&'static str],
    /// The entry that a line of the file is, if it is one.
    entry: fn(&str) -> Option<Entry>,
    has_letters: bool,
}

const LISTS: &[List] = &[
    List {
        name: "edge cases",
        file: "docs/edge-cases.md",
        phrases: &["edge cases", "edge case"],
        entry: |line| Entry::parse(line.split_once(". ")?.0, false),
        has_letters: false,
    },
    List {
        name: "found",
        file: "docs/found.md",
        phrases: &["found"],
        entry: |line| Entry::parse(line.strip_prefix("| ")?.split_once(" |")?.0, true),
        has_letters: true,
    },
];

/// `7` or `B12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    letter: Option<char>,
    number: u32,
}

impl Entry {
    fn parse(text: &str, has_letter: bool) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (entry, rest) = Self::read(&text, has_letter)?;
        rest.is_empty().then_some(entry)
    }

    /// The entry at the beginning of a text in small letters, and what follows.
    fn read(text: &str, has_letter: bool) -> Option<(Self, &str)> {
        let letter = text.chars().next().filter(char::is_ascii_lowercase).filter(|_| has_letter);
        if has_letter && letter.is_none() {
            return None;
        }
        let text = &text[usize::from(has_letter)..];
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = text[..text.len() - rest.len()].parse().ok()?;
        // Such as `found e2e`.
        let is_word = has_letter && rest.starts_with(|c: char| c.is_alphanumeric());
        (!is_word).then_some((Self { letter, number }, rest))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.letter {
            Some(letter) => write!(f, "{}{}", letter.to_ascii_uppercase(), self.number),
            None => write!(f, "{}", self.number),
        }
    }
}

/// Prints what no test cites yet; a citation of what is not listed is a problem.
pub(crate) fn problems(sources: &[Source]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for list in LISTS {
        let text = fs::read_to_string(place::root().join(list.file))
            .with_context(|| format!("cannot read {}", list.file))?;
        problems.extend(list.problems(&text, sources));
    }
    Ok(problems)
}

impl List {
    fn problems(&self, text: &str, sources: &[Source]) -> Vec<String> {
        let listed: BTreeSet<Entry> = text.lines().filter_map(self.entry).collect();
        let mut cited = BTreeSet::new();
        let mut problems = Vec::new();
        for source in sources.iter().filter(|source| source.path != THIS_FILE) {
            let here = self.citations(&source.text);
            let unknown: Vec<String> = here.difference(&listed).map(Entry::to_string).collect();
            if !unknown.is_empty() {
                problems.push(format!(
                    "{}: cites what {} does not list: {}",
                    source.path,
                    self.file,
                    unknown.join(", ")
                ));
            }
            cited.extend(here);
        }
        let missing: Vec<String> = listed.difference(&cited).map(Entry::to_string).collect();
        println!("{}: {} of {} cited by tests", self.name, listed.len() - missing.len(), listed.len());
        if !missing.is_empty() {
            println!("{} not cited yet: {}", self.name, missing.join(", "));
        }
        problems
    }

    /// The entries after each phrase: `7`, `7, 8 and 9`, `12-14`, `A1, A2 and C3`, `C1-C6`.
    fn citations(&self, text: &str) -> BTreeSet<Entry> {
        let text = text.to_lowercase();
        let mut all = BTreeSet::new();
        for phrase in self.phrases {
            for (at, _) in text.match_indices(phrase) {
                self.read(&text[at + phrase.len()..], &mut all);
            }
        }
        all
    }

    fn read(&self, mut rest: &str, all: &mut BTreeSet<Entry>) {
        let mut previous: Option<Entry> = None;
        // A long list goes on in the next line of a comment; a name has `_`.
        let between = |c: char| c.is_whitespace() || matches!(c, ',' | '/' | '_' | '`');
        loop {
            let mut start = rest.trim_start_matches(between);
            let is_range = previous.is_some() && start.starts_with(['-', '–']);
            start = start.trim_start_matches(['-', '–']);
            start = start.strip_prefix("and").unwrap_or(start).trim_start_matches(between);
            let Some((entry, after)) = Entry::read(start, self.has_letters) else { return };
            match previous {
                Some(first) if is_range && first.letter == entry.letter => {
                    let numbers = first.number..=entry.number.min(first.number + 100);
                    all.extend(numbers.map(|number| Entry { number, ..first }));
                }
                Some(_) | None => {
                    all.insert(entry);
                }
            }
            previous = Some(entry);
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGE_CASES: &List = &LISTS[0];
    const FOUND: &List = &LISTS[1];

    fn cited(list: &List, text: &str) -> Vec<String> {
        list.citations(text).iter().map(Entry::to_string).collect()
    }

    #[test]
    fn one_number_a_list_and_a_range_are_read() {
        assert_eq!(cited(EDGE_CASES, "/// Edge case 7."), ["7"]);
        assert_eq!(cited(EDGE_CASES, "// edge cases 7, 8 and 9: all"), ["7", "8", "9"]);
        assert_eq!(cited(EDGE_CASES, "edge cases 12-14, 20 (edge case 3)"), ["3", "12", "13", "14", "20"]);
        assert_eq!(cited(EDGE_CASES, "edge cases 12–14"), ["12", "13", "14"]);
    }

    #[test]
    fn what_was_found_is_cited_by_letter_and_number_in_words_and_in_names() {
        assert_eq!(cited(FOUND, "/// Found A1."), ["A1"]);
        assert_eq!(cited(FOUND, "/// `Found D5`, `Found F5`."), ["D5", "F5"]);
        assert_eq!(cited(FOUND, "// Found A1, A2\n// and C3: all"), ["A1", "A2", "C3"]);
        assert_eq!(cited(FOUND, "/// Found C1-C4 and B12."), ["B12", "C1", "C2", "C3", "C4"]);
        assert_eq!(cited(FOUND, "fn found_b3_and_b4_are_remembered()"), ["B3", "B4"]);
    }

    #[test]
    fn words_that_cite_nothing_are_not_entries() {
        assert!(cited(EDGE_CASES, "an edge case, in 3 of 4 servers").is_empty());
        assert!(cited(EDGE_CASES, "edge cases of uiaa.md").is_empty());
        assert!(cited(FOUND, "found e2e keys, found 3 of them, found a file, not found").is_empty());
    }

    #[test]
    fn a_list_is_that_of_its_numbered_lines_or_of_the_rows_of_its_tables() {
        let listed = |list: &List, text: &str| -> Vec<String> {
            text.lines().filter_map(list.entry).map(|entry| entry.to_string()).collect()
        };
        assert_eq!(listed(EDGE_CASES, "# 5 cases\n1. a 2. b\ntext. 9. x\n17. c\n"), ["1", "17"]);
        assert_eq!(listed(FOUND, "## A. x\n| # | input |\n|---|---|\n| A1 | B2 | c |\n"), ["A1"]);
    }

    #[test]
    fn a_citation_of_what_is_not_listed_is_a_problem() {
        let source = |text: &str| [Source { path: "engine/tests/a.rs".into(), text: text.into() }];
        let list = "| A1 | x |\n| A2 | y |\n";
        assert!(FOUND.problems(list, &source("// Found A1")).is_empty());
        assert_eq!(FOUND.problems(list, &source("// Found A1-A3")).len(), 1);
    }
}
