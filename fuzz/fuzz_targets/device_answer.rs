//! See `narthex_world::fuzz::device_answer`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex_world::fuzz::device_answer(data));
