//! Attacks on a sign-in by OAuth 2.0, one test each: RFC 9700 ("Best Current Practice for OAuth 2.0 Security"), RFC 8252
//! (native applications), RFC 8628 §5 (codes on another device).

use narthex::{Input, Intent, Offer, Screen};
use serde_json::{Value, json};

use crate::answers::WELL_KNOWN;
use crate::driver::{Driver, response};
use crate::oauth::{
    CLIENT, INVALID_GRANT, METADATA, NOT_ACTIVE, RENEWED_TOKENS, USER_CODE, changed, field, metadata, tokens,
};

/// Nothing comes of this link.
fn ignored(driver: &mut Driver, link: &str) {
    let before = driver.engine.clone();
    driver.link(link);
    assert_eq!(driver.engine, before, "{link:.200}");
}

fn is_signed_out(driver: &Driver) -> bool {
    driver.engine.session().is_none() && driver.is_idle()
}

/// RFC 9700 §2.1.1, §4.5: an attacker's code in the victim's browser. Edge case 47.
#[test]
fn an_injected_code_is_worth_nothing_without_the_verifier() {
    let mut driver = Driver::in_browser();
    driver.comes_back("code=of-the-attacker");
    let form = driver.form("/token");
    let verifier = field(&form, "code_verifier");
    assert!((43..=128).contains(&verifier.len()), "{verifier}");
    assert!(!driver.browsed[0].contains(&verifier), "the browser never sees it");
    let refusal = r#"{"error":"invalid_grant","error_description":"PKCE verification failed: challenge verification failed"}"#;
    driver.answer("/token", 400, refusal);
    assert!(is_signed_out(&driver) && driver.count("/token") == 1 && driver.engine.save().is_none());
}

/// RFC 9700 §2.1.1: metadata without S256, for which a client might fall back. Edge case 5.
#[test]
fn the_proof_is_not_downgraded() {
    let plain = metadata(|m| m["code_challenge_methods_supported"] = json!(["plain"]));
    assert!(!Driver::oauth_with(&plain).offers(Offer::SignInWithBrowser));
    let page = Driver::in_browser().page();
    assert_eq!(field(&page, "code_challenge_method"), "S256");
}

/// RFC 9700 §4.4: an attacker's authorization server answers with our state. Edge case 39.
#[test]
fn a_mix_up_of_servers_is_noticed_by_the_issuer() {
    let naming = metadata(|m| m["authorization_response_iss_parameter_supported"] = json!(true));
    for (metadata, parameters) in [
        (&*naming, "code=c"),
        (&naming, "code=c&iss=https%3A%2F%2Fevil.example%2F"),
        (METADATA, "code=c&iss=https%3A%2F%2Fevil.example%2F"),
    ] {
        let mut driver = Driver::in_browser_with(metadata);
        driver.comes_back(parameters);
        assert!(is_signed_out(&driver) && driver.count("/token") == 0, "{parameters}");
        assert_eq!(driver.cause()["misbehaviour"], "wrong_issuer");
    }
}

const OF_THE_ISSUER: &str = "/.well-known/oauth-authorization-server";
const OF_OPENID: &str = "/.well-known/openid-configuration";
/// The honest server's metadata, with the attacker's address in this place.
fn mixed(field: &str) -> String {
    metadata(|m| m[field] = json!("https://evil.example/x"))
}

/// RFC 9700 §4.4, RFC 8414 §3.3, Found D1: the homeserver itself names its own endpoint beside another's pages.
#[test]
fn a_mix_up_by_metadata_is_refused_before_a_browser_opens() {
    let fields = ["token_endpoint", "revocation_endpoint", "registration_endpoint"];
    for field in fields.into_iter().chain(["device_authorization_endpoint"]) {
        for (own, openid) in
            [((200, METADATA), (404, "")), ((404, ""), (200, METADATA)), ((404, ""), (404, ""))]
        {
            let mut driver = Driver::oauth_with(&mixed(field));
            if field != "device_authorization_endpoint" {
                assert_eq!(driver.request(OF_THE_ISSUER).url.host_str(), Some("account.example.org"));
                driver.answer(OF_THE_ISSUER, own.0, own.1).answer(OF_OPENID, openid.0, openid.1);
            }
            for way in [Offer::SignInWithBrowser, Offer::SignInWithDeviceCode, Offer::CreateAccount] {
                assert!(!driver.offers(way), "{field} {way:?}");
            }
            let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
            let why = report.lacks(Offer::SignInWithDeviceCode).expect("it is refused");
            let foreign = json!({ "class": "misbehaved", "misbehaviour": { "foreign_endpoint": field } });
            assert_eq!(serde_json::to_value(&why.cause).expect("JSON"), foreign, "{field}");
            assert!(why.evidence.is_some());
        }
    }
}

