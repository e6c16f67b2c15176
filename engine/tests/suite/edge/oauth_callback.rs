//! Coming back from the browser: what is listed about it in `docs/edge-cases.md`.

use std::time::Duration;

use narthex::{Intent, Screen};
use serde_json::json;

use crate::driver::Driver;
use crate::oauth::{INVALID_GRANT, ISSUER, METADATA, field, metadata, tokens, whoami};

/// Where the callback comes to, and the state it has to bring.
fn expected(driver: &Driver) -> (String, String) {
    (field(&driver.page(), "redirect_uri"), field(&driver.page(), "state"))
}

/// Nothing comes of this link.
fn ignored(driver: &mut Driver, link: &str) {
    let before = driver.engine.clone();
    driver.link(link);
    assert_eq!(driver.engine, before, "{link:.200}");
}

fn is_exchanging(driver: &Driver) -> bool {
    driver.is_open("/token")
}

/// Edge cases 29 and 30.
#[test]
fn a_callback_without_our_state_moves_nothing() {
    let mut driver = Driver::in_browser();
    let (uri, state) = expected(&driver);
    let unknown = "0".repeat(32);
    for query in [
        format!("code=c&state={unknown}"),
        format!("error=access_denied&state={unknown}"),
        "code=c".to_owned(),
        "error=access_denied".to_owned(),
        "code=c&state=".to_owned(),
        format!("code=c&state={}", &state[1..]),
        format!("code=c&state={state}0"),
        format!("code=c&State={state}"),
        format!("code=c&state={}", state.to_uppercase()),
        format!("code=c&state={state}%00"),
    ] {
        ignored(&mut driver, &format!("{uri}?{query}"));
    }
    ignored(&mut driver, &uri);
    driver.comes_back("code=c");
    assert!(is_exchanging(&driver), "the sign-in still stands");
}

/// Edge case 31.
#[test]
fn a_callback_counts_once() {
    let mut driver = Driver::in_browser();
    let callback = driver.callback("code=the-code");
    driver.link(&callback);
    ignored(&mut driver, &callback);
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device));
    ignored(&mut driver, &callback);
    driver.is_alice().stored(Ok(()));
    ignored(&mut driver, &callback);
    assert_eq!(driver.count("/token"), 1);
}

/// Edge case 32.
#[test]
fn a_callback_is_for_the_sign_in_that_asked() {
    let mut one = Driver::in_browser();
    let callback = one.callback("code=first");
    one.say(Intent::Cancel).opens_browser(Intent::SignInWithBrowser);
    ignored(&mut one, &callback);
    one.comes_back("code=second");
    assert_eq!(field(&one.form("/token"), "code"), "second");
}

/// Edge case 33.
#[test]
fn a_callback_comes_to_the_address_it_was_asked_to() {
    let mut driver = Driver::in_browser();
    let (uri, state) = expected(&driver);
    let path = uri.strip_prefix("http://127.0.0.1:49152").expect("a loopback address").to_owned();
    let query = format!("?code=c&state={state}");
    for place in [
        format!("http://127.0.0.1:49153{path}"),
        format!("http://127.0.0.1{path}"),
        format!("http://localhost:49152{path}"),
        format!("http://[::1]:49152{path}"),
        format!("https://127.0.0.1:49152{path}"),
        format!("com.example:{path}"),
        format!("http://127.0.0.1:49152{path}/"),
        format!("http://127.0.0.1:49152{path}/more"),
        format!("http://127.0.0.1:49152{}", path.to_uppercase()),
        "http://127.0.0.1:49152/".to_owned(),
        format!("http://evil.example:49152{path}"),
        format!("http://127.0.0.1:49152@evil.example{path}"),
        format!("http://a:b@127.0.0.1:49152{path}"),
    ] {
        ignored(&mut driver, &format!("{place}{query}"));
    }
    driver.link(&format!("{uri}{query}"));
    assert!(is_exchanging(&driver));
}

/// Edge cases 34 and 35.
#[test]
fn a_callback_that_contradicts_itself_is_not_chosen_from() {
    for query in [
        "code=c&error=access_denied",
        "code=c&code=c",
        "code=c&code=d",
        "error=a&error=b",
        "code=",
        "",
        "kode=c",
    ] {
        let mut driver = Driver::in_browser();
        driver.comes_back(query);
        let malformed = json!({ "class": "misbehaved", "misbehaviour": "malformed_callback" });
        assert_eq!(driver.cause(), malformed, "{query}");
        assert!(driver.is_idle() && driver.count("/token") == 0, "{query}");
    }
    let mut driver = Driver::in_browser();
    let (uri, state) = expected(&driver);
    ignored(&mut driver, &format!("{uri}?code=c&state={state}&state={state}"));
    ignored(&mut driver, &format!("{uri}?code=c&state={state}&state=other"));
    let long = format!("code={}", "c".repeat(20_000));
    driver.comes_back(&long);
    assert_eq!(driver.cause()["misbehaviour"], "malformed_callback");
}

