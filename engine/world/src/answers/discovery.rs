//! What could be said about a server, truthfully or not.

use serde_json::json;

use super::{Named, matrix, ok_json, status, web_page, with_header};

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
        ("no homeserver", web_page(404)),
        ("no versions", ok_json(200, json!({ "versions": "all" }))),
    ]
}

pub(super) fn login_flows() -> Vec<Named> {
    let flows = |flows: serde_json::Value| ok_json(200, json!({ "flows": flows }));
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
        ("no login flows", flows(json!([]))),
        ("no login", matrix(404, "M_UNRECOGNIZED")),
        ("login forbidden", matrix(403, "M_FORBIDDEN")),
    ]
}

pub(super) fn auth_metadata() -> Vec<Named> {
    vec![
        ("no OAuth", matrix(404, "M_UNRECOGNIZED")),
        (
            "OAuth",
            ok_json(
                200,
                json!({ "issuer": "https://auth.example.org/", "account_management_uri": "https://auth.example.org/account" }),
            ),
        ),
    ]
}
