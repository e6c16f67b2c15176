//! A code on another device: how often is asked, and how it ends.

use std::time::Duration;

use crate::client_registration::RegisteredClient;
use crate::cx::{Cx, Event};
use crate::exchange::tests::{asked, field, to_newest};
use crate::failure::{Cause, Expiring, Failure, Misbehaviour, Missing, Outage, Refusal};
use crate::http::tests::{in_context, response};
use crate::intent::{Intent, Offer};
use crate::metadata::tests::shared;

use super::{DeviceAuthorization, End};

const CODE: &str = r#"{"device_code":"dc","user_code":"ABCD","verification_uri":"https://auth.example.org/link",
    "expires_in":600,"interval":5}"#;
const TOKENS: &str = r#"{"access_token":"t","token_type":"Bearer"}"#;

fn client(device_grant: bool) -> RegisteredClient {
    RegisteredClient { client_id: "c".to_owned(), device_grant }
}

fn showing(cx: &mut Cx<'_>) -> DeviceAuthorization {
    let mut device = DeviceAuthorization::start(client(true), "ABCDEFGHIJ", &shared(), cx).unwrap();
    assert_eq!((asked(cx).0.as_str(), field(cx, "client_id").as_str()), ("/device", "c"));
    assert!(answer(&mut device, 200, CODE, cx).is_none());
    device
}

fn answer(device: &mut DeviceAuthorization, status: u16, body: &str, cx: &mut Cx<'_>) -> Option<End> {
    let reply = response(status, &[], body);
    let event = to_newest(cx, &reply);
    device.handle(&event, cx)
}

/// Waits for the next poll, and answers it. Gives how long it took, in seconds.
fn poll(device: &mut DeviceAuthorization, status: u16, body: &str, cx: &mut Cx<'_>) -> (u64, Option<End>) {
    let (since, wait) = (cx.now, device.wait());
    cx.now = wait.until;
    assert!(device.handle(&Event::TimedOut(wait.id), cx).is_none());
    assert!(device.polling().is_some() && field(cx, "device_code") == "dc");
    (since.until(cx.now).as_secs(), answer(device, status, body, cx))
}

/// Found B1, for codes: one that lives no time is not shown, and not polled for an hour.
#[test]
fn a_code_that_lives_no_time_has_expired() {
    for lifetime in ["0", "-1", "\"0\"", "-0.5"] {
        in_context(|cx| {
            let mut device = DeviceAuthorization::start(client(true), "ABCDEFGHIJ", &shared(), cx).unwrap();
            let code = CODE.replace("600", lifetime);
            let Some(End::Failed(failure)) = answer(&mut device, 200, &code, cx) else {
                panic!("{lifetime}")
            };
            assert_eq!(failure.cause, Cause::Expired { what: Expiring::UserCode }, "{lifetime}");
        });
    }
    in_context(|cx| {
        let mut device = DeviceAuthorization::start(client(true), "ABCDEFGHIJ", &shared(), cx).unwrap();
        assert!(answer(&mut device, 200, &CODE.replace("600", "\"600\""), cx).is_none());
        assert_eq!(cx.now.until(device.code().unwrap().until).as_secs(), 600);
    });
}

