//! See `narthex_fuzz::terminal_keys`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex_fuzz::terminal_keys(data));
