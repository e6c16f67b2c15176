//! Which applications may register? The table that was recorded under the policy of real deployments.

use narthex_sandbox::Config;
use serde_json::{Value, json};

use super::{error, metadata, world};
use crate::world::{World, text};

const REGISTRATION: &str = "auth/oauth2/registration";

/// A client of `https://example.com/` with these changes; null leaves a field out.
fn register(world: &mut World, changes: &Value) -> (u16, Value) {
    let mut body = json!({
        "client_name": "Rig App",
        "client_uri": "https://example.com/",
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": ["http://127.0.0.1/callback"],
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    world.post(REGISTRATION, &body)
}

#[test]
fn redirect_uris_are_taken_and_refused_as_recorded() {
    let mut world = world(|_| {});
    for (kind, uri, status) in [
        ("native", "http://127.0.0.1/callback", 201),
        ("native", "http://127.0.0.1:34567/callback", 201),
        ("native", "http://127.0.0.1", 201),
        ("native", "http://127.0.0.1/", 201),
        ("native", "http://localhost/cb", 201),
        ("native", "http://localhost:8080", 201),
        ("native", "http://[::1]/cb", 201),
        ("native", "http://[::1]:999/cb", 201),
        ("native", "http://127.0.0.2/cb", 400),
        ("native", "https://127.0.0.1/cb", 400),
        ("native", "https://localhost/cb", 400),
        ("native", "com.example:/callback", 201),
        ("native", "com.example.app:/callback", 201),
        ("native", "com.example.app:/", 201),
        ("native", "com.example.app:callback", 400),
        ("native", "com.example.app://callback", 400),
        ("native", "com.example.app://oauth/callback", 400),
        ("native", "com.example.app:///callback", 201),
        ("native", "robrix:/callback", 400),
        ("native", "robrix://callback", 400),
        ("native", "io.element.app:/cb", 400),
        ("native", "https://example.com/cb", 201),
        ("native", "https://app.example.com/cb", 201),
        ("native", "https://other.org/cb", 400),
        ("native", "https://notexample.com/cb", 400),
        ("native", "http://example.com/cb", 400),
        ("native", "not an address", 400),
        ("native", "https://example.com/cb#frag", 400),
        ("web", "http://127.0.0.1/callback", 400),
        ("web", "com.example.app:/callback", 400),
        ("web", "https://example.com/cb", 201),
        ("web", "https://app.example.com/cb", 201),
    ] {
        let changes = json!({ "application_type": kind, "redirect_uris": [uri] });
        let answer = register(&mut world, &changes);
        assert_eq!(answer.0, status, "{kind} {uri}");
        if status == 400 {
            assert_eq!(error(&answer).1, "invalid_redirect_uri", "{kind} {uri}");
        }
    }
}

#[test]
fn other_metadata_is_taken_and_refused_as_recorded() {
    let mut world = world(|_| {});
    let device = ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"];
    for (changes, refused) in [
        (json!({ "redirect_uris": ["http://127.0.0.1/cb", "com.example.app:/cb"] }), ""),
        (json!({ "redirect_uris": ["http://127.0.0.1/cb", "robrix:/cb"] }), "invalid redirect_uri"),
        (json!({ "redirect_uris": null }), "The value of one or more redirection URIs is invalid."),
        (json!({ "application_type": null }), "invalid redirect_uri"),
        (json!({ "client_uri": null }), "missing client_uri"),
        (json!({ "client_uri": "http://example.com/" }), "invalid client_uri"),
        (json!({ "client_uri": "http://127.0.0.1/" }), "invalid client_uri"),
        (json!({ "client_uri": "https://localhost/" }), "invalid client_uri"),
        (json!({ "client_uri": "https://github.io/" }), "client_uri is not using a valid domain"),
        (json!({ "client_uri": "https://robius.rs/", "redirect_uris": ["rs.robius.robrix:/cb"] }), ""),
        (json!({ "client_uri": "https://example.com:8443/x?y=1" }), ""),
        (json!({ "client_uri": "https://Example.com/" }), ""),
        (json!({ "logo_uri": "https://other.org/" }), "logo_uri not on the same host as the client_uri"),
        (json!({ "logo_uri": "http://example.com/" }), "invalid logo_uri"),
        (json!({ "tos_uri": "https://www.example.com/" }), ""),
        (json!({ "tos_uri": "https://other.org/" }), "tos_uri not on the same host as the client_uri"),
        (json!({ "client_name": null }), ""),
        (json!({ "grant_types": [device[0]], "redirect_uris": null }), ""),
        (json!({ "grant_types": device, "response_types": [], "redirect_uris": null }), ""),
        (json!({ "grant_types": device, "redirect_uris": [] }), ""),
        (json!({ "response_types": null }), ""),
        (json!({ "grant_types": null }), ""),
        (
            json!({ "grant_types": ["client_credentials"] }),
            "'code' response type not compatible with grant types",
        ),
        (json!({ "grant_types": ["authorization_code", "bogus"] }), ""),
        (json!({ "token_endpoint_auth_method": "client_secret_basic" }), ""),
        (json!({ "token_endpoint_auth_method": "bogus" }), ""),
    ] {
        let (status, body) = register(&mut world, &changes);
        let expected = if refused.is_empty() { 201 } else { 400 };
        assert_eq!(
            (status, body["error_description"].as_str()),
            (expected, Some(refused).filter(|r| !r.is_empty())),
            "{changes}"
        );
    }
}

#[test]
fn the_same_metadata_in_another_order_is_the_same_client() {
    let mut world = world(|_| {});
    let client_id = world.client();
    world.wait(60);
    assert_eq!(world.client(), client_id);
    let mut turned = metadata();
    turned["redirect_uris"].as_array_mut().unwrap().reverse();
    turned["grant_types"].as_array_mut().unwrap().reverse();
    let (_, body) = world.post(REGISTRATION, &turned);
    assert_eq!((text(&body, "client_id"), &body["client_id_issued_at"]), (client_id.clone(), &json!(1000)));
    turned["client_name"] = json!("Another");
    let (_, body) = world.post(REGISTRATION, &turned);
    assert_ne!(text(&body, "client_id"), client_id);
    assert_eq!(world.server.oauth_clients(), 2);
}

#[test]
fn a_device_grant_that_does_not_exist_is_dropped_without_a_word() {
    let mut world = world(|oauth| oauth.device_grant = None);
    let (status, body) = world.post(REGISTRATION, &metadata());
    assert_eq!((status, &body["grant_types"]), (201, &json!(["authorization_code", "refresh_token"])));
}

#[test]
fn what_is_not_metadata_is_an_invalid_request() {
    let mut world = world(|_| {});
    for body in [json!([]), json!("x"), json!({ "redirect_uris": 1 }), json!({ "redirect_uris": [1] })] {
        assert_eq!(error(&world.post(REGISTRATION, &body)), (400, "invalid_request"), "{body}");
    }
    let many = json!({ "redirect_uris": vec!["http://127.0.0.1/"; 21] });
    assert_eq!(error(&world.post(REGISTRATION, &many)), (400, "invalid_request"));
}

#[test]
fn the_metadata_says_what_is_configured() {
    let stable = "_matrix/client/v1/auth_metadata";
    let unstable = "_matrix/client/unstable/org.matrix.msc2965/auth_metadata";
    let mut world = world(|_| {});
    let (_, all) = world.get(stable, "");
    assert_eq!(world.get(unstable, ""), (200, all.clone()));
    assert_eq!(world.get("auth/.well-known/openid-configuration", ""), (200, all.clone()));
    assert_eq!(all["issuer"], "https://example.org/auth/");
    assert_eq!(all["prompt_values_supported"], json!(["login", "create"]));
    assert_eq!(all["device_authorization_endpoint"], "https://example.org/auth/oauth2/device");
    assert_eq!(all["authorization_response_iss_parameter_supported"], json!(null));
    world.server.reconfigure(|config| {
        let oauth = config.oauth.as_mut().unwrap();
        (oauth.stable_path, oauth.registration, oauth.device_grant, oauth.iss) = (false, false, None, true);
    });
    assert_eq!(world.get(stable, "").1["errcode"], "M_UNRECOGNIZED");
    let (_, less) = world.get(unstable, "");
    assert_eq!(less["prompt_values_supported"], json!(["login"]));
    assert_eq!(less["device_authorization_endpoint"], json!(null));
    assert!(!less["grant_types_supported"].to_string().contains("device_code"));
    assert_eq!(less["authorization_response_iss_parameter_supported"], true);
}

#[test]
fn without_oauth_there_is_no_authorization_server() {
    let mut world = World::new(Config::open);
    assert_eq!(world.post(REGISTRATION, &metadata()).0, 404);
    assert_eq!(world.get("_matrix/client/v1/auth_metadata", "").0, 404);
    assert_eq!(world.get("auth/account/", "").0, 404);
}
