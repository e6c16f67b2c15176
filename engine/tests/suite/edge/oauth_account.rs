//! Signing out and the page of the account: what is listed about it in `docs/edge-cases.md`.

use std::time::Duration;

use narthex::{AccountAction, Intent, Offer, Screen};
use serde_json::{Value, json};

use crate::answers::{BAD_GATEWAY, LIMITED};
use crate::driver::Driver;
use crate::oauth::{NOT_ACTIVE, USER_CODE, changed, field, metadata, tokens};

fn signed_in_with(metadata: &str) -> Driver {
    let mut driver = Driver::in_browser_with(metadata);
    driver.comes_back("code=the-code");
    let device = driver.device();
    driver.answer("/token", 200, &tokens(&device)).is_alice().stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "{}", driver.trace);
    driver
}

fn sign_out(driver: &mut Driver) -> &mut Driver {
    driver.say(Intent::SignOut { everywhere: false })
}

/// Edge case 80.
#[test]
fn the_refresh_token_is_revoked_because_an_access_token_may_have_expired() {
    let mut driver = Driver::signed_in_by_oauth();
    sign_out(&mut driver);
    let form = driver.form("/revoke");
    assert_eq!(field(&form, "token"), "mar_first");
    assert_eq!(field(&form, "token_type_hint"), "refresh_token");
    assert_eq!(field(&form, "client_id"), "01M7XYH3447WX8A9Q47BWT6S0A");
    assert_eq!(form.len(), 3);
    assert_eq!(driver.count("/logout"), 0, "the older sign-out would leave the session alive");
}

/// Edge case 80: without a refresh token an expired access token ends nothing, whatever the server says.
#[test]
fn an_expired_access_token_has_told_the_server_nothing() {
    for (late, told) in [(false, true), (true, false)] {
        let mut driver = Driver::exchanging();
        let tokens = changed(&tokens(&driver.device()), |t| t["refresh_token"] = Value::Null);
        driver.answer("/token", 200, &tokens).is_alice().stored(Ok(()));
        if late {
            driver.after(Duration::from_secs(301));
        }
        sign_out(&mut driver).answer("/revoke", 200, "").stored(Ok(()));
        let Screen::SignedOut { server_told, .. } = driver.screen() else { panic!("{}", driver.trace) };
        assert_eq!(server_told, told);
    }
}

/// With one it does, however late the server answers.
#[test]
fn a_refresh_token_has_told_the_server_whenever_the_access_token_ends() {
    let mut driver = Driver::exchanging();
    let tokens = changed(&tokens(&driver.device()), |t| t["expires_in"] = json!(10));
    driver.answer("/token", 200, &tokens).is_alice().stored(Ok(()));
    sign_out(&mut driver).after(Duration::from_secs(15)).answer("/revoke", 200, "").stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: true, .. }), "{}", driver.trace);
}

/// A renewal that is refused for a reason that is not the token's is no reason to stay signed in.
#[test]
fn a_renewal_before_the_end_that_is_refused_does_not_stand_in_its_way() {
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::Refresh).lose("/token");
    sign_out(&mut driver).answer("/token", 400, r#"{"error":"invalid_request"}"#);
    assert_eq!(field(&driver.form("/revoke"), "token"), "mar_first");
}

