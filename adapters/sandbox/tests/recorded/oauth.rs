//! Does the authorization server answer as Matrix Authentication Service did?

use std::time::Duration;

use narthex_sandbox::{Config, DeviceGrant, OauthConfig};
use serde_json::{Value, json};

use crate::replay::Replay;

fn replay(change: impl FnOnce(&mut OauthConfig)) -> Replay {
    let mut oauth = OauthConfig::default();
    change(&mut oauth);
    Replay::new(8448, |url| Config { oauth: Some(oauth), ..Config::oauth(url) })
}

#[test]
fn the_metadata_is_as_recorded() {
    let metadata: Value = serde_json::from_str(include_str!("../recordings/auth_metadata.json")).unwrap();
    let flows = json!({ "flows": [
        { "type": "m.login.password" },
        {
            "type": "m.login.sso",
            "oauth_aware_preferred": true,
            "org.matrix.msc3824.delegated_oidc_compatibility": true,
        },
        { "type": "m.login.token" },
    ] });
    let cache_control = "public, max-age=600, s-maxage=3600, stale-while-revalidate=600";
    let mut replay = replay(|_| {});
    for (path, headers, body) in [
        ("/_matrix/client/v1/auth_metadata", json!({ "cache-control": cache_control }), &metadata),
        (
            "/_matrix/client/unstable/org.matrix.msc2965/auth_metadata",
            json!({ "cache-control": cache_control }),
            &metadata,
        ),
        ("/_matrix/client/v3/login", json!({}), &flows),
    ] {
        let answer = json!({ "status": 200, "headers": headers, "body": body });
        replay.step(&json!({ "method": "GET", "path": path, "answer": answer }), path);
    }
}

#[test]
fn the_registration_of_clients_is_as_recorded() {
    replay(|_| {}).play(include_str!("../recordings/oauth_registration.json"));
}

#[test]
fn codes_refreshes_and_revocations_are_as_recorded() {
    replay(|_| {}).play(include_str!("../recordings/oauth.json"));
}

#[test]
fn authorization_requests_end_as_recorded() {
    replay(|_| {}).play(include_str!("../recordings/oauth_authorization.json"));
}

#[test]
fn linking_a_device_is_as_recorded() {
    let device_grant = DeviceGrant { complete: true, ..DeviceGrant::default() };
    let change = |oauth: &mut OauthConfig| {
        oauth.device_grant = Some(device_grant);
        oauth.access_lifetime = Duration::from_secs(60);
    };
    replay(change).play(include_str!("../recordings/oauth_device.json"));
}

#[test]
fn a_server_that_links_no_devices_is_as_recorded() {
    replay(|oauth| oauth.device_grant = None).play(include_str!("../recordings/oauth_no_device.json"));
}

#[test]
fn what_expires_or_is_ended_elsewhere_is_as_recorded() {
    let change = |oauth: &mut OauthConfig| oauth.access_lifetime = Duration::from_secs(60);
    replay(change).play(include_str!("../recordings/oauth_expiry.json"));
}