/// Found D1: the same, by an issuer that vouches for everything.
#[test]
fn an_issuer_that_shows_the_page_of_another_is_refused() {
    for (shown, own) in [
        ("authorization_endpoint", "https://account.example.org/authorize"),
        ("device_authorization_endpoint", "https://account.example.org/oauth2/device"),
    ] {
        let evil = METADATA.replace("account.example.org", "evil.example");
        let evil = changed(&evil, |m| m[shown] = json!(own));
        let driver = Driver::oauth_with(&evil);
        assert!(!driver.offers(Offer::SignInWithBrowser) && driver.is_idle(), "{shown}");
    }
}

/// Found D1: a server whose issuer says the same is an honest one in several places.
#[test]
fn endpoints_elsewhere_that_the_issuer_names_itself_are_used() {
    let tokens_elsewhere = metadata(|m| m["token_endpoint"] = json!("https://tokens.example.org/token"));
    let issuer_elsewhere = metadata(|m| m["issuer"] = json!("https://example.org/realms/x"));
    for (said, own, openid) in [
        (&tokens_elsewhere, OF_THE_ISSUER, OF_OPENID),
        (
            &issuer_elsewhere,
            "/.well-known/oauth-authorization-server/realms/x",
            "/realms/x/.well-known/openid-configuration",
        ),
    ] {
        for (first, second) in
            [((200, &**said), (404, "")), ((404, ""), (200, &**said)), ((500, ""), (200, said))]
        {
            let mut driver = Driver::oauth_with(said);
            assert!(!driver.offers(Offer::SignInWithBrowser), "it is asked first");
            driver.answer(own, first.0, first.1).answer(openid, second.0, second.1);
            assert!(driver.offers(Offer::SignInWithBrowser), "{}", driver.trace);
        }
        let mut driver = Driver::oauth_with(said);
        driver.answer(own, 502, "").answer(openid, 404, "");
        let Screen::Choose { report, .. } = driver.screen() else { panic!("{}", driver.trace) };
        assert_eq!(report.oauth, narthex::OAuthSupport::Unclear, "an outage concludes nothing");
        let mut driver = Driver::oauth_with(said);
        driver.answer(own, 200, METADATA).answer(openid, 200, said);
        assert!(!driver.offers(Offer::SignInWithBrowser), "whoever contradicts itself is not believed");
    }
}

/// RFC 9700 §4.4.2.2: where no server names itself, each has an address of its own. Edge case 32.
#[test]
fn a_mix_up_of_servers_is_noticed_by_the_address() {
    let honest = Driver::in_browser();
    let evil = METADATA.replace("account.example.org", "evil.example");
    let mut evil = Driver::in_browser_with(&evil);
    let place = |driver: &Driver| field(&driver.page(), "redirect_uri");
    assert_ne!(place(&honest), place(&evil));
    let stolen = honest.callback("code=of-the-honest-server");
    ignored(&mut evil, &stolen);
    let state = field(&evil.page(), "state");
    ignored(&mut evil, &format!("{}?state={state}&code=of-the-honest-server", place(&honest)));
    evil.comes_back("code=c");
    assert_eq!(evil.request("/token").url.host_str(), Some("evil.example"), "its codes go to nobody else");
}

/// RFC 9700 §4.7, RFC 6749 §10.12: a state that the attacker knows. Edge cases 29 and 30.
#[test]
fn a_fixed_or_missing_state_moves_nothing() {
    let mut driver = Driver::in_browser();
    let place = field(&driver.page(), "redirect_uri");
    for state in ["&state=0", "&state=", "&state=00000000000000000000000000000000", "", "&state[]=x"] {
        ignored(&mut driver, &format!("{place}?code=c{state}"));
        ignored(&mut driver, &format!("{place}?error=access_denied{state}"));
    }
    let states: std::collections::BTreeSet<String> = (0..4)
        .map(|_| {
            driver.say(Intent::Cancel).opens_browser(Intent::SignInWithBrowser);
            field(&driver.page(), "state")
        })
        .collect();
    assert!(states.len() == 4 && states.iter().all(|state| state.len() == 32), "128 bits, drawn each time");
}

