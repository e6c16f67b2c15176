//! Is there a code in this picture, and what does it say?

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use image::GrayImage;
use rqrr::PreparedImage;

use crate::patterns;
use crate::problem::ScanProblem;

/// How much may be copied while corners are combined, in bytes: a few seconds' worth.
///
/// rqrr tries each pair of corners that may belong to a third, and copies the picture for each: nearly n³ / 4 times for
/// n corners. A picture that is full of corners would keep it for days.
const MAX_COPIED: usize = 8_000_000_000;

/// What the one code says that is dark on light in this picture.
///
/// rqrr panics where corners are so skewed that a point between them is infinitely far away. That is caught, unless the
/// program is built to abort instead.
pub(crate) fn look(picture: GrayImage) -> Result<Vec<u8>, ScanProblem> {
    catch_unwind(move || detect(&picture)).unwrap_or(Err(ScanProblem::Unreadable))
}

fn detect(picture: &GrayImage) -> Result<Vec<u8>, ScanProblem> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixel = |x: usize, y: usize| picture.as_raw()[y * width + x];
    let mut prepared = PreparedImage::prepare_from_greyscale(width, height, pixel);
    let is_dark = |x, y| prepared.get_pixel_at(x, y) != 0;
    let corners = patterns::count(width, height, is_dark);
    if corners < 3 {
        return Err(ScanProblem::NoCode);
    }
    if corners.saturating_pow(3).saturating_mul(width * height) / 4 > MAX_COPIED {
        return Err(ScanProblem::TooBusy);
    }
    let grids = prepared.detect_grids();
    let mut codes = BTreeSet::new();
    for grid in &grids {
        let mut code = Vec::new();
        if grid.decode_to(&mut code).is_ok() {
            codes.insert(code);
        }
    }
    match codes.pop_first() {
        Some(code) if codes.is_empty() => Ok(code),
        Some(_) => Err(ScanProblem::Several),
        None if grids.is_empty() => Err(ScanProblem::NoCode),
        None => Err(ScanProblem::Unreadable),
    }
}
