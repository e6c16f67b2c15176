//! Registration on servers that do it in ways of their own.

use narthex::{Intent, Offer, RegistrationSupport, Screen};
use serde_json::{Value, json};

use crate::answers::{
    IN_USE, LOGIN_PASSWORD, OPEN, PHONE, REGISTERED, TOKEN, WRONG_PASSWORD, by_password, register,
};
use crate::driver::{Driver, response};

fn registration(driver: &Driver) -> RegistrationSupport {
    let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
    report.registration
}

fn is_signed_in(driver: &Driver) -> bool {
    matches!(driver.screen(), Screen::SignedIn { .. })
}

/// An answer to a registration or login without the name of the device, in every way.
fn nameless() -> Vec<String> {
    let ids = [None, Some(Value::Null), Some(json!(""))];
    ids.into_iter()
        .map(|id| {
            let mut answer: Value = serde_json::from_str(REGISTERED).expect("JSON");
            match id {
                Some(id) => answer["device_id"] = id,
                None => drop(answer.as_object_mut().expect("an object").remove("device_id")),
            }
            answer.to_string()
        })
        .collect()
}

/// Found B12.
#[test]
fn a_session_without_a_device_is_that_of_the_device_that_was_asked_for() {
    for answer in nameless() {
        let mut driver = Driver::registering(OPEN);
        let ours = driver.body("/register")["device_id"].clone();
        driver.answer("/register", 200, &answer).stored(Ok(()));
        assert_eq!(driver.engine.session().expect("a session").device_id, ours);

        let mut driver = Driver::known((403, "{}"), LOGIN_PASSWORD);
        driver.say(by_password("alice", "correct horse"));
        let ours = driver.body("v3/login")["device_id"].clone();
        driver.answer("v3/login", 200, &answer).stored(Ok(()));
        assert_eq!(driver.engine.session().expect("a session").device_id, ours);
    }
}

/// Found B12.
#[test]
fn a_user_id_of_old_and_a_byte_order_mark_cost_no_session() {
    for user_id in ["@Alice:example.org", "@al ice:example.org", "@älice:example.org"] {
        let answer = REGISTERED.replace("@alice:example.org", user_id);
        let mut driver = Driver::known((403, "{}"), LOGIN_PASSWORD);
        driver.say(by_password("alice", "correct horse"));
        driver.answer("v3/login", 200, &format!("\u{feff}{answer}")).stored(Ok(()));
        assert_eq!(driver.engine.session().expect("a session").user_id, user_id);
    }
}

/// A refresh token that is none is no reason to lose the session.
#[test]
fn a_refresh_token_of_another_type_is_none() {
    let mut answer: Value = serde_json::from_str(REGISTERED).expect("JSON");
    for odd in [json!(7), json!({}), Value::Null, json!("")] {
        answer["refresh_token"] = odd;
        let mut driver = Driver::registering(OPEN);
        driver.answer("/register", 200, &answer.to_string()).stored(Ok(()));
        assert_eq!(driver.engine.session().expect("a session").refresh_token, None);
    }
}

/// Found B13.
#[test]
fn an_account_that_may_be_ours_is_nobody_elses_before_the_server_says_so() {
    let unknown = r#"{"errcode":"M_UNKNOWN","error":"The database is asleep"}"#;
    let mut driver = Driver::registering(OPEN);
    driver.lose("/register").say(Intent::Retry).answer("/register", 400, IN_USE);
    driver.answer("v3/login", 400, unknown);
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "other" }));
    assert_eq!(
        driver.problem().evidence.expect("evidence").message.as_deref(),
        Some("The database is asleep")
    );
    // Tried again, it is still not settled: the name is taken, perhaps by us.
    driver.say(Intent::Register { username: "alice".into(), password: None, prefer: vec![] });
    driver.answer("/register", 400, IN_USE).answer("v3/login", 200, REGISTERED).stored(Ok(()));
    assert!(is_signed_in(&driver), "{}", driver.trace);

    for settled in [WRONG_PASSWORD, r#"{"errcode":"M_USER_DEACTIVATED","error":"Gone"}"#] {
        let mut driver = Driver::registering(OPEN);
        driver.lose("/register").say(Intent::Retry).answer("/register", 400, IN_USE);
        driver.answer("v3/login", 403, settled);
        assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "username_taken" }));
    }
}

