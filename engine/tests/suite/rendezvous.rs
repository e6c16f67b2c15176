//! Who can show a QR code at a server: by what it says, and by nothing else.

use narthex::{Failure, Finding, Generation, Offer, Probe, Rendezvous, Role, Screen, ServerReport};
use serde_json::{Value, json};

use crate::answers::{
    BAD_GATEWAY, DISABLED, LIMITED, LOGIN_PASSWORD, SERVER, UNRECOGNIZED, VERSIONS, WELL_KNOWN, use_server,
};
use crate::driver::{Driver, response};
use crate::oauth::{METADATA, metadata};

const PATH: &str = "io.element.msc4388/rendezvous";
const OPEN: &str = r#"{"create_available":true}"#;
/// As Synapse says it, and as tuwunel does.
const NO_TOKEN: &str = r#"{"errcode":"M_MISSING_TOKEN","error":"Missing access token"}"#;
const FORBIDDEN: &str = r#"{"errcode":"M_FORBIDDEN","error":"Forbidden"}"#;
const OF_2024: &str = r#"{"versions":["v1.11"],"unstable_features":{"org.matrix.msc4108":true}}"#;

/// A server with an authorization server, which has said all but what it says about the rendezvous of 2025.
fn asked(versions: &str, metadata: &str) -> Driver {
    let mut driver = Driver::new();
    driver.rendezvous = None;
    driver.say(use_server(SERVER)).answer("/client", 200, WELL_KNOWN).answer("/versions", 200, versions);
    driver.answer("v3/login", 200, LOGIN_PASSWORD).answer("/register", 403, DISABLED);
    driver.answer("v1/auth_metadata", 200, metadata).answer("msc2965/auth_metadata", 404, UNRECOGNIZED);
    driver
}

fn found(versions: &str, status: u16, body: &str) -> ServerReport {
    let mut driver = asked(versions, METADATA);
    driver.answer(PATH, status, body);
    report(&driver)
}

fn report(driver: &Driver) -> ServerReport {
    let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
    *report
}

fn finding(report: &ServerReport) -> Finding {
    report.steps.iter().find(|step| step.probe == Probe::Rendezvous).expect("it was asked").finding.clone()
}

fn cause(failure: &Failure) -> Value {
    serde_json::to_value(&failure.cause).expect("it serialises")
}

#[test]
fn it_is_asked_beside_the_rest_and_without_a_token() {
    let driver = asked(VERSIONS, METADATA);
    let request = driver.request(PATH);
    let at = "https://matrix.example.org/_matrix/client/unstable/io.element.msc4388/rendezvous";
    assert_eq!((request.method, request.url.as_str()), (narthex::Method::Get, at));
    assert!(request.headers.iter().all(|(name, _)| *name != "authorization"));
    assert!(request.body.expose().is_empty());
}

