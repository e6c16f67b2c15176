//! Does what a command prints reach standard output?

#[cfg(unix)]
use std::fs::File;
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

/// Notes if nobody can read what is written. The standard library puts `/dev/null` where a descriptor was closed, to be
/// written and read; the shell opens it to be written alone, for whoever wants to discard the output.
#[cfg(unix)]
pub(crate) fn check_reader() {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};

    use rustix::fs::{OFlags, fcntl_getfl};
    let out = io::stdout();
    let is_both = fcntl_getfl(&out).is_ok_and(|flags| flags.contains(OFlags::RDWR));
    let device = out.as_fd().try_clone_to_owned().map(File::from).and_then(|file| file.metadata());
    let null = std::fs::metadata("/dev/null");
    if let (true, Ok(device), Ok(null)) = (is_both, device, null)
        && device.file_type().is_char_device()
        && device.rdev() == null.rdev()
    {
        check(Err(rustix::io::Errno::BADF.into()));
    }
}

/// Elsewhere it cannot be known.
#[cfg(not(unix))]
pub(crate) const fn check_reader() {}

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