/// Found C7.
#[test]
fn a_wrong_token_that_is_refused_with_403_and_flows_is_asked_for_again() {
    let challenge = r#"{"session":"s","flows":[{"stages":["m.login.registration_token"]}],"params":{}}"#;
    let refused = r#"{"session":"s","flows":[{"stages":["m.login.registration_token"]}],"params":{},"completed":[],"errcode":"M_FORBIDDEN","error":"Invalid registration token."}"#;
    let mut driver = Driver::registering(challenge);
    driver.say(Intent::UseToken { token: "wrong".into() }).answer("/validity", 404, "{}");
    driver.answer("/register", 403, refused);
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "token_invalid" }));
    driver.say(Intent::UseToken { token: "right".into() }).answer("/validity", 404, "{}");
    assert_eq!(driver.body("/register")["auth"]["token"], "right");
    driver.answer("/register", 200, REGISTERED).stored(Ok(()));
    assert!(is_signed_in(&driver));

    let driver = Driver::at((403, refused), LOGIN_PASSWORD);
    assert!(
        matches!(registration(&driver), RegistrationSupport::Open { .. }),
        "the probe may be answered so too"
    );
    let driver = Driver::at((403, r#"{"errcode":"M_FORBIDDEN","flows":[]}"#), LOGIN_PASSWORD);
    assert_eq!(registration(&driver), RegistrationSupport::Closed);
}

/// Found C8.
#[test]
fn a_session_that_belongs_to_another_request_is_replaced_by_one_of_this() {
    let foreign = r#"{"errcode":"M_UNKNOWN","error":"session does not exist"}"#;
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 500, foreign);
    let body = driver.body("/register");
    assert_eq!((&body["username"], body.get("auth")), (&json!("alice"), None), "asked with the real body");
    driver.answer("/register", 401, &OPEN.replace("kTnBOyzHAtIRDcsfEobRiRsc", "fresh"));
    assert_eq!(driver.body("/register")["auth"]["session"], "fresh");
    driver.answer("/register", 200, REGISTERED).stored(Ok(()));
    assert!(is_signed_in(&driver));

    // What was given for the lost session is not asked for again.
    let mut driver = Driver::registering(TOKEN);
    driver.say(Intent::UseToken { token: "rig-one".into() }).answer("/validity", 200, r#"{"valid":true}"#);
    driver.answer("/register", 500, foreign);
    assert_eq!(driver.body("/register").get("auth"), None);
    driver.answer("/register", 401, &TOKEN.replace("JpJwqoOuoTByUvxNmDUOTfuh", "fresh"));
    let auth = driver.body("/register")["auth"].clone();
    assert_eq!((&auth["session"], &auth["token"]), (&json!("fresh"), &json!("rig-one")));
}

/// Found C8: a server that is in trouble over everything.
#[test]
fn a_server_in_trouble_says_so_in_its_own_words() {
    let trouble = r#"{"errcode":"M_UNKNOWN","error":"Internal server error"}"#;
    let mut driver = Driver::registering(OPEN);
    let mut asked = 0;
    while driver.is_open("/register") {
        driver.answer("/register", 500, trouble);
        asked += 1;
        assert!(asked < 10, "it goes round");
    }
    assert_eq!(driver.cause()["outage"], json!({ "server_error": 500 }));
    let evidence = driver.problem().evidence.expect("evidence");
    assert_eq!(evidence.message.as_deref(), Some("Internal server error"));
    assert!(driver.offers(Offer::Retry));
}

/// Found C9.
#[test]
fn a_registration_that_is_disabled_is_closed_by_any_name() {
    let disabled =
        r#"{"errcode":"M_REGISTRATION_DISABLED","error":"Registration for this server is disabled."}"#;
    let mut driver = Driver::registering(OPEN);
    driver.answer("/register", 403, disabled);
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "registration_closed" }));
    assert!(!driver.offers(Offer::CreateAccount));
    for status in [400, 403] {
        assert_eq!(
            registration(&Driver::at((status, disabled), LOGIN_PASSWORD)),
            RegistrationSupport::Closed
        );
    }
}

