//! See `narthex_fuzz::wrapped`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex_fuzz::wrapped(data));