/// Edge case 36: a query was asked for, so a fragment says nothing.
#[test]
fn parameters_are_taken_from_where_they_were_asked_for() {
    let mut driver = Driver::in_browser();
    let (uri, state) = expected(&driver);
    assert_eq!(field(&driver.page(), "response_mode"), "query");
    ignored(&mut driver, &format!("{uri}#code=c&state={state}"));
    ignored(&mut driver, &format!("{uri}?code=c&state={state}#code=d"));
    ignored(&mut driver, &format!("{uri}?code=c#state={state}"));
}

/// Edge case 37.
#[test]
fn an_empty_fragment_says_nothing() {
    for end in ["", "#"] {
        let mut driver = Driver::in_browser();
        let (uri, state) = expected(&driver);
        driver.link(&format!(" {uri}?code=c&state={state}{end}\n"));
        assert!(is_exchanging(&driver), "{end}: pasted, with the spaces around it");
    }
}

/// Edge case 38: we make it ourselves, without a query. Of an application's own, see `redirect`.
#[test]
fn a_redirect_uri_has_no_query_of_its_own() {
    let (uri, _) = expected(&Driver::in_browser());
    assert!(!uri.contains(['?', '#', '@']), "{uri}");
}

/// Edge cases 39 and 40.
#[test]
fn a_server_that_names_itself_has_to_and_any_other_has_to_be_right() {
    let naming = metadata(|m| m["authorization_response_iss_parameter_supported"] = json!(true));
    let iss = |issuer: &str| format!("&iss={}", issuer.replace(':', "%3A").replace('/', "%2F"));
    for (metadata, what, good) in [
        (&*naming, iss(ISSUER), true),
        (METADATA, iss(ISSUER), true),
        (METADATA, String::new(), true),
        (&naming, String::new(), false),
        (&naming, iss("https://account.example.org"), false),
        (&naming, iss("https://ACCOUNT.example.org/"), false),
        (&naming, iss("https://account.example.org:443/"), false),
        (&naming, iss("https://evil.example/"), false),
        (METADATA, iss("https://evil.example/"), false),
        (METADATA, iss("https://account.example.org"), false),
        (METADATA, "&iss=".to_owned(), false),
        (&naming, iss(ISSUER) + &iss(ISSUER), false),
    ] {
        for answer in ["code=c", "error=access_denied"] {
            let mut driver = Driver::in_browser_with(metadata);
            driver.comes_back(&format!("{answer}{what}"));
            assert_eq!(is_exchanging(&driver), good && answer == "code=c", "{answer}{what}");
            if !good {
                let wrong = json!({ "class": "misbehaved", "misbehaviour": "wrong_issuer" });
                assert_eq!(driver.cause(), wrong, "{answer}{what}");
                assert!(driver.is_idle());
            }
        }
    }
}

/// Edge case 41.
#[test]
fn a_change_of_mind_is_no_failure() {
    let mut driver = Driver::in_browser();
    driver.comes_back("error=access_denied");
    assert!(matches!(driver.screen(), Screen::Choose { problem: None, .. }) && driver.is_idle());
}

/// Edge case 42.
#[test]
fn what_the_server_refuses_is_told_by_its_code() {
    for (error, class) in [
        ("login_required", "refused"),
        ("invalid_scope", "refused"),
        ("unauthorized_client", "refused"),
        ("something_new", "refused"),
        ("server_error", "unavailable"),
        ("temporarily_unavailable", "unavailable"),
    ] {
        let mut driver = Driver::in_browser();
        driver.comes_back(&format!("error={error}&error_description=So+it+is"));
        let problem = driver.problem();
        let evidence = problem.evidence.as_deref().expect("evidence");
        assert_eq!(
            (driver.cause()["class"].as_str(), evidence.errcode.as_deref()),
            (Some(class), Some(error))
        );
        assert_eq!(evidence.message.as_deref(), Some("So it is"));
        if class == "unavailable" {
            driver.opens_browser(Intent::Retry);
            assert_eq!(driver.browsed.len(), 2, "the person asked for it");
        }
    }
}

/// Edge case 43.
#[test]
fn what_a_callback_says_is_shown_in_one_short_line() {
    let mut driver = Driver::in_browser();
    let long = format!("error=%00%1B[31m<b>x&error_description={}%0A%3Cscript%3E", "x%0A".repeat(5_000));
    driver.comes_back(&long);
    let evidence = driver.problem().evidence.expect("evidence");
    let message = evidence.message.expect("a message");
    assert!(message.chars().count() <= 200 && !message.contains(char::is_control), "{message}");
    assert_eq!(evidence.errcode.as_deref(), Some("unknown"));
    let mut driver = Driver::in_browser();
    let huge = driver.callback(&format!("error=e&error_description={}", "x".repeat(10_000_000)));
    ignored(&mut driver, &huge);
}

/// Edge case 44.
#[test]
fn a_browser_that_was_closed_is_not_waited_for_for_ever() {
    let mut driver = Driver::in_browser();
    let callback = driver.callback("code=late");
    let Screen::InBrowser { until, .. } = driver.screen() else { panic!() };
    assert_eq!(driver.wait().now.0 / 1000, (until.0 / 1000) - 30 * 60 + 20, "another way is offered first");
    driver.wait();
    assert_eq!(driver.now, until);
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "browser" }));
    assert!(driver.is_idle() && driver.engine.save().is_none());
    ignored(&mut driver, &callback);
}