/// Edge cases 81 and 82.
#[test]
fn what_cannot_be_revoked_is_told_and_the_person_decides() {
    for (status, body) in [
        (503, BAD_GATEWAY),
        (429, LIMITED),
        (401, r#"{"error":"unauthorized_client"}"#),
        (400, r#"{"error":"invalid_request"}"#),
        (404, ""),
        (200, "<html>Buy an hour</html>"),
        (401, NOT_ACTIVE),
    ] {
        let mut driver = Driver::signed_in_by_oauth();
        sign_out(&mut driver).answer("/revoke", status, body);
        for offer in [Offer::Retry, Offer::Forget, Offer::Cancel] {
            assert!(driver.offers(offer), "{status} {body}: {offer:?}");
        }
        driver.say(Intent::Forget).stored(Ok(()));
        assert!(matches!(driver.screen(), Screen::SignedOut { server_told: false, .. }), "{status}");
    }
    for (status, body, class) in [(404, "", "misbehaved"), (400, r#"{"error":"invalid_request"}"#, "refused")]
    {
        let mut driver = Driver::signed_in_by_oauth();
        sign_out(&mut driver).answer("/revoke", status, body);
        assert_eq!(driver.cause()["class"], class, "{status}");
    }
    let mut driver = Driver::signed_in_by_oauth();
    sign_out(&mut driver).lose("/revoke").wait().answer("/revoke", 200, "").stored(Ok(()));
    assert!(matches!(driver.screen(), Screen::SignedOut { server_told: true, .. }), "tried again by itself");
    let mut driver = Driver::signed_in_by_oauth();
    sign_out(&mut driver).lose("/revoke").say(Intent::Cancel);
    assert!(matches!(driver.screen(), Screen::SignedIn { .. }), "the session is as it was");
}

/// Edge case 83.
#[test]
fn any_answer_of_success_is_one() {
    for body in ["", "{}", "null", "OK"] {
        let mut driver = Driver::signed_in_by_oauth();
        sign_out(&mut driver).answer("/revoke", 200, body).stored(Ok(()));
        assert!(matches!(driver.screen(), Screen::SignedOut { server_told: true, .. }), "{body}");
    }
}

/// Where there is no revocation, or all devices are meant, that is said and nothing is sent.
#[test]
fn what_the_server_cannot_do_is_not_asked_for() {
    let missing = json!({ "class": "unsupported", "missing": "revocation" });
    let mut driver = signed_in_with(&metadata(|m| m["revocation_endpoint"] = Value::Null));
    let sent = driver.sent.len();
    sign_out(&mut driver);
    assert_eq!((driver.cause(), driver.sent.len()), (missing.clone(), sent));
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::SignOut { everywhere: true });
    assert_eq!(driver.cause(), missing);
    assert!(driver.is_idle() && driver.offers(Offer::Cancel));
}

/// Edge case 84: only the older names are announced.
#[test]
fn an_action_goes_by_the_name_that_is_announced() {
    let old = metadata(|m| m["account_management_actions_supported"] = json!(["session_end", "unknown"]));
    let mut driver = signed_in_with(&old);
    let Screen::SignedIn { account_actions, .. } = driver.screen() else { panic!() };
    assert_eq!(account_actions, [AccountAction::DeviceDelete]);
    let (action, device_id) = (Some(AccountAction::DeviceDelete), Some("OTHERDEVICE".to_owned()));
    driver.say(Intent::ManageAccount { action, device_id });
    let page = driver.page();
    assert_eq!(
        (field(&page, "action"), field(&page, "device_id")),
        ("session_end".into(), "OTHERDEVICE".into())
    );
}

/// Edge case 85.
#[test]
fn without_a_page_there_is_nothing_to_open() {
    let driver = signed_in_with(&metadata(|m| m["account_management_uri"] = Value::Null));
    assert!(!driver.offers(Offer::ManageAccount));
    let mut driver = Driver::signed_in_by_oauth();
    driver.say(Intent::ManageAccount { action: Some(AccountAction::AccountDeactivate), device_id: None });
    assert_eq!(driver.browsed.last().map(String::as_str), Some("https://account.example.org/account/"));
}

/// Edge case 86.
#[test]
fn a_device_id_is_escaped() {
    let mut driver = Driver::signed_in_by_oauth();
    let (action, device_id) = (Some(AccountAction::DeviceView), Some("a+/=&b#c".to_owned()));
    driver.say(Intent::ManageAccount { action, device_id });
    assert!(driver.browsed.last().is_some_and(|page| page.ends_with("device_id=a%2B%2F%3D%26b%23c")));
    assert_eq!(field(&driver.page(), "device_id"), "a+/=&b#c");
}

/// Edge case 48: whoever comes back by a code has to be the same as well.
#[test]
fn somebody_else_by_a_code_is_signed_out_again() {
    use crate::answers::WELL_KNOWN;
    let mut driver = Driver::signed_in_by_oauth();
    let device = driver.device();
    driver.say(Intent::Refresh).answer("/token", 400, crate::oauth::INVALID_GRANT).say(Intent::SignInAgain);
    driver.answer("/.well-known/matrix/client", 200, WELL_KNOWN).told_oauth(crate::oauth::METADATA);
    assert!(!driver.offers(Offer::CreateAccount), "a new account is not who is wanted");
    driver.say(Intent::SignInWithDeviceCode).answer("/registration", 201, crate::oauth::CLIENT);
    driver.answer("/device", 200, USER_CODE).wait().answer("/token", 200, &tokens(&device));
    driver.answer("/whoami", 200, &crate::oauth::whoami("@mallory:example.org", &device));
    assert_eq!(field(&driver.form("/revoke"), "token"), "mar_first");
    driver.answer("/revoke", 200, "");
    assert_eq!(driver.cause()["refusal"]["wrong_account"]["expected"], "@alice:example.org");
    driver.say(Intent::Cancel);
    assert!(matches!(driver.screen(), Screen::SessionEnded { .. }));
}
