//! What kinds of homeservers say to a client that signs in, as read in their sources, and what is made of it. The table
//! is in `docs/src/servers.md`.

use narthex::{Failure, OAuthSupport, Offer, RegistrationSupport, Screen, ServerReport};
use serde_json::{Value, json};

use crate::answers::{REGISTERED, SERVER, UNRECOGNIZED, by_password, use_server};
use crate::driver::Driver;

/// A server that says this of itself; 404 of its kind to all else.
fn says(versions: &[&str], login: (u16, &str), metadata: (u16, &str), unknown: &str) -> Driver {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/client", 404, "");
    driver.answer("/versions", 200, &json!({ "versions": versions }).to_string());
    driver.answer("v3/login", login.0, login.1).answer("v1/auth_metadata", metadata.0, metadata.1);
    driver.answer("msc2965/auth_metadata", 404, unknown).answer("/register", 404, unknown);
    driver
}

fn report(driver: &Driver) -> ServerReport {
    let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
    *report
}

fn missing(failure: Option<Failure>) -> Value {
    serde_json::to_value(failure.expect("it is missing").cause).expect("JSON")["missing"].clone()
}

/// Synapse 1.5, and Dendrite of the same year, whose router has no words for what it does not know. Found C5.
#[test]
fn synapse_and_dendrite_of_2020_are_too_old() {
    let synapse = ["r0.0.1", "r0.1.0", "r0.2.0", "r0.3.0", "r0.4.0", "r0.5.0"];
    for (versions, unknown) in [(&synapse[..], UNRECOGNIZED), (&synapse[..4], "404 page not found\n")] {
        let driver = says(versions, (404, unknown), (404, unknown), unknown);
        let newest = versions.last().expect("a version");
        assert_eq!(missing(report(&driver).cannot_sign_in()), json!({ "version": { "newest": newest } }));
    }
}

/// Dendrite, Conduit, and Construct: a password, and tokens that are for good.
#[test]
fn servers_that_know_passwords_only_are_signed_in_to() {
    let dendrite = r#"{"flows":[{"type":"m.login.password"}]}"#;
    let conduit = r#"{"flows":[{"type":"m.login.password"},{"type":"m.login.application_service"}]}"#;
    for (versions, login) in [
        (&["r0.0.1", "r0.6.1", "v1.0", "v1.1", "v1.2"][..], dendrite),
        (&["r0.5.0", "r0.6.0", "v1.1", "v1.12"], conduit),
    ] {
        let mut driver = says(versions, (200, login), (404, UNRECOGNIZED), UNRECOGNIZED);
        let found = report(&driver);
        assert!(found.cannot_sign_in().is_none() && found.oauth == OAuthSupport::Absent);
        assert_eq!(missing(found.lacks(Offer::SignInWithBrowser)), "authorization_code");
        let for_good = json!({ "user_id": "@alice:example.org", "access_token": "t", "device_id": "D" });
        driver.say(by_password("alice", "correct horse")).answer("v3/login", 200, &for_good.to_string());
        driver.stored(Ok(()));
        let session = driver.engine.session().expect("signed in");
        assert!(session.refresh_token.is_none() && session.expires_at.is_none());
    }
}

/// continuwuity: its own authorization server, without codes for another device, and a list of prompts that is empty
/// where nobody may register.
#[test]
fn continuwuity_signs_in_by_itself() {
    let at = |path: &str| format!("https://example.org/_continuwuity/oauth2/{path}");
    let metadata = json!({
        "account_management_uri": at("account/deeplink"),
        "authorization_endpoint": at("grant/authorization_code"),
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "issuer": "https://example.org/",
        "prompt_values_supported": [],
        "registration_endpoint": at("client/register"),
        "response_modes_supported": ["query", "fragment"],
        "response_types_supported": ["code"],
        "revocation_endpoint": at("client/revoke"),
        "token_endpoint": at("client/token"),
    });
    let login = r#"{"flows":[{"type":"m.login.password"},{"type":"m.login.application_service"}]}"#;
    let driver = says(&["r0.6.1", "v1.14"], (200, login), (200, &metadata.to_string()), UNRECOGNIZED);
    let found = report(&driver);
    assert!(driver.offers(Offer::SignInWithBrowser) && driver.offers(Offer::SignInWithPassword));
    assert_eq!(missing(found.lacks(Offer::SignInWithDeviceCode)), "device_grant");
    assert_eq!(found.registration, RegistrationSupport::Closed);
}

/// tuwunel: a provider of single sign-on with its brand, and ways that are not ours.
#[test]
fn tuwunel_lists_more_than_is_known() {
    let login = r#"{"flows":[{"type":"m.login.application_service"},{"type":"org.matrix.login.jwt"},{"type":"m.login.password"},{"type":"m.login.token","get_login_token":true},{"type":"m.login.sso","identity_providers":[{"id":"Iv1.1234","name":"GitHub","brand":"github","icon":null}],"org.matrix.msc3824.delegated_oidc_compatibility":false}]}"#;
    let found = report(&says(&["v1.15"], (200, login), (404, UNRECOGNIZED), UNRECOGNIZED));
    assert_eq!(found.login.other, ["m.login.application_service", "org.matrix.login.jwt"]);
    assert!(
        found.login.password && found.login.token && found.steps.iter().all(|step| step.left_out.is_empty())
    );
    let sso = found.login.sso.expect("single sign-on");
    assert!(!sso.preferred && sso.providers[0].id == "Iv1.1234");
}

/// Palpo: what is switched off is 400 `M_UNKNOWN`, and an e-mail address is no way to name oneself.
#[test]
fn palpo_says_in_its_own_words_what_it_does_not_do() {
    let login = r#"{"flows":[{"type":"m.login.password"},{"type":"m.login.application_service"},{"type":"m.login.sso"}]}"#;
    for (status, body, refusal) in [
        (403, r#"{"errcode":"M_FORBIDDEN","error":"Bad login type."}"#, "wrong_credentials"),
        (400, r#"{"errcode":"M_UNKNOWN","error":"Unsupported login type."}"#, "other"),
        (400, r#"{"errcode":"M_INVALID_USERNAME","error":"Username is invalid."}"#, "other"),
    ] {
        let mut driver = says(&["r0.6.0", "v1.12"], (200, login), (404, UNRECOGNIZED), UNRECOGNIZED);
        driver.say(by_password("alice@example.com", "correct horse")).answer("v3/login", status, body);
        let problem = driver.problem();
        assert_eq!(serde_json::to_value(&problem.cause).expect("JSON")["refusal"], refusal);
        assert!(problem.evidence.expect("evidence").message.is_some(), "its own words");
        driver.say(by_password("alice", "correct horse")).answer("v3/login", 200, REGISTERED).stored(Ok(()));
    }
}
