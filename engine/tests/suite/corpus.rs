//! What the fuzzer keeps of the targets of the engine itself, replayed without the fuzzer.

use std::fs;
use std::path::Path;

use narthex::fuzz::TARGETS;

#[test]
#[expect(clippy::disallowed_methods, reason = "a corpus is in files")]
fn every_kept_input_is_taken_or_refused() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
        let files: Vec<_> =
            fs::read_dir(folder).expect("a folder").map(|file| file.expect("one").path()).collect();
        assert!(!files.is_empty(), "there is nothing for {name}");
        files.iter().for_each(|file| target(&fs::read(file).expect("a file")));
    }
}

#[test]
fn every_target_has_a_program_of_its_own() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    for (name, _) in TARGETS {
        let text = fs::read_to_string(programs.join(format!("{name}.rs"))).expect("a program");
        assert!(text.contains(&format!("narthex::fuzz::{name}(")), "{name} runs something else");
    }
}
