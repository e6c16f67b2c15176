//! Stories of sign-ins by OAuth 2.0.

use narthex::{AccountAction, Intent, Offer, Saved, Screen};

use crate::answers::{SERVER, WELL_KNOWN, use_server};
use crate::driver::Driver;
use crate::golden;
use crate::oauth::{
    CLIENT, DENIED, EXPIRED_CODE, METADATA, NOT_ACTIVE, PENDING, RENEWED_TOKENS, SLOW_DOWN, USER_CODE,
    USER_CODE_COMPLETE, tokens, whoami,
};

/// Without the name of the device, which is drawn.
fn story(name: &str, driver: &Driver) {
    let trace = driver.trace.replace(&driver.device(), "DEVICE");
    golden::compare(&format!("stories/{name}.txt"), trace.trim_start());
}

fn granted(driver: &mut Driver) -> &mut Driver {
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device)).is_alice().stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
    driver
}

#[test]
fn the_browser_signs_in() {
    let mut driver = Driver::new();
    driver.say(use_server(SERVER)).answer("/.well-known/matrix/client", 200, WELL_KNOWN);
    driver.told_oauth(METADATA).opens_browser(Intent::SignInWithBrowser).comes_back("code=the-code");
    granted(&mut driver);
    story("oauth", &driver);
}

#[test]
fn an_account_is_made_in_the_browser() {
    let mut driver = Driver::oauth();
    driver.opens_browser(Intent::CreateAccount).comes_back("code=the-code");
    granted(&mut driver);
    story("oauth-create", &driver);
}

#[test]
fn whoever_cancels_in_the_browser_is_asked_again_how_to_sign_in() {
    let mut driver = Driver::in_browser();
    driver.comes_back("error=access_denied");
    assert!(matches!(driver.screen(), Screen::Choose { problem: None, .. }) && driver.is_idle());
    story("oauth-cancelled", &driver);
}

#[test]
fn a_browser_that_comes_back_to_a_new_process_is_enough() {
    let mut driver = Driver::in_browser();
    driver.kill();
    driver.comes_back("code=the-code");
    granted(&mut driver);
    assert_eq!(driver.browsed.len(), 1, "the browser was opened once");
    story("oauth-killed-link", &driver);
}

#[test]
fn whoever_goes_on_after_a_kill_is_waited_for_at_the_same_address() {
    let mut driver = Driver::in_browser();
    driver.kill();
    driver.say(Intent::Continue).listening(49_152);
    assert_eq!(driver.browsed.len(), 1, "the page is open already");
    driver.comes_back("code=the-code");
    granted(&mut driver);
    story("oauth-killed-continue", &driver);
}

#[test]
fn a_browser_that_cannot_come_back_gives_way_to_a_code() {
    let mut driver = Driver::in_browser();
    assert!(!driver.offers(Offer::SignInWithDeviceCode));
    driver.wait();
    assert!(driver.offers(Offer::SignInWithDeviceCode) && driver.offers(Offer::OpenBrowser));
    driver.say(Intent::SignInWithDeviceCode).answer("/device", 200, USER_CODE);
    driver.wait();
    granted(&mut driver);
    story("oauth-fallback", &driver);
}

#[test]
fn a_code_is_entered_on_another_device() {
    let mut driver = Driver::showing(USER_CODE_COMPLETE);
    driver.wait().answer("/token", 403, PENDING).wait().answer("/token", 400, SLOW_DOWN);
    driver.wait().lose("/token").say(Intent::CheckNow).wait();
    granted(&mut driver);
    story("oauth-device", &driver);
}

#[test]
fn a_code_is_declined_there() {
    let mut driver = Driver::showing(USER_CODE);
    driver.wait().answer("/token", 403, DENIED);
    assert!(driver.is_idle() && driver.offers(Offer::SignInWithDeviceCode));
    story("oauth-device-denied", &driver);
}