/// Edge case 45.
#[test]
fn a_sign_in_outlives_the_process_but_not_its_time() {
    let mut driver = Driver::in_browser();
    let callback = driver.callback("code=the-code");
    let mut late = Driver::in_browser();
    driver.kill();
    ignored(&mut driver, "http://127.0.0.1:49152/favicon.ico");
    driver.link(&callback);
    assert!(is_exchanging(&driver) && driver.listener().is_none(), "nothing needs to listen any more");
    let form = driver.form("/token");
    assert_eq!(field(&form, "redirect_uri"), field(&driver.page(), "redirect_uri"));

    let callback = late.callback("code=the-code");
    late.kill();
    late.now = late.now + Duration::from_secs(30 * 60);
    late.link(&callback);
    assert_eq!(late.cause(), json!({ "class": "expired", "what": "browser" }));
    assert!(late.is_idle() && late.count("/token") == 0 && late.engine.save().is_none());
}

/// The same after a kill: whatever a callback says, it is what it would have been.
#[test]
fn a_callback_after_a_kill_is_judged_the_same() {
    for (query, cause) in [
        ("error=access_denied", None),
        ("error=login_required", Some(json!({ "class": "refused", "refusal": "other" }))),
        ("code=a&code=b", Some(json!({ "class": "misbehaved", "misbehaviour": "malformed_callback" }))),
        ("code=a&iss=evil", Some(json!({ "class": "misbehaved", "misbehaviour": "wrong_issuer" }))),
    ] {
        let mut driver = Driver::in_browser();
        let callback = driver.callback(query);
        driver.kill();
        driver.link(&callback);
        assert!(driver.is_idle() && driver.engine.save().is_none(), "{query}");
        let Screen::Welcome { server, problem } = driver.screen() else { panic!("{}", driver.trace) };
        let problem = problem.map(|problem| serde_json::to_value(problem.cause).expect("it serialises"));
        assert_eq!((server.as_str(), problem), ("example.org", cause), "{query}");
    }
}

/// A port that another program has taken meanwhile: the page would lead there, so another one is opened.
#[test]
fn whoever_goes_on_at_another_port_gets_another_page() {
    let mut driver = Driver::in_browser();
    let callback = driver.callback("code=old");
    driver.kill();
    driver.say(Intent::Continue).listening(50_000);
    assert_eq!(driver.browsed.len(), 2);
    ignored(&mut driver, &callback);
    driver.comes_back("code=new");
    assert_eq!(field(&driver.form("/token"), "code"), "new");
}

/// Edge case 47.
#[test]
fn a_code_that_somebody_else_put_in_is_refused_and_not_tried_again() {
    let mut driver = Driver::in_browser();
    driver.comes_back("code=of-the-attacker").answer("/token", 400, INVALID_GRANT);
    assert_eq!(driver.cause(), json!({ "class": "expired", "what": "authorization_code" }));
    assert!(driver.is_idle() && driver.count("/token") == 1);
}

/// Edge case 49.
#[test]
fn whoever_wanted_a_new_account_and_got_an_old_one_is_told_which() {
    let mut driver = Driver::oauth();
    driver.opens_browser(Intent::CreateAccount).comes_back("code=the-code");
    assert_eq!(field(&driver.page(), "prompt"), "create");
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device));
    driver.answer("/whoami", 200, &whoami("@old:example.org", &device)).stored(Ok(()));
    let Screen::SignedIn { user_id, .. } = driver.screen() else { panic!("{}", driver.trace) };
    assert_eq!(user_id, "@old:example.org");
}

/// Edge case 50.
#[test]
fn tokens_of_another_device_are_ended() {
    let mut driver = Driver::exchanging();
    driver.answer("/token", 200, &tokens("SOMEBODYELSE"));
    assert_eq!(field(&driver.form("/revoke"), "token"), "mar_first");
    driver.answer("/revoke", 200, "");
    assert_eq!(driver.cause(), json!({ "class": "misbehaved", "misbehaviour": "wrong_scope" }));

    let mut driver = Driver::identifying();
    driver.answer("/whoami", 200, &whoami("@alice:example.org", "SOMEBODYELSE"));
    assert_eq!(field(&driver.form("/revoke"), "token"), "mar_first");
    driver.answer("/revoke", 200, "");
    assert_eq!(driver.cause()["misbehaviour"]["invalid_field"], "device_id");
    assert!(driver.is_idle() && driver.engine.session().is_none());
}

/// Edge cases 52 and 53: nobody can add to it.
#[test]
fn one_device_and_the_whole_api_are_asked_for() {
    let driver = Driver::in_browser();
    let scope = field(&driver.page(), "scope");
    let device = driver.device();
    assert_eq!(scope, format!("urn:matrix:client:api:* urn:matrix:client:device:{device}"));
    let fit = |b: u8| b.is_ascii_alphanumeric() || b"._~-".contains(&b);
    assert!(device.len() >= 10 && device.bytes().all(fit), "{device}");
}
