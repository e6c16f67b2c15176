//! Does every language say the same?

use std::collections::{BTreeMap, BTreeSet};

use crate::text::Locale;

/// Where languages differ from the first of them: messages, their attributes, and the values in them. For the tests
/// of a frontend about its own messages.
#[must_use]
pub fn differences(locales: &[Locale]) -> Vec<String> {
    let Some(((_, first), others)) = locales.split_first() else { return Vec::new() };
    let first = messages(first);
    let mut differences = Vec::new();
    for (tag, files) in others {
        let messages = messages(files);
        let names = first.keys().chain(messages.keys()).collect::<BTreeSet<_>>();
        for name in names {
            let (theirs, ours) = (first.get(name), messages.get(name));
            if theirs != ours {
                differences.push(format!("{tag}: {name}: {ours:?}, not {theirs:?}"));
            }
        }
    }
    differences
}

/// The values that each message and each attribute has, by its name.
fn messages<'f>(files: &[&'f str]) -> BTreeMap<String, BTreeSet<&'f str>> {
    let (mut messages, mut id, mut name) = (BTreeMap::new(), "", String::new());
    for line in files.iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with('#')) {
        if let Some((begins, _)) = line.split_once(" =")
            && line.starts_with(|c: char| c.is_ascii_lowercase())
        {
            (id, name) = (begins, begins.to_owned());
        } else if let Some((attribute, _)) =
            line.trim_start().strip_prefix('.').and_then(|l| l.split_once(" ="))
        {
            name = format!("{id}.{attribute}");
        }
        if name.is_empty() {
            continue;
        }
        let values: &mut BTreeSet<&str> = messages.entry(name.clone()).or_default();
        let is_part = |c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-';
        values.extend(line.split('$').skip(1).filter_map(|rest| rest.split(is_part).next()));
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_an_attribute_and_a_value_are_missed() {
        let same = differences(&[("en", &["a = { $x }\n    .b = c"]), ("de", &["a = { $x } d\n    .b = e"])]);
        assert_eq!(same, Vec::<String>::new());
        let missed = differences(&[
            ("en", &["a = { $x } { $y ->\n   *[other] z }\n    .b = c\nd = e"]),
            ("de", &["a = { $x }"]),
        ]);
        assert_eq!(missed.len(), 3, "{missed:?}");
    }
}
