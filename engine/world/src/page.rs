//! What does the address of a page in the browser say?

use url::Url;

/// What an authorization server calls itself.
pub(crate) fn issuer(page: &Url) -> String {
    page.join("/").map(String::from).unwrap_or_default()
}

pub(crate) fn parameter(page: &Url, name: &str) -> Option<String> {
    page.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Where a page leads back to, if it does.
pub(crate) fn callback_of(page: &Url) -> Option<String> {
    parameter(page, "redirectUrl").or_else(|| parameter(page, "redirect_uri"))
}
