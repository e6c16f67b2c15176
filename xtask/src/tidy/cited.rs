//! Which of the listed edge cases does a test cite?

use std::collections::BTreeSet;
use std::fs;

use anyhow::Result;

use super::source::Source;
use crate::place;

const LIST: &str = "docs/edge-cases.md";

/// Prints what no test cites yet; a citation of what is not listed is a problem.
pub(crate) fn problems(sources: &[Source]) -> Result<Vec<String>> {
    let file = place::root().join(LIST);
    if !file.exists() {
        println!("edge cases: there is no {LIST}");
        return Ok(Vec::new());
    }
    let listed = listed(&fs::read_to_string(file)?);
    let mut cited = BTreeSet::new();
    let mut problems = Vec::new();
    for source in sources.iter().filter(|source| !source.path.starts_with("xtask/")) {
        let numbers = citations(&source.text);
        let unknown: Vec<String> = numbers.difference(&listed).map(u32::to_string).collect();
        if !unknown.is_empty() {
            problems.push(format!(
                "{}: cites what {LIST} does not list: {}",
                source.path,
                unknown.join(", ")
            ));
        }
        cited.extend(numbers);
    }
    let missing: Vec<String> = listed.difference(&cited).map(u32::to_string).collect();
    println!("edge cases: {} of {} cited by tests", listed.len() - missing.len(), listed.len());
    if !missing.is_empty() {
        println!("edge cases not cited yet: {}", missing.join(", "));
    }
    Ok(problems)
}

/// The numbers of a Markdown list, `12. …`.
fn listed(text: &str) -> BTreeSet<u32> {
    text.lines().filter_map(|line| line.split_once(". ")?.0.trim().parse().ok()).collect()
}

/// The numbers after `edge case` or `edge cases`: `7`, `7, 8 and 9`, `12-14`.
fn citations(text: &str) -> BTreeSet<u32> {
    let text = text.to_lowercase();
    let mut all = BTreeSet::new();
    for (at, phrase) in text.match_indices("edge case") {
        let rest = &text[at + phrase.len()..];
        read_numbers(rest.strip_prefix('s').unwrap_or(rest), &mut all);
    }
    all
}

fn read_numbers(mut rest: &str, all: &mut BTreeSet<u32>) {
    let mut previous = None;
    // A long list goes on in the next line of a comment.
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '/');
    loop {
        let mut start = rest.trim_start_matches(between);
        let is_range = previous.is_some() && start.starts_with(['-', '–']);
        start = start.trim_start_matches(['-', '–']);
        start = start.strip_prefix("and ").unwrap_or(start).trim_start();
        let digits = start.len() - start.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Ok(number) = start[..digits].parse::<u32>() else { return };
        match previous {
            Some(first) if is_range => all.extend(first..=number.min(first + 100)),
            _ => {
                all.insert(number);
            }
        }
        previous = Some(number);
        rest = &start[digits..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<u32> {
        citations(text).into_iter().collect()
    }

    #[test]
    fn one_number_a_list_and_a_range_are_read() {
        assert_eq!(numbers("/// Edge case 7."), [7]);
        assert_eq!(numbers("// edge cases 7, 8 and 9: all"), [7, 8, 9]);
        assert_eq!(numbers("edge cases 12-14, 20 (edge case 3)"), [3, 12, 13, 14, 20]);
        assert_eq!(numbers("edge cases 12–14"), [12, 13, 14]);
    }

    #[test]
    fn words_that_cite_nothing_are_not_numbers() {
        assert!(numbers("an edge case, in 3 of 4 servers").is_empty());
        assert!(numbers("edge cases of uiaa.md").is_empty());
    }

    #[test]
    fn the_list_is_that_of_its_numbered_lines() {
        assert_eq!(listed("# 5 cases\n1. a 2. b\ntext. 9. x\n17. c\n"), BTreeSet::from([1, 17]));
    }
}
