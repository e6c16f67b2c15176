//! What shades of grey does a file show?

use std::io::Cursor;

use image::imageops::thumbnail;
use image::{DynamicImage, GrayImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, Pixel as _};

use crate::problem::{MAX_FILE, MAX_PIXELS, ScanProblem};

/// What decoding may take, in bytes: 20 megapixels in colour, of 16 bits a channel.
const MAX_MEMORY: u64 = 8 * MAX_PIXELS + (1 << 20);
/// Sizes in which a picture is looked at, in pixels: quick first. The last is for noise, which it evens out.
const SIZES: [u64; 3] = [2_000_000, MAX_PIXELS, 500_000];

/// The picture; two of them where it is transparent: on white paper, and on black.
pub(crate) fn read(file: &[u8]) -> Result<Vec<GrayImage>, ScanProblem> {
    if file.len() > MAX_FILE {
        return Err(ScanProblem::TooLarge);
    }
    let format = image::guess_format(file).map_err(|_| ScanProblem::NotAPicture)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg) {
        return Err(ScanProblem::NotAPicture);
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|_| ScanProblem::NotAPicture)?;
    // Known from the first bytes: nothing is unpacked of a picture that is too large.
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ScanProblem::TooLarge);
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| ScanProblem::NotAPicture)?;
    if !picture.color().has_alpha() {
        return Ok(vec![picture.into_luma8()]);
    }
    let picture = picture.into_luma_alpha8();
    let on = |paper: u32| {
        GrayImage::from_fn(width, height, |x, y| {
            let (grey, alpha) = match picture.get_pixel(x, y).channels() {
                [grey, alpha] => (u32::from(*grey), u32::from(*alpha)),
                _ => (paper, 255),
            };
            let mixed = (grey * alpha + paper * (255 - alpha)) / 255;
            [u8::try_from(mixed).unwrap_or(u8::MAX)].into()
        })
    };
    Ok(vec![on(255), on(0)])
}

/// The picture in each size in which it is looked at.
pub(crate) fn sizes(picture: GrayImage) -> impl Iterator<Item = GrayImage> {
    let (width, height) = picture.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let sizes = SIZES.map(|most| most.min(pixels)).into_iter();
    let mut before = 0;
    sizes.filter(move |size| std::mem::replace(&mut before, *size) != *size).map(move |size| {
        if size == pixels {
            return picture.clone();
        }
        let factor = (size as f64 / pixels as f64).sqrt();
        let smaller = |side: u32| ((f64::from(side) * factor) as u32).max(1);
        thumbnail(&picture, smaller(width), smaller(height))
    })
}

/// Light on dark.
pub(crate) fn inverted(mut picture: GrayImage) -> GrayImage {
    image::imageops::invert(&mut picture);
    picture
}