/// A state of an earlier sign-in, its callback kept by an attacker. Edge case 32.
#[test]
fn a_replayed_state_moves_nothing() {
    let mut driver = Driver::in_browser();
    let kept = driver.callback("code=old");
    driver.comes_back("error=access_denied").opens_browser(Intent::SignInWithBrowser);
    ignored(&mut driver, &kept);
    let mut driver = Driver::signed_in_by_oauth();
    ignored(&mut driver, &kept);
}

/// RFC 9700 §4.2.4: a callback that is opened again from the history. Edge case 31.
#[test]
fn a_code_is_exchanged_once() {
    let mut driver = Driver::in_browser();
    let callback = driver.callback("code=the-code");
    driver.link(&callback);
    for _ in 0..3 {
        ignored(&mut driver, &callback);
    }
    driver.answer("/token", 400, INVALID_GRANT);
    ignored(&mut driver, &callback);
    assert_eq!(driver.count("/token"), 1);
}

/// Of a fragment the listener never hears; whoever brings one is not the browser. Edge case 36.
#[test]
fn a_fragment_is_not_read() {
    let mut driver = Driver::in_browser();
    let (place, state) = (field(&driver.page(), "redirect_uri"), field(&driver.page(), "state"));
    ignored(&mut driver, &format!("{place}#state={state}&code=c"));
    ignored(&mut driver, &format!("{place}?state={state}#code=c"));
    ignored(&mut driver, &format!("{place}?state={state}&code=c#access_token=x"));
}

/// RFC 8252 §8.10: another port, host, scheme or path. Edge case 33.
#[test]
fn a_callback_elsewhere_moves_nothing() {
    let mut driver = Driver::in_browser();
    let state = field(&driver.page(), "state");
    let place = field(&driver.page(), "redirect_uri");
    for (ours, theirs) in [
        (":49152", ":49153"),
        ("127.0.0.1", "127.0.0.2"),
        ("127.0.0.1", "evil.example"),
        ("http://", "https://"),
        ("http://127.0.0.1:49152", "com.example.app:"),
        ("/oauth/", "/oauth/../oauth/x/"),
        ("/oauth/", "/"),
    ] {
        assert!(place.contains(ours));
        ignored(&mut driver, &format!("{}?state={state}&code=c", place.replacen(ours, theirs, 1)));
    }
}

/// RFC 9700 §4.12: a redirect of a request that carries secrets. Edge case 64.
#[test]
fn an_open_redirector_gets_no_secret() {
    let evil = |status| response(status, &[("location", "https://evil.example/")], "");
    for status in [301, 302, 303, 307, 308] {
        let mut driver = Driver::exchanging();
        driver.respond("/token", evil(status));
        let mut polling = Driver::showing(USER_CODE);
        polling.wait().respond("/token", evil(status)).wait();
        let mut asking = Driver::identifying();
        asking.respond("/whoami", evil(status)).wait();
        for driver in [driver, polling, asking] {
            assert!(driver.sent.iter().all(|sent| sent.url.host_str() != Some("evil.example")), "{status}");
        }
    }
}

/// RFC 9700 §4.14: a stolen refresh token that was used already. Edge cases 69 and 79.
#[test]
fn a_replayed_refresh_token_ends_the_session_here_too() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::Refresh).answer("/token", 200, RENEWED_TOKENS).stored(Ok(()));
    driver.say(Intent::Refresh);
    assert_eq!(field(&driver.form("/token"), "refresh_token"), "mar_second", "never the old one");
    driver.answer("/token", 400, INVALID_GRANT);
    assert!(matches!(driver.screen(), Screen::SessionEnded { .. }) && driver.is_idle());
}

