//! How the application introduces itself.
//!
//! Client-server specification, "Client registration" (MSC2966); RFC 7591.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::config::Client;
use crate::failure::{Cause, Failure, Misbehaviour, Missing, Refusal};
use crate::http::Answer;
use crate::metadata::{DEVICE_CODE, Metadata};
use crate::redirect::lint;

/// The longest client id that is taken, in bytes.
const MAX_CLIENT_ID: usize = 2048;

/// As whom we are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Registered {
    pub(crate) client_id: String,
    /// Whether it may sign in by a code that is entered on another device.
    pub(crate) device_grant: bool,
}

/// The path that callbacks of this authorization server come to. Each has its own, so that one server cannot pass off
/// its answer as another's (RFC 9700 §4.4).
pub(crate) fn path(issuer: &str) -> String {
    use std::fmt::Write as _;
    let mut path = "/oauth/".to_owned();
    for byte in &Sha256::digest(issuer)[..8] {
        let _ = write!(path, "{byte:02x}");
    }
    path
}

/// The private-use address, if the application has a scheme that can be registered.
pub(crate) fn private_use(client: &Client, path: &str) -> Option<String> {
    let uri = format!("{}:{path}", client.scheme.as_deref()?);
    lint(client.uri.as_str(), &uri).is_ok().then_some(uri)
}

/// The same at each sign-in, so that a server may answer with the same client id.
pub(super) fn registration(client: &Client, metadata: &Metadata) -> Value {
    let path = path(&metadata.issuer);
    let mut redirect_uris = vec![format!("http://127.0.0.1{path}"), format!("http://[::1]{path}")];
    redirect_uris.extend(private_use(client, &path));
    let mut grant_types = vec!["authorization_code", "refresh_token"];
    if metadata.device_authorization_endpoint.is_some() {
        grant_types.push(DEVICE_CODE);
    }
    let mut body = json!({
        "client_name": client.name,
        "client_uri": client.uri,
        "application_type": "native",
        "redirect_uris": redirect_uris,
        "token_endpoint_auth_method": "none",
        "response_types": ["code"],
        "grant_types": grant_types,
    });
    for (field, uri) in
        [("logo_uri", &client.logo_uri), ("tos_uri", &client.tos_uri), ("policy_uri", &client.policy_uri)]
    {
        if let Some(uri) = uri {
            body[field] = json!(uri);
        }
    }
    body
}

/// As whom the server knows us now. What it grants may be less than what was asked for.
pub(super) fn registered(answer: &Answer<'_>, metadata: &Metadata) -> Result<Registered, Failure> {
    #[derive(Deserialize)]
    struct Body {
        client_id: String,
        grant_types: Option<Vec<String>>,
    }
    match (answer.status(), answer.oauth_error()) {
        (200..=299, _) => {
            let Body { client_id, grant_types } = answer.json()?;
            let plain = client_id.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
            if client_id.is_empty() || client_id.len() > MAX_CLIENT_ID || !plain {
                return Err(answer.misbehaved(Misbehaviour::InvalidField("client_id")));
            }
            let granted = grant_types.is_none_or(|grants| grants.iter().any(|grant| grant == DEVICE_CODE));
            let device_grant = granted && metadata.device_authorization_endpoint.is_some();
            Ok(Registered { client_id, device_grant })
        }
        (404 | 405, "") => Err(answer.failure(Cause::Unsupported { missing: Missing::ClientRegistration })),
        (401 | 403, _) if !answer.is_web_page() => refused(answer),
        (400..=499, error) if !error.is_empty() => refused(answer),
        _ => Err(answer.unexpected()),
    }
}

fn refused<T>(answer: &Answer<'_>) -> Result<T, Failure> {
    Err(answer.failure(Cause::Refused { refusal: Refusal::ClientRefused }))
}
