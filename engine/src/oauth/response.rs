//! The authorization response: what a callback says to one authorization request.
//!
//! RFC 6749 §4.1.2; RFC 9207; RFC 8252 §8.10.

use url::Url;

use crate::metadata::Metadata;
use crate::secret::Secret;
use crate::text::{is_error_code, one_line};
use crate::token::MAX_TOKEN;

use super::request::AuthorizationRequest;

/// What it says.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum AuthorizationResponse {
    /// It is not the answer to our request: nothing is concluded from it.
    Foreign,
    /// The user is signed in.
    Code(Secret<String>),
    /// They are not.
    Refused { error: String, description: Option<String> },
    /// It contradicts itself.
    Malformed,
    /// It comes from somebody else, although it knows our state.
    WrongIssuer,
}

pub(super) fn read(url: &Url, request: &AuthorizationRequest, metadata: &Metadata) -> AuthorizationResponse {
    if !is_at(url, &request.redirect_uri) {
        return AuthorizationResponse::Foreign;
    }
    // Owned by guards, because any of it may be what a token is worth.
    let pairs: Vec<(String, Secret<String>)> =
        url.query_pairs().map(|(key, value)| (key.into_owned(), Secret::new(value.into_owned()))).collect();
    let all = |key: &str| pairs.iter().filter(|(k, _)| k == key).map(|(_, value)| value).collect::<Vec<_>>();
    // A doubled state is nobody's.
    match all("state").as_slice() {
        [state] if **state == request.state => {}
        _ => return AuthorizationResponse::Foreign,
    }
    // By the byte: no two spellings of an issuer are the same (RFC 9207 §2.4).
    match all("iss").as_slice() {
        [] if !metadata.names_itself => {}
        [issuer] if *issuer.expose() == metadata.issuer => {}
        _ => return AuthorizationResponse::WrongIssuer,
    }
    match (all("code").as_slice(), all("error").as_slice()) {
        ([code], []) if (1..=MAX_TOKEN).contains(&code.expose().len()) => {
            AuthorizationResponse::Code((*code).clone())
        }
        ([], [error]) => {
            let error = one_line(error.expose(), 128);
            let description = all("error_description").first().map(|text| one_line(text.expose(), 200));
            let error = if is_error_code(&error) { error } else { "unknown".to_owned() };
            AuthorizationResponse::Refused { error, description: description.filter(|text| !text.is_empty()) }
        }
        _ => AuthorizationResponse::Malformed,
    }
}

/// Whether a url leads to the redirect URI: the same scheme, host, port and path, and at most an empty fragment.
fn is_at(url: &Url, redirect_uri: &Url) -> bool {
    let plain = url.username().is_empty() && url.password().is_none();
    let place = |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port());
    plain
        && place(url) == place(redirect_uri)
        && url.path() == redirect_uri.path()
        && url.fragment().is_none_or(str::is_empty)
}
