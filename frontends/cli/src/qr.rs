//! An address as a picture that a phone can read.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use url::Url;

use crate::lines::{columns, width};

/// The picture, a line each; nothing where it does not fit.
pub(crate) fn lines(url: &Url) -> Vec<String> {
    let Ok(code) = QrCode::with_error_correction_level(url.as_str(), EcLevel::L) else { return Vec::new() };
    // Light on dark, as most terminals are: readers take either.
    let picture = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
    // With spaces that are not taken for gaps between words.
    let lines: Vec<String> = picture.lines().map(|line| line.replace(' ', "\u{a0}")).collect();
    let fits = lines.iter().all(|line| width(line) <= columns().min(120));
    if fits { lines } else { Vec::new() }
}
