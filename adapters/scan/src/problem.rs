//! Why does a picture give no code?

use std::fmt;

/// The longest file that is read, in bytes. Pictures of screens and of cameras are shorter.
pub const MAX_FILE: usize = 20 * 1024 * 1024;
/// The largest picture that is looked at, in pixels. It is in memory as a whole, several times.
pub const MAX_PIXELS: u64 = 20_000_000;

/// Why a picture gives no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScanProblem {
    /// It is no picture (PNG or JPEG), or a damaged one.
    NotAPicture,
    /// It has more than 20 MiB or 20 megapixels.
    TooLarge,
    /// There is no code in it.
    NoCode,
    /// There is a code in it, and it cannot be read: it is not sharp, or partly covered.
    Unreadable,
    /// There are several in it, which say different things.
    Several,
    /// So much in it looks like a part of a code that it would take too long to look for one. It helps to cut out the
    /// code.
    TooBusy,
}

impl fmt::Display for ScanProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAPicture => "no PNG or JPEG picture",
            Self::TooLarge => "a picture of more than 20 MiB or 20 megapixels",
            Self::NoCode => "no QR code in the picture",
            Self::Unreadable => "a QR code that cannot be read",
            Self::Several => "several QR codes that differ",
            Self::TooBusy => "a picture with too much in it that looks like a QR code",
        })
    }
}

impl std::error::Error for ScanProblem {}