/// RFC 8628 §5.4: a page that is not what it seems. Edge case 99.
#[test]
fn a_phishing_page_is_not_opened() {
    let showing = |uri: &str| Driver::showing(&changed(USER_CODE, |c| c["verification_uri"] = json!(uri)));
    // Found D3: shown, and not opened.
    for local in ["http://127.0.0.1:8080/", "https://localhost/", "http://[::1]/x"] {
        let complete = |c: &mut Value| {
            c["verification_uri"] = json!(local);
            c["verification_uri_complete"] = json!(local);
        };
        let mut driver = Driver::showing(&changed(USER_CODE, complete));
        let Screen::UserCode { verification_uri, verification_uri_complete: None, .. } = driver.screen()
        else {
            panic!("{}", driver.trace)
        };
        assert_eq!(verification_uri.as_str(), local);
        assert!(!driver.offers(Offer::OpenBrowser), "{local}");
        driver.hear(Input::Intent(Intent::OpenBrowser));
        assert!(driver.browsed.is_empty());
    }
    for uri in [
        "http://account.example.org/link",
        "https://account.example.org@evil.example/",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ] {
        assert!(is_signed_out(&showing(uri)), "{uri}");
    }
}

/// A server that has the application ask other programs on the same machine. Edge case 6.
#[test]
fn a_server_elsewhere_does_not_lead_to_this_machine() {
    for endpoint in
        ["token_endpoint", "registration_endpoint", "authorization_endpoint", "revocation_endpoint"]
    {
        let local = metadata(|m| m[endpoint] = json!("http://127.0.0.1:2375/containers/create"));
        let driver = Driver::oauth_with(&local);
        assert!(
            !driver.offers(Offer::SignInWithBrowser) && !driver.offers(Offer::CreateAccount),
            "{endpoint}"
        );
    }
}

/// A homeserver that answers with another account than the browser did cannot take over an old session.
#[test]
fn a_stranger_does_not_replace_a_session() {
    let mut driver = Driver::signed_in_by_oauth();
    let device = driver.device();
    driver.say(Intent::CheckSession).answer("/whoami", 401, NOT_ACTIVE).answer("/token", 400, INVALID_GRANT);
    driver
        .say(Intent::SignInAgain)
        .answer("/.well-known/matrix/client", 200, WELL_KNOWN)
        .told_oauth(METADATA);
    driver.opens_browser(Intent::SignInWithBrowser).comes_back("code=c").answer(
        "/token",
        200,
        &tokens(&device),
    );
    let stored = driver.asked.iter().filter(|effect| matches!(effect, narthex::Effect::Store { .. })).count();
    driver.answer("/whoami", 200, &crate::oauth::whoami("@mallory:example.org", &device));
    driver.answer("/revoke", 200, "");
    let now = driver.asked.iter().filter(|effect| matches!(effect, narthex::Effect::Store { .. })).count();
    assert_eq!(now, stored, "nothing of it is stored");
}

/// Answers that are too large, too late or no answers at all, in every state that waits for one.
#[test]
fn garbage_is_told_from_an_answer() {
    let garbage = [
        response(200, &[], &"x".repeat(600 * 1024)),
        response(200, &[], &"[".repeat(100_000)),
        response(200, &[], "\u{0}\u{ffff}"),
        response(200, &[], r#"{"access_token":{"a":1},"client_id":[],"user_id":7,"device_code":null}"#),
        response(100, &[], ""),
        response(999, &[("retry-after", "1e999")], "{}"),
        response(418, &[], r#"{"error":"\u0000\u001b[2J","error_description":7}"#),
    ];
    for garbage in garbage {
        let mut preparing = Driver::oauth();
        preparing.say(Intent::SignInWithBrowser).listening(1);
        let mut asking = Driver::oauth();
        asking.say(Intent::SignInWithDeviceCode).answer("/registration", 201, CLIENT);
        let mut polling = Driver::showing(USER_CODE);
        polling.wait();
        let awaited = [
            (preparing, "/registration"),
            (asking, "/device"),
            (polling, "/token"),
            (Driver::exchanging(), "/token"),
            (Driver::identifying(), "/whoami"),
        ];
        for (mut driver, path) in awaited {
            driver.respond(path, garbage.clone());
            assert!(driver.engine.session().is_none(), "{path} {garbage:?}");
            assert!(driver.browsed.len() <= 1, "{path} {garbage:?}");
            if path == "/whoami" {
                assert!(driver.engine.save().is_some(), "{garbage:?}: the tokens are good still");
            }
        }
    }
}

/// An answer in hand counts: the code is used up, and would not be taken again.
#[test]
fn an_answer_that_is_read_late_is_taken_all_the_same() {
    let mut driver = Driver::exchanging();
    let device = driver.device();
    driver.now = driver.engine.deadline().expect("a deadline");
    driver.answer("/token", 200, &tokens(&device));
    assert_eq!((driver.count("/token"), driver.count("/whoami")), (1, 1));
}
