//! Do dependencies point the right way, and is the engine still light?

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::{cargo, read};

/// The engine's normal dependencies, itself included.
const MAX_ENGINE_CRATES: usize = 105;

/// What no crate here may bring in: a second TLS beside rustls.
const BANNED: &[&str] = &["openssl", "openssl-sys", "native-tls"];
/// What is heavy, and whose alone it is. Nothing else may build on that crate either.
const HEAVY: &[(&str, &str)] = &[("matrix-sdk", "narthex-matrix"), ("tauri", "narthex-desktop")];
/// Who may build on it all the same: a window, and a command line by a feature of its own.
const MAY_BUILD_ON: &[&str] = &["narthex-desktop", "narthex-cli"];

/// One of our crates.
struct Member {
    name: String,
    /// The folder, from the root.
    folder: String,
    /// What it is built with, tests apart: names of any crates.
    needs: BTreeSet<String>,
    /// What its tests are built with.
    tests_need: BTreeSet<String>,
}

/// What is there for tests alone.
const FOR_TESTS: &[&str] = &["narthex-world", "narthex-sim"];

pub(crate) fn problems() -> Result<Vec<String>> {
    let metadata = read(&mut cargo(["metadata", "--format-version", "1", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let members = members(&metadata)?;
    let mut found = directions(&members);
    found.extend(heavy(&members));
    found.extend(banned(&metadata));
    let count = engine_crates()?;
    println!("the engine is built from {count} crates; {MAX_ENGINE_CRATES} at most");
    if count > MAX_ENGINE_CRATES {
        found.push(format!("the engine is built from {count} crates; {MAX_ENGINE_CRATES} at most"));
    }
    Ok(found)
}

fn members(metadata: &Value) -> Result<Vec<Member>> {
    let root = metadata["workspace_root"].as_str().context("no workspace root")?;
    let ids: BTreeSet<&str> = array(&metadata["workspace_members"]).filter_map(Value::as_str).collect();
    let ours = array(&metadata["packages"])
        .filter(|package| package["id"].as_str().is_some_and(|id| ids.contains(id)));
    ours.map(|package| {
        let manifest = package["manifest_path"].as_str().context("no manifest path")?;
        let folder = manifest.strip_prefix(root).unwrap_or(manifest).trim_start_matches('/');
        let (tests_need, needs) = array(&package["dependencies"])
            .partition::<Vec<_>, _>(|needed| needed["kind"].as_str() == Some("dev"));
        let names = |all: Vec<&Value>| {
            all.into_iter().filter_map(|needed| needed["name"].as_str()).map(str::to_owned).collect()
        };
        Ok(Member {
            name: package["name"].as_str().context("no name")?.to_owned(),
            folder: folder.trim_end_matches("/Cargo.toml").to_owned(),
            needs: names(needs),
            tests_need: names(tests_need),
        })
    })
    .collect()
}

/// Which of our crates may build on which: the engine on none, frontends on adapters, never the reverse. What is in
/// `engine` does not know of the adapters, in its tests either.
fn directions(members: &[Member]) -> Vec<String> {
    let ours: BTreeMap<&str, &Member> = members.iter().map(|member| (member.name.as_str(), member)).collect();
    let mut found = Vec::new();
    for member in members {
        for needed in member.needs.iter().filter_map(|name| ours.get(name.as_str())) {
            if layer(&needed.folder) > layer(&member.folder)
                || member.name == "narthex"
                || needed.name == "xtask"
            {
                found.push(format!("{} must not depend on {}", member.name, needed.name));
            }
            if FOR_TESTS.contains(&needed.name.as_str()) {
                found.push(format!("{} must not depend on {} outside its tests", member.name, needed.name));
            }
        }
        for needed in member.tests_need.iter().filter_map(|name| ours.get(name.as_str())) {
            if layer(&member.folder) == 0 && layer(&needed.folder) > 0 {
                found.push(format!("{} must not test with {}", member.name, needed.name));
            }
        }
    }
    found
}

fn heavy(members: &[Member]) -> Vec<String> {
    let mut found = Vec::new();
    for (heavy, owner) in HEAVY {
        for member in members.iter().filter(|member| member.name != *owner) {
            let needs = |name: &str| member.needs.contains(name);
            if needs(heavy) || needs(owner) && !MAY_BUILD_ON.contains(&member.name.as_str()) {
                found.push(format!("{} must not bring in {heavy}, which is {owner}'s alone", member.name));
            }
        }
    }
    found
}

fn layer(folder: &str) -> u8 {
    match folder.split('/').next() {
        Some("engine") => 0,
        Some("adapters") => 1,
        Some("frontends") => 2,
        // What measures the engine may use everything.
        _ => 3,
    }
}

fn banned(metadata: &Value) -> Vec<String> {
    let names = array(&metadata["packages"]).filter_map(|package| package["name"].as_str());
    names.filter(|name| BANNED.contains(name)).map(|name| format!("{name} is in the graph")).collect()
}

fn engine_crates() -> Result<usize> {
    let tree = read(&mut cargo([
        "tree",
        "--package",
        "narthex",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--locked",
    ]))?;
    let lines = tree.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty());
    Ok(lines.collect::<BTreeSet<_>>().len())
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, folder: &str, needs: &[&str]) -> Member {
        let needs = needs.iter().map(|name| (*name).to_owned()).collect();
        Member { name: name.to_owned(), folder: folder.to_owned(), needs, tests_need: BTreeSet::new() }
    }

    #[test]
    fn everything_may_point_to_the_engine_and_frontends_to_adapters() {
        let members = [
            member("narthex", "engine", &["serde"]),
            member("narthex-world", "engine/world", &["narthex"]),
            member("narthex-http", "adapters/http", &["narthex", "narthex-runtime"]),
            member("narthex-runtime", "adapters/runtime", &["narthex"]),
            member("narthex-cli", "frontends/cli", &["narthex", "narthex-http"]),
        ];
        assert!(directions(&members).is_empty());
    }

    #[test]
    fn what_is_heavy_is_in_one_crate() {
        let good = [
            member("narthex-matrix", "adapters/matrix", &["narthex", "matrix-sdk"]),
            member("narthex-desktop", "frontends/desktop", &["narthex-matrix", "tauri"]),
        ];
        assert!(heavy(&good).is_empty());
        for needed in ["matrix-sdk", "narthex-matrix", "tauri"] {
            assert_eq!(heavy(&[member("narthex-app", "adapters/app", &[needed])]).len(), 1, "{needed}");
        }
    }

    #[test]
    fn an_arrow_the_wrong_way_is_named() {
        for (name, folder, needed) in [
            ("narthex", "engine", "narthex-world"),
            ("narthex-http", "adapters/http", "narthex-cli"),
            ("narthex-http", "adapters/http", "narthex-world"),
            ("narthex-world", "engine/world", "narthex-sandbox"),
            ("narthex-cli", "frontends/cli", "xtask"),
        ] {
            let others = [
                ("narthex-world", "engine/world"),
                ("narthex-sandbox", "adapters/sandbox"),
                ("narthex-cli", "frontends/cli"),
                ("xtask", "xtask"),
            ];
            let others = others.into_iter().filter(|(other, _)| *other != name);
            let mut members: Vec<_> = others.map(|(name, folder)| member(name, folder, &[])).collect();
            members.push(member(name, folder, &[needed]));
            let found = directions(&members);
            assert!(found.iter().any(|problem| problem.starts_with(name)), "{name}: {found:?}");
        }
    }

    #[test]
    fn what_is_in_the_engines_folder_does_not_test_with_an_adapter() {
        let mut world = member("narthex-world", "engine/world", &["narthex"]);
        world.tests_need.insert("narthex-sandbox".to_owned());
        let members = [world, member("narthex-sandbox", "adapters/sandbox", &[])];
        assert_eq!(directions(&members).len(), 1);
        let mut cli = member("narthex-cli", "frontends/cli", &[]);
        cli.tests_need.insert("narthex-sandbox".to_owned());
        assert!(directions(&[cli, member("narthex-sandbox", "adapters/sandbox", &[])]).is_empty());
    }
}
