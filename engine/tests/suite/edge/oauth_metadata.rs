//! What authorization servers say about themselves: what is listed about it in `docs/edge-cases.md`.

use std::time::Duration;

use narthex::{Intent, OAuthSupport, Offer, Screen};
use serde_json::{Value, json};

use crate::answers::{SERVER, UNRECOGNIZED, VERSIONS, WELL_KNOWN, use_server};
use crate::driver::Driver;
use crate::oauth::{CLIENT, LOGIN_COMPAT, METADATA, NO_REGISTRATION, field, metadata};

fn support(driver: &Driver) -> OAuthSupport {
    match driver.screen() {
        Screen::Choose { report, .. } => report.oauth,
        other => panic!("{other:?}\n{}", driver.trace),
    }
}

/// Why such metadata is of no use.
fn fault(metadata: &str) -> Value {
    let driver = Driver::oauth_with(metadata);
    for offer in [Offer::SignInWithBrowser, Offer::SignInWithDeviceCode, Offer::CreateAccount] {
        assert!(!driver.offers(offer), "{offer:?} {metadata}");
    }
    match support(&driver) {
        OAuthSupport::Unusable { cause } => serde_json::to_value(cause).expect("it serialises"),
        other => panic!("{other:?}: {metadata}"),
    }
}

/// Edge case 5.
#[test]
fn without_s256_no_browser_is_opened() {
    for methods in [json!([]), json!(["plain"]), json!(["s256"]), Value::Null] {
        let without = metadata(|m| m["code_challenge_methods_supported"] = methods.clone());
        let cause = fault(&without);
        if methods.is_array() {
            assert_eq!(cause, json!({ "class": "unsupported", "missing": "pkce" }), "{methods}");
        }
    }
    let absent = metadata(|m| {
        m.as_object_mut().expect("an object").remove("code_challenge_methods_supported");
    });
    assert_eq!(fault(&absent), json!({ "class": "unsupported", "missing": "pkce" }));
}

/// Edge case 6.
#[test]
fn an_endpoint_without_tls_is_not_used() {
    for name in [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "registration_endpoint",
        "revocation_endpoint",
        "device_authorization_endpoint",
    ] {
        for address in ["http://account.example.org/", "ftp://account.example.org/", "javascript:alert(1)"] {
            let insecure = json!({ "class": "misbehaved", "misbehaviour": { "insecure_address": name } });
            assert_eq!(fault(&metadata(|m| m[name] = json!(address))), insecure, "{name} {address}");
        }
    }
    for local in ["http://127.0.0.1:8090/", "http://[::1]:8090/", "http://localhost:8090/"] {
        let local = METADATA.replace("https://account.example.org/", local);
        let mut driver = Driver::new();
        driver.say(use_server("http://127.0.0.1:8008")).told_oauth(&local);
        assert!(driver.offers(Offer::SignInWithBrowser), "on this machine it may be plain");
        let insecure = json!({ "class": "misbehaved", "misbehaviour": { "insecure_address": "issuer" } });
        assert_eq!(fault(&local), insecure, "a server elsewhere has no business with this machine's");
    }
}

/// A page that is only for later is left out, and the rest is used.
#[test]
fn an_account_page_without_tls_is_not_offered() {
    for uri in [json!("http://account.example.org/account/"), json!("javascript:alert(1)"), json!(7)] {
        let driver = Driver::oauth_with(&metadata(|m| m["account_management_uri"] = uri.clone()));
        let OAuthSupport::Offered { account_management, .. } = support(&driver) else { panic!("{uri}") };
        assert_eq!(account_management, None, "{uri}");
    }
}

/// Edge case 7.
#[test]
fn an_issuer_is_a_plain_address() {
    for issuer in ["https://a.example/?x=y", "https://a.example/#x", "a.example", "", "https://"] {
        let cause = fault(&metadata(|m| m["issuer"] = json!(issuer)));
        let invalid = json!({ "class": "misbehaved", "misbehaviour": { "invalid_field": "issuer" } });
        assert_eq!(cause, invalid, "{issuer}");
    }
}

#[test]
fn what_no_sign_in_can_do_without_is_named() {
    for name in ["authorization_endpoint", "token_endpoint"] {
        for value in [Value::Null, json!(7), json!("no address"), json!("https://a@b.example/")] {
            let cause = fault(&metadata(|m| m[name] = value.clone()));
            let invalid = json!({ "class": "misbehaved", "misbehaviour": { "invalid_field": name } });
            assert_eq!(cause, invalid, "{name} {value}");
        }
    }
    for (name, value) in [
        ("response_types_supported", json!(["id_token"])),
        ("grant_types_supported", json!(["client_credentials"])),
    ] {
        let cause = fault(&metadata(|m| m[name] = value.clone()));
        assert_eq!(cause, json!({ "class": "unsupported", "missing": "authorization_code" }), "{name}");
    }
}

