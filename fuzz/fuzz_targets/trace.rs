//! See `narthex_runtime::fuzz::trace`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex_runtime::fuzz::trace(data));
