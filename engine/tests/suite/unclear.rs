//! That a server cannot is concluded from what it says, and never from an outage or an oddity.

use std::time::Duration;

use narthex::{Failure, Intent, OAuthSupport, Offer, Probe, Screen, ServerReport};
use serde_json::{Value, json};

use crate::answers::{
    BAD_GATEWAY, DISABLED, LIMITED, LOGIN_PASSWORD, OPEN, SERVER, UNRECOGNIZED, VERSIONS, WELL_KNOWN,
    by_password, use_server,
};
use crate::driver::{Driver, response};
use crate::oauth::{METADATA, metadata};

const OLD: &str = r#"{"versions":["r0.5.0","r0.6.1"]}"#;
const WAYS: [Offer; 5] = [
    Offer::SignInWithPassword,
    Offer::SignInWithSso,
    Offer::SignInWithToken,
    Offer::SignInWithBrowser,
    Offer::SignInWithDeviceCode,
];

/// A server that answers so, and takes new accounts.
fn found(versions: &str, login: (u16, &str), metadata: (u16, &str), registration: (u16, &str)) -> Driver {
    let mut driver = asking();
    driver.answer("/versions", 200, versions).answer("v3/login", login.0, login.1);
    driver.answer("v1/auth_metadata", metadata.0, metadata.1).answer(
        "msc2965/auth_metadata",
        404,
        UNRECOGNIZED,
    );
    driver.answer("/register", registration.0, registration.1);
    driver
}

fn asking() -> Driver {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/client", 200, WELL_KNOWN);
    driver
}

fn report(driver: &Driver) -> ServerReport {
    let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
    *report
}

fn cause(failure: &Failure) -> Value {
    serde_json::to_value(&failure.cause).expect("it serialises")
}

fn login(body: &str) -> Driver {
    found(VERSIONS, (200, body), (404, UNRECOGNIZED), (401, OPEN))
}

fn left_out(driver: &Driver) -> Vec<String> {
    let steps = report(driver).steps;
    steps.into_iter().find(|step| step.probe == Probe::Login).expect("it was asked").left_out
}

