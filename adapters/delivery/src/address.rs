//! Can this be the address of a callback?

use narthex::Callback;
use zeroize::Zeroize as _;

/// The longest address that is passed on, in bytes. A callback has some hundred.
pub const MAX_ADDRESS: usize = 8 * 1024;

/// One line of text, of any kind: the engine alone knows which address it awaits.
pub(crate) fn parse(bytes: Vec<u8>) -> Option<Callback> {
    if bytes.is_empty() || bytes.len() > MAX_ADDRESS {
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) => Some(Callback::from(text)),
        Ok(mut text) => {
            text.zeroize();
            None
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_line_of_text_of_at_most_8_kib() {
        let longest = "x".repeat(MAX_ADDRESS);
        for address in ["io.example.app:/callback?code=a%20b&state=c#", "ünïcode", &longest] {
            assert_eq!(parse(address.into()), Some(Callback::from(address)));
        }
        for garbage in [&b""[..], b"a\nb", b"a\0", b"\xff", &[b'x'; MAX_ADDRESS + 1]] {
            assert_eq!(parse(garbage.into()), None);
        }
    }
}
