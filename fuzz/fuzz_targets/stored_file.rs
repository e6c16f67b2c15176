//! See `narthex_storage::fuzz::stored_file`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex_storage::fuzz::stored_file(data));
