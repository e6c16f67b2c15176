//! See `narthex_delivery::fuzz::callback_request`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex_delivery::fuzz::callback_request(data));
