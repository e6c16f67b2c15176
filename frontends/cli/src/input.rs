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
    Bad(Unusable),
}

/// Why a line is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Standard input ended before it.
    NoInput,
    /// There is nothing in it.
    Empty,
    /// It is longer than any that is meant.
    TooLong,
    /// It is in UTF-16, as some editors save it.
    Utf16,
    /// It is in another encoding, such as Latin-1.
    NotUtf8,
    /// There is a byte in it that no text has.
    Nul,
    /// There is white space in it, or a line after it, and a token has none.
    Whitespace,
    /// There is a character in it that no token has.
    Foreign,
}

impl Unusable {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 8] = [
        Self::NoInput,
        Self::Empty,
        Self::TooLong,
        Self::Utf16,
        Self::NotUtf8,
        Self::Nul,
        Self::Whitespace,
        Self::Foreign,
    ];

    /// The stable name in JSON and of the message.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NoInput => "no_input",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Utf16 => "utf_16",
            Self::NotUtf8 => "not_utf_8",
            Self::Nul => "nul",
            Self::Whitespace => "whitespace",
            Self::Foreign => "foreign",
        }
    }
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
            let mut is_first = true;
            while let Ok(Some(line)) = next(&mut from, LONGEST, is_first) {
                is_first = false;
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
    pub(crate) async fn secret(&mut self) -> Result<Secret<String>, Unusable> {
        self.next().await.map_or(Err(Unusable::NoInput), Line::secret)
    }

    /// The same of a token. With `is_alone` nothing may follow it, which waits for the end of standard input.
    pub(crate) async fn token(&mut self, is_alone: bool) -> Result<Secret<String>, Unusable> {
        let token = self.next().await.map_or(Err(Unusable::NoInput), Line::token)?;
        while is_alone && let Some(line) = self.next().await {
            match line.token() {
                Err(Unusable::Empty) => {}
                Ok(_) | Err(_) => return Err(Unusable::Whitespace),
            }
        }
        Ok(token)
    }
}

impl Line {
    /// As a secret, which is not empty.
    fn secret(self) -> Result<Secret<String>, Unusable> {
        match self {
            Self::Text(text) if text.expose().is_empty() => Err(Unusable::Empty),
            Self::Text(text) => Ok(text),
            Self::Bad(why) => Err(why),
        }
    }

    /// The same of a token, without the white space around it.
    fn token(self) -> Result<Secret<String>, Unusable> {
        let text = self.secret()?;
        match text.expose().trim() {
            "" => Err(Unusable::Empty),
            token if token.contains(char::is_whitespace) => Err(Unusable::Whitespace),
            // No header takes others, RFC 6750 §2.1.
            token if !token.bytes().all(|b| b.is_ascii_graphic()) => Err(Unusable::Foreign),
            token => Ok(Secret::new(token.to_owned())),
        }
    }

    /// `bytes` without the end of the line.
    fn of(mut bytes: Vec<u8>, is_first: bool) -> Self {
        if is_first && (bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")) {
            bytes.zeroize();
            return Self::Bad(Unusable::Utf16);
        }
        // Some editors begin a file with a byte order mark, which is no part of the text.
        if is_first && bytes.starts_with("\u{feff}".as_bytes()) {
            bytes.drain(..3);
        }
        if bytes.contains(&0) {
            bytes.zeroize();
            return Self::Bad(Unusable::Nul);
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(Secret::new(text)),
            Err(error) => {
                error.into_bytes().zeroize();
                Self::Bad(Unusable::NotUtf8)
            }
        }
    }
}

/// A token that is all there is.
pub(crate) fn token(mut bytes: Vec<u8>) -> Result<Secret<String>, Unusable> {
    if bytes.len() > LONGEST {
        bytes.zeroize();
        return Err(Unusable::TooLong);
    }
    Line::of(bytes, true).token()
}

/// The first line of a file, as a secret of at most `longest` bytes.
pub(crate) fn first_secret(from: impl Read, longest: usize) -> io::Result<Result<Secret<String>, Unusable>> {
    // What has no end, such as a device, is not read to its end.
    let line = next(&mut BufReader::new(from.take(longest as u64 + 2)), longest, true)?;
    Ok(line.map_or(Err(Unusable::Empty), Line::secret))
}

fn next(from: &mut impl BufRead, longest: usize, is_first: bool) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    from.by_ref().take(longest as u64 + 1).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    } else if bytes.len() > longest {
        bytes.zeroize();
        skip_line(from)?;
        return Ok(Some(Line::Bad(Unusable::TooLong)));
    }
    Ok(Some(Line::of(bytes, is_first)))
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
        while let Some(line) = next(&mut from, LONGEST, kinds.is_empty()).unwrap() {
            kinds.push(match line {
                Line::Text(text) => text.expose().clone(),
                Line::Bad(why) => why.name().to_owned(),
            });
        }
        assert_eq!(kinds, ["one", "too_long", "three", "\u{fffd}", "not_utf_8", "last"]);
    }

    /// Found E11.
    #[test]
    fn a_secret_is_what_is_in_the_line_or_the_reason_has_a_name() {
        let of = |bytes: &[u8]| match first_secret(bytes, 16).unwrap() {
            Ok(secret) => secret.expose().clone(),
            Err(why) => format!("! {}", why.name()),
        };
        assert_eq!(of(b"\xef\xbb\xbfsesame\r\nmore"), "sesame");
        // Found D18.
        let endless = |byte| first_secret(io::repeat(byte), 16).unwrap().expect_err("it is no line").name();
        assert_eq!([endless(b'x'), endless(0)], ["too_long", "too_long"]);
        assert_eq!(of(b" sesame \n"), " sesame ");
        assert_eq!(of(b"0123456789abcdef"), "0123456789abcdef");
        for (bytes, why) in [
            (&b""[..], "empty"),
            (b"\n", "empty"),
            (b"\xef\xbb\xbf\n", "empty"),
            (b"0123456789abcdefg\n", "too_long"),
            (b"\xff\xfes\0e\0\n\0", "utf_16"),
            (b"\xfe\xff\0s\0e", "utf_16"),
            (b"s\0e\0\n\0", "nul"),
            (b"s\xe9same\n", "not_utf_8"),
        ] {
            assert_eq!(of(bytes), format!("! {why}"), "{bytes:?}");
        }
    }

    #[test]
    fn a_token_is_one_word() {
        let of = |bytes: &[u8]| match token(bytes.to_vec()) {
            Ok(token) => token.expose().clone(),
            Err(why) => format!("! {}", why.name()),
        };
        for bytes in [&b"syt_a"[..], b" syt_a\t", b"\nsyt_a\r\n\n", b"\xef\xbb\xbfsyt_a\n"] {
            assert_eq!(of(bytes), "syt_a", "{bytes:?}");
        }
        for (bytes, why) in [
            (&b""[..], "empty"),
            (b" \t\r\n", "empty"),
            (b"syt_a syt_b", "whitespace"),
            (b"syt_a\nsyt_b\n", "whitespace"),
            (b"syt_\x1b[1m", "foreign"),
            ("syt_\u{200b}a".as_bytes(), "foreign"),
            (&[b'x'; LONGEST + 1], "too_long"),
        ] {
            assert_eq!(of(bytes), format!("! {why}"), "{bytes:?}");
        }
    }
}