/// Found C10.
#[test]
fn what_is_odd_in_a_challenge_does_not_stop_the_rest() {
    let odd = r#"{"session":12345678901,"flows":[null,{"stages":null},{"stages":[]},{"stages":["m.login.dummy"]}],"params":[],"completed":null}"#;
    let mut driver = Driver::registering(odd);
    let auth = driver.body("/register")["auth"].clone();
    assert_eq!(auth, json!({ "type": "m.login.dummy", "session": 12_345_678_901_u64 }));
    driver.answer("/register", 200, REGISTERED).stored(Ok(()));
    assert!(is_signed_in(&driver));
}

/// Found C10.
#[test]
fn a_server_that_does_not_say_what_it_wants_is_asked_once_and_quoted() {
    for odd in [r#"{"session":"s","flows":[]}"#, r#"{"session":"s"}"#, r#"{"flows":[null]}"#] {
        let mut driver = Driver::known((400, r#"{"errcode":"M_INVALID_USERNAME"}"#), LOGIN_PASSWORD);
        driver.say(Intent::CreateAccount).say(register("alice", "correct horse")).answer(
            "/register",
            401,
            odd,
        );
        assert_eq!(driver.cause(), json!({ "class": "misbehaved", "misbehaviour": "no_flows" }), "{odd}");
        assert_eq!(driver.problem().evidence.expect("evidence").status, Some(401));
    }
    // Only a flow of nothing: it is tried, and does not go round for ever.
    let mut driver = Driver::registering(r#"{"session":"s","flows":[{"stages":[]}]}"#);
    for _ in 0..10 {
        if driver.is_open("/register") {
            driver.answer("/register", 401, r#"{"session":"s","flows":[{"stages":[]}]}"#);
        }
    }
    assert_eq!(driver.cause(), json!({ "class": "misbehaved", "misbehaviour": "no_progress" }));
    assert_eq!(driver.problem().evidence.expect("evidence").status, Some(401));
}

/// Found C12.
#[test]
fn a_confirmation_that_is_refused_for_a_reason_of_the_servers_shows_the_reason() {
    let disabled = r#"{"errcode":"M_UNKNOWN","error":"E-mail is disabled here"}"#;
    let challenge = r#"{"session":"s","flows":[{"stages":["m.login.email.identity"]}]}"#;
    let mut driver = Driver::registering(challenge);
    driver.say(Intent::UseEmail { address: "a@b.example".into() }).answer(
        "email/requestToken",
        400,
        disabled,
    );
    assert_eq!(driver.cause(), json!({ "class": "refused", "refusal": "other" }));
    let evidence = driver.problem().evidence.expect("evidence");
    assert_eq!(evidence.message.as_deref(), Some("E-mail is disabled here"));
}

/// Found C13: a colon ends the localpart of every user id, even of those of old, so no server can make this account.
#[test]
fn asking_whether_accounts_are_made_makes_none() {
    let mut driver = Driver::new();
    driver.say(Intent::UseServer { server: "https://matrix.example.org:8448".into() });
    let probe = driver.body("/register");
    let session = json!({ "session": "narthex-has-none" });
    assert_eq!(probe, json!({ "username": ":", "inhibit_login": true, "auth": session }));
}

/// Found C13: the flows are asked for where it is shown that nobody is registered without them.
#[test]
fn a_server_that_misses_the_session_is_asked_for_its_flows() {
    let unknown = r#"{"errcode":"M_UNKNOWN","error":"Unknown session ID: narthex-has-none"}"#;
    let mut driver = Driver::at((400, unknown), LOGIN_PASSWORD);
    assert_eq!(driver.body("/register"), json!({}));
    driver.answer("/register", 401, OPEN);
    assert!(matches!(registration(&driver), RegistrationSupport::Open { flows } if flows.len() == 1));
    driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
    assert_eq!(driver.body("/register")["auth"]["session"], "kTnBOyzHAtIRDcsfEobRiRsc");

    // Once: whatever is said to that is what there is to know.
    let mut driver = Driver::at((400, unknown), LOGIN_PASSWORD);
    driver.answer("/register", 400, unknown);
    assert!(matches!(registration(&driver), RegistrationSupport::Unclear { .. }), "{}", driver.trace);

    // A session that everybody has who asks like us is nobody's to go on with.
    let shared = OPEN.replace("kTnBOyzHAtIRDcsfEobRiRsc", "narthex-has-none");
    let mut driver = Driver::at((401, &shared), LOGIN_PASSWORD);
    driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
    assert_eq!(driver.body("/register").get("auth"), None);
}

/// Found C13: what the servers say that look at the name first.
#[test]
fn a_server_that_refuses_the_name_takes_registrations() {
    for said in [
        // Dendrite.
        r#"{"errcode":"M_INVALID_USERNAME","error":"Username can only contain characters a-z, 0-9, or '_-./='"}"#,
        // Palpo.
        r#"{"errcode":"M_INVALID_USERNAME","error":"username is invalid"}"#,
    ] {
        let mut driver = Driver::known((400, said), LOGIN_PASSWORD);
        assert_eq!(registration(&driver), RegistrationSupport::Open { flows: vec![] });
        driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
        assert_eq!(driver.body("/register").get("auth"), None, "the flows are told to the real request");
        driver.answer("/register", 401, OPEN).answer("/register", 200, REGISTERED).stored(Ok(()));
        assert!(is_signed_in(&driver));
    }
}

/// Found D2.
#[test]
fn a_code_goes_to_no_address_of_this_machine_or_network_that_a_server_elsewhere_names() {
    for named in
        ["http://127.0.0.1:8080/x", "https://localhost/x", "https://192.168.0.1/x", "https://[::1]/x"]
    {
        let mut driver = Driver::registering(PHONE);
        driver.say(Intent::UsePhone { country: "GB".into(), number: "7700900123".into() });
        let body = json!({ "sid": "abc", "submit_url": named }).to_string();
        driver.answer("msisdn/requestToken", 200, &body);
        let cause = json!({ "class": "misbehaved", "misbehaviour": { "insecure_address": "submit_url" } });
        assert_eq!(driver.cause(), cause, "{named}");
        assert!(!driver.offers(Offer::EnterCode));
    }
}

/// Found D9.
#[test]
fn what_a_server_echoes_of_the_password_or_token_is_not_shown() {
    let mut driver = Driver::registering(TOKEN);
    driver.say(Intent::UseToken { token: "rig-one".into() }).answer("/validity", 404, "{}");
    let echo = |body: &Value| json!({ "errcode": "M_MISSING_PARAM", "error": format!("Bad: {body}") });
    let said = echo(&driver.body("/register")).to_string();
    driver.answer("/register", 400, &said);
    let view = serde_json::to_string(&driver.engine.view()).expect("JSON");
    assert!(view.contains("Bad: "), "{view}");
    assert!(!view.contains("correct horse") && !view.contains("rig-one"), "{view}");

    let mut driver = Driver::known((403, "{}"), LOGIN_PASSWORD);
    driver.say(by_password("alice", "correct horse"));
    let said = echo(&driver.body("v3/login")).to_string();
    driver.answer("v3/login", 400, &said);
    let view = serde_json::to_string(&driver.engine.view()).expect("JSON");
    assert!(view.contains("Bad: ") && !view.contains("correct horse"), "{view}");
}

/// A server that asks for the patience of years.
#[test]
fn a_wait_of_more_than_an_hour_is_told_and_not_waited_for() {
    for (headers, body) in [
        (vec![("retry-after", "3601")], "{}"),
        (vec![("retry-after", "999999999999")], "{}"),
        (vec![("retry-after", "Fri, 01 Jan 2100 00:00:00 GMT")], "{}"),
        (vec![], r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1000000000000000000000000000000}"#),
    ] {
        let mut driver = Driver::registering(OPEN);
        driver.respond("/register", response(429, &headers, body));
        assert!(matches!(driver.screen(), Screen::Problem { .. }), "{headers:?} {body}: {}", driver.trace);
        let cause = driver.cause();
        assert_eq!(cause["outage"], "rate_limited");
        assert!(cause["retry_at"].as_u64().expect("a time") > driver.now.0 + 3_600_000, "{cause}");
        assert!(driver.engine.deadline().is_none() && driver.offers(Offer::Retry));

        let mut driver = Driver::known((403, "{}"), LOGIN_PASSWORD);
        driver.say(by_password("alice", "correct horse"));
        driver.respond("v3/login", response(429, &headers, body));
        assert!(matches!(driver.screen(), Screen::Problem { .. }), "{headers:?} {body}");
        assert!(driver.engine.deadline().is_none());
    }
}
