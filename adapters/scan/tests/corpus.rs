//! What the fuzzer keeps, replayed without the fuzzer.
#![cfg(feature = "fuzz")]

use std::path::Path;

use narthex_scan::fuzz::TARGETS;

#[test]
fn every_kept_input_is_taken_or_refused() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(!files.is_empty(), "there is nothing for {name}");
        files.iter().for_each(|file| target(&std::fs::read(file).unwrap()));
    }
}