/// Edge case 9.
#[test]
fn a_code_on_another_device_needs_both_its_endpoint_and_its_grant() {
    assert!(Driver::oauth().offers(Offer::SignInWithDeviceCode));
    let no_grant = metadata(|m| m["grant_types_supported"] = json!(["authorization_code", "refresh_token"]));
    let no_endpoint = metadata(|m| m["device_authorization_endpoint"] = Value::Null);
    for metadata in [no_grant, no_endpoint] {
        let mut driver = Driver::oauth_with(&metadata);
        assert!(!driver.offers(Offer::SignInWithDeviceCode), "{metadata}");
        driver.say(Intent::SignInWithBrowser);
        let grants = driver.body("/registration")["grant_types"].clone();
        assert_eq!(grants, json!(["authorization_code", "refresh_token"]));
        driver.listening(1).answer("/registration", 201, CLIENT).after(Duration::from_secs(60));
        assert!(matches!(driver.screen(), Screen::InBrowser { .. }), "{}", driver.trace);
        assert!(!driver.offers(Offer::SignInWithDeviceCode), "whatever the registration grants");
    }
}

/// Edge case 12.
#[test]
fn a_sign_in_ends_at_the_endpoint_at_which_it_began() {
    let mut driver = Driver::in_browser();
    let asked = driver.count("auth_metadata");
    driver.kill();
    driver.comes_back("code=the-code");
    assert_eq!(driver.request("/token").url.as_str(), "https://account.example.org/oauth2/token");
    assert_eq!(driver.count("auth_metadata"), asked, "it is not asked again");
}

/// Both names of a field, from before and after it was specified: the specified one counts.
#[test]
fn a_server_that_says_it_by_both_names_is_understood() {
    let both = metadata(|m| {
        m["org.matrix.msc4191.account_management_uri"] = json!("https://old.example.org/account");
        m["org.matrix.msc4191.account_management_actions_supported"] = json!(["profile"]);
    });
    let driver = Driver::oauth_with(&both);
    let OAuthSupport::Offered { account_management, .. } = support(&driver) else {
        panic!("{:?}", support(&driver))
    };
    assert_eq!(account_management.expect("a page").as_str(), "https://account.example.org/account/");
    let old = both.replace(r#""account_management_uri""#, r#""unknown_uri""#);
    let OAuthSupport::Offered { account_management, .. } = support(&Driver::oauth_with(&old)) else {
        panic!()
    };
    assert_eq!(account_management.expect("a page").as_str(), "https://old.example.org/account");
}

/// What is only for later may be anything at all.
#[test]
fn nonsense_about_the_account_page_does_not_matter() {
    for nonsense in [Value::Null, json!({}), json!("x"), json!([1, null])] {
        let odd = metadata(|m| m["account_management_actions_supported"] = nonsense.clone());
        assert!(Driver::oauth_with(&odd).offers(Offer::SignInWithBrowser), "{nonsense}");
    }
}

/// A query of the authorization endpoint is kept (RFC 6749 §3.1).
#[test]
fn the_endpoints_own_query_is_kept() {
    let with = metadata(|m| {
        m["authorization_endpoint"] = json!("https://account.example.org/authorize?tenant=a%26b")
    });
    let driver = Driver::in_browser_with(&with);
    assert_eq!(field(&driver.page(), "tenant"), "a&b");
    assert_eq!(field(&driver.page(), "response_type"), "code");
}

/// A server from before the specification is asked for what it knew then, and for nothing of both.
#[test]
fn a_server_that_is_found_at_the_older_path_is_asked_for_the_older_scopes() {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/.well-known/matrix/client", 200, WELL_KNOWN);
    driver.answer("/versions", 200, VERSIONS).answer("v3/login", 200, LOGIN_COMPAT);
    driver.answer("v1/auth_metadata", 404, UNRECOGNIZED).answer("msc2965/auth_metadata", 200, METADATA);
    driver.answer("v3/register", 403, NO_REGISTRATION).opens_browser(Intent::SignInWithBrowser);
    let scope = field(&driver.page(), "scope");
    let families: Vec<_> = scope.split(' ').filter_map(|scope| scope.split_once("client:")).collect();
    assert_eq!(families.len(), 2, "{scope}");
    assert!(families.iter().all(|(family, _)| *family == "urn:matrix:org.matrix.msc2967."), "{scope}");
}
