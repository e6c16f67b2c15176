//! The authorization request that the browser takes to the authorization server.
//!
//! Client-server specification, "Authorization code grant" (MSC2964); RFC 7636.

use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, basic::BasicClient,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::client_registration::RegisteredClient;
use crate::cx::Cx;
use crate::http::Page;
use crate::metadata::Metadata;
use crate::scope::scopes;
use crate::secret::{Secret, exposed};

/// A sign-in that waits for its callback.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct AuthorizationRequest {
    pub(crate) client: RegisteredClient,
    /// Where the callback will come to, exactly.
    pub(crate) redirect_uri: Url,
    #[serde(with = "exposed")]
    pub(crate) state: Secret<String>,
    #[serde(with = "exposed")]
    pub(crate) verifier: Secret<String>,
    /// The page to show.
    pub(crate) page: Page,
}

/// What the user is sent to the browser for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purpose<'p> {
    pub(super) create: bool,
    /// The user that is expected.
    pub(super) user_id: Option<&'p str>,
    pub(super) device_id: &'p str,
}

impl AuthorizationRequest {
    pub(super) fn new(
        metadata: &Metadata,
        client: RegisteredClient,
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
