//! How much of an answer is taken?

use narthex::{Lost, Response, Secret};
use reqwest::header::HeaderMap;
use zeroize::Zeroizing;

use crate::packing;

/// The engine reads a handful of headers.
const MAX_HEADERS: usize = 64;
/// In bytes.
const MAX_HEADER: usize = 8 * 1024;
/// The first guess at the length of a body, in bytes.
const SMALL: usize = 8 * 1024;

/// The whole answer, unless its body is larger than `limit`.
pub(crate) async fn read(
    mut response: reqwest::Response,
    limit: usize,
    why: impl Fn(&reqwest::Error) -> Lost,
) -> Result<Response, Lost> {
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(Lost::TooLarge);
    }
    let headers = text_headers(response.headers());
    let status = response.status().as_u16();
    let mut body = Zeroizing::new(Vec::with_capacity(SMALL.min(limit)));
    while let Some(chunk) = response.chunk().await.map_err(|error| why(&error))? {
        let length = body.len() + chunk.len();
        if length > limit {
            return Err(Lost::TooLarge);
        }
        if length > body.capacity() {
            // Not left to the vector, which would leave a copy behind.
            let mut longer = Zeroizing::new(Vec::with_capacity(length.max(body.capacity() * 2).min(limit)));
            longer.extend_from_slice(&body);
            body = longer;
        }
        body.extend_from_slice(&chunk);
    }
    let mut body = packing::unpacked(body, response.headers(), limit)?;
    Ok(Response { status, headers, body: Secret::new(std::mem::take(&mut body)) })
}

/// Those that are text and not too long. Their names are in lower case already.
fn text_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let small = headers.iter().filter(|(_, value)| value.len() <= MAX_HEADER);
    let text =
        small.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    text.take(MAX_HEADERS).collect()
}