/// Found C1.
#[test]
fn what_hides_the_ways_in_is_told_and_concludes_nothing() {
    let forbidden = r#"{"errcode":"M_FORBIDDEN","error":"Not from here"}"#;
    for (status, body, outage) in [
        (500, "{}", json!({ "server_error": 500 })),
        (502, BAD_GATEWAY, json!({ "server_error": 502 })),
        (403, forbidden, json!("unclear")),
        (302, "", json!("unclear")),
        (200, "{", json!("unclear")),
        (200, BAD_GATEWAY, json!("not_the_server")),
        (404, r#"{"errcode":"M_NOT_FOUND","error":"Not found"}"#, json!("unclear")),
    ] {
        let driver = found(VERSIONS, (status, body), (404, UNRECOGNIZED), (401, OPEN));
        let report = report(&driver);
        for why in WAYS[..3].iter().map(|way| report.lacks(*way)).chain([report.cannot_sign_in()]) {
            let why = why.expect("it is not there");
            assert_eq!(cause(&why), json!({ "class": "unavailable", "outage": outage }), "{status} {body}");
            let evidence = why.evidence.expect("an exchange showed it");
            assert_eq!((evidence.status, evidence.path.as_str()), (Some(status), "/_matrix/client/v3/login"));
        }
        assert!(driver.offers(Offer::Retry), "{status} {body}");
    }
    let mut driver = asking();
    driver.answer("/versions", 200, VERSIONS).lose("v3/login").answer("v1/auth_metadata", 404, UNRECOGNIZED);
    driver.answer("msc2965/auth_metadata", 404, UNRECOGNIZED).answer("/register", 401, OPEN);
    let why = report(&driver).lacks(Offer::SignInWithPassword).expect("it is not there");
    assert_eq!(cause(&why)["class"], "unavailable", "it was cut");
}

/// Found C1: the same where nobody can register either, so that the failure is what is shown.
#[test]
fn a_server_of_which_nothing_is_known_is_not_one_without_a_way_in() {
    let driver = found(VERSIONS, (403, "{}"), (404, UNRECOGNIZED), (403, DISABLED));
    assert_eq!(driver.cause(), json!({ "class": "unavailable", "outage": "unclear" }));
    assert!(driver.offers(Offer::Retry));
}

/// Found C1.
#[test]
fn a_rate_limit_is_waited_out_also_at_one_request_a_second() {
    let limited = || response(429, &[("retry-after", "1")], r#"{"errcode":"M_LIMIT_EXCEEDED"}"#);
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).respond("/client", limited());
    assert!(matches!(driver.screen(), Screen::Limited { .. }), "{}", driver.trace);
    driver.wait().answer("/client", 200, WELL_KNOWN);
    let answers = [
        ("/versions", 200, VERSIONS),
        ("v3/login", 200, LOGIN_PASSWORD),
        ("v1/auth_metadata", 404, UNRECOGNIZED),
        ("msc2965/auth_metadata", 404, UNRECOGNIZED),
    ];
    driver.answer("/register", 401, OPEN);
    for (done, (path, status, body)) in answers.iter().enumerate() {
        driver.answer(path, *status, body);
        for (path, ..) in &answers[done + 1..] {
            driver.respond(path, limited());
        }
        if done + 1 < answers.len() {
            let Screen::Limited { until, .. } = driver.screen() else { panic!("{}", driver.trace) };
            driver.now = until;
            driver.hear(narthex::Input::Tick);
        }
    }
    assert!(driver.offers(Offer::SignInWithPassword) && !driver.offers(Offer::Retry), "{}", driver.trace);
}

/// Found C1: for a minute, and then what is not known is not known.
#[test]
fn a_server_that_wants_patience_for_an_hour_is_not_waited_for() {
    let mut driver = asking();
    let hour = response(429, &[("retry-after", "3600")], "{}");
    driver.answer("/versions", 200, VERSIONS).respond("v3/login", hour);
    driver.answer("v1/auth_metadata", 404, UNRECOGNIZED).answer("msc2965/auth_metadata", 404, UNRECOGNIZED);
    driver.answer("/register", 401, OPEN);
    let why = report(&driver).lacks(Offer::SignInWithPassword).expect("it is not there");
    assert_eq!(
        (cause(&why)["outage"].clone(), why.rate_limited_until().is_some()),
        (json!("rate_limited"), true)
    );
    let mut driver = asking();
    driver.answer("/versions", 200, VERSIONS).answer("v1/auth_metadata", 404, UNRECOGNIZED);
    driver.answer("msc2965/auth_metadata", 404, UNRECOGNIZED).answer("/register", 401, OPEN);
    let mut asked = 0;
    while driver.is_open("v3/login") {
        driver.answer("v3/login", 429, LIMITED).after(Duration::from_secs(8));
        asked += 1;
    }
    assert!((2..10).contains(&asked), "{asked}");
}

/// Found C2.
#[test]
fn an_odd_entry_is_left_out_and_the_rest_stands() {
    let password = json!({ "type": "m.login.password" });
    for (odd, left) in [
        (json!({ "type": "m.login.sso", "identity_providers": null }), vec![]),
        (json!({ "type": "m.login.sso", "identity_providers": {} }), vec!["flows[0].identity_providers"]),
        (
            json!({ "type": "m.login.sso", "identity_providers": ["x"] }),
            vec!["flows[0].identity_providers[0].id"],
        ),
        (json!({ "name": "no type" }), vec!["flows[0].type"]),
        (json!({ "type": 7 }), vec!["flows[0].type"]),
        (json!("m.login.password"), vec!["flows[0].type"]),
        (Value::Null, vec!["flows[0].type"]),
    ] {
        let driver = login(&json!({ "flows": [odd, password] }).to_string());
        assert!(driver.offers(Offer::SignInWithPassword) && !driver.offers(Offer::Retry), "{odd}");
        assert_eq!(left_out(&driver), left, "{odd}");
        assert_eq!(driver.offers(Offer::SignInWithSso), odd["type"] == "m.login.sso", "{odd}");
    }
    let providers = json!([
        { "id": "a", "name": null },
        { "id": 7, "name": "Seven" },
        { "id": "b", "name": "B", "brand": {} },
        { "id": "c", "name": ["C"], "brand": "c" },
        { "id": "d", "name": "D" },
    ]);
    let sso = json!({ "type": "m.login.sso", "identity_providers": providers });
    let driver = login(&json!({ "flows": [password, sso] }).to_string());
    let listed = report(&driver).login.sso.expect("single sign-on").providers;
    let names: Vec<_> = listed.iter().map(|listed| (listed.id.as_str(), listed.name.as_str())).collect();
    assert_eq!(names, [("a", "a"), ("b", "B"), ("c", "c"), ("d", "D")]);
    let at = |n: usize, field: &str| format!("flows[1].identity_providers[{n}].{field}");
    assert_eq!(left_out(&driver), [at(1, "id"), at(2, "brand"), at(3, "name")]);
    let many = json!({ "flows": vec![Value::Null; 500] });
    assert_eq!(left_out(&login(&many.to_string())).len(), 16, "what is told has a limit");
}

/// Found D19.
#[test]
fn an_odd_version_is_left_out_and_a_refusal_is_no_sign_that_it_is_no_matrix_server() {
    let driver = found(
        r#"{"versions":["v1.1",3,null,"v1.11"]}"#,
        (200, LOGIN_PASSWORD),
        (404, UNRECOGNIZED),
        (401, OPEN),
    );
    let report = report(&driver);
    assert_eq!(report.versions, ["v1.1", "v1.11"]);
    let step = report.steps.into_iter().find(|step| step.probe == Probe::Versions).expect("it was asked");
    assert_eq!(step.left_out, ["versions[1]", "versions[2]"]);
    for (status, body, class) in [
        (403, r#"{"errcode":"M_FORBIDDEN","error":"Not from here"}"#, "refused"),
        (401, r#"{"errcode":"M_MISSING_TOKEN"}"#, "refused"),
        (404, UNRECOGNIZED, "misbehaved"),
        (403, "{}", "misbehaved"),
        (200, r#"{"versions":3}"#, "misbehaved"),
    ] {
        let mut driver = asking();
        driver.answer("/versions", status, body);
        assert_eq!(driver.cause()["class"], class, "{status} {body}");
    }
}

/// Found C3.
#[test]
fn a_server_with_other_ways_only_says_which() {
    let kinds = r#"{"flows":[{"type":"org.example.card"},{"type":"m.login.application_service"}]}"#;
    for (body, kinds) in [
        (kinds, json!({ "kinds": ["org.example.card", "m.login.application_service"] })),
        (r#"{"flows":[]}"#, json!({})),
        ("{}", json!({})),
    ] {
        let driver = found(VERSIONS, (200, body), (404, UNRECOGNIZED), (403, DISABLED));
        assert_eq!(
            driver.cause(),
            json!({ "class": "unsupported", "missing": { "sign_in": kinds } }),
            "{body}"
        );
        let evidence = driver.problem().evidence.expect("an exchange showed it");
        assert_eq!(evidence.status, Some(200));
        let registering = found(VERSIONS, (200, body), (404, UNRECOGNIZED), (401, OPEN));
        let Screen::Choose { problem, report, .. } = registering.screen() else { panic!("{body}") };
        assert!(problem.is_none() && report.cannot_sign_in().is_some(), "an account can be made: {body}");
    }
}

/// Found C5.
#[test]
fn a_server_of_2020_is_too_old_and_says_what_it_speaks() {
    let driver = found(OLD, (404, UNRECOGNIZED), (404, UNRECOGNIZED), (404, UNRECOGNIZED));
    let version = json!({ "version": { "newest": "r0.6.1" } });
    assert_eq!(driver.cause(), json!({ "class": "unsupported", "missing": version }));
    assert!(driver.problem().evidence.expect("evidence").path.ends_with("/versions"));
    for login in [(200, LOGIN_PASSWORD), (403, "{}")] {
        let driver = found(OLD, login, (404, UNRECOGNIZED), (404, UNRECOGNIZED));
        let why = report(&driver).cannot_sign_in();
        assert_eq!(why.is_none(), login.0 == 200, "what it announces is not all that it knows");
        assert!(why.is_none_or(|why| cause(&why)["class"] == "unavailable"));
    }
}

/// Found C6.
#[test]
fn a_refused_sign_in_is_told_as_what_it_is() {
    let refused = |status: u16, body: &str| {
        let mut driver = login(LOGIN_PASSWORD);
        driver.say(by_password("alice", "correct horse")).answer("v3/login", status, body);
        driver.cause()
    };
    let not_found = refused(404, r#"{"errcode":"M_NOT_FOUND","error":"No such user"}"#);
    assert_eq!(not_found, json!({ "class": "refused", "refusal": "other" }));
    let gone = json!({ "class": "unsupported", "missing": "legacy_sign_in" });
    assert_eq!((refused(404, UNRECOGNIZED), refused(404, "")), (gone.clone(), gone));
    let consent = |uri: &str| {
        let body = json!({ "errcode": "M_CONSENT_NOT_GIVEN", "error": "Agree first", "consent_uri": uri });
        refused(403, &body.to_string())["refusal"]["consent_needed"]["uri"].clone()
    };
    let page = "https://matrix.example.org/_matrix/consent?u=alice&h=1";
    assert_eq!(consent(page), page);
    for uri in ["http://matrix.example.org/", "http://127.0.0.1/", "javascript:alert(1)", ""] {
        assert_eq!(consent(uri), Value::Null, "{uri}");
    }
}

/// Found C14.
#[test]
fn an_empty_endpoint_is_as_if_it_were_absent() {
    let empty = metadata(|m| {
        for name in ["registration_endpoint", "revocation_endpoint", "device_authorization_endpoint"] {
            m[name] = json!("");
        }
    });
    let driver = found(VERSIONS, (200, LOGIN_PASSWORD), (200, &empty), (401, OPEN));
    let OAuthSupport::Offered { client_registration, device_grant, .. } = report(&driver).oauth else {
        panic!("{}", driver.trace)
    };
    assert!(!client_registration && !device_grant);
    let nowhere = metadata(|m| m["token_endpoint"] = json!(""));
    let driver = found(VERSIONS, (200, LOGIN_PASSWORD), (200, &nowhere), (401, OPEN));
    assert!(matches!(report(&driver).oauth, OAuthSupport::Unusable { .. }), "nobody can do without that one");
}

/// Found C1, for the ways of an authorization server.
#[test]
fn an_authorization_server_that_is_out_of_order_has_not_said_that_it_cannot() {
    for (status, body) in [(500, "{}"), (200, BAD_GATEWAY), (403, "{}")] {
        let driver = found(VERSIONS, (200, LOGIN_PASSWORD), (status, body), (401, OPEN));
        for way in [Offer::SignInWithBrowser, Offer::SignInWithDeviceCode] {
            let why = report(&driver).lacks(way).expect("it is not there");
            assert_eq!(cause(&why)["class"], "unavailable", "{way:?} {status} {body}");
        }
    }
    let driver = found(VERSIONS, (200, LOGIN_PASSWORD), (404, ""), (401, OPEN));
    for (way, missing) in [
        (Offer::SignInWithBrowser, "authorization_code"),
        (Offer::SignInWithDeviceCode, "device_grant"),
        (Offer::SignInWithToken, "token_sign_in"),
    ] {
        let why = report(&driver).lacks(way).expect("it is not there");
        assert_eq!(cause(&why), json!({ "class": "unsupported", "missing": missing }));
    }
    assert_eq!(report(&driver).lacks(Offer::SignInWithPassword), None);
    assert_eq!(report(&driver).lacks(Offer::Cancel), None);
}

/// Found F1: a password beside a sign-in in the browser.
#[test]
fn a_password_that_the_server_lists_may_be_used() {
    let mut driver = Driver::oauth();
    driver.say(by_password("alice", "correct horse"));
    assert!(driver.is_open("v3/login"));
    let report = found(VERSIONS, (200, LOGIN_PASSWORD), (200, METADATA), (403, DISABLED));
    assert!(report.offers(Offer::SignInWithPassword) && report.offers(Offer::SignInWithBrowser));
    driver.say(Intent::Cancel);
}
