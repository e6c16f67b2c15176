//! The code of a sign-in as a picture that the other device can read.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

/// The border that readers are promised (ISO/IEC 18004), in modules.
const BORDER: usize = 4;
/// How large a module is in a file, in pixels.
const PIXELS: usize = 8;
/// As much correction as can be had first: the code may be read from a screen with reflections on it.
const LEVELS: [EcLevel; 3] = [EcLevel::Q, EcLevel::M, EcLevel::L];
/// Black on white of the palette that no theme changes: reading programs expect dark on light.
const DARK_ON_LIGHT: &str = "\x1b[38;5;16;48;5;231m";
const DARK: &str = "\x1b[38;5;16;48;5;16m";
const LIGHT: &str = "\x1b[48;5;231m";
const AS_BEFORE: &str = "\x1b[0m";

/// Of blocks, two modules to a character; `None` where it does not fit. Each line sets its colours, and ends them.
pub(crate) fn unicode(payload: &[u8], columns: usize, rows: usize) -> Option<Vec<String>> {
    let code = fitting(payload, |side| side <= columns && side.div_ceil(2) <= rows)?;
    let block = |x, y| match (is_dark(&code, x, y), is_dark(&code, x, y + 1)) {
        (true, true) => '\u{2588}',
        (true, false) => '\u{2580}',
        (false, true) => '\u{2584}',
        (false, false) => '\u{a0}',
    };
    let side = side(&code);
    let line =
        |y| format!("{DARK_ON_LIGHT}{}{AS_BEFORE}", (0..side).map(|x| block(x, y)).collect::<String>());
    Some((0..side).step_by(2).map(line).collect())
}

/// Of # and spaces, two to a module, for fonts without blocks; `None` where it does not fit. Where there are colours, what
/// is drawn with # is dark all over.
pub(crate) fn ascii(payload: &[u8], columns: usize, rows: usize) -> Option<Vec<String>> {
    let code = fitting(payload, |side| 2 * side <= columns && side <= rows)?;
    let module = |x, y| if is_dark(&code, x, y) { format!("{DARK}##") } else { format!("{LIGHT}  ") };
    let side = side(&code);
    let line = |y| (0..side).map(|x| module(x, y)).collect::<String>() + AS_BEFORE;
    Some((0..side).map(line).collect())
}

/// As a file in PNG; `None` for more than a code can hold.
pub(crate) fn png(payload: &[u8]) -> Option<Vec<u8>> {
    let code = fitting(payload, |_| true)?;
    let side = side(&code) * PIXELS;
    let pixels: Vec<u8> = (0..side * side)
        .map(|at| if is_dark(&code, at % side / PIXELS, at / side / PIXELS) { 0 } else { u8::MAX })
        .collect();
    let mut file = Vec::new();
    let width = u32::try_from(side).ok()?;
    let mut encoder = png::Encoder::new(&mut file, width, width);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(file)
}

/// How many modules wide and high it is at least, with its border.
pub(crate) fn smallest(payload: &[u8]) -> Option<usize> {
    LEVELS.into_iter().filter_map(|level| code(payload, level)).map(|code| side(&code)).min()
}

/// With as much correction as fits.
fn fitting(payload: &[u8], fits: impl Fn(usize) -> bool) -> Option<QrCode> {
    LEVELS.into_iter().filter_map(|level| code(payload, level)).find(|code| fits(side(code)))
}

/// As one segment of bytes (MSC4108, "QR code format"): some readers take no code of several.
fn code(payload: &[u8], level: EcLevel) -> Option<QrCode> {
    (1..=40).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_byte_data(payload).ok()?;
        bits.push_terminator(level).ok()?;
        QrCode::with_bits(bits, level).ok()
    })
}

fn side(code: &QrCode) -> usize {
    code.width() + 2 * BORDER
}

