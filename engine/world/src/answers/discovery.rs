//! What could be said about a server, truthfully or not.

use serde_json::{Value, json};

use super::reply::{Named, matrix, ok_json, status, web_page, with_header};
use crate::world::{AUTHORITY, KNOWN_AUTHORITY};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) fn well_known() -> Vec<Named> {
    let to = |base: &str| ok_json(200, json!({ "m.homeserver": { "base_url": base } }));
    let redirect = |to: &str| with_header(status(302, json!({})), "location", to);
    vec![
        ("delegated", to("https://matrix.example.org")),
        ("no delegation", web_page(404)),
        ("delegated insecurely", to("http://matrix.example.org")),
        ("delegated nowhere", to("not an address")),
        ("no homeserver in it", ok_json(200, json!({ "m.identity_server": {} }))),
        ("redirect", redirect("https://www.example.org/.well-known/matrix/client")),
        ("redirect to http", redirect("http://www.example.org/.well-known/matrix/client")),
    ]
}

pub(super) fn versions() -> Vec<Named> {
    vec![
        ("a homeserver", ok_json(200, json!({ "versions": ["r0.6.1", "v1.11"] }))),
        (
            "a homeserver with a rendezvous of 2024",
            ok_json(
                200,
                json!({ "versions": ["v1.11"], "unstable_features": { "org.matrix.msc4108": true } }),
            ),
        ),
        (
            "a homeserver of odd features",
            ok_json(200, json!({ "versions": ["v1.11"], "unstable_features": 7 })),
        ),
        ("an old homeserver", ok_json(200, json!({ "versions": ["r0.5.0", "r0.6.1"] }))),
        ("no homeserver", web_page(404)),
        ("no versions", ok_json(200, json!({ "versions": "all" }))),
    ]
}

/// What is said about the rendezvous of 2025 to whoever is not signed in.
pub(super) fn rendezvous() -> Vec<Named> {
    let available = |value: Value| ok_json(200, json!({ "create_available": value }));
    vec![
        ("no rendezvous", matrix(404, "M_UNRECOGNIZED")),
        ("open rendezvous", available(json!(true))),
        ("rendezvous for users", matrix(401, "M_MISSING_TOKEN")),
        ("rendezvous forbidden", matrix(403, "M_FORBIDDEN")),
        ("rendezvous not for us", available(json!(false))),
        ("rendezvous in a word", available(json!("true"))),
        ("rendezvous of null", available(Value::Null)),
        ("rendezvous not found", matrix(404, "M_NOT_FOUND")),
        ("rendezvous of a page", web_page(404)),
        ("rendezvous behind a door", status(401, json!({}))),
    ]
}

pub(super) fn login_flows() -> Vec<Named> {
    let flows = |flows: Value| ok_json(200, json!({ "flows": flows }));
    let idps = json!([{ "id": "oidc-one", "name": "One", "brand": "one" }, { "id": "../x", "name": "bad" }]);
    vec![
        (
            "every login",
            flows(json!([
                { "type": "m.login.password" },
                { "type": "m.login.sso", "identity_providers": idps },
                { "type": "m.login.token" },
                { "type": "org.example.other" },
            ])),
        ),
        ("password login", flows(json!([{ "type": "m.login.password" }]))),
        ("single sign-on", flows(json!([{ "type": "m.login.sso" }]))),
        (
            "single sign-on preferred",
            flows(json!([
                { "type": "m.login.password" },
                { "type": "m.login.sso", "oauth_aware_preferred": true },
            ])),
        ),
        (
            "odd login flows",
            flows(json!([
                null,
                "m.login.password",
                { "type": 7 },
                { "type": "m.login.sso", "identity_providers": [null, { "id": 7 }, { "id": "odd", "name": null, "brand": {} }] },
                { "type": "m.login.password" },
            ])),
        ),
        ("other login flows", flows(json!([{ "type": "org.example.other" }]))),
        ("no login flows", flows(json!([]))),
        ("no login", matrix(404, "M_UNRECOGNIZED")),
        ("login forbidden", matrix(403, "M_FORBIDDEN")),
        ("login not found", matrix(404, "M_NOT_FOUND")),
    ]
}

/// An authorization server that can do everything.
fn metadata(host: &str) -> Value {
    let at = |path: &str| format!("https://{host}/{path}");
    json!({
        "issuer": at(""),
        "authorization_endpoint": at("authorize?kept=1"),
        "token_endpoint": at("oauth2/token"),
        "revocation_endpoint": at("oauth2/revoke"),
        "registration_endpoint": at("oauth2/registration"),
        "device_authorization_endpoint": at("oauth2/device"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_CODE],
        "code_challenge_methods_supported": ["plain", "S256"],
        "prompt_values_supported": ["login", "create"],
        "account_management_uri": at("account"),
        "account_management_actions_supported": ["org.matrix.profile", "org.matrix.session_end"],
    })
}

/// An endpoint that is not where the issuer is.
const ELSEWHERE: &str = "https://clients.example.org/oauth2/registration";

/// What the issuer says about itself.
pub(super) fn issuer_metadata() -> Vec<Named> {
    let of = |registration_endpoint: &str| {
        let mut metadata = metadata(AUTHORITY);
        metadata["registration_endpoint"] = registration_endpoint.into();
        ok_json(200, metadata)
    };
    vec![
        ("the same", of(ELSEWHERE)),
        ("another endpoint", of("https://auth.example.org/oauth2/registration")),
        (
            "another issuer",
            ok_json(200, json!({ "issuer": "https://other.example/", "registration_endpoint": ELSEWHERE })),
        ),
        ("nothing about itself", web_page(404)),
    ]
}

pub(super) fn auth_metadata() -> Vec<Named> {
    let of = |host: &str, changes: Value| {
        let mut metadata = metadata(host);
        for (field, value) in changes.as_object().into_iter().flatten() {
            metadata[field] = value.clone();
        }
        ok_json(200, metadata)
    };
    let but = |changes: Value| of(AUTHORITY, changes);
    // No page for the account, no device code, no revocation, and no word about new accounts.
    let spare = json!({
        "revocation_endpoint": null,
        "device_authorization_endpoint": null,
        "prompt_values_supported": null,
        "account_management_uri": null,
        "authorization_response_iss_parameter_supported": true,
    });
    let known = json!({ "registration_endpoint": null, "prompt_values_supported": ["login"] });
    vec![
        ("no OAuth", matrix(404, "M_UNRECOGNIZED")),
        ("OAuth", but(json!({}))),
        ("spare OAuth", but(spare)),
        ("OAuth that knows us", of(KNOWN_AUTHORITY, known)),
        ("OAuth that knows nobody", but(json!({ "registration_endpoint": null }))),
        ("OAuth without PKCE", but(json!({ "code_challenge_methods_supported": ["plain"] }))),
        ("OAuth without codes", but(json!({ "response_types_supported": ["id_token"] }))),
        ("OAuth over http", but(json!({ "token_endpoint": "http://auth.example.org/token" }))),
        ("OAuth in two places", but(json!({ "registration_endpoint": ELSEWHERE }))),
        (
            "OAuth by the page of another",
            but(json!({ "authorization_endpoint": "https://evil.example/authorize" })),
        ),
        ("OAuth of nobody", but(json!({ "issuer": "nobody" }))),
        ("half an OAuth", ok_json(200, json!({ "issuer": "https://auth.example.org/" }))),
    ]
}
