//! What each error code is called, endpoint by endpoint.

use narthex::{Finding, Intent, Offer, Probe, Screen, ServerReport, Stage, StageKind};
use serde_json::{Value, json};

use crate::answers::{
    BAD_GATEWAY, DISABLED, EMAIL, LOGIN_PASSWORD, OPEN, PHONE, SERVER, SID_CODE, TERMS, UNRECOGNIZED,
    VERSIONS, WELL_KNOWN, WHOAMI, by_password, use_server,
};
use crate::driver::Driver;

const PAGE: &str = "<html>Not for you</html>";

fn refused(refusal: impl Into<Value>) -> Value {
    json!({ "class": "refused", "refusal": refusal.into() })
}

fn unexpected(status: u16) -> Value {
    json!({ "class": "misbehaved", "misbehaviour": { "unexpected_status": status } })
}

fn stranger() -> Value {
    json!({ "class": "unavailable", "outage": "not_the_server" })
}

fn code(errcode: &str) -> String {
    json!({ "errcode": errcode, "error": "No", "admin_contact": "mailto:admin@example.org" }).to_string()
}

#[test]
fn a_sign_in_that_is_refused_says_why() {
    let full = json!({ "server_full": { "contact": "mailto:admin@example.org" } });
    let missing = json!({ "class": "unsupported", "missing": "legacy_sign_in" });
    for (status, body, cause) in [
        (403, code("M_FORBIDDEN"), refused("wrong_credentials")),
        (401, code("M_UNAUTHORIZED"), refused("wrong_credentials")),
        (403, code("M_USER_DEACTIVATED"), refused("deactivated")),
        (401, code("M_USER_LOCKED"), refused("locked")),
        (403, code("M_RESOURCE_LIMIT_EXCEEDED"), refused(full.clone())),
        (403, code("M_USER_LIMIT_EXCEEDED"), refused(full)),
        (404, "{}".to_owned(), missing.clone()),
        (405, String::new(), missing.clone()),
        (400, code("M_UNRECOGNIZED"), missing),
        (400, code("M_BAD_JSON"), refused("other")),
        (499, code("ORG.EXAMPLE.MOON"), refused("other")),
        (400, "{}".to_owned(), unexpected(400)),
        (302, String::new(), unexpected(302)),
        (403, PAGE.to_owned(), stranger()),
    ] {
        let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
        driver.say(by_password("alice", "correct horse")).answer("v3/login", status, &body);
        assert_eq!(driver.cause(), cause, "{status} {body}");
    }
}

/// Edge case 181.
#[test]
fn whoever_signs_in_may_have_to_be_approved_first() {
    for errcode in ["ORG.MATRIX.MSC3866_USER_AWAITING_APPROVAL", "M_USER_AWAITING_APPROVAL"] {
        let mut driver = Driver::at((403, DISABLED), LOGIN_PASSWORD);
        driver.say(by_password("alice", "correct horse")).answer("v3/login", 403, &code(errcode));
        let waiting = Screen::AwaitingApproval { server: SERVER.into(), username: "alice".into() };
        assert_eq!(driver.screen(), waiting);
    }
}

fn found(login: (u16, &str), registration: (u16, &str)) -> ServerReport {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/client", 200, WELL_KNOWN);
    driver.answer("/versions", 200, VERSIONS).answer("v3/login", login.0, login.1);
    driver.answer("v1/auth_metadata", 404, UNRECOGNIZED).answer("msc2965/auth_metadata", 404, UNRECOGNIZED);
    driver.answer("/register", registration.0, registration.1);
    let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
    *report
}

fn finding(report: &ServerReport, question: Probe) -> Value {
    let step = report.steps.iter().find(|step| step.probe == question).expect("it was asked");
    serde_json::to_value(&step.finding).expect("it serialises")
}

