//! Are files small, named and headed as the style says, and tests honest?

use super::source::Source;

const MAX_LINES: usize = 400;

/// Files that may be longer, each with its reason.
const LONG: &[(&str, &str)] = &[];

/// Where the engine may have something under its feature `world`: a flow for tests alone, and what its explorer asks.
const FOR_WORLD: &[&str] = &[
    "engine/src/account.rs",
    "engine/src/account/kept.rs",
    "engine/src/account/state.rs",
    "engine/src/engine.rs",
    "engine/src/flow/beside.rs",
    "engine/src/lib.rs",
];

/// What has no place in a test, as a line begins; and in one that may not wait, anywhere in a line.
const SWITCHED_OFF: &[&str] = &["#[ignore", "#[should_panic"];
const WAITING: &[&str] = &["thread::sleep", "time::sleep"];

pub(crate) fn problems(sources: &[Source]) -> Vec<String> {
    for (path, reason) in LONG {
        println!("may be over {MAX_LINES} lines: {path} ({reason})");
    }
    sources.iter().flat_map(of_one).collect()
}

fn of_one(source: &Source) -> Vec<String> {
    let path = &source.path;
    let mut found = Vec::new();
    let count = source.text.lines().count();
    if count > MAX_LINES && !LONG.iter().any(|(long, _)| long == path) {
        found.push(format!("{path}: {count} lines; {MAX_LINES} at most"));
    }
    if path.ends_with("/mod.rs") {
        found.push(format!("{path}: a module's file is named after it, next to its folder"));
    }
    if !source.text.starts_with("//!") {
        found.push(format!("{path}:1: the first line says, with `//!`, which question the file answers"));
    }
    for (number, line) in source.lines() {
        if SWITCHED_OFF.iter().any(|attribute| line.trim_start().starts_with(attribute)) {
            found
                .push(format!("{path}:{number}: no test is switched off or meant to panic: {}", line.trim()));
        }
    }
    if !source.is_real_server_test() {
        for (number, line) in source.test_lines() {
            if WAITING.iter().any(|call| line.contains(call)) {
                found.push(format!("{path}:{number}: a test does not sleep: {}", line.trim()));
            }
        }
    }
    if path.starts_with("engine/src/") {
        found.extend(behaviour_in_tests(source));
        found.extend(behaviour_for_world(source));
    }
    found
}

/// The feature adds whole items, in few files, and never decides anything inside of one.
fn behaviour_for_world(source: &Source) -> Vec<String> {
    let path = &source.path;
    let is_listed = FOR_WORLD.contains(&path.as_str());
    let of_feature = source.lines().filter(|(_, line)| line.contains(r#"feature = "world""#));
    let decides = |line: &str| line.contains("cfg!") || line.contains("#[cfg(not");
    let wrong = of_feature.filter(|(_, line)| !is_listed || decides(line));
    wrong.map(|(number, line)| format!("{path}:{number}: nothing of `world` here: {}", line.trim())).collect()
}

/// The engine that is tested must be the engine that is shipped: only test modules may be conditional.
fn behaviour_in_tests(source: &Source) -> Vec<String> {
    let lines: Vec<(usize, &str)> = source.lines().collect();
    let conditional = |line: &str| {
        ["cfg(", "cfg!("].iter().any(|start| {
            line.split(start).skip(1).any(|rest| rest.split(['(', ')', ',', ' ']).any(|word| word == "test"))
        })
    };
    let mut found = Vec::new();
    for (index, (number, line)) in lines.iter().enumerate() {
        let next = lines.get(index + 1).map_or("", |(_, line)| line.trim());
        let is_test_module = line.trim() == "#[cfg(test)]"
            && next.trim_start_matches("pub(crate) ").starts_with("mod ")
            && next.contains("test");
        if conditional(line) && !is_test_module && !line.trim_start().starts_with("//") {
            found.push(format!(
                "{}:{number}: no behaviour of its own in tests: {}",
                source.path,
                line.trim()
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        of_one(&Source { path: path.to_owned(), text: format!("//! Why?\n{text}") })
    }

    #[test]
    fn a_tidy_file_has_no_problems() {
        assert!(found("engine/src/a.rs", "#[cfg(test)]\nmod tests {}\n").is_empty());
        let waiting = format!("fn f() {{ {}(X) }}\n", WAITING[0]);
        assert!(found("adapters/a/src/lib.rs", &waiting).is_empty());
        assert!(found("frontends/cli/tests/real_synapse.rs", &waiting).is_empty());
    }

    #[test]
    fn each_breach_is_named_with_its_line() {
        let long = "x\n".repeat(MAX_LINES);
        let attribute = format!("{}]\n", SWITCHED_OFF[0]);
        let waiting = format!("#[cfg(test)]\nmod tests {{ {}(X) }}\n", WAITING[0]);
        for (path, text, place) in [
            ("a/src/a.rs", long.as_str(), "a/src/a.rs: 401 lines"),
            ("a/src/a/mod.rs", "", "a/src/a/mod.rs:"),
            ("a/tests/a.rs", &attribute, "a/tests/a.rs:2:"),
            ("a/src/a.rs", &waiting, "a/src/a.rs:3:"),
            ("engine/src/a.rs", "if cfg!(test) {}\n", "engine/src/a.rs:2:"),
            ("engine/src/a.rs", "#[cfg(not(test))]\nfn f() {}\n", "engine/src/a.rs:2:"),
            ("engine/src/a.rs", "#[cfg(test)]\nfn f() {}\n", "engine/src/a.rs:2:"),
            ("engine/src/a.rs", "#[cfg(feature = \"world\")]\nfn f() {}\n", "engine/src/a.rs:2:"),
            ("engine/src/lib.rs", "if cfg!(feature = \"world\") {}\n", "engine/src/lib.rs:2:"),
        ] {
            let found = found(path, text);
            assert!(matches!(found.as_slice(), [one] if one.starts_with(place)), "{found:?}");
        }
    }
}