#[test]
fn only_what_the_api_says_of_itself_is_believed() {
    for (status, body, said) in [
        (200, OPEN, Rendezvous::Open),
        (200, r#"{"create_available":true,"org.example":[]}"#, Rendezvous::Open),
        (401, NO_TOKEN, Rendezvous::Authenticated),
        (401, r#"{"errcode":"M_UNKNOWN_TOKEN"}"#, Rendezvous::Authenticated),
        (403, FORBIDDEN, Rendezvous::Authenticated),
        (200, r#"{"create_available":false}"#, Rendezvous::Authenticated),
        (404, UNRECOGNIZED, Rendezvous::Off),
        (400, UNRECOGNIZED, Rendezvous::Off),
        (404, "404 page not found\n", Rendezvous::Off),
        (405, "", Rendezvous::Off),
    ] {
        let report = found(VERSIONS, status, body);
        assert_eq!(report.rendezvous.v2025, said, "{status} {body}");
        let finding = finding(&report);
        match said {
            Rendezvous::Open => assert_eq!(finding, Finding::Present),
            Rendezvous::Authenticated => assert_eq!(finding, Finding::Declined),
            Rendezvous::Off => assert_eq!(finding, Finding::Absent),
            Rendezvous::Unclear => unreachable!("none of these"),
        }
    }
}

#[test]
fn neither_an_outage_nor_a_limit_nor_an_oddity_says_that_there_is_none() {
    for (status, body) in [
        (200, BAD_GATEWAY),
        (200, ""),
        (200, "true"),
        (200, "[true]"),
        (200, "{}"),
        (200, r#"{"create_available":null}"#),
        (200, r#"{"create_available":"true"}"#),
        (200, r#"{"create_available":1}"#),
        (201, OPEN),
        (302, ""),
        (401, "{}"),
        (401, BAD_GATEWAY),
        (403, BAD_GATEWAY),
        (403, "{}"),
        (404, BAD_GATEWAY),
        (404, r#"{"errcode":"M_NOT_FOUND","error":"Not found"}"#),
        (408, "{}"),
        (429, LIMITED),
        (403, LIMITED),
        (500, UNRECOGNIZED),
        (502, BAD_GATEWAY),
    ] {
        let report = found(VERSIONS, status, body);
        assert_eq!(report.rendezvous.v2025, Rendezvous::Unclear, "{status} {body}");
        assert!(matches!(finding(&report), Finding::Faulty { .. }), "{status} {body}");
        for role in [Role::New, Role::Existing] {
            let why = report.can_show_code(role).expect_err("nobody knows");
            assert_eq!(cause(&why)["class"], "unavailable", "{status} {body}");
            let evidence = why.evidence.expect("an exchange showed it");
            assert!(evidence.path.ends_with(PATH) && evidence.status == Some(status), "{evidence:?}");
        }
    }
    let mut driver = asked(VERSIONS, METADATA);
    driver.lose(PATH);
    assert_eq!(report(&driver).rendezvous.v2025, Rendezvous::Unclear, "it was cut");
    let mut driver = asked(VERSIONS, METADATA);
    driver.wait();
    assert_eq!(report(&driver).rendezvous.v2025, Rendezvous::Unclear, "it was not answered in time");
}

/// Whoever signs in without another device does not wait for it, and misses nothing.
#[test]
fn a_limit_of_it_alone_keeps_nobody() {
    let mut driver = asked(VERSIONS, METADATA);
    driver.respond(PATH, response(429, &[("retry-after", "3")], LIMITED));
    let report = report(&driver);
    assert!(driver.offers(Offer::SignInWithBrowser) && driver.is_idle(), "{}", driver.trace);
    let why = report.can_show_code(Role::Existing).expect_err("nobody knows");
    assert!(why.rate_limited_until().is_some(), "when to ask again is known");
}

/// A server that offers nothing says so, whatever hides its rendezvous.
#[test]
fn an_outage_of_it_alone_hides_no_way_in() {
    let mut driver = Driver::new();
    driver.rendezvous = Some((502, BAD_GATEWAY));
    driver.finds((403, DISABLED), r#"{"flows":[]}"#);
    assert_eq!(driver.cause(), json!({ "class": "unsupported", "missing": { "sign_in": {} } }));
}

#[test]
fn that_of_2024_is_where_versions_announces_it() {
    let with = |features: &str| format!(r#"{{"versions":["v1.11"],"unstable_features":{features}}}"#);
    let flag = |value: &str| with(&format!(r#"{{"org.matrix.msc4108":{value}}}"#));
    let left_out = |report: &ServerReport| {
        report.steps.iter().find(|step| step.probe == Probe::Versions).expect("it was asked").left_out.clone()
    };
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for (versions, said, left) in [
        (flag("true"), Rendezvous::Open, None),
        (flag("false"), Rendezvous::Off, None),
        (flag("null"), Rendezvous::Off, None),
        (with("{}"), Rendezvous::Off, None),
        (with("null"), Rendezvous::Off, None),
        (r#"{"versions":["v1.11"]}"#.to_owned(), Rendezvous::Off, None),
        (with(r#"{"org.matrix.msc4108":false,"org.matrix.msc4108":true}"#), Rendezvous::Open, None),
        (flag("\"true\""), Rendezvous::Unclear, Some("unstable_features.org.matrix.msc4108")),
        (flag("1"), Rendezvous::Unclear, Some("unstable_features.org.matrix.msc4108")),
        (with("[]"), Rendezvous::Unclear, Some("unstable_features")),
        (with("true"), Rendezvous::Unclear, Some("unstable_features")),
        // It can be read past, but not into.
        (with(&deep), Rendezvous::Unclear, Some("unstable_features")),
    ] {
        let report = found(&versions, 404, UNRECOGNIZED);
        assert_eq!(report.rendezvous.v2024, said, "{versions}");
        assert_eq!(
            (left_out(&report), report.versions),
            (left.map(str::to_owned).into_iter().collect(), vec!["v1.11".to_owned()])
        );
    }
}

/// The newer generation where both would do.
#[test]
fn who_can_show_a_code_follows_from_the_report() {
    let none = |missing: &str| Err(json!({ "class": "unsupported", "missing": missing }));
    let unclear = || Err(json!({ "class": "unavailable", "outage": "unclear" }));
    let (v2024, v2025) = (Ok(Generation::V2024), Ok(Generation::V2025));
    let odd = r#"{"versions":["v1.11"],"unstable_features":7}"#;
    for (versions, (status, body), new, existing) in [
        (VERSIONS, (200, OPEN), v2025.clone(), v2025.clone()),
        (VERSIONS, (401, NO_TOKEN), none("open_rendezvous"), v2025.clone()),
        (VERSIONS, (403, FORBIDDEN), none("open_rendezvous"), v2025.clone()),
        (VERSIONS, (404, UNRECOGNIZED), none("rendezvous"), none("rendezvous")),
        (OF_2024, (200, OPEN), v2025.clone(), v2025.clone()),
        (OF_2024, (401, NO_TOKEN), v2024.clone(), v2025.clone()),
        (OF_2024, (404, UNRECOGNIZED), v2024.clone(), v2024.clone()),
        (OF_2024, (401, "{}"), v2024.clone(), v2024),
        (odd, (404, UNRECOGNIZED), unclear(), unclear()),
        (odd, (401, NO_TOKEN), unclear(), v2025),
    ] {
        let report = found(versions, status, body);
        for (role, said) in [(Role::New, new), (Role::Existing, existing)] {
            let can = report.can_show_code(role);
            let evidence = can.as_ref().err().map(|failure| failure.evidence.is_some());
            assert_ne!(evidence, Some(false), "an answer shows it");
            assert_eq!(can.map_err(|failure| cause(&failure)), said, "{role:?}: {versions} {body}");
        }
    }
}

/// However open the rendezvous: the tokens of the new device come by the device authorization grant.
#[test]
fn nobody_shows_a_code_where_no_device_is_authorized() {
    let without = metadata(|metadata| metadata["device_authorization_endpoint"] = Value::Null);
    let mut driver = asked(OF_2024, &without);
    driver.answer(PATH, 200, OPEN);
    let mut legacy = Driver::new();
    legacy.rendezvous = Some((200, OPEN));
    legacy.finds((403, DISABLED), LOGIN_PASSWORD);
    for report in [report(&driver), report(&legacy)] {
        assert_eq!(report.rendezvous.v2025, Rendezvous::Open, "it is told all the same");
        for role in [Role::New, Role::Existing] {
            let why = report.can_show_code(role).expect_err("it has no device grant");
            assert_eq!(cause(&why), json!({ "class": "unsupported", "missing": "device_grant" }));
        }
    }
}
