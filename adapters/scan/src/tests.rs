//! Codes drawn by another library, in pictures as people have them, and pictures that nobody should have.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgba, RgbaImage};
use proptest::prelude::*;
use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use crate::{MAX_FILE, ScanProblem, patterns, scan};

/// One segment of bytes, as small as it fits.
fn code(content: &[u8], level: EcLevel) -> QrCode {
    let code = (1..=40).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_byte_data(content).ok()?;
        bits.push_terminator(level).ok()?;
        QrCode::with_bits(bits, level).ok()
    });
    code.expect("it fits")
}

/// So many pixels a module, with a quiet zone of four.
fn drawn(code: &QrCode, scale: u32) -> GrayImage {
    let (colors, width) = (code.to_colors(), u32::try_from(code.width()).unwrap());
    let side = (width + 8) * scale;
    GrayImage::from_fn(side, side, |x, y| {
        let (x, y) = ((x / scale).wrapping_sub(4), (y / scale).wrapping_sub(4));
        let is_dark = x < width && y < width && colors[(y * width + x) as usize] == Color::Dark;
        Luma([if is_dark { 0 } else { 255 }])
    })
}

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    file(picture, ImageFormat::Png)
}

/// Bytes that are no text, of any length.
fn bytes(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    (0..length).map(|_| next(&mut state).to_le_bytes()[2]).collect()
}

/// A bad generator, good enough for noise.
fn next(state: &mut u32) -> u32 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    *state
}

/// Turned about its middle, on a larger sheet, by a linear map.
fn turned(picture: &GrayImage, degrees: f64, scale: f64) -> GrayImage {
    let side = (f64::from(picture.width()) * scale * 1.5) as u32;
    let (sin, cos) = degrees.to_radians().sin_cos();
    let middle = |side: u32| f64::from(side) / 2.0;
    GrayImage::from_fn(side, side, |x, y| {
        let (dx, dy) = (f64::from(x) + 0.5 - middle(side), f64::from(y) + 0.5 - middle(side));
        let x = (dx * cos + dy * sin) / scale + middle(picture.width());
        let y = (dy * cos - dx * sin) / scale + middle(picture.height());
        let is_inside = x >= 0.0 && y >= 0.0 && x < picture.width().into() && y < picture.height().into();
        if is_inside { *picture.get_pixel(x as u32, y as u32) } else { Luma([255]) }
    })
}

/// Less contrast, light from one side, and each pixel off by up to `most`.
fn noisy(mut picture: GrayImage, most: u32) -> GrayImage {
    let (width, mut state) = (picture.width(), 1);
    for (x, _, pixel) in picture.enumerate_pixels_mut() {
        let light = 60 + u32::from(pixel[0]) / 2 + 40 * x / width;
        pixel[0] =
            u8::try_from((light + next(&mut state) % (2 * most + 1)).saturating_sub(most)).unwrap_or(255);
    }
    picture
}

#[test]
fn a_code_of_every_size_is_read() {
    // The largest has 1024 bytes; below 32 there is none for a sign-in.
    for length in (1..32).chain((32..1024).step_by(31)).chain([1023, 1024]) {
        let content = bytes(length, u32::try_from(length).unwrap());
        for level in [EcLevel::L, EcLevel::Q] {
            assert_eq!(scan(&png(drawn(&code(&content, level), 3))), Ok(content.clone()), "{length}");
        }
    }
}

#[test]
fn a_code_is_read_as_people_have_it() {
    let content = bytes(123, 7);
    let picture = drawn(&code(&content, EcLevel::Q), 6);
    let read = |picture: GrayImage| scan(&png(picture));
    assert_eq!(read(picture.clone()), Ok(content.clone()));
    for quality in [30, 60, 90] {
        let mut file = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, quality);
        picture.write_with_encoder(encoder).unwrap();
        assert_eq!(scan(&file), Ok(content.clone()), "JPEG, {quality}");
    }
    for degrees in [3.0, 45.0, 90.0, 135.0, 180.0, 271.0] {
        assert_eq!(read(turned(&picture, degrees, 1.3)), Ok(content.clone()), "{degrees}");
        assert_eq!(read(noisy(turned(&picture, degrees, 1.3), 30)), Ok(content.clone()), "{degrees}");
    }
    let mirrored = image::imageops::flip_horizontal(&picture);
    assert_eq!(read(mirrored), Ok(content.clone()));
    let mut inverted = picture.clone();
    image::imageops::invert(&mut inverted);
    assert_eq!(read(inverted.clone()), Ok(content.clone()));
    assert_eq!(read(noisy(inverted, 30)), Ok(content.clone()));
    // Found twice, it is still one.
    let mut twice = GrayImage::from_pixel(2 * picture.width(), picture.height(), Luma([255]));
    image::imageops::overlay(&mut twice, &picture, 0, 0);
    image::imageops::overlay(&mut twice, &picture, picture.width().into(), 0);
    assert_eq!(read(twice), Ok(content));
}

