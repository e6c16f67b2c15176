//! Every request that the engine builds, read by the types with which Ruma's servers read them.

use narthex::{Intent, Method, Request};
use ruma::api::client::account::{
    check_registration_token_validity as validity, get_username_availability as available, register,
    request_registration_token_via_email as by_email, request_registration_token_via_msisdn as by_phone,
    whoami,
};
use ruma::api::client::device::get_devices;
use ruma::api::client::discovery::{
    discover_homeserver, get_authorization_server_metadata, get_supported_versions,
};
use ruma::api::client::session::{
    get_login_types, login, logout, logout_all, refresh_token, sso_login, sso_login_with_provider,
};
use ruma::api::client::uiaa::{AuthData, get_uiaa_fallback_page};
use ruma::api::{IncomingRequest, IncomingRequestExt as _};
use ruma::exports::http;

use crate::answers::{
    DISABLED, EMAIL, LOGIN_PASSWORD, LOGIN_SSO, OPEN, PHONE, RECAPTCHA, SID, SID_CODE, TERMS, TOKEN,
    by_password, use_server,
};
use crate::driver::Driver;

/// What a server understands of it.
fn read<R: IncomingRequest>(request: &Request, path_args: &[&str]) -> R {
    let mut builder = http::Request::builder().method(request.method.as_str()).uri(request.url.as_str());
    for (name, value) in &request.headers {
        builder = builder.header(*name, value.expose().as_str());
    }
    let body: &[u8] = request.body.expose();
    let request = builder.body(body).expect("a request");
    let uri = request.uri().clone();
    R::try_from_http_request(request, path_args).unwrap_or_else(|error| panic!("{uri}: {error}"))
}

fn opened(url: &str) -> Request {
    let url = url.parse().expect("an address");
    let (headers, body) = (Vec::new(), narthex::Secret::new(Vec::new()));
    let patience = std::time::Duration::ZERO;
    Request { method: Method::Get, url, headers, body, limit: 0, patience, shown_path: None }
}

fn auth(driver: &Driver) -> AuthData {
    let request: register::v3::Request = read(&driver.request("/register"), &[]);
    assert_eq!(request.username.as_deref(), Some("alice"));
    assert_eq!(request.password.as_deref(), Some("correct horse"));
    assert!(request.device_id.is_some() && request.refresh_token && !request.inhibit_login);
    assert_eq!(request.initial_device_display_name.as_deref(), Some("Narthex"));
    request.auth.expect("a proof")
}

#[test]
fn the_questions_of_discovery_are_read() {
    let mut driver = Driver::new();
    driver.say(use_server("example.org"));
    let _: discover_homeserver::Request = read(&driver.request("/client"), &[]);
    driver.answer("/client", 404, "");
    let _: get_supported_versions::Request = read(&driver.request("/versions"), &[]);
    let _: get_login_types::v3::Request = read(&driver.request("v3/login"), &[]);
    for path in ["v1/auth_metadata", "unstable/org.matrix.msc2965/auth_metadata"] {
        let _: get_authorization_server_metadata::v1::Request = read(&driver.request(path), &[]);
    }
    let probe: register::v3::Request = read(&driver.request("/register"), &[]);
    assert!(probe.auth.is_some() && probe.inhibit_login && probe.username.as_deref() == Some(":"));
}

