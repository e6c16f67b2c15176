//! Stories of sessions.

use narthex::{Intent, Screen, Session};

use super::story;
use crate::answers::{
    DISABLED, EXPIRED, LOGIN_PASSWORD, REFRESH_SPENT, REGISTERED, RENEWED, UNKNOWN_TOKEN, WELL_KNOWN, WHOAMI,
    by_password,
};
use crate::driver::Driver;

#[test]
fn a_token_is_renewed_before_it_ends() {
    let mut driver = Driver::signed_in();
    driver.wait().lose("v3/refresh").wait().answer("v3/refresh", 200, RENEWED).stored(Ok(()));
    driver.answer("/whoami", 200, WHOAMI);
    let token = driver.engine.session().map(|session: &Session| session.access_token.expose().clone());
    assert_eq!(token.as_deref(), Some("syt_YWxpY2U_second"));
    story("refresh", &driver);
}

#[test]
fn after_a_soft_logout_the_same_device_comes_back() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession).answer("/whoami", 401, EXPIRED).answer("v3/refresh", 403, REFRESH_SPENT);
    assert!(matches!(driver.screen(), Screen::SessionEnded { .. }), "{}", driver.trace);
    driver.say(Intent::SignInAgain).answer("/.well-known/matrix/client", 200, WELL_KNOWN);
    driver.told((403, DISABLED), LOGIN_PASSWORD).say(by_password("@alice:example.org", "correct horse"));
    assert_eq!(driver.body("v3/login")["device_id"], "GSMJVDUDMS");
    driver.answer("v3/login", 200, REGISTERED).stored(Ok(()));
    story("soft-logout", &driver);
}

#[test]
fn a_session_that_was_ended_elsewhere_is_told_from_an_expired_token() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::CheckSession).answer("/whoami", 401, UNKNOWN_TOKEN);
    driver.answer("v3/refresh", 401, UNKNOWN_TOKEN).say(Intent::Forget).stored(Ok(()));
    story("ended", &driver);
}

/// Edge case 81.
#[test]
fn offline_a_session_can_only_be_forgotten() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::SignOut { everywhere: false }).lose("/logout").say(Intent::Retry).lose("/logout");
    driver.say(Intent::Forget).stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: false, .. }), "{}", driver.trace);
    story("sign-out-offline", &driver);
}

/// Edge case 83.
#[test]
fn signing_out_everywhere_is_one_request() {
    let mut driver = Driver::signed_in();
    driver.say(Intent::SignOut { everywhere: true }).answer("/logout/all", 200, "").stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: true, .. }), "{}", driver.trace);
    story("sign-out-everywhere", &driver);
}