#[test]
fn a_code_on_a_transparent_sheet_is_read() {
    let content = bytes(111, 8);
    let picture = drawn(&code(&content, EcLevel::M), 4);
    for ink in [0, 255] {
        let sheet = RgbaImage::from_fn(picture.width(), picture.height(), |x, y| {
            let is_dark = picture.get_pixel(x, y)[0] == 0;
            Rgba([ink, ink, ink, if is_dark { 255 } else { 0 }])
        });
        assert_eq!(scan(&png(sheet)), Ok(content.clone()));
    }
}

#[test]
fn a_small_code_in_a_large_picture_is_read() {
    let content = bytes(123, 9);
    let mut screen = noisy(GrayImage::from_pixel(5000, 4000, Luma([200])), 10);
    image::imageops::overlay(&mut screen, &drawn(&code(&content, EcLevel::Q), 4), 3000, 2500);
    assert_eq!(scan(&file(screen, ImageFormat::Jpeg)), Ok(content));
}

#[test]
fn several_codes_that_differ_are_none() {
    let (one, other) = (bytes(111, 1), bytes(111, 2));
    let [one, other] = [one, other].map(|content| drawn(&code(&content, EcLevel::Q), 4));
    let mut both = GrayImage::from_pixel(one.width() + other.width(), one.height(), Luma([255]));
    image::imageops::overlay(&mut both, &one, 0, 0);
    image::imageops::overlay(&mut both, &other, one.width().into(), 0);
    assert_eq!(scan(&png(both)), Err(ScanProblem::Several));
}

#[test]
fn a_code_that_is_covered_is_told_from_none() {
    let mut picture = drawn(&code(&bytes(123, 3), EcLevel::L), 6);
    let side = picture.width();
    for (x, y) in (side / 3..2 * side / 3).flat_map(|x| (side / 3..2 * side / 3).map(move |y| (x, y))) {
        picture.put_pixel(x, y, Luma([255]));
    }
    assert_eq!(scan(&png(picture)), Err(ScanProblem::Unreadable));
    let empty = GrayImage::from_pixel(100, 100, Luma([255]));
    assert_eq!(scan(&png(noisy(empty.clone(), 60))), Err(ScanProblem::NoCode));
    for picture in [empty, GrayImage::new(1, 1), GrayImage::new(1, 5000), GrayImage::new(5000, 1)] {
        assert_eq!(scan(&png(picture)), Err(ScanProblem::NoCode));
    }
}

#[test]
fn a_file_that_is_no_picture_is_refused() {
    let picture = png(drawn(&code(b"a", EcLevel::L), 4));
    for file in [&b""[..], b"MATRIX", b"<svg></svg>", b"GIF89a", &picture[..60], b"\x89PNG\r\n\x1a\n"] {
        assert_eq!(scan(file), Err(ScanProblem::NotAPicture));
    }
    let mut damaged = picture;
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    assert_eq!(scan(&damaged), Err(ScanProblem::NotAPicture));
}

#[test]
fn what_is_too_large_is_not_unpacked() {
    assert_eq!(scan(&vec![0; MAX_FILE + 1]), Err(ScanProblem::TooLarge));
    // 4 gigapixels, in a file of a few bytes.
    let mut header = b"IHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x00\x00\x00\x00".to_vec();
    let sum = header.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 * (sum & 1)))
    });
    header.extend((!sum).to_be_bytes());
    let file = [&b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"[..], &header, b"\x00\x00\x00\x00IDAT"].concat();
    assert_eq!(scan(&file), Err(ScanProblem::TooLarge));
}

/// The library that looks for codes would try each pair of corners with each third one.
#[test]
fn a_picture_full_of_corners_is_given_up_at_once() {
    let corner = |x: u32, y: u32| {
        let ring = x.abs_diff(3).max(y.abs_diff(3));
        x < 7 && y < 7 && ring != 2
    };
    let full = GrayImage::from_fn(1600, 1600, |x, y| Luma([if corner(x % 8, y % 8) { 0 } else { 255 }]));
    assert_eq!(patterns::count(1600, 1600, |x, y| full.get_pixel(x as u32, y as u32)[0] == 0), 200 * 200);
    assert_eq!(scan(&png(full)), Err(ScanProblem::TooBusy));
}

/// The library panics on this one.
#[test]
fn corners_that_make_no_square_are_no_code() {
    let file = include_bytes!("../../../fuzz/corpus/picture/found-01");
    assert_eq!(scan(file), Err(ScanProblem::Unreadable));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_damaged_is_read_right_or_not_at_all(
        spots in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..120),
        degrees in 0..360_u16,
    ) {
        let content = bytes(60, 4);
        let code = code(&content, EcLevel::Q);
        let mut small = drawn(&code, 1);
        let modules = small.len();
        for (at, is_dark) in spots {
            small.as_mut()[at.index(modules)] = if is_dark { 0 } else { 255 };
        }
        let picture = image::imageops::resize(&small, small.width() * 5, small.height() * 5, image::imageops::Nearest);
        if let Ok(read) = scan(&png(turned(&picture, degrees.into(), 1.0))) {
            prop_assert_eq!(read, content);
        }
    }
}
