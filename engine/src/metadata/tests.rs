//! An authorization server, for the tests of the parts that deal with one.

use std::sync::Arc;

use url::Url;

use super::Metadata;

fn at(path: &str) -> Url {
    Url::parse("https://auth.example.org/").and_then(|base| base.join(path)).unwrap()
}

/// One that can do everything.
pub(crate) fn metadata() -> Metadata {
    Metadata {
        issuer: at("").to_string(),
        authorization_endpoint: at("authorize"),
        token_endpoint: at("token"),
        revocation_endpoint: Some(at("revoke")),
        registration_endpoint: Some(at("register")),
        device_authorization_endpoint: Some(at("device")),
        creates: Some(true),
        names_itself: false,
        account_management: None,
        is_unstable: false,
    }
}

pub(crate) fn shared() -> Arc<Metadata> {
    Arc::new(metadata())
}
