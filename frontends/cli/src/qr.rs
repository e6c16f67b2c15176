//! An address as a picture that a phone can read.

pub(crate) mod file;
pub(crate) mod payload;

use clap::ValueEnum;
use qrcode::{Color, EcLevel, QrCode};
use url::Url;

use crate::lines::{columns, rows, width, wrapped};

/// How wide the hint below the prompt is, at most.
const HINT: usize = 2 * 79;
/// The border that readers are promised (ISO/IEC 18004), and those that they take as well, in modules.
const BORDERS: [usize; 3] = [4, 2, 1];
/// Nobody holds a phone before a wider one.
const WIDEST: usize = 120;

/// How a QR code is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum QrFormat {
    /// Of blocks, as small as can be
    #[default]
    Unicode,
    /// Of # and spaces
    Ascii,
    /// Only in the file of --qr-file
    Png,
    /// Not at all
    None,
}

/// The picture, a line each; nothing where it does not fit, with what is said `beside` it and a prompt.
pub(crate) fn lines(url: &Url, beside: &[String], format: QrFormat) -> Vec<String> {
    let picture = match format {
        QrFormat::Unicode => picture,
        QrFormat::Ascii => wide,
        QrFormat::Png | QrFormat::None => return Vec::new(),
    };
    let columns = columns().min(WIDEST);
    let beside: usize = beside.iter().map(|line| wrapped(line, columns, "").lines().count()).sum();
    let prompt = 1 + HINT.div_ceil(columns).min(3);
    fitting(url, picture, columns, rows().saturating_sub(beside + prompt))
}

/// The content of a sign-in code as a picture, a line each; nothing where it does not fit, with what is said `beside` it.
pub(crate) fn code(payload: &[u8], beside: &[String], format: QrFormat) -> Vec<String> {
    let columns = columns().min(WIDEST);
    let beside: usize = beside.iter().map(|line| wrapped(line, columns, "").lines().count()).sum();
    let room = rows().saturating_sub(beside + 1);
    let picture = match format {
        QrFormat::Unicode => payload::unicode(payload, columns, room),
        QrFormat::Ascii => payload::ascii(payload, columns, room),
        QrFormat::Png | QrFormat::None => None,
    };
    picture.unwrap_or_default()
}

/// The terminal that it takes to draw the content of a sign-in code: columns and rows. `None` where it is not to be drawn.
pub(crate) fn needed(payload: &[u8], beside: &[String], format: QrFormat) -> Option<(usize, usize)> {
    let side = payload::smallest(payload)?;
    let (width, height) = match format {
        QrFormat::Unicode => (side, side.div_ceil(2)),
        QrFormat::Ascii => (2 * side, side),
        QrFormat::Png | QrFormat::None => return None,
    };
    let beside: usize = beside.iter().map(|line| wrapped(line, width, "").lines().count()).sum();
    Some((width, height + beside + 1))
}

/// How a code is drawn, with a border.
type Drawn = fn(&QrCode, usize) -> Vec<String>;

fn fitting(url: &Url, picture: Drawn, columns: usize, rows: usize) -> Vec<String> {
    let Ok(code) = QrCode::with_error_correction_level(url.as_str(), EcLevel::L) else { return Vec::new() };
    let pictures = BORDERS.into_iter().map(|border| picture(&code, border));
    let fits = |lines: &Vec<String>| lines.len() <= rows && lines.iter().all(|line| width(line) <= columns);
    pictures.into_iter().find(fits).unwrap_or_default()
}

/// Two modules to a character, one above the other. Light on dark, as most terminals are: readers take either.
fn picture(code: &QrCode, border: usize) -> Vec<String> {
    let is_light = is_light(code, border);
    let block = |x, y| match (is_light(x, y), is_light(x, y + 1)) {
        (true, true) => '\u{2588}',
        (true, false) => '\u{2580}',
        (false, true) => '\u{2584}',
        // A space that is not taken for a gap between words.
        (false, false) => '\u{a0}',
    };
    let whole = code.width() + 2 * border;
    (0..whole).step_by(2).map(|y| (0..whole).map(|x| block(x, y)).collect()).collect()
}

/// Two characters to a module, for fonts without blocks.
fn wide(code: &QrCode, border: usize) -> Vec<String> {
    let is_light = is_light(code, border);
    let whole = code.width() + 2 * border;
    let block = |x, y| if is_light(x, y) { "##" } else { "\u{a0}\u{a0}" };
    (0..whole).map(|y| (0..whole).map(|x| block(x, y)).collect()).collect()
}

fn is_light(code: &QrCode, border: usize) -> impl Fn(usize, usize) -> bool + use<> {
    let (colors, size) = (code.to_colors(), code.width());
    move |x, y| match (x.checked_sub(border), y.checked_sub(border)) {
        (Some(x), Some(y)) if x < size && y < size => colors[y * size + x] == Color::Light,
        _ => y < size + 2 * border,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_fits_or_is_left_out() {
        let url = Url::parse("https://account.example.org/link?code=ABCDEF").unwrap();
        let whole = fitting(&url, picture, 80, 100);
        assert_eq!(whole[0].chars().count(), 29 + 8);
        // Found E7: on 24 rows the rest has to be seen too.
        let small = fitting(&url, picture, 80, 17);
        assert!(!small.is_empty() && small.len() <= 17);
        assert!(fitting(&url, picture, 40, 14).is_empty() && fitting(&url, picture, 30, 100).is_empty());
        let plain = fitting(&url, wide, 80, 100);
        assert!(plain.len() == 29 + 8 && plain.iter().all(|line| !line.contains('\u{2588}')));
        assert!(lines(&url, &[], QrFormat::None).is_empty());
        for lines in [whole, small, plain] {
            assert!(lines.iter().all(|line| width(line) == width(&lines[0])));
        }
    }
}
