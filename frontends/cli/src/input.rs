//! Lines from standard input, each bounded, read on a thread of its own.

use std::io::{self, BufRead, BufReader, Read};

use narthex::Secret;
use tokio::sync::mpsc;
use zeroize::Zeroize as _;

/// The longest line that is read, in bytes.
pub(crate) const LONGEST: usize = 64 * 1024;

/// What standard input has next.
#[derive(Debug)]
pub(crate) enum Line {
    Text(Secret<String>),
    TooLong,
    NotUtf8,
}

/// The lines of standard input. It ends with `None`.
#[derive(Debug)]
pub(crate) struct Lines(mpsc::Receiver<Line>);

impl Lines {
    /// Begins to read. The thread ends with the program: a blocked read cannot be called off.
    pub(crate) fn of_stdin() -> Self {
        let (to, lines) = mpsc::channel(4);
        std::thread::spawn(move || {
            let mut from = BufReader::new(io::stdin());
            while let Ok(Some(line)) = next(&mut from) {
                if to.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        Self(lines)
    }

    /// Nobody says anything.
    pub(crate) fn none() -> Self {
        Self(mpsc::channel(1).1)
    }

    pub(crate) async fn next(&mut self) -> Option<Line> {
        self.0.recv().await
    }

    /// The first line, as a secret.
    pub(crate) async fn secret(&mut self) -> Option<Secret<String>> {
        match self.next().await? {
            Line::Text(text) => Some(text),
            Line::TooLong | Line::NotUtf8 => None,
        }
    }
}

fn next(from: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    from.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    } else if bytes.len() > LONGEST {
        bytes.zeroize();
        skip_line(from)?;
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(match String::from_utf8(bytes) {
        Ok(text) => Line::Text(Secret::new(text)),
        Err(_) => Line::NotUtf8,
    }))
}

fn skip_line(from: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = from.fill_buf()?;
        let length = buffer.len();
        let end = buffer.iter().position(|b| *b == b'\n');
        from.consume(end.map_or(length, |end| end + 1));
        if end.is_some() || length == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_bounded_and_what_follows_is_read() {
        let text =
            format!("one\r\n{}\nthree\n\u{e9}\n", "x".repeat(LONGEST + 1)).replace('\u{e9}', "\u{fffd}");
        let mut bytes = text.into_bytes();
        bytes.extend(b"\xff\nlast");
        let mut from = BufReader::new(bytes.as_slice());
        let mut kinds = Vec::new();
        while let Some(line) = next(&mut from).unwrap() {
            kinds.push(match line {
                Line::Text(text) => text.expose().clone(),
                Line::TooLong => "too long".to_owned(),
                Line::NotUtf8 => "not UTF-8".to_owned(),
            });
        }
        assert_eq!(kinds, ["one", "too long", "three", "\u{fffd}", "not UTF-8", "last"]);
    }
}
