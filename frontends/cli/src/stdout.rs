//! Does what a command prints reach standard output?

use std::io::{self, Write as _};
use std::sync::OnceLock;

/// Why it does not any more.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// Writes `text` at once. After the first error nothing more is written: whoever reads would miss a part.
pub(crate) fn write(text: &[u8]) {
    if LOST.get().is_none() {
        let mut out = io::stdout().lock();
        check(out.write_all(text).and_then(|()| out.flush()));
    }
}

/// Notes what came of writing to standard output in another way.
pub(crate) fn check(written: io::Result<()>) {
    if let Err(error) = written {
        LOST.set(error).ok();
    }
}

/// Why something that was printed did not arrive, if something did not.
pub(crate) fn lost() -> Option<&'static io::Error> {
    LOST.get()
}
