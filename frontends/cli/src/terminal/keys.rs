//! What the terminal sends, as keys.

use std::io::Read;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Char(char),
    Enter,
    Backspace,
    /// Clear the line.
    Clear,
    /// Clear the last word.
    ClearWord,
    Escape,
    Up,
    Down,
    /// End of input.
    End,
    /// A function key, an arrow to the side.
    Other,
    /// None: the terminal is ours again, or has another size.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there is no terminal yet"))]
    Redraw,
}

/// Reads until the end, or until nobody wants more keys.
pub(crate) fn read(mut from: impl Read, mut send: impl FnMut(Key) -> bool) {
    let (mut pending, mut buffer) = (Vec::new(), [0; 1024]);
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => pending.extend_from_slice(&buffer[..n]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        }
        for key in parse(&mut pending) {
            if !send(key) {
                return;
            }
        }
    }
    send(Key::End);
}

/// Takes whole keys off the interface of `bytes`; half a character stays.
fn parse(bytes: &mut Vec<u8>) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let (key, length) = match byte {
            b'\r' | b'\n' => (Key::Enter, 1),
            0x7f | 0x08 => (Key::Backspace, 1),
            0x15 => (Key::Clear, 1),
            0x17 => (Key::ClearWord, 1),
            0x04 => (Key::End, 1),
            // As in shells and editors: the next, the one before.
            b'\t' | 0x0e => (Key::Down, 1),
            0x10 => (Key::Up, 1),
            0x1b => escape(&bytes[at..]),
            0x00..=0x1f => (Key::Other, 1),
            _ => match character(&bytes[at..]) {
                Some(found) => found,
                None => break,
            },
        };
        keys.push(key);
        at += length;
    }
    bytes.drain(..at);
    keys
}

/// A sequence comes in one piece; a lone escape is the key.
fn escape(bytes: &[u8]) -> (Key, usize) {
    match bytes.get(1) {
        None => (Key::Escape, 1),
        Some(b'[' | b'O') => {
            let end = bytes.iter().skip(2).position(|b| (0x40..=0x7e).contains(b));
            let key = match (end, bytes.get(2)) {
                (Some(0), Some(b'A')) => Key::Up,
                (Some(0), Some(b'B')) => Key::Down,
                (Some(_) | None, _) => Key::Other,
            };
            (key, end.map_or(bytes.len(), |end| end + 3))
        }
        Some(_) => (Key::Other, 2),
    }
}

/// `None` when more bytes have to come first.
fn character(bytes: &[u8]) -> Option<(Key, usize)> {
    let wanted = match bytes.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let whole = bytes.get(..wanted)?;
    match str::from_utf8(whole).ok().and_then(|text| text.chars().next()) {
        Some(c) => Some((Key::Char(c), wanted)),
        None => Some((Key::Other, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_whole_however_the_bytes_are_cut() {
        let mut bytes = "a\u{e9}".as_bytes()[..2].to_vec();
        assert_eq!(parse(&mut bytes), [Key::Char('a')]);
        bytes.push(0xa9);
        assert_eq!(parse(&mut bytes), [Key::Char('\u{e9}')]);
        let mut bytes = b"\x1b[A\x1bOB\x1b[1;5C\x1bOPx\r\x7f\x15\x1b".to_vec();
        assert_eq!(
            parse(&mut bytes),
            [
                Key::Up,
                Key::Down,
                Key::Other,
                Key::Other,
                Key::Char('x'),
                Key::Enter,
                Key::Backspace,
                Key::Clear,
                Key::Escape
            ]
        );
        assert_eq!(parse(&mut vec![0xff, b'y']), [Key::Other, Key::Char('y')]);
    }
}
