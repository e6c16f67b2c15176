//! How is the server asked?

use std::fmt;
use std::time::Duration;

use matrix_sdk::ClientBuilder;
use matrix_sdk::config::RequestConfig;
use reqwest::redirect::Policy;
use reqwest::tls::Version;

use super::problem::EncryptionError;

/// How long an answer may take. matrix-sdk reads one without a limit on its length, so this is what there is.
const PATIENCE: Duration = Duration::from_secs(20);
/// matrix-sdk waits as long as a server says before it asks again. Whoever is refused is told instead.
const ATTEMPTS: usize = 1;
/// As matrix-sdk calls itself.
const USER_AGENT: &str = "matrix-rust-sdk";

/// Has a client ask as it would by itself, but for redirects, and for what is packed.
pub(super) fn asking(builder: ClientBuilder) -> Result<ClientBuilder, EncryptionError> {
    let client = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .min_tls_version(Version::TLS_1_2)
        .timeout(PATIENCE)
        // No answer of this API is one. To follow it would give the token, and what is asked, to whoever it names. Not
        // `none`: what came with it would be read as the answer.
        .redirect(Policy::custom(|attempt| attempt.error(Redirected)))
        // A small body may hold a large one.
        .no_gzip()
        .build()
        .map_err(|error| EncryptionError::Other(error.to_string()))?;
    let requests = RequestConfig::new().retry_limit(ATTEMPTS).timeout(PATIENCE);
    Ok(builder.http_client(client).request_config(requests))
}

/// The server sends us elsewhere.
#[derive(Debug)]
struct Redirected;

impl fmt::Display for Redirected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a redirect is no answer")
    }
}

impl std::error::Error for Redirected {}
