//! How many exchanges a person waits for.

use narthex::{Client, Config, Intent, KnownClient, Method};
use serde_json::json;

use crate::answers::{
    DISABLED, LOGIN_PASSWORD, REGISTERED, SERVER, WELL_KNOWN, by_password, register, use_server,
};
use crate::driver::Driver;
use crate::oauth::{CLIENT, ISSUER, METADATA, PENDING, RENEWED_TOKENS, USER_CODE, tokens};

fn paths(driver: &Driver) -> Vec<String> {
    driver.sent.iter().map(|request| request.url.path().to_owned()).collect()
}

#[test]
fn a_typed_name_is_two_exchanges_deep() {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER));
    assert_eq!(paths(&driver), ["/.well-known/matrix/client"]);
    driver.answer("/client", 200, WELL_KNOWN);
    assert_eq!(driver.sent.len(), 7, "the six others go out side by side: {:?}", paths(&driver));
    driver.told((403, DISABLED), LOGIN_PASSWORD);
    assert_eq!(driver.sent.len(), 7);
}

#[test]
fn an_address_is_one_exchange_deep() {
    let mut driver = Driver::new();
    driver.say(use_server("https://matrix.example.org:8448"));
    assert_eq!(driver.sent.len(), 6, "{:?}", paths(&driver));
}

#[test]
fn a_sign_in_is_one_exchange() {
    let mut driver = Driver::known((403, DISABLED), LOGIN_PASSWORD);
    let before = driver.sent.len();
    driver.say(by_password("alice", "correct horse")).answer("v3/login", 200, REGISTERED).stored(Ok(()));
    assert_eq!(driver.sent.len(), before + 1);
}

/// With n stages: n + 1 times `/register`, the question of discovery included; a token is asked about once more.
#[test]
fn a_registration_takes_one_exchange_for_each_stage_and_one_to_begin() {
    let all = ["m.login.registration_token", "m.login.terms", "org.example.native", "m.login.dummy"];
    for stages in [&all[3..], &all[1..2], &all[..1], &[all[0], all[1]], &[all[0], all[1], all[3]]] {
        let challenge = |done: usize| {
            json!({ "session": "s", "flows": [{ "stages": stages }], "completed": &stages[..done] })
                .to_string()
        };
        let mut driver = Driver::at((401, &challenge(0)), LOGIN_PASSWORD);
        driver.say(Intent::CreateAccount).say(register("alice", "correct horse"));
        for (done, stage) in stages.iter().enumerate() {
            match *stage {
                "m.login.terms" => driver.say(Intent::AcceptTerms),
                "m.login.registration_token" => driver.say(Intent::UseToken { token: "t".into() }).answer(
                    "/validity",
                    200,
                    r#"{"valid":true}"#,
                ),
                _ => &mut driver,
            };
            let last = done + 1 == stages.len();
            let body = if last { REGISTERED.to_owned() } else { challenge(done + 1) };
            driver.answer("/register", if last { 200 } else { 401 }, &body);
        }
        driver.stored(Ok(()));
        let posted = |end: &str| driver.sent.iter().filter(|sent| sent.url.path().ends_with(end)).count();
        assert_eq!(posted("/register"), stages.len() + 1, "{stages:?}");
        assert_eq!(posted("/validity"), usize::from(stages.contains(&all[0])), "{stages:?}");
        let others = driver
            .sent
            .iter()
            .filter(|sent| sent.method == Method::Post && !sent.url.path().ends_with("/register"));
        assert_eq!(others.count(), 0, "{stages:?}");
    }
}

/// By OAuth 2.0, from a typed name: the delegation; what the server offers; who we are, beside the listener; the tokens;
/// whose they are.
#[test]
fn a_sign_in_by_oauth_is_five_exchanges_deep() {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/client", 200, WELL_KNOWN).told_oauth(METADATA);
    assert_eq!(driver.sent.len(), 7);
    let effects = driver.hear(narthex::Input::Intent(Intent::SignInWithBrowser));
    assert_eq!(effects.len(), 3, "the proof; the listener and the registration, side by side: {effects:?}");
    driver.answer("/registration", 201, CLIENT).listening(49_152).comes_back("code=the-code");
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device)).is_alice().stored(Ok(()));
    // Found F3: the name of the device goes out beside the last question, and nobody waits for it alone.
    let name = format!("/_matrix/client/v3/devices/{device}");
    let ours = ["/oauth2/registration", "/oauth2/token", &name, "/_matrix/client/v3/account/whoami"];
    assert_eq!(paths(&driver)[7..], ours);
    assert!(driver.is_idle());
}

#[test]
fn whoever_is_known_is_not_introduced() {
    let known = vec![KnownClient { issuer: ISSUER.into(), client_id: "01STATIC".into() }];
    let client = Client { known, ..crate::driver::client() };
    let mut driver = Driver::oauth_as(Config::new(client), METADATA);
    let before = driver.sent.len();
    driver.say(Intent::SignInWithBrowser).listening(49_152).comes_back("code=the-code");
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device)).is_alice().stored(Ok(()));
    assert_eq!(driver.sent.len(), before + 3, "{:?}", paths(&driver));
}

#[test]
fn a_code_on_another_device_is_two_exchanges_and_one_for_each_poll() {
    let mut driver = Driver::oauth();
    let before = driver.sent.len();
    driver
        .say(Intent::SignInWithDeviceCode)
        .answer("/registration", 201, CLIENT)
        .answer("/device", 200, USER_CODE);
    for _ in 0..3 {
        driver.wait().answer("/token", 403, PENDING);
    }
    driver.wait();
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device)).is_alice().stored(Ok(()));
    assert_eq!(driver.sent.len(), before + 2 + 4 + 2);
}

#[test]
fn a_renewal_and_a_sign_out_by_oauth_are_one_exchange_each() {
    let mut driver = Driver::signed_in_by_oauth();
    let before = driver.sent.len();
    driver.wait().answer("/token", 200, RENEWED_TOKENS).stored(Ok(()));
    assert!(driver.is_idle() && driver.sent.len() == before + 1);
    driver.say(Intent::SignOut { everywhere: false }).answer("/revoke", 200, "").stored(Ok(()));
    assert!(driver.is_idle() && driver.sent.len() == before + 2);
}
