//! How is a body packed, and what is in it?

use std::io::Read as _;

use flate2::read::GzDecoder;
use narthex::Lost;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use zeroize::Zeroizing;

/// What is asked for.
pub(crate) const ACCEPTED: &str = "gzip";
/// What gzip begins with (RFC 1952 §2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The body as it is meant, of at most `limit` bytes. Servers and proxies name a packing that is not there, or name it in
/// their own way (RFC 9110 §8.4.1: any case, `x-gzip`).
pub(crate) fn unpacked(
    body: Zeroizing<Vec<u8>>,
    headers: &HeaderMap,
    limit: usize,
) -> Result<Zeroizing<Vec<u8>>, Lost> {
    let named = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let named = named.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
    let packings: Vec<String> = named.filter(|name| !matches!(&**name, "" | "identity")).collect();
    let is_gzip = matches!(&*packings, [name] if matches!(&**name, "gzip" | "x-gzip"));
    match packings.is_empty() {
        false if is_gzip && body.starts_with(&GZIP) => gunzipped(&body, limit),
        // It says that it is packed, and is not.
        false if std::str::from_utf8(&body).is_ok() => Ok(body),
        false => Err(Lost::Encoding),
        true => Ok(body),
    }
}

/// Counted as it is unpacked: a small body may hold a large one.
fn gunzipped(packed: &[u8], limit: usize) -> Result<Zeroizing<Vec<u8>>, Lost> {
    // Made once, and never moved: nothing of it is left behind.
    let mut body = Zeroizing::new(Vec::with_capacity(limit + 1));
    GzDecoder::new(packed).take(limit as u64 + 1).read_to_end(&mut body).map_err(|_| Lost::Broken)?;
    if body.len() > limit { Err(Lost::TooLarge) } else { Ok(body) }
}