#[test]
fn a_code_that_ran_out_is_replaced_when_the_person_asks() {
    let mut driver = Driver::showing(USER_CODE);
    driver.wait().answer("/token", 403, EXPIRED_CODE);
    driver.say(Intent::Retry).answer("/registration", 201, CLIENT).answer("/device", 200, USER_CODE);
    driver.say(Intent::Cancel);
    story("oauth-device-expired", &driver);
}

#[test]
fn a_session_is_renewed_and_ended_where_it_was_made() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.wait().answer("/token", 200, RENEWED_TOKENS).stored(Ok(()));
    driver.say(Intent::SignOut { everywhere: false }).answer("/revoke", 200, "").stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: true, .. }));
    story("oauth-life", &driver);
}

/// Edge case 48.
#[test]
fn somebody_else_is_told_and_signed_out_again() {
    let mut driver = Driver::signed_in_by_oauth();
    let device = driver.device();
    driver.say(Intent::CheckSession).answer("/whoami", 401, NOT_ACTIVE);
    driver.answer("/token", 400, crate::oauth::INVALID_GRANT).say(Intent::SignInAgain);
    driver.answer("/.well-known/matrix/client", 200, WELL_KNOWN).told_oauth(METADATA);
    driver.opens_browser(Intent::SignInWithBrowser).comes_back("code=the-code");
    assert_eq!(driver.device(), device, "the same device comes back");
    driver.answer("/token", 200, &tokens(&device));
    driver.answer("/whoami", 200, &whoami("@mallory:example.org", &device)).answer("/revoke", 200, "");
    assert_eq!(driver.cause()["refusal"]["wrong_account"]["found"], "@mallory:example.org");
    driver.say(Intent::Cancel);
    assert!(matches!(driver.screen(), Screen::SessionEnded { .. }), "the old session is still there");
    story("oauth-wrong-account", &driver);
}

#[test]
fn devices_are_listed_and_the_account_is_managed_in_the_browser() {
    let mut driver = Driver::signed_in_by_oauth();
    let listed = serde_json::json!({ "devices": [
        { "device_id": driver.device(), "display_name": "Narthex on Linux", "last_seen_ts": 1_699_999_999_999_u64, "last_seen_ip": "127.0.0.1" },
        { "device_id": "RIGC3E5C93C48", "display_name": null, "last_seen_ts": null },
    ] });
    driver.say(Intent::ListDevices).answer("v3/devices", 200, &listed.to_string());
    driver.say(Intent::ManageAccount { action: None, device_id: None });
    let action = Some(AccountAction::DeviceDelete);
    driver.say(Intent::ManageAccount { action, device_id: Some("RIGC3E5C93C48".into()) });
    driver.say(Intent::ManageAccount { action: Some(AccountAction::DeviceView), device_id: None });
    story("oauth-devices", &driver);
}

/// Edge case 11.
#[test]
fn a_session_from_before_stays_what_it_is_until_it_is_signed_in_again() {
    use crate::answers::{EXPIRED, REFRESH_SPENT, RENEWED};
    let session = Driver::signed_in().engine.session().expect("signed in").clone();
    let mut driver = Driver::resumed(Saved::from(session));
    driver.say(Intent::Refresh).answer("v3/refresh", 200, RENEWED).stored(Ok(()));
    driver.say(Intent::CheckSession).answer("/whoami", 401, EXPIRED).answer("v3/refresh", 403, REFRESH_SPENT);
    driver
        .say(Intent::SignInAgain)
        .answer("/.well-known/matrix/client", 200, WELL_KNOWN)
        .told_oauth(METADATA);
    driver.opens_browser(Intent::SignInWithBrowser).comes_back("code=the-code");
    assert_eq!(driver.device(), "GSMJVDUDMS", "the same device comes back");
    granted(&mut driver);
    assert!(driver.engine.session().is_some_and(|session| session.oauth.is_some()));
    story("oauth-from-before", &driver);
}
