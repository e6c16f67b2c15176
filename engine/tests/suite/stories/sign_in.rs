//! Stories of accounts that are there already.

use narthex::{Intent, Offer, Screen};

use super::story;
use crate::answers::{
    DISABLED, LOGIN_PASSWORD, LOGIN_SSO, REGISTERED, WRONG_LOGIN_TOKEN, WRONG_PASSWORD, by_password,
};
use crate::driver::Driver;

fn signed_in(driver: &mut Driver) {
    driver.answer("v3/login", 200, REGISTERED).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
}

#[test]
fn a_wrong_password_is_told_and_the_right_one_lets_in() {
    let mut driver = Driver::known((403, DISABLED), LOGIN_PASSWORD);
    driver.say(by_password("alice", "wrong")).answer("v3/login", 403, WRONG_PASSWORD);
    driver.say(by_password("@alice:example.org", "correct horse"));
    signed_in(&mut driver);
    story("password", &driver);
}

#[test]
fn a_provider_is_chosen_and_the_browser_comes_back_with_a_token() {
    let mut driver = Driver::known((403, DISABLED), LOGIN_SSO);
    driver.say(Intent::SignInWithSso { provider: Some("oidc-uni".into()) });
    let (_, path) = driver.listener().expect("it listens");
    driver.listening(49_152);
    driver.link("http://127.0.0.1:49152/favicon.ico").link("http://127.0.0.1:49152/sso/0?loginToken=foreign");
    driver.link(&format!("http://127.0.0.1:49152{path}?loginToken=syl_abc"));
    signed_in(&mut driver);
    story("sso", &driver);
}

#[test]
fn a_single_sign_on_survives_a_kill() {
    let mut driver = Driver::known((403, DISABLED), LOGIN_SSO);
    driver.say(Intent::SignInWithSso { provider: None });
    let (_, path) = driver.listener().expect("it listens");
    driver.listening(49_152).kill();
    driver.say(Intent::Continue).listening(49_152);
    assert_eq!(driver.browsed.len(), 1, "the page is open already");
    driver.link(&format!("http://127.0.0.1:49152{path}?loginToken=syl_abc"));
    signed_in(&mut driver);
    story("sso-killed", &driver);
}

/// Edge case 186.
#[test]
fn a_login_token_works_once() {
    let mut driver = Driver::known((403, DISABLED), LOGIN_SSO);
    driver.say(Intent::SignInWithToken { token: "syl_old".into() }).answer(
        "v3/login",
        403,
        WRONG_LOGIN_TOKEN,
    );
    assert!(driver.offers(Offer::SignInWithSso));
    driver.say(Intent::SignInWithToken { token: "syl_new".into() });
    signed_in(&mut driver);
    story("login-token", &driver);
}