/// Found B16: whoever says "slower" has not given the tokens to anybody.
#[test]
fn a_server_that_finds_us_too_fast_has_answered() {
    in_context(|cx| {
        let mut device = showing(cx);
        for _ in 0..3 {
            assert!(poll(&mut device, 502, "", cx).1.is_none());
        }
        assert!(poll(&mut device, 400, r#"{"error":"slow_down"}"#, cx).1.is_none());
        assert_eq!(poll(&mut device, 502, "", cx).0, 10);
        assert_eq!(
            poll(&mut device, 400, r#"{"error":"authorization_pending"}"#, cx).0,
            20,
            "the first silence"
        );
        assert!(poll(&mut device, 400, r#"{"error":"slow_down"}"#, cx).1.is_none());
        let (_, end) = poll(&mut device, 400, r#"{"error":"invalid_grant"}"#, cx);
        assert!(matches!(end, Some(End::Failed(_))), "{end:?}");
    });
}

fn failure(end: Option<End>) -> Failure {
    let Some(End::Failed(failure)) = end else { panic!("{end:?}") };
    failure
}

fn status(failure: &Failure) -> Option<u16> {
    failure.evidence.as_ref().and_then(|evidence| evidence.status)
}

/// Whoever waits at a server that has no tokens to give is told so before the code runs out.
#[test]
fn a_server_that_gives_out_no_tokens_is_asked_three_times() {
    for (nowhere, body) in [(404, "{}"), (405, ""), (410, "<html>Gone</html>"), (501, "")] {
        in_context(|cx| {
            let mut device = showing(cx);
            let begin = cx.now;
            assert!(poll(&mut device, nowhere, body, cx).1.is_none());
            assert!(poll(&mut device, 502, "", cx).1.is_none(), "it is restarting");
            assert!(poll(&mut device, nowhere, body, cx).1.is_none());
            assert!(poll(&mut device, nowhere, body, cx).1.is_none());
            let failure = failure(poll(&mut device, nowhere, body, cx).1);
            assert!(!matches!(failure.cause, Cause::Expired { .. }), "{failure}");
            assert_eq!(status(&failure), Some(nowhere));
            assert!(begin.until(cx.now) < Duration::from_secs(180));
        });
    }
}

/// Polls until the code has run out.
fn to_the_end(
    device: &mut DeviceAuthorization,
    cx: &mut Cx<'_>,
    answers: impl Fn(usize) -> (u16, &'static str),
) -> Failure {
    for count in 0.. {
        let wait = device.wait();
        cx.now = wait.until;
        if let Some(end) = device.handle(&Event::TimedOut(wait.id), cx) {
            return failure(Some(end));
        }
        let (status, body) = answers(count);
        assert!(answer(device, status, body, cx).is_none());
    }
    unreachable!()
}

/// Nobody knows whether the user was too slow, where nobody answered.
#[test]
fn a_code_that_runs_out_at_a_server_in_trouble_is_not_held_against_the_user() {
    let pending = r#"{"error":"authorization_pending"}"#;
    in_context(|cx| {
        let failure = to_the_end(&mut showing(cx), cx, |_| (500, "<html>Sorry</html>"));
        let outage = Outage::ServerError(500);
        assert_eq!(failure.cause, Cause::Unavailable { outage, retry_at: None });
        assert_eq!(status(&failure), Some(500));
    });
    in_context(|cx| {
        let failure = to_the_end(&mut showing(cx), cx, |_| (403, "{}"));
        let misbehaviour = Misbehaviour::UnexpectedStatus(403);
        assert_eq!(
            (failure.cause.clone(), status(&failure)),
            (Cause::Misbehaved { misbehaviour }, Some(403))
        );
    });
    in_context(|cx| {
        let failure =
            to_the_end(&mut showing(cx), cx, |count| if count < 9 { (400, pending) } else { (502, "") });
        assert_eq!((status(&failure), failure.rate_limited_until()), (Some(502), None));
        assert!(matches!(failure.cause, Cause::Unavailable { .. }), "{failure}");
    });
    in_context(|cx| {
        let failure =
            to_the_end(&mut showing(cx), cx, |count| if count < 9 { (502, "") } else { (400, pending) });
        assert_eq!(failure.cause, Cause::Expired { what: Expiring::UserCode });
    });
}

/// A server that says so cannot keep us from asking.
#[test]
fn a_code_is_asked_about_while_it_is_good_whatever_the_interval() {
    let pending = r#"{"error":"authorization_pending"}"#;
    for (lives, interval) in [("600", "600"), ("60", "1e9"), ("5", "5"), ("1", "300"), ("20", "-1")] {
        in_context(|cx| {
            let code = CODE.replace("600", lives).replace(":5}", &format!(":{interval}}}"));
            let mut device = DeviceAuthorization::start(client(true), "ABCDEFGHIJ", &shared(), cx).unwrap();
            assert!(answer(&mut device, 200, &code, cx).is_none());
            for _ in 0..2 {
                assert!(poll(&mut device, 400, pending, cx).1.is_none(), "{lives} {interval}");
            }
        });
    }
}

#[test]
fn a_client_without_the_grant_asks_for_no_code() {
    in_context(|cx| {
        let failure = DeviceAuthorization::start(client(false), "ABCDEFGHIJ", &shared(), cx).unwrap_err();
        assert_eq!(failure.cause, Cause::Unsupported { missing: Missing::DeviceGrant });
        assert!(cx.effects.is_empty());
    });
}

#[test]
fn the_interval_is_kept_and_grows_when_the_server_says_so() {
    in_context(|cx| {
        let mut device = showing(cx);
        assert_eq!(poll(&mut device, 400, r#"{"error":"authorization_pending"}"#, cx).0, 5);
        assert_eq!(poll(&mut device, 400, r#"{"error":"slow_down"}"#, cx).0, 5);
        assert_eq!(poll(&mut device, 502, "", cx).0, 10);
        let (seconds, end) = poll(&mut device, 200, TOKENS, cx);
        assert!(seconds == 20 && matches!(end, Some(End::Granted(_))), "a silence doubles it");
    });
}

#[test]
fn the_user_may_have_it_checked_as_soon_as_the_interval_allows() {
    in_context(|cx| {
        let mut device = showing(cx);
        assert!(device.offers().contains(Offer::CheckNow));
        let begin = cx.now;
        let _ = poll(&mut device, 502, "", cx);
        assert_eq!(begin.until(device.wait().until).as_secs(), 15);
        assert!(device.handle(&Event::Intent(&Intent::CheckNow), cx).is_none());
        assert_eq!(begin.until(device.wait().until).as_secs(), 10);
    });
}

/// A code that is used up after a silence has brought tokens that were lost on the way.
#[test]
fn lost_tokens_are_told_from_a_code_that_was_never_good() {
    let used_up = r#"{"error":"invalid_grant"}"#;
    in_context(|cx| {
        let mut device = showing(cx);
        let Some(End::Failed(failure)) = poll(&mut device, 400, used_up, cx).1 else { panic!() };
        assert_eq!(failure.cause, Cause::Expired { what: Expiring::UserCode });
        let mut device = showing(cx);
        assert!(poll(&mut device, 502, "", cx).1.is_none());
        assert!(matches!(poll(&mut device, 400, used_up, cx).1, Some(End::Lost)));
    });
}

#[test]
fn a_refusal_is_the_end_whatever_the_status() {
    in_context(|cx| {
        for status in [400, 403] {
            let mut device = showing(cx);
            let end = poll(&mut device, status, r#"{"error":"access_denied"}"#, cx).1;
            let Some(End::Failed(failure)) = end else { panic!() };
            assert_eq!(failure.cause, Cause::Refused { refusal: Refusal::Declined });
        }
    });
}

#[test]
fn a_code_of_an_earlier_run_is_asked_about_soon_unless_its_time_is_over() {
    in_context(|cx| {
        let code = showing(cx).code().unwrap().clone();
        let device = DeviceAuthorization::resume(code.clone(), "ABCDEFGHIJ", &shared(), cx).unwrap();
        assert_eq!(device.wait().until, cx.now + Duration::from_secs(1));
        cx.now = code.until;
        let failure = DeviceAuthorization::resume(code, "ABCDEFGHIJ", &shared(), cx).unwrap_err();
        assert_eq!(failure.cause, Cause::Expired { what: Expiring::UserCode });
    });
}
