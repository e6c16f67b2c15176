//! Pictures of QR codes to what is in them, for Narthex frontends.
//!
//! What comes out are raw bytes: a code for a sign-in has a key in it, which is no text.
#![warn(missing_docs)]

#[cfg(feature = "fuzz")]
pub mod fuzz;
mod look;
mod patterns;
mod picture;
mod problem;
#[cfg(test)]
mod tests;

pub use problem::{MAX_FILE, MAX_PIXELS, ScanProblem};

/// What the QR code says in a picture: a file, PNG or JPEG.
///
/// The code may be turned, mirrored, light on dark, or on a transparent background.
///
/// A library beneath panics on some pictures. That is caught; a program that is built to abort on a panic has another
/// process call this.
///
/// # Errors
///
/// Why there is no such code.
pub fn scan(file: &[u8]) -> Result<Vec<u8>, ScanProblem> {
    let mut problem = ScanProblem::NoCode;
    for grey in picture::read(file)? {
        for grey in picture::sizes(grey) {
            for code in [look::look(grey.clone()), look::look(picture::inverted(grey))] {
                match code {
                    Ok(code) => return Ok(code),
                    Err(ScanProblem::Several) => return Err(ScanProblem::Several),
                    // Whatever else is found in a picture says more than that there is nothing in another form of it.
                    Err(ScanProblem::NoCode) => {}
                    Err(worse @ (ScanProblem::Unreadable | ScanProblem::TooBusy)) => problem = worse,
                    Err(other @ (ScanProblem::NotAPicture | ScanProblem::TooLarge)) => return Err(other),
                }
            }
        }
    }
    Err(problem)
}