fn is_dark(code: &QrCode, x: usize, y: usize) -> bool {
    match (x.checked_sub(BORDER), y.checked_sub(BORDER)) {
        (Some(x), Some(y)) => x < code.width() && y < code.width() && code[(x, y)] == Color::Dark,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each form of both generations: bytes of a key, between text.
    fn payloads() -> Vec<Vec<u8>> {
        let key: Vec<u8> = (0..32_u8).map(|at| at.wrapping_mul(83) ^ 0xa5).collect();
        let (cell, name) = ("https://example.org/_matrix/client/01H", "matrix.example.org");
        let sized =
            |text: &str| [&u16::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat();
        let of_2024 = |mode| [b"MATRIX\x02", &[mode][..], &key, &sized(cell)].concat();
        let of_2025 = |prefix: &str, intent| {
            let id = "01JDQ7Z9M1C0V4Y8K2N5B6T3XW";
            let head = [prefix.as_bytes(), &[3, intent], &key, &[26], id.as_bytes()].concat();
            [head, sized("https://matrix-client.matrix.org")].concat()
        };
        let existing = [of_2024(4), sized(name)].concat();
        let mut all = vec![of_2024(3), existing, vec![0], vec![0xff; 1024]];
        for prefix in ["MATRIX", "IO_ELEMENT_MSC4388"] {
            all.extend([of_2025(prefix, 0), of_2025(prefix, 1)]);
        }
        all
    }

    #[test]
    fn every_payload_is_read_from_the_file_as_it_was() {
        for payload in payloads() {
            let file = png(&payload).unwrap();
            assert_eq!(narthex_scan::scan(&file), Ok(payload));
        }
        assert!(png(&[0; 3000]).is_none());
    }

    /// The modules of lines of blocks, as the file has them.
    #[test]
    fn a_terminal_shows_the_same_dark_on_light() {
        for payload in payloads() {
            let code = fitting(&payload, |_| true).unwrap();
            let side = side(&code);
            let dark: Vec<Vec<bool>> =
                (0..side).map(|y| (0..side).map(|x| is_dark(&code, x, y)).collect()).collect();
            for (y, line) in unicode(&payload, side, side).unwrap().iter().enumerate() {
                let line = line.strip_prefix(DARK_ON_LIGHT).unwrap().strip_suffix(AS_BEFORE).unwrap();
                assert_eq!(line.chars().count(), side);
                for (x, block) in line.chars().enumerate() {
                    assert_eq!(dark[2 * y][x], ['\u{2588}', '\u{2580}'].contains(&block));
                    let below = dark.get(2 * y + 1).is_some_and(|row| row[x]);
                    assert_eq!(below, ['\u{2588}', '\u{2584}'].contains(&block));
                }
            }
            for (y, line) in ascii(&payload, 2 * side, side).unwrap().iter().enumerate() {
                let row: String = dark[y]
                    .iter()
                    .map(|dark| if *dark { format!("{DARK}##") } else { format!("{LIGHT}  ") })
                    .collect();
                assert_eq!(*line, row + AS_BEFORE);
            }
            // The border is light on every side.
            assert!(dark.iter().enumerate().all(|(y, row)| row.iter().enumerate().all(|(x, dark)| {
                let is_border = [x, y].iter().any(|at| *at < 4 || *at >= side - 4);
                !(*dark && is_border)
            })));
        }
    }

    #[test]
    fn where_there_is_little_room_it_corrects_less_or_is_left_out() {
        let payload = &payloads()[4];
        let sides = LEVELS.map(|level| side(&code(payload, level).unwrap()));
        assert!(sides[0] > sides[1] && sides[1] > sides[2]);
        for side in sides {
            assert_eq!(unicode(payload, side, 100).unwrap().len(), side.div_ceil(2));
            assert_eq!(ascii(payload, 2 * side, 100).unwrap().len(), side);
        }
        assert!(
            unicode(payload, sides[2] - 1, 100).is_none() && unicode(payload, 200, sides[2] / 2).is_none()
        );
        assert!(
            ascii(payload, 2 * sides[2] - 1, 100).is_none() && ascii(payload, 200, sides[2] - 1).is_none()
        );
    }
}
