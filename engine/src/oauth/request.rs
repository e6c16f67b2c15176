//! The question that the browser takes to the authorization server.
//!
//! Client-server specification, "Authorization code grant" (MSC2964), "Scope allocation" (MSC2967); RFC 7636.

use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, basic::BasicClient,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::cx::Cx;
use crate::http::Page;
use crate::metadata::Metadata;
use crate::secret::{Secret, exposed};

use super::client::Registered;

/// A sign-in that waits for its callback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) client: Registered,
    /// Where the callback will come to, exactly.
    pub(crate) redirect_uri: Url,
    #[serde(with = "exposed")]
    pub(crate) state: Secret<String>,
    #[serde(with = "exposed")]
    pub(crate) verifier: Secret<String>,
    /// The page to show.
    pub(crate) page: Page,
}

/// What the person is sent to the browser for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purpose<'p> {
    pub(super) create: bool,
    /// The user that is expected.
    pub(super) user_id: Option<&'p str>,
    pub(super) device_id: &'p str,
}

impl Request {
    pub(super) fn new(
        metadata: &Metadata,
        client: Registered,
        redirect_uri: Url,
        purpose: Purpose<'_>,
        cx: &mut Cx<'_>,
    ) -> Self {
        // 128 bits, and 43 to 128 characters, as RFC 6749 §10.10 and RFC 7636 §4.1 have it.
        let state = cx.secret_hex::<16>();
        let verifier = cx.secret_hex::<32>();
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.expose().clone()));
        let oauth = BasicClient::new(ClientId::new(client.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(metadata.authorization_endpoint.clone()))
            .set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()));
        let mut asked = oauth
            .authorize_url(|| CsrfToken::new(state.expose().clone()))
            .set_pkce_challenge(challenge)
            .add_extra_param("response_mode", "query");
        for scope in scopes(metadata, purpose.device_id) {
            asked = asked.add_scope(Scope::new(scope));
        }
        if purpose.create && metadata.creates == Some(true) {
            asked = asked.add_extra_param("prompt", "create");
        }
        if let Some(user_id) = purpose.user_id {
            asked = asked.add_extra_param("login_hint", format!("mxid:{user_id}"));
        }
        let (url, _) = asked.url();
        Self { client, redirect_uri, state, verifier, page: Page(url) }
    }
}

/// What is asked for: the whole API, as one device. Both of the same family, because servers refuse a mixture.
pub(super) fn scopes(metadata: &Metadata, device_id: &str) -> [String; 2] {
    let family = if metadata.is_unstable { UNSTABLE } else { STABLE };
    [format!("{family}api:*"), format!("{family}device:{device_id}")]
}

/// Whether a device of this name can be asked for: an earlier session may have been given any name, and a space in it
/// would ask for more. Matrix Authentication Service shows the person a dead end for fewer than ten characters.
pub(super) fn is_fit(device_id: &str) -> bool {
    let of_a_scope = |b: u8| b.is_ascii_graphic() && !b"\"\\".contains(&b);
    (10..=255).contains(&device_id.len()) && device_id.bytes().all(of_a_scope)
}

/// Whether what was granted is what was asked for, under either name.
pub(super) fn is_enough(granted: &str, device_id: &str) -> bool {
    let has = |what: &str| {
        granted.split_ascii_whitespace().any(|scope| {
            [STABLE, UNSTABLE].into_iter().any(|family| scope.strip_prefix(family) == Some(what))
        })
    };
    has("api:*") && has(&format!("device:{device_id}"))
}

const STABLE: &str = "urn:matrix:client:";
const UNSTABLE: &str = "urn:matrix:org.matrix.msc2967.client:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_rights_are_needed_under_either_name() {
        for enough in [
            "urn:matrix:client:api:* urn:matrix:client:device:D",
            "openid urn:matrix:org.matrix.msc2967.client:device:D urn:matrix:org.matrix.msc2967.client:api:*",
        ] {
            assert!(is_enough(enough, "D"), "{enough}");
        }
        for little in [
            "",
            "openid",
            "urn:matrix:client:api:*",
            "urn:matrix:client:device:D",
            "urn:matrix:client:api:* urn:matrix:client:device:E",
            "urn:matrix:client:api:guest urn:matrix:client:device:D",
        ] {
            assert!(!is_enough(little, "D"), "{little}");
        }
    }
}
