//! See `narthex_scan::fuzz::picture`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex_scan::fuzz::picture(data));
