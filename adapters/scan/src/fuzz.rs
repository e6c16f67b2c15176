//! What raw bytes are to whoever looks for a code.

use crate::scan;

/// What is done with raw bytes.
pub type Target = fn(&[u8]);

/// Every target by name, for the replay of their corpora.
pub const TARGETS: [(&str, Target); 1] = [("picture", picture)];

/// A file: there is a code in it, or there is none.
///
/// # Panics
///
/// When a code has more in it than the largest can hold.
pub fn picture(data: &[u8]) {
    // A small file may be a large picture, and what it costs to look at one is known.
    if let Ok(size) = image::ImageReader::new(std::io::Cursor::new(data)).with_guessed_format()
        && size.into_dimensions().is_ok_and(|(width, height)| u64::from(width) * u64::from(height) > 250_000)
    {
        return;
    }
    static OURS: std::sync::Once = std::sync::Once::new();
    OURS.call_once(|| {
        // A fuzzer takes each panic for a finding. Those of rqrr are caught, and known.
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_ours = panic.location().is_none_or(|at| !at.file().contains("rqrr"));
            if is_ours {
                told(panic);
            }
        }));
    });
    assert!(scan(data).map_or(0, |code| code.len()) <= 7089);
}
