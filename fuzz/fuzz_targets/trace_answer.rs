//! See `narthex_runtime::fuzz::trace_answer`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex_runtime::fuzz::trace_answer(data));
