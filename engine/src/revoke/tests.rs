//! Tokens are revoked, or somebody is told that they could not be.

use std::sync::Arc;

use crate::cx::{Cx, Event};
use crate::exchange::tests::{asked, field, newest, to_newest};
use crate::http::tests::{call, in_context, response};
use crate::identify::tests::granted;
use crate::intent::{Intent, Offer};
use crate::metadata::Metadata;
use crate::metadata::tests::{metadata, shared};

use super::Revocation;

fn answer(revocation: &mut Revocation, status: u16, body: &str, cx: &mut Cx<'_>) {
    let reply = response(status, &[], body);
    let event = to_newest(cx, &reply);
    revocation.handle(&event, cx);
}

fn is_revoking(cx: &Cx<'_>, token: &str) -> bool {
    asked(cx).0 == "/revoke" && field(cx, "token") == token && field(cx, "client_id") == "c"
}

#[test]
fn the_refresh_token_is_revoked_and_that_is_all() {
    in_context(|cx| {
        let mut revocation = Revocation::of(granted(false), &shared(), cx);
        assert!(is_revoking(cx, "refresh") && revocation.granted().is_some());
        answer(&mut revocation, 200, "", cx);
        assert!(revocation.is_over() && revocation.wait().is_none() && revocation.granted().is_none());
    });
}

/// A token that was replaced ends nothing, and is answered as if it did.
#[test]
fn those_in_doubt_are_refreshed_first_for_the_last_ones_alone_end_anything() {
    in_context(|cx| {
        let mut revocation = Revocation::of(granted(true), &shared(), cx);
        assert_eq!(field(cx, "grant_type"), "refresh_token");
        let renewed = r#"{"access_token":"a2","refresh_token":"refresh2","token_type":"Bearer"}"#;
        answer(&mut revocation, 200, renewed, cx);
        assert!(is_revoking(cx, "refresh2"));
    });
}

#[test]
fn where_nothing_can_be_revoked_nothing_is_waited_for() {
    let without = Arc::new(Metadata { revocation_endpoint: None, ..metadata() });
    in_context(|cx| {
        for in_doubt in [false, true] {
            assert!(Revocation::of(granted(in_doubt), &without, cx).is_over());
        }
        assert!(Revocation::of_coming("c", &call(), &without).is_over());
        assert!(cx.effects.is_empty());
    });
}

#[test]
fn tokens_that_are_on_their_way_are_revoked_when_they_come() {
    in_context(|cx| {
        let mut revocation = Revocation::of_coming("c", &call(), &shared());
        assert!(!revocation.is_over() && revocation.offers().contains(Offer::Cancel));
        answer(&mut revocation, 200, r#"{"access_token":"coming","token_type":"Bearer"}"#, cx);
        assert!(is_revoking(cx, "coming"));
        let mut nothing = Revocation::of_coming("c", &call(), &shared());
        answer(&mut nothing, 400, r#"{"error":"invalid_grant"}"#, cx);
        assert!(nothing.is_over(), "none came");
    });
}

#[test]
fn without_an_answer_it_is_tried_twice_and_then_told() {
    in_context(|cx| {
        let mut revocation = Revocation::of(granted(false), &shared(), cx);
        for is_told in [false, true] {
            assert!(is_revoking(cx, "refresh"));
            revocation.handle(&Event::TimedOut(newest(cx)), cx);
            assert_eq!(revocation.failure().is_some(), is_told);
        }
        assert!(revocation.wait().is_none() && revocation.granted().is_some());
        let mut forgotten = revocation.clone();
        revocation.handle(&Event::Intent(&Intent::Retry), cx);
        assert!(revocation.wait().is_some() && revocation.failure().is_none());
        forgotten.handle(&Event::Intent(&Intent::Forget), cx);
        assert!(forgotten.is_over());
    });
}

/// A captive portal has revoked nothing; a server that refuses will not be persuaded.
#[test]
fn a_refusal_ends_it_and_a_web_page_does_not() {
    in_context(|cx| {
        let mut revocation = Revocation::of(granted(false), &shared(), cx);
        answer(&mut revocation, 400, r#"{"error":"unsupported_token_type"}"#, cx);
        assert!(revocation.is_over());
        let mut revocation = Revocation::of(granted(false), &shared(), cx);
        answer(&mut revocation, 200, "<!DOCTYPE html>", cx);
        assert!(!revocation.is_over());
    });
}
