//! How are bytes written as text, in codes, frames and messages?

use ::base64::Engine as _;
use ::base64::alphabet::STANDARD;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, general_purpose::NO_PAD};

const ENGINE: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// By the standard alphabet (RFC 4648 §4), without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    ENGINE.encode(bytes)
}

/// The same, padded or not. Nothing else may be in it, no white space either.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    ENGINE.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_read_and_not_written() {
        assert_eq!(encode(b"a"), "YQ");
        for text in ["YQ", "YQ=", "YQ=="] {
            assert_eq!(decode(text).as_deref(), Some(&b"a"[..]));
        }
        for text in ["Y", "YQ===", "Y=Q", "YQ ", "Y\nQ", "-_", "YR"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
