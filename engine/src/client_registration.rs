//! As which client an authorization server knows us: as one it was told of before, or as one that registers itself.
//!
//! Client-server specification, "Client registration" (MSC2966); RFC 7591.
//!
//! ```text
//!   Asking ──▶ Done            Done at once where the client is known
//! ```

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::config::Client;
use crate::cx::{Cx, Event, Wait};
use crate::exchange::Exchange;
use crate::failure::{Cause, Failure, Misbehaviour, Missing, Refusal};
use crate::http::{Answer, Call};
use crate::io::Time;
use crate::metadata::{DEVICE_CODE, Metadata};
use crate::redirect::lint;

/// The longest client id that is taken, in bytes.
const MAX_CLIENT_ID: usize = 2048;

/// A client, as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct RegisteredClient {
    pub(crate) client_id: String,
    /// Whether it may sign in by a code that is entered on another device.
    pub(crate) device_grant: bool,
}

/// The registration of a client with one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ClientRegistration {
    Asking { exchange: Exchange },
    Done { client: RegisteredClient },
}

impl ClientRegistration {
    /// As the client that is known, unless the server `has_forgotten` it.
    ///
    /// # Errors
    ///
    /// Where no client can be registered, and none is known. Then nothing is asked for.
    pub(crate) fn start(metadata: &Metadata, has_forgotten: bool, cx: &mut Cx<'_>) -> Result<Self, Failure> {
        if let Some(client) = known(metadata, cx).filter(|_| !has_forgotten) {
            return Ok(Self::Done { client });
        }
        let call = send(metadata, cx).ok_or_else(missing)?;
        Ok(Self::Asking { exchange: Exchange::new(call) })
    }

    /// Whether it can be [started](Self::start), before anything is asked for.
    ///
    /// # Errors
    ///
    /// As there.
    pub(crate) fn check(metadata: &Metadata, has_forgotten: bool, cx: &Cx<'_>) -> Result<(), Failure> {
        let is_known = !has_forgotten && known(metadata, cx).is_some();
        if is_known || metadata.registration_endpoint.is_some() { Ok(()) } else { Err(missing()) }
    }

    /// Takes in a reply or a timeout.
    ///
    /// # Errors
    ///
    /// Why the server registers no client.
    pub(crate) fn handle(
        &mut self,
        event: &Event<'_>,
        metadata: &Metadata,
        cx: &mut Cx<'_>,
    ) -> Result<(), Failure> {
        let Self::Asking { exchange } = self else { return Ok(()) };
        let again = |cx: &mut Cx<'_>| send(metadata, cx).expect("it was sent before");
        match exchange.handle(event, cx, again, |answer, _| registered(answer, metadata)) {
            None => Ok(()),
            Some(Ok(client)) => {
                *self = Self::Done { client };
                Ok(())
            }
            Some(Err(failure)) => Err(failure),
        }
    }

    pub(crate) const fn wait(&self) -> Option<Wait> {
        match self {
            Self::Asking { exchange } => Some(exchange.wait()),
            Self::Done { .. } => None,
        }
    }

    pub(crate) const fn client(&self) -> Option<&RegisteredClient> {
        match self {
            Self::Done { client } => Some(client),
            Self::Asking { .. } => None,
        }
    }

    /// Until when the server wants patience, and how it said so.
    pub(crate) const fn limited(&self) -> Option<(Time, &Failure)> {
        match self {
            Self::Asking { exchange } => exchange.limited(),
            Self::Done { .. } => None,
        }
    }
}

const fn missing() -> Failure {
    Failure { cause: Cause::Unsupported { missing: Missing::ClientRegistration }, evidence: None }
}

fn known(metadata: &Metadata, cx: &Cx<'_>) -> Option<RegisteredClient> {
    let known = cx.config.client.known.iter().find(|known| known.issuer == metadata.issuer)?;
    let device_grant = metadata.device_authorization_endpoint.is_some();
    Some(RegisteredClient { client_id: known.client_id.clone(), device_grant })
}

fn send(metadata: &Metadata, cx: &mut Cx<'_>) -> Option<Call> {
    let endpoint = metadata.registration_endpoint.clone()?;
    Some(Call::post(endpoint, &registration(&cx.config.client, metadata), cx))
}

/// The path that callbacks of this authorization server come to. Each has its own, so that one server cannot pass off
/// its answer as another's (RFC 9700 §4.4).
pub(crate) fn redirect_path(issuer: &str) -> String {
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
fn registration(client: &Client, metadata: &Metadata) -> Value {
    let path = redirect_path(&metadata.issuer);
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

/// As which client the server knows us now. What it grants may be less than what was asked for.
fn registered(answer: &Answer<'_>, metadata: &Metadata) -> Result<RegisteredClient, Failure> {
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
            Ok(RegisteredClient { client_id, device_grant })
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

#[cfg(test)]
mod tests;