#[test]
fn a_question_about_registration_is_answered_in_many_ways() {
    let is = |what: &str| json!({ "is": what });
    let (present, absent) = (json!({ "finding": "present" }), json!({ "finding": "absent" }));
    let faulty = |mut cause: Value| {
        cause["finding"] = json!("faulty");
        cause
    };
    let declined = json!({ "finding": "declined" });
    for (status, body, support, found_so) in [
        (200, "{}", is("unguarded"), present.clone()),
        (200, PAGE, is("unclear"), faulty(stranger())),
        (200, "[]", is("unclear"), faulty(unexpected(200))),
        (403, DISABLED, is("closed"), declined.clone()),
        (403, "", is("closed"), declined),
        (403, PAGE, is("unclear"), faulty(stranger())),
        (404, "", is("absent"), absent.clone()),
        (405, PAGE, is("absent"), absent.clone()),
        (400, UNRECOGNIZED, is("absent"), absent),
        (400, r#"{"errcode":"M_MISSING_PARAM","error":"A username, please"}"#, is("unclear"), present),
        (400, "{}", is("unclear"), faulty(unexpected(400))),
        (401, PAGE, is("unclear"), faulty(stranger())),
    ] {
        let report = found((200, LOGIN_PASSWORD), (status, body));
        let registration = serde_json::to_value(&report.registration).expect("it serialises");
        assert_eq!(registration, support, "{status} {body}");
        assert_eq!(finding(&report, Probe::Registration), found_so, "{status} {body}");
    }
}

#[test]
fn a_question_about_the_sign_in_is_answered_in_many_ways() {
    for (status, body, found_so) in [
        (200, LOGIN_PASSWORD, Finding::Present),
        (404, "", Finding::Absent),
        (404, PAGE, Finding::Absent),
        (405, "{}", Finding::Absent),
        (400, UNRECOGNIZED, Finding::Absent),
    ] {
        let report = found((status, body), (401, OPEN));
        let step = report.steps.iter().find(|step| step.probe == Probe::Login).expect("it was asked");
        assert_eq!(step.finding, found_so, "{status} {body}");
        assert_eq!(report.login.password, status == 200);
    }
    let elsewhere = r#"{"errcode":"M_NOT_FOUND","error":"Not found"}"#;
    for (status, body) in [
        (405, PAGE),
        (200, PAGE),
        (403, PAGE),
        (400, "{}"),
        (200, "[]"),
        (200, r#"{"flows":7}"#),
        (404, elsewhere),
    ] {
        let report = found((status, body), (401, OPEN));
        assert_eq!(finding(&report, Probe::Login)["finding"], "faulty", "{status} {body}");
    }
}

/// Only an answer that says that it is an error has an error code.
#[test]
fn an_error_code_in_a_success_is_none() {
    let odd = r#"{"flows":[{"type":"m.login.password"}],"errcode":"M_UNRECOGNIZED"}"#;
    assert!(found((200, odd), (401, OPEN)).login.password);
}

#[test]
fn a_check_of_a_session_says_what_it_found() {
    let elsewhere = json!({ "class": "misbehaved", "misbehaviour": { "invalid_field": "device_id" } });
    let other_device = WHOAMI.replace("GSMJVDUDMS", "SOMEOTHER");
    for (status, body, cause) in [
        (403, code("M_USER_DEACTIVATED"), refused("deactivated")),
        (401, code("M_USER_LOCKED"), refused("locked")),
        (403, code("M_FORBIDDEN"), refused("other")),
        (403, "{}".to_owned(), unexpected(403)),
        (403, PAGE.to_owned(), stranger()),
        (200, other_device, elsewhere),
    ] {
        let mut driver = Driver::signed_in();
        driver.say(Intent::CheckSession).answer("/whoami", status, &body);
        assert!(matches!(driver.screen(), Screen::SignedIn { checked_at: None, .. }), "{body}");
        assert_eq!(driver.cause(), cause, "{body}");
    }
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession).answer("/whoami", 200, r#"{"user_id":"@alice:example.org"}"#);
    assert!(
        matches!(driver.screen(), Screen::SignedIn { problem: None, .. }),
        "older servers name no device"
    );
}

#[test]
fn only_a_success_signs_out() {
    let missing = json!({ "class": "unsupported", "missing": "endpoint" });
    for (status, body, cause) in [
        (404, UNRECOGNIZED.to_owned(), missing.clone()),
        (405, String::new(), missing),
        (403, code("M_FORBIDDEN"), refused("other")),
        (400, String::new(), unexpected(400)),
        (400, "{}".to_owned(), unexpected(400)),
        (200, BAD_GATEWAY.to_owned(), stranger()),
        (200, "[]".to_owned(), json!({ "class": "misbehaved", "misbehaviour": "malformed_body" })),
    ] {
        let mut driver = Driver::signed_in();
        driver.say(Intent::SignOut { everywhere: false }).answer("/logout", status, &body);
        assert_eq!(driver.cause(), cause, "{status} {body}");
        assert!(driver.offers(Offer::Forget) && driver.is_idle());
        let may_pass = cause["class"] == "unavailable";
        assert_eq!(driver.engine.deadline().is_some(), may_pass, "{status} {body}: when it is tried again");
    }
}

#[test]
fn a_renewal_that_cannot_be_one_is_not_used() {
    let most = "t".repeat(16 * 1024);
    let invalid = json!({ "class": "misbehaved", "misbehaviour": { "invalid_field": "access_token" } });
    for token in [String::new(), format!("{most}t"), "a\nb".to_owned()] {
        let mut driver = Driver::signed_in();
        let body = json!({ "access_token": token }).to_string();
        driver.say(Intent::Refresh).answer("v3/refresh", 200, &body);
        assert_eq!(driver.cause(), invalid);
    }
    let mut driver = Driver::signed_in();
    driver.say(Intent::Refresh).answer("v3/refresh", 200, &json!({ "access_token": most }).to_string());
    driver.stored(Ok(()));
    let session = driver.engine.session().expect("signed in");
    assert_eq!((session.access_token.expose(), session.expires_at), (&most, None));
}

#[test]
fn an_address_that_is_refused_says_why() {
    for (status, body, cause) in [
        (400, code("M_THREEPID_IN_USE"), refused(json!({ "address_in_use": "email" }))),
        (403, code("M_THREEPID_DENIED"), refused(json!({ "address_denied": "email" }))),
        (400, code("M_INVALID_PARAM"), refused(json!({ "address_invalid": "email" }))),
        (403, code("M_FORBIDDEN"), refused("registration_closed")),
        (400, code("M_FORBIDDEN"), refused("other")),
        (400, code("ORG.EXAMPLE.MOON"), refused("other")),
        (400, "{}".to_owned(), unexpected(400)),
        (302, String::new(), unexpected(302)),
        (404, PAGE.to_owned(), stranger()),
    ] {
        let mut driver = Driver::registering(EMAIL);
        driver.say(Intent::UseEmail { address: "a@b.example".into() });
        driver.answer("email/requestToken", status, &body);
        assert!(matches!(driver.screen(), Screen::Address { .. }), "{body}: another one may do");
        assert_eq!(driver.cause(), cause, "{status} {body}");
    }
}

#[test]
fn a_code_that_is_refused_says_why() {
    let expired = json!({ "class": "expired", "what": "confirmation" });
    for (status, body, cause) in [
        (200, r#"{"success":false}"#.to_owned(), refused("code_wrong")),
        (400, code("M_TOKEN_INCORRECT"), refused("code_wrong")),
        (400, code("M_SESSION_EXPIRED"), expired),
        (400, "{}".to_owned(), unexpected(400)),
        (302, String::new(), unexpected(302)),
        (200, PAGE.to_owned(), stranger()),
        (200, "{}".to_owned(), json!({ "class": "misbehaved", "misbehaviour": "malformed_body" })),
    ] {
        let mut driver = Driver::registering(PHONE);
        driver.say(Intent::UsePhone { country: "DE".into(), number: "0170 1234567".into() });
        driver.answer("msisdn/requestToken", 200, SID_CODE).say(Intent::EnterCode { code: "1".into() });
        driver.answer("/submit", status, &body);
        assert!(matches!(driver.screen(), Screen::Confirmation { .. }), "{body}: it can be entered again");
        assert_eq!(driver.cause(), cause, "{status} {body}");
    }
}

#[test]
fn a_registration_that_nobody_can_read_is_not_asked_for_again_with_the_same_session() {
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 200, PAGE);
    assert_eq!(driver.cause(), stranger());
    assert!(driver.offers(Offer::Retry), "that was not the server");
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 200, "{}");
    assert_eq!(driver.cause(), json!({ "class": "misbehaved", "misbehaviour": "malformed_body" }));
    driver.say(Intent::CreateAccount).say(crate::answers::register("alice", "correct horse"));
    assert_eq!(driver.body("/register").get("auth"), None, "Synapse would make another device");
}

#[test]
fn a_challenge_in_a_web_page_is_a_strangers() {
    let mut driver = Driver::registering(TERMS);
    driver.say(Intent::AcceptTerms).answer("/register", 401, PAGE);
    assert_eq!(driver.cause(), stranger());
    driver.say(Intent::Retry).answer("/register", 401, "{}");
    assert_eq!(driver.cause(), json!({ "class": "misbehaved", "misbehaviour": "no_progress" }));
}

/// What the server says about a stage is passed on; that it says nothing is not.
#[test]
fn a_stage_that_failed_can_be_tried_again() {
    let mut driver = Driver::registering(TERMS);
    let again = TERMS.replacen('{', r#"{"errcode":"M_UNAUTHORIZED","error":"Not like that","#, 1);
    driver.say(Intent::AcceptTerms).answer("/register", 401, &again);
    assert!(matches!(driver.screen(), Screen::Terms { .. }));
    assert_eq!(driver.cause(), refused(json!({ "stage_failed": "m.login.terms" })));
}

#[test]
fn every_stage_asks_for_something() {
    for (name, kind) in [
        ("m.login.dummy", StageKind::Dummy),
        ("m.login.terms", StageKind::Terms),
        ("m.login.registration_token", StageKind::RegistrationToken),
        ("org.matrix.msc3231.login.registration_token", StageKind::RegistrationToken),
        ("m.login.email.identity", StageKind::Email),
        ("m.login.msisdn", StageKind::Phone),
        ("m.login.recaptcha", StageKind::Recaptcha),
        ("m.login.password", StageKind::Other),
    ] {
        assert_eq!(Stage::parse(name).map(|stage| stage.kind()), Some(kind), "{name}");
    }
    let name = "s".repeat(Stage::MAX);
    assert_eq!(Stage::parse(&name).as_ref().map(Stage::as_str), Some(name.as_str()));
    for name in ["", "a\nb", &format!("{name}s")] {
        assert_eq!(Stage::parse(name), None);
    }
}
