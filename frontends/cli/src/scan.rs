//! Where does the content of a QR code come from?

use std::io::{self, IsTerminal as _, Read as _};
use std::path::Path;

use narthex::{QrPayload, ScannedCode, WrongCode};

use crate::exit::{Asked, Exit, NoCode};
use crate::explain::explain;
use crate::input::{Lines, Unusable};
use crate::picture;
use crate::setup::Setup;

/// The largest picture that is read, in bytes.
const LARGEST: u64 = 20 << 20;
/// What stands for standard input.
const STDIN: &str = "-";

/// What was scanned. From standard input it is the first line in JSON mode, and else all of it. `None` where a user at a
/// terminal is to be asked: they were told what is wrong with a file.
pub(crate) async fn scanned(
    source: &Path,
    lines: Option<&mut Lines>,
    setup: &Setup,
) -> Result<Option<ScannedCode>, Exit> {
    let at_terminal = !setup.global.json && io::stdin().is_terminal();
    if source.as_os_str() != STDIN {
        return match of_file(source).await {
            Err(exit) if at_terminal && io::stderr().is_terminal() => {
                explain(&exit, &setup.text);
                Ok(None)
            }
            read => read.map(Some),
        };
    }
    if let Some(lines) = lines {
        let line = lines.secret().await.map_err(|why| Exit::BadLine { what: Asked::Code, why })?;
        return Ok(Some(ScannedCode::from_base64(line.expose())));
    }
    if at_terminal {
        return Ok(None);
    }
    let code = read(|| Ok(io::stdin())).await.map_err(|error| Exit::System(error.to_string()))?;
    code.map(Some).map_err(|why| match why {
        NoCode::Empty => Exit::BadLine { what: Asked::Code, why: Unusable::NoInput },
        NoCode::Picture(_) => Exit::NoCode { path: None, why },
    })
}

/// What a user typed: the content of a code, or where the picture of one is, as a terminal writes it that a file is
/// dropped on.
///
/// # Errors
///
/// What is wrong with the file.
pub(crate) async fn typed(text: &str) -> Result<ScannedCode, Exit> {
    let path = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text);
    let path = Path::new(path);
    if QrPayload::from_base64(text).is_err() && (path.is_file() || is_name(text)) {
        return of_file(path).await;
    }
    Ok(ScannedCode::from_base64(text))
}

/// Whether it can only be the name of a file: base64 has no dot, and begins with no slash where it is a code.
fn is_name(text: &str) -> bool {
    text.contains('.') && !text.contains("://") || text.starts_with(['/', '~', '\''])
}

async fn of_file(path: &Path) -> Result<ScannedCode, Exit> {
    let shown = || path.display().to_string();
    let named = path.to_owned();
    let code = read(|| std::fs::File::open(named)).await;
    let code = code.map_err(|error| Exit::File { path: shown(), error })?;
    code.map_err(|why| Exit::NoCode { path: Some(shown()), why })
}

/// On a thread of its own: a pipe may be written to late, or never, and a picture may take seconds.
async fn read<R: io::Read>(
    open: impl FnOnce() -> io::Result<R> + Send + 'static,
) -> io::Result<Result<ScannedCode, NoCode>> {
    let reading = tokio::task::spawn_blocking(|| {
        let mut bytes = Vec::new();
        open()?.take(LARGEST).read_to_end(&mut bytes)?;
        content(bytes)
    });
    reading.await.map_err(io::Error::other)?
}

/// The content of a code: its raw bytes, the same as base64, or a picture of it.
fn content(bytes: Vec<u8>) -> io::Result<Result<ScannedCode, NoCode>> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Err(NoCode::Empty));
    }
    if let Ok(text) = std::str::from_utf8(&bytes) {
        return Ok(Ok(ScannedCode::from_base64(text.trim())));
    }
    // The bytes of a code themselves.
    if !matches!(QrPayload::from_bytes(&bytes), Err(WrongCode::Unknown | WrongCode::TooLong)) {
        return Ok(Ok(ScannedCode::from_bytes(&bytes)));
    }
    Ok(picture::look(bytes)?.map(|code| ScannedCode::from_bytes(&code)).map_err(NoCode::Picture))
}
