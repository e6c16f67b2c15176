//! What does the authorization server say about itself? RFC 8414, as the homeserver passes it on.

use narthex::Response;
use serde_json::{Value, json};

use crate::answer::{Refusal, ok};
use crate::config::Config;
use crate::sandbox::Sandbox;

use super::settings::OauthConfig;
use super::token::DEVICE_CODE;

/// What is the same for every configuration, as recorded from Matrix Authentication Service 1.22.
const CONSTANT: &str = include_str!("metadata.json");

/// How long Synapse lets it be kept.
const CACHE_CONTROL: &str = "public, max-age=600, s-maxage=3600, stale-while-revalidate=600";

impl Sandbox {
    pub(crate) fn oauth_metadata(&self, stable: bool) -> Result<Response, Refusal> {
        match &self.config.oauth {
            Some(oauth) if oauth.stable_path || !stable => {
                let mut response = ok(&metadata(&self.config, oauth));
                response.headers.push(("cache-control".to_owned(), CACHE_CONTROL.to_owned()));
                Ok(response)
            }
            Some(_) | None => Err(Refusal::unrecognized(404)),
        }
    }
}

fn metadata(config: &Config, oauth: &OauthConfig) -> Value {
    let mut told: Value = serde_json::from_str(CONSTANT).expect("the constant part is a JSON object");
    for (name, path) in [
        ("issuer", ""),
        ("account_management_uri", "account/"),
        ("authorization_endpoint", "authorize"),
        ("token_endpoint", "oauth2/token"),
        ("jwks_uri", "oauth2/keys.json"),
        ("registration_endpoint", "oauth2/registration"),
        ("revocation_endpoint", "oauth2/revoke"),
        ("introspection_endpoint", "oauth2/introspect"),
        ("userinfo_endpoint", "oauth2/userinfo"),
        ("org.matrix.matrix-authentication-service.graphql_endpoint", "graphql"),
    ] {
        told[name] = config.oauth_address(path).into();
    }
    let mut prompts = vec!["login"];
    if oauth.registration {
        prompts.push("create");
    }
    told["prompt_values_supported"] = json!(prompts);
    if oauth.device_grant.is_some() {
        told["device_authorization_endpoint"] = config.oauth_address("oauth2/device").into();
        if let Some(grants) = told["grant_types_supported"].as_array_mut() {
            grants.push(DEVICE_CODE.into());
        }
    }
    if oauth.iss {
        told["authorization_response_iss_parameter_supported"] = true.into();
    }
    told
}