#[test]
fn each_stage_is_read_as_what_it_is() {
    let driver = Driver::registering(OPEN);
    assert!(matches!(auth(&driver), AuthData::Dummy(dummy) if dummy.session.is_some()));

    let mut driver = Driver::registering(TERMS);
    driver.say(Intent::AcceptTerms);
    assert!(matches!(auth(&driver), AuthData::Terms(_)));

    let mut driver = Driver::registering(TOKEN);
    driver.say(Intent::UseToken { token: "a.b_c~d-1".into() });
    let asked: validity::v1::Request = read(&driver.request("/validity"), &[]);
    assert_eq!(asked.token, "a.b_c~d-1");
    driver.answer("/validity", 200, r#"{"valid":true}"#);
    assert!(matches!(auth(&driver), AuthData::RegistrationToken(token) if token.token == "a.b_c~d-1"));

    let mut driver = Driver::registering(EMAIL);
    driver.say(Intent::UseEmail { address: "al+ice@mail.example".into() });
    let asked: by_email::v3::Request = read(&driver.request("email/requestToken"), &[]);
    assert_eq!((asked.email.as_str(), u64::from(asked.send_attempt)), ("al+ice@mail.example", 1));
    driver.answer("email/requestToken", 200, SID).say(Intent::CheckNow);
    let AuthData::EmailIdentity(proof) = auth(&driver) else { panic!("no e-mail") };
    assert_eq!(proof.thirdparty_id_creds.sid.as_str(), "VzAabLGshpKjrRLU");
    assert_eq!(proof.thirdparty_id_creds.client_secret, asked.client_secret);

    let mut driver = Driver::registering(PHONE);
    driver.say(Intent::UsePhone { country: "de".into(), number: "0170 1234567".into() });
    let asked: by_phone::v3::Request = read(&driver.request("msisdn/requestToken"), &[]);
    assert_eq!((asked.country.as_str(), asked.phone_number.as_str()), ("DE", "0170 1234567"));
    driver.answer("msisdn/requestToken", 200, SID_CODE).say(Intent::EnterCode { code: "1".into() });
    driver.answer("/submit", 200, r#"{"success":true}"#);
    assert!(matches!(auth(&driver), AuthData::Msisdn(_)));

    let mut driver = Driver::registering(RECAPTCHA);
    let page: get_uiaa_fallback_page::v3::Request = read(&driver.request("/web"), &["m.login.recaptcha"]);
    assert_eq!(page.session, "hqZqhWzEQDDBTCaQsjqWSCfT");
    driver.answer("/web", 200, "<!DOCTYPE html>").say(Intent::CheckNow);
    assert!(matches!(auth(&driver), AuthData::FallbackAcknowledgement(done) if done.session == page.session));
}

#[test]
fn a_username_is_asked_about() {
    let mut driver = Driver::at((401, OPEN), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(Intent::CheckUsername { username: "a.b_c=d-e/f+1".into() }).wait();
    let asked: available::v3::Request = read(&driver.request("/available"), &[]);
    assert_eq!(asked.username, "a.b_c=d-e/f+1");
}

#[test]
fn a_sign_in_is_read_for_every_identifier() {
    for (identifier, wanted) in [
        ("alice", r#"{"type":"m.id.user","user":"alice"}"#),
        ("@alice:example.org", r#"{"type":"m.id.user","user":"@alice:example.org"}"#),
        ("a@b.example", r#"{"type":"m.id.thirdparty","medium":"email","address":"a@b.example"}"#),
        ("+49 170 12345", r#"{"type":"m.id.thirdparty","medium":"msisdn","address":"4917012345"}"#),
    ] {
        let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
        driver.say(by_password(identifier, "correct horse"));
        let request: login::v3::Request = read(&driver.request("v3/login"), &[]);
        let login::v3::LoginInfo::Password(info) = request.login_info else { panic!("{identifier}") };
        let wanted: serde_json::Value = serde_json::from_str(wanted).expect("an identifier");
        let sent: serde_json::Value = driver.body("v3/login")["identifier"].clone();
        assert_eq!(sent, wanted);
        assert!(info.password == "correct horse" && request.refresh_token && request.device_id.is_some());
    }
}

#[test]
fn a_single_sign_on_is_read() {
    let mut driver = Driver::at((403, DISABLED), LOGIN_SSO);
    driver.say(Intent::SignInWithSso { provider: None });
    let (_, path) = driver.listener().expect("it listens");
    driver.listening(49_152);
    let page: sso_login::v3::Request = read(&opened(&driver.browsed[0]), &[]);
    assert_eq!(page.redirect_url, format!("http://127.0.0.1:49152{path}"));
    driver
        .say(Intent::Cancel)
        .say(Intent::SignInWithSso { provider: Some("oidc-uni".into()) })
        .listening(49_152);
    let page: sso_login_with_provider::v3::Request = read(&opened(&driver.browsed[1]), &["oidc-uni"]);
    assert_eq!(page.idp_id, "oidc-uni");
    let (_, path) = driver.listener().expect("it listens");
    driver.link(&format!("http://127.0.0.1:49152{path}?loginToken=syl_abc"));
    let request: login::v3::Request = read(&driver.request("v3/login"), &[]);
    assert!(matches!(request.login_info, login::v3::LoginInfo::Token(info) if info.token == "syl_abc"));
}

#[test]
fn the_requests_of_a_session_are_read() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession);
    let request = driver.request("/whoami");
    let _: whoami::v3::Request = read(&request, &[]);
    let bearer = request.headers.iter().find(|(name, _)| *name == "authorization").expect("a token");
    assert_eq!(bearer.1.expose(), "Bearer syt_YWxpY2U_first");
    driver.lose("/whoami").say(Intent::ListDevices);
    let _: get_devices::v3::Request = read(&driver.request("v3/devices"), &[]);
    driver.lose("v3/devices").say(Intent::Refresh);
    let renew: refresh_token::v3::Request = read(&driver.request("/refresh"), &[]);
    assert_eq!(renew.refresh_token, "syr_first");
    driver.lose("/refresh").say(Intent::SignOut { everywhere: false });
    let _: logout::v3::Request = read(&driver.request("/logout"), &[]);
    driver.lose("/logout").say(Intent::Cancel).say(Intent::SignOut { everywhere: true });
    let _: logout_all::v3::Request = read(&driver.request("/logout/all"), &[]);
}
