//! See `narthex_world::fuzz::lint`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex_world::fuzz::lint(data));
