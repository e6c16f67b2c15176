//! See `narthex_text::fuzz::plain_text`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex_text::fuzz::plain_text(data));
