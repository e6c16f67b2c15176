//! Where does the content of a QR code come from?

use std::io::Read as _;
use std::path::Path;

use narthex::ScannedCode;

use crate::exit::{Asked, Exit};
use crate::input::Lines;

/// The largest picture that is read, in bytes.
const LARGEST: u64 = 20 << 20;
/// What stands for standard input.
const STDIN: &str = "-";

/// What was scanned. From standard input it is the first line in JSON mode, and else all of it. `None` where a person at a
/// terminal is to be asked.
pub(crate) async fn scanned(
    source: &Path,
    lines: Option<&mut Lines>,
    at_terminal: bool,
) -> Result<Option<ScannedCode>, Exit> {
    if source.as_os_str() != STDIN {
        let file = |error| Exit::File { path: source.display().to_string(), error };
        let bytes = std::fs::File::open(source).and_then(|file| {
            let mut bytes = Vec::new();
            file.take(LARGEST).read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        return Ok(Some(content(&bytes.map_err(file)?)));
    }
    if let Some(lines) = lines {
        let line = lines.secret().await.map_err(|why| Exit::BadLine { what: Asked::Code, why })?;
        return Ok(Some(ScannedCode::from_base64(line.expose())));
    }
    if at_terminal {
        return Ok(None);
    }
    let read = tokio::task::spawn_blocking(|| {
        let mut bytes = Vec::new();
        std::io::stdin().take(LARGEST).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    });
    let bytes = read.await.map_err(|error| Exit::System(error.to_string()))?;
    Ok(Some(content(&bytes.map_err(|error| Exit::System(error.to_string()))?)))
}

/// The content of a code: its raw bytes, the same as base64, or a picture of it.
fn content(bytes: &[u8]) -> ScannedCode {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return ScannedCode::from_base64(text.trim());
    }
    match narthex_scan::scan(bytes) {
        Ok(read) => ScannedCode::from_bytes(&read),
        // The bytes of a code themselves, or nothing that anybody could use.
        Err(_) => ScannedCode::from_bytes(bytes),
    }
}
