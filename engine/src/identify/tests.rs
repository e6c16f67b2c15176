//! Whose tokens they are, and what is done with those that nobody wants.

use url::Url;

use crate::cx::{Cx, Event};
use crate::exchange::tests::{asked, field, to_newest};
use crate::failure::{Cause, Misbehaviour, Refusal};
use crate::http::tests::{in_context, response};
use crate::intent::Intent;
use crate::metadata::tests::shared;
use crate::token::{Granted, Tokens};

use super::{End, Expected, Identification};

const ALICE: &str = r#"{"user_id":"@alice:example.org","device_id":"ABCDEFGHIJ"}"#;
const UNKNOWN: &str = r#"{"errcode":"M_UNKNOWN_TOKEN"}"#;

pub(crate) fn granted(in_doubt: bool) -> Granted {
    let (access_token, refresh_token) = ("access".into(), Some("refresh".into()));
    let tokens = Tokens { access_token, refresh_token, expires_at: None, scope: None, unusable: None };
    Granted { client_id: "c".to_owned(), tokens, in_doubt }
}

fn start(in_doubt: bool, cx: &mut Cx<'_>) -> Identification {
    let expected = Expected {
        homeserver: Url::parse("https://example.org/").unwrap(),
        device_id: "ABCDEFGHIJ".to_owned(),
        user_id: Some("@alice:example.org".to_owned()),
        metadata: shared(),
    };
    Identification::start(granted(in_doubt), expected, cx)
}

/// The device has its name meanwhile.
fn answer(identification: &mut Identification, status: u16, body: &str, cx: &mut Cx<'_>) -> Option<End> {
    if let [_, Some(naming)] = identification.waits() {
        let named = response(200, &[], "{}");
        assert!(identification.handle(&Event::Reply(naming.id, &named), cx).is_none());
    }
    let reply = response(status, &[], body);
    let event = to_newest(cx, &reply);
    identification.handle(&event, cx)
}

fn later(identification: &mut Identification, cx: &mut Cx<'_>) {
    let wait = identification.waits()[0].unwrap();
    cx.now = wait.until;
    assert!(identification.handle(&Event::TimedOut(wait.id), cx).is_none());
}

#[test]
fn those_of_the_user_and_device_that_were_asked_for_are_a_session() {
    in_context(|cx| {
        let Some(End::Known(session)) = answer(&mut start(false, cx), 200, ALICE, cx) else { panic!() };
        assert_eq!(
            (session.user_id.as_str(), session.device_id.as_str()),
            ("@alice:example.org", "ABCDEFGHIJ")
        );
        assert_eq!(session.oauth.unwrap().client_id, "c");
    });
}

#[test]
fn those_of_anybody_else_are_to_be_revoked() {
    in_context(|cx| {
        let mallory = ALICE.replace("alice", "mallory");
        let Some(End::Unwanted(tokens, failure)) = answer(&mut start(false, cx), 200, &mallory, cx) else {
            panic!()
        };
        assert_eq!(tokens, granted(false));
        assert!(matches!(failure.cause, Cause::Refused { refusal: Refusal::WrongAccount { .. } }));
        let elsewhere = ALICE.replace("ABCDEFGHIJ", "ANOTHER");
        let Some(End::Unwanted(_, failure)) = answer(&mut start(false, cx), 200, &elsewhere, cx) else {
            panic!()
        };
        let invalid = Misbehaviour::InvalidField("device_id");
        assert_eq!(failure.cause, Cause::Misbehaved { misbehaviour: invalid });
    });
}

/// The server may have replaced them, in an answer that was lost.
#[test]
fn those_in_doubt_are_refreshed_before_anything_else() {
    in_context(|cx| {
        let mut identification = start(true, cx);
        assert_eq!((asked(cx).0.as_str(), field(cx, "refresh_token").as_str()), ("/token", "refresh"));
        assert!(identification.granted().in_doubt, "and stay in doubt until the answer");
        let renewed = r#"{"access_token":"access2","refresh_token":"refresh2","token_type":"Bearer"}"#;
        assert!(answer(&mut identification, 200, renewed, cx).is_none());
        assert!(!identification.granted().in_doubt);
        let Some(End::Known(session)) = answer(&mut identification, 200, ALICE, cx) else { panic!() };
        assert_eq!(session.refresh_token, Some("refresh2".into()));
    });
}

#[test]
fn those_that_cannot_be_refreshed_any_more_are_nobodys() {
    in_context(|cx| {
        let mut identification = start(true, cx);
        let end = answer(&mut identification, 400, r#"{"error":"invalid_grant"}"#, cx);
        assert!(matches!(end, Some(End::Over(_))));
    });
}

#[test]
fn a_server_that_says_nothing_is_asked_five_times_and_then_the_user() {
    in_context(|cx| {
        let mut identification = start(false, cx);
        for _ in 0..4 {
            assert!(answer(&mut identification, 502, "", cx).is_none());
            later(&mut identification, cx);
        }
        assert!(answer(&mut identification, 502, "", cx).is_none());
        assert!(identification.waits()[0].is_none() && identification.failure().is_some());
        assert!(identification.handle(&Event::Intent(&Intent::Retry), cx).is_none());
        assert!(matches!(answer(&mut identification, 200, ALICE, cx), Some(End::Known(_))));
    });
}

/// A homeserver may hear of a new device a little later than we do.
#[test]
fn those_that_the_homeserver_does_not_know_are_refreshed_once_and_then_revoked() {
    in_context(|cx| {
        let mut identification = start(false, cx);
        for _ in 0..4 {
            assert!(answer(&mut identification, 401, UNKNOWN, cx).is_none());
            later(&mut identification, cx);
        }
        assert!(answer(&mut identification, 401, UNKNOWN, cx).is_none());
        assert_eq!(field(cx, "grant_type"), "refresh_token");
        assert!(
            answer(&mut identification, 200, r#"{"access_token":"a2","token_type":"Bearer"}"#, cx).is_none()
        );
        for _ in 0..4 {
            assert!(answer(&mut identification, 401, UNKNOWN, cx).is_none());
            later(&mut identification, cx);
        }
        assert!(matches!(answer(&mut identification, 401, UNKNOWN, cx), Some(End::Unwanted(..))));
    });
}
