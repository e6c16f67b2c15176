//! Every address and form of OAuth 2.0 that the engine builds, field by field; and what Ruma can read of it.
//!
//! Client-server specification, "OAuth 2.0 API"; RFC 6749, RFC 7009, RFC 7591, RFC 7636, RFC 8628.

use narthex::{Client, Config, Intent, Method, Request};
use ruma::api::client::discovery::get_authorization_server_metadata::v1::AuthorizationServerMetadata;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::driver::Driver;
use crate::oauth::{CLIENT, ISSUER, METADATA, USER_CODE, field};

const CLIENT_ID: &str = "01M7XYH3447WX8A9Q47BWT6S0A";

/// RFC 4648 §5, without padding.
fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_usize, |word, byte| word << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        let letters = (0..=chunk.len()).map(|n| char::from(LETTERS[word >> (18 - 6 * n) & 63]));
        text.extend(letters);
    }
    text
}

fn names(fields: &[(String, String)]) -> Vec<&str> {
    let mut names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}

/// Exactly these fields, in any order.
fn is_form(driver: &Driver, path: &str, expected: &[(&str, &str)]) {
    let request = driver.request(path);
    assert_eq!(request.method, Method::Post);
    let headers: Vec<_> =
        request.headers.iter().map(|(name, value)| (*name, value.expose().as_str())).collect();
    let expected_headers =
        [("accept", "application/json"), ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(headers, expected_headers, "a public client has no authorization header");
    let mut form = driver.form(path);
    form.sort();
    let mut expected: Vec<_> =
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    expected.sort();
    assert_eq!(form, expected);
}

/// RFC 7636, appendix B.
#[test]
fn the_challenge_is_computed_as_in_the_example() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert_eq!(base64url(&Sha256::digest(verifier)), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

/// Edge cases 52 and 53.
#[test]
fn the_page_asks_for_what_is_specified() {
    let mut driver = Driver::oauth();
    driver.opens_browser(Intent::CreateAccount);
    assert!(driver.browsed[0].starts_with("https://account.example.org/authorize?"));
    let (page, device) = (driver.page(), driver.device());
    let expected = [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "redirect_uri",
        "response_mode",
        "response_type",
        "scope",
        "state",
    ];
    assert_eq!(names(&page), expected);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("response_mode", "query"),
        ("code_challenge_method", "S256"),
        ("prompt", "create"),
        ("redirect_uri", "http://127.0.0.1:49152/oauth/930f310f2c69b064"),
        ("scope", &format!("urn:matrix:client:api:* urn:matrix:client:device:{device}")),
    ] {
        assert_eq!(field(&page, name), value, "{name}");
    }
    driver.comes_back("code=the-code");
    let verifier = field(&driver.form("/token"), "code_verifier");
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    assert!((43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved), "{verifier}");
    assert_eq!(field(&page, "code_challenge"), base64url(&Sha256::digest(&verifier)));
    assert_ne!(verifier[..32], field(&page, "state"));
    is_form(
        &driver,
        "/token",
        &[
            ("grant_type", "authorization_code"),
            ("code", "the-code"),
            ("redirect_uri", "http://127.0.0.1:49152/oauth/930f310f2c69b064"),
            ("client_id", CLIENT_ID),
            ("code_verifier", &verifier),
        ],
    );
}

/// MSC4198's form of a hint, for the user whose id was typed.
#[test]
fn whoever_was_typed_is_hinted_at() {
    let mut driver = Driver::new();
    driver.say(crate::answers::use_server("@al+ice:example.org"));
    driver.answer("/client", 200, crate::answers::WELL_KNOWN).told_oauth(METADATA);
    driver.opens_browser(Intent::SignInWithBrowser);
    assert_eq!(field(&driver.page(), "login_hint"), "mxid:@al+ice:example.org");
    assert!(!names(&driver.page()).contains(&"prompt"));
}

#[test]
fn the_introduction_says_what_is_specified() {
    let page = |path: &str| Some(format!("https://app.example.com/{path}").parse().expect("an address"));
    let client = Client {
        name: "App".into(),
        uri: "https://example.com/".parse().expect("an address"),
        logo_uri: page("logo.png"),
        tos_uri: page("terms"),
        policy_uri: page("privacy"),
        scheme: Some("com.example.app".into()),
        known: vec![],
    };
    let mut driver = Driver::oauth_as(Config::new(client), METADATA);
    driver.say(Intent::SignInWithBrowser);
    let path = driver.listener().expect("it listens").1;
    let digest = Sha256::digest(ISSUER);
    assert_eq!(
        path,
        format!("/oauth/{}", digest[..8].iter().map(|b| format!("{b:02x}")).collect::<String>())
    );
    let uris =
        [format!("http://127.0.0.1{path}"), format!("http://[::1]{path}"), format!("com.example.app:{path}")];
    for uri in &uris {
        assert_eq!(narthex::lint("https://example.com/", uri), Ok(()));
    }
    let expected = json!({
        "client_name": "App",
        "client_uri": "https://example.com/",
        "logo_uri": "https://app.example.com/logo.png",
        "tos_uri": "https://app.example.com/terms",
        "policy_uri": "https://app.example.com/privacy",
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "response_types": ["code"],
        "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        "redirect_uris": uris,
    });
    assert_eq!(driver.body("/registration"), expected);
    let request: Request = driver.request("/registration");
    let kind = request.headers.iter().find(|(name, _)| *name == "content-type").expect("a content type");
    assert!(
        kind.1.expose() == "application/json"
            && request.headers.iter().all(|(name, _)| *name != "authorization")
    );
}

#[test]
fn the_forms_of_a_code_on_another_device_are_as_specified() {
    let mut driver = Driver::oauth();
    driver.say(Intent::SignInWithDeviceCode).answer("/registration", 201, CLIENT);
    let scope = format!("urn:matrix:client:api:* urn:matrix:client:device:{}", driver.device());
    is_form(&driver, "/device", &[("client_id", CLIENT_ID), ("scope", &scope)]);
    driver.answer("/device", 200, USER_CODE).wait();
    is_form(
        &driver,
        "/token",
        &[
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", "AaUgyu8j5ePFcpGNBEM8P2WMvgzE79xa"),
            ("client_id", CLIENT_ID),
        ],
    );
}

#[test]
fn the_forms_of_a_session_are_as_specified() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::Refresh);
    is_form(
        &driver,
        "/token",
        &[("grant_type", "refresh_token"), ("refresh_token", "mar_first"), ("client_id", CLIENT_ID)],
    );
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::SignOut { everywhere: false });
    is_form(
        &driver,
        "/revoke",
        &[("token", "mar_first"), ("token_type_hint", "refresh_token"), ("client_id", CLIENT_ID)],
    );
}

/// What we read of a server is what Ruma reads of it.
#[test]
fn the_metadata_of_the_tests_is_metadata() {
    let metadata: AuthorizationServerMetadata = serde_json::from_str(METADATA).expect("it reads");
    assert_eq!(metadata.issuer.as_str(), ISSUER);
    metadata.validate_urls().expect("its addresses are secure");
}
