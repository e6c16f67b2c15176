//! What the fuzzer keeps, replayed without the fuzzer.

use std::fs;
use std::path::PathBuf;

use narthex_world::fuzz::TARGETS;

#[test]
fn every_kept_input_keeps_the_laws() {
    let corpora = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, target) in TARGETS {
        let folder = fs::read_dir(corpora.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        assert!(!files.is_empty(), "there is nothing for {name}");
        for file in files {
            let bytes = fs::read(&file).expect("a file");
            let result = std::panic::catch_unwind(|| target(&bytes));
            assert!(result.is_ok(), "{}", file.display());
        }
    }
}

#[test]
fn every_target_has_a_program_of_its_own() {
    let programs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
    for (name, _) in TARGETS {
        let text = fs::read_to_string(programs.join(format!("{name}.rs"))).expect("a program");
        assert!(text.contains(&format!("fuzz::{name}(")), "{name} runs something else");
    }
}
