//! See `narthex::fuzz::qr_bundle`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex::fuzz::qr_bundle(data));
