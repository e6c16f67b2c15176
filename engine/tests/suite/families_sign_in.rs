//! What kinds of homeservers say to a client that signs in, as read in their sources, and what is made of it. The table
//! is in `docs/src/servers.md`.

use narthex::{
    Failure, Finding, Generation, OAuthSupport, Offer, Probe, RegistrationSupport, Rendezvous, Role, Screen,
    ServerReport,
};
use serde_json::{Value, json};

use crate::answers::{DISABLED, REGISTERED, SERVER, UNRECOGNIZED, by_password, use_server};
use crate::driver::Driver;
use crate::oauth::METADATA;

/// A server that says this of itself; 404 of its kind to all else.
fn says(versions: &[&str], login: (u16, &str), metadata: (u16, &str), unknown: &'static str) -> Driver {
    let mut driver = Driver::new();
    driver.rendezvous = Some((404, unknown));
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

/// It has no rendezvous, which is no fault; and without a device grant nobody would miss one.
fn shows_no_code(found: &ServerReport) {
    assert_eq!((found.rendezvous.v2025, found.rendezvous.v2024), (Rendezvous::Off, Rendezvous::Off));
    let step = found.steps.iter().find(|step| step.probe == Probe::Rendezvous).expect("it was asked");
    assert_eq!(step.finding, Finding::Absent);
    for role in [Role::New, Role::Existing] {
        assert_eq!(missing(found.can_show_code(role).err()), "device_grant");
    }
}

/// Synapse 1.5, and Dendrite of the same year, whose router has no words for what it does not know. Found C5.
#[test]
fn synapse_and_dendrite_of_2020_are_too_old() {
    let synapse = ["r0.0.1", "r0.1.0", "r0.2.0", "r0.3.0", "r0.4.0", "r0.5.0"];
    for (versions, unknown) in [(&synapse[..], UNRECOGNIZED), (&synapse[..4], "404 page not found\n")] {
        let driver = says(versions, (404, unknown), (404, unknown), unknown);
        let newest = versions.last().expect("a version");
        assert_eq!(missing(report(&driver).cannot_sign_in()), json!({ "version": { "newest": newest } }));
        shows_no_code(&report(&driver));
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
        shows_no_code(&found);
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
    shows_no_code(&found);
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

/// A server with an authorization server that offers the device authorization grant, and which says this of its
/// rendezvous: `/versions`, and the answer to whoever asks for that of 2025 without a token.
fn meets(versions: &Value, rendezvous: (u16, &'static str)) -> ServerReport {
    let mut driver = Driver::new();
    driver.rendezvous = Some(rendezvous);
    driver.say(use_server(SERVER)).answer("/client", 404, "").answer("/versions", 200, &versions.to_string());
    driver.answer("v3/login", 200, r#"{"flows":[]}"#).answer("/register", 403, DISABLED);
    driver.answer("v1/auth_metadata", 200, METADATA).answer("msc2965/auth_metadata", 200, METADATA);
    report(&driver)
}

/// Synapse with an authorization server, by the mode of its rendezvous; recorded of 1.163.2.
#[test]
fn synapse_says_who_may_show_a_code() {
    let features = |of_2024: bool| json!({ "versions": ["r0.6.1", "v1.15"], "unstable_features": { "org.matrix.msc4108": of_2024 } });
    let open = (200, r#"{"create_available":true}"#);
    let authenticated = (401, r#"{"errcode":"M_MISSING_TOKEN","error":"Missing access token"}"#);
    let off = (404, UNRECOGNIZED);
    let (v2024, v2025) = (Some(Generation::V2024), Some(Generation::V2025));
    for (of_2024, of_2025, new, existing) in [
        (true, open, v2025, v2025),
        (false, open, v2025, v2025),
        (true, authenticated, v2024, v2025),
        (false, authenticated, None, v2025),
        (true, off, v2024, v2024),
        (false, off, None, None),
    ] {
        let found = meets(&features(of_2024), of_2025);
        let by = (found.can_show_code(Role::New).ok(), found.can_show_code(Role::Existing).ok());
        assert_eq!(by, (new, existing), "{of_2024} {of_2025:?}");
    }
}

/// tuwunel refuses by 403 whoever is not signed in.
#[test]
fn tuwunel_keeps_its_rendezvous_for_its_users() {
    let found = meets(
        &json!({ "versions": ["v1.15"] }),
        (403, r#"{"errcode":"M_FORBIDDEN","error":"Not authenticated."}"#),
    );
    assert_eq!(found.rendezvous.v2025, Rendezvous::Authenticated);
    assert_eq!(found.can_show_code(Role::Existing).ok(), Some(Generation::V2025));
    assert_eq!(missing(found.can_show_code(Role::New).err()), "open_rendezvous");
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
        shows_no_code(&report(&driver));
        driver.say(by_password("alice@example.com", "correct horse")).answer("v3/login", status, body);
        let problem = driver.problem();
        assert_eq!(serde_json::to_value(&problem.cause).expect("JSON")["refusal"], refusal);
        assert!(problem.evidence.expect("evidence").message.is_some(), "its own words");
        driver.say(by_password("alice", "correct horse")).answer("v3/login", 200, REGISTERED).stored(Ok(()));
    }
}
