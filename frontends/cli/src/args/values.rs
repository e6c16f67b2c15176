//! How is the value of a flag read?

/// Of letters that no path and no shell takes for something else.
pub(super) fn profile(name: &str) -> Result<String, &'static str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    let is_name = (1..=64).contains(&name.len()) && name.bytes().all(plain);
    is_name.then(|| name.to_owned()).ok_or("a profile name has 1 to 64 letters, digits, - or _")
}

/// An id, in which what is not seen may be typed as it is shown.
#[expect(clippy::unnecessary_wraps, reason = "of what parses a value")]
pub(super) fn id(shown: &str) -> Result<String, std::convert::Infallible> {
    Ok(narthex_text::of_shown_id(shown))
}
