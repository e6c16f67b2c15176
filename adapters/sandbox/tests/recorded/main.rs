//! Does the sandbox answer as the real server did? Every recorded exchange is replayed and compared.
//!
//! `tests/recordings/README.md` says what was recorded, from what, and how the files are written.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod oauth;
mod person;
mod rendezvous;
mod replay;

use std::time::Duration;

use narthex::{Response, Time};
use narthex_sandbox::{Config, Delegation, Limit, Limits, PasswordPolicy, Refresh, Usernames, WellKnown};
use serde_json::{Value, json};
use url::Url;

use replay::{Replay, START};

#[test]
fn open_registration_is_as_recorded() {
    Replay::new(8101, Config::open).play(include_str!("../recordings/open.json"));
}

#[test]
fn disabled_registration_is_as_recorded() {
    Replay::new(8102, Config::disabled).play(include_str!("../recordings/disabled.json"));
}

#[test]
fn registration_with_a_token_is_as_recorded() {
    let replay = Replay::new(8103, Config::token).play(include_str!("../recordings/token.json"));
    let used: Vec<_> =
        replay.server.registration_tokens().map(|t| (t.token.as_str(), t.pending, t.completed)).collect();
    assert_eq!(used, [("rig-expiring", 0, 0), ("rig-one", 0, 1), ("rig-two", 0, 1)]);
}

#[test]
fn terms_are_as_recorded() {
    Replay::new(8104, Config::terms).play(include_str!("../recordings/terms.json"));
}

#[test]
fn registration_with_an_email_address_is_as_recorded() {
    let replay = Replay::new(8105, Config::email).play(include_str!("../recordings/email.json"));
    let to: Vec<&str> = replay.server.mail().iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["emma@example.invalid", "emma@example.invalid", "emma2@example.invalid"]);
}

#[test]
fn an_optional_email_address_is_as_recorded() {
    Replay::new(8106, Config::email_optional).play(include_str!("../recordings/email_optional.json"));
}

#[test]
fn the_captcha_is_as_recorded() {
    Replay::new(8107, Config::recaptcha).play(include_str!("../recordings/recaptcha.json"));
}

#[test]
fn everything_at_once_is_as_recorded() {
    Replay::new(8109, Config::everything).play(include_str!("../recordings/everything.json"));
}

#[test]
fn rate_limits_are_as_recorded() {
    Replay::new(8110, Config::rate_limited).play(include_str!("../recordings/rate_limited.json"));
}

#[test]
fn sign_in_refresh_and_sign_out_are_as_recorded() {
    let refresh = Refresh {
        access_lifetime: Duration::from_secs(4),
        refresh_lifetime: Some(Duration::from_secs(60)),
        ..Refresh::default()
    };
    let usernames = Usernames { exclusive_prefixes: vec!["irc-".to_owned()] };
    let configure = |url: Url| Config {
        login: Config::sso(url.clone()).login,
        refresh: Some(refresh),
        usernames,
        well_known: WellKnown::Own,
        flows: vec![vec!["m.login.dummy".to_owned()], vec!["m.login.email.identity".to_owned()]],
        ..Config::email(url)
    };
    Replay::new(8471, configure).play(include_str!("../recordings/sessions.json"));
}

#[test]
fn keys_identity_backup_and_messages_to_devices_are_as_recorded() {
    Replay::new(8473, Config::open).play(include_str!("../recordings/encryption.json"));
}

#[test]
fn the_password_policy_and_approval_are_as_recorded() {
    let password_policy = PasswordPolicy {
        minimum_length: 10,
        digit: true,
        symbol: true,
        uppercase: true,
        lowercase: true,
        plain_errcode: false,
    };
    let configure = |url| Config {
        password_policy,
        approval_required: true,
        well_known: WellKnown::Own,
        ..Config::email_optional(url)
    };
    Replay::new(8472, configure).play(include_str!("../recordings/approval.json"));
}

#[test]
fn six_questions_for_usernames_at_once_get_three_answers() {
    let limits = Limits { availability: Some(Limit::new(3, 1)), ..Limits::unlimited() };
    let mut replay = Replay::new(8110, |url| Config { limits, ..Config::open(url) });
    let question = replay
        .request(&json!({ "path": "/_matrix/client/v3/register/available?username=zz", "method": "GET" }));
    let answers: Vec<Response> = (0..6).map(|_| replay.server.answer(Time(START), &question)).collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3);
    let refused = answers.last().unwrap();
    let body: Value = serde_json::from_slice(refused.body.expose()).unwrap();
    assert_eq!(
        body,
        json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 2000 })
    );
    assert_eq!(refused.header("retry-after"), Some("2"));
}

#[test]
fn delegated_sign_in_is_as_recorded() {
    let metadata: Value = serde_json::from_str(include_str!("../recordings/auth_metadata.json")).unwrap();
    let mut replay = Replay::new(8448, |url| {
        let issuer = "http://127.0.0.1:8090/".parse().unwrap();
        let delegation = Some(Delegation { metadata: metadata.clone(), stable_path: true });
        Config { delegation, ..Config::delegated(url, &issuer) }
    });
    let unrecognized = json!({ "errcode": "M_UNRECOGNIZED", "error": "Unrecognized request" });
    let no_registration = json!({
        "errcode": "M_FORBIDDEN",
        "error": "Registration has been disabled. Only m.login.application_service registrations are allowed.",
    });
    for (method, path, status, body) in [
        ("GET", "/_matrix/client/v1/auth_metadata", 200, &metadata),
        ("GET", "/_matrix/client/unstable/org.matrix.msc2965/auth_metadata", 200, &metadata),
        ("POST", "/_matrix/client/v3/register", 403, &no_registration),
        ("GET", "/_matrix/client/v3/register/available?username=a", 404, &unrecognized),
        (
            "GET",
            "/_matrix/client/v1/register/m.login.registration_token/validity?token=a",
            404,
            &unrecognized,
        ),
        ("GET", "/_matrix/client/v3/login", 404, &unrecognized),
        ("POST", "/_matrix/client/v3/refresh", 404, &unrecognized),
        ("POST", "/_matrix/client/v3/logout", 404, &unrecognized),
    ] {
        let answer = json!({ "status": status, "headers": {}, "body": body });
        replay.step(&json!({ "method": method, "path": path, "json": {}, "answer": answer }), path);
    }
}
