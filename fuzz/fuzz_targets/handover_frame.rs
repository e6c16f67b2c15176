//! See `narthex_delivery::fuzz::handover_frame`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| narthex_delivery::fuzz::handover_frame(data));
